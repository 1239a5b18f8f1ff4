using System.Text.Json.Nodes;
using Andon.Store.Query.Ast;

namespace Andon.Tests.Store.Query.Oracle;

/// <summary>Aggregates by the manual: nulls do not count; of nothing, counts, sums and spreads are 0, lists are empty, a mean is 0 by 0 and the rest is null.</summary>
static class Aggregates
{
    public static object? Of(Call call, List<object?[]> rows, Func<Expr, object?[], object?> value)
    {
        var name = call.Function;
        if (name == "count") return (long)rows.Count;
        if (name == "countif") return (long)rows.Count(r => Value.Bool(value(call.Arguments[0], r)) == true);
        if (name.EndsWith("if", StringComparison.Ordinal) || name.EndsWith("_if", StringComparison.Ordinal))
        {
            rows = [.. rows.Where(r => Value.Bool(value(call.Arguments[1], r)) == true)];
            name = name.EndsWith("_if", StringComparison.Ordinal) ? name[..^3] : name[..^2];
        }
        var all = rows.Select(r => value(call.Arguments[0], r)).Where(v => v is not null).Select(v => v!).ToList();
        switch (name)
        {
            case "sum": return all.Count == 0 ? 0L : all[0] is long ? all.Aggregate(0L, (a, v) => unchecked(a + (long)v)) : all[0] is Span ? new Span(all.Sum(v => ((Span)v).Ms)) : all.Sum(Value.Number);
            case "avg": return all.Count == 0 ? double.NaN : all.Average(Value.Number);
            case "min": return all.Count == 0 ? null : all.Aggregate((a, b) => Value.Order(b, a) < 0 ? b : a);
            case "max": return all.Count == 0 ? null : all.Aggregate((a, b) => Value.Order(b, a) > 0 ? b : a);
            case "dcount" or "count_distinct": return (long)all.Select(Value.Text).Distinct().Count();
            case "make_set": return Set(all);
            case "make_list" when call.Arguments.Count == 2 && call.Function == "make_list": return new Dyn(new JsonArray([.. all.Take((int)(long)value(call.Arguments[1], [])!).Select(Json)]));
            case "make_list": return new Dyn(new JsonArray([.. all.Select(Json)]));
            case "percentile": return Percentile(all, Value.Number(value(call.Arguments[1], [])!));
            case "stdev": return Math.Sqrt(Spread(all, sample: true));
            case "stdevp": return Math.Sqrt(Spread(all, sample: false));
            case "variance": return Spread(all, sample: true);
            case "variancep": return Spread(all, sample: false);
            case "binary_all_or": return all.Count == 0 ? null : all.Aggregate(0L, (a, v) => a | (long)v);
            case "binary_all_and": return all.Count == 0 ? null : all.Aggregate(-1L, (a, v) => a & (long)v);
        }
        throw new NotSupportedException(name);
    }

    static JsonNode? Json(object value) => value is long n ? JsonValue.Create(n) : value is bool b ? JsonValue.Create(b) : value is double r ? JsonValue.Create(r) : value is Dyn d ? d.Json?.DeepClone() : JsonValue.Create(Value.Text(value));

    /// <summary>The set of lists is the set of their items; ours is sorted, so that it is one and the same each time.</summary>
    static Dyn Set(List<object> all)
    {
        var items = all.SelectMany(v => v is Dyn { List: { } list } ? list.Select(i => Calls.Plain(i)!) : [v]).DistinctBy(Value.Text).ToList();
        items.Sort(Value.Order);
        return new(new JsonArray([.. items.Select(Json)]));
    }

    // Nearest rank: the item at the ceiling of p·n.
    static object? Percentile(List<object> all, double percent)
    {
        if (all.Count == 0) return null;
        all.Sort(Value.Order);
        return all[Math.Max(1, (int)Math.Ceiling(percent / 100 * all.Count)) - 1];
    }

    static double Spread(List<object> all, bool sample)
    {
        if (all.Count < 2) return 0;
        var mean = all.Average(Value.Number);
        return all.Sum(v => Math.Pow(Value.Number(v) - mean, 2)) / (all.Count - (sample ? 1 : 0));
    }
}
