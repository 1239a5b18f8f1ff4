using System.Globalization;
using Andon.Model;

namespace Andon.Store.Records;

public sealed partial class DiskRecordLog
{
    /// <summary>Opens the log in a folder, made when it is missing: takes the folder for this process, cuts a torn tail, goes on behind it.</summary>
    /// <exception cref="FolderInUseException">Another process has it.</exception>
    public static DiskRecordLog Open(string folder, RecordLogOptions options, IFindings findings, TimeProvider clock)
    {
        DurableFiles.MakeFolder(folder);
        var taken = FolderLock.Take(folder, "lock");
        try
        {
            return new(folder, options, findings, clock, taken);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    DiskRecordLog(string folder, RecordLogOptions options, IFindings findings, TimeProvider clock, FolderLock taken)
    {
        (this.folder, this.options, this.findings, this.clock, folderLock) = (folder, options, findings, clock, taken);
        KeepAge = options.KeepAgeMax;
        var checkpointFolder = Path.Combine(folder, "checkpoints");
        checkpoints = new(checkpointFolder, findings);
        Quarantine = new(checkpointFolder, Path.Combine(folder, "quarantine"), findings);
        DurableFiles.FlushFolder(folder);
        chain = SegmentChain.Open(folder, findings);
        foreach (var left in Directory.GetFiles(folder, "*.tmp")) File.Delete(left);
        segments = WithoutLeftovers(FindSegments());
        bytes = segments.Sum(s => s.DiskBytes);
        if (segments.Length > 0) OpenLast(segments[^1]);
        PassCheckpoints();
        settling = new("andon-records-seal", SealAndPack);
        commits = new("andon-records", Commit);
        Settle();
    }

    Segment[] FindSegments()
    {
        var paths = Directory.GetFiles(folder, "*.log");
        Array.Sort(paths, StringComparer.Ordinal);
        var found = new List<Segment>(paths.Length);
        Span<byte> head = stackalloc byte[SegmentHeader.Bytes];
        foreach (var path in paths)
        {
            if (File.Exists(Path.ChangeExtension(path, SegmentBytes.PackedSuffix)))
            {
                File.Delete(path); // Its packed file was checked before it got its name; the program ended before it took this one away.
                continue;
            }
            long length;
            int read;
            using (var handle = File.OpenHandle(path))
            {
                length = RandomAccess.GetLength(handle);
                read = RandomAccess.Read(handle, head, 0);
            }
            var named = ulong.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var first);
            if (SegmentHeader.TryRead(head[..read], out var header) && header.First == first)
            {
                found.Add(new(path, header, length));
            }
            else if (length <= SegmentHeader.Bytes)
            {
                File.Delete(path); // The program ended while it made this file; nothing was acknowledged in it.
                if (named) next = Math.Max(next, first);
            }
            else
            {
                File.Move(path, path + ".damaged", overwrite: true);
                // How many records it held is not known; no position that it may have given is given again.
                if (named) next = Math.Max(next, first + (ulong)(length / Frame.HeadBytes));
                findings.Raise(Stage, new("REC002", $"The segment {Path.GetFileName(path)} has no readable header; its {length} bytes were set aside.",
                    "The records before and after are kept. Check the disk.", path));
            }
        }
        foreach (var path in Directory.GetFiles(folder, "*" + SegmentBytes.PackedSuffix))
            if (FindPacked(path) is { } packed) found.Add(packed);
        found.Sort((a, b) => a.First.CompareTo(b.First));
        return [.. found];
    }

    /// <summary>
    /// Retention takes whole segments away, oldest first, and a power cut may bring some of them back: those before a gap that the seals know of
    /// and that every reader passed go now. Any other gap stays what it is.
    /// </summary>
    Segment[] WithoutLeftovers(Segment[] found)
    {
        var passed = checkpoints.Lowest(options.Readers);
        var keep = 0;
        for (var i = 0; i + 1 < found.Length && found[i + 1].First <= passed; i++)
            if (chain.Of(found[i].First) is { } seal && seal.Next < found[i + 1].First && chain.Has(seal.Next)) keep = i + 1;
        if (keep == 0) return found;
        foreach (var left in found[..keep]) File.Delete(left.Path);
        DurableFiles.FlushFolder(folder);
        findings.Raise(Stage, new("STO302", $"{keep} segments that retention had deleted were back and were deleted again.", "Nothing to do: the power went while they were being deleted.", $"{folder}:{found[0].First}", FindingLevel.Note));
        return found[keep..];
    }

    Segment? FindPacked(string path)
    {
        if (PackedBytes.Head(path) is var (header, length))
        {
            var segment = new Segment(path, header, length);
            segment.BecomePacked(path, new FileInfo(path).Length);
            return segment;
        }
        File.Move(path, path + ".damaged", overwrite: true);
        if (ulong.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var first)) next = Math.Max(next, chain.Of(first)?.Next ?? first);
        findings.Raise(Stage, new("REC002", $"The packed segment {Path.GetFileName(path)} has no readable head or index; it was set aside.", "The records before and after are kept. Check the disk, or put the file back from a backup.", path));
        return null;
    }

    void OpenLast(Segment last)
    {
        if (chain.Of(last.First) is { } seal)
        {
            // Sealed, so it takes no more; the segment that followed held nothing or is gone.
            next = Math.Max(next, seal.Next);
            return;
        }
        var file = options.OpenFile(last.Path);
        try
        {
            using var read = last.OpenRead();
            var length = last.Length;
            using (var walk = new FrameWalk(last, read, SegmentHeader.Bytes, 0, length, 0, page: null, damaged: null))
            {
                var holes = new List<Hole>();
                while (walk.Next(out _, out _))
                    if (walk.LastHole is { } hole && (holes.Count == 0 || holes[^1] != hole)) holes.Add(hole);
                foreach (var hole in holes) Report(last, hole);
                next = Math.Max(next, last.First + walk.Number);
                if (walk.LastHole is { } tail && tail.Resume == length && !holes.Contains(tail)) CutTail(last, file, tail);
            }
            // Whole frames may stand here that no fsync ever covered. From now on they can be read, so they must be able to stay.
            file.Flush();
            writer = new(last, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    void CutTail(Segment last, SegmentFile file, Hole tail)
    {
        file.Cut(tail.At);
        last.Length = tail.At;
        last.Forget(tail);
        bytes -= tail.Resume - tail.At;
        findings.Raise(Stage, new("REC001", $"{tail.Resume - tail.At} bytes of a write that never ended were cut from {last.Name}; they were not acknowledged.",
            "Nothing to do: the program or the machine stopped in the middle of a write. If it did not, check the disk.", $"{last.Name}:{tail.At}", FindingLevel.Warning));
    }

    /// <summary>
    /// A reader that is ahead of the end saw records that are gone (damage at the very end). Their positions are not given again:
    /// that reader would pass over the new records.
    /// </summary>
    void PassCheckpoints()
    {
        var highest = checkpoints.Highest;
        if (highest > next)
        {
            findings.Raise(Stage, new("REC008", $"Readers are at position {highest} and the log ended at {next}: {highest - next} acknowledged records are gone.",
                "Check the disk and whether a backup was put back. New records go on after them.", folder));
            hollow = (next, highest);
            next = highest;
        }
        if (writer is null || next == writer.Segment.First + writer.Segment.Seek(uint.MaxValue).Number) return;
        // Numbers within a segment have no gap at its end, so the next append begins a new one.
        writer.Dispose();
        writer = null;
    }
}
