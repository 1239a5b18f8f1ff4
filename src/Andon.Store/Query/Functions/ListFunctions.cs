using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

/// <summary>Lists, and lists as sets. What is no list gives null. Sets keep the order in which their items first came.</summary>
internal static class ListFunctions
{
    const int ItemsMax = 1_048_576;

    public static readonly Function[] All =
    [
        new("array_length", 1, 1, "array_length(dynamic) → long", "Number of items; null where it is no list.", Length),
        new("array_index_of", 2, 3, "array_index_of(list, value, [start]) → long", "Place of the first such item, -1 without one.", IndexOf),
        new("array_concat", 1, 64, "array_concat(list, …) → dynamic", "All their items.", a => Lists.Read(a, Every(a)) is { } l ? l.Made($"arrayConcat({string.Join(", ", l.Of)})") : Sql.Unknown),
        new("array_slice", 3, 3, "array_slice(list, first, last) → dynamic", "Items from place to place, both included; negative places count from the end.", Slice),
        new("array_split", 2, 2, "array_split(list, place or places) → dynamic", "The list cut at places.", Split),
        new("array_sum", 1, 1, "array_sum(list) → real", "Sum of its numbers; null where it is no list of numbers.", Sum),
        new("array_sort_asc", 1, 1, "array_sort_asc(list) → dynamic", "Items in ascending order.", a => Sorted(a, "arraySort")),
        new("array_sort_desc", 1, 1, "array_sort_desc(list) → dynamic", "Items in descending order.", a => Sorted(a, "arrayReverseSort")),
        new("array_reverse", 1, 1, "array_reverse(list) → dynamic", "Items backwards.", a => Lists.Read(a, 0) is { } l ? l.Made($"arrayReverse({l.Of[0]})") : Sql.Unknown),
        new("array_rotate_left", 2, 2, "array_rotate_left(list, places) → dynamic", "Items moved to the left, coming back at the end.", a => Rotate(a, "arrayRotateLeft")),
        new("array_rotate_right", 2, 2, "array_rotate_right(list, places) → dynamic", "Items moved to the right, coming back at the start.", a => Rotate(a, "arrayRotateRight")),
        new("array_shift_left", 2, 3, "array_shift_left(list, places, [fill]) → dynamic", "Items moved to the left; null or a value takes their place.", a => Shift(a, "arrayShiftLeft")),
        new("array_shift_right", 2, 3, "array_shift_right(list, places, [fill]) → dynamic", "Items moved to the right; null or a value takes their place.", a => Shift(a, "arrayShiftRight")),
        new("array_iff", 3, 3, "array_iff(tests, then, else) → dynamic", "Item by item, one of two.", Iff),
        new("array_iif", 3, 3, "array_iif(tests, then, else) → dynamic", "Like array_iff.", Iff),
        new("zip", 2, 16, "zip(list, list, …) → dynamic", "Lists of the items that stand at the same place.", Zip),
        new("repeat", 2, 2, "repeat(value, times) → dynamic", "A list of one value, so many times.", Repeat),
        new("range", 2, 3, "range(first, last, [step]) → dynamic", "Numbers, or instants, from first to last.", Range),
        new("pack_array", 0, 64, "pack_array(any, …) → dynamic", "A list of the values.", Pack),
        new("strcat_array", 2, 2, "strcat_array(list, delimiter) → string", "The items joined.", Join),
        new("set_has_element", 2, 2, "set_has_element(list, value) → bool", "Is the value one of the items?", Has),
        new("set_union", 2, 64, "set_union(list, list, …) → dynamic", "The different items of all.", a => Lists.Read(a, Every(a)) is { } l ? l.Made($"arrayDistinct(arrayConcat({string.Join(", ", l.Of)}))") : Sql.Unknown),
        new("set_intersect", 2, 64, "set_intersect(list, list, …) → dynamic", "The different items that all have.", a => Sift(a, " AND ", "")),
        new("set_difference", 2, 64, "set_difference(list, list, …) → dynamic", "The different items of the first that no other has.", a => Sift(a, " AND ", "NOT ")),
        new("set_equals", 2, 2, "set_equals(list, list) → bool", "Have both the same different items?", a => Lists.Read(a, 0, 1) is { } l ? l.Told($"(hasAll({l.Of[0]}, {l.Of[1]}) AND hasAll({l.Of[1]}, {l.Of[0]}))", KType.Bool) : Sql.Unknown),
        new("jaccard_index", 2, 2, "jaccard_index(list, list) → real", "Number of common items by number of all.", a => Lists.Read(a, 0, 1) is { } l ? l.Told($"(length(arrayIntersect({l.Of[0]}, {l.Of[1]})) / length(arrayDistinct(arrayConcat({l.Of[0]}, {l.Of[1]}))))", KType.Real) : Sql.Unknown),
    ];

