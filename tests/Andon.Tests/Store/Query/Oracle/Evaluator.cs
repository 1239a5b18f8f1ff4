using Andon.Store.Query.Ast;
using Andon.Store.Query.Operators;

namespace Andon.Tests.Store.Query.Oracle;

/// <summary>Rows in memory; their order means something only when <see cref="Ordered"/>.</summary>
sealed record Rows(IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Items, bool Ordered = false);

/// <summary>Runs a syntax tree over rows in memory, step by step and as plainly as it can be said.</summary>
sealed class Evaluator(Func<string, Rows> tables, long nowMs)
{
    public Rows Run(Pipeline pipeline) => pipeline.Operators.Aggregate(Open(pipeline.Source), Step);

    Rows Open(Source source) => source switch
    {
        TableSource t => tables(t.Name),
        InnerSource i => Run(i.Inner),
        UnionSource u => Union([.. u.Of.Tables.Select(Open)]),
        _ => throw new NotSupportedException(source.GetType().Name),
    };

    Rows Step(Rows input, Operator step)
    {
        Scalar Row(object?[] row) => new(input.Columns, row, nowMs);
        switch (step)
        {
            case Where w: return input with { Items = [.. input.Items.Where(r => Row(r).Truth(w.Test) == true)] };
            case Count: return new(["Count"], [[(long)input.Items.Count]]);
            case Take t: return input with { Items = [.. input.Items.Take((int)(long)((Literal)t.Rows).Value!)] };
            case Sort s: return Sorted(input, s.Keys);
            case Top t: return Sorted(input, t.Keys) is var sorted ? sorted with { Items = [.. sorted.Items.Take((int)(long)((Literal)t.Rows).Value!)] } : input;
            case Distinct d: return new([.. d.Items.Select(NameOf)], [.. input.Items.Select(r => d.Items.Select(i => Row(r).Of(i.Value)).ToArray()).DistinctBy(Key)]);
            case Project p: return input with { Columns = [.. p.Items.Select(NameOf)], Items = [.. input.Items.Select(r => p.Items.Select(i => Row(r).Of(i.Value)).ToArray())] };
            case Extend e: return Extended(input, e.Items);
            case ProjectAway a: return Kept(input, [.. input.Columns.Where(c => !a.Names.Contains(c))]);
            case ProjectKeep k: return Kept(input, [.. input.Columns.Where(k.Names.Contains)]);
            case ProjectReorder o: return Kept(input, [.. o.Names, .. input.Columns.Where(c => !o.Names.Contains(c))]);
            case ProjectRename r: return input with { Columns = [.. input.Columns.Select(c => r.Names.FirstOrDefault(n => n.Old == c).New ?? c)] };
            case UnionStep u: return Union([input, .. u.Of.Tables.Select(Open)]);
            case Summarize s: return Grouped(input, s);
        }
        throw new NotSupportedException(step.GetType().Name);
    }

    static string NameOf(Item item) => item.Name ?? ((Name)item.Value).Text;
    static string Key(IEnumerable<object?> values) => string.Join('\u0001', values.Select(v => v is null ? "\u0002" : Value.Text(v is double d && d == 0 ? 0.0 : v)));

    Rows Extended(Rows input, IReadOnlyList<Item> items)
    {
        var columns = input.Columns.Concat(items.Select(NameOf)).Distinct().ToList();
        var rows = new List<object?[]>();
        foreach (var row in input.Items)
        {
            // All items see the row as it was before.
            var made = new object?[columns.Count];
            row.CopyTo(made, 0);
            foreach (var item in items) made[columns.IndexOf(NameOf(item))] = new Scalar(input.Columns, row, nowMs).Of(item.Value);
            rows.Add(made);
        }
        return input with { Columns = columns, Items = rows };
    }

    static Rows Kept(Rows input, IReadOnlyList<string> columns)
    {
        var places = columns.Select(c => input.Columns.ToList().IndexOf(c)).ToArray();
        return input with { Columns = columns, Items = [.. input.Items.Select(r => places.Select(p => r[p]).ToArray())] };
    }

    static Rows Union(IReadOnlyList<Rows> all)
    {
        if (all.Any(r => !r.Columns.SequenceEqual(all[0].Columns))) throw new NotSupportedException("A union of different columns.");
        return new(all[0].Columns, [.. all.SelectMany(r => r.Items)]);
    }

    Rows Sorted(Rows input, IReadOnlyList<SortKey> keys)
    {
        var rows = input.Items.Select(r => (Row: r, Keys: keys.Select(k => new Scalar(input.Columns, r, nowMs).Of(k.Value)).ToArray())).ToList();
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
        var groups = input.Items.Select(r => (Row: r, Keys: s.Keys.Select(k => new Scalar(input.Columns, r, nowMs).Of(k.Value)).ToArray())).GroupBy(r => Key(r.Keys)).ToList();
        var made = groups.Select(g => (object?[])[.. g.First().Keys, .. s.Values.Select(v => Value(v.Value, [.. g.Select(r => r.Row)]))]).ToList();
        // Without keys there is one group, even of nothing.
        if (s.Keys.Count == 0 && made.Count == 0) made.Add([.. s.Values.Select(v => Value(v.Value, []))]);
        return new([.. s.Keys.Select(NameOf), .. s.Values.Select(NameOf)], made);

        object? Value(Expr expr, List<object?[]> rows) => Aggregates.Of((Call)expr, rows, (e, row) => new Scalar(input.Columns, row, nowMs).Of(e));
    }
}
