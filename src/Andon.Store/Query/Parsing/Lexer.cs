using System.Globalization;
using System.Text;
using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Parsing;

/// <summary>Cuts query text into tokens. A bad character or open string is a finding; the rest is still read.</summary>
internal sealed class Lexer(string text, Faults faults)
{
    static readonly string[] Marks =
        ["<|", "<>", "=>", "==", "!=", "=~", "!~", "<=", ">=", "..", "|", "(", ")", "[", "]", "{", "}", ",", ";", ":", "=", "<", ">", "+", "-", "*", "/", "%", ".", "~"];

    static readonly string[] TypedWords = ["datetime", "date", "timespan", "time", "guid", "long", "int", "real", "double", "decimal", "bool", "boolean"];

    readonly List<Token> tokens = [];
    int at;

    public List<Token> Run()
    {
        while (true)
        {
            var glued = !SkipSpace() && tokens.Count > 0;
            if (at >= text.Length) break;
            var token = Next() with { Glued = glued };
            if (token.Kind != TokenKind.End) tokens.Add(token);
        }
        tokens.Add(new(TokenKind.End, text.Length, text.Length, "", null, false));
        return tokens;
    }

    bool SkipSpace()
    {
        var start = at;
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]) || text[at] is '\uFEFF' or '\u200B') at++;
            else if (text[at] == '/' && at + 1 < text.Length && text[at + 1] == '/')
                while (at < text.Length && text[at] != '\n') at++;
            else break;
        }
        return at > start;
    }

    Token Next()
    {
        var c = text[at];
        var start = at;
        if (c is '"' or '\'') return String(start, verbatim: false);
        if (c == '@' && Peek(1) is '"' or '\'') { at++; return String(start, verbatim: true); }
        if (c is 'h' or 'H' && Peek(1) is '"' or '\'') { at++; return String(start, verbatim: false); }
        if (c is 'h' or 'H' && Peek(1) == '@' && Peek(2) is '"' or '\'') { at += 2; return String(start, verbatim: true); }
        if (text.AsSpan(at).StartsWith("```", StringComparison.Ordinal)) return Fenced(start);
        if (c == '`') return BackTicked(start);
        if (Words.IsStart(c) || (c is '@' or '$' && Words.IsStart(Peek(1)))) return Word(start);
        if (char.IsAsciiDigit(c)) return Number(start);
        if (c == '!' && Words.IsStart(Peek(1)))
        {
            at++;
            while (at < text.Length && Words.IsPart(text[at])) at++;
            if (Peek(0) == '~') at++;
            return new(TokenKind.Word, start, at, text[start..at], null, false);
        }
        foreach (var mark in Marks)
        {
            if (!text.AsSpan(at).StartsWith(mark, StringComparison.Ordinal)) continue;
            at += mark.Length;
            // <> is the old word for !=.
            return new(TokenKind.Mark, start, at, mark == "<>" ? "!=" : mark, null, false);
        }
        faults.Add("KQL001", at, $"The character {Shown(c)} has no meaning here.", "Put text in quotes, or take the character out.");
        at++;
        return default;
    }

    static string Shown(char c) => char.IsControl(c) ? string.Create(CultureInfo.InvariantCulture, $"U+{(int)c:X4}") : $"`{c}`";

    char Peek(int ahead) => at + ahead < text.Length ? text[at + ahead] : '\0';

    Token Word(int start)
    {
        at++;
        while (at < text.Length && Words.IsPart(text[at])) at++;
        var word = text[start..at];
        if (word == "in" && Peek(0) == '~')
        {
            at++;
            return new(TokenKind.Word, start, at, "in~", null, false);
        }
        if (Array.IndexOf(TypedWords, word) >= 0 && TypedText() is { } inside) return new(TokenKind.Typed, start, at, word, inside, false);
        return new(TokenKind.Word, start, at, word, null, false);
    }

    /// <summary>The text between the brackets of <c>datetime(2026-03-02)</c>; null where it is a call or a declared type instead.</summary>
    string? TypedText()
    {
        var open = at;
        while (open < text.Length && text[open] is ' ' or '\t') open++;
        if (open >= text.Length || text[open] != '(') return null;
        var close = text.AsSpan(open + 1).IndexOfAny(")(\n");
        if (close < 0 || text[open + 1 + close] != ')') return null;
        at = open + close + 2;
        return text[(open + 1)..(at - 1)].Trim().Trim('"', '\'');
    }

    Token String(int start, bool verbatim)
    {
        var quote = text[at++];
        var value = new StringBuilder();
        while (at < text.Length && text[at] != '\n')
        {
            var c = text[at++];
            if (c == quote)
            {
                if (!verbatim || Peek(0) != quote) return new(TokenKind.String, start, at, value.ToString(), null, false);
                at++;
                value.Append(quote);
            }
            else if (c == '\\' && !verbatim) Escape(value);
            else value.Append(c);
        }
        faults.Add("KQL002", start, "This string has no closing quote.", $"End it with {quote} on the same line.");
        return new(TokenKind.String, start, at, value.ToString(), null, false);
    }

    void Escape(StringBuilder value)
    {
        if (at >= text.Length) return;
        var c = text[at++];
        switch (c)
        {
            case 'n': value.Append('\n'); break;
            case 'r': value.Append('\r'); break;
            case 't': value.Append('\t'); break;
            case 'a': value.Append('\a'); break;
            case 'b': value.Append('\b'); break;
            case 'f': value.Append('\f'); break;
            case 'v': value.Append('\v'); break;
            case '0': value.Append('\0'); break;
            case '\\' or '\'' or '"': value.Append(c); break;
            case 'u' when Hex(4) is { } unit: value.Append((char)unit); break;
            case 'x' when Hex(2) is { } unit: value.Append((char)unit); break;
            default:
                faults.Add("KQL002", at - 2, $"`\\{c}` is no escape in a string.", "Write `\\\\` for a backslash, or put @ before the quote.");
                value.Append('\\').Append(c);
                break;
        }
    }

    int? Hex(int digits)
    {
        if (at + digits > text.Length || !int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)) return null;
        at += digits;
        return unit;
    }

    Token Fenced(int start)
    {
        var close = text.IndexOf("```", at + 3, StringComparison.Ordinal);
        if (close < 0)
        {
            faults.Add("KQL002", start, "This string has no closing ```.", "End it with three back-ticks.");
            close = text.Length;
        }
        var value = text[(at + 3)..close];
        at = Math.Min(text.Length, close + 3);
        return new(TokenKind.String, start, at, value, null, false);
    }

    Token BackTicked(int start)
    {
        var close = text.AsSpan(at + 1).IndexOfAny('`', '\n');
        if (close <= 0 || text[at + 1 + close] != '`')
        {
            faults.Add("KQL002", start, "This name has no closing back-tick.", "Write `name`, or ['name'].");
            at = close < 0 ? text.Length : at + 1 + Math.Max(close, 0);
            return new(TokenKind.Quoted, start, at, text[(start + 1)..at], null, false);
        }
        at += close + 2;
        return new(TokenKind.Quoted, start, at, text[(start + 1)..(at - 1)], null, false);
    }

    Token Number(int start)
    {
        if (text[at] == '0' && Peek(1) is 'x' or 'X')
        {
            at += 2;
            while (at < text.Length && char.IsAsciiHexDigit(text[at])) at++;
            if (long.TryParse(text.AsSpan(start + 2, at - start - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
                return new(TokenKind.Long, start, at, text[start..at], hex, false);
            faults.Add("KQL001", start, "This is no number.", "Hexadecimal digits follow 0x, 16 at most.");
            return new(TokenKind.Long, start, at, text[start..at], 0L, false);
        }
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        var real = false;
        if (Peek(0) == '.' && char.IsAsciiDigit(Peek(1)))
        {
            real = true;
            at++;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        }
        if (Peek(0) is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)))))
        {
            real = true;
            at += 2;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        }
        var digits = text.AsSpan(start, at - start);
        var unit = at;
        while (unit < text.Length && char.IsAsciiLetter(text[unit])) unit++;
        if (unit > at)
        {
            var word = text[at..unit];
            var number = double.Parse(digits, CultureInfo.InvariantCulture);
            at = unit;
            if (Spans.Unit(word) is { } ms)
            {
                if (Spans.Milliseconds(number, ms) is { } span) return new(TokenKind.Span, start, at, text[start..at], span, false);
                faults.Add("KQL001", start, $"`{text[start..at]}` is no time span that can be kept.", "Spans are whole milliseconds, up to about 10,000 years.");
                return new(TokenKind.Span, start, at, text[start..at], 0L, false);
            }
            faults.Add("KQL001", start, $"`{text[start..at]}` is neither a number nor a time span.", "Units are d, h, m, s, ms; a name begins with a letter.");
            return new(TokenKind.Long, start, at, text[start..at], 0L, false);
        }
        if (!real && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)) return new(TokenKind.Long, start, at, text[start..at], whole, false);
        return new(TokenKind.Real, start, at, text[start..at], double.Parse(digits, CultureInfo.InvariantCulture), false);
    }
}
