using Andon.Model;

namespace Andon.Store.Records;

public sealed partial class DiskRecordLog
{
    /// <summary>
    /// Deletes the oldest segments that every reader passed, while they are over the age or all together are over the size. Runs by itself
    /// whenever a checkpoint is saved, a segment is sealed or the log is full. Returns how many were deleted.
    /// </summary>
    public int Retain()
    {
        var passed = checkpoints.Lowest(options.Readers);
        var agedMs = clock.NowMs() - (long)KeepAge.TotalMilliseconds;
        Segment[] gone;
        if (!SealWhatMayGo(passed)) return 0;
        lock (gate)
        {
            if (pins > 0) return 0;
            var count = 0;
            var left = bytes;
            // The next segment's birth is this one's end. The newest segment always stays.
            while (count + 1 < segments.Length
                && segments[count + 1].First <= passed
                && chain.Has(segments[count].First)
                && (segments[count + 1].CreatedMs <= agedMs || left > options.KeepBytesMax))
                left -= segments[count++].DiskBytes;
            if (count == 0) return 0;
            (gone, segments, bytes) = (segments[..count], segments[count..], left);
        }
        // The folder is not flushed: what a power cut brings back is old, sealed and passed by all, and the next start deletes it.
        try
        {
            foreach (var segment in gone) File.Delete(segment.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            findings.Raise(Stage, new("REC009", $"An old segment cannot be deleted: {e.Message}", "Give the program the right to delete in its data folder; it is tried again at the next start.", folder, FindingLevel.Warning));
        }
        return gone.Length;
    }

    /// <summary>What goes has its seal first: it is the proof of what was there. False when that cannot be written now.</summary>
    bool SealWhatMayGo(ulong passed)
    {
        try
        {
            Segment[] list;
            lock (gate) list = segments;
            var agedMs = clock.NowMs() - (long)KeepAge.TotalMilliseconds;
            long left;
            lock (gate) left = bytes;
            for (var i = 0; i + 1 < list.Length && list[i + 1].First <= passed && (list[i + 1].CreatedMs <= agedMs || left > options.KeepBytesMax); i++)
            {
                SealUpTo(list[i]);
                left -= list[i].DiskBytes;
            }
            return true;
        }
        catch (FileNotFoundException)
        {
            return true; // Another turn of retention took it in between.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            findings.Raise(Stage, new("REC010", $"A full segment could not be sealed, so it is not deleted: {e.Message}", "Look at the disk of the data folder.", folder, FindingLevel.Warning));
            return false;
        }
    }
}
