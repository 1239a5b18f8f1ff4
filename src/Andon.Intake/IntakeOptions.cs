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

    /// <summary>Further listeners, and limits of all, by name: <see cref="IntakeRoom.ListenerNames"/>.</summary>
    public IReadOnlyDictionary<string, ListenerSettings> Listeners { get; init; } = new Dictionary<string, ListenerSettings>();

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
/// <param name="Name">One of <see cref="IntakeRoom.ListenerNames"/>, or <c>file</c>.</param>
/// <param name="Address">Where it listens, as bound; or the path.</param>
/// <param name="Received">Records acknowledged (on disk).</param>
/// <param name="Refused">Requests, items or connections turned away.</param>
/// <param name="Lost">Records that came and could not be kept (UDP: dropped by the kernel because nobody read in time, or above the rate set for the listener; GELF: sets of chunks that never became whole).</param>
/// <param name="Oversized">Records longer than the limit, kept up to it.</param>
/// <param name="Repeated">Records that a sender sent again although they are kept, and that were not kept twice.</param>
/// <param name="State">Empty when all is well.</param>
/// <param name="Tls">It speaks TLS alone.</param>
public sealed record ListenerState(string Name, string Address, long Received, long Bytes, long Refused, long Lost, long Oversized, long Repeated, int Connections, string State, bool Tls)
{
    /// <summary>Requests that named another sender than their own and were not believed, because no proxy of the settings wrote it.</summary>
    public long Claimed { get; init; }
}

/// <summary>What Operations set for one listener.</summary>
/// <param name="At">Its address; null for those that share the house's HTTP port or have an address of their own in the options. Port 0 takes any free port.</param>
/// <param name="Networks">Networks whose senders are heard; none named means all.</param>
/// <param name="RecordsPerSecond">Above it senders are made to wait, over UDP the rest is counted as lost; 0 sets no limit.</param>
/// <param name="Certificate">File with the server's certificate chain (PEM); null speaks in the clear.</param>
/// <param name="Key">File with its key (PEM); null when the certificate's file holds it too.</param>
/// <param name="ClientCa">File with the authorities (PEM) of which one must have signed the sender's certificate; null asks for none.</param>
/// <param name="SharedKey">Secret that Fluent forward senders must prove they know; null asks for none.</param>
/// <param name="Proxies">Networks of proxies and load balancers that say for whom they speak: HTTP in X-Forwarded-For or Forwarded, TCP with the PROXY protocol.</param>
public sealed record ListenerSettings(
    IPEndPoint? At = null, IReadOnlyList<IPNetwork>? Networks = null, int RecordsPerSecond = 0, string? Certificate = null, string? Key = null, string? ClientCa = null, string? SharedKey = null,
    IReadOnlyList<IPNetwork>? Proxies = null)
{
    /// <summary>Everybody, at any rate.</summary>
    public static ListenerSettings Open { get; } = new();

    /// <summary>Networks whose senders are heard; none named means all.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = Networks ?? [];

    /// <summary>Networks whose word about the sender counts; none named means nobody's does.</summary>
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = Proxies ?? [];
}
