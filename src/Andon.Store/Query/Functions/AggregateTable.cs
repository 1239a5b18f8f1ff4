using System.Collections.Frozen;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

internal sealed record Aggregate(string Name, int Min, int Max, string Signature, string Meaning, Func<Asked, Sql> Build);

/// <summary>
/// Aggregates. Nulls do not count. Over no rows and without `by`, counts and sums are 0, lists are empty and the rest is null.
/// dcount and percentile are exact, not estimates. arg_max and arg_min stand in the summarize operator, since they make several columns.
/// </summary>
internal static class AggregateTable
{
    public static readonly FrozenDictionary<string, Aggregate> All = new Aggregate[]
    {
        new("count", 0, 1, "count() → long", "Number of rows.", _ => Asked.MakeLong("count()")),
        new("countif", 1, 1, "countif(test) → long", "Rows for which the test holds.", a => Asked.MakeLong($"countIf({Test(a, 0)})")),
        new("dcount", 1, 2, "dcount(value, [accuracy]) → long", "Number of different values; exact.", a => Asked.MakeLong($"uniqExact({a.T(0)})")),
        new("dcountif", 2, 3, "dcountif(value, test, [accuracy]) → long", "The same of the rows for which the test holds.", a => Asked.MakeLong($"uniqExactIf({a.T(0)}, {Test(a, 1)})")),
        new("count_distinct", 1, 1, "count_distinct(value) → long", "Number of different values; exact.", a => Asked.MakeLong($"uniqExact({a.T(0)})")),
        new("sum", 1, 1, "sum(number) → number", "Their sum.", a => Sum(a, "")),
        new("sumif", 2, 2, "sumif(number, test) → number", "Sum of those for which the test holds.", a => Sum(a, Test(a, 1))),
        new("avg", 1, 1, "avg(number) → real", "Their mean.", a => Mean(a, "")),
        new("avgif", 2, 2, "avgif(number, test) → real", "Mean of those for which the test holds.", a => Mean(a, Test(a, 1))),
        new("min", 1, 1, "min(value) → same", "The least.", a => Edge(a, "min", "")),
        new("minif", 2, 2, "minif(value, test) → same", "The least for which the test holds.", a => Edge(a, "min", Test(a, 1))),
        new("max", 1, 1, "max(value) → same", "The greatest.", a => Edge(a, "max", "")),
        new("maxif", 2, 2, "maxif(value, test) → same", "The greatest for which the test holds.", a => Edge(a, "max", Test(a, 1))),
        new("take_any", 1, 1, "take_any(value) → same", "Any one of them.", a => Edge(a, "any", "")),
        new("any", 1, 1, "any(value) → same", "Like take_any.", a => Edge(a, "any", "")),
        new("make_set", 1, 2, "make_set(value, [limit]) → dynamic", "The different values, sorted.", a => Items(a, "groupUniqArray", 1, "")),
        new("make_set_if", 2, 3, "make_set_if(value, test, [limit]) → dynamic", "Those for which the test holds.", a => Items(a, "groupUniqArray", 2, Test(a, 1))),
        new("make_list", 1, 2, "make_list(value, [limit]) → dynamic", "All values.", a => Items(a, "groupArray", 1, "")),
        new("make_list_if", 2, 3, "make_list_if(value, test, [limit]) → dynamic", "Those for which the test holds.", a => Items(a, "groupArray", 2, Test(a, 1))),
        new("percentile", 2, 2, "percentile(number, percent) → same", "Nearest-rank percentile; exact.", Percentile),
        new("stdev", 1, 1, "stdev(number) → real", "Sample standard deviation.", a => Spread(a, "stddevSamp")),
        new("stdevp", 1, 1, "stdevp(number) → real", "Population standard deviation.", a => Spread(a, "stddevPop")),
        new("variance", 1, 1, "variance(number) → real", "Sample variance.", a => Spread(a, "varSamp")),
    }.ToFrozenDictionary(f => f.Name);

    static string Test(Asked a, int i)
    {
        var test = a.Of[i];
        if (test.Type.Kind is Kind.Loose or Kind.Json) test = a.Binder.AsBool(test);
        if (test.Type.Kind != Kind.Bool) a.Fault(i, $"A condition is expected, not a {test.Type.Name}.", "Compare it with something.");
        return test.Nullable ? $"ifNull({a.T(test)}, false)" : a.T(test);
    }

    static string Call(string function, string arguments, string test) => test.Length == 0 ? $"{function}({arguments})"
        : function.EndsWith(')') && function.IndexOf('(', StringComparison.Ordinal) is var open and > 0 ? $"{function[..open]}If{function[open..]}({arguments}, {test})" // groupArray(10) is groupArrayIf(10).
        : $"{function}If({arguments}, {test})";

