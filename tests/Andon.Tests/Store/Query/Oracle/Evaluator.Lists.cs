using System.Text.Json.Nodes;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Operators;

namespace Andon.Tests.Store.Query.Oracle;

/// <summary>Lists taken apart, made of rows, and turned into columns.</summary>
sealed partial class Evaluator
{
    /// <summary>The items of one value: of a list its members, of a bag bags of one property; of none no row, of what is neither one.</summary>
    static List<JsonNode?> ItemsOf(object? value, bool pairs) => value switch
    {
        Dyn { Json: JsonArray list } => [.. list.Select(i => i?.DeepClone())],
        Dyn { Json: JsonObject bag } => [.. bag.Select(p => pairs ? (JsonNode)new JsonArray(JsonValue.Create(p.Key), p.Value?.DeepClone()) : new JsonObject { [p.Key] = p.Value?.DeepClone() })],
        Dyn scalar => [scalar.Json?.DeepClone()],
        _ => [null],
    };

    static object? As(JsonNode? item, KType? type)
    {
        var dynamic = item is null ? null : new Dyn(item);
        return type?.Kind switch
        {
            Kind.Long => Value.Long(dynamic),
            Kind.Real => Value.Real(dynamic),
            Kind.String => Value.Text(dynamic),
            Kind.Bool => Value.Bool(dynamic),
            Kind.DateTime => Value.Time(dynamic),
            _ => dynamic,
        };
    }

    Rows Expanded(Rows input, MvExpand expand) =>
        Put(input, expand, [.. input.Items.SelectMany(row => Apart(input, row, expand))]);

    List<object?[]> Apart(Rows input, object?[] row, MvExpand expand)
    {
        var lists = expand.Items.Select(i => ItemsOf(At(input.Columns, row).Of(i.Value), expand.Pairs)).ToList();
        var count = lists.Max(l => l.Count);
        if (expand.Limit is Literal { Value: long most }) count = (int)Math.Min(count, most);
        var made = new List<object?[]>();
        for (var n = 0; n < count; n++)
        {
            var one = new List<object?>(row);
            for (var i = 0; i < lists.Count; i++)
            {
                var item = As(n < lists[i].Count ? lists[i][n] : null, expand.Items[i].Type);
                var at = input.Columns.ToList().IndexOf(expand.Items[i].Column);
                if (at >= 0) one[at] = item;
                else one.Add(item);
            }
            if (expand.Index is not null) one.Add((long)n);
            made.Add([.. one]);
        }
        return made;
    }

    static Rows Put(Rows input, MvExpand expand, List<object?[]> rows)
    {
        var texts = input.Texts.Except(expand.Items.Select(i => i.Column)).Concat(expand.Items.Where(i => i.Type?.Kind == Kind.String).Select(i => i.Column)).ToHashSet();
        string[] index = expand.Index is null ? [] : [expand.Index];
        return input with { Columns = [.. input.Columns.Concat(expand.Items.Select(i => i.Column)).Distinct(), .. index], Items = rows, Texts = texts };
    }

    /// <summary>The inner steps over each row's items by themselves; what they give stands beside the columns of the row that they do not give.</summary>
    Rows Applied(Rows input, MvApply apply)
    {
        var expanded = apply.Expand.Items.Select(i => i.Column).ToHashSet();
        var kept = Enumerable.Range(0, input.Columns.Count).Where(i => !expanded.Contains(input.Columns[i])).ToList();
        Rows? made = null;
        var rows = new List<object?[]>();
        foreach (var row in input.Items.DefaultIfEmpty([.. input.Columns.Select(_ => (object?)null)]))
        {
            var inner = apply.Steps.Aggregate(Put(input, apply.Expand, Apart(input, row, apply.Expand)) with { Ordered = true }, Step);
            made ??= inner;
            var outer = kept.Where(k => !inner.Columns.Contains(input.Columns[k])).ToList();
            if (input.Items.Count > 0 && Apart(input, row, apply.Expand).Count > 0) rows.AddRange(inner.Items.Select(i => (object?[])[.. outer.Select(k => row[k]), .. i]));
        }
        return new([.. kept.Select(k => input.Columns[k]).Where(c => !made!.Columns.Contains(c)), .. made!.Columns], rows);
    }

    // Series --------------------------------------------------------------------------------------------------

    Rows Series(Rows input, MakeSeries make)
    {
        long Whole(object? value) => value switch { Instant i => i.Ms, Span s => s.Ms, _ => (long)value! };
        object? Constant(Expr expr) => At([], []).Of(expr);
        var axis = input.Columns.ToList().IndexOf(make.Axis);
        var step = Whole(Constant(make.Step));
        // Without a beginning the bins are those of bin(), which counts times from the year 1.
        var bin = input.Items.Select(r => r[axis]).Where(v => v is not null).Select(v => Whole(Calls.Bin(v, v is long ? step : new Span(step)))).ToList();
        List<string> columns = [.. make.Keys.Select(NameOf), .. make.Values.Select(v => v.Name!), make.Axis];
        if (bin.Count == 0) return new(columns, []);
        var first = make.From is null ? bin.Min() : Whole(Constant(make.From));
        if (make.Inclusive) first = Whole(Calls.Bin(Constant(make.From!), Constant(make.Step)));
        var end = make.To is null ? bin.Max() + 1 : Whole(Constant(make.To)) + (make.Inclusive ? 1 : 0);
        var points = new List<long>();
        for (var at = first; at < end; at += step) points.Add(at);
        var groups = input.Items.Where(r => r[axis] is not null && Whole(r[axis]) >= first && Whole(r[axis]) < points.DefaultIfEmpty(first - step).Last() + step)
            .GroupBy(r => Key(make.Keys.Select(k => At(input.Columns, r).Of(k.Value))));
        var time = input.Items.Any(r => r[axis] is Instant);
        return new(columns, [.. groups.Select(g => (object?[])
        [
            .. make.Keys.Select(k => At(input.Columns, g.First()).Of(k.Value)),
            .. make.Values.Select(v => (object?)new Dyn(new JsonArray([.. points.Select(p => Point(input, v, [.. g.Where(r => Whole(r[axis]) >= p && Whole(r[axis]) < p + step)]))]))),
            new Dyn(new JsonArray([.. points.Select(p => time ? JsonValue.Create(Value.Text(new Instant(p))) : (JsonNode)JsonValue.Create(p))])),
        ])]);
    }

