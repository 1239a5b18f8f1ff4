using Andon.Detect.Sigma.Matching;

namespace Andon.Detect.Sigma.Indexing;

/// <summary>
/// Literals that may stand anywhere in an event. In plain ASCII text a few of them are found without folding; where a byte of the text
/// is not ASCII, letters beyond ASCII may fold to ASCII ones (K, ſ), so the folded text is searched.
/// </summary>
sealed class KeywordTable
{
    readonly FewLiterals? few;
    readonly SubstringTable? others;
    readonly SubstringTable all;

    public KeywordTable(IReadOnlyList<Entry> entries)
    {
        all = new(entries);
        var plain = entries.Where(e => FewLiterals.Takes(e.Literal)).Take(FewLiterals.Max).ToList();
        if (plain.Count > 0) few = new(plain);
        if (entries.Except(plain).ToList() is { Count: > 0 } rest) others = new(rest);
    }

    public void Mark(EventValues values, Span<ulong> candidates)
    {
        var text = values.Unfolded();
        if (few is null || !values.AllAscii)
        {
            all.Mark(values.Everything(), candidates);
            return;
        }
        few.Mark(text, candidates);
        others?.Mark(values.Everything(), candidates);
    }
}
