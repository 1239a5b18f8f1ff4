using System.Collections.Frozen;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

internal sealed record Aggregate(string Name, int Min, int Max, string Signature, string Meaning, Func<Asked, Sql> Build);

/// <summary>
/// Aggregates. Nulls do not count. Over no rows and without `by`, counts, sums and spreads are 0, lists are empty, a mean is no number and the rest is null.
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
        new("make_list_with_nulls", 1, 1, "make_list_with_nulls(value) → dynamic", "All values, nulls too.", a => Asked.Make(JsonForms.List($"groupArray({Limits.SetItemsDefault})({JsonForms.Of(a.Binder, a.Of[0])})"), KType.Json)),
        new("makelist", 1, 2, "makelist(value, [limit]) → dynamic", "Like make_list, 128 values at most.", a => Items(a, "groupArray", 1, "", 128)),
        new("makeset", 1, 2, "makeset(value, [limit]) → dynamic", "Like make_set, 128 values at most.", a => Items(a, "groupUniqArray", 1, "", 128)),
        new("make_bag", 1, 2, "make_bag(dynamic, [limit]) → dynamic", "One bag of all properties; of the same name any one value.", a => Bag(a, 1, "")),
        new("make_bag_if", 2, 3, "make_bag_if(dynamic, test, [limit]) → dynamic", "The same of the rows for which the test holds.", a => Bag(a, 2, Test(a, 1))),
        new("make_dictionary", 1, 2, "make_dictionary(dynamic, [limit]) → dynamic", "Like make_bag.", a => Bag(a, 1, "")),
        new("make_list_if", 2, 3, "make_list_if(value, test, [limit]) → dynamic", "Those for which the test holds.", a => Items(a, "groupArray", 2, Test(a, 1))),
        new("percentile", 2, 2, "percentile(number, percent) → same", "Nearest-rank percentile; exact.", Percentile),
        new("percentilew", 3, 3, "percentilew(number, weight, percent) → same", "Percentile of values that stand for several each; exact.", Weighted),
        new("percentiles_array", 2, 64, "percentiles_array(number, percent, …) → dynamic", "Several percentiles as a list; exact.", PercentileList),
        new("count_distinctif", 2, 2, "count_distinctif(value, test) → long", "Number of different values for which the test holds; exact.", a => Asked.MakeLong($"uniqExactIf({a.T(0)}, {Test(a, 1)})")),
        new("take_anyif", 2, 2, "take_anyif(value, test) → same", "Any one for which the test holds.", a => Edge(a, "any", Test(a, 1))),
        new("anyif", 2, 2, "anyif(value, test) → same", "Like take_anyif.", a => Edge(a, "any", Test(a, 1))),
        new("binary_all_and", 1, 1, "binary_all_and(long) → long", "Bits that all have.", a => Bits(a, "groupBitAnd")),
        new("binary_all_or", 1, 1, "binary_all_or(long) → long", "Bits that any has.", a => Bits(a, "groupBitOr")),
        new("binary_all_xor", 1, 1, "binary_all_xor(long) → long", "Bits that an odd number has.", a => Bits(a, "groupBitXor")),
        new("stdevif", 2, 2, "stdevif(number, test) → real", "Sample standard deviation of those for which the test holds.", a => Spread(a, "stddevSampStable", Test(a, 1))),
        new("varianceif", 2, 2, "varianceif(number, test) → real", "Sample variance of those for which the test holds.", a => Spread(a, "varSampStable", Test(a, 1))),
        new("variancep", 1, 1, "variancep(number) → real", "Population variance.", a => Spread(a, "varPopStable")),
        new("stdev", 1, 1, "stdev(number) → real", "Sample standard deviation.", a => Spread(a, "stddevSampStable")),
        new("stdevp", 1, 1, "stdevp(number) → real", "Population standard deviation.", a => Spread(a, "stddevPopStable")),
        new("variance", 1, 1, "variance(number) → real", "Sample variance.", a => Spread(a, "varSampStable")),
    }.ToFrozenDictionary(f => f.Name);

    /// <summary>Beginning of the name of a column that its author did not name.</summary>
    public static string Prefix(string function) => function switch
    {
        "make_set" or "make_set_if" or "makeset" => "set",
        "make_list" or "make_list_if" or "make_list_with_nulls" or "makelist" => "list",
        "make_bag" or "make_bag_if" or "make_dictionary" => "bag",
        _ => function,
    };

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
        // Nothing by nothing is no number in Kusto, and not null.
        return Asked.Make($"ifNull({Call("avgOrNull", a.T(a.Number(0)), test)}, nan)", KType.Real);
    }

    static Sql Edge(Asked a, string function, string test)
    {
        var of = a.Of[0];
        if (of.Type.Kind is Kind.List or Kind.Bag) of = a.Binder.AsText(of);
        // Text has no null, so the empty one is the least; any one is taken of those that are not empty.
        if (of.Type.IsText && function != "any") return Asked.Make(Call(function, a.T(of), test), of.Type);
        if (of.Type.IsText) return Asked.Make($"ifNull({Call($"{function}OrNull", $"nullIf({a.T(of)}, '')", test)}, '')", of.Type);
        return Asked.Make(Call($"{function}OrNull", a.T(of), test), of.Type, nullable: true);
    }

    static Sql Items(Asked a, string function, int limitAt, string test, int limitDefault = Limits.SetItemsDefault)
    {
        var limit = a.Count > limitAt ? a.ConstantLong(limitAt, "The limit") ?? 1 : limitDefault;
        if (limit is < 1 or > Limits.SetItemsMax) return a.Fault(limitAt, "The limit cannot be kept.", $"1 to {Limits.SetItemsMax} (SetItemsMax).");
        var of = a.Of[0];
        if (of.Type.Kind is Kind.Json or Kind.List) return Dynamics(a, function, limit, test);
        if (of.Type.Kind is Kind.DateTime or Kind.TimeSpan or Kind.Ip or Kind.Bag or Kind.Loose)
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

    /// <summary>A set of lists is the set of their items, a list of lists keeps them; other dynamic values are items themselves.</summary>
    static Sql Dynamics(Asked a, string function, long limit, string test)
    {
        var of = a.Of[0];
        if (of.Type.Kind == Kind.List)
            return function == "groupUniqArray" ? Asked.Make($"arraySort({Call($"groupUniqArrayArray({limit})", a.T(of), test)})", of.Type)
                : Asked.Make(JsonForms.List(Call($"groupArray({limit})", JsonForms.Of(a.Binder, of), test)), KType.Json);
        var json = a.T(of);
        if (function == "groupArray") return Asked.Make(JsonForms.List(Call($"groupArray({limit})", $"if({json} IN ('', 'null'), NULL, {json})", test)), KType.Json);
        return Asked.Make(JsonForms.List($"arraySort({Call($"groupUniqArrayArray({limit})", $"multiIf({json} IN ('', 'null'), [], startsWith({json}, '['), JSONExtractArrayRaw({json}), [{json}])", test)})"), KType.Json);
    }

    static Sql Bag(Asked a, int limitAt, string test)
    {
        var limit = a.Count > limitAt ? a.ConstantLong(limitAt, "The limit") ?? 1 : Limits.SetItemsDefault;
        if (limit is < 1 or > Limits.SetItemsMax) return a.Fault(limitAt, "The limit cannot be kept.", $"1 to {Limits.SetItemsMax} (SetItemsMax).");
        if (a.Of[0].Type.Kind is not (Kind.Json or Kind.Loose or Kind.Bag)) return a.Fault(0, $"A {a.Of[0].Type.Name} has no properties.", "make_bag(bag_pack(name, value))");
        var pairs = a.Of[0].Type.Kind == Kind.Bag ? $"arrayMap((k, v) -> (toString(k), toJSONString(v)), mapKeys({a.T(0)}), mapValues({a.T(0)}))" : $"JSONExtractKeysAndValuesRaw({a.T(0)})";
        var all = Call("groupArrayArray", pairs, test);
        var first = $"arraySlice(arrayFilter((p, n) -> n = 1, {all}, arrayEnumerateUniq(arrayMap(p -> p.1, {all}))), 1, {limit})";
        return Asked.Make($"concat('{{', arrayStringConcat(arrayMap(p -> concat(toJSONString(p.1), ':', p.2), {first}), ','), '}}')", KType.Json);
    }

    static Sql Bits(Asked a, string function)
    {
        var number = a.Long(0);
        return Asked.Make($"if(count({a.T(number)}) = 0, NULL, toInt64({function}({a.T(number)})))", KType.Long, nullable: true);
    }

    static double Percent(Asked a, int i) => a.Of[i] switch
    {
        { IsConstant: true, Value: long n } => n,
        { IsConstant: true, Value: double d } => d,
        _ => double.NaN,
    };

    /// <summary>The least value at which the weights so far reach their part of the whole.</summary>
    static Sql Weighted(Asked a)
    {
        var percent = Percent(a, 2);
        if (!(percent is >= 0 and <= 100)) return a.Fault(2, "The percentage is a constant from 0 to 100.", "percentilew(x, weight, 95)");
        var (value, weight) = (a.Number(0), a.T(a.Long(1)));
        var v = a.T(value);
        var pairs = $"arraySort(p -> p.1, groupArrayIf((assumeNotNull({v}), assumeNotNull({weight})), isNotNull({v}) AND ifNull({weight}, 0) > 0))";
        var level = a.Binder.Parameters.Put("Float64", (percent / 100).ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        var sums = $"arrayCumSum(p -> p.2, {pairs})";
        return Asked.Make($"if(empty({pairs}), NULL, tupleElement(arrayElement({pairs}, greatest(1, arrayFirstIndex(s -> s >= {level} * arraySum(p -> p.2, {pairs}), {sums}))), 1))", value.Type, nullable: true);
    }

    static Sql PercentileList(Asked a)
    {
        var each = Enumerable.Range(1, a.Count - 1).Select(i => Percentile(a with { Of = [a.Of[0], a.Of[i]], Call = a.Call with { Arguments = [a.Call.Arguments[0], a.Call.Arguments[i]] } })).ToList();
        if (each.Any(p => p.Type.Kind == Kind.Unknown)) return Sql.Unknown;
        return Asked.Make(JsonForms.List($"[{string.Join(", ", each.Select(p => JsonForms.Of(a.Binder, p)))}]"), KType.Json);
    }

    static Sql Percentile(Asked a)
    {
        var percent = Percent(a, 1);
        if (!(percent is >= 0 and <= 100)) return a.Fault(1, "The percentage is a constant from 0 to 100.", "percentile(x, 95)");
        var of = a.Of[0].Type.Kind is Kind.TimeSpan or Kind.DateTime ? a.Of[0] : a.Number(0);
        var value = of.Type.Kind == Kind.DateTime ? SqlText.Ms(a.T(of)) : a.T(of);
        // Nearest rank: the item at ceil(p * n), from the sorted list; quantileExact takes floor, so it would answer one too high.
        var level = (percent / 100).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        var sorted = $"arraySort(groupArray({value}))";
        var text = $"if(count({value}) = 0, NULL, arrayElement({sorted}, greatest(1, toInt64(ceil({a.Binder.Parameters.Put("Float64", level)} * count({value}))))))";
        return Asked.Make(of.Type.Kind == Kind.DateTime ? SqlText.Instant(text) : text, of.Type, nullable: true);
    }

    static Sql Spread(Asked a, string function, string test = "")
    {
        // Of one value and of none, the sample spread is 0 in Kusto and not a number in the engine.
        var value = a.T(a.Binder.AsReal(a.Number(0)));
        var count = Call("count", value, test);
        return Asked.Make($"if({count} < 2, 0., ifNull({Call(function, value, test)}, 0.))", KType.Real);
    }
}
