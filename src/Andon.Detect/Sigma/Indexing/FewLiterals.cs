using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Andon.Detect.Sigma.Indexing;

/// <summary>
/// Which of a few ASCII literals stand in ASCII text, whatever the letters' case, sixteen places at a time: three tables of nibbles say
/// which of eight buckets of literals may begin at each place ("Teddy", of the Hyperscan paper, NSDI 2019). The text need not be folded.
/// </summary>
sealed class FewLiterals
{
    const int Window = 4, Buckets = 8;
    public const int Max = 128;

    readonly record struct Found(Entry Entry, int Offset);

    readonly Found[][] buckets;
    readonly Vector128<byte>[] low = new Vector128<byte>[Window], high = new Vector128<byte>[Window];

    /// <param name="entries">Lower-case ASCII literals of at least four bytes.</param>
    public FewLiterals(IReadOnlyList<Entry> entries)
    {
        // Alike windows share a bucket, so that the union of a bucket's nibbles lets little else through.
        var found = entries.Select(e => new Found(e, Rarest(e.Literal))).OrderBy(f => Convert.ToHexString(f.Entry.Literal.AsSpan(f.Offset, Window)), StringComparer.Ordinal).ToList();
        buckets = [.. Enumerable.Range(0, Buckets).Select(b => found.Where((_, i) => i * Buckets / found.Count == b).ToArray())];
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
            {
                var place = BitOperations.TrailingZeroCount(places);
                Verify(text, i + place, found.GetElement(place), candidates);
            }
        }
        for (; i + Window <= text.Length; i++) Verify(text, i, 0xFF, candidates);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector128<byte> At(int window, ref byte place)
        {
            var bytes = Vector128.LoadUnsafe(ref place);
            return Vector128.ShuffleNative(low[window], bytes & nibble) & Vector128.ShuffleNative(high[window], bytes >>> 4);
        }
    }

    void Verify(ReadOnlySpan<byte> text, int at, byte which, Span<ulong> candidates)
    {
        for (uint bits = which; bits != 0; bits &= bits - 1)
            foreach (ref readonly var found in buckets[BitOperations.TrailingZeroCount(bits)].AsSpan())
            {
                var literal = found.Entry.Literal;
                var start = at - found.Offset;
                if (start >= 0 && text.Length - start >= literal.Length && Ascii.EqualsIgnoreCase(text.Slice(start, literal.Length), literal)) found.Entry.Mark(candidates);
            }
    }

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
