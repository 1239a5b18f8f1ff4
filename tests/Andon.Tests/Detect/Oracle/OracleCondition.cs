using System.Text.RegularExpressions;

namespace Andon.Tests.Detect.Oracle;

/// <summary>SG40–SG44: or, and, not, "1 of" / "all of", parentheses, weakest first, evaluated while it is read.</summary>
sealed class OracleCondition
{
    readonly List<string> words;
    readonly IReadOnlyList<string> identifiers;
    readonly Func<string, bool> holds;
    int at;

    OracleCondition(string text, IReadOnlyList<string> identifiers, Func<string, bool> holds)
    {
        words = [.. Regex.Matches(text, @"[()]|[^()\s]+").Select(m => m.Value)];
        this.identifiers = identifiers;
        this.holds = holds;
    }

    public static bool Holds(string text, IReadOnlyList<string> identifiers, Func<string, bool> holds)
    {
        var reader = new OracleCondition(text, identifiers, holds);
        var answer = reader.Or();
        return reader.at == reader.words.Count ? answer : throw new FormatException($"'{text}' goes on at word {reader.at}.");
    }

    bool Or()
    {
        var answer = And();
        while (Take("or")) answer = And() | answer;
        return answer;
    }

    bool And()
    {
        var answer = Not();
        while (Take("and")) answer = Not() & answer;
        return answer;
    }

    bool Not() => Take("not") ? !Not() : Atom();

    bool Atom()
    {
        if (Take("("))
        {
            var inner = Or();
            return Take(")") ? inner : throw new FormatException("A parenthesis is open.");
        }
        var word = words[at++];
        if (!Take("of")) return identifiers.Contains(word) ? holds(word) : throw new FormatException($"No identifier '{word}'.");
        var pattern = words[at++];
        var taken = identifiers.Where(i => Takes(pattern, i)).ToList();
        if (taken.Count == 0) throw new FormatException($"'{pattern}' takes nothing.");
        return word.ToLowerInvariant() switch
        {
            "1" or "any" => taken.Exists(i => holds(i)),
            "all" => taken.TrueForAll(i => holds(i)),
            _ => throw new FormatException($"'{word} of'."),
        };
    }

    static bool Takes(string pattern, string identifier)
    {
        if (string.Equals(pattern, "them", StringComparison.OrdinalIgnoreCase)) return !identifier.StartsWith('_');
        if (identifier.StartsWith('_') && !pattern.StartsWith('_')) return false;
        return Regex.IsMatch(identifier, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "\\z");
    }

    bool Take(string word)
    {
        if (at >= words.Count || !string.Equals(words[at], word, StringComparison.OrdinalIgnoreCase)) return false;
        at++;
        return true;
    }
}
