using System.Buffers.Binary;

namespace Andon.Intake.Collect;

/// <summary>
/// Unpacks the block format of Snappy: a length, then pieces that are either text of their own or a copy of what came before. .NET has none of its
/// own. The length is the sender's word, so it is held against what so many packed bytes can become at most before any room is taken.
/// </summary>
static class Snappy
{
    // A copy of 64 bytes takes three.
    const int GrowthMax = 22;

    /// <summary>Null where the bytes are no whole block, or would be longer than the bound.</summary>
    public static byte[]? Unpack(ReadOnlySpan<byte> packed, int bytesMax, out string why)
    {
        why = "the body is no Snappy block";
        if (!TryLength(ref packed, out var length)) return null;
        if (length > bytesMax)
        {
            why = $"the body is longer than {bytesMax} bytes";
            return null;
        }
        if (length > (long)packed.Length * GrowthMax) return null;
        var into = new byte[length];
        return Fill(packed, into) ? into : null;
    }

    static bool Fill(ReadOnlySpan<byte> packed, byte[] into)
    {
        var at = 0;
        while (!packed.IsEmpty)
        {
            var tag = packed[0];
            packed = packed[1..];
            if ((tag & 3) == 0)
            {
                if (!TryText(ref packed, tag >> 2, out var text) || text.Length > into.Length - at) return false;
                text.CopyTo(into.AsSpan(at));
                at += text.Length;
                continue;
            }
            if (!TryCopy(ref packed, tag, out var length, out var back) || back == 0 || back > at || length > into.Length - at) return false;
            // What is copied may reach into itself: byte by byte it repeats.
            for (var end = at + length; at < end; at++) into[at] = into[at - (int)back];
        }
        return at == into.Length;
    }

    static bool TryText(ref ReadOnlySpan<byte> packed, int size, out ReadOnlySpan<byte> text)
    {
        text = default;
        long length = size + 1;
        if (size >= 60)
        {
            var bytes = size - 59;
            if (packed.Length < bytes) return false;
            length = 1;
            for (var i = 0; i < bytes; i++) length += (long)packed[i] << (8 * i);
            packed = packed[bytes..];
        }
        if (length > packed.Length) return false;
        text = packed[..(int)length];
        packed = packed[(int)length..];
        return true;
    }

    static bool TryCopy(ref ReadOnlySpan<byte> packed, byte tag, out int length, out uint back)
    {
        (length, back) = ((tag >> 2) + 1, 0);
        var bytes = (tag & 3) switch { 1 => 1, 2 => 2, _ => 4 };
        if (packed.Length < bytes) return false;
        switch (bytes)
        {
            case 1: (length, back) = (4 + (tag >> 2 & 7), (uint)(tag >> 5 << 8 | packed[0])); break;
            case 2: back = BinaryPrimitives.ReadUInt16LittleEndian(packed); break;
            default: back = BinaryPrimitives.ReadUInt32LittleEndian(packed); break;
        }
        packed = packed[bytes..];
        return true;
    }

    static bool TryLength(ref ReadOnlySpan<byte> packed, out long length)
    {
        length = 0;
        for (var i = 0; i < 5; i++)
        {
            if (i >= packed.Length) return false;
            length |= (long)(packed[i] & 0x7f) << (7 * i);
            if (packed[i] >= 0x80) continue;
            packed = packed[(i + 1)..];
            return length <= int.MaxValue;
        }
        return false;
    }
}
