using Andon.Model;
using Andon.Store.Records;

namespace Andon.Tests.Intake;

/// <summary>A memory log that is full after so many records until told otherwise.</summary>
sealed class FullLog(int room) : IRecordLog
{
    readonly MemoryRecordLog inner = new();
    public volatile int Room = room;

    public ulong Next => inner.Next;
    public ulong First => inner.First;

    public ValueTask<ulong> Append(IReadOnlyList<RecordDraft> drafts, CancellationToken stop)
    {
        if (drafts.Count > Room) throw new RecordLogFullException("The record log is full.");
        Room -= drafts.Count;
        return inner.Append(drafts, stop);
    }

    public ValueTask<IReadOnlyList<Andon.Model.Record>> Read(ulong from, int recordsMax, int bytesMax, CancellationToken stop) => inner.Read(from, recordsMax, bytesMax, stop);
    public ValueTask WaitFor(ulong position, CancellationToken stop) => inner.WaitFor(position, stop);
    public ulong Checkpoint(string reader) => inner.Checkpoint(reader);
    public ValueTask SaveCheckpoint(string reader, ulong position, CancellationToken stop) => inner.SaveCheckpoint(reader, position, stop);
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