    static int[] Every(Asked a) => [.. Enumerable.Range(0, a.Count)];

    static Sql Length(Asked a) => a.Of[0].Type.Kind switch
    {
        Kind.List => Asked.MakeLong($"length({a.T(0)})", cost: 2),
        Kind.Json or Kind.Loose => Asked.Make($"if(startsWith({a.T(0)}, '['), toInt64(JSONLength({a.T(0)})), NULL)", KType.Long, nullable: true, cost: 6),
        _ => a.Fault(0, $"A {a.Of[0].Type.Name} has no items.", "See split() and parse_json()."),
    };

    static Sql IndexOf(Asked a)
    {
        if (Lists.Read(a, 0) is not { } list) return Sql.Unknown;
        // What cannot be an item stands nowhere.
        if (!list.Takes(a.Of[1])) return Sql.Long(-1);
        var start = a.Count == 3 ? a.ConstantLong(2, "The start") ?? 0 : 0;
        if (start == 0) return list.Told($"(toInt64(indexOf({list.Of[0]}, {list.Value(a.Of[1])})) - 1)", KType.Long);
        var from = a.Binder.Parameters.Long(start);
        return list.Told($"(toInt64(arrayFirstIndex((x, n) -> x = {list.Value(a.Of[1])} AND toInt64(n) > {from} + if({from} < 0, toInt64(length({list.Of[0]})), 0), {list.Of[0]}, arrayEnumerate({list.Of[0]}))) - 1)", KType.Long);
    }

    static Sql Slice(Asked a)
    {
        if (Lists.Read(a, 0) is not { } list) return Sql.Unknown;
        var (first, last, length) = (a.T(a.Long(1)), a.T(a.Long(2)), $"toInt64(length({list.Of[0]}))");
        string From(string place) => $"if({place} < 0, {length} + {place}, {place})";
        return list.Made($"arraySlice({list.Of[0]}, ifNull(greatest({From(first)}, 0), 0) + 1, ifNull(greatest({From(last)} - greatest({From(first)}, 0) + 1, 0), 0))");
    }

    static Sql Split(Asked a)
    {
        if (Lists.Read(a, 0) is null) return Sql.Unknown;
        var places = a.Of[1] switch
        {
            { IsConstant: true, Value: long n } => [n],
            { IsConstant: true, Value: long[] many } => many,
            _ => null,
        };
        if (places is null) return a.Binder.Fault("KQL014", a.At(1), "The places of `array_split` are constants.", "array_split(list, 2)");
        var items = JsonForms.Items(a.Binder, a.Of[0]);
        string At(long place) => place < 0 ? $"greatest(toInt64(length({items})) + {a.Binder.Parameters.Long(place)}, 0)" : a.Binder.Parameters.Long(place);
        var pieces = new List<string>();
        for (var i = 0; i <= places.Length; i++)
        {
            var from = i == 0 ? "0" : At(places[i - 1]);
            pieces.Add(JsonForms.List(i == places.Length ? $"arraySlice({items}, {from} + 1)" : $"arraySlice({items}, {from} + 1, greatest({At(places[i])} - {from}, 0))"));
        }
        return Asked.Make(JsonForms.List($"[{string.Join(", ", pieces)}]"), KType.Json, cost: 6);
    }

