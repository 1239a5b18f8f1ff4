using System.Buffers.Binary;

namespace Andon.Intake.Collect;

enum PackKind : byte { Nil, False, True, Unsigned, Signed, Float, Text, Binary, Array, Map, Extension }

/// <summary>One MessagePack item's head: what it is, its number or count, and where its bytes stand.</summary>
readonly record struct PackItem(PackKind Kind, long Number, double Real, int At, int Length, sbyte Type);

/// <summary>Reads MessagePack from a span; never throws, never recurses.</summary>
ref struct MsgPack(ReadOnlySpan<byte> data)
{
    readonly ReadOnlySpan<byte> data = data;

    public int At { get; private set; }

    public readonly ReadOnlySpan<byte> Bytes(in PackItem item) => data.Slice(item.At, item.Length);

    /// <summary>False when the data ends inside the item, or has a byte that MessagePack does not have (<paramref name="bad"/>).</summary>
    public bool Next(out PackItem item, out bool bad)
    {
        item = default;
        bad = false;
        if (At >= data.Length) return false;
        var code = data[At];
        switch (code)
        {
            case <= 0x7f: return Plain(PackKind.Unsigned, code, out item);
            case <= 0x8f: return Plain(PackKind.Map, code & 15, out item);
            case <= 0x9f: return Plain(PackKind.Array, code & 15, out item);
            case <= 0xbf: return Sized(PackKind.Text, 1, code & 31, 0, out item);
            case 0xc0: return Plain(PackKind.Nil, 0, out item);
            case 0xc1:
                bad = true;
                return false;
            case 0xc2: return Plain(PackKind.False, 0, out item);
            case 0xc3: return Plain(PackKind.True, 0, out item);
            case <= 0xc6: return Head(1 << (code - 0xc4), out var bytes) && Sized(PackKind.Binary, 1 + (1 << (code - 0xc4)), bytes, 0, out item);
            case <= 0xc9: return Head(1 << (code - 0xc7), out var ext) && Extension(1 + (1 << (code - 0xc7)), ext, out item);
            case 0xca:
                if (!Head(4, out var single)) return false;
                return Number(PackKind.Float, 5, 0, BitConverter.UInt32BitsToSingle((uint)single), out item);
            case 0xcb:
                if (!Head(8, out var real)) return false;
                return Number(PackKind.Float, 9, 0, BitConverter.Int64BitsToDouble(real), out item);
            case <= 0xcf: return Head(1 << (code - 0xcc), out var unsigned) && Number(PackKind.Unsigned, 1 + (1 << (code - 0xcc)), unsigned, 0, out item);
            case <= 0xd3:
            {
                var width = 1 << (code - 0xd0);
                if (!Head(width, out var signed)) return false;
                var shift = 64 - width * 8;
                return Number(PackKind.Signed, 1 + width, signed << shift >> shift, 0, out item);
            }
            case <= 0xd8: return Extension(1, 1 << (code - 0xd4), out item);
            case <= 0xdb: return Head(1 << (code - 0xd9), out var text) && Sized(PackKind.Text, 1 + (1 << (code - 0xd9)), text, 0, out item);
            case <= 0xdd: return Head(2 << (code - 0xdc), out var items) && Number(PackKind.Array, 1 + (2 << (code - 0xdc)), items, 0, out item);
            case <= 0xdf: return Head(2 << (code - 0xde), out var pairs) && Number(PackKind.Map, 1 + (2 << (code - 0xde)), pairs, 0, out item);
            default: return Plain(PackKind.Signed, (sbyte)code, out item);
        }
    }

    /// <summary>Passes over one whole item, however deep.</summary>
    public bool Skip()
    {
        for (long left = 1; left > 0; left--)
        {
            if (!Next(out var item, out _)) return false;
            if (item.Kind == PackKind.Array) left += item.Number;
            else if (item.Kind == PackKind.Map) left += item.Number * 2;
        }
        return true;
    }

    bool Plain(PackKind kind, long number, out PackItem item) => Number(kind, 1, number, 0, out item);

    bool Number(PackKind kind, int size, long number, double real, out PackItem item)
    {
        item = new(kind, number, real, At + size, 0, 0);
        At += size;
        return true;
    }

    bool Extension(int head, long length, out PackItem item)
    {
        item = default;
        return At + head < data.Length && Sized(PackKind.Extension, head + 1, length, (sbyte)data[At + head], out item);
    }

    bool Sized(PackKind kind, int head, long length, sbyte type, out PackItem item)
    {
        item = default;
        if (length > data.Length - At - head) return false;
        item = new(kind, length, 0, At + head, (int)length, type);
        At += head + (int)length;
        return true;
    }

    readonly bool Head(int width, out long value)
    {
        value = 0;
        if (data.Length - At <= width) return false;
        var bytes = data.Slice(At + 1, width);
        value = width switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            _ => BinaryPrimitives.ReadInt64BigEndian(bytes),
        };
        return true;
    }
}

/// <summary>Finds where a MessagePack item ends in a stream that is still coming; goes on where it stopped.</summary>
struct PackScan
{
    long left;
    int scanned;

    /// <summary>Bytes of the first item, or 0 while it is not whole, or -1 when it cannot be MessagePack.</summary>
    public int Next(ReadOnlySpan<byte> data)
    {
        if (left == 0) left = 1;
        var reader = new MsgPack(data[scanned..]);
        while (left > 0)
        {
            if (!reader.Next(out var item, out var bad))
            {
                scanned += reader.At;
                return bad ? -1 : 0;
            }
            left--;
            if (item.Kind == PackKind.Array) left += item.Number;
            else if (item.Kind == PackKind.Map) left += item.Number * 2;
            if (left > Limits.ForwardBytesMax) return -1; // Each takes a byte at least.
        }
        var length = scanned + reader.At;
        scanned = 0;
        return length;
    }
}
