using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Andon.Respond.Variables;

namespace Andon.Respond.Conditions;

/// <summary>
/// Reads the comparison expressions of STIX patterning over <c>__name__:value</c>. OR binds loosest, then AND, then NOT.
/// Also takes an unquoted word on the right (<c>__a__:value = yes</c>), as other engines write it; it prints quoted.
/// </summary>
sealed class ConditionParser
{
    readonly string text;
    int at;
    int depth;

    ConditionParser(string text) => this.text = text;

    /// <summary>The condition, or what is wrong with it and at which character.</summary>
    public static (Condition? Condition, string? Wrong) Parse(string text)
    {
        if (text.Length > Limits.ConditionCharsMax) return (null, $"The condition is longer than {Limits.ConditionCharsMax} characters.");
        var parser = new ConditionParser(text);
        try
        {
            var read = parser.Or();
            parser.Space();
            return parser.at < text.Length ? (null, $"'{parser.Rest()}' is left over at character {parser.at + 1}.") : (read, null);
        }
        catch (FormatException wrong)
        {
            return (null, wrong.Message);
        }
    }

    Condition Or()
    {
        if (++depth > Limits.ConditionDepthMax) throw new FormatException($"The condition nests deeper than {Limits.ConditionDepthMax}.");
        var parts = new List<Condition> { And() };
        while (Word("OR")) parts.Add(And());
        depth--;
        return parts.Count == 1 ? parts[0] : new AnyOf(parts);
    }

    Condition And()
    {
        var parts = new List<Condition> { Unary() };
        while (Word("AND")) parts.Add(Unary());
        return parts.Count == 1 ? parts[0] : new AllOf(parts);
    }

    Condition Unary()
    {
        if (++depth > Limits.ConditionDepthMax) throw new FormatException($"The condition nests deeper than {Limits.ConditionDepthMax}.");
        try
        {
            if (Word("NOT")) return new Not(Unary());
            if (Word("EXISTS")) return new Exists(Name());
            if (!Symbol("(")) return Compare();
            var inner = Or();
            if (!Symbol(")")) throw Wrong("a closing parenthesis");
            return inner;
        }
        finally
        {
            depth--;
        }
    }

    Condition Compare()
    {
        var name = Name();
        var negated = Word("NOT");
        var by = By();
        if (by != Comparer.In)
        {
            var with = Value();
            Check(by, with);
            return new Comparison(name, negated, by, [with]);
        }
        if (!Symbol("(")) throw Wrong("( after IN");
        var list = new List<Literal> { Value() };
        while (Symbol(",")) list.Add(Value());
        if (!Symbol(")")) throw Wrong(") after the list of IN");
        return new Comparison(name, negated, by, list);
    }

    // An author learns of a bad pattern or network when the playbook is checked, not in the night when it runs.
    static void Check(Comparer by, Literal with)
    {
        if (by == Comparer.Matches && Compiled(with.Value) is null)
            throw new FormatException($"The pattern '{with.Value}' is not a regular expression without look-around and back-references.");
        if (by is Comparer.IsSubset or Comparer.IsSuperset && Network.Parse(with.Value) is null)
            throw new FormatException($"'{with.Value}' is not an address or a network.");
    }

    internal static Regex? Compiled(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    Comparer By()
    {
        foreach (var (by, word) in Ordered)
            if (char.IsLetter(word[0]) ? Word(word) : Symbol(word)) return by;
        throw Wrong("a comparison (= != > < >= <= IN LIKE MATCHES ISSUBSET ISSUPERSET)");
    }

    static readonly (Comparer, string)[] Ordered = [.. Comparison.Words.OrderByDescending(w => w.Value.Length).Select(w => (w.Key, w.Value))];

    string Name()
    {
        Space();
        var end = text.IndexOf(":value", at, StringComparison.Ordinal);
        if (end < 0 || !VariableTypes.NameIsLegal(text[at..end])) throw Wrong("a variable such as __user__:value");
        var name = text[at..end];
        at = end + ":value".Length;
        return name;
    }

    Literal Value()
    {
        Space();
        if (at >= text.Length) throw Wrong("a value");
        if (text[at] == '\'') return new(LiteralKind.Text, Quoted());
        if (at + 1 < text.Length && text[at + 1] == '\'' && text[at] is 'h' or 'b' or 't')
        {
            var kind = text[at++] switch { 'h' => LiteralKind.Hex, 'b' => LiteralKind.Base64, _ => LiteralKind.Time };
            var value = Quoted();
            return Legal(kind, value) ? new(kind, value) : throw new FormatException($"'{value}' is not a legal {kind} literal.");
        }
        var from = at;
        while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not ('(' or ')' or ',' or '\'')) at++;
        var word = text[from..at];
        if (word.Length == 0) throw Wrong("a value");
        if (word is "true" or "false") return new(LiteralKind.Bool, word);
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return new(LiteralKind.Integer, whole.ToString(CultureInfo.InvariantCulture));
        if (decimal.TryParse(word, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return new(LiteralKind.Float, number.ToString(CultureInfo.InvariantCulture));
        return new(LiteralKind.Text, word);
    }

    static bool Legal(LiteralKind kind, string value) => kind switch
    {
        LiteralKind.Hex => value.Length % 2 == 0 && value.All(char.IsAsciiHexDigit),
        LiteralKind.Base64 => Convert.TryFromBase64String(value, new byte[value.Length], out _),
        _ => DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
    };

    string Quoted()
    {
        var value = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '\'') { at++; return value.ToString(); }
            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '\'' or '\\') at++;
            value.Append(text[at]);
        }
        throw new FormatException("A quoted value does not end.");
    }

    bool Word(string word)
    {
        Space();
        if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0) return false;
        var after = at + word.Length;
        if (after < text.Length && (char.IsLetterOrDigit(text[after]) || text[after] == '_')) return false;
        at = after;
        return true;
    }

    bool Symbol(string symbol)
    {
        Space();
        if (string.CompareOrdinal(text, at, symbol, 0, symbol.Length) != 0) return false;
        at += symbol.Length;
        return true;
    }

    void Space() { while (at < text.Length && char.IsWhiteSpace(text[at])) at++; }

    string Rest() => text.Length - at > 30 ? text[at..(at + 30)] + "…" : text[at..];

    FormatException Wrong(string wanted) => new($"At character {at + 1} I expected {wanted}, and found '{Rest()}'.");
}
