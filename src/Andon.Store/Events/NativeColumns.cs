using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Andon.Store.Events;

/// <summary>Bytes that grow in a rented array.</summary>
sealed class ByteBuffer : IDisposable
{
    byte[] data = ArrayPool<byte>.Shared.Rent(256);

    public int Length { get; private set; }
    public ReadOnlyMemory<byte> Memory => data.AsMemory(0, Length);

    public Span<byte> Add(int length)
    {
        if (data.Length - Length < length)
        {
            var bigger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + length), data.Length * 2));
            data.AsSpan(0, Length).CopyTo(bigger);
            ArrayPool<byte>.Shared.Return(data);
            data = bigger;
        }
        Length += length;
        return data.AsSpan(Length - length, length);
    }

    public void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Add(bytes.Length));
    public void Add(byte value) => Add(1)[0] = value;
    public void Add(long value) => BinaryPrimitives.WriteInt64LittleEndian(Add(8), value);
    public void Add(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Add(8), value);

    public void AddVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Add((byte)(value | 0x80));
        Add((byte)value);
    }

    /// <summary>A string as Native has it: length, bytes. Any bytes.</summary>
    public void AddText(ReadOnlySpan<byte> bytes)
    {
        AddVarint((ulong)bytes.Length);
        Add(bytes);
    }

    public void AddText(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        AddVarint((ulong)length);
        Encoding.UTF8.GetBytes(text, Add(length));
    }

    public void Clear() => Length = 0;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(data);
        data = [];
        Length = 0;
    }
}

/// <summary>
/// One column of a block in ClickHouse's Native format. The engine turns String into LowCardinality(String) where the table has it,
/// so no dictionary is made here.
/// </summary>
abstract class NativeColumn(string name, string type, int parts) : IDisposable
{
    readonly ByteBuffer[] parts = [.. Enumerable.Range(0, parts).Select(_ => new ByteBuffer())];
    readonly byte[] header = HeaderOf(name, type);

    protected ByteBuffer Part(int index) => parts[index];

    public long Bytes
    {
        get
        {
            long bytes = header.Length;
            foreach (var part in parts) bytes += part.Length;
            return bytes;
        }
    }

    public async ValueTask WriteTo(Stream to, CancellationToken stop)
    {
        await to.WriteAsync(header, stop);
        foreach (var part in parts)
            if (part.Length > 0) await to.WriteAsync(part.Memory, stop);
    }

    public virtual void Clear()
    {
        foreach (var part in parts) part.Clear();
    }

    public void Dispose()
    {
        foreach (var part in parts) part.Dispose();
    }

    /// <summary>The column that sends values of that ClickHouse type.</summary>
    public static NativeColumn Of(TableColumn column) => column.Type switch
    {
        "UInt64" => new FixedColumn(column.Name, "UInt64"),
        "DateTime64(3, 'UTC')" => new FixedColumn(column.Name, column.Type),
        "String" or "LowCardinality(String)" => new TextColumn(column.Name),
        "Array(String)" or "Array(LowCardinality(String))" => new TextArrayColumn(column.Name),
        "Array(UInt64)" => new NumberArrayColumn(column.Name),
        "Nullable(Int64)" => new LongColumn(column.Name),
        "Nullable(IPv6)" => new AddressColumn(column.Name),
        "Map(LowCardinality(String), String)" => new MapColumn(column.Name),
        "Map(LowCardinality(String), UInt32)" => new SpanColumn(column.Name),
        _ => throw new InvalidOperationException($"No encoder for the column {column.Name} of the type {column.Type}."),
    };

    static byte[] HeaderOf(string name, string type)
    {
        using var header = new ByteBuffer();
        header.AddText(name);
        header.AddText(type);
        return header.Memory.ToArray();
    }
}

/// <summary>Eight bytes a row: UInt64, or milliseconds of DateTime64(3).</summary>
sealed class FixedColumn(string name, string type) : NativeColumn(name, type, 1)
{
    public void Add(ulong value) => Part(0).Add(value);
    public void Add(long value) => Part(0).Add(value);
}

sealed class TextColumn(string name) : NativeColumn(name, "String", 1)
{
    public void Add(ReadOnlySpan<byte> value) => Part(0).AddText(value);
    public void Add(string value) => Part(0).AddText(value);
}

/// <summary>Whole numbers or nothing: first the marks of the missing, then the values.</summary>
sealed class LongColumn(string name) : NativeColumn(name, "Nullable(Int64)", 2)
{
    public void Add(long? value)
    {
        Part(0).Add((byte)(value is null ? 1 : 0));
        Part(1).Add(value ?? 0);
    }
}

/// <summary>IP addresses or nothing; IPv4 mapped into IPv6.</summary>
sealed class AddressColumn(string name) : NativeColumn(name, "Nullable(IPv6)", 2)
{
    public void AddMissing()
    {
        Part(0).Add((byte)1);
        Part(1).Add(16).Clear();
    }

    /// <summary>False, and nothing added, when the text is no plain address.</summary>
    public bool TryAdd(ReadOnlySpan<byte> text)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!AddressText.TryRead(text, bytes)) return false;
        Part(0).Add((byte)0);
        Part(1).Add(bytes);
        return true;
    }
}

/// <summary>Ends of each row's values, then the values of all rows.</summary>
sealed class TextArrayColumn(string name) : NativeColumn(name, "Array(String)", 2)
{
    ulong values;

    public void Add(ReadOnlySpan<byte> value)
    {
        Part(1).AddText(value);
        values++;
    }

    public void Add(string value)
    {
        Part(1).AddText(value);
        values++;
    }

    public void EndRow() => Part(0).Add(values);

    public override void Clear()
    {
        base.Clear();
        values = 0;
    }
}

sealed class NumberArrayColumn(string name) : NativeColumn(name, "Array(UInt64)", 2)
{
    ulong values;

    public void Add(ulong value)
    {
        Part(1).Add(value);
        values++;
    }

    public void EndRow() => Part(0).Add(values);

    public override void Clear()
    {
        base.Clear();
        values = 0;
    }
}

/// <summary>Ends of each row's pairs, then all keys, then all values.</summary>
sealed class MapColumn(string name) : NativeColumn(name, "Map(String, String)", 3)
{
    ulong pairs;

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Part(1).AddText(key);
        Part(2).AddText(value);
        pairs++;
    }

    public void EndRow() => Part(0).Add(pairs);

    public override void Clear()
    {
        base.Clear();
        pairs = 0;
    }
}

/// <summary>The same with numbers of four bytes as values.</summary>
sealed class SpanColumn(string name) : NativeColumn(name, "Map(String, UInt32)", 3)
{
    ulong pairs;

    public void Add(ReadOnlySpan<byte> key, uint value)
    {
        Part(1).AddText(key);
        BinaryPrimitives.WriteUInt32LittleEndian(Part(2).Add(4), value);
        pairs++;
    }

    public void EndRow() => Part(0).Add(pairs);

    public override void Clear()
    {
        base.Clear();
        pairs = 0;
    }
}
