using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

/// <summary>Dynamic values: lists of one type as arrays of the engine, everything else as JSON text; a missing one is ''.</summary>
internal static class DynamicFunctions
{
    public static readonly Function[] All =
    [
        new("parse_json", 1, 1, "parse_json(string) → dynamic", "Reads JSON; text that is none stays a string.", ParseJson),
        new("parsejson", 1, 1, "parsejson(string) → dynamic", "Like parse_json.", ParseJson),
        new("array_length", 1, 1, "array_length(dynamic) → long", "Number of items; null where it is no list.", Length),
        new("set_has_element", 2, 2, "set_has_element(list, value) → bool", "Is the value one of the items?", HasElement),
        new("array_index_of", 2, 2, "array_index_of(list, value) → long", "Place of the first such item, -1 without one.", IndexOf),
        new("strcat_array", 2, 2, "strcat_array(list, delimiter) → string", "The items joined.", Join),
        new("array_sort_asc", 1, 1, "array_sort_asc(list) → dynamic", "Items in ascending order.", a => List(a, "arraySort")),
        new("array_sort_desc", 1, 1, "array_sort_desc(list) → dynamic", "Items in descending order.", a => List(a, "arrayReverseSort")),
        new("array_reverse", 1, 1, "array_reverse(list) → dynamic", "Items backwards.", a => List(a, "arrayReverse")),
        new("pack_array", 1, 64, "pack_array(any, …) → dynamic", "A list of texts.", a => Asked.Make($"[{string.Join(", ", a.Of.Select(v => a.T(a.Binder.AsText(v))))}]", KType.ListOf(Kind.String))),
        new("bag_keys", 1, 1, "bag_keys(dynamic) → dynamic", "Names of the properties.", Keys),
    ];

    public static Sql ParseJson(Asked a)
    {
        var of = a.Of[0];
        if (of.Type.Kind is Kind.Json or Kind.List or Kind.Bag) return of;
        var text = a.TextT(0);
        return Asked.Make($"multiIf({text} = '', '', isValidJSON({text}), {text}, toJSONString({text}))", KType.Json, cost: 6);
    }

    static Sql Length(Asked a) => a.Of[0].Type.Kind switch
    {
        Kind.List => Asked.MakeLong($"length({a.T(0)})", cost: 2),
        Kind.Json or Kind.Loose => Asked.Make($"if(startsWith({a.T(0)}, '['), toInt64(JSONLength({a.T(0)})), NULL)", KType.Long, nullable: true, cost: 6),
        _ => a.Fault(0, $"A {a.Of[0].Type.Name} has no items.", "See split() and parse_json()."),
    };

    static Sql HasElement(Asked a) => a.Of[0].Type.Kind switch
    {
        Kind.List => a.Binder.Compare(a.Call.At, "==", a.Of[0], a.Of[1]),
        Kind.Json or Kind.Loose => Asked.MakeBool($"arrayExists(x -> {SqlText.JsonText("x")} = {a.T(a.Binder.AsText(a.Of[1]))}, JSONExtractArrayRaw({a.T(0)}))", cost: 6),
        _ => a.Fault(0, $"A {a.Of[0].Type.Name} has no items.", "See split() and parse_json()."),
    };

    static Sql IndexOf(Asked a)
    {
        if (a.Of[0].Type != KType.ListOf(Kind.String)) return a.Fault(0, "`array_index_of` wants a list of strings.", "See split().");
        return Asked.MakeLong($"toInt64(indexOf({a.T(0)}, {a.T(a.Binder.AsText(a.Of[1]))})) - 1", cost: 2);
    }

    static Sql Join(Asked a) => a.Of[0].Type.Kind switch
    {
        Kind.List => Asked.MakeText($"arrayStringConcat(arrayMap(x -> toString(x), {a.T(0)}), {a.TextT(1)})", 2),
        Kind.Json or Kind.Loose => Asked.MakeText($"arrayStringConcat(arrayMap(x -> {SqlText.JsonText("x")}, JSONExtractArrayRaw({a.T(0)})), {a.TextT(1)})", 6),
        _ => a.Fault(0, $"A {a.Of[0].Type.Name} has no items.", "See split() and parse_json()."),
    };

    static Sql List(Asked a, string function) =>
        a.Of[0].Type.Kind == Kind.List ? Asked.Make($"{function}({a.T(0)})", a.Of[0].Type, cost: 2) : a.Fault(0, $"`{a.Call.Function}` wants a list, not a {a.Of[0].Type.Name}.", "See split() and make_set().");

    static Sql Keys(Asked a) => a.Of[0].Type.Kind switch
    {
        Kind.Bag => Asked.Make($"arrayMap(x -> toString(x), mapKeys({a.T(0)}))", KType.ListOf(Kind.String), cost: 4),
        Kind.Json or Kind.Loose => Asked.Make($"JSONExtractKeys({a.T(0)})", KType.ListOf(Kind.String), cost: 6),
        _ => a.Fault(0, $"A {a.Of[0].Type.Name} has no properties.", "See parse_json()."),
    };
}