    static Sql Sum(Asked a)
    {
        if (a.Of[0].Type.Kind == Kind.List)
            return a.Of[0].Type.Of is Kind.Long or Kind.Real ? Asked.Make($"toFloat64(arraySum({a.T(0)}))", KType.Real, cost: 3) : Asked.Make($"if(empty({a.T(0)}), 0., NULL)", KType.Real, nullable: true);
        if (Lists.Read(a, 0) is not { } list) return Sql.Unknown;
        return list.Told($"if(arrayAll(x -> isNotNull(toFloat64OrNull(x)), {list.Of[0]}), arraySum(x -> ifNull(toFloat64OrNull(x), 0.), {list.Of[0]}), NULL)", KType.Real, nullable: true);
    }

    static Sql Sorted(Asked a, string function)
    {
        if (Lists.Read(a, 0) is not { } list) return Sql.Unknown;
        if (list.Element is not null) return list.Made($"{function}({list.Of[0]})");
        // Numbers by value, texts by their characters, nulls last either way.
        var nulls = function == "arraySort" ? "x = 'null'" : "x != 'null'";
        return list.Made($"{function}(x -> ({nulls}, isNull(toFloat64OrNull(x)), ifNull(toFloat64OrNull(x), 0.), {SqlText.JsonText("x")}), {list.Of[0]})");
    }

    static Sql Rotate(Asked a, string function) =>
        Lists.Read(a, 0) is { } list && a.ConstantLong(1, "The number of places") is { } by ? list.Made($"{function}({list.Of[0]}, {(int)Math.Clamp(by, -ItemsMax, ItemsMax)})") : Sql.Unknown;

    static Sql Shift(Asked a, string function)
    {
        if (Lists.Read(a, 0) is not { } || a.ConstantLong(1, "The number of places") is not { } by) return Sql.Unknown;
        var items = JsonForms.Items(a.Binder, a.Of[0]);
        var fill = a.Count == 3 ? JsonForms.Of(a.Binder, a.Of[2]) : "'null'";
        return Asked.Make(JsonForms.List($"{function}({items}, {(int)Math.Clamp(by, -ItemsMax, ItemsMax)}, {fill})"), KType.Json, cost: 6);
    }

    static Sql Iff(Asked a)
    {
        if (Lists.Read(a, 0) is not { }) return Sql.Unknown;
        string Side(int i)
        {
            if (a.Of[i].Type.Kind is not (Kind.List or Kind.Json or Kind.Loose)) return JsonForms.Of(a.Binder, a.Of[i]);
            var items = JsonForms.Items(a.Binder, a.Of[i]);
            var item = $"if(n <= length({items}), arrayElement({items}, n), 'null')";
            return JsonForms.IsList(a.Binder, a.Of[i]) is { } guard ? $"if({guard}, {item}, {JsonForms.Of(a.Binder, a.Of[i])})" : item;
        }
        var tests = JsonForms.Items(a.Binder, a.Of[0]);
        return Asked.Make(JsonForms.List($"arrayMap((t, n) -> multiIf(t IN ('true', '1'), {Side(1)}, t = 'null', 'null', {Side(2)}), {tests}, arrayEnumerate({tests}))"), KType.Json, cost: 6);
    }

    static Sql Zip(Asked a)
    {
        if (Lists.Read(a, Every(a)) is null) return Sql.Unknown;
        var lists = a.Of.Select(of => JsonForms.Items(a.Binder, of)).ToList();
        var longest = $"arrayMax([{string.Join(", ", lists.Select(l => $"length({l})"))}])";
        var row = JsonForms.List($"[{string.Join(", ", lists.Select(l => $"if(n < length({l}), arrayElement({l}, n + 1), 'null')"))}]");
        return Asked.Make(JsonForms.List($"arrayMap(n -> {row}, range({longest}))"), KType.Json, cost: 6);
    }

    static Sql Repeat(Asked a)
    {
        var times = a.T(a.Long(1));
        return Asked.Make(JsonForms.List($"arrayMap(n -> {JsonForms.Of(a.Binder, a.Of[0])}, range(toUInt64(least(greatest(ifNull({times}, 0), 0), 1024))))"), KType.Json, cost: 4);
    }

