using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>One key of an order. Descending when not said otherwise; nulls first when ascending, last when descending.</summary>
internal sealed record SortKey(Expr Value, bool Ascending, bool NullsFirst)
{
    public static SortKey Parse(Parser parser)
    {
        var value = parser.Expression();
        var ascending = parser.AcceptWord("asc");
        if (!ascending) parser.AcceptWord("desc");
        var nullsFirst = ascending;
        if (parser.AcceptWord("nulls"))
        {
            nullsFirst = parser.AcceptWord("first");
            if (!nullsFirst && !parser.AcceptWord("last")) parser.Fail("KQL003", parser.Peek.At, "`first` or `last` is expected after `nulls`.", "nulls first, nulls last");
        }
        return new(value, ascending, nullsFirst);
    }

    public void Print(Printer to)
    {
        to.Add(Value).Put(Ascending ? " asc" : " desc");
        if (NullsFirst != Ascending) to.Put(NullsFirst ? " nulls first" : " nulls last");
    }

    public static void Print(Printer to, IReadOnlyList<SortKey> keys)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            if (i > 0) to.Put(", ");
            keys[i].Print(to);
        }
    }

    /// <summary>Keys in the engine's words; null when there is none.</summary>
    public static IReadOnlyList<OrderKey>? Order(IReadOnlyList<SortKey> keys, Shape shape, Compiler compiler)
    {
        var binder = new Binder(compiler, shape);
        var parts = new List<OrderKey>();
        foreach (var key in keys)
        {
            var bound = binder.Bind(key.Value);
            if (bound.Type.Kind == Kind.Unknown) continue;
            if (bound.Type.Kind == Kind.Bag) { compiler.Faults.Add("KQL013", key.Value.At, "A bag has no order.", "Sort by one of its fields."); continue; }
            // A constant orders nothing, and the engine would take a number for a column.
            if (bound.IsConstant) continue;
            // The table lies in order of hours: named first, the engine reads hour by hour and stops when it has enough.
            if (parts.Count == 0 && bound.Text == shape.Time && shape.From == Tables.EventTable) parts.Add(new($"toStartOfHour({bound.Text})", key.Ascending ? "ASC" : "DESC"));
            var text = bound.Type.Kind is Kind.Json or Kind.List ? compiler.Parameters.Text(binder.AsText(bound)) : bound.Text;
            parts.Add(new(text, $"{(key.Ascending ? "ASC" : "DESC")}{(bound.Nullable ? key.NullsFirst ? " NULLS FIRST" : " NULLS LAST" : "")}"));
        }
        return parts.Count == 0 ? null : parts;
    }
}

/// <summary><c>sort by a desc, b asc</c>.</summary>
internal sealed record Sort(int At, IReadOnlyList<SortKey> Keys) : Operator(At)
{
    public static Operator Parse(Parser parser, int at)
    {
        if (!parser.AcceptWord("by")) parser.Fail("KQL003", parser.Peek.At, $"`by` is expected after `sort`, not {parser.Peek.Shown}.", "sort by timestamp desc");
        var keys = new List<SortKey>();
        do keys.Add(SortKey.Parse(parser)); while (!parser.Panicking && parser.Accept(","));
        return new Sort(at, keys);
    }

    public override bool KeepsRows => true;

    public override void Print(Printer to)
    {
        to.Put("sort by ");
        SortKey.Print(to, Keys);
    }

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var shape = Free(input, compiler);
        var order = SortKey.Order(Keys, shape, compiler);
        if (shape.Lost) return shape;
        shape = shape.With(shape.Columns, serial: true);
        shape.Order = order;
        return shape;
    }
}
