using System.Globalization;
using System.Text;
using Andon.Model;

namespace Andon.Store.Records;

/// <summary>A damaged place in a segment: bytes from one offset to another, and how many records they hid.</summary>
internal readonly record struct Hole(long At, long Resume, uint FirstLost, uint Lost);

/// <summary>
/// One file of the log and what is known of its inside: the origins, every 64 KiB a mark (record number, offset), the damaged places.
/// The knowledge grows as readers pass, so an old segment costs nothing until someone reads it.
/// </summary>
internal sealed class Segment(string path, SegmentHeader header, long length)
{
    const long MarkEveryBytes = 64 << 10;
    public static readonly Origin LostOrigin = new("unknown", "unknown", "the origin was lost to damage");

    readonly Lock gate = new();
    readonly List<(uint Number, long Offset)> marks = [];
    readonly List<Origin?> origins = [];
    readonly Dictionary<long, Hole> holes = [];
    long covered = SegmentHeader.Bytes;
    uint coveredNumber;
    long length = length;

    volatile string path = path;
    long packedBytes;

    public string Path => path;
    public string Name => System.IO.Path.GetFileName(Path);
    public SegmentHeader Header => header;
    public bool IsPacked => path.EndsWith(SegmentBytes.PackedSuffix, StringComparison.Ordinal);

    /// <summary>Bytes on disk: those acknowledged, or those of the packed file.</summary>
    public long DiskBytes => IsPacked ? Volatile.Read(ref packedBytes) : Length;

    /// <summary>From now on the packed file is read.</summary>
    public void BecomePacked(string packedPath, long diskBytes)
    {
        Volatile.Write(ref packedBytes, diskBytes);
        path = packedPath;
    }

    public ulong First => header.First;
    public uint Salt => header.Salt;
    public long CreatedMs => header.CreatedMs;

    /// <summary>Bytes that are acknowledged; readers see no further.</summary>
    public long Length { get => Volatile.Read(ref length); set => Volatile.Write(ref length, value); }

    public static string NameOf(ulong first) => first.ToString("D20", CultureInfo.InvariantCulture) + SegmentBytes.PlainSuffix;

    public SegmentBytes OpenRead()
    {
        while (true)
        {
            var from = Path;
            try { return SegmentBytes.Open(from); }
            catch (FileNotFoundException) when (from != Path) { } // Packed in between.
        }
    }

    /// <summary>Where to begin reading to meet that record: at it or before it.</summary>
    public (long Offset, uint Number) Seek(uint number)
    {
        lock (gate)
        {
            if (number >= coveredNumber) return (covered, coveredNumber);
            var low = 0;
            var high = marks.Count - 1;
            while (low < high)
            {
                var middle = (low + high + 1) / 2;
                if (marks[middle].Number <= number) low = middle;
                else high = middle - 1;
            }
            return marks.Count == 0 || marks[low].Number > number ? (SegmentHeader.Bytes, 0) : (marks[low].Offset, marks[low].Number);
        }
    }

    /// <summary>A reader passed a sound frame.</summary>
    public void Passed(in Frame frame, long at, ReadOnlySpan<byte> payload)
    {
        if (at < Volatile.Read(ref covered)) return;
        lock (gate)
        {
            if (at != covered) return;
            if (frame.Kind == FrameKind.Origin) Define(frame.Origin, payload);
            else if (marks.Count == 0 || at - marks[^1].Offset >= MarkEveryBytes) marks.Add((frame.Number, at));
            coveredNumber = frame.Number + (frame.Kind == FrameKind.Record ? 1u : 0);
            Volatile.Write(ref covered, at + frame.TotalBytes);
        }
    }

    /// <summary>A reader met damage. True for the first one, who reports it.</summary>
    public bool Passed(Hole hole)
    {
        lock (gate)
        {
            if (!holes.TryAdd(hole.At, hole)) return false;
            if (hole.At == covered)
            {
                coveredNumber = hole.FirstLost + hole.Lost;
                Volatile.Write(ref covered, hole.Resume);
            }
            return true;
        }
    }

    /// <summary>A torn tail was cut: what comes there now is new.</summary>
    public void Forget(Hole tail)
    {
        lock (gate)
        {
            holes.Remove(tail.At);
            coveredNumber = tail.FirstLost;
            Volatile.Write(ref covered, tail.At);
        }
    }

    public bool TryHole(long at, out Hole hole)
    {
        lock (gate) return holes.TryGetValue(at, out hole);
    }

    public Origin Origin(int number)
    {
        lock (gate) return (uint)number < (uint)origins.Count ? origins[number] ?? LostOrigin : LostOrigin;
    }

    /// <summary>The origins defined so far by number, for whoever goes on writing here; null where a definition was lost.</summary>
    public IReadOnlyList<Origin?> Origins { get { lock (gate) return [.. origins]; } }

    public static byte[] Encode(Origin origin) => Encoding.UTF8.GetBytes($"{Clean(origin.Listener)}\0{Clean(origin.Peer)}\0{origin.Hint}");

    public static int EncodedBytesMax(Origin origin) => 2 + 3 * (origin.Listener.Length + origin.Peer.Length + origin.Hint.Length);

    // NUL parts the three; a listener or address has none, and a path on Unix cannot.
    static string Clean(string text) => text.Replace('\0', ' ');

    void Define(int number, ReadOnlySpan<byte> payload)
    {
        while (origins.Count <= number) origins.Add(null);
        var parts = Encoding.UTF8.GetString(payload).Split('\0', 3);
        if (parts.Length == 3) origins[number] = new(parts[0], parts[1], parts[2]);
    }
}
