using System.Security.Cryptography;
using Andon.Model;

namespace Andon.Store.Records;

/// <summary>
/// The record log on disk: segments of checked frames in one folder, one commit thread, any number of readers that never wait for it.
/// What is acknowledged was flushed; what is read was acknowledged.
/// </summary>
public sealed partial class DiskRecordLog : IRecordLog
{
    const string Stage = "records";
    const long NeverMs = -1;
    const long FreeCheckedMs = 1000;

    readonly string folder;
    readonly RecordLogOptions options;
    readonly IFindings findings;
    readonly TimeProvider clock;
    readonly FolderLock folderLock;
    readonly Checkpoints checkpoints;
    readonly GroupCommit<Pending> commits;
    readonly Lock gate = new();

    // Guarded by the gate.
    Segment[] segments = [];
    ulong next = 1;
    long bytes;
    long pendingBytes;
    long freeBytes = long.MaxValue;
    long freeAtMs = NeverMs;
    bool full;
    bool closed;
    (ulong From, ulong To) hollow;
    TaskCompletionSource? grown;

    // Only the commit thread's.
    SegmentWriter? writer;

    sealed record Pending(IReadOnlyList<RecordDraft> Drafts, long Bytes)
    {
        public readonly TaskCompletionSource<ulong> Done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public ulong First;
    }

    public ulong Next { get { lock (gate) return next; } }

    public ulong First { get { lock (gate) return segments.Length == 0 ? next : segments[0].First; } }

    /// <summary>Bytes of all segments together.</summary>
    public long Bytes { get { lock (gate) return bytes; } }

    /// <summary>Appends are refused now.</summary>
    public bool IsFull { get { lock (gate) return full; } }

    /// <summary>Records that stopped a reader of this log.</summary>
    public Quarantine Quarantine { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// Once accepted it cannot be cancelled: the drafts' memory is read until it completes. A batch lies in one segment; after a crash
    /// in the middle of an append that was not acknowledged, some of its first records may be there.
    /// </remarks>
    /// <exception cref="RecordTooLargeException">A record is beyond the limit; nothing was taken.</exception>
    /// <exception cref="RecordLogFullException">The log or the disk is full; nothing was taken.</exception>
    public ValueTask<ulong> Append(IReadOnlyList<RecordDraft> drafts, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (drafts.Count == 0) return new(Next);
        var pending = new Pending(drafts, Measure(drafts));
        Admit(pending.Bytes);
        try
        {
            commits.Post(pending);
        }
        catch (ObjectDisposedException)
        {
            lock (gate) pendingBytes -= pending.Bytes;
            throw;
        }
        return new(pending.Done.Task);
    }

    public async ValueTask WaitFor(ulong position, CancellationToken stop)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(closed, this);
                // Where damage took the records up to the end, a reader waits for the first one after it.
                var wanted = position >= hollow.From && position < hollow.To ? hollow.To : position;
                if (wanted < next) return;
                wait = (grown ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            await wait.WaitAsync(stop);
        }
    }

    public ulong Checkpoint(string reader) => checkpoints.Of(reader);

    public async ValueTask SaveCheckpoint(string reader, ulong position, CancellationToken stop)
    {
        if (position > Next) throw new ArgumentOutOfRangeException(nameof(position), position, $"The reader {reader} says it is beyond the end, {Next}.");
        await checkpoints.Save(reader, position, stop);
        Retain();
        Settle();
    }

