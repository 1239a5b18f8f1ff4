using Andon.Store.Query.Ast;
using Andon.Store.Query.Operators;

namespace Andon.Tests.Store.Query.Oracle;

/// <summary>Rows in memory; their order means something only when <see cref="Ordered"/>.</summary>
sealed record Rows(IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Items, bool Ordered = false)
{
    /// <summary>Columns that hold text, as far as it is known: where others have null they have ''.</summary>
    public IReadOnlySet<string> Texts { get; init; } = new HashSet<string>();

    public object? Nothing(string column) => Texts.Contains(column) ? "" : null;
}

/// <summary>Runs a syntax tree over rows in memory, step by step and as plainly as it can be said.</summary>
sealed partial class Evaluator(Func<string, Rows> tables, long nowMs)
{
    readonly Dictionary<string, Rows> lets = [];
    readonly Dictionary<string, object?> values = [];

    Scalar At(IReadOnlyList<string> columns, object?[] row, Window? window = null) => new(columns, row, nowMs) { Tables = Run, Values = values, Window = window };

    public Rows Run(Statement statement)
    {
        foreach (var let in statement.Lets)
        {
            if (let is LetTable table) lets[let.Name] = Run(table.Table);
            else values[let.Name] = At([], []).Of(((LetValue)let).Value);
        }
        return Run(statement.Body);
    }

    public Rows Run(Pipeline pipeline) => pipeline.Operators.Aggregate(Open(pipeline.Source), Step);

    Rows Open(Source source) => source switch
    {
        TableSource t => lets.TryGetValue(t.Name, out var let) ? let : tables(t.Name),
        Datatable d => Written(d),
        InnerSource i => Run(i.Inner),
        MaterializeSource m => Run(m.Inner),
        UnionSource u => United(u.Of, null),
        _ => throw new NotSupportedException(source.GetType().Name),
    };

    Rows Step(Rows input, Operator step)
    {
        Scalar Row(object?[] row) => At(input.Columns, row);
        switch (step)
        {
            case Where w: return input with { Items = [.. input.Items.Where(r => Row(r).Truth(w.Test) == true)] };
            case Count: return new(["Count"], [[(long)input.Items.Count]]);
            case Take t: return input with { Items = [.. input.Items.Take((int)(long)((Literal)t.Rows).Value!)] };
            case Sort s: return Sorted(input, s.Keys);
            case Top t: return Sorted(input, t.Keys) is var sorted ? sorted with { Items = [.. sorted.Items.Take((int)(long)((Literal)t.Rows).Value!)] } : input;
            case Distinct { Items: [{ Value: Star }] }: return input with { Items = [.. input.Items.DistinctBy(Key)], Ordered = false };
            case Distinct d: return new([.. d.Items.Select(NameOf)], [.. input.Items.Select(r => d.Items.Select(i => Row(r).Of(i.Value)).ToArray()).DistinctBy(Key)]);
            case Project p: return input with { Columns = [.. p.Items.Select(NameOf)], Items = [.. input.Items.Select(r => p.Items.Select(i => Row(r).Of(i.Value)).ToArray())] };
            case Extend e: return Extended(input, e.Items);
            case ProjectAway a: return Kept(input, [.. input.Columns.Where(c => !a.Names.Contains(c))]);
            case ProjectKeep k: return Kept(input, [.. input.Columns.Where(k.Names.Contains)]);
            case ProjectReorder o: return Kept(input, [.. o.Names.Select(n => n.Name), .. input.Columns.Where(c => o.Names.All(n => n.Name != c))]);
            case ProjectRename r: return input with { Columns = [.. input.Columns.Select(c => r.Names.FirstOrDefault(n => n.Old == c).New ?? c)] };
            case UnionStep u: return United(u.Of, input);
            case Join j: return Joined(input, Open(j.Right), j);
            case MvExpand m: return Expanded(input, m);
            case MvApply m: return Applied(input, m);
            case MakeSeries m: return Series(input, m);
            case ParseText p: return Parsed(input, p);
            case ParsePairs p: return Paired(input, p);
            case Evaluate e: return e.Call.Function == "pivot" ? Pivoted(input, e) : Unpacked(input, e);
            case Serialize s: return Extended(input with { Ordered = true }, s.Items);
            case Summarize s: return Grouped(input, s);
        }
        throw new NotSupportedException(step.GetType().Name);
    }