    static Sql Sum(Asked a, string test)
    {
        if (a.Of[0].Type.Kind == Kind.TimeSpan) return Asked.Make($"toInt64(ifNull({Call("sum", a.T(0), test)}, 0))", KType.TimeSpan);
        var number = a.Number(0);
        return number.Type.Kind == Kind.Long ? Asked.MakeLong($"ifNull({Call("sum", a.T(number), test)}, 0)") : Asked.Make($"ifNull({Call("sum", a.T(number), test)}, 0.)", KType.Real);
    }

    static Sql Mean(Asked a, string test)
    {
        if (a.Of[0].Type.Kind == Kind.TimeSpan) return Asked.Make($"accurateCastOrNull(trunc({Call("avgOrNull", a.T(0), test)}), 'Int64')", KType.TimeSpan, nullable: true);
        if (a.Of[0].Type.Kind == Kind.DateTime)
            return Asked.Make($"fromUnixTimestamp64Milli(accurateCastOrNull(trunc({Call("avgOrNull", SqlText.Ms(a.T(0)), test)}), 'Int64'), 'UTC')", KType.DateTime, nullable: true);
        return Asked.Make(Call("avgOrNull", a.T(a.Number(0)), test), KType.Real, nullable: true);
    }

    static Sql Edge(Asked a, string function, string test)
    {
        var of = a.Of[0];
        if (of.Type.Kind is Kind.List or Kind.Bag) of = a.Binder.AsText(of);
        // Missing text is no value, as null is none.
        if (of.Type.IsText) return Asked.Make($"ifNull({Call($"{function}OrNull", $"nullIf({a.T(of)}, '')", test)}, '')", of.Type);
        return Asked.Make(Call($"{function}OrNull", a.T(of), test), of.Type, nullable: true);
    }

    static Sql Items(Asked a, string function, int limitAt, string test)
    {
        var limit = a.Count > limitAt ? a.ConstantLong(limitAt, "The limit") ?? 1 : Limits.SetItemsDefault;
        if (limit is < 1 or > Limits.SetItemsMax) return a.Fault(limitAt, "The limit cannot be kept.", $"1 to {Limits.SetItemsMax} (SetItemsMax).");
        var of = a.Of[0];
        if (of.Type.Kind is Kind.DateTime or Kind.TimeSpan or Kind.Ip or Kind.List or Kind.Bag or Kind.Json or Kind.Loose) 
        {
            // As text a null would be an empty string, and count.
            var text = a.Binder.AsText(of);
            of = of.Nullable ? text with { Text = $"if(isNull({a.T(of)}), NULL, {a.T(text)})", IsConstant = false } : text;
        }
        var element = of.Type.Kind is Kind.Long or Kind.Real or Kind.Bool ? of.Type.Kind : Kind.String;
        // Limit and length are our own whole numbers, not the author's text.
        var items = Call($"{function}({limit})", a.T(of), test);
        return Asked.Make(function == "groupUniqArray" ? $"arraySort({items})" : items, KType.ListOf(element));
    }

    static Sql Percentile(Asked a)
    {
        var percent = a.Of[1] switch
        {
            { IsConstant: true, Value: long n } => n,
            { IsConstant: true, Value: double d } => d,
            _ => double.NaN,
        };
        if (!(percent is >= 0 and <= 100)) return a.Fault(1, "The percentage is a constant from 0 to 100.", "percentile(x, 95)");
        var of = a.Of[0].Type.Kind is Kind.TimeSpan or Kind.DateTime ? a.Of[0] : a.Number(0);
        var value = of.Type.Kind == Kind.DateTime ? SqlText.Ms(a.T(of)) : a.T(of);
        // Nearest rank: the item at ceil(p * n), from the sorted list; quantileExact takes floor, so it would answer one too high.
        var level = (percent / 100).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        var sorted = $"arraySort(groupArray({value}))";
        var text = $"if(count({value}) = 0, NULL, arrayElement({sorted}, greatest(1, toInt64(ceil({a.Binder.Parameters.Put("Float64", level)} * count({value}))))))";
        return Asked.Make(of.Type.Kind == Kind.DateTime ? SqlText.Instant(text) : text, of.Type, nullable: true);
    }

    static Sql Spread(Asked a, string function)
    {
        // Of one value, the sample spread is 0 in Kusto and not a number in the engine.
        var value = a.T(a.Binder.AsReal(a.Number(0)));
        return Asked.Make($"multiIf(count({value}) = 0, NULL, count({value}) = 1, 0., {function}({value}))", KType.Real, nullable: true);
    }
}
