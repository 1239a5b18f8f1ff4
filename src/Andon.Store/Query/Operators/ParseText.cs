using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Functions;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>A part of what parse looks for: text, a column, or <c>*</c> for anything.</summary>
internal sealed record ParsePart(int At, string? Text, string? Column, KType Type);

/// <summary>
/// <c>parse kind=… text with * 'user=' user:string ' port=' port:long *</c>. simple: everything must match, types too, or all columns are
/// empty; relaxed: a column that is not of its type is null by itself; regex: texts are patterns, greedy unless flags say U. parse-where
/// keeps the rows that match. The whole text is matched, so what may stand before and after is a <c>*</c>.
/// </summary>
internal sealed record ParseText(int At, bool Filter, string Kind, string Flags, Expr Of, IReadOnlyList<ParsePart> Parts) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) => Parse(parser, at, filter: false);
    public static Operator ParseWhere(Parser parser, int at) => Parse(parser, at, filter: true);

    static ParseText Parse(Parser parser, int at, bool filter)
    {
        var (kind, flags) = ("simple", "");
        foreach (var (name, value, place) in Options.Parse(parser))
        {
            if (name == "kind" && value is "simple" or "relaxed" or "regex") kind = value;
            else if (name == "flags" && value.All(c => c is 'U' or 'm' or 's' or 'i')) flags = value;
            else parser.Refuse("KQL032", place, $"`{name}={value}` is no setting of parse.", "kind=simple, relaxed or regex; with regex flags=Umsi.");
        }
        var of = parser.Expression();
        if (!parser.AcceptWord("with")) parser.Fail("KQL003", parser.Peek.At, $"`with` is expected, not {parser.Peek.Shown}.", "parse message with * 'user=' user ' ' *");
        var parts = new List<ParsePart>();
        while (!parser.Panicking && parser.Peek.Kind != TokenKind.End && !parser.Peek.Is("|") && !parser.Peek.Is(";") && !parser.Peek.Is(")") && !parser.Peek.Is("}"))
        {
            var token = parser.Peek;
            parser.Accept(",");
            if (parser.Accept("*")) parts.Add(new(token.At, null, null, KType.Unknown));
            else if (parser.Peek.Kind == TokenKind.String) parts.Add(new(token.At, parser.Next().Text, null, KType.Unknown));
            else
            {
                var name = parser.NameText("a string, a column or `*`");
                parts.Add(new(token.At, null, name, !parser.Panicking && parser.Accept(":") ? parser.TypeWord() : KType.String));
            }
        }
        if (parts.Count == 0) parser.Fail("KQL003", parser.Peek.At, "Nothing to look for stands after `with`.", "parse message with * 'user=' user ' ' *");
        return new(at, filter, kind, flags, of, parts);
    }

    public override void Print(Printer to)
    {
        to.Put(Filter ? "parse-where " : "parse ");
        if (Kind != "simple") to.Put("kind=").Put(Kind).Put(" ");
        if (Flags.Length > 0) to.Put("flags=").Put(Flags).Put(" ");
        to.Add(Of).Put(" with");
        foreach (var part in Parts)
        {
            to.Put(" ");
            if (part.Text is not null) to.Literal(KType.String, part.Text);
            else if (part.Column is null) to.Put("*");
            else
            {
                to.Name(part.Column);
                if (part.Type.Kind != Ast.Kind.String) to.Put(":").Put(part.Type.Name);
            }
        }
    }

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var shape = Free(input, compiler);
        var binder = new Binder(compiler, shape);
        var text = binder.Bind(Of);
        if (Parts.Count(p => p.Column is not null) > Limits.ParsedColumnsMax) compiler.Faults.Add("KQL006", At, $"More than {Limits.ParsedColumnsMax} columns (ParsedColumnsMax).", "Parse in two steps.");
        foreach (var twice in Parts.Where(p => p.Column is not null).GroupBy(p => p.Column).Where(g => g.Count() > 1)) compiler.Faults.Add("KQL013", twice.Last().At, $"Two columns are named `{twice.Key}`.", "Choose another name, or write `*`.");
        var pattern = Pattern(compiler.Faults);
        if (shape.Lost || text.Type.Kind == Ast.Kind.Unknown || pattern is null) return shape.Lost ? shape : Compiler.Lost();
        var place = compiler.Parameters.String(pattern.Value.Text);
        var hay = compiler.Parameters.Text(binder.AsText(text));
        // Groups are found once for each row; no match gives none, and no group is an empty text.
        var columns = Parts.Where(p => p.Column is not null).ToList();
        var closed = compiler.Close(shape, columns.Count == 0 ? [$"match({hay}, {place})"] : [$"extractGroups({hay}, {place})"], out var found);
        var values = columns.Select((c, i) => (c.Column!, Value: Typed(new Sql($"arrayElement({found[0]}, {pattern.Value.Groups[i]})", KType.String, false, 2), c.Type, new Binder(compiler, closed)))).ToList();
        var matched = columns.Count == 0 ? found[0] : $"notEmpty({found[0]})";
        var typed = Kind == "relaxed" ? [] : values.Where(v => v.Value.Nullable).Select(v => $"isNotNull({v.Value.Text})").ToList();
        if (typed.Count > 0)
        {
            // Strict: one column that is not of its type spoils them all.
            matched = $"({string.Join(" AND ", typed.Prepend(matched))})";
            values = [.. values.Select(v => (v.Item1, v.Value with { Text = $"if({matched}, {v.Value.Text}, {(v.Value.Type.IsText ? "''" : "NULL")})" }))];
        }
        var made = new List<Column>(closed.Columns);
        foreach (var (name, value) in values)
        {
            var at = made.FindIndex(c => c.Name == name);
            if (at >= 0) made[at] = new(name, value);
            else made.Add(new(name, value));
        }
        var shown = closed.With(made);
        if (Filter) shown.Tests.Add(new(matched, 2));
        return compiler.Close(shown);
    }

    static Sql Typed(Sql group, KType type, Binder binder) => type.Kind switch
    {
        Ast.Kind.Long => binder.AsLong(group),
        Ast.Kind.Real => binder.AsReal(group),
        Ast.Kind.Bool => binder.AsBool(group),
        Ast.Kind.DateTime => binder.AsTime(group),
        Ast.Kind.Json => group with { Type = KType.Json, Text = $"if(isValidJSON({group.Text}), {group.Text}, if({group.Text} = '', '', toJSONString({group.Text})))" },
        Ast.Kind.TimeSpan => binder.AsSpan(group),
        _ => group,
    };

    /// <summary>The whole as one pattern, and the number of each column's group.</summary>
    (string Text, IReadOnlyList<int> Groups)? Pattern(Faults faults)
    {
        var regex = Kind == "regex";
        var any = regex ? ".*" : ".*?";
        var pattern = new System.Text.StringBuilder(regex ? Flags.Length > 0 ? $"(?{Flags})^" : "^" : "(?s)^");
        var groups = new List<int>();
        var open = 0;
        foreach (var part in Parts)
        {
            if (part.Column is not null)
            {
                groups.Add(++open);
                var last = part == Parts[^1];
                pattern.Append(part.Type.Kind switch
                {
                    Ast.Kind.Long when Kind == "relaxed" => "(-?[0-9]+|.*?)",
                    Ast.Kind.Long => "(-?[0-9]+)",
                    Ast.Kind.Real when Kind != "relaxed" => @"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)",
                    _ => last && !regex ? "(.*)" : $"({any})",
                });
            }
            else if (part.Text is null) pattern.Append(any);
            else if (!regex) pattern.Append(Terms.Pattern(part.Text.Length == 0 ? " " : part.Text, fromEdge: false, toEdge: false), 0, part.Text.Length == 0 ? 0 : Terms.Pattern(part.Text, fromEdge: false, toEdge: false).Length);
            else if (Re2.Fault(part.Text) is { } fault)
            {
                faults.Add("KQL040", part.At, $"The pattern cannot be used: {fault}", "Patterns are RE2's: no look-around, no back-references; they never run away.");
                return null;
            }
            else
            {
                pattern.Append("(?:").Append(part.Text).Append(')');
                open += StringFunctions.Groups(part.Text);
            }
        }
        if (!regex || Parts[^1].Column is not null) pattern.Append('$');
        return (pattern.ToString(), groups);
    }
}
