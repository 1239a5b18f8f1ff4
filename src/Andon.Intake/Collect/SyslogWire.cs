using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Intake.Collect;

/// <summary>Syslog over a stream (RFC 6587, RFC 5425): octet-counted, LF or NUL, told apart for each message.</summary>
sealed class SyslogWire(bool octetCounting, int frameBytesMax) : IWire
{
    public async Task Serve(TcpConnection connection, CancellationToken stop)
    {
        var origin = new Origin(connection.Listener.Name, connection.Peer);
        var frames = new SyslogFrames(octetCounting, frameBytesMax);
        var drafts = new List<RecordDraft>();
        while (await connection.Fill(stop))
        {
            var data = connection.Data;
            var at = 0;
            while (frames.Next(data.Span, ref at, out var start, out var length, out var oversized))
            {
                if (oversized) connection.Listener.Oversized();
                drafts.Add(new(connection.NowMs, oversized ? origin with { Hint = Hints.Oversized } : origin, data.Slice(start, length)));
                if (drafts.Count == Limits.AppendRecordsMax) await connection.Append(drafts, stop);
            }
            await connection.Append(drafts, stop);
            connection.Take(at);
        }
        var rest = connection.Data;
        if (rest.IsEmpty) return;
        drafts.Add(new(connection.NowMs, origin with { Hint = Hints.CutOff }, rest[..Math.Min(rest.Length, frameBytesMax)]));
        await connection.Append(drafts, stop);
    }
}
