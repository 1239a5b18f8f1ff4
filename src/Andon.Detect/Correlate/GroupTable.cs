namespace Andon.Detect.Correlate;

/// <summary>What is kept of one group, in 80 bytes; its key, rows and notes lie in pools.</summary>
struct Group
{
    /// <summary>HeardMs is the clock when it was heard of last, whatever the event's own time.</summary>
    public long NewestMs, DecidedMs, DueMs, HeardMs;
    public ulong DueEvent;
    public int RowsAt, Count, Newer, Older, NotesAt, NotesLength, FiredAt, Source;
    public byte RowsSize, NotesSize, FiredSize, FiredCount;
    public bool Above, Live;
}

/// <summary>The groups of one correlation: numbered by their keys, in a line from the one heard of last to the stalest.</summary>
sealed class GroupTable(SlabPool<long> longs, SlabPool<byte> bytes)
{
    const int ChunkBits = 12, ChunkMask = (1 << ChunkBits) - 1;
    readonly List<Group[]> chunks = [];

    public KeyTable Keys { get; } = new(bytes);
    public int Count => Keys.Count;
    public int Freshest { get; private set; } = -1;
    public int Stalest { get; private set; } = -1;
    /// <summary>Bytes taken by groups and the table itself; the pools know those of keys, rows and notes.</summary>
    public long Bytes => Keys.Bytes + chunks.Count * (long)(1 << ChunkBits) * 80;

    public ref Group this[int id] => ref chunks[id >> ChunkBits][id & ChunkMask];

    public int Find(ReadOnlySpan<byte> key) => Keys.Find(key);

    public int Add(ReadOnlySpan<byte> key)
    {
        var id = Keys.Add(key, out _);
        if (id >> ChunkBits >= chunks.Count) chunks.Add(new Group[1 << ChunkBits]);
        this[id] = new() { NewestMs = long.MinValue, DecidedMs = long.MinValue, DueMs = long.MaxValue, Newer = -1, Older = -1, NotesAt = -1, RowsAt = -1, FiredAt = -1, Source = -1, Live = true };
        Front(id);
        return id;
    }

    /// <summary>This group was heard of just now.</summary>
    public void Touch(int id)
    {
        if (Freshest == id) return;
        Unlink(id);
        Front(id);
    }

    public void Remove(int id)
    {
        Unlink(id);
        ref var group = ref this[id];
        if (group.RowsAt >= 0) longs.Return(group.RowsAt, group.RowsSize);
        if (group.NotesAt >= 0) bytes.Return(group.NotesAt, group.NotesSize);
        if (group.FiredAt >= 0) longs.Return(group.FiredAt, group.FiredSize);
        group = default;
        Keys.Remove(id);
    }

    void Front(int id)
    {
        ref var group = ref this[id];
        group.Older = Freshest;
        group.Newer = -1;
        if (Freshest >= 0) this[Freshest].Newer = id;
        Freshest = id;
        if (Stalest < 0) Stalest = id;
    }

    void Unlink(int id)
    {
        ref var group = ref this[id];
        if (group.Newer >= 0) this[group.Newer].Older = group.Older; else Freshest = group.Older;
        if (group.Older >= 0) this[group.Older].Newer = group.Newer; else Stalest = group.Newer;
    }
}

/// <summary>Rows of a group: time, event, one value more where the correlation needs it, then what it carries along. In order of time, then arrival.</summary>
readonly ref struct Rows(Span<long> cells, int stride, int count)
{
    readonly Span<long> cells = cells;
    public readonly int Count = count;

    public long Time(int row) => cells[row * stride];
    public ulong Event(int row) => (ulong)cells[row * stride + 1];
    public long Value(int row) => cells[row * stride + 2];
    public double Number(int row) => BitConverter.Int64BitsToDouble(cells[row * stride + 2]);
    public int Carried(int row, int field) => (int)cells[row * stride + 3 + field];
    public Span<long> Row(int row) => cells.Slice(row * stride, stride);

    /// <summary>First row at or after that time.</summary>
    public int From(long timeMs)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Time(middle) < timeMs) low = middle + 1; else high = middle;
        }
        return low;
    }

    /// <summary>Place behind all rows of the same time and event, and before it.</summary>
    public int Place(long timeMs, ulong @event)
    {
        var place = Count;
        if (place == 0 || Compare(place - 1, timeMs, @event) <= 0) return place;
        int low = 0, high = place;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Compare(middle, timeMs, @event) <= 0) low = middle + 1; else high = middle;
        }
        return low;
    }

    int Compare(int row, long timeMs, ulong @event) => Time(row) != timeMs ? Time(row).CompareTo(timeMs) : Event(row).CompareTo(@event);
}
