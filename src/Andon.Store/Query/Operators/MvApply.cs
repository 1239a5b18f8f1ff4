using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>
/// <c>mv-apply x = list on (where x.a == 1 | summarize …)</c>: takes a list apart and runs a query over the items of each row by itself. What
/// comes out stands beside the columns of the row. A row without items, or whose items all go, is gone.
/// </summary>
internal sealed record MvApply(int At, MvExpand Expand, IReadOnlyList<Operator> Steps) : Operator(At)
{
    public static Operator Parse(Parser parser, int at)
    {
        string? index = null;
        if (parser.Peek.IsWord("with_itemindex") && parser.PeekAt(1).Is("="))
        {
            parser.Next();
            parser.Next();
            index = parser.NameText("a name for the item's number");
        }
        var items = new List<Expanded>();
        do items.Add(Expanded.Parse(parser)); while (!parser.Panicking && parser.Accept(","));
        var limit = !parser.Panicking && parser.AcceptWord("limit") ? parser.Expression() : null;
        if (!parser.AcceptWord("on")) parser.Fail("KQL003", parser.Peek.At, $"`on` is expected, not {parser.Peek.Shown}.", "mv-apply x = list on (where x == 1)");
        parser.Expect("(", "after `on`");
        if (parser.Panicking || !parser.Deeper()) return new BadOperator(at);
        var steps = parser.Steps();
        parser.Shallower();
        parser.Expect(")", "after the inner query");
        return new MvApply(at, new(at, false, index, items, limit), steps);
    }

    public override void Print(Printer to)
    {
        to.Put("mv-apply ");
        if (Expand.Index is not null) to.Put("with_itemindex=").Name(Expand.Index).Put(" ");
        Expanded.Print(to, Expand.Items);
        if (Expand.Limit is not null) to.Put(" limit ").Add(Expand.Limit);
        to.Put(" on (");
        for (var i = 0; i < Steps.Count; i++)
        {
            if (i > 0) to.Put(" | ");
            Steps[i].Print(to);
        }
        to.Put(")");
    }

    public override Shape Apply(Shape input, Compiler compiler)
    {
        if (input.Lost) return input;
        // Each outer row gets a number, by which its items stay together.
        var rows = compiler.Close(input, ["row_number() OVER ()"], out var row);
        var replaced = Expand.Items.Select(i => i.Column).ToHashSet();
        var outer = rows.Columns.Where(c => !replaced.Contains(c.Name)).ToList();
        if (rows.Each is { } around) outer.AddRange(around.Outer.Select(c => c with { Name = Hidden + c.Name }).Prepend(new(Hidden, new Sql(around.Row, KType.Long, false, 1))));
        var numbered = new Shape { From = rows.From, Columns = rows.Columns, Open = rows.Open, Bag = rows.Bag, Order = rows.Order, Serial = rows.Serial, Foreign = rows.Foreign, Each = new(row[0], outer) };
        if (Expand.Expand(numbered, compiler, new Binder(compiler, numbered)) is not { } shape) return Compiler.Lost();
        if (Steps.SkipWhile(s => s is not Where).Any(s => s is Summarize { Keys.Count: 0 } or Count)) compiler.Faults.Note("KQL084", At, "A row of which no item passes the `where` is gone; in Kusto it would be counted as 0.", "Use countif(test) instead of where and count, to keep it.");
        foreach (var step in Steps)
        {
            var windows = compiler.Windows;
            shape = step.Apply(shape, compiler);
            if (windows != compiler.Windows || shape.Limit is not null) shape = compiler.Close(shape);
        }
        if (shape.Lost || shape.Each is not { } each) return Compiler.Lost();
        var columns = new List<Column>(each.Outer.Where(o => o.Name[0] != Hidden[0] && shape.Find(o.Name) is null));
        columns.AddRange(shape.Columns);
        // Within another mv-apply, what belongs to that goes on.
        var hidden = each.Outer.Where(o => o.Name[0] == Hidden[0]).ToList();
        var whole = hidden.Count == 0 ? null : new Each(hidden[0].Sql.Text, [.. hidden.Skip(1).Select(c => c with { Name = c.Name[1..] })]);
        return new Shape { From = shape.From, Columns = [.. Sorted(columns, input)], Open = shape.Open, Bag = shape.Bag, Each = whole, Foreign = shape.Foreign, Copied = shape.Tests };
    }

    /// <summary>Begins the names of columns that nobody may name.</summary>
    const string Hidden = "\0";

    /// <summary>Columns of the row in their old places, new ones after them.</summary>
    static IEnumerable<Column> Sorted(List<Column> columns, Shape input) =>
        columns.OrderBy(c => input.Columns.FindIndex(i => i.Name == c.Name) is var at and >= 0 ? at : int.MaxValue);
}
