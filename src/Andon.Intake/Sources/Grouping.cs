using Andon.Model;

namespace Andon.Intake.Sources;

/// <summary>Membership by rule: what a source is decides where it belongs, so nobody keeps lists.</summary>
static class Grouping
{
    public static bool Holds(SourceGroup group, Source source) =>
        Fits(group.Listener, source.Listener) && Fits(group.Host, source.Host) && Fits(group.Dataset, source.Dataset) && Fits(group.Unit, source.Card.Unit)
        && (group.Tag.Length == 0 || source.Card.Tags.Any(t => Fits(group.Tag, t)));

    /// <summary>A pattern in which <c>*</c> stands for anything; nothing asked fits everything.</summary>
    public static bool Fits(string pattern, string text)
    {
        if (pattern.Length == 0) return true;
        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, mark) = (p++, t);
            else if (p < pattern.Length && char.ToLowerInvariant(pattern[p]) == char.ToLowerInvariant(text[t])) { p++; t++; }
            else if (star >= 0) (p, t) = (star + 1, ++mark);
            else return false;
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }
}
