using System.Buffers.Binary;

namespace Andon.Store.Records;

/// <summary>What stands at the beginning of a segment, twice, so that one damaged byte there cannot hide the whole segment.</summary>
internal readonly record struct SegmentHeader(uint Salt, ulong First, long CreatedMs)
{
    const int CopyBytes = 40;
    public const int Bytes = 2 * CopyBytes;
    const uint Version = 1;
    static ReadOnlySpan<byte> Magic => "ANDONREC"u8;

    public void Write(Span<byte> to)
    {
        var copy = to[..CopyBytes];
        copy.Clear();
        Magic.CopyTo(copy);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[12..], Salt);
        BinaryPrimitives.WriteUInt64LittleEndian(copy[16..], First);
        BinaryPrimitives.WriteInt64LittleEndian(copy[24..], CreatedMs);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[32..], Frame.Check(Version, copy[..32]));
        copy.CopyTo(to[CopyBytes..Bytes]);
    }

    public static bool TryRead(ReadOnlySpan<byte> from, out SegmentHeader header) =>
        TryReadCopy(from, out header) || (from.Length >= Bytes && TryReadCopy(from[CopyBytes..], out header));

    static bool TryReadCopy(ReadOnlySpan<byte> copy, out SegmentHeader header)
    {
        header = default;
        if (copy.Length < CopyBytes || !copy.StartsWith(Magic)) return false;
        var version = BinaryPrimitives.ReadUInt32LittleEndian(copy[8..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(copy[32..]) != Frame.Check(version, copy[..32])) return false;
        if (version != Version) throw new NotSupportedException($"A record segment has format {version}; this program reads format {Version}. Use the program that wrote it or a newer one.");
        header = new(
            BinaryPrimitives.ReadUInt32LittleEndian(copy[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(copy[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(copy[24..]));
        return true;
    }
}
