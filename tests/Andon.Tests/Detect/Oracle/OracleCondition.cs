using System.Text.RegularExpressions;

namespace Andon.Tests.Detect.Oracle;

/// <summary>SG40–SG44: or, and, not, "1 of" / "all of", parentheses, weakest first, evaluated while it is read.</summary>
sealed class OracleCondition
{
    readonly IReadOnlyList<string> words;
    readonly IReadOnlyList<string> identifiers;
    readonly Func<string, bool> holds;
    int at;

    OracleCondition(IReadOnlyList<string> words, IReadOnlyList<string> identifiers, Func<string, bool> holds)
    {
        this.words = words;
        this.identifiers = identifiers;
        this.holds = holds;
    }

    public static List<string> Words(string text) => [.. Regex.Matches(text, @"[()]|[^()\s]+").Select(m => m.Value)];

    public static bool Holds(IReadOnlyList<string> words, IReadOnlyList<string> identifiers, Func<string, bool> holds)
    {
        var reader = new OracleCondition(words, identifiers, holds);
        var answer = reader.Or();
        return reader.at == words.Count ? answer : throw new FormatException($"The condition goes on at word {reader.at}.");
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
        return Like(pattern, identifier);
    }

    static bool Like(string pattern, string name)
    {
        if (pattern.Length == 0) return name.Length == 0;
        if (pattern[0] == '*') return Like(pattern[1..], name) || (name.Length > 0 && Like(pattern, name[1..]));
        return name.Length > 0 && name[0] == pattern[0] && Like(pattern[1..], name[1..]);
    }

    bool Take(string word)
    {
        if (at >= words.Count || !string.Equals(words[at], word, StringComparison.OrdinalIgnoreCase)) return false;
        at++;
        return true;
    }
}
