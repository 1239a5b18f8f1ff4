using Andon.Model;
using Andon.Store.Records;

namespace Andon.Store.Events;

/// <summary>
/// One normaliser, several readers. Each reader pulls the batch that begins at its own checkpoint; readers that ask for the same
/// place share one normalised batch, a reader that lags makes its own. So a slow event store never holds up the matcher.
/// </summary>
public sealed class EventFeed(IRecordLog log, Func<IReadOnlyList<Record>, EventBatch> normalise) : IDisposable
{
    /// <summary>Records in one batch at most; batches end at multiples of it, so readers that once fell apart meet again.</summary>
    public const int BatchRecordsMax = 2048;
    public const int BatchBytesMax = 8 << 20;
    const int Kept = 4;

    /// <summary>The log that it reads; readers save their checkpoints there, so that retention waits for them.</summary>
    public IRecordLog Log => log;

    /// <summary>What it makes of records.</summary>
    internal Func<IReadOnlyList<Record>, EventBatch> Normalise => normalise;

    readonly SemaphoreSlim turn = new(1, 1);
    readonly LinkedList<EventBatch> recent = [];

    /// <summary>
    /// The batch of records from that position on (position 0 means from the oldest kept). Waits until there is at least one.
    /// The caller disposes it; the next batch begins at its <see cref="EventBatch.To"/>.
    /// </summary>
    public async ValueTask<EventBatch> Read(ulong from, CancellationToken stop)
    {
        while (true)
        {
            from = Math.Max(from, log.First);
            await log.WaitFor(from, stop);
            if (await Shared(from, stop) is { } batch) return batch;
        }
    }

    /// <summary>
    /// A batch for a reader of history, made for it alone: it neither waits for the live readers nor pushes out what they share. Null at
    /// the log's end; where records are missing it begins after them. The caller disposes it.
    /// </summary>
    public async ValueTask<EventBatch?> ReadApart(ulong from, int recordsMax, CancellationToken stop)
    {
        for (from = Math.Max(from, log.First); from < log.Next; from += (ulong)recordsMax)
        {
            var records = await log.Read(from, recordsMax, BatchBytesMax, stop);
            if (records.Count == 0) continue;
            var made = normalise(records);
            made.From = from;
            made.To = records[^1].Position + 1;
            made.Seal();
            (records as IDisposable)?.Dispose();
            return made;
        }
        return null;
    }

    /// <summary>The batch that begins there, from the last few or newly made; null when the records there are damaged and gone (a hole, already reported).</summary>
    async ValueTask<EventBatch?> Shared(ulong from, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            foreach (var batch in recent)
                if (batch.From == from) return batch.Hold();

            var toBlockEnd = BatchRecordsMax - (int)(from % BatchRecordsMax);
            var records = await log.Read(from, toBlockEnd, BatchBytesMax, stop);
            if (records.Count == 0) return null;
            var made = normalise(records);
            made.From = from;
            made.To = records[^1].Position + 1;
            made.Seal();
            // The batch holds copies of the raw bytes; a page from disk may go back to its pool.
            (records as IDisposable)?.Dispose();
            recent.AddLast(made.Hold());
            if (recent.Count > Kept)
            {
                recent.First!.Value.Dispose();
                recent.RemoveFirst();
            }
            return made;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        foreach (var batch in recent) batch.Dispose();
        recent.Clear();
        turn.Dispose();
    }
}
