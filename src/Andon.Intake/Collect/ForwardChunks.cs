using Andon.Store.Records;

namespace Andon.Intake.Collect;

/// <summary>Chunks that are kept: a sender that missed our answer sends the same one again, and it is answered and not kept twice. Learned from the log's end at a start.</summary>
sealed class ForwardChunks(IRecordLog log, string listener)
{
    readonly HashSet<string> known = new(StringComparer.Ordinal);
    readonly HashSet<string> coming = new(StringComparer.Ordinal);
    readonly Queue<string> order = [];
    readonly SemaphoreSlim turn = new(1);
    bool learned;

    /// <summary>False when the chunk is kept already, or comes over another connection at this moment.</summary>
    public async ValueTask<bool> Begin(string chunk, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            if (!learned) await Learn(stop);
            while (coming.Contains(chunk))
            {
                turn.Release();
                await Task.Delay(Limits.PaceMs, stop);
                await turn.WaitAsync(stop);
            }
            return !known.Contains(chunk) && coming.Add(chunk);
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask End(string chunk, bool kept)
    {
        await turn.WaitAsync();
        coming.Remove(chunk);
        if (kept) Know(chunk);
        turn.Release();
    }

    async ValueTask Learn(CancellationToken stop)
    {
        var at = log.Next > Limits.ForwardTailRecords ? Math.Max(log.First, log.Next - Limits.ForwardTailRecords) : log.First;
        for (var end = log.Next; at < end;)
        {
            var page = await log.Read(at, Limits.AppendRecordsMax, Limits.AppendBytesMax, stop);
            if (page.Count == 0) break;
            foreach (var record in page)
                if (record.Origin.Listener == listener && ForwardMessage.ChunkOf(record.Raw.Span) is { } chunk) Know(chunk);
            at = page[^1].Position + 1;
            (page as IDisposable)?.Dispose();
        }
        learned = true;
    }

    void Know(string chunk)
    {
        if (!known.Add(chunk)) return;
        order.Enqueue(chunk);
        if (order.Count > Limits.ForwardChunksKept) known.Remove(order.Dequeue());
    }
}
