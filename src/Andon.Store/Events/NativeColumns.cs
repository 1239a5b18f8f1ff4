using System.Buffers.Binary;

namespace Andon.Store.Events;

/// <summary>
/// One column of a block in ClickHouse's Native format, in the very type that the table has, so that the engine converts nothing. A row that has no
/// value is not touched: <see cref="FillTo"/> adds what is missing before the next value, or at the end.
/// </summary>
abstract class NativeColumn(string name, string type) : IDisposable
{
    readonly byte[] header = HeaderOf(name, type);

    /// <summary>Rows that it has so far.</summary>
    public int Rows { get; private set; }
    public long Bytes => header.Length + BodyBytes;

    /// <summary>Gives every row below this one its value: what stands for none where there is none.</summary>
    public void FillTo(int row)
    {
        if (Rows >= row) return;
        AddMissing(row - Rows);
        Rows = row;
    }

    public async ValueTask WriteTo(Stream to, CancellationToken stop)
    {
        await to.WriteAsync(header, stop);
        await WriteBody(to, stop);
    }

    public void Clear()
    {
        Rows = 0;
        ClearBody();
    }

    public abstract void Dispose();
    protected abstract long BodyBytes { get; }
    protected abstract ValueTask WriteBody(Stream to, CancellationToken stop);
    protected abstract void AddMissing(int rows);
    protected abstract void ClearBody();
    protected void RowDone() => Rows++;

    /// <summary>The column that sends values of that ClickHouse type.</summary>
    public static NativeColumn Of(TableColumn column) => column.Type switch
    {
        "UInt64" or "DateTime64(3, 'UTC')" => new FixedColumn(column.Name, column.Type),
        "String" or "LowCardinality(String)" => new TextColumn(column.Name, column.Type),
        "Array(String)" => new TextArrayColumn(column.Name, "String"),
        "Array(LowCardinality(String))" => new TextArrayColumn(column.Name, "LowCardinality(String)"),
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
sealed class FixedColumn(string name, string type) : NativeColumn(name, type)
{
    readonly PieceBuffer values = new();

    public void Add(ulong value)
    {
        values.Add(value);
        RowDone();
    }

    public void Add(long value) => Add((ulong)value);

    public override void Dispose() => values.Dispose();
    protected override long BodyBytes => values.Length;
    protected override ValueTask WriteBody(Stream to, CancellationToken stop) => values.WriteTo(to, stop);
    protected override void AddMissing(int rows) => values.Repeat(0, 8, rows);
    protected override void ClearBody() => values.Clear();
}

sealed class TextColumn(string name, string type) : NativeColumn(name, type)
{
    readonly NativeTexts texts = NativeTexts.Of(type);

    public void Add(ReadOnlySpan<byte> value)
    {
        texts.Add(value);
        RowDone();
    }

    public void Add(string value)
    {
        texts.Add(value);
        RowDone();
    }

    public override void Dispose() => texts.Dispose();
    protected override long BodyBytes => texts.Prefix.Length + texts.Bytes;
    protected override void AddMissing(int rows) => texts.AddEmpty(rows);
    protected override void ClearBody() => texts.Clear();

    protected override async ValueTask WriteBody(Stream to, CancellationToken stop)
    {
        await to.WriteAsync(texts.Prefix, stop);
        await texts.WriteTo(to, stop);
    }
}

/// <summary>Values or nothing: first the marks of the missing, then the values.</summary>
abstract class NullableColumn(string name, string type, int width) : NativeColumn(name, $"Nullable({type})")
{
    readonly PieceBuffer missing = new(), values = new();

    public void AddMissing()
    {
        AddMissing(1);
        RowDone();
    }

    protected Span<byte> Value()
    {
        missing.Add((byte)0);
        RowDone();
        return values.Add(width);
    }

    public override void Dispose()
    {
        missing.Dispose();
        values.Dispose();
    }

    protected override long BodyBytes => missing.Length + values.Length;

    protected override void AddMissing(int rows)
    {
        missing.Repeat(1, 1, rows);
        values.Repeat(0, width, rows);
    }

    protected override void ClearBody()
    {
        missing.Clear();
        values.Clear();
    }

    protected override async ValueTask WriteBody(Stream to, CancellationToken stop)
    {
        await missing.WriteTo(to, stop);
        await values.WriteTo(to, stop);
    }
}

/// <summary>Whole numbers or nothing.</summary>
sealed class LongColumn(string name) : NullableColumn(name, "Int64", 8)
{
    public void Add(long value) => BinaryPrimitives.WriteInt64LittleEndian(Value(), value);
}

/// <summary>IP addresses or nothing; IPv4 mapped into IPv6.</summary>
sealed class AddressColumn(string name) : NullableColumn(name, "IPv6", 16)
{
    /// <summary>False, and nothing added, when the text is no plain address.</summary>
    public bool TryAdd(ReadOnlySpan<byte> text)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!AddressText.TryRead(text, bytes)) return false;
        bytes.CopyTo(Value());
        return true;
    }
}

