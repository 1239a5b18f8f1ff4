using System.Globalization;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Functions;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>project a, b = expression</c>: these columns, in this order.</summary>
internal sealed record Project(int At, IReadOnlyList<Item> Items) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) => new Project(at, parser.ItemList("`project`"));

    public override void Print(Printer to) => to.Put("project ").Items(Items);

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var binder = new Binder(compiler, input) { MayLook = true };
        var windows = compiler.Windows;
        var columns = new List<Column>(Items.Count);
        foreach (var item in Items)
        {
            var value = binder.Bind(item.Value);
            var name = item.Name ?? NameOf(item.Value, columns.Count + 1);
            // A name that its author did not give makes way.
            if (item is { Name: null, Value: not Name }) name = Unused(name, n => columns.Any(c => c.Name == n));
            if (columns.Any(c => c.Name == name)) compiler.Faults.Add("KQL013", item.Value.At, $"Two columns are named `{name}`.", "Name one with `name = …`.");
            columns.Add(new(name, value));
        }
        if (input.Limit is not null && windows != compiler.Windows) return Apply(compiler.Close(input), compiler);
        return input.Lost ? input : input.With(columns, open: false);
    }

    /// <summary>The name of a column that its author did not name.</summary>
    public static string NameOf(Expr value, int number) => value switch
    {
        Name n => n.Text,
        Member m => m.Property,
        Ast.Index { By: Literal { Value: string property } } => property,
        Call { Function: "bin" or "floor" or "startofday" or "startofhour" or "startofweek" or "startofmonth" or "startofyear" or "tostring" or "tolower" or "toupper" or "todynamic" or "parse_json" or "tolong" or "toint" or "todouble" or "toreal" or "tobool" or "todatetime" or "totimespan", Arguments: [Name n, ..] } => n.Text,
        Call { Function: "percentile", Arguments: [Name n, var percent] } => $"percentile_{n.Text.Replace('.', '_')}_{percent}",
        Call c when AggregateTable.All.ContainsKey(c.Function) => $"{AggregateTable.Prefix(c.Function)}_{(c.Arguments is [Name n, ..] ? n.Text.Replace('.', '_') : "")}",
        _ => string.Create(CultureInfo.InvariantCulture, $"Column{number}"),
    };
}

/// <summary>Names of columns in which <c>*</c> stands for any characters.</summary>
internal static class Patterns
{
    public static List<string> Parse(Parser parser, string after)
    {
        var names = new List<string>();
        do names.Add(ParseOne(parser, after)); while (!parser.Panicking && parser.Accept(","));
        return names;
    }

    /// <summary>a*, *b, a*b: words and stars without space between.</summary>
    public static string ParseOne(Parser parser, string after)
    {
        var name = "";
        do
        {
            if (parser.Accept("*")) name += "*";
            else if (name.Length > 0 && parser.Accept(".")) name += ".";
            else if (parser.Peek.Kind == TokenKind.Word && !parser.Peek.Text.StartsWith('!')) name += parser.Next().Text;
            else name += parser.NameText($"a column after {after}");
        }
        while (!parser.Panicking && parser.Peek.Glued && (parser.Peek.Is("*") || parser.Peek.Is(".") || (name[^1] is '*' or '.' && parser.Peek.Kind is TokenKind.Word or TokenKind.Quoted)));
        return name;
    }

    public static void Print(Printer to, IReadOnlyList<string> names)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (i > 0) to.Put(", ");
            if (names[i].Contains('*', StringComparison.Ordinal)) to.Put(names[i]);
            else to.Name(names[i]);
        }
    }

    public static bool Matches(string pattern, string name)
    {
        var parts = pattern.Split('*');
        if (parts.Length == 1) return pattern == name;
        if (!name.StartsWith(parts[0], StringComparison.Ordinal) || !name.EndsWith(parts[^1], StringComparison.Ordinal) || name.Length < parts[0].Length + parts[^1].Length) return false;
        var at = parts[0].Length;
        foreach (var part in parts[1..^1])
        {
            var found = name.AsSpan(at, name.Length - parts[^1].Length - at).IndexOf(part);
            if (found < 0) return false;
            at += found + part.Length;
        }
        return true;
    }

    /// <summary>Columns that match, in the order of the patterns; a name that matches nothing is a finding.</summary>
    public static List<Column> Find(int at, IReadOnlyList<string> patterns, Shape input, Compiler compiler)
    {
        var found = new List<Column>();
        foreach (var pattern in patterns)
        {
            var some = input.Columns.Where(c => Matches(pattern, c.Name)).ToList();
            if (some.Count == 0 && input.FindTimeToo(pattern) is { } time) some.Add(time);
            if (some.Count == 0 && input.Foreign && !pattern.Contains('*', StringComparison.Ordinal)) some.Add(new(pattern, new Binder(compiler, input).Bind(new Name(at, pattern))));
            if (some.Count == 0 && !input.Lost && !pattern.Contains('*', StringComparison.Ordinal))
                compiler.Faults.Add("KQL010", at, $"There is no column `{pattern}` here.", Words.Nearest(pattern, input.Columns.Select(c => c.Name)) is { } near ? $"`{near}`?" : "See the columns of the step before.");
            found.AddRange(some.Except(found));
        }
        return found;
    }
}
