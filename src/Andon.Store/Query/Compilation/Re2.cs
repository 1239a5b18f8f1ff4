using System.Globalization;

namespace Andon.Store.Query.Compilation;

/// <summary>
/// Reads a regular expression as RE2 does and says what RE2 would not take, so that the engine never meets a pattern it refuses.
/// Stricter than RE2 where its rules are rare (octal escapes, \C, Unicode script names beyond a list).
/// </summary>
internal ref struct Re2
{
    readonly ReadOnlySpan<char> pattern;
    int at;
    int depth;
    int size;

    Re2(string pattern) => this.pattern = pattern;

    public static string? Fault(string pattern)
    {
        if (pattern.Length > Limits.RegexCharsMax) return string.Create(CultureInfo.InvariantCulture, $"it is longer than {Limits.RegexCharsMax} characters (RegexCharsMax).");
        var reader = new Re2(pattern);
        return reader.Alternatives() ?? (reader.at < pattern.Length ? "a closing bracket has no opening one." : null);
    }

    readonly char Peek => at < pattern.Length ? pattern[at] : '\0';

    string? Alternatives()
    {
        if (++depth > 50) return "more than 50 brackets inside each other.";
        while (at < pattern.Length && pattern[at] != ')')
        {
            if (pattern[at] == '|') { at++; continue; }
            var start = at;
            var sizeBefore = size;
            var isAssertion = pattern[at] is '^' or '$' || pattern[at] == '\\' && at + 1 < pattern.Length && pattern[at + 1] is 'b' or 'B' or 'A' or 'z';
            if (Atom() is { } fault) return fault;
            if (Repeat(isAssertion, size - sizeBefore) is { } wrong) return wrong;
            if (at == start) return "it cannot be read.";
        }
        depth--;
        return null;
    }

    string? Repeat(bool isAssertion, int atomSize)
    {
        var repeated = false;
        while (at < pattern.Length)
        {
            var c = pattern[at];
            if (c is not ('*' or '+' or '?' or '{')) return null;
            if (c == '{')
            {
                if (!Counts(out var least, out var most)) return null;
                if (most > 1000 || least > 1000) return "a repeat count is over 1000.";
                if (most >= 0 && least > most) return "the counts of {n,m} stand the wrong way round.";
                size += atomSize * Math.Max(least, most);
                if (size > 20_000) return "its repeat counts multiply to too large a machine.";
            }
            else at++;
            if (repeated) return "two repeats follow each other.";
            if (isAssertion) return "an anchor is repeated.";
            repeated = true;
            if (Peek == '?') at++;
        }
        return null;
    }

    /// <summary>Moves past <c>{n}</c>, <c>{n,}</c>, <c>{n,m}</c>; anything else is plain text.</summary>
    bool Counts(out int least, out int most)
    {
        (least, most) = (0, -1);
        var close = pattern[at..].IndexOf('}');
        if (close < 2) { at++; return false; }
        var inside = pattern[(at + 1)..(at + close)];
        var comma = inside.IndexOf(',');
        var first = comma < 0 ? inside : inside[..comma];
        if (!int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out least)) { at++; return false; }
        if (comma < 0) most = least;
        else if (comma + 1 < inside.Length && !int.TryParse(inside[(comma + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out most)) { at++; return false; }
        at += close + 1;
        return true;
    }

    string? Atom()
    {
        size++;
        var c = pattern[at];
        switch (c)
        {
            case '(': return Group();
            case '[': return Class();
            case '\\': return Escape(inClass: false);
            case '*' or '+' or '?': return "a repeat has nothing to repeat.";
            case '{': return Counts(out _, out _) ? "a repeat has nothing to repeat." : null;
            default: at++; return null;
        }
    }

    string? Group()
    {
        at++;
        if (Peek == '?')
        {
            var rest = pattern[(at + 1)..];
            if (rest.Length == 0) return "a group has no end.";
            if (rest[0] is '=' or '!') return "it looks ahead.";
            if (rest.StartsWith("<=") || rest.StartsWith("<!")) return "it looks behind.";
            if (rest[0] == '>') return "atomic groups are not offered.";
            if (rest[0] == 'P' && rest.Length > 1 && rest[1] is '=' or '>') return "it refers back to a group.";
            if (rest[0] is '<' or 'P')
            {
                var open = rest.IndexOf('<');
                var close = rest.IndexOf('>');
                if (open is < 0 or > 1 || close <= open + 1) return "a group's name cannot be read.";
                foreach (var part in rest[(open + 1)..close])
                    if (!char.IsAsciiLetterOrDigit(part) && part != '_') return "a group's name has other characters than letters, digits and _.";
                // The engine's RE2 knows (?P<name>…); the short form is younger.
                if (rest[0] == '<') return "write (?P<name>…) for a named group.";
                at += close + 2;
            }
            else
            {
                at++;
                var minus = false;
                while (at < pattern.Length && pattern[at] is 'i' or 's' or 'm' or 'U' or '-')
                {
                    if (pattern[at] == '-' && minus) return "its flags cannot be read.";
                    minus |= pattern[at] == '-';
                    at++;
                }
                if (Peek == ')')
                {
                    at++;
                    return null;
                }
                if (Peek != ':') return "a group begins with flags or signs that are not offered.";
                at++;
            }
        }
        if (Alternatives() is { } fault) return fault;
        if (Peek != ')') return "a bracket is not closed.";
        at++;
        return null;
    }

    string? Class()
    {
        at++;
        if (Peek == '^') at++;
        for (var first = true; ; first = false)
        {
            if (at >= pattern.Length) return "a [class] is not closed.";
            if (pattern[at] == ']' && !first) { at++; return null; }
            if (pattern[at..].StartsWith("[:"))
            {
                var close = pattern[at..].IndexOf(":]");
                if (close < 0) return "write \\[ for a bracket in a [class].";
                var name = pattern[(at + 2)..(at + close)].TrimStart('^');
                if (name is not ("alnum" or "alpha" or "ascii" or "blank" or "cntrl" or "digit" or "graph" or "lower" or "print" or "punct" or "space" or "upper" or "word" or "xdigit")) return "a [:class:] is unknown.";
                at += close + 2;
                continue;
            }
            if (Range() is { } fault) return fault;
        }
    }

    string? Range()
    {
        if (One(out var low) is { } fault) return fault;
        if (Peek != '-' || at + 1 >= pattern.Length || pattern[at + 1] == ']') return null;
        at++;
        if (pattern[at..].StartsWith("[:")) return "a range ends in a class.";
        if (One(out var high) is { } other) return other;
        return low < 0 || high < 0 ? "a range ends in a class." : high < low ? "a range stands the wrong way round." : null;
    }

    string? One(out int value)
    {
        value = -1;
        if (pattern[at] != '\\')
        {
            if (char.IsHighSurrogate(pattern[at]) && at + 1 < pattern.Length && char.IsLowSurrogate(pattern[at + 1])) { value = char.ConvertToUtf32(pattern[at], pattern[at + 1]); at += 2; }
            else value = pattern[at++];
            return null;
        }
        var start = at;
        if (Escape(inClass: true) is { } fault) return fault;
        var text = pattern[(start + 1)..at];
        value = text[0] switch
        {
            'd' or 'D' or 'w' or 'W' or 's' or 'S' or 'p' or 'P' => -1,
            'n' => '\n', 'r' => '\r', 't' => '\t', 'f' => '\f', 'v' => '\v', 'a' => '\a',
            'x' => int.Parse(text[1..].Trim("{}"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            _ => text[0],
        };
        return null;
    }

    string? Escape(bool inClass)
    {
        if (at + 1 >= pattern.Length) return "it ends in a backslash.";
        var c = pattern[at + 1];
        at += 2;
        switch (c)
        {
            case 'd' or 'D' or 'w' or 'W' or 's' or 'S' or 'n' or 'r' or 't' or 'f' or 'v' or 'a': return null;
            case 'b' or 'B' or 'A' or 'z': return inClass ? $"\\{c} has no meaning in a [class]." : null;
            case >= '1' and <= '9': return "it refers back to a group.";
            case 'p' or 'P': return Property();
            case 'x': return Hex();
        }
        return char.IsAsciiLetterOrDigit(c) ? $"\\{c} is unknown." : c >= 0x80 ? $"write {c} without a backslash." : null;
    }

    string? Hex()
    {
        var length = Peek == '{' ? pattern[at..].IndexOf('}') + 1 : 2;
        if (length < 1 || at + length > pattern.Length) return "\\x is followed by two digits or {…}.";
        if (!int.TryParse(pattern.Slice(at, length).Trim("{}"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || value > 0x10FFFF) return "\\x is followed by two digits or {…}.";
        at += length;
        return null;
    }

    string? Property()
    {
        var braces = Peek == '{';
        var close = braces ? pattern[at..].IndexOf('}') : 0;
        if (close < 0 || at >= pattern.Length) return "\\p is followed by a letter or {…}.";
        var name = braces ? pattern[(at + 1)..(at + close)] : pattern.Slice(at, 1);
        if (name.StartsWith("^")) name = name[1..];
        at += braces ? close + 1 : 1;
        return name is "L" or "Lu" or "Ll" or "Lt" or "Lm" or "Lo" or "M" or "Mn" or "Mc" or "Me" or "N" or "Nd" or "Nl" or "No" or "P" or "Pc" or "Pd" or "Ps" or "Pe" or "Pi" or "Pf" or "Po"
            or "S" or "Sm" or "Sc" or "Sk" or "So" or "Z" or "Zs" or "Zl" or "Zp" or "C" or "Cc" or "Cf" or "Co" or "Latin" or "Greek" or "Cyrillic" or "Han" or "Hiragana" or "Katakana" or "Arabic" or "Hebrew"
            ? null : "the class after \\p is unknown.";
    }
}
