using System.Buffers.Binary;

namespace Andon.Intake.Collect;

enum FrameKind { More, Bad, Window, Json, Pairs, Packed }

/// <summary>A frame of Lumberjack that stands at the beginning of some bytes.</summary>
/// <param name="Version">1 or 2, as its first byte writes it: the answer speaks the same.</param>
/// <param name="Number">Sequence number; of a window how many will come before an answer is due.</param>
/// <param name="Head">Bytes before its data.</param>
/// <param name="Length">Bytes of its data, for pairs as far as they are known to reach.</param>
readonly record struct LumberjackFrame(FrameKind Kind, byte Version, uint Number, int Head, long Length)
{
    const int HeadBytes = 10;

    public static LumberjackFrame Read(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return default;
        if (data[0] is not ((byte)'1' or (byte)'2')) return new(FrameKind.Bad, data[0], 0, 0, 0);
        if (data.Length < 2) return default;
        var number = data.Length < 6 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(data[2..]);
        switch (data[1])
        {
            case (byte)'W': return data.Length < 6 ? default : new(FrameKind.Window, data[0], number, 6, 0);
            case (byte)'C': return data.Length < 6 ? default : new(FrameKind.Packed, data[0], 0, 6, number);
            case (byte)'J' when data[0] == '2': return data.Length < HeadBytes ? default : new(FrameKind.Json, data[0], number, HeadBytes, BinaryPrimitives.ReadUInt32BigEndian(data[6..]));
            case (byte)'D':
                if (data.Length < HeadBytes) return default;
                var pairs = BinaryPrimitives.ReadUInt32BigEndian(data[6..]);
                if (pairs > Limits.LumberjackPairsMax) return new(FrameKind.Bad, data[0], number, 0, 0);
                return Pairs(data[HeadBytes..], (int)pairs) is >= 0 and var length ? new(FrameKind.Pairs, data[0], number, HeadBytes, length) : default;
            default: return new(FrameKind.Bad, data[0], 0, 0, 0);
        }
    }

    /// <summary>Bytes of so many pairs; below zero while they are not all there.</summary>
    static long Pairs(ReadOnlySpan<byte> data, int pairs)
    {
        long at = 0;
        for (var i = 0; i < pairs * 2; i++)
        {
            if (at + 4 > data.Length) return -1;
            at += 4 + BinaryPrimitives.ReadUInt32BigEndian(data[(int)at..]);
            if (at > data.Length) return -1;
        }
        return at;
    }

    /// <summary>The pairs as a JSON object: they are binary on the wire.</summary>
    public static byte[] Object(ReadOnlySpan<byte> pairs)
    {
        var read = new List<(byte[], byte[])>();
        while (!pairs.IsEmpty)
        {
            var name = Next(ref pairs);
            read.Add((name, Next(ref pairs)));
        }
        return LokiEntry.Object(read);
    }

    static byte[] Next(ref ReadOnlySpan<byte> data)
    {
        var length = (int)BinaryPrimitives.ReadUInt32BigEndian(data);
        var text = data.Slice(4, length).ToArray();
        data = data[(4 + length)..];
        return text;
    }

    public static byte[] Ack(byte version, uint number)
    {
        var ack = new byte[6];
        (ack[0], ack[1]) = (version, (byte)'A');
        BinaryPrimitives.WriteUInt32BigEndian(ack.AsSpan(2), number);
        return ack;
    }
}
