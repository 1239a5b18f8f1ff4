using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>A column for each value of one column, holding an aggregate of the rows that have it. Counts and sums of no rows are 0, others null.</summary>
internal static class Pivot
{
    public static Shape Apply(Call call, Schema? schema, Shape shape, Compiler compiler)
    {
        if (call.Arguments.Count == 0 || call.Arguments.Any(a => a is Named))
        {
            compiler.Faults.Add("KQL012", call.At, "`pivot` takes a column, then an aggregate, then the columns to keep.", "evaluate pivot(event.outcome, count(), host.name)");
            return Compiler.Lost();
        }
        var aggregate = call.Arguments.Count > 1 ? call.Arguments[1] : new Call(call.At, "count", []);
        var pivot = call.Arguments[0];
        // Without names of columns to keep, all others are: but those of the aggregate.
        IReadOnlyList<Item> keys = call.Arguments.Count > 2
            ? [.. call.Arguments.Skip(2).Select(a => new Item(null, a))]
            : [.. shape.Columns.Where(c => c.Name != Project.NameOf(pivot, 0) && !Names(aggregate).Contains(c.Name)).Select(c => new Item(null, new Name(call.At, c.Name)))];
        var by = new Binder(compiler, shape).Bind(pivot);
        if (by.Type.Kind == Kind.Unknown) return Compiler.Lost();
        // Names that nobody can write.
        const string Value = "\0value";
        const string Label = "\0label";
        var text = new Call(pivot.At, "tostring", [pivot]);
        var grouped = Summarize.Group(shape, compiler, [new(Value, aggregate)], [.. keys, new(Label, text)], call.At);
        if (grouped.Lost || grouped.Find(Value) is not { } value || grouped.Find(Label) is not { } label) return Compiler.Lost();
        var kept = grouped.Columns.Take(keys.Count).ToList();
        IReadOnlyList<(string Name, KType Type)> wanted;
        if (schema is not null) wanted = [.. schema.Columns.Where(c => kept.All(k => k.Name != c.Name))];
        else if (Evaluate.Found(label.Sql.Text, grouped.From, grouped.Where, call, compiler) is { } names)
        {
            // Of a table that is not there, nobody knows what it would have.
            if (shape.Foreign) return Compiler.Foreign();
            wanted = [.. names.Select(n => (n, value.Sql.Type))];
        }
        else return Compiler.Lost();
        var list = new List<string>();
        var columns = new List<Column>();
        foreach (var key in kept)
        {
            var alias = compiler.Alias();
            list.Add($"{key.Sql.Text} AS {alias}");
            columns.Add(key with { Sql = key.Sql.As(alias) });
        }
        var counts = aggregate is Call { Function: "count" or "countif" or "dcount" or "dcountif" or "sum" or "sumif" or "count_distinct" };
        foreach (var (name, _) in wanted)
        {
            var alias = compiler.Alias();
            var cell = $"anyIf({(Sql.HasNull(value.Sql.Type) ? $"toNullable({value.Sql.Text})" : value.Sql.Text)}, {label.Sql.Text} = {compiler.Parameters.String(name)})";
            list.Add($"{(counts && value.Sql.Type.IsNumber ? $"ifNull({cell}, 0)" : cell)} AS {alias}");
            columns.Add(new(Operator.Unused(name.Length == 0 ? "Column1" : name, n => columns.Any(c => c.Name == n)), new Sql(alias, value.Sql.Type, Sql.HasNull(value.Sql.Type) && !counts, 1)));
        }
        if (list.Count == 0) list.Add("1");
        var group = kept.Count == 0 ? "" : $" GROUP BY {string.Join(", ", columns.Take(kept.Count).Select(c => c.Sql.Text))}";
        return new Shape { From = $"(SELECT {string.Join(", ", list)} FROM {grouped.From}{grouped.Where}{group})", Columns = columns };
    }

    /// <summary>Columns that an expression names.</summary>
    static HashSet<string> Names(Expr expr) => expr switch
    {
        Name n => [n.Text],
        Call c => [.. c.Arguments.SelectMany(Names)],
        Binary b => [.. Names(b.Left), .. Names(b.Right)],
        _ => [],
    };
}
