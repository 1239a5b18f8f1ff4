using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Andon.Intake.Normalise;

/// <summary>JSON's tokens in bytes, many bytes at a time. Each reader gives the place after what it read, or -1 where that is not JSON.</summary>
static class JsonText
{
    /// <summary>Room beyond a text's own length that lets <see cref="Unescape"/> write in whole vectors.</summary>
    public const int Slack = 32;

    /// <summary>Writes a byte of a string's text as it stands between quotes, six bytes at most; gives how many.</summary>
    public static int WriteEscaped(byte b, Span<byte> into)
    {
        if (b < 0x20)
        {
            "\\u00"u8.CopyTo(into);
            into[4] = (byte)(b < 16 ? '0' : '1');
            into[5] = "0123456789abcdef"u8[b & 15];
            return 6;
        }
        if (b is not ((byte)'"' or (byte)'\\'))
        {
            into[0] = b;
            return 1;
        }
        into[0] = (byte)'\\';
        into[1] = b;
        return 2;
    }

    /// <summary>Place of the quote that ends the string whose text begins at <paramref name="i"/>.</summary>
    public static int StringEnd(ref byte text, int i, int end, out bool escaped)
    {
        escaped = false;
        while (i + Vector256<byte>.Count <= end)
        {
            var block = Vector256.LoadUnsafe(ref text, (nuint)i);
            var hits = (Vector256.Equals(block, Vector256.Create((byte)'"')) | Vector256.Equals(block, Vector256.Create((byte)'\\'))
                | Vector256.Equals(Vector256.Min(block, Vector256.Create((byte)0x1F)), block)).ExtractMostSignificantBits();
            var next = i + Vector256<byte>.Count;
            while (hits != 0)
            {
                var at = i + BitOperations.TrailingZeroCount(hits);
                var c = Unsafe.Add(ref text, at);
                if (c == '"') return at;
                if (c != '\\' || (at = Escape(ref text, at + 1, end)) < 0) return -1;
                escaped = true;
                if (at >= next)
                {
                    next = at;
                    break;
                }
                hits &= uint.MaxValue << (at - i);
            }
            i = next;
        }
        while (i < end)
        {
            var c = Unsafe.Add(ref text, i);
            if (c == '"') return i;
            if (c < 0x20) return -1;
            if (c != '\\') i++;
            else if ((i = Escape(ref text, i + 1, end)) < 0) return -1;
            else escaped = true;
        }
        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Escape(ref byte text, int i, int end)
    {
        if (i >= end) return -1;
        switch (Unsafe.Add(ref text, i))
        {
            case (byte)'\\' or (byte)'"' or (byte)'/' or (byte)'n' or (byte)'r' or (byte)'t' or (byte)'b' or (byte)'f': return i + 1;
            case (byte)'u' when i + 5 <= end:
                for (var n = 1; n <= 4; n++)
                    if (!char.IsAsciiHexDigit((char)Unsafe.Add(ref text, i + n))) return -1;
                return i + 5;
            default: return -1;
        }
    }

    public static int NumberEnd(ref byte text, int i, int end)
    {
        if (i < end && Unsafe.Add(ref text, i) == '-') i++;
        if (i >= end) return -1;
        if (Unsafe.Add(ref text, i) == '0') i++;
        else if ((i = Digits(ref text, i, end)) < 0) return -1;
        if (i < end && Unsafe.Add(ref text, i) == '.' && (i = Digits(ref text, i + 1, end)) < 0) return -1;
        if (i < end && (Unsafe.Add(ref text, i) | 0x20) == 'e')
        {
            i++;
            if (i < end && Unsafe.Add(ref text, i) is (byte)'+' or (byte)'-') i++;
            return Digits(ref text, i, end);
        }
        return i;
    }

    static int Digits(ref byte text, int i, int end)
    {
        var from = i;
        while (i < end && (uint)(Unsafe.Add(ref text, i) - '0') <= 9) i++;
        return i == from ? -1 : i;
    }

    public static int WordEnd(ref byte text, int i, int end, ReadOnlySpan<byte> word) =>
        end - i >= word.Length && MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref text, i), word.Length).SequenceEqual(word) ? i + word.Length : -1;

    /// <summary>First byte that is no blank, or <paramref name="end"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Blank(ref byte text, int i, int end)
    {
        while (i < end && Unsafe.Add(ref text, i) <= ' ' && Unsafe.Add(ref text, i) is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r') i++;
        return i;
    }

    /// <summary>
    /// Writes a JSON string's text. The result is never longer than the source; half a surrogate pair becomes U+FFFD. Bytes after the result
    /// may be written too.
    /// </summary>
    public static int Unescape(ReadOnlySpan<byte> from, Span<byte> to, out bool broken)
    {
        broken = false;
        int i = 0, n = 0;
        while (i < from.Length)
        {
            if (i + Vector256<byte>.Count <= from.Length && n + Vector256<byte>.Count <= to.Length)
            {
                var block = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(from), (nuint)i);
                block.StoreUnsafe(ref MemoryMarshal.GetReference(to), (nuint)n);
                var slashes = Vector256.Equals(block, Vector256.Create((byte)'\\')).ExtractMostSignificantBits();
                var plain = slashes == 0 ? Vector256<byte>.Count : BitOperations.TrailingZeroCount(slashes);
                i += plain;
                n += plain;
                if (slashes == 0) continue;
            }
            else if (from[i] != '\\')
            {
                to[n++] = from[i++];
                continue;
            }
            do
            {
                var c = from[i + 1];
                i += 2;
                if (c != 'u') to[n++] = c switch { (byte)'n' => (byte)'\n', (byte)'r' => (byte)'\r', (byte)'t' => (byte)'\t', (byte)'b' => (byte)'\b', (byte)'f' => (byte)'\f', _ => c };
                else n += Unicode(from, ref i, to[n..], ref broken);
            }
            while (i < from.Length && from[i] == '\\');
        }
        return n;
    }

    /// <summary>Place in the escaped text of what stands at <paramref name="plain"/> in the plain one; from a place that is known for both.</summary>
    public static int EscapedAt(ReadOnlySpan<byte> from, int i, ref int at, int plain)
    {
        Span<byte> room = stackalloc byte[4];
        var broken = false;
        while (at < plain && i < from.Length)
        {
            if (from[i] != '\\') (i, at) = (i + 1, at + 1);
            else if (from[i + 1] != 'u') (i, at) = (i + 2, at + 1);
            else
            {
                i += 2;
                at += Unicode(from, ref i, room, ref broken);
            }
        }
        return i;
    }

    static int Unicode(ReadOnlySpan<byte> from, ref int i, Span<byte> to, ref bool broken)
    {
        var code = Hex4(from[i..]);
        i += 4;
        if (char.IsHighSurrogate((char)code) && from.Length - i >= 6 && from[i] == '\\' && from[i + 1] == 'u' && Hex4(from[(i + 2)..]) is var low && char.IsLowSurrogate((char)low))
        {
            code = char.ConvertToUtf32((char)code, (char)low);
            i += 6;
        }
        if (!Rune.TryCreate(code, out var rune))
        {
            broken = true;
            rune = Rune.ReplacementChar;
        }
        return rune.EncodeToUtf8(to);
    }

    static int Hex4(ReadOnlySpan<byte> s)
    {
        var value = 0;
        for (var i = 0; i < 4; i++) value = value << 4 | (s[i] <= '9' ? s[i] - '0' : (s[i] | 0x20) - 'a' + 10);
        return value;
    }
}
