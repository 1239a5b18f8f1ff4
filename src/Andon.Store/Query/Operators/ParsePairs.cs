using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Functions;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>
/// <c>parse-kv text as (user:string, port:long) with (pair_delimiter=' ', kv_delimiter='=', quote='"')</c>: columns from pairs of key and
/// value. Without delimiters every sign that is no letter or digit parts them. Of a key that comes twice the first counts.
/// </summary>
internal sealed record ParsePairs(int At, Expr Of, Schema Keys, string? Pair, string? Between, string? Quote, string? Escape, bool Greedy, string? Regex) : Operator(At)
{
    public static Operator Parse(Parser parser, int at)
    {
        var of = parser.Expression();
        if (!parser.AcceptWord("as")) parser.Fail("KQL003", parser.Peek.At, $"`as` is expected, not {parser.Peek.Shown}.", "parse-kv message as (user:string) with (pair_delimiter=' ', kv_delimiter='=')");
        var keys = parser.Panicking ? new Schema(false, []) : parser.Columns();
        string? pair = null, between = null, quote = null, escape = null, regex = null;
        var greedy = false;
        if (!parser.Panicking && parser.AcceptWord("with"))
        {
            parser.Expect("(", "after `with`");
            while (!parser.Panicking && !parser.Peek.Is(")"))
            {
                var name = parser.Next();
                parser.Expect("=", "after the setting's name");
                var value = parser.Next();
                switch (name.Text)
                {
                    case "pair_delimiter" when value.Kind == TokenKind.String && value.Text.Length > 0: pair = value.Text; break;
                    case "kv_delimiter" when value.Kind == TokenKind.String && value.Text.Length > 0: between = value.Text; break;
                    case "quote" when value.Kind == TokenKind.String && value.Text.Length is 1 or 2: quote = value.Text; break;
                    case "escape" when value.Kind == TokenKind.String && value.Text.Length == 1: escape = value.Text; break;
                    case "greedy": greedy = value.Text == "true"; break;
                    case "regex" when value.Kind == TokenKind.String: regex = value.Text; break;
                    default: parser.Refuse("KQL032", name.At, $"`{name.Text}` is no setting of parse-kv, or its value cannot be used.", "pair_delimiter, kv_delimiter, quote, escape, greedy or regex; a quote is one character or two."); break;
                }
                if (!parser.Accept(",")) break;
            }
            parser.Expect(")", "after the settings");
        }
        return new ParsePairs(at, of, keys, pair, between, quote, escape, greedy, regex);
    }

    public override void Print(Printer to)
    {
        to.Put("parse-kv ").Add(Of).Put(" as ");
        Keys.Print(to);
        var settings = new List<string>();
        void Say(string name, string? value) { if (value is not null) settings.Add($"{name}='{Printer.Escaped(value)}'"); }
        Say("pair_delimiter", Pair);
        Say("kv_delimiter", Between);
        Say("quote", Quote);
        Say("escape", Escape);
        if (Greedy) settings.Add("greedy=true");
        Say("regex", Regex);
        if (settings.Count > 0) to.Put(" with (").Put(string.Join(", ", settings)).Put(")");
    }

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var shape = Free(input, compiler);
        var binder = new Binder(compiler, shape);
        var text = binder.Bind(Of);
        if (Keys.Columns.Count > Limits.ParsedColumnsMax) compiler.Faults.Add("KQL006", At, $"More than {Limits.ParsedColumnsMax} columns (ParsedColumnsMax).", "Parse in two steps.");
        if (Regex is not null && (Re2.Fault(Regex) ?? (StringFunctions.Groups(Regex) == 2 ? null : "it has not two groups, key and value.")) is { } fault)
        {
            compiler.Faults.Add("KQL040", At, $"The pattern cannot be used: {fault}", "Patterns are RE2's: no look-around, no back-references; they never run away.");
            return Compiler.Lost();
        }
        if (shape.Lost || text.Type.Kind == Kind.Unknown || Keys.Columns.Count == 0) return shape.Lost ? shape : Compiler.Lost();
        var hay = compiler.Parameters.Text(binder.AsText(text));
        var parts = Regex is not null
            ? [$"extractAllGroupsVertical({hay}, {compiler.Parameters.String(Regex)})"]
            : Keys.Columns.Select(k => $"extractGroups({hay}, {compiler.Parameters.String(Pattern(k.Name))})").ToList();
        var closed = compiler.Close(shape, parts, out var found);
        var made = new List<Column>(closed.Columns);
        var inside = new Binder(compiler, closed);
        for (var i = 0; i < Keys.Columns.Count; i++)
        {
            var (name, type) = Keys.Columns[i];
            var value = Regex is not null ? $"arrayFirst(x -> x[1] = {compiler.Parameters.String(name)}, {found[0]})[2]" : $"concat(arrayElement({found[i]}, 1), arrayElement({found[i]}, 2))";
            value = $"trimBoth({value})";
            if (Quote is not null && Escape is not null) value = $"replaceAll({value}, {compiler.Parameters.String(Escape + Quote[^1])}, {compiler.Parameters.String(Quote[^1..])})";
            var sql = new Sql(value, KType.String, false, 3);
            sql = type.Kind switch { Kind.Long => inside.AsLong(sql), Kind.Real => inside.AsReal(sql), Kind.Bool => inside.AsBool(sql), Kind.DateTime => inside.AsTime(sql), Kind.TimeSpan => inside.AsSpan(sql), _ => sql };
            var at = made.FindIndex(c => c.Name == name);
            if (at >= 0) made[at] = new(name, sql);
            else made.Add(new(name, sql));
        }
        return compiler.Close(closed.With(made));
    }

    /// <summary>The pattern of one key's pair; its two groups are the value in quotes and the value without.</summary>
    string Pattern(string key)
    {
        static string Plain(string text) => Terms.Pattern(text, fromEdge: false, toEdge: false);
        var pair = Pair is null ? @"[^0-9A-Za-z_]" : Plain(Pair);
        // Where every sign parts pairs, the quote does not: it begins the value.
        var between = Between is null ? Quote is null ? @"[^0-9A-Za-z_]+" : $@"[^0-9A-Za-z_\x{(int)Quote[0]:x2}]+" : @$"\s*{Plain(Between)}\s*";
        var name = Plain(key);
        if (Quote is not null) name = $"(?:{name}|{Plain(Quote[..1])}{name}{Plain(Quote[^1..])})";
        var begin = Pair is null ? $"(?:^|{pair})" : @$"(?:^|{pair})\s*";
        var others = string.Join('|', Keys.Columns.Select(k => Plain(k.Name)));
        var end = Greedy ? @$"(?:{pair}\s*(?:{others}){between}|$)" : $"(?:{pair}|$)";
        var bare = Between is null && Pair is null ? "([0-9A-Za-z_]+)" : "(.*?)";
        if (Quote is null) return $"(?s){begin}{name}{between}{bare}{end}";
        var (first, last) = (Plain(Quote[..1]), Plain(Quote[^1..]));
        var inside = Escape is null ? $"(?:[^{last}])*?" : $"(?:{Plain(Escape)}.|[^{last}{Plain(Escape)}])*";
        return $"(?s){begin}{name}{between}(?:{first}({inside}){last}|{bare}){end}";
    }
}
