using Andon.Model;

namespace Andon.Store.Records;

/// <summary>A record log for tests and for tools that need no disk. Same contract, no durability.</summary>
public sealed class MemoryRecordLog : IRecordLog
{
    readonly Lock gate = new();
    readonly List<Record> records = [];
    readonly Dictionary<string, ulong> checkpoints = [];
    TaskCompletionSource grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ulong Next { get { lock (gate) return (ulong)records.Count + 1; } }
    public ulong First => 1;

    public ValueTask<ulong> Append(IReadOnlyList<RecordDraft> drafts, CancellationToken stop)
    {
        TaskCompletionSource wake;
        ulong first;
        lock (gate)
        {
            first = (ulong)records.Count + 1;
            foreach (var draft in drafts)
                records.Add(new((ulong)records.Count + 1, draft.ReceivedMs, draft.Origin, draft.Raw.ToArray()));
            (wake, grown) = (grown, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        wake.SetResult();
        return ValueTask.FromResult(first);
    }

    public ValueTask<IReadOnlyList<Record>> Read(ulong from, int recordsMax, int bytesMax, CancellationToken stop)
    {
        lock (gate)
        {
            var found = new List<Record>();
            var bytes = 0;
            for (var i = (int)Math.Max(from, 1) - 1; i < records.Count && found.Count < recordsMax && (bytes < bytesMax || found.Count == 0); i++)
            {
                found.Add(records[i]);
                bytes += records[i].Raw.Length;
            }
            return ValueTask.FromResult<IReadOnlyList<Record>>(found);
        }
    }

    public async ValueTask WaitFor(ulong position, CancellationToken stop)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (position <= (ulong)records.Count) return;
                wait = grown.Task;
            }
            await wait.WaitAsync(stop);
        }
    }

    public ulong Checkpoint(string reader) { lock (gate) return checkpoints.GetValueOrDefault(reader); }

    public ValueTask SaveCheckpoint(string reader, ulong position, CancellationToken stop)
    {
        lock (gate)
        {
            if (position > (ulong)records.Count + 1) throw new ArgumentOutOfRangeException(nameof(position), position, $"The reader {reader} says it is beyond the end, {records.Count + 1}.");
            checkpoints[reader] = Math.Max(position, checkpoints.GetValueOrDefault(reader));
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
