using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Andon.Model;

namespace Andon.Store.Records;

/// <summary>A segment that will never change: its records, its bytes, the hash of those, and the hash that also covers all segments before.</summary>
/// <param name="First">Position of its first record.</param>
/// <param name="Next">Position after its last one: that of the next segment's first.</param>
/// <param name="Bytes">Bytes as they were written, before packing.</param>
public sealed record SealedSegment(ulong First, ulong Next, long Bytes, string ContentHash, string Hash);

/// <summary>
/// The seals of a log's segments, in order, in one file that only grows. A seal's hash covers the one before, so that a segment changed
/// later, or taken out of the middle, does not fit. What retention deleted keeps its seal.
/// </summary>
internal sealed class SegmentChain
{
    public const string FileName = "seals";
    static readonly string Genesis = new('0', SHA256.HashSizeInBytes * 2);

    readonly string path;
    readonly Lock gate = new();
    readonly List<SealedSegment> seals;
    long end;

    SegmentChain(string path, List<SealedSegment> seals, long end) => (this.path, this.seals, this.end) = (path, seals, end);

    public IReadOnlyList<SealedSegment> Seals { get { lock (gate) return [.. seals]; } }

    public bool Has(ulong first) => Of(first) is not null;

    public SealedSegment? Of(ulong first)
    {
        lock (gate)
        {
            var at = seals.BinarySearch(new(first, 0, 0, "", ""), ByFirst);
            return at < 0 ? null : seals[at];
        }
    }

    static readonly Comparer<SealedSegment> ByFirst = Comparer<SealedSegment>.Create((a, b) => a.First.CompareTo(b.First));

    /// <summary>Reads the seals; a last line that never ended, or of which a power cut left holes, is cut: its segment is sealed again.</summary>
    public static SegmentChain Open(string folder, IFindings findings)
    {
        var path = Path.Combine(folder, FileName);
        var (seals, whole, _) = Read(path);
        if (File.Exists(path) && new FileInfo(path).Length is var length && length > whole)
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
            RandomAccess.SetLength(handle, whole);
            DurableFiles.Flush(handle);
            findings.Raise("records", new("STO301", $"{length - whole} bytes of a seal that was never written to its end were cut.", "Nothing to do: the program or the machine stopped meanwhile. The segment is sealed again.", $"{path}:{whole}", FindingLevel.Note));
        }
        return new(path, seals, whole);
    }

    /// <summary>Reads without changing anything; the number of the first line that does not hold, or 0.</summary>
    public static (IReadOnlyList<SealedSegment> Seals, int BadLine) Look(string folder)
    {
        var (seals, _, bad) = Read(Path.Combine(folder, FileName));
        return (seals, bad);
    }

    static (List<SealedSegment> Seals, long WholeBytes, int BadLine) Read(string path)
    {
        var seals = new List<SealedSegment>();
        if (!File.Exists(path)) return (seals, 0, 0);
        var text = Encoding.ASCII.GetString(File.ReadAllBytes(path));
        var whole = text.LastIndexOf('\n') + 1;
        // Bytes that never came are zeros, also before an end of the line that did. Nothing else is taken for that: it might be someone's hand.
        while (whole > 0 && text.LastIndexOf('\n', Math.Max(0, whole - 2)) + 1 is var begin && begin < whole && text.AsSpan(begin, whole - begin).Contains('\0')) whole = begin;
        var (bad, number) = (0, 0);
        foreach (var line in text[..whole].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            number++;
            var parts = line.Split(' ');
            if (parts.Length == 5
                && ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var next)
                && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            {
                if (bad == 0 && (HashOf(seals.Count == 0 ? Genesis : seals[^1].Hash, first, next, bytes, parts[3]) != parts[4] || (seals.Count > 0 && first < seals[^1].Next))) bad = number;
                seals.Add(new(first, next, bytes, parts[3], parts[4]));
            }
            else if (bad == 0)
            {
                bad = number;
            }
        }
        return (seals, whole, bad);
    }

    /// <summary>Adds a seal; durable on return.</summary>
    public SealedSegment Add(ulong first, ulong next, long bytes, string contentHash)
    {
        lock (gate)
        {
            var made = new SealedSegment(first, next, bytes, contentHash, HashOf(seals.Count == 0 ? Genesis : seals[^1].Hash, first, next, bytes, contentHash));
            var isNew = !File.Exists(path);
            using (var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read))
            {
                var line = string.Create(CultureInfo.InvariantCulture, $"{made.First} {made.Next} {made.Bytes} {made.ContentHash} {made.Hash}\n");
                var written = Encoding.ASCII.GetBytes(line);
                // Behind the last whole line: an earlier try may have failed half way.
                RandomAccess.SetLength(handle, end);
                RandomAccess.Write(handle, written, end);
                DurableFiles.Flush(handle);
                if (isNew || end == 0) DurableFiles.FlushFolder(Path.GetDirectoryName(path) ?? ".");
                end += written.Length;
            }
            seals.Add(made);
            return made;
        }
    }

    static string HashOf(string before, ulong first, ulong next, long bytes, string contentHash)
    {
        Span<byte> numbers = stackalloc byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(numbers, first);
        BinaryPrimitives.WriteUInt64LittleEndian(numbers[8..], next);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[16..], bytes);
        return Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes(before), .. numbers, .. Encoding.ASCII.GetBytes(contentHash)]));
    }

    /// <summary>SHA-256 of so many bytes of a segment; null when it is shorter.</summary>
    public static string? ContentHash(SegmentBytes from, long length)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(256 << 10);
        try
        {
            for (long at = 0; at < length;)
            {
                var read = from.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - at)), at);
                if (read == 0) return null;
                sha.AppendData(buffer.AsSpan(0, read));
                at += read;
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
