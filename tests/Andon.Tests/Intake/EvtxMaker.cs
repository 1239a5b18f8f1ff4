using System.Buffers.Binary;
using System.Text;

namespace Andon.Tests.Intake;

/// <summary>Writes small event logs: header, chunks, records, binary XML with one template a record that is written in place.</summary>
sealed class EvtxMaker
{
    public const int HeaderBytes = 4096, ChunkBytes = 65_536, FirstRecord = 512;

    readonly byte[] chunk = new byte[ChunkBytes];
    int end = FirstRecord;
    ulong records;

    /// <summary>Adds a record whose XML <paramref name="xml"/> writes; returns where it begins in the chunk.</summary>
    public int Add(Action<Xml> xml)
    {
        var at = end;
        var content = new Xml(at + 24);
        content.Bytes(0x0F, 1, 1, 0);
        xml(content);
        content.Bytes(0);
        while (content.Length % 8 != 4) content.Bytes(0);
        var size = 24 + content.Length + 4;
        var record = chunk.AsSpan(at, size);
        BinaryPrimitives.WriteUInt32LittleEndian(record, 0x2A2A);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], size);
        BinaryPrimitives.WriteUInt64LittleEndian(record[8..], ++records);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], 133_000_000_000_000_000);
        content.Written.CopyTo(record[24..]);
        BinaryPrimitives.WriteInt32LittleEndian(record[(size - 4)..], size);
        end += size;
        return at;
    }

    public byte[] File()
    {
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(48), end);
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(40), 128);
        "ElfChnk\0"u8.CopyTo(chunk);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(52), Crc(chunk.AsSpan(FirstRecord, end - FirstRecord)));
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(124), Crc([.. chunk[..120], .. chunk[128..FirstRecord]]));
        var file = new byte[HeaderBytes + ChunkBytes];
        "ElfFile\0"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(40), HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(42), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(124), Crc(file.AsSpan(0, 120)));
        chunk.CopyTo(file, HeaderBytes);
        return file;
    }

    /// <summary>Bit by bit, as the standard says it.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB88320;
        }
        return ~crc;
    }

    /// <summary>A value put into a template; its bytes may depend on the place in the chunk where they stand, its length may not.</summary>
    public readonly record struct Value(byte Type, Func<int, byte[]> At)
    {
        public Value(byte type, byte[] bytes) : this(type, _ => bytes) { }
        public static Value Text(string text) => new(0x01, Encoding.Unicode.GetBytes(text));
        public static Value Null => new(0x00, []);
    }

    /// <summary>Binary XML at its place in a chunk: names are written where they are first used.</summary>
    public sealed class Xml(int origin)
    {
        readonly List<byte> to = [];

        public int Length => to.Count;
        public byte[] Written => to.ToArray();
        public int Here => origin + Length;

        public Xml Bytes(params byte[] bytes)
        {
            to.AddRange(bytes);
            return this;
        }

        public Xml U16(int value) => Bytes((byte)value, (byte)(value >> 8));
        public Xml U32(int value) => U16(value & 0xFFFF).U16(value >> 16 & 0xFFFF);

        Xml Name(string name)
        {
            U32(Here + 4).U32(0).U16(0).U16(name.Length);
            return Bytes(Encoding.Unicode.GetBytes(name)).U16(0);
        }

        /// <summary>An element; <paramref name="bare"/> ones, in values, have no dependency number.</summary>
        public Xml Element(string name, Action<Xml>? inside = null, bool bare = false, params (string Name, Action<Xml> Value)[] attributes)
        {
            Bytes(attributes.Length > 0 ? (byte)0x41 : (byte)0x01);
            if (!bare) U16(0xFFFF);
            U32(0).Name(name);
            if (attributes.Length > 0) U32(0);
            foreach (var (key, value) in attributes)
            {
                Bytes(0x06).Name(key);
                value(this);
            }
            if (inside is null) return Bytes(0x03);
            Bytes(0x02);
            inside(this);
            return Bytes(0x04);
        }

        public Xml Text(string text) => Bytes(0x05, 0x01).U16(text.Length).Bytes(Encoding.Unicode.GetBytes(text));
        public Xml CData(string text) => Bytes(0x07).U16(text.Length).Bytes(Encoding.Unicode.GetBytes(text));
        public Xml Entity(string name) => Bytes(0x09).Name(name);
        public Xml Put(int number, byte type = 0x01) => Bytes(0x0D).U16(number).Bytes(type);
        public Xml PutOptional(int number, byte type = 0x01) => Bytes(0x0E).U16(number).Bytes(type);

        /// <summary>An instance whose definition stands here.</summary>
        public Xml Template(Action<Xml> definition, params Value[] values)
        {
            Bytes(0x0C, 0x01).U32(7).U32(Here + 4);
            var inner = new Xml(Here + 24);
            inner.Bytes(0x0F, 1, 1, 0);
            definition(inner);
            inner.Bytes(0);
            U32(0).Bytes(new byte[16]).U32(inner.Length).Bytes(inner.Written);
            return Given(values);
        }

        /// <summary>An instance of a definition at <paramref name="offset"/> of the chunk.</summary>
        public Xml Again(int offset, params Value[] values) => Bytes(0x0C, 0x01).U32(7).U32(offset).Given(values);

        Xml Given(Value[] values)
        {
            U32(values.Length);
            foreach (var value in values) U16(value.At(0).Length).Bytes(value.Type, 0);
            foreach (var value in values) Bytes(value.At(Here));
            return this;
        }
    }
}
