namespace Andon.Detect.Correlate;

/// <summary>Byte strings with a small number each. Equal bytes have one number; a number given back is used again.</summary>
sealed class KeyTable(SlabPool<byte> pool)
{
    struct Slot
    {
        public int At, Length, Next;
        public int Hash;
        public byte Size;
    }

    const int ChunkBits = 12, ChunkMask = (1 << ChunkBits) - 1;
    readonly List<Slot[]> items = [];
    int[] buckets = new int[64];
    int free = -1;

    public int Count { get; private set; }
    /// <summary>One more than the largest number given out.</summary>
    public int Top { get; private set; }
    public long Bytes => buckets.Length * 4L + items.Count * (long)(1 << ChunkBits) * 20;

    public ReadOnlySpan<byte> this[int id]
    {
        get
        {
            ref var item = ref At(id);
            return pool.At(item.At, item.Length);
        }
    }

    public int Find(ReadOnlySpan<byte> key) => Find(key, HashOf(key));

    /// <summary>The number of that key, a new one when it has none.</summary>
    public int Add(ReadOnlySpan<byte> key, out bool added)
    {
        var hash = HashOf(key);
        var id = Find(key, hash);
        added = id < 0;
        if (!added) return id;
        if (Count >= buckets.Length) Grow();
        if (free >= 0)
        {
            id = free;
            free = At(id).Next;
        }
        else
        {
            id = Top++;
            if (id >> ChunkBits >= items.Count) items.Add(new Slot[1 << ChunkBits]);
        }
        ref var item = ref At(id);
        item.At = pool.Take(key.Length, out item.Size);
        item.Length = key.Length;
        key.CopyTo(pool.At(item.At, key.Length));
        item.Hash = hash;
        ref var bucket = ref buckets[hash & buckets.Length - 1];
        item.Next = bucket - 1;
        bucket = id + 1;
        Count++;
        return id;
    }

    public void Remove(int id)
    {
        ref var item = ref At(id);
        ref var bucket = ref buckets[item.Hash & buckets.Length - 1];
        if (bucket - 1 == id) bucket = item.Next + 1;
        else
        {
            var before = bucket - 1;
            while (At(before).Next != id) before = At(before).Next;
            At(before).Next = item.Next;
        }
        pool.Return(item.At, item.Size);
        item.Length = -1;
        item.Next = free;
        free = id;
        Count--;
    }

    public bool Has(int id) => id < Top && At(id).Length >= 0;

    int Find(ReadOnlySpan<byte> key, int hash)
    {
        for (var id = buckets[hash & buckets.Length - 1] - 1; id >= 0;)
        {
            ref var item = ref At(id);
            if (item.Hash == hash && item.Length == key.Length && pool.At(item.At, item.Length).SequenceEqual(key)) return id;
            id = item.Next;
        }
        return -1;
    }

    ref Slot At(int id) => ref items[id >> ChunkBits][id & ChunkMask];

    void Grow()
    {
        buckets = new int[buckets.Length * 2];
        for (var id = 0; id < Top; id++)
        {
            ref var item = ref At(id);
            if (item.Length < 0) continue;
            ref var bucket = ref buckets[item.Hash & buckets.Length - 1];
            item.Next = bucket - 1;
            bucket = id + 1;
        }
    }

    // Seeded anew in each process: a sender cannot choose values that all fall into one bucket.
    static int HashOf(ReadOnlySpan<byte> key)
    {
        var hash = new HashCode();
        hash.AddBytes(key);
        return hash.ToHashCode();
    }
}
