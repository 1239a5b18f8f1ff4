using System.Text;
using Andon.Detect.Sigma.Matching;

namespace Andon.Detect.Sigma.Indexing;

/// <summary>
/// Rules keywords out by a JSON record's bytes alone, before its strings are decoded. A piece of a keyword without quote, backslash,
/// slash and controls stands in JSON text as it is, unless its writer chose \u escapes for plain letters; those count as possible.
/// </summary>
sealed class RawKeywords
{
    static readonly byte[][] Escapes = ["\\u00"u8.ToArray(), "\\u01"u8.ToArray(), "\\u21"u8.ToArray()];
    readonly FewLiterals? pieces;
    readonly SubstringTable? others;

    public RawKeywords(IReadOnlyList<Entry> keywords)
    {
        var safe = keywords.Select(k => Longest(k.Literal)).Concat(Escapes).Select(One).ToList();
        if (safe.Exists(p => p.Literal.Length < 2)) return;
        var few = safe.Where(p => FewLiterals.Takes(p.Literal)).Take(FewLiterals.Max).ToList();
        pieces = new(few);
        if (safe.Count > few.Count) others = new([.. safe.Except(few)]);
    }

    static Entry One(byte[] literal)
    {
        var entry = new Entry(literal);
        entry.Rules.Add(0);
        return entry;
    }

    public bool Possible(EventValues values)
    {
        var raw = values.View.Raw;
        if (pieces is null || raw.IsEmpty || raw[0] != '{') return true;
        if (!Ascii.IsValid(raw)) raw = values.Folded(values.RawCell);
        Span<ulong> any = stackalloc ulong[1];
        any.Clear();
        pieces.Mark(raw, any);
        others?.Mark(values.Folded(values.RawCell), any);
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
