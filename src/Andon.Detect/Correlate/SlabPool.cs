using System.Numerics;
using System.Runtime.CompilerServices;

namespace Andon.Detect.Correlate;

/// <summary>
/// Runs of values in a few big arrays: a million groups are a handful of objects to the collector. A run is taken in one of a few
/// sizes, given back, and used again.
/// </summary>
sealed class SlabPool<T>(int unit) where T : unmanaged
{
    /// <summary>Longest run there is.</summary>
    public const int ChunkLength = 1 << 19;
    readonly List<T[]> chunks = [];
    readonly List<Stack<int>> free = [];
    int used = ChunkLength;

    /// <summary>Values in runs that are taken.</summary>
    public long Taken { get; private set; }
    public long Bytes => Taken * Unsafe.SizeOf<T>();

    /// <summary>Takes a run for at least so many values; its length is that of its size.</summary>
    public int Take(int length, out byte size)
    {
        size = SizeOf(length);
        var room = Length(size);
        Taken += room;
        if (size < free.Count && free[size].TryPop(out var again)) return again;
        if (used + room > ChunkLength)
        {
            // What is left of the last array becomes smaller runs, so that nothing is lost.
            if (chunks.Count > 0) Split();
            chunks.Add(chunks.Count == 0 ? [] : GC.AllocateUninitializedArray<T>(ChunkLength));
            used = 0;
        }
        // The first array begins small: most correlators have little to keep.
        if (used + room > chunks[^1].Length)
        {
            var bigger = GC.AllocateUninitializedArray<T>(Math.Min(ChunkLength, Math.Max(used + room, Math.Max(1024, chunks[^1].Length * 2))));
            chunks[^1].CopyTo(bigger, 0);
            chunks[^1] = bigger;
        }
        var at = (chunks.Count - 1) * ChunkLength + used;
        used += room;
        return at;
    }

    public void Return(int at, byte size)
    {
        Taken -= Length(size);
        Keep(at, size);
    }

    public Span<T> At(int at, int length) => chunks[at / ChunkLength].AsSpan(at % ChunkLength, length);

    public int Length(byte size) => size == 0 ? unit : unit * ((size & 1) == 1 ? 2 << (size >> 1) : 3 << (size >> 1) - 1);

    // Sizes are 1, 2, 3, 4, 6, 8, 12, 16 … units.
    byte SizeOf(int length)
    {
        var units = (length + unit - 1) / unit;
        if (units <= 1) return 0;
        var log = BitOperations.Log2((uint)units - 1);
        var size = units <= 3 << log - 1 ? 2 * log : 2 * log + 1;
        return (byte)(units == 2 ? 1 : size);
    }

    void Keep(int at, byte size)
    {
        while (free.Count <= size) free.Add(new());
        free[size].Push(at);
    }

    void Split()
    {
        if (chunks[^1].Length < ChunkLength)
        {
            var whole = GC.AllocateUninitializedArray<T>(ChunkLength);
            chunks[^1].CopyTo(whole, 0);
            chunks[^1] = whole;
        }
        while (ChunkLength - used >= unit)
        {
            var size = SizeOf(ChunkLength - used);
            while (Length(size) > ChunkLength - used) size--;
            Keep((chunks.Count - 1) * ChunkLength + used, size);
            used += Length(size);
        }
    }
}
