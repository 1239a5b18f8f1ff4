using Andon.Model;

namespace Andon.Store.Records;

/// <summary>
/// The only door for telemetry: append-only, durable, replayable. Two implementations: on disk and, for tests, in memory.
/// The hit log is one too: each of its records is one <see cref="HitBlock"/>.
/// </summary>
public interface IRecordLog : IAsyncDisposable
{
    /// <summary>Position that the next record will get. Positions start at 1.</summary>
    ulong Next { get; }

    /// <summary>Oldest position still kept.</summary>
    ulong First { get; }

    /// <summary>
    /// Appends and returns the first position given, when all drafts are on disk (fsync, group commit). When the log is full or the
    /// disk is, it throws <see cref="RecordLogFullException"/> at once, so that listeners push back.
    /// </summary>
    ValueTask<ulong> Append(IReadOnlyList<RecordDraft> drafts, CancellationToken stop);

    /// <summary>
    /// Reads records from a position on, in order, at most so many records and about so many bytes; empty when there are none yet.
    /// Only acknowledged records are seen. A record's memory stays valid until the list is disposed, where it can be (<see cref="RecordPage"/>); nobody must.
    /// Records lost to damage are missing: ask next for the last position read plus one.
    /// </summary>
    ValueTask<IReadOnlyList<Record>> Read(ulong from, int recordsMax, int bytesMax, CancellationToken stop);

    /// <summary>
    /// The first position whose record arrived at that time or later; <see cref="Next"/> when there is none. Arrival goes up with position
    /// but for clocks set back, which move it a little. It looks at a few records only, however long the log is.
    /// </summary>
    async ValueTask<ulong> PlaceOf(long ms, CancellationToken stop)
    {
        ulong low = First, high = Next;
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            var records = await Read(middle, 1, 1, stop);
            using var page = records as IDisposable;
            if (records.Count > 0 && records[0].ReceivedMs < ms) low = Math.Max(middle, records[0].Position) + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>Completes when a record at that position can be read.</summary>
    ValueTask WaitFor(ulong position, CancellationToken stop);

    /// <summary>The position at which that reader goes on: one past the last record whose effects are durable. 0 when it never saved one: it then reads from <see cref="First"/>.</summary>
    ulong Checkpoint(string reader);

    /// <summary>Saves how far a reader's effects are durable. Segments that all readers passed may be deleted by retention.</summary>
    ValueTask SaveCheckpoint(string reader, ulong position, CancellationToken stop);
}

/// <summary>The record log takes no more now: its size limit or the disk is reached. Senders are told to wait and try again.</summary>
public sealed class RecordLogFullException(string message) : IOException(message);
