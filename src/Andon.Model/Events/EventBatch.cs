using System.Buffers;
using System.Runtime.InteropServices;

namespace Andon.Model;

/// <summary>What a value was in the record. Its bytes are always its text in UTF-8, numbers as they were written.</summary>
public enum ValueKind : byte { Null, Text, Number, True, False }

/// <summary>One value of one event: which field, and where in the batch's arena its text stands. Arrays are repeated cells.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Cell(FieldId Name, int Start, int Length, ValueKind Kind);

/// <summary>What every event has, whatever its format.</summary>
public struct EventHead
{
    public EventId Id;
    /// <summary>Event time, Unix milliseconds UTC. Equals <see cref="ReceivedMs"/> where the record told none.</summary>
    public long TimeMs;
    public long ReceivedMs;
    public Origin Origin;
    /// <summary>How many of the first cells hold the record's own values, decoded; the others say the same again under the house's names. 0 = not told.</summary>
    public int OwnCells;
    internal int RawStart, RawLength, FirstCell, CellCount;
}

/// <summary>
/// A block of normalised events: one arena of UTF-8 bytes, one list of cells, one head an event; no object per event.
/// Built by one thread, sealed, then read by several (event store, matcher, source catalogue); each reader that keeps it calls
/// <see cref="Hold"/> and everyone calls <see cref="Dispose"/> once.
/// </summary>
public sealed class EventBatch : IDisposable
{
    /// <summary>Cells one event may have; the rest goes unread with a finding (<c>EVT001</c>).</summary>
    public const int CellsPerEventMax = 1024;

    byte[] arena;
    int used;
    Cell[] cells;
    int cellCount;
    EventHead[] heads = ArrayPool<EventHead>.Shared.Rent(256);
    readonly Dictionary<byte[], int> localIds = new(Utf8Names.Instance);
    readonly List<byte[]> localNames = [];
    readonly int knownNames = FieldNames.Count;
    int holders = 1;
    bool sealedNow;

    public EventBatch(int arenaBytes = 1 << 20, int cellsExpected = 4096)
    {
        arena = ArrayPool<byte>.Shared.Rent(arenaBytes);
        cells = ArrayPool<Cell>.Shared.Rent(cellsExpected);
    }

    public int Count { get; private set; }
    /// <summary>Positions of the records this batch was made from: first and one past the last.</summary>
    public ulong From { get; set; }
    public ulong To { get; set; }
    /// <summary>Bytes of raw records and values held.</summary>
    public int Bytes => used;
    /// <summary>Values held, of all events.</summary>
    public int Cells => cellCount;
    /// <summary>Names interned before this batch was begun; a later one is a name of the batch only.</summary>
    public int KnownNames => knownNames;

    public EventView this[int index] => new(this, index);

    // Building ------------------------------------------------------------------------------------------------

    /// <summary>Begins an event of this record. The raw bytes are copied into the arena; the returned span is that copy.</summary>
    public ReadOnlySpan<byte> Begin(in Record record, int number = 0)
    {
        var start = Put(record.Raw.Span);
        return BeginShared(record, number, start, record.Raw.Length);
    }

    /// <summary>Begins a further event of the record whose raw bytes already stand at <paramref name="rawStart"/>.</summary>
    public ReadOnlySpan<byte> BeginShared(in Record record, int number, int rawStart, int rawLength)
    {
        ObjectDisposedException.ThrowIf(holders <= 0, this);
        if (sealedNow) throw new InvalidOperationException("A sealed batch takes no more events.");
        if (Count == heads.Length) Grow(ref heads, Count);
        heads[Count++] = new EventHead
        {
            Id = EventId.At(record.Position, number),
            TimeMs = record.ReceivedMs,
            ReceivedMs = record.ReceivedMs,
            Origin = record.Origin,
            RawStart = rawStart,
            RawLength = rawLength,
            FirstCell = cellCount,
        };
        return arena.AsSpan(rawStart, rawLength);
    }

    /// <summary>Head of the event being built.</summary>
    public ref EventHead Current => ref heads[Count - 1];

    /// <summary>Copies bytes into the arena and tells where. A later call may move the arena: keep offsets, not spans.</summary>
    public int Put(ReadOnlySpan<byte> bytes)
    {
        var into = Reserve(bytes.Length);
        bytes.CopyTo(into);
        return Commit(bytes.Length);
    }

    /// <summary>Room for <paramref name="length"/> bytes at the arena's end; <see cref="Commit"/> makes them part of it.</summary>
    public Span<byte> Reserve(int length)
    {
        if (arena.Length - used < length)
        {
            var bigger = ArrayPool<byte>.Shared.Rent(Math.Max(used + length, arena.Length * 2));
            arena.AsSpan(0, used).CopyTo(bigger);
            ArrayPool<byte>.Shared.Return(arena);
            arena = bigger;
        }
        return arena.AsSpan(used, length);
    }

    public int Commit(int length)
    {
        used += length;
        return used - length;
    }

    public ReadOnlySpan<byte> Slice(int start, int length) => arena.AsSpan(start, length);

    /// <summary>Adds a value whose text already stands in the arena. False when the event is full.</summary>
    public bool Add(FieldId name, int start, int length, ValueKind kind)
    {
        ref var head = ref Current;
        if (head.CellCount >= CellsPerEventMax) return false;
        if (cellCount == cells.Length) Grow(ref cells, cellCount);
        cells[cellCount++] = new(name, start, length, kind);
        head.CellCount++;
        return true;
    }