    static Sql Range(Asked a)
    {
        var time = a.Of[0].Type.Kind == Kind.DateTime;
        var step = a.Count == 3 ? a.Of[2] : time ? Sql.Constant(KType.TimeSpan, 3_600_000L) : Sql.Long(1);
        if (step is not { IsConstant: true, Value: long by } || by == 0) return a.Binder.Fault("KQL014", a.Count == 3 ? a.At(2) : a.Call.At, "The step of `range` is a constant and not nothing.", "range(1, 10, 2)");
        if (a.Of[0].Type.Kind is not (Kind.Long or Kind.DateTime or Kind.TimeSpan) || a.Of[1].Type != a.Of[0].Type) return a.Fault(0, "`range` goes between whole numbers, instants or spans.", "range(1, 10), range(ago(7d), now(), 1d)");
        var (first, last) = time ? (SqlText.Ms(a.T(0)), SqlText.Ms(a.T(1))) : (a.T(0), a.T(1));
        var p = a.Binder.Parameters.Long(by);
        var numbers = $"arrayMap(n -> {first} + toInt64(n) * {p}, range(toUInt64(least(greatest(ifNull(intDiv({last} - {first}, {p}) + 1, 0), 0), {ItemsMax}))))";
        if (a.Of[0].Type.Kind == Kind.Long) return Asked.Make($"arrayMap(x -> assumeNotNull(x), {numbers})", KType.ListOf(Kind.Long), cost: 3);
        return Asked.Make(JsonForms.List($"arrayMap(x -> {JsonForms.Of(a.Binder, new Sql(time ? SqlText.Instant("x") : "x", a.Of[0].Type, false, 0))}, {numbers})"), KType.Json, cost: 3);
    }

    static Sql Pack(Asked a)
    {
        if (a.Count == 0) return Sql.Constant(KType.ListOf(Kind.String), Array.Empty<string>());
        var type = a.Of[0].Type;
        // Values of one type without nulls are a list of that type; anything else is JSON.
        if (a.Of.All(v => v.Type.Kind is Kind.String or Kind.Loose)) return Asked.Make($"[{string.Join(", ", a.Of.Select(v => a.T(a.Binder.AsText(v))))}]", KType.ListOf(Kind.String));
        if (type.Kind is Kind.Long or Kind.Real && a.Of.All(v => v.Type == type && !v.Nullable)) return Asked.Make($"[{string.Join(", ", a.Of.Select(a.T))}]", KType.ListOf(type.Kind));
        return Asked.Make(JsonForms.List($"[{string.Join(", ", a.Of.Select(v => JsonForms.Of(a.Binder, v)))}]"), KType.Json, cost: 3);
    }

    static Sql Join(Asked a)
    {
        if (Lists.Read(a, 0) is null) return Sql.Unknown;
        var texts = a.Of[0].Type.Kind == Kind.List
            ? $"arrayMap(x -> {a.T(a.Binder.AsText(new Sql("x", new(a.Of[0].Type.Of), false, 0)))}, {a.T(0)})"
            : $"arrayMap(x -> {SqlText.JsonText("x")}, JSONExtractArrayRaw({a.T(0)}))";
        // The engine's own delimiter is a constant; one of the row goes before each item but the first.
        return Asked.MakeText(a.Of[1].ConstantText is not null ? $"arrayStringConcat({texts}, {a.TextT(1)})"
            : $"arrayStringConcat(arrayMap((x, n) -> if(n = 1, x, concat({a.TextT(1)}, x)), {texts}, arrayEnumerate({texts})))", a.Of[0].Type.Kind == Kind.List ? 2 : 6);
    }

    static Sql Has(Asked a)
    {
        if (Lists.Read(a, 0) is not { } list) return Sql.Unknown;
        return list.Takes(a.Of[1]) ? list.Told($"has({list.Of[0]}, {list.Value(a.Of[1])})", KType.Bool) : Sql.Bool(false);
    }

    static Sql Sift(Asked a, string join, string not)
    {
        if (Lists.Read(a, Every(a)) is not { } list) return Sql.Unknown;
        return list.Made($"arrayFilter(x -> {string.Join(join, list.Of[1..].Select(l => $"{not}has({l}, x)"))}, arrayDistinct({list.Of[0]}))");
    }
}
