using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Andon.Detect.Sigma.Indexing;

/// <summary>A literal and the rules (by place in their plan) that it is a witness of.</summary>
sealed class Entry(byte[] literal)
{
    public byte[] Literal { get; } = literal;
    public List<int> Rules { get; } = [];

    public void Mark(Span<ulong> candidates)
    {
        foreach (var rule in CollectionsMarshal.AsSpan(Rules)) candidates[rule >> 6] |= 1UL << rule;
    }
}

/// <summary>Open-addressing table from a 64-bit key to a chain of entries. Built once, read by many threads.</summary>
sealed class ChainTable
{
    readonly ulong[] keys;
    readonly Entry[]?[] chains;
    readonly int shift;

    public ChainTable(IEnumerable<(ulong Key, Entry Entry)> entries)
    {
        var groups = entries.GroupBy(e => e.Key).ToList();
        var bits = 2;
        while (1 << bits < groups.Count * 4) bits++;
        shift = 64 - bits;
        keys = new ulong[1 << bits];
        chains = new Entry[]?[1 << bits];
        foreach (var group in groups)
        {
            var at = Place(group.Key);
            while (chains[at] is not null) at = (at + 1) & (keys.Length - 1);
            keys[at] = group.Key;
            chains[at] = [.. group.Select(g => g.Entry)];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Place(ulong key) => (int)((key * 0x9E3779B97F4A7C15) >> shift);

    public ReadOnlySpan<Entry> Find(ulong key)
    {
        for (var at = Place(key); chains[at] is { } chain; at = (at + 1) & (keys.Length - 1))
            if (keys[at] == key) return chain;
        return default;
    }
}

/// <summary>Values that are exactly one of many literals.</summary>
sealed class ExactTable(IReadOnlyList<Entry> entries)
{
    readonly ChainTable table = new(entries.Select(e => (Key(e.Literal), e)));

    public void Mark(ReadOnlySpan<byte> value, Span<ulong> candidates)
    {
        foreach (var entry in table.Find(Key(value)))
            if (value.SequenceEqual(entry.Literal)) entry.Mark(candidates);
    }

    internal static ulong Key(ReadOnlySpan<byte> value)
    {
        if (value.Length >= 8)
            return (BinaryPrimitives.ReadUInt64LittleEndian(value) * 31 ^ BinaryPrimitives.ReadUInt64LittleEndian(value[^8..])) * 31 + (ulong)value.Length;
        ulong key = 0;
        foreach (var b in value) key = key << 8 | b;
        return key * 31 + (ulong)value.Length;
    }
}

/// <summary>Numbers of known values; cheap to ask for a stranger's.</summary>
sealed class KnownValues(IReadOnlyDictionary<byte[], int> numbers)
{
    readonly Dictionary<ulong, (byte[] Literal, int Number)[]> known = numbers.GroupBy(n => ExactTable.Key(n.Key)).ToDictionary(g => g.Key, g => g.Select(n => (n.Key, n.Value)).ToArray());

    /// <summary>The number of a folded value, or -1.</summary>
    public int Of(ReadOnlySpan<byte> value)
    {
        if (known.TryGetValue(ExactTable.Key(value), out var candidates))
            foreach (var (literal, number) in candidates)
                if (value.SequenceEqual(literal)) return number;
        return -1;
    }
}

/// <summary>Values that begin, or end, with one of many literals: found by their outermost 8, 4, 2 or 1 bytes.</summary>
sealed class EndTable
{
    static readonly int[] Widths = [8, 4, 2, 1];
    readonly (int Width, ChainTable Table)[] tables;
    readonly Entry[] empty;
    readonly bool suffix;

    public EndTable(IReadOnlyList<Entry> entries, bool suffix)
    {
        this.suffix = suffix;
        empty = [.. entries.Where(e => e.Literal.Length == 0)];
        tables = [.. entries.Where(e => e.Literal.Length > 0).GroupBy(e => Array.Find(Widths, w => w <= e.Literal.Length)).Select(g => (g.Key, new ChainTable(g.Select(e => (KeyOf(e.Literal, g.Key), e)))))];
    }

    public void Mark(ReadOnlySpan<byte> value, Span<ulong> candidates)
    {
        foreach (var entry in empty) entry.Mark(candidates);
        foreach (var (width, table) in tables)
        {
            if (value.Length < width) continue;
            foreach (var entry in table.Find(KeyOf(value, width)))
                if (suffix ? value.EndsWith(entry.Literal) : value.StartsWith(entry.Literal)) entry.Mark(candidates);
        }
    }

    ulong KeyOf(ReadOnlySpan<byte> text, int width)
    {
        var end = suffix ? text[^width..] : text[..width];
        return width switch
        {
            8 => BinaryPrimitives.ReadUInt64LittleEndian(end),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(end),
            2 => BinaryPrimitives.ReadUInt16LittleEndian(end),
            _ => end[0],
        };
    }
}
