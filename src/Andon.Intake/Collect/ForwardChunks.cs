using System.Security.Cryptography;
using Andon.Store.Records;

namespace Andon.Intake.Collect;

/// <summary>
/// Chunks that are kept: a sender that missed our answer sends the same one again, and it is answered and not kept twice. Learned from the log's end at
/// a start. A chunk is its id with the address that sent it and its last record: who only knows or guesses another's ids, or counts from 1 as others do,
/// makes nobody's messages pass for kept.
/// </summary>
sealed class ForwardChunks(IRecordLog log, string listener)
{
    readonly Lock gate = new();
    readonly HashSet<string> known = new(StringComparer.Ordinal);
    readonly Dictionary<string, TaskCompletionSource> coming = new(StringComparer.Ordinal);
    readonly Queue<string> order = [];
    Task? learning;

    /// <summary>What tells a chunk from all others.</summary>
    /// <param name="last">Its last record, which names it.</param>
    public static string Key(string peer, string chunk, ReadOnlySpan<byte> last) => $"{Convert.ToHexString(SHA256.HashData(last))} {peer} {chunk}";

    /// <summary>False when the chunk is kept already. While it comes over another connection too, this waits for how that ends.</summary>
    public async ValueTask<bool> Begin(string chunk, CancellationToken stop)
    {
        await Learned().WaitAsync(stop);
        while (true)
        {
            Task other;
            lock (gate)
            {
                if (known.Contains(chunk)) return false;
                if (!coming.TryGetValue(chunk, out var way))
                {
                    coming[chunk] = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    return true;
                }
                other = way.Task;
            }
            await other.WaitAsync(stop);
        }
    }

    public void End(string chunk, bool kept)
    {
        lock (gate)
        {
            if (kept) Know(chunk);
            if (coming.Remove(chunk, out var way)) way.SetResult();
        }
    }

    Task Learned()
    {
        // A log that could not be read is asked again by the next sender.
        lock (gate) return learning is { IsFaulted: false } ? learning : learning = Learn();
    }

    async Task Learn()
    {
        await Task.Yield(); // Out of the gate.
        var end = log.Next;
        for (var at = end > Limits.ForwardTailRecords ? Math.Max(log.First, end - Limits.ForwardTailRecords) : log.First; at < end;)
        {
            var page = await log.Read(at, Limits.AppendRecordsMax, Limits.AppendBytesMax, CancellationToken.None);
            if (page.Count == 0) break;
            foreach (var record in page)
                if (record.Origin.Listener == listener && ForwardMessage.ChunkOf(record.Raw.Span) is { } chunk)
                    lock (gate) Know(Key(record.Origin.Peer, chunk, record.Raw.Span));
            at = page[^1].Position + 1;
            (page as IDisposable)?.Dispose();
        }
    }

    void Know(string chunk)
    {
        if (!known.Add(chunk)) return;
        order.Enqueue(chunk);
        if (order.Count > Limits.ForwardChunksKept) known.Remove(order.Dequeue());
    }
}
