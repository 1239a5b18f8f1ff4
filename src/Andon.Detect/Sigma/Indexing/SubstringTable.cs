using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Andon.Detect.Sigma.Indexing;

/// <summary>
/// Which of many literals stand anywhere in a value. Each literal is found by one of its four-byte pieces, the one that the fewest other
/// literals hold; a bit map says at each place of the value whether any piece may begin there. The time does not grow with the number of
/// literals until the bit map fills. Literals of less than four bytes are looked for one by one.
/// </summary>
sealed class SubstringTable
{
    const int Gram = 4, BitsMin = 10, BitsMax = 20;

    readonly record struct Found(Entry Entry, int Offset);

    readonly Entry[] tiny;
    readonly ulong[] map = [];
    readonly int mapShift;
    readonly uint[] keys = [];
    readonly Found[]?[] chains = [];
    readonly int shift;

    public SubstringTable(IReadOnlyList<Entry> entries)
    {
        tiny = [.. entries.Where(e => e.Literal.Length < Gram)];
        var common = new Dictionary<uint, int>();
        var others = entries.Where(e => e.Literal.Length >= Gram).ToList();
        if (others.Count == 0) return;
        foreach (var entry in others)
            for (var i = 0; i + Gram <= entry.Literal.Length; i++) CollectionsMarshal.GetValueRefOrAddDefault(common, At(entry.Literal, i), out _)++;
        var groups = others.Select(e => (Entry: e, Offset: Rarest(e.Literal, common))).GroupBy(f => At(f.Entry.Literal, f.Offset), f => new Found(f.Entry, f.Offset)).ToList();

        var bits = BitsMin;
        while (bits < BitsMax && 1 << bits < groups.Count * 64) bits++;
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

    const uint Mix = 0x9E3779B1;

    public void Mark(ReadOnlySpan<byte> value, Span<ulong> candidates)
    {
        foreach (var entry in tiny)
            if (value.IndexOf(entry.Literal) >= 0) entry.Mark(candidates);
        if (map.Length == 0) return;
        ref var first = ref MemoryMarshal.GetReference(value);
        ref var bits = ref MemoryMarshal.GetArrayDataReference(map);
        for (int i = 0, last = value.Length - Gram; i <= last; i++)
        {
            var gram = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, i));
            var bit = gram * Mix >> mapShift;
            if ((Unsafe.Add(ref bits, bit >> 6) >> (int)bit & 1) != 0) Probe(value, i, gram, candidates);
        }
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

    static uint At(byte[] literal, int offset) => MemoryMarshal.Read<uint>(literal.AsSpan(offset));

    static int Rarest(byte[] literal, Dictionary<uint, int> common)
    {
        var best = 0;
        for (var i = 1; i + Gram <= literal.Length; i++)
            if (common[At(literal, i)] < common[At(literal, best)]) best = i;
        return best;
    }
}
