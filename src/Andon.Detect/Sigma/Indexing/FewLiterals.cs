using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Andon.Detect.Sigma.Indexing;

/// <summary>
/// Which of a few ASCII literals stand in ASCII text, whatever the letters' case, sixteen places at a time: three tables of nibbles say
/// which of eight buckets of literals may begin at each place ("Teddy", of the Hyperscan paper, NSDI 2019). The text need not be folded.
/// With a hundred literals the nibbles let every tenth place through, so a bit map of the literals' windows is asked before any is compared.
/// </summary>
sealed class FewLiterals
{
    const int Window = 4, Buckets = 8;
    public const int Max = 128;

    // Sets the bit by which ASCII letters differ in case. Other signs fall together by it too, which costs a comparison at most.
    const uint Caseless = 0x20202020, Mix = 0x9E3779B1;
    const int BitsPerWindow = 64;

    readonly record struct Found(Entry Entry, int Offset)
    {
        public uint Window => WindowAt(ref Entry.Literal[Offset]);
    }

    readonly ulong[] map;
    readonly int mapShift, shift;
    readonly Found[][] chains;
    readonly Vector128<byte>[] low = new Vector128<byte>[Window], high = new Vector128<byte>[Window];

    /// <param name="entries">Lower-case ASCII literals of at least four bytes.</param>
    public FewLiterals(IReadOnlyList<Entry> entries)
    {
        // Alike windows share a bucket, so that the union of a bucket's nibbles lets little else through.
        var found = entries.Select(e => new Found(e, Rarest(e.Literal))).OrderBy(f => Convert.ToHexString(f.Entry.Literal.AsSpan(f.Offset, Window)), StringComparer.Ordinal).ToList();
        var buckets = Enumerable.Range(0, Buckets).Select(b => found.Where((_, i) => i * Buckets / found.Count == b).ToArray()).ToArray();
        var lows = new byte[Window, 16];
        var highs = new byte[Window, 16];
        for (var bucket = 0; bucket < Buckets; bucket++)
            foreach (var (entry, offset) in buckets[bucket])
                for (var i = 0; i < Window; i++)
                {
                    var c = entry.Literal[offset + i];
                    Add(i, c, bucket);
                    if (char.IsAsciiLetter((char)c)) Add(i, (byte)(c ^ 0x20), bucket);
                }
        for (var i = 0; i < Window; i++)
        {
            low[i] = Vector128.Create([.. Enumerable.Range(0, 16).Select(n => lows[i, n])]);
            high[i] = Vector128.Create([.. Enumerable.Range(0, 16).Select(n => highs[i, n])]);
        }

        var bits = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(found.Count, 1)));
        shift = 31 - bits;
        chains = [.. Enumerable.Range(0, 2 << bits).Select(place => found.Where(f => f.Window * Mix >> shift == place).ToArray())];
        map = new ulong[(BitsPerWindow << bits) / 64];
        mapShift = 32 - BitOperations.Log2((uint)map.Length * 64);
        foreach (var bit in found.Select(f => f.Window * Mix >> mapShift)) map[bit >> 6] |= 1UL << (int)bit;

        void Add(int at, byte c, int bucket)
        {
            lows[at, c & 15] |= (byte)(1 << bucket);
            highs[at, c >> 4] |= (byte)(1 << bucket);
        }
    }

    public static bool Takes(ReadOnlySpan<byte> literal) => literal.Length >= Window && Ascii.IsValid(literal);

    public void Mark(ReadOnlySpan<byte> text, Span<ulong> candidates)
    {
        var nibble = Vector128.Create((byte)15);
        ref var first = ref MemoryMarshal.GetReference(text);
        var i = 0;
        for (; i + Vector128<byte>.Count + Window - 1 <= text.Length; i += Vector128<byte>.Count)
        {
            var found = At(0, ref Unsafe.Add(ref first, i)) & At(1, ref Unsafe.Add(ref first, i + 1)) & At(2, ref Unsafe.Add(ref first, i + 2)) & At(3, ref Unsafe.Add(ref first, i + 3));
            if (found == Vector128<byte>.Zero) continue;
            for (var places = ~Vector128.Equals(found, Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xFFFF; places != 0; places &= places - 1)
                Ask(text, i + BitOperations.TrailingZeroCount(places), candidates);
        }
        for (; i + Window <= text.Length; i++) Ask(text, i, candidates);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector128<byte> At(int window, ref byte place)
        {
            var bytes = Vector128.LoadUnsafe(ref place);
            return Vector128.ShuffleNative(low[window], bytes & nibble) & Vector128.ShuffleNative(high[window], bytes >>> 4);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Ask(ReadOnlySpan<byte> text, int at, Span<ulong> candidates)
    {
        var mixed = WindowAt(ref Unsafe.Add(ref MemoryMarshal.GetReference(text), at)) * Mix;
        var bit = mixed >> mapShift;
        if ((map[bit >> 6] >> (int)bit & 1) != 0) Verify(text, at, chains[mixed >> shift], candidates);
    }

    static void Verify(ReadOnlySpan<byte> text, int at, Found[] chain, Span<ulong> candidates)
    {
        foreach (ref readonly var found in chain.AsSpan())
        {
            var literal = found.Entry.Literal;
            var start = at - found.Offset;
            if (start >= 0 && text.Length - start >= literal.Length && Ascii.EqualsIgnoreCase(text.Slice(start, literal.Length), literal)) found.Entry.Mark(candidates);
        }
    }

    static uint WindowAt(ref byte first) => Unsafe.ReadUnaligned<uint>(ref first) | Caseless;

    // Where four bytes stand that text seldom has: signs before letters, seldom letters before common ones.
    static int Rarest(byte[] literal)
    {
        var best = 0;
        for (var i = 1; i + Window <= literal.Length; i++)
            if (Commonness(literal, i) < Commonness(literal, best)) best = i;
        return best;
    }

    static int Commonness(byte[] literal, int at)
    {
        var sum = 0;
        foreach (var c in literal.AsSpan(at, Window)) sum += "etaoinsr"u8.Contains(c) ? 4 : char.IsAsciiLetter((char)c) ? 3 : c is (byte)' ' or (byte)'\\' or (byte)'.' or (byte)'"' || char.IsAsciiDigit((char)c) ? 3 : 1;
        return sum;
    }
}
