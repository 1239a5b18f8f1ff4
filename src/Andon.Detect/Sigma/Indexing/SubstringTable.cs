using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Andon.Detect.Sigma.Indexing;

/// <summary>Which of many literals stand anywhere in a value.</summary>
sealed class SubstringTable
{
    readonly GramTable[] grams;
    readonly Entry[] single;

    public SubstringTable(IReadOnlyList<Entry> entries)
    {
        single = [.. entries.Where(e => e.Literal.Length <= 1)];
        grams = [.. entries.Where(e => e.Literal.Length > 1).GroupBy(e => Math.Min(e.Literal.Length, 4)).Select(g => new GramTable(g.Key, [.. g]))];
    }

    public void Mark(ReadOnlySpan<byte> value, Span<ulong> candidates)
    {
        foreach (var entry in single)
            if (value.IndexOf(entry.Literal) >= 0) entry.Mark(candidates);
        foreach (var table in grams) table.Mark(value, candidates);
    }
}

/// <summary>
/// Literals of at least <paramref name="width"/> bytes. Each is found by one of its pieces of that width, the one that the fewest other
/// literals hold; a bit map says at each place of the value whether any piece may begin there. The time does not grow with the number
/// of literals until the bit map fills.
/// </summary>
sealed class GramTable
{
    const uint Mix = 0x9E3779B1;
    const int BitsMin = 10, BitsMax = 20, BitsPerGram = 64;

    readonly record struct Found(Entry Entry, int Offset);

    readonly int width;
    readonly uint mask;
    readonly ulong[] map;
    readonly int mapShift;
    readonly uint[] keys;
    readonly Found[]?[] chains;
    readonly int shift;

    public GramTable(int width, IReadOnlyList<Entry> entries)
    {
        this.width = width;
        mask = width == 4 ? uint.MaxValue : (1u << 8 * width) - 1;
        var common = new Dictionary<uint, int>();
        foreach (var entry in entries)
            for (var i = 0; i + width <= entry.Literal.Length; i++) CollectionsMarshal.GetValueRefOrAddDefault(common, At(entry.Literal, i), out _)++;
        var groups = entries.Select(e => (Entry: e, Offset: Rarest(e.Literal, common))).GroupBy(f => At(f.Entry.Literal, f.Offset), f => new Found(f.Entry, f.Offset)).ToList();

        var bits = BitsMin;
        while (bits < BitsMax && 1 << bits < groups.Count * BitsPerGram) bits++;
        mapShift = 32 - bits;
        map = new ulong[1 << (bits - 6)];
        var tableBits = 2;
        while (1 << tableBits < groups.Count * 4) tableBits++;
        shift = 32 - tableBits;
        keys = new uint[1 << tableBits];
        chains = new Found[]?[1 << tableBits];
        foreach (var group in groups)
        {
            var bit = group.Key * Mix >> mapShift;
            map[bit >> 6] |= 1UL << (int)bit;
            var at = group.Key * Mix >> shift;
            while (chains[at] is not null) at = (at + 1) & (uint)(chains.Length - 1);
            keys[at] = group.Key;
            chains[at] = [.. group];
        }
    }

    public void Mark(ReadOnlySpan<byte> value, Span<ulong> candidates)
    {
        ref var first = ref MemoryMarshal.GetReference(value);
        ref var bits = ref MemoryMarshal.GetArrayDataReference(map);
        var i = 0;
        for (var last = value.Length - sizeof(uint); i <= last; i++)
        {
            var gram = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, i)) & mask;
            var bit = gram * Mix >> mapShift;
            if ((Unsafe.Add(ref bits, bit >> 6) >> (int)bit & 1) != 0) Probe(value, i, gram, candidates);
        }
        for (; i + width <= value.Length; i++) Probe(value, i, Tail(value[i..]), candidates);
    }

    // At the end of a value a whole word cannot be read.
    uint Tail(ReadOnlySpan<byte> rest)
    {
        uint gram = 0;
        for (var i = width - 1; i >= 0; i--) gram = gram << 8 | rest[i];
        return gram;
    }

    void Probe(ReadOnlySpan<byte> value, int at, uint gram, Span<ulong> candidates)
    {
        for (var place = gram * Mix >> shift; chains[place] is { } chain; place = (place + 1) & (uint)(chains.Length - 1))
        {
            if (keys[place] != gram) continue;
            foreach (ref readonly var found in chain.AsSpan())
            {
                var start = at - found.Offset;
                if (start >= 0 && value[start..].StartsWith(found.Entry.Literal)) found.Entry.Mark(candidates);
            }
            return;
        }
    }

    uint At(byte[] literal, int offset) => Tail(literal.AsSpan(offset));

    int Rarest(byte[] literal, Dictionary<uint, int> common)
    {
        var best = 0;
        for (var i = 1; i + width <= literal.Length; i++)
            if (common[At(literal, i)] < common[At(literal, best)]) best = i;
        return best;
    }
}