    JsonNode? Point(Rows input, SeriesValue value, List<object?[]> rows)
    {
        var of = rows.Count == 0
            ? value.Default is null ? 0L : At([], []).Of(value.Default)
            : Aggregates.Of((Call)value.Value, rows, (e, row) => At(input.Columns, row).Of(e));
        return of switch { long n => JsonValue.Create(n), double d when double.IsFinite(d) => JsonValue.Create(d), _ => null };
    }

    // Columns out of rows -------------------------------------------------------------------------------------

    Rows Pivoted(Rows input, Evaluate evaluate)
    {
        var call = evaluate.Call;
        var pivot = ((Name)call.Arguments[0]).Text;
        var aggregate = (Call)call.Arguments[1];
        var keys = call.Arguments.Skip(2).Select(k => ((Name)k).Text).ToList();
        object? Of(object?[] row, string name) => At(input.Columns, row).Of(new Name(0, name));
        var labels = input.Items.Select(r => Value.Text(Of(r, pivot))).Distinct().Order(StringComparer.Ordinal).ToList();
        var counts = aggregate.Function is "count" or "countif" or "dcount" or "sum";
        var rows = input.Items.GroupBy(r => Key(keys.Select(k => Of(r, k)))).Select(g => (object?[])
        [
            .. keys.Select(k => Of(g.First(), k)),
            .. labels.Select(l => g.Where(r => Value.Text(Of(r, pivot)) == l).ToList() is { Count: > 0 } some
                ? Aggregates.Of(aggregate, some, (e, row) => At(input.Columns, row).Of(e)) : counts ? 0L : null),
        ]);
        return new([.. keys, .. labels.Select(l => l.Length == 0 ? "Column1" : l)], [.. rows]);
    }

    Rows Unpacked(Rows input, Evaluate evaluate)
    {
        var column = ((Name)evaluate.Call.Arguments[0]).Text;
        var at = input.Columns.ToList().IndexOf(column);
        var names = input.Items.Select(r => r[at]).OfType<Dyn>().Select(d => d.Json).OfType<JsonObject>().SelectMany(b => b.Select(p => p.Key)).Distinct().Order(StringComparer.Ordinal).ToList();
        var types = names.Select(n => TypeOf([.. input.Items.Select(r => ((r[at] as Dyn)?.Json as JsonObject)?[n]).OfType<JsonNode>()])).ToList();
        var rows = input.Items.Select(r => (object?[])[.. r.Where((_, i) => i != at), .. names.Select((n, i) => As(((r[at] as Dyn)?.Json as JsonObject)?[n]?.DeepClone(), types[i]))]);
        return new([.. input.Columns.Where(c => c != column), .. names], [.. rows]);
    }

    /// <summary>The type that all values of a property have; dynamic where they differ.</summary>
    static KType? TypeOf(List<JsonNode> values)
    {
        var kinds = values.Select(v => v.GetValueKind()).Select(k => k == System.Text.Json.JsonValueKind.False ? System.Text.Json.JsonValueKind.True : k).Distinct().ToList();
        return kinds switch
        {
            [System.Text.Json.JsonValueKind.String] => KType.String,
            [System.Text.Json.JsonValueKind.True] => KType.Bool,
            [System.Text.Json.JsonValueKind.Number] => values.All(v => v.AsValue().TryGetValue<long>(out _)) ? KType.Long : KType.Real,
            _ => null,
        };
    }

    // arg_max -------------------------------------------------------------------------------------------------

    /// <summary>The values of the one row, as a list that <see cref="Spread(Rows, Summarize)"/> turns into columns.</summary>
    object Extreme(Rows input, Call call, List<object?[]> rows)
    {
        object? Of(Expr expr, object?[] row) => At(input.Columns, row).Of(expr);
        object?[]? best = null;
        foreach (var row in rows)
            if (Of(call.Arguments[0], row) is { } value && (best is null || (call.Function == "arg_max" ? 1 : -1) * Value.Order(value, Of(call.Arguments[0], best)!) > 0)) best = row;
        // Where no row has the value, any row is the one.
        best ??= rows.FirstOrDefault();
        return call.Arguments.Select(a => best is null ? a is Name n ? input.Nothing(n.Text) : null : Of(a, best)).ToArray();
    }

    static Rows Spread(Rows rows, Summarize summarize)
    {
        if (!summarize.Values.Any(v => v.Value is Call { Function: "arg_max" or "arg_min" })) return rows;
        var columns = new List<string>();
        foreach (var name in summarize.Keys.Select(NameOf).Concat(summarize.Values.SelectMany(v => v.Value is Call { Function: "arg_max" or "arg_min" } c ? c.Arguments.Select((a, i) => i == 0 ? v.Name! : ((Name)a).Text) : [v.Name!]))) columns.Add(Unused(name, columns));
        return rows with { Columns = columns, Items = [.. rows.Items.Select(r => r.SelectMany(v => v is object?[] many ? many : [v]).ToArray())] };
    }
}