/// <summary>Rows of several values each: the ends of each row's values, then the values of all rows.</summary>
/// <param name="keys">Texts of the values, or of the names of a map; null where the values are numbers.</param>
abstract class ManyColumn(string name, string type, NativeTexts? keys) : NativeColumn(name, type)
{
    readonly PieceBuffer ends = new();
    ulong values;

    public void EndRow()
    {
        ends.Add(values);
        RowDone();
    }

    protected void Counted() => values++;

    public override void Dispose()
    {
        ends.Dispose();
        keys?.Dispose();
    }

    protected override long BodyBytes => ends.Length + (keys?.Prefix.Length ?? 0) + (keys?.Bytes ?? 0);
    protected override void AddMissing(int rows) => ends.Repeat(values, 8, rows);

    protected override void ClearBody()
    {
        values = 0;
        ends.Clear();
        keys?.Clear();
    }

    protected override async ValueTask WriteBody(Stream to, CancellationToken stop)
    {
        if (keys is not null) await to.WriteAsync(keys.Prefix, stop);
        await ends.WriteTo(to, stop);
        if (keys is not null) await keys.WriteTo(to, stop);
    }
}

sealed class TextArrayColumn : ManyColumn
{
    readonly NativeTexts texts;

    public TextArrayColumn(string name, string type) : this(name, type, NativeTexts.Of(type)) { }
    TextArrayColumn(string name, string type, NativeTexts texts) : base(name, $"Array({type})", texts) => this.texts = texts;

    public void Add(ReadOnlySpan<byte> value)
    {
        texts.Add(value);
        Counted();
    }

    public void Add(string value)
    {
        texts.Add(value);
        Counted();
    }
}

/// <summary>What has values of its own after those of <see cref="ManyColumn"/>.</summary>
abstract class PairsColumn(string name, string type, NativeTexts? keys) : ManyColumn(name, type, keys)
{
    protected PieceBuffer Others { get; } = new();

    public override void Dispose()
    {
        base.Dispose();
        Others.Dispose();
    }

    protected override long BodyBytes => base.BodyBytes + Others.Length;

    protected override void ClearBody()
    {
        base.ClearBody();
        Others.Clear();
    }

    protected override async ValueTask WriteBody(Stream to, CancellationToken stop)
    {
        await base.WriteBody(to, stop);
        await Others.WriteTo(to, stop);
    }
}

sealed class NumberArrayColumn(string name) : PairsColumn(name, "Array(UInt64)", null)
{
    public void Add(ulong value)
    {
        Others.Add(value);
        Counted();
    }
}

/// <summary>Ends of each row's pairs, then all keys, then all values.</summary>
sealed class MapColumn : PairsColumn
{
    readonly DictionaryTexts keys;

    public MapColumn(string name) : this(name, new()) { }
    MapColumn(string name, DictionaryTexts keys) : base(name, "Map(LowCardinality(String), String)", keys) => this.keys = keys;

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        keys.Add(key);
        Others.AddText(value);
        Counted();
    }

    public void Add(string key, string value)
    {
        keys.Add(key);
        Others.AddText(value);
        Counted();
    }
}

/// <summary>The same with numbers of four bytes as values.</summary>
sealed class SpanColumn : PairsColumn
{
    readonly DictionaryTexts keys;

    public SpanColumn(string name) : this(name, new()) { }
    SpanColumn(string name, DictionaryTexts keys) : base(name, "Map(LowCardinality(String), UInt32)", keys) => this.keys = keys;

    public void Add(ReadOnlySpan<byte> key, uint value)
    {
        keys.Add(key);
        Others.Add(value);
        Counted();
    }
}
