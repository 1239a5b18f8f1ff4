using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Andon.Model;

namespace Andon.Store.Events;

/// <summary>
/// Turns events into the event table's columns, straight from a batch's arena. A value goes to its column; a second value of a
/// single column, a number or address that does not fit its column, and every field without a column go to the bag, untouched: as a place
/// in raw where their text stands there, which is known without looking, since a cell points into the same bytes.
/// Values of one name in the bag are one text, or, when there are several, a JSON array of texts. A JSON null is no value.
/// </summary>
sealed class EventEncoder : IDisposable
{
    static readonly byte[] OverflowName = "andon.overflow"u8.ToArray(), RateName = Encoding.UTF8.GetBytes(Sampling.RateField);
    const int NoColumn = -1;

    readonly NativeBlock block = new(EventTables.Events);
    readonly NativeColumn[] columns;
    readonly int[] columnOf;
    /// <summary>Columns that the event at hand has a value for, each with its first cell; the others are filled up when they are next written.</summary>
    readonly List<(int Column, int Cell)> touched = [];
    readonly int[] touchedBy;
    readonly int findingsAt;
    readonly FixedColumn id, time, ingested;
    readonly TextColumn raw;
    readonly TextArrayColumn findings;
    readonly MapColumn bag;
    readonly SpanColumn spans;
    readonly ByteBuffer joined = new(), overflow = new();

    // Cells of the event at hand that share a name form a chain, so that names are grouped without a dictionary.
    readonly int[] nextSame = new int[EventBatch.CellsPerEventMax];
    readonly int[] lastSame = new int[EventBatch.CellsPerEventMax];
    readonly List<int> bagHeads = [];
    NameTable known = new(), local = new();
    int serial;

    public EventEncoder()
    {
        var stored = EventTables.Events.Stored.ToList();
        columns = [.. block.Columns];
        touchedBy = new int[columns.Length];
        columnOf = new int[Ecs.Fields.Max(f => f.Id.Value) + 1];
        Array.Fill(columnOf, NoColumn);
        for (var i = 0; i < stored.Count; i++)
            if (stored[i].Field is { } field && field.Type != FieldType.Date) columnOf[field.Id.Value] = i;

        id = Column<FixedColumn>(EventTables.Id);
        time = Column<FixedColumn>(Ecs.Fields.First(f => f.Id == Ecs.Timestamp).ColumnName);
        ingested = Column<FixedColumn>(Ecs.Fields.First(f => f.Id == Ecs.EventIngested).ColumnName);
        raw = Column<TextColumn>(EventTables.Raw);
        findings = Column<TextArrayColumn>(Ecs.Fields.First(f => f.Id == Ecs.AndonFindings).ColumnName);
        findingsAt = Array.IndexOf(columns, findings);
        bag = Column<MapColumn>(EventTables.Bag);
        spans = Column<SpanColumn>(EventTables.Spans);

        T Column<T>(string name) where T : NativeColumn => (T)columns[stored.FindIndex(c => c.Name == name)];
    }

    public NativeBlock Block => block;
    public int Rows => block.Rows;

    /// <summary>True when a time had to be clamped.</summary>
    /// <param name="rate">How many events the row stands for.</param>
    public bool Add(EventView view, int rate = 1)
    {
        ref readonly var head = ref view.Head;
        var cells = view.Cells;
        var row = block.Rows;
        serial++;
        bagHeads.Clear();
        touched.Clear();

        for (var i = 0; i < cells.Length; i++)
        {
            nextSame[i] = -1;
            if (cells[i].Kind == ValueKind.Null) continue;
            var name = cells[i].Name.Value;
            var column = name >= 0 && name < columnOf.Length ? columnOf[name] : NoColumn;
            if (column == NoColumn)
            {
                ToBag(cells, i);
                continue;
            }
            var many = columns[column] as TextArrayColumn;
            if (touchedBy[column] != serial)
            {
                touchedBy[column] = serial;
                touched.Add((column, i));
                many?.FillTo(row);
            }
            else if (many is null) ToBag(cells, i);
            many?.Add(view.Value(cells[i]));
        }

        var clamped = Clamp(head.TimeMs, out var timeMs) | Clamp(head.ReceivedMs, out var receivedMs);
        if (clamped)
        {
            if (touchedBy[findingsAt] != serial) touched.Add((findingsAt, NoColumn));
            findings.FillTo(row);
            findings.Add(string.Create(CultureInfo.InvariantCulture, $"EVS001 The time {head.TimeMs} ms is outside of what the store keeps and was moved to {timeMs} ms."));
        }
        id.Add(head.Id.Value);
        time.Add(timeMs);
        ingested.Add(receivedMs);
        raw.Add(view.Raw);
        foreach (var (column, cell) in touched) Put(columns[column], row, view, cells, cell);
        WriteBag(view, cells, rate);
        block.Rows++;
        return clamped;
    }

