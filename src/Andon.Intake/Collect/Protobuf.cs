using System.Buffers.Binary;

namespace Andon.Intake.Collect;

/// <summary>Reads the fields of one protobuf message; never throws. Groups are not known: nobody writes them any more.</summary>
ref struct Protobuf(ReadOnlySpan<byte> data)
{
    readonly ReadOnlySpan<byte> data = data;
    int at;

    public const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    public int Field { get; private set; }
    public int Wire { get; private set; }
    public ulong Number { get; private set; }
    public ReadOnlySpan<byte> Data { get; private set; }
    public bool Broken { get; private set; }

    /// <summary>False at the end, or where the bytes are no protobuf (<see cref="Broken"/>).</summary>
    public bool Next()
    {
        if (at >= data.Length || Broken) return false;
        if (!TryVarint(out var key) || key >> 3 is 0 or > 536_870_911) return Fail();
        (Field, Wire) = ((int)(key >> 3), (int)(key & 7));
        Number = 0;
        Data = default;
        switch (Wire)
        {
            case Varint:
                if (!TryVarint(out var number)) return Fail();
                Number = number;
                return true;
            case Fixed64:
                if (data.Length - at < 8) return Fail();
                Number = BinaryPrimitives.ReadUInt64LittleEndian(data[at..]);
                at += 8;
                return true;
            case Fixed32:
                if (data.Length - at < 4) return Fail();
                Number = BinaryPrimitives.ReadUInt32LittleEndian(data[at..]);
                at += 4;
                return true;
            case Bytes:
                if (!TryVarint(out var length) || length > (ulong)(data.Length - at)) return Fail();
                Data = data.Slice(at, (int)length);
                at += (int)length;
                return true;
            default: return Fail();
        }
    }

    bool TryVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (at >= data.Length) return false;
            var b = data[at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) return true;
        }
        return false;
    }

    bool Fail()
    {
        Broken = true;
        return false;
    }
}