    static string NameOf(Item item) => item.Name ?? ((Name)item.Value).Text;
    static string Key(IEnumerable<object?> values) => string.Join('\u0001', values.Select(v => v is null ? "\u0002" : Value.Text(v is double d && d == 0 ? 0.0 : v)));

    Rows Extended(Rows input, IReadOnlyList<Item> items)
    {
        // A column of that name goes, and the new one stands at the end.
        var names = items.Select(NameOf).ToList();
        var kept = Enumerable.Range(0, input.Columns.Count).Where(i => !names.Contains(input.Columns[i])).ToList();
        var rows = new List<object?[]>();
        for (var i = 0; i < input.Items.Count; i++)
        {
            // All items see the row as it was before.
            var row = input.Items[i];
            var scalar = At(input.Columns, row, new(input, i, At));
            rows.Add([.. kept.Select(k => row[k]), .. items.Select(item => scalar.Of(item.Value))]);
        }
        return input with { Columns = [.. kept.Select(k => input.Columns[k]), .. names], Items = rows, Texts = input.Texts.Except(names).ToHashSet() };
    }

    static Rows Kept(Rows input, IReadOnlyList<string> columns)
    {
        var places = columns.Select(c => input.Columns.ToList().IndexOf(c)).ToArray();
        return input with { Columns = columns, Items = [.. input.Items.Select(r => places.Select(p => r[p]).ToArray())] };
    }

    Rows Sorted(Rows input, IReadOnlyList<SortKey> keys)
    {
        var rows = input.Items.Select(r => (Row: r, Keys: keys.Select(k => At(input.Columns, r).Of(k.Value)).ToArray())).ToList();
        rows.Sort((a, b) =>
        {
            for (var i = 0; i < keys.Count; i++)
            {
                var (x, y) = (a.Keys[i], b.Keys[i]);
                var order = (x, y) switch
                {
                    (null, null) => 0,
                    (null, _) => keys[i].NullsFirst ? -1 : 1,
                    (_, null) => keys[i].NullsFirst ? 1 : -1,
                    _ => keys[i].Ascending ? Value.Order(x, y) : Value.Order(y, x),
                };
                if (order != 0) return order;
            }
            return 0;
        });
        return input with { Items = [.. rows.Select(r => r.Row)], Ordered = true };
    }

    Rows Grouped(Rows input, Summarize s)
    {
        var groups = input.Items.Select(r => (Row: r, Keys: s.Keys.Select(k => At(input.Columns, r).Of(k.Value)).ToArray())).GroupBy(r => Key(r.Keys)).ToList();
        var made = groups.Select(g => (object?[])[.. g.First().Keys, .. s.Values.Select(v => Value(v.Value, [.. g.Select(r => r.Row)]))]).ToList();
        // Without keys there is one group, even of nothing.
        if (s.Keys.Count == 0 && made.Count == 0) made.Add([.. s.Values.Select(v => Value(v.Value, []))]);
        var texts = s.Keys.Concat(s.Values).Where(i => (i.Value is Name n ? n.Text : Named(i.Value)) is { } of && input.Texts.Contains(of)).Select(NameOf).ToHashSet();
        return Spread(new([.. s.Keys.Select(NameOf), .. s.Values.Select(NameOf)], made) { Texts = texts }, s);

        // The least of no texts is the empty one.
        static string? Named(Expr expr) => expr is Call { Function: "min" or "max", Arguments: [Name of] } ? of.Text : null;

        object? Value(Expr expr, List<object?[]> rows) => expr is Call { Function: "arg_max" or "arg_min" } extreme ? Extreme(input, extreme, rows) : Aggregates.Of((Call)expr, rows, (e, row) => At(input.Columns, row).Of(e)) ?? (Named(expr) is { } text ? input.Nothing(text) : null);
    }
}