    void Put(NativeColumn column, int row, EventView view, ReadOnlySpan<Cell> cells, int cell)
    {
        column.FillTo(row);
        switch (column)
        {
            case TextColumn text:
                text.Add(view.Value(cells[cell]));
                break;
            case LongColumn number:
                if (Utf8Parser.TryParse(view.Value(cells[cell]), out long value, out var read) && read == cells[cell].Length) number.Add(value);
                else ToBag(cells, cell);
                break;
            case AddressColumn address:
                if (!address.TryAdd(view.Value(cells[cell]))) ToBag(cells, cell);
                break;
            case TextArrayColumn many:
                many.EndRow();
                break;
        }
    }

    public void Clear() => block.Clear();

    public void Dispose()
    {
        block.Dispose();
        joined.Dispose();
        overflow.Dispose();
    }

    static bool Clamp(long ms, out long kept)
    {
        kept = Math.Clamp(ms, EventLimits.TimeMsMin, EventLimits.TimeMsMax);
        return kept != ms;
    }

    void ToBag(ReadOnlySpan<Cell> cells, int cell)
    {
        var name = cells[cell].Name.Value;
        ref var head = ref name >= 0 ? ref known.HeadOf(name, serial) : ref local.HeadOf(~name, serial);
        if (head < 0)
        {
            head = cell;
            bagHeads.Add(cell);
        }
        else
        {
            nextSame[lastSame[head]] = cell;
        }
        nextSame[cell] = -1;
        lastSame[head] = cell;
    }

    void WriteBag(EventView view, ReadOnlySpan<Cell> cells, int rate)
    {
        overflow.Clear();
        var bytes = 0;
        if (rate > 1)
        {
            // A sender that samples too says so by the same name: the row stands for both.
            long stands = rate;
            foreach (var head in bagHeads)
                if (view.Name(cells[head]).SequenceEqual(RateName) && Utf8Parser.TryParse(view.Value(cells[head]), out int sent, out _) && sent > 1) stands *= sent;
            Span<byte> digits = stackalloc byte[20];
            Utf8Formatter.TryFormat(stands, digits, out var length);
            bag.Add(RateName, digits[..length]);
        }
        for (var i = 0; i < bagHeads.Count; i++)
        {
            var at = bagHeads[i];
            var name = view.Name(cells[at]);
            if (rate > 1 && name.SequenceEqual(RateName)) continue;
            var value = nextSame[at] < 0 ? view.Value(cells[at]) : Join(view, cells, at);
            bytes += name.Length + value.Length;
            if (i < EventLimits.BagKeysMax && name.Length <= EventLimits.BagKeyBytesMax && bytes <= EventLimits.BagBytesMax)
            {
                if (nextSame[at] < 0 && Span(view, cells[at]) is > 0 and var span) spans.Add(name, span);
                else bag.Add(name, value);
                continue;
            }
            bytes -= name.Length + value.Length;
            overflow.Add((byte)(overflow.Length == 0 ? '{' : ','));
            Json(overflow, name);
            overflow.Add((byte)':');
            Json(overflow, value);
        }
        if (overflow.Length > 0)
        {
            overflow.Add((byte)'}');
            bag.Add(OverflowName, overflow.Memory.Span);
        }
        bag.EndRow();
        spans.EndRow();
    }

    /// <summary>Where in raw the cell's text stands; 0 when it does not, is empty, or is too far or too long.</summary>
    static uint Span(EventView view, in Cell cell)
    {
        if (cell.Length is 0 or > EventTables.SpanLengthMax || !view.InRaw(cell)) return 0;
        var offset = view.RawOffset(cell);
        return offset > EventTables.SpanOffsetMax ? 0 : (uint)(offset << EventTables.SpanLengthBits | cell.Length);
    }

    ReadOnlySpan<byte> Join(EventView view, ReadOnlySpan<Cell> cells, int first)
    {
        joined.Clear();
        for (var at = first; at >= 0; at = nextSame[at])
        {
            joined.Add((byte)(at == first ? '[' : ','));
            Json(joined, view.Value(cells[at]));
        }
        joined.Add((byte)']');
        return joined.Memory.Span;
    }

    /// <summary>A JSON text of any bytes: those that are not UTF-8 pass as they are, so that none is lost.</summary>
    static void Json(ByteBuffer to, ReadOnlySpan<byte> value)
    {
        to.Add((byte)'"');
        foreach (var b in value)
        {
            if (b is (byte)'"' or (byte)'\\')
            {
                to.Add((byte)'\\');
                to.Add(b);
            }
            else if (b < 0x20)
            {
                to.Add("\\u00"u8);
                to.Add(HexDigits[b >> 4]);
                to.Add(HexDigits[b & 15]);
            }
            else
            {
                to.Add(b);
            }
        }
        to.Add((byte)'"');
    }

    static ReadOnlySpan<byte> HexDigits => "0123456789abcdef"u8;

    /// <summary>For each name the first cell of the event at hand; a serial number says whose entry it is, so nothing is cleared between events.</summary>
    struct NameTable()
    {
        int[] serials = new int[512];
        int[] heads = new int[512];

        public ref int HeadOf(int name, int serial)
        {
            if (name >= serials.Length)
            {
                var length = Math.Max(name + 1, serials.Length * 2);
                Array.Resize(ref serials, length);
                Array.Resize(ref heads, length);
            }
            if (serials[name] != serial)
            {
                serials[name] = serial;
                heads[name] = -1;
            }
            return ref heads[name];
        }
    }
}