    /// <summary>Finishes what was accepted, then closes the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (closed) return;
            closed = true;
        }
        await commits.Stop();
        await settling.Stop();
        Wake();
        writer?.Dispose();
        checkpoints.Dispose();
        folderLock.Dispose();
    }

    /// <summary>Bytes that these will take at most: a new segment may begin for them and their origins be defined anew.</summary>
    long Measure(IReadOnlyList<RecordDraft> drafts)
    {
        long sum = SegmentHeader.Bytes;
        Origin? before = null;
        for (var i = 0; i < drafts.Count; i++)
        {
            var origin = drafts[i].Origin;
            if (!ReferenceEquals(origin, before)) sum += Frame.HeadBytes + Segment.EncodedBytesMax(origin);
            before = origin;
            var length = drafts[i].Raw.Length;
            if (length > options.RecordBytesMax)
                throw new RecordTooLargeException($"A record of {length} bytes is beyond the limit RecordBytesMax of {options.RecordBytesMax} bytes.");
            sum += Frame.HeadBytes + length;
        }
        return sum;
    }

    /// <summary>Back-pressure: refuses at once what cannot be taken now, and forgets the refusal as soon as it can.</summary>
    void Admit(long more)
    {
        var why = RefuseOrCount(more);
        if (why is not null)
        {
            Retain();
            why = RefuseOrCount(more);
        }
        bool was;
        lock (gate)
        {
            was = full;
            full = why is not null;
        }
        if (why is not null)
        {
            if (!was) findings.Raise(Stage, new("REC003", why, "Senders are told to wait; nothing acknowledged is lost. Give the disk space or let the slowest reader catch up.", folder));
            throw new RecordLogFullException(why);
        }
        if (was) findings.Raise(Stage, new("REC004", "The record log takes records again.", "Nothing to do.", folder, FindingLevel.Note));
    }

    /// <summary>Why so many bytes cannot be taken; null when they can, and then they count as waiting.</summary>
    string? RefuseOrCount(long more)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (bytes + pendingBytes + more > options.LogBytesMax) return $"The record log is full: LogBytesMax is {options.LogBytesMax} bytes, {bytes + pendingBytes} are used.";
            if (pendingBytes > 0 && pendingBytes + more > options.PendingBytesMax) return $"The disk is slower than the senders: {pendingBytes} bytes wait for it, PendingBytesMax is {options.PendingBytesMax}.";
            var now = clock.NowMs();
            if (freeAtMs == NeverMs || now - freeAtMs >= FreeCheckedMs || now < freeAtMs || freeBytes - pendingBytes - more < 2 * options.FreeBytesMin) (freeBytes, freeAtMs) = (options.FreeBytes(folder), now);
            if (freeBytes - pendingBytes - more < options.FreeBytesMin) return $"The disk is nearly full: {freeBytes} bytes are free, FreeBytesMin keeps {options.FreeBytesMin} of them.";
            pendingBytes += more;
            return null;
        }
    }

    /// <summary>The commit thread: writes each batch, flushes once for the whole group, answers everyone.</summary>
    void Commit(List<Pending> group)
    {
        var run = 0; // From here on the group is written and not yet flushed.
        var at = next; // This thread alone moves it.
        try
        {
            if (writer is { NeedsCut: true }) writer.CutBack();
            for (var i = 0; i < group.Count; i++)
            {
                var pending = group[i];
                if (writer is null || !writer.HasRoom(pending.Bytes, options))
                {
                    if (i > run) Acknowledge(group, run, i, at);
                    run = i;
                    Roll(at);
                }
                pending.First = at;
                writer!.Write(pending.Drafts, at);
                at += (ulong)pending.Drafts.Count;
            }
            Acknowledge(group, run, group.Count, at);
        }
        catch (Exception e)
        {
            Fail(group, run, e);
        }
    }

    void Acknowledge(List<Pending> group, int from, int to, ulong upTo)
    {
        var length = writer!.Flush();
        lock (gate)
        {
            bytes += length - writer.Segment.Length;
            freeBytes -= length - writer.Segment.Length;
            writer.Segment.Length = length;
            next = upTo;
            for (var i = from; i < to; i++) pendingBytes -= group[i].Bytes;
        }
        Wake();
        for (var i = from; i < to; i++) group[i].Done.SetResult(group[i].First);
    }

    void Fail(List<Pending> group, int from, Exception e)
    {
        try
        {
            writer?.CutBack();
        }
        catch (IOException)
        {
            // Tried again before the next append; until it succeeds none is taken.
        }
        var answer = SegmentFile.IsDiskFull(e) ? new RecordLogFullException($"The disk is full: {e.Message}") : e;
        bool was;
        lock (gate)
        {
            was = full;
            full |= answer is RecordLogFullException;
            freeAtMs = NeverMs;
            for (var i = from; i < group.Count; i++)
                if (!group[i].Done.Task.IsCompleted) pendingBytes -= group[i].Bytes;
        }
        if (answer is not RecordLogFullException)
            findings.Raise(Stage, new("REC007", $"An append failed: {e.Message}", "Nothing of it was acknowledged. Look at the disk.", folder));
        else if (!was)
            findings.Raise(Stage, new("REC003", answer.Message, "Senders are told to wait; nothing acknowledged is lost. Give the disk space.", folder));
        for (var i = from; i < group.Count; i++) group[i].Done.TrySetException(answer);
    }

    void Roll(ulong first)
    {
        var header = new SegmentHeader(BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))), first, clock.NowMs());
        var old = writer;
        if (old is not null && old.Segment.First == first) Drop(old.Segment); // It has its name and no record.
        var made = SegmentWriter.Create(folder, header, options.OpenFile);
        old?.Dispose();
        writer = made;
        lock (gate)
        {
            segments = [.. segments, made.Segment];
            bytes += made.Segment.Length;
        }
        Retain();
        Settle();
    }

    void Drop(Segment segment)
    {
        writer?.Dispose();
        writer = null;
        lock (gate)
        {
            segments = segments[..^1];
            bytes -= segment.Length;
        }
        File.Delete(segment.Path);
    }

    void Wake()
    {
        TaskCompletionSource? wake;
        lock (gate) (wake, grown) = (grown, null);
        wake?.SetResult();
    }
}
