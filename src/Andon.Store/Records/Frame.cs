using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Andon.Store.Records;

internal enum FrameKind : byte { Record = 1, Origin = 2 }

/// <summary>
/// Head of a frame: what stands before each payload in a segment.
/// <code>marker 4 | head check 4 | payload check 4 | length 4 | number 4 | kind 1, origin 3 | received 8 | payload</code>
/// Little endian. Checks are CRC-32C begun from the segment's random salt: a sender who writes something like a frame into a log line
/// cannot make one that holds, so after damage only true frames are found. The head has its own check, so that a damaged
/// payload hides just its own record, and a damaged length is never believed.
/// </summary>
/// <param name="Origin">Number of the origin in this segment: defined by a frame of kind Origin, named by the records after it.</param>
/// <param name="Number">Position less the segment's first position. In an origin frame, that of the next record.</param>
internal readonly record struct Frame(FrameKind Kind, int Origin, uint Number, long ReceivedMs, int Length, uint PayloadCheck)
{
    public const int HeadBytes = 32;
    public const int OriginsMax = 1 << 24;

    // Not UTF-8, so it is rare in payloads; a look-alike only costs one head check.
    static ReadOnlySpan<byte> MarkerBytes => [0xA5, 0x4E, 0x44, 0x9B];
    public static ReadOnlySpan<byte> Marker => MarkerBytes;

    public long TotalBytes => HeadBytes + (long)Length;

    public static Frame Of(FrameKind kind, int origin, uint number, long receivedMs, ReadOnlySpan<byte> payload, uint salt) =>
        new(kind, origin, number, receivedMs, payload.Length, Check(salt, payload));

    public void Write(Span<byte> head, uint salt)
    {
        MarkerBytes.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], PayloadCheck);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[16..], Number);
        BinaryPrimitives.WriteUInt32LittleEndian(head[20..], (byte)Kind | ((uint)Origin << 8));
        BinaryPrimitives.WriteInt64LittleEndian(head[24..], ReceivedMs);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Check(salt, head[8..HeadBytes]));
    }

    /// <summary>Reads a head whose check holds.</summary>
    public static bool TryRead(ReadOnlySpan<byte> head, uint salt, out Frame frame)
    {
        frame = default;
        if (head.Length < HeadBytes || !head.StartsWith(MarkerBytes)) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) != Check(salt, head[8..HeadBytes])) return false;
        var kind = BinaryPrimitives.ReadUInt32LittleEndian(head[20..]);
        frame = new(
            (FrameKind)(byte)kind,
            (int)(kind >> 8),
            BinaryPrimitives.ReadUInt32LittleEndian(head[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(head[8..]));
        return frame.Length >= 0 && frame.Kind is FrameKind.Record or FrameKind.Origin;
    }

    public bool Holds(ReadOnlySpan<byte> payload, uint salt) => Check(salt, payload) == PayloadCheck;

    public static uint Check(uint salt, ReadOnlySpan<byte> bytes)
    {
        var crc = ~salt;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (var rest in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }
}
