using Andon.Model;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Functions;

namespace Andon.Store.Query.Parsing;

/// <summary>
/// The plain search box: words, "phrases", field:value, -not, AND, OR, brackets, * and networks. It becomes a query that is shown, so
/// that beginners learn it. A bare word asks the raw record, where an index serves it; words side by side must all be there.
/// </summary>
internal sealed class Box
{
    readonly string text;
    readonly Faults faults;
    int at;
    int depth;

    Box(string text, Faults faults) => (this.text, this.faults) = (text, faults);

    public static string ToKql(string text, Faults faults)
    {
        if (text.Length > Limits.BoxCharsMax)
        {
            faults.Add("KQL006", 0, $"The search is longer than {Limits.BoxCharsMax} characters (BoxCharsMax).", "Shorten it, or write a query.");
            return "Events";
        }
        // Whoever writes a query into the box means it.
        if (text.Contains('|', StringComparison.Ordinal) && text.TrimStart().Split('|', 2)[0].Trim() is var head && (Tables.All.ContainsKey(head) || head.StartsWith("let ", StringComparison.Ordinal))) return text.Trim();
        var test = new Box(text, faults).All();
        return test is null ? "Events" : $"Events | where {test}";
    }

    Expr? All()
    {
        Expr? all = null;
        while (true)
        {
            var next = Either();
            if (next is not null) all = Join("and", all, next);
            Space();
            if (at >= text.Length) return all;
            faults.Warn("KQL070", at, "This bracket closes nothing.", "Take it out, or put it in quotes.");
            at++;
        }
    }

    static Expr Join(string word, Expr? left, Expr right) => left is null ? right : new Binary(0, word, left, right);

    Expr? Either()
    {
        var left = Both();
        while (TakeWord("OR"))
        {
            var right = Both();
            if (right is null) faults.Warn("KQL070", at, "OR has nothing on its right.", "Add a word, or take OR out.");
            else left = left is null ? right : new Binary(0, "or", left, right);
        }
        return left;
    }

    Expr? Both()
    {
        Expr? all = null;
        while (true)
        {
            Space();
            if (at >= text.Length || text[at] == ')' || PeekWord("OR")) return all;
            if (TakeWord("AND")) continue;
            if (One() is { } next) all = Join("and", all, next);
        }
    }

    Expr? One()
    {
        var start = at;
        var not = TakeWord("NOT");
        Space();
        if (at < text.Length && text[at] is '-' or '!' && at + 1 < text.Length && !char.IsWhiteSpace(text[at + 1])) { not = true; at++; }
        if (at >= text.Length) return null;
        Expr? one;
        if (text[at] == '(' && depth < Limits.DepthMax)
        {
            at++;
            depth++;
            one = Either();
            depth--;
            Space();
            if (at < text.Length && text[at] == ')') at++;
            else faults.Warn("KQL070", start, "This bracket is not closed.", "It was taken to close at the end.");
        }
        else one = Term();
        return one is null || !not ? one : new Call(0, "not", [one]);
    }

    Expr? Term()
    {
        var start = at;
        if (text[at] != '"')
        {
            // field:value, unless what follows says it is a URL or a Windows drive.
            var end = at;
            while (end < text.Length && (Words.IsPart(text[end]) || text[end] is '.' or '@' or '-')) end++;
            if (end > at && end < text.Length && text[end] == ':' && end + 1 < text.Length && text[end + 1] is not ('/' or '\\') && !char.IsWhiteSpace(text[end + 1]) && Words.IsStart(text[at] == '@' ? 'a' : text[at]))
            {
                var field = text[at..end];
                at = end + 1;
                return Field(field, start);
            }
        }
        var (value, quoted) = Value();
        if (value.Length == 0) return null;
        return Test("event.original", value, quoted, whole: false, start);
    }

