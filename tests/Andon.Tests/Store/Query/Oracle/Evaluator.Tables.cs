using Andon.Store.Query.Ast;
using Andon.Store.Query.Operators;

namespace Andon.Tests.Store.Query.Oracle;

/// <summary>Tables written out, put side by side and put one under the other.</summary>
sealed partial class Evaluator
{
    Rows Written(Datatable table)
    {
        var columns = table.Schema.Columns;
        var rows = table.Values.Select((v, i) => Typed(At([], []).Of(v), columns[i % columns.Count].Type.Kind)).Chunk(columns.Count).ToList();
        return new([.. columns.Select(c => c.Name)], rows, Ordered: true) { Texts = columns.Where(c => c.Type.Kind == Kind.String).Select(c => c.Name).ToHashSet() };
    }

    static object? Typed(object? value, Kind kind) => (kind, value) switch
    {
        (Kind.Real, long n) => (double)n,
        (Kind.Json, Dyn { Json: null }) => null,
        _ => value,
    };

    static string Unused(string wanted, ICollection<string> taken)
    {
        if (!taken.Contains(wanted)) return wanted;
        for (var n = 1; ; n++)
            if (!taken.Contains($"{wanted}{n}")) return $"{wanted}{n}";
    }

    // Side by side --------------------------------------------------------------------------------------------

    Rows Joined(Rows left, Rows right, Join join)
    {
        var (l, r) = (join.Keys.Select(k => left.Columns.ToList().IndexOf(k.Left)).ToArray(), join.Keys.Select(k => right.Columns.ToList().IndexOf(k.Right)).ToArray());
        // A null equals nothing, not even another.
        bool Same(object?[] a, object?[] b) => l.Zip(r).All(p => a[p.First] is { } x && b[p.Second] is { } y && Value.Order(x, y) == 0);
        var (inLeft, inRight) = (right.Items.ToLookup(b => left.Items.Any(a => Same(a, b))), left.Items.ToLookup(a => right.Items.Any(b => Same(a, b))));
        switch (join.Kind)
        {
            case "leftsemi": return left with { Items = [.. inRight[true]], Ordered = false };
            case "leftanti" or "anti" or "leftantisemi": return left with { Items = [.. inRight[false]], Ordered = false };
            case "rightsemi": return right with { Items = [.. inLeft[true]], Ordered = false };
            case "rightanti" or "rightantisemi": return right with { Items = [.. inLeft[false]], Ordered = false };
        }
        var lefts = join.Kind == "innerunique" ? left.Items.DistinctBy(a => Key(l.Select(i => a[i]))) : left.Items;
        var pairs = lefts.SelectMany(a => right.Items.Where(b => Same(a, b)).Select(b => (Left: a, Right: b))).ToList();
        if (join.Kind is "leftouter" or "fullouter") pairs.AddRange(inRight[false].Select(a => (a, right.Columns.Select(right.Nothing).ToArray())));
        if (join.Kind is "rightouter" or "fullouter") pairs.AddRange(inLeft[false].Select(b => (left.Columns.Select(left.Nothing).ToArray(), b)));
        var columns = left.Columns.ToList();
        var texts = left.Texts.ToHashSet();
        var places = new List<int>();
        for (var i = 0; i < right.Columns.Count; i++)
        {
            if (join.Lookup && r.Contains(i)) continue;
            places.Add(i);
            columns.Add(Unused(right.Columns[i], columns));
            if (right.Texts.Contains(right.Columns[i])) texts.Add(columns[^1]);
        }
        return new(columns, [.. pairs.Select(p => (object?[])[.. p.Left, .. places.Select(i => p.Right[i])])]) { Texts = texts };
    }

    // One under the other -------------------------------------------------------------------------------------

    Rows United(UnionTables of, Rows? before)
    {
        var tables = new List<(string Name, Rows Rows)>();
        if (before is not null) tables.Add(("union_arg0", before));
        foreach (var table in of.Tables) tables.Add((table is TableSource t ? t.Name : $"union_arg{tables.Count}", Open(table)));
        var columns = tables.SelectMany(t => t.Rows.Columns).Distinct().Where(c => !of.Inner || tables.All(t => t.Rows.Columns.Contains(c))).ToList();
        var texts = columns.Where(c => tables.Any(t => t.Rows.Texts.Contains(c))).ToHashSet();
        var rows = new List<object?[]>();
        foreach (var (name, table) in tables)
        {
            var places = columns.Select(c => table.Columns.ToList().IndexOf(c)).ToArray();
            foreach (var row in table.Items)
            {
                var made = places.Select((p, i) => p >= 0 ? row[p] : texts.Contains(columns[i]) ? "" : null);
                rows.Add(of.Source is null ? [.. made] : [name, .. made]);
            }
        }
        return new(of.Source is null ? columns : [of.Source, .. columns], rows) { Texts = of.Source is null ? texts : [.. texts, of.Source] };
    }
}
