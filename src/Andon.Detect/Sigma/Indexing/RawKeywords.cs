using System.Text;

namespace Andon.Detect.Sigma.Indexing;

/// <summary>
/// Rules keywords out by a JSON record's bytes alone, before its strings are decoded. A piece of a keyword without quote, backslash,
/// slash and controls stands in JSON text as it is, unless its writer chose \u escapes for plain letters; those, and letters
/// beyond ASCII (which may fold to ASCII), count as possible.
/// </summary>
sealed class RawKeywords
{
    static readonly byte[][] Escapes = ["\\u00"u8.ToArray(), "\\u01"u8.ToArray(), "\\u21"u8.ToArray()];
    readonly FewLiterals? pieces;

    public RawKeywords(IReadOnlyList<Entry> keywords)
    {
        var safe = keywords.Select(k => Longest(k.Literal)).ToList();
        if (safe.Exists(p => !FewLiterals.Takes(p)) || safe.Count + Escapes.Length > FewLiterals.Max) return;
        pieces = new([.. safe.Concat(Escapes).Select(One)]);
    }

    static Entry One(byte[] literal)
    {
        var entry = new Entry(literal);
        entry.Rules.Add(0);
        return entry;
    }

    public bool Possible(ReadOnlySpan<byte> raw)
    {
        if (pieces is null || raw.IsEmpty || raw[0] != '{' || !Ascii.IsValid(raw)) return true;
        Span<ulong> any = stackalloc ulong[1];
        any.Clear();
        pieces.Mark(raw, any);
        return any[0] != 0;
    }

    static byte[] Longest(byte[] literal)
    {
        byte[] best = [];
        var start = 0;
        for (var i = 0; i <= literal.Length; i++)
        {
            if (i < literal.Length && literal[i] is >= 0x20 and < 0x7F and not ((byte)'"' or (byte)'\\' or (byte)'/')) continue;
            if (i - start > best.Length) best = literal[start..i];
            start = i + 1;
        }
        return best;
    }
}