    Expr? Field(string field, int start)
    {
        var op = Take(">=") ?? Take("<=") ?? Take(">") ?? Take("<");
        var (value, quoted) = Value();
        var name = Tables.TimeNames.Contains(field) ? "timestamp" : field;
        if (op is not null)
        {
            Expr right = new Literal(0, KType.String, value);
            if (name == "timestamp" && Spans.ReadInstant(value) is { } ms) right = new Literal(0, KType.DateTime, ms);
            else if (long.TryParse(value, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var n)) right = new Literal(0, KType.Long, n);
            else faults.Warn("KQL070", start, $"`{op}` wants a number.", $"{field}:{op}100");
            return new Binary(0, op, new Name(0, name), right);
        }
        if (value == "*" && !quoted) return new Call(0, "isnotempty", [new Name(0, name)]);
        if (value.Length == 0) return new Call(0, "isempty", [new Name(0, name)]);
        if (!quoted && value.Contains('/', StringComparison.Ordinal) && AddressFunctions.Range(value) is not null)
            return new Call(0, value.Contains(':', StringComparison.Ordinal) ? "ipv6_is_in_range" : "ipv4_is_in_range", [new Name(0, name), new Literal(0, KType.String, value)]);
        return Test(name, value, quoted, whole: true, start);
    }

    /// <summary>A value against a field: exact without case, or with * as prefix, suffix, part; numbers against number fields.</summary>
    Expr Test(string name, string value, bool quoted, bool whole, int start)
    {
        var left = new Name(0, name);
        var field = Ecs.Field(name);
        if (whole && field is { Type: FieldType.Long } && long.TryParse(value, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number))
            return new Binary(0, "==", left, new Literal(0, KType.Long, number));
        Expr Text(string op, string of) => new Binary(0, op, left, new Literal(0, KType.String, of));
        if (!quoted && value.Contains('*', StringComparison.Ordinal))
        {
            var inner = value.Trim('*');
            if (inner.Length == 0) return new Call(0, "isnotempty", [left]);
            if (inner.Contains('*', StringComparison.Ordinal))
            {
                var edges = (Start: value[0] == '*' || !whole ? "" : "^", End: value[^1] == '*' || !whole ? "" : "$");
                var pattern = string.Join(".*", inner.Split('*').Select(p => Terms.Pattern(p.Length == 0 ? " " : p, fromEdge: false, toEdge: false)));
                return new Binary(0, "matches regex", left, new Literal(0, KType.String, $"(?is){edges.Start}{pattern}{edges.End}"));
            }
            return (value[0] == '*', value[^1] == '*') switch
            {
                (true, true) => Text("contains", inner),
                (true, false) => Text(whole ? "endswith" : "hassuffix", inner),
                _ => Text(whole ? "startswith" : "hasprefix", inner),
            };
        }
        // Long texts are asked for terms, short ones for the whole value.
        var op = !whole || field is { Type: FieldType.Text } ? value.Any(Terms.IsPart) ? "has" : "contains" : "=~";
        return Text(op, value);
    }

    (string Value, bool Quoted) Value()
    {
        if (at < text.Length && text[at] == '"')
        {
            var open = at++;
            var close = text.IndexOf('"', at);
            if (close < 0)
            {
                faults.Warn("KQL070", open, "This quote is not closed.", "It was taken to close at the end.");
                close = text.Length;
            }
            var inside = text[at..close];
            at = Math.Min(close + 1, text.Length);
            return (inside, true);
        }
        var start = at;
        while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not (')' or '"') && !(text[at] == '(' && at == start)) at++;
        if (at == start && at < text.Length && text[at] == '(') at++;
        return (text[start..at], false);
    }

    void Space()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }

    string? Take(string mark)
    {
        if (!text.AsSpan(at).StartsWith(mark, StringComparison.Ordinal)) return null;
        at += mark.Length;
        return mark;
    }

    bool PeekWord(string word)
    {
        Space();
        return text.AsSpan(at).StartsWith(word, StringComparison.Ordinal) && (at + word.Length == text.Length || char.IsWhiteSpace(text[at + word.Length]) || text[at + word.Length] == '(');
    }

    bool TakeWord(string word)
    {
        if (!PeekWord(word)) return false;
        at += word.Length;
        return true;
    }
}