    public bool Add(FieldId name, ReadOnlySpan<byte> value, ValueKind kind = ValueKind.Text) => Add(name, Put(value), value.Length, kind);

    /// <summary>Adds a second name for an existing value (ECS beside the sender's own) without copying its bytes.</summary>
    public bool AddAlias(FieldId name, in Cell of) => Add(name, of.Start, of.Length, of.Kind);

    /// <summary>Number of a name from a log line: the known one, else one of this batch only.</summary>
    public FieldId NameOf(ReadOnlySpan<byte> name)
    {
        if (FieldNames.TryFind(name, out var id) && id.Value < knownNames) return id;
        var lookup = localIds.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(name, out var local)) return new(~local);
        var copy = name.ToArray();
        localIds[copy] = localNames.Count;
        localNames.Add(copy);
        return new(~(localNames.Count - 1));
    }

    /// <summary>Takes from the event being built the cells whose fields are not wanted.</summary>
    public void Narrow(FieldSelection only)
    {
        ref var head = ref Current;
        var kept = head.FirstCell;
        for (var i = head.FirstCell; i < cellCount; i++)
            if (only.Wants(this, cells[i].Name)) cells[kept++] = cells[i];
        cellCount = kept;
        head.CellCount = kept - head.FirstCell;
    }

    /// <summary>Takes a field's cells out of the event being built.</summary>
    public void TakeOut(FieldId name)
    {
        ref var head = ref Current;
        var kept = head.FirstCell;
        for (var i = head.FirstCell; i < cellCount; i++)
            if (cells[i].Name != name) cells[kept++] = cells[i];
        cellCount = kept;
        head.CellCount = kept - head.FirstCell;
    }

    /// <summary>Takes back the event being built (its raw bytes stay in the arena).</summary>
    public void Undo()
    {
        cellCount = Current.FirstCell;
        Count--;
    }

    /// <summary>Ends building: from here on the batch is read only.</summary>
    public EventBatch Seal()
    {
        sealedNow = true;
        return this;
    }

    // Reading -------------------------------------------------------------------------------------------------

    internal ref readonly EventHead HeadAt(int index) => ref heads[index];
    internal ReadOnlySpan<Cell> CellsAt(int index) => cells.AsSpan(heads[index].FirstCell, heads[index].CellCount);

    public ReadOnlySpan<byte> NameUtf8(FieldId id) => id.Value >= 0 ? FieldNames.Utf8(id) : localNames[~id.Value];

    /// <summary>Is this cell's name that field? Also true for a name that an author interned after this batch was built.</summary>
    internal bool Same(FieldId inCell, FieldId asked) =>
        inCell == asked || (inCell.Value < 0 && asked.Value >= knownNames && localNames[~inCell.Value].AsSpan().SequenceEqual(FieldNames.Utf8(asked)));

    public EventBatch Hold()
    {
        Interlocked.Increment(ref holders);
        return this;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref holders) != 0) return;
        ArrayPool<byte>.Shared.Return(arena);
        ArrayPool<Cell>.Shared.Return(cells);
        ArrayPool<EventHead>.Shared.Return(heads, clearArray: true);
        arena = [];
        cells = [];
        heads = [];
    }

    static void Grow<T>(ref T[] array, int used)
    {
        var bigger = ArrayPool<T>.Shared.Rent(array.Length * 2);
        array.AsSpan(0, used).CopyTo(bigger);
        ArrayPool<T>.Shared.Return(array, clearArray: System.Runtime.CompilerServices.RuntimeHelpers.IsReferenceOrContainsReferences<T>());
        array = bigger;
    }
}

/// <summary>One event of a batch, without copying it. Valid while the batch is held.</summary>
public readonly ref struct EventView(EventBatch batch, int index)
{
    public EventBatch Batch { get; } = batch;
    public int Index { get; } = index;

    public ref readonly EventHead Head => ref Batch.HeadAt(Index);
    public EventId Id => Head.Id;
    public long TimeMs => Head.TimeMs;
    public ReadOnlySpan<byte> Raw => Batch.Slice(Head.RawStart, Head.RawLength);
    public ReadOnlySpan<Cell> Cells => Batch.CellsAt(Index);
    /// <summary>Does the value stand in the raw record as it is, so that whoever searched the record has searched it?</summary>
    /// <summary>Byte of the raw record at which the value begins, when it <see cref="InRaw"/>.</summary>
    public int RawOffset(in Cell cell) => cell.Start - Head.RawStart;
    public bool InRaw(in Cell cell) => cell.Start >= Head.RawStart && cell.Start + cell.Length <= Head.RawStart + Head.RawLength;
    public ReadOnlySpan<byte> Name(in Cell cell) => Batch.NameUtf8(cell.Name);
    public ReadOnlySpan<byte> Value(in Cell cell) => Batch.Slice(cell.Start, cell.Length);

    /// <summary>Index in <see cref="Cells"/> of the next value of that field at or after <paramref name="from"/>, or -1.</summary>
    public int Find(FieldId field, int from = 0)
    {
        var all = Cells;
        for (var i = from; i < all.Length; i++)
            if (Batch.Same(all[i].Name, field)) return i;
        return -1;
    }

    public bool TryGet(FieldId field, out ReadOnlySpan<byte> value)
    {
        var at = Find(field);
        value = at < 0 ? default : Value(Cells[at]);
        return at >= 0;
    }

    /// <summary>First value of that field as a string, or null. Allocates: not for the hot path.</summary>
    public string? Text(FieldId field) => TryGet(field, out var value) ? System.Text.Encoding.UTF8.GetString(value) : null;
}
