using System.Net;

namespace Andon.Intake;

/// <summary>What Intake listens to and where it keeps its own state.</summary>
public sealed record IntakeOptions
{
    /// <summary>Address for syslog over UDP; null switches it off. Port 0 takes any free port.</summary>
    public IPEndPoint? SyslogUdp { get; init; }

    /// <summary>Address for syslog over TCP; null switches it off. Port 0 takes any free port.</summary>
    public IPEndPoint? SyslogTcp { get; init; }

    /// <summary>Whether a TCP message that begins with a number and a blank is octet-counted (RFC 6587). Off for senders whose multi-line messages begin so.</summary>
    public bool OctetCounting { get; init; } = true;

    /// <summary>Files to read once or to follow.</summary>
    public IReadOnlyList<FileInput> Files { get; init; } = [];

    /// <summary>Name of the token that this secret is, or null when it is none. Compares in constant time.</summary>
    public required Func<string, string?> TokenName { get; init; }

    /// <summary>Folder for checkpoints and the catalogue's snapshot.</summary>
    public required string DataFolder { get; init; }
}

/// <summary>A file to take in, a record a line.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="Tail">True follows it through rotation and truncation; false reads it once to its end.</param>
/// <param name="Format"><c>json</c>, <c>syslog</c>, <c>nginx</c>, <c>apache</c> or a program's name; null lets the text decide.</param>
/// <param name="Host">The machine that wrote it, for lines that name none themselves; null means this one.</param>
public sealed record FileInput(string Path, bool Tail, string? Format = null, string? Host = null);

/// <summary>How a listener does, for the console.</summary>
/// <param name="Name"><c>syslog-udp</c>, <c>syslog-tcp</c>, <c>bulk</c>, <c>file</c>.</param>
/// <param name="Address">Where it listens, as bound; or the path.</param>
/// <param name="Received">Records acknowledged (on disk).</param>
/// <param name="Refused">Requests, items or connections turned away.</param>
/// <param name="Lost">Records that came and could not be kept (UDP: dropped by the kernel because nobody read in time).</param>
/// <param name="Oversized">Records longer than the limit, kept up to it.</param>
/// <param name="State">Empty when all is well.</param>
public sealed record ListenerState(string Name, string Address, long Received, long Bytes, long Refused, long Lost, long Oversized, int Connections, string State);
