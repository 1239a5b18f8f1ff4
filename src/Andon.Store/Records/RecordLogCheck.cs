using System.Globalization;
using Andon.Model;

namespace Andon.Store.Records;

/// <summary>
/// Reads a log's folder, whether its program runs or not, and changes nothing: every seal against the one before, every sealed segment
/// against its seal, every frame of those without one.
/// </summary>
static class RecordLogCheck
{
    /// <param name="name">What to call the log: records or hits.</param>
    /// <param name="active">First position and acknowledged length of the segment still written to; null when nobody writes.</param>
    /// <returns>Findings, oldest place first; and how many segments and bytes hold.</returns>
    public static (IReadOnlyList<Finding> Findings, int Segments, long Bytes) Run(string name, string folder, (ulong First, long Length)? active, CancellationToken stop)
    {
        var findings = new List<Finding>();
        var (seals, badLine) = SegmentChain.Look(folder);
        if (badLine > 0)
            findings.Add(new("VER001", $"Seal {badLine} of the log {name} does not follow from the one before it: the seals were changed.", "Someone or something wrote into this file. Compare it with a backup.", Path.Combine(folder, SegmentChain.FileName)));
        var bySeal = seals.DistinctBy(s => s.First).ToDictionary(s => s.First);
        var files = Files(folder);
        var (held, bytes) = (0, 0L);
        ulong? expected = null;
        foreach (var (first, path) in files)
        {
            stop.ThrowIfCancellationRequested();
            if (active is { } growing && first > growing.First) break; // Made after the look began.
            if (expected is { } wanted && wanted != first)
                findings.Add(new("VER002", $"Records {wanted} to {first - 1} of the log {name} are missing: the segment that follows begins at {first}.", "A file was taken away. Put it back from a backup.", $"{name}:{wanted}"));
            bySeal.TryGetValue(first, out var seal);
            expected = seal?.Next;
            Finding? broken;
            try
            {
                broken = Check(name, first, path, seal, active is { } a && a.First == first ? a.Length : null, ref bytes);
            }
            catch (FileNotFoundException)
            {
                continue; // Packed or let go by retention while we looked.
            }
            catch (Exception damaged) when (damaged is IOException or InvalidDataException)
            {
                broken = new("VER003", $"The segment {Path.GetFileName(path)} of the log {name} cannot be read: {damaged.Message}", "Check the disk; put the file back from a backup.", $"{name}:{first}");
            }
            if (broken is null) held++;
            else findings.Add(broken);
        }
        return (findings, held, bytes);
    }

    static List<(ulong First, string Path)> Files(string folder)
    {
        var files = new SortedDictionary<ulong, string>();
        if (!Directory.Exists(folder)) return [];
        foreach (var suffix in (string[])[SegmentBytes.PlainSuffix, SegmentBytes.PackedSuffix])
            foreach (var path in Directory.GetFiles(folder, "*" + suffix))
                if (ulong.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var first)) files.TryAdd(first, path);
        return [.. files.Select(f => (f.Key, f.Value))];
    }

    static Finding? Check(string name, ulong first, string path, SealedSegment? seal, long? acknowledged, ref long total)
    {
        using var bytes = SegmentBytes.Open(path);
        var onDisk = bytes is PackedBytes packed ? packed.Length : new FileInfo(path).Length;
        var length = seal?.Bytes ?? acknowledged ?? onDisk;
        if (length > onDisk) return new("VER003", $"The segment {Path.GetFileName(path)} of the log {name} has {onDisk} bytes; it had {length}.", "It was cut. Put it back from a backup.", $"{name}:{first}");
        total += length;
        if (seal is not null && SegmentChain.ContentHash(bytes, length) == seal.ContentHash) return null;
        var place = FirstDamage(path, bytes, length, first);
        if (seal is not null)
            return new("VER003", $"The segment {Path.GetFileName(path)} of the log {name} is not what was sealed{(place is { } at ? $": from byte {at.At} on, record {first + at.FirstLost}" : ", though every frame in it holds: it was written anew")}.",
                "Its bytes were changed. Put it back from a backup.", place is { } there ? $"{name}:{first + there.FirstLost}" : $"{name}:{first}");
        // What was being written when the program ended is no damage; the next start cuts it.
        return place is { } hole && (hole.Resume < length || acknowledged is not null)
            ? new("VER004", $"{hole.Resume - hole.At} damaged bytes in the segment {Path.GetFileName(path)} of the log {name} hide {hole.Lost} records from {first + hole.FirstLost} on.", "Check the disk. The records before and after are kept.", $"{name}:{first + hole.FirstLost}")
            : null;
    }

    static Hole? FirstDamage(string path, SegmentBytes bytes, long length, ulong first)
    {
        Span<byte> head = stackalloc byte[SegmentHeader.Bytes];
        if (length < head.Length) return null;
        for (int done = 0, read; done < head.Length && (read = bytes.Read(head[done..], done)) > 0;) done += read;
        if (!SegmentHeader.TryRead(head, out var header) || header.First != first) return new(0, length, 0, 0);
        Hole? found = null;
        using var walk = new FrameWalk(new(path, header, length), bytes, SegmentHeader.Bytes, 0, length, 0, page: null, (_, hole) => found ??= hole);
        while (found is null && walk.Next(out _, out _)) { }
        return found;
    }
}
