using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Intake.Collect;

/// <summary>GELF over TCP: JSON that ends at a NUL. Nothing is acknowledged; a sender feels only that we stop reading.</summary>
sealed class GelfWire(int frameBytesMax) : IWire
{
    public async Task Serve(TcpConnection connection, CancellationToken stop)
    {
        var origin = new Origin(connection.Listener.Name, connection.Peer);
        var oversized = origin with { Hint = Hints.Oversized };
        var drafts = new List<RecordDraft>();
        var skipping = false;
        var scanned = 0;
        while (await connection.Fill(stop))
        {
            int end;
            var at = 0;
            var data = connection.Data;
            while ((end = data.Span[(at + scanned)..].IndexOf((byte)0)) >= 0)
            {
                end += scanned;
                scanned = 0;
                if (!skipping && end > 0) drafts.Add(new(connection.NowMs, end > frameBytesMax ? oversized : origin, data.Slice(at, Math.Min(end, frameBytesMax))));
                if (!skipping && end > frameBytesMax) connection.Listener.Oversized();
                skipping = false;
                at += end + 1;
                if (drafts.Count == Limits.AppendRecordsMax) await connection.Append(drafts, stop);
            }
            scanned = data.Length - at;
            if (skipping) (at, scanned) = (data.Length, 0);
            else if (scanned > frameBytesMax)
            {
                // Kept up to the limit; the rest up to its NUL is passed over.
                connection.Listener.Oversized();
                drafts.Add(new(connection.NowMs, oversized, data.Slice(at, frameBytesMax)));
                (at, scanned, skipping) = (data.Length, 0, true);
            }
            await connection.Append(drafts, stop);
            connection.Take(at);
        }
        // Some senders end their last message by leaving.
        if (!skipping && !connection.Data.IsEmpty) drafts.Add(new(connection.NowMs, connection.Data.Span[^1] == '}' ? origin : origin with { Hint = Hints.CutOff }, connection.Data));
        await connection.Append(drafts, stop);
    }
}
