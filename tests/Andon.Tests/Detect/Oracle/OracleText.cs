using System.Text;

namespace Andon.Tests.Detect.Oracle;

/// <summary>
/// Case folding and wildcards of the reference evaluator, written from sigma.md SG18, SG22 and SG24 alone. Texts are arrays of
/// Unicode scalars, so "one character" is one element. Slow and plain on purpose; shares nothing with the matcher.
/// </summary>
static class OracleText
{
    /// <summary>Simple folding where it is not just the lower-case letter: CaseFolding.txt, lines C and S.</summary>
    static readonly Dictionary<int, int> NotJustLower = new()
    {
        [0x00B5] = 0x03BC, [0x017F] = 's', [0x0345] = 0x03B9, [0x03C2] = 0x03C3, [0x03D0] = 0x03B2, [0x03D1] = 0x03B8, [0x03D5] = 0x03C6,
        [0x03D6] = 0x03C0, [0x03F0] = 0x03BA, [0x03F1] = 0x03C1, [0x03F5] = 0x03B5, [0x1E9B] = 0x1E61, [0x1E9E] = 0x00DF, [0x1FBE] = 0x03B9,
        [0x1C80] = 0x0432, [0x1C81] = 0x0434, [0x1C82] = 0x043E, [0x1C83] = 0x0441, [0x1C84] = 0x0442, [0x1C85] = 0x0442, [0x1C86] = 0x044A,
        [0x1C87] = 0x0463, [0x1C88] = 0xA64B, [0x2126] = 0x03C9, [0x212A] = 'k', [0x212B] = 0x00E5,
        // No simple folding: dotted capital I has full and Turkic ones only.
        [0x0130] = 0x0130,
    };

    public static int Fold(int scalar)
    {
        if (NotJustLower.TryGetValue(scalar, out var to)) return to;
        if (scalar is >= 0x13F8 and <= 0x13FD) return scalar - 8;              // Cherokee folds to its capitals
        if (scalar is >= 0xAB70 and <= 0xABBF) return scalar - 0xAB70 + 0x13A0;
        if (scalar is >= 0x13A0 and <= 0x13F5) return scalar;
        return Rune.IsValid(scalar) ? Rune.ToLowerInvariant(new Rune(scalar)).Value : scalar;
    }

    public static int[] Scalars(string text) => [.. text.EnumerateRunes().Select(r => r.Value)];
    public static int[] Folded(int[] text) => [.. text.Select(Fold)];

    /// <summary>Null = any length, an empty array = one scalar, else literal scalars; a dash sign of windash is −1 in a literal.</summary>
    public readonly record struct Token(char Kind, int[] Literal)
    {
        public static readonly Token Any = new('*', []);
    }

    public const string DashSigns = "-/\u2013\u2014\u2015";

    /// <summary>SG24: left to right, a backslash before a backslash, star or question mark makes that sign literal.</summary>
    public static List<Token> Parse(string text)
    {
        var tokens = new List<Token>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && (text[i + 1] == '\\' || text[i + 1] == '*' || text[i + 1] == '?')) literal.Append(text[++i]);
            else if (text[i] == '*' || text[i] == '?')
            {
                if (literal.Length > 0) tokens.Add(new('a', Scalars(literal.ToString())));
                literal.Clear();
                tokens.Add(new(text[i], []));
            }
            else literal.Append(text[i]);
        }
        if (literal.Length > 0) tokens.Add(new('a', Scalars(literal.ToString())));
        return tokens;
    }

    /// <summary>SG30: a sign that begins a flag is any of the five signs.</summary>
    public static List<Token> WithDashes(List<Token> tokens)
    {
        var all = new List<Token>();
        foreach (var token in tokens)
        {
            var start = 0;
            for (var i = 0; i + 1 < token.Literal.Length; i++)
            {
                if (!IsDash(token.Literal[i]) || (i > 0 && IsWord(token.Literal[i - 1])) || !IsWord(token.Literal[i + 1])) continue;
                if (i > start) all.Add(new('a', token.Literal[start..i]));
                all.Add(new('-', []));
                start = i + 1;
            }
            if (token.Kind != 'a') all.Add(token);
            else if (start < token.Literal.Length) all.Add(new('a', token.Literal[start..]));
        }
        return all;
    }

    static bool IsDash(int scalar) => scalar <= char.MaxValue && DashSigns.Contains((char)scalar);
    static bool IsWord(int scalar) => scalar <= char.MaxValue && (char.IsLetterOrDigit((char)scalar) || scalar == '_');

    /// <summary>Does the whole text match? Each place is tried; a place that failed once is not tried again.</summary>
    public static bool Matches(List<Token> tokens, int[] text)
    {
        var failed = new HashSet<(int, int)>();
        return From(0, 0);

        bool From(int token, int at)
        {
            if (token == tokens.Count) return at == text.Length;
            var it = tokens[token];
            switch (it.Kind)
            {
                case '?': return at < text.Length && From(token + 1, at + 1);
                case '-': return at < text.Length && IsDash(text[at]) && From(token + 1, at + 1);
                case 'a': return text.AsSpan(at).StartsWith(it.Literal) && From(token + 1, at + it.Literal.Length);
            }
            if (token + 1 == tokens.Count) return true;
            if (failed.Contains((token, at))) return false;
            for (var next = at; next <= text.Length; next++)
            {
                if (tokens[token + 1].Kind == 'a')
                {
                    var step = text.AsSpan(next).IndexOf(tokens[token + 1].Literal);
                    if (step < 0) break;
                    next += step;
                }
                if (From(token + 1, next)) return true;
            }
            failed.Add((token, at));
            return false;
        }
    }
}
