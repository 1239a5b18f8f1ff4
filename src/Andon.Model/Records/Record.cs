namespace Andon.Model;

/// <summary>Where records come from: the listener, the peer that sent them and what the sender called them.</summary>
/// <param name="Listener"><c>syslog-udp</c>, <c>syslog-tcp</c>, <c>bulk</c>, <c>file</c>; later more.</param>
/// <param name="Peer">Address of the sender, or the path of the file.</param>
/// <param name="Hint">Index or data stream name, token name, or empty.</param>
public sealed record Origin(string Listener, string Peer, string Hint = "");

/// <summary>Raw bytes as received. Acknowledged to the sender when it is on disk in the record log.</summary>
/// <param name="Position">Number in the record log: 1, 2, 3 … without gaps.</param>
/// <param name="ReceivedMs">Unix milliseconds, UTC, of arrival.</param>
public readonly record struct Record(ulong Position, long ReceivedMs, Origin Origin, ReadOnlyMemory<byte> Raw);

/// <summary>A record on its way into the log; the log gives it its position.</summary>
public readonly record struct RecordDraft(long ReceivedMs, Origin Origin, ReadOnlyMemory<byte> Raw);
