using System.Text;

namespace Andon.Store.Query.Compilation;

/// <summary>
/// Terms: maximal runs of ASCII letters, ASCII digits and any characters beyond ASCII. So <c>_</c>, <c>-</c>, <c>.</c> part terms and
/// <c>Müller</c> is one. This is how the engine's token index cuts text, so index and exact test cannot disagree.
/// Case is ignored for ASCII letters only, as Kusto documents it; for other letters compare with tolower().
/// </summary>
internal static class Terms
{
    /// <summary>What parts terms, as a regular expression class.</summary>
    internal const string Separator = @"[\x00-/:-@\[-`{-\x7f]";

    /// <summary>Patterns of the edges of a term, and of texts that begin or end with part of one.</summary>
    public const string Begin = "(?:^|" + Separator + ")";
    public const string End = "(?:$|" + Separator + ")";
    public const string StartsTerm = @"^[^\x00-/:-@\[-`{-\x7f]";
    public const string EndsTerm = @"[^\x00-/:-@\[-`{-\x7f]$";

    public static bool IsPart(char c) => c >= 0x80 || char.IsAsciiLetterOrDigit(c);

    /// <summary>Every term of the text. <paramref name="openStart"/> and <paramref name="openEnd"/> leave out a first or last one that may be part of a longer one.</summary>
    public static List<string> Whole(string text, bool openStart = false, bool openEnd = false)
    {
        var terms = new List<string>();
        for (var i = 0; i < text.Length;)
        {
            if (!IsPart(text[i])) { i++; continue; }
            var start = i;
            while (i < text.Length && IsPart(text[i])) i++;
            if (openStart && start == 0 || openEnd && i == text.Length) continue;
            terms.Add(text[start..i]);
        }
        return terms;
    }

    public static bool IsOneTerm(string text) => text.Length > 0 && text.All(IsPart);

    /// <summary>The text between the edges of terms.</summary>
    public static string Pattern(string text, bool fromEdge, bool toEdge)
    {
        var to = new StringBuilder();
        if (fromEdge && IsPart(text[0])) to.Append("(?:^|").Append(Separator).Append(')');
        foreach (var c in text)
        {
            if (c < ' ' || c == 0x7f) to.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else if (c < 0x80 && !char.IsAsciiLetterOrDigit(c)) to.Append('\\').Append(c);
            else to.Append(c);
        }
        if (toEdge && IsPart(text[^1])) to.Append("(?:$|").Append(Separator).Append(')');
        return to.ToString();
    }
}
