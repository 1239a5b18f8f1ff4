using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

/// <summary>Dynamic values and bags of properties: <see cref="JsonForms"/> says how they are kept. Lists are in <see cref="ListFunctions"/>.</summary>
internal static class DynamicFunctions
{
    public static readonly Function[] All =
    [
        new("parse_json", 1, 1, "parse_json(string) → dynamic", "Reads JSON; text that is none stays a string.", ParseJson),
        new("parsejson", 1, 1, "parsejson(string) → dynamic", "Like parse_json.", ParseJson),
        new("todynamic", 1, 1, "todynamic(string) → dynamic", "Like parse_json.", ParseJson),
        new("toobject", 1, 1, "toobject(string) → dynamic", "Like parse_json.", ParseJson),
        new("dynamic_to_json", 1, 1, "dynamic_to_json(dynamic) → string", "Its JSON text, null as 'null'.", a => Asked.MakeText(JsonForms.Of(a.Binder, a.Of[0]), 5)),
        new("extract_json", 2, 3, "extract_json('$.a.b[0]', string, [typeof(type)]) → string", "The value at a JSON path; '' or null where there is none.", ExtractJson),
        new("extractjson", 2, 3, "extractjson('$.a.b[0]', string, [typeof(type)]) → string", "Like extract_json.", ExtractJson),
        new("gettype", 1, 1, "gettype(any) → string", "The name of its type; of a dynamic value array, dictionary, string, long, double, bool or null.", GetTypeName),
        new("bag_keys", 1, 1, "bag_keys(dynamic) → dynamic", "Names of the properties.", Keys),
        new("bag_has_key", 2, 2, "bag_has_key(dynamic, 'name') → bool", "Has it that property?", HasKey),
        new("bag_pack", 2, 128, "bag_pack('name', value, …) → dynamic", "A bag of properties.", Pack),
        new("pack", 2, 128, "pack('name', value, …) → dynamic", "Like bag_pack.", Pack),
        new("pack_dictionary", 2, 128, "pack_dictionary('name', value, …) → dynamic", "Like bag_pack.", Pack),
        new("pack_all", 0, 1, "pack_all([ignore empty]) → dynamic", "A bag of all columns.", PackAll),
        new("bag_merge", 2, 64, "bag_merge(bag, bag, …) → dynamic", "All their properties; the first bag that has one gives its value.", Merge),
        new("bag_set_key", 3, 3, "bag_set_key(bag, 'name', value) → dynamic", "The bag with that property.", SetKey),
        new("bag_remove_keys", 2, 2, "bag_remove_keys(bag, dynamic(['name', …])) → dynamic", "The bag without those properties.", RemoveKeys),
        new("bag_zip", 2, 2, "bag_zip(names, values) → dynamic", "A bag made of a list of names and one of values.", Zip),
    ];

    public static Sql ParseJson(Asked a)
    {
        var of = a.Of[0];
        if (of.Type.Kind is Kind.Json or Kind.List or Kind.Bag) return of;
        if (of.Type.IsNumber || of.Type.Kind == Kind.Bool) return Asked.Make(of.Nullable ? $"if(isNull({a.T(0)}), '', {JsonForms.Of(a.Binder, of)})" : JsonForms.Of(a.Binder, of), KType.Json);
        var text = a.TextT(0);
        // Read JSON is written anew, so that it is compact and begins with its bracket.
        return Asked.Make($"multiIf({text} = '', '', isValidJSON({text}), JSONExtractRaw({text}), toJSONString({text}))", KType.Json, cost: 6);
    }

    static Sql ExtractJson(Asked a)
    {
        if (a.ConstantText(0, "The path") is not { } path) return Sql.Unknown;
        var steps = new List<string>();
        if (!Steps(path, steps, a.Binder)) return a.Fault(0, $"'{path}' is no JSON path here.", "$.name, $['name'] and [0].");
        var text = a.TextT(1);
        var found = new Sql(steps.Count == 0 ? text : $"JSONExtractRaw({text}, {string.Join(", ", steps)})", KType.Json, false, 6);
        return a.Count == 3 ? Conversions.To(a, 2, found) : a.Binder.AsText(found);
    }

    static bool Steps(string path, List<string> to, Binder binder)
    {
        if (!path.StartsWith('$')) return false;
        for (var i = 1; i < path.Length;)
        {
            if (path[i] == '.')
            {
                var end = path.AsSpan(i + 1).IndexOfAny('.', '[');
                var name = end < 0 ? path[(i + 1)..] : path.Substring(i + 1, end);
                if (name.Length == 0) return false;
                to.Add(binder.Parameters.String(name));
                i += 1 + name.Length;
                continue;
            }
            var close = path.IndexOf(']', i);
            if (path[i] != '[' || close < i + 2) return false;
            var inside = path[(i + 1)..close];
            if (inside[0] is '\'' or '"' && inside.Length > 1 && inside[^1] == inside[0]) to.Add(binder.Parameters.String(inside[1..^1]));
            else if (int.TryParse(inside, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)) to.Add(binder.Parameters.Long(number + 1L));
            else return false;
            i = close + 1;
        }
        return true;
    }

    static Sql GetTypeName(Asked a) => a.Of[0].Type.Kind switch
    {
        Kind.List => Sql.String("array"),
        Kind.Bag => Sql.String("dictionary"),
        Kind.Json => Asked.MakeText($"transform(toString(JSONType({a.T(0)})), ['Object', 'Array', 'String', 'Int64', 'UInt64', 'Double', 'Bool', 'Null'], ['dictionary', 'array', 'string', 'long', 'long', 'double', 'bool', 'null'], 'null')", 6),
        _ => Sql.String(a.Of[0].Type.Name),
    };

    // Bags ----------------------------------------------------------------------------------------------------

    static bool IsBag(Asked a, int i)
    {
        if (a.Of[i].Type.Kind is Kind.Bag or Kind.Json or Kind.Loose) return true;
        a.Fault(i, $"A {a.Of[i].Type.Name} has no properties.", "See parse_json() and bag_pack().");
        return false;
    }

    /// <summary>Pairs of name and JSON text.</summary>
    static string Pairs(Asked a, int i) => a.Of[i].Type.Kind == Kind.Bag
        ? $"arrayMap((k, v) -> (toString(k), toJSONString(v)), mapKeys({a.T(i)}), mapValues({a.T(i)}))"
        : $"JSONExtractKeysAndValuesRaw({a.T(i)})";

    static string Written(string pairs) => $"concat('{{', arrayStringConcat(arrayMap(p -> concat(toJSONString(p.1), ':', p.2), {pairs}), ','), '}}')";

    static Sql Made(Asked a, string text, params int[] bags)
    {
        var guards = bags.Where(i => a.Of[i].Type.Kind != Kind.Bag).Select(i => JsonForms.IsBag(a.Binder, a.Of[i])).ToList();
        return Asked.Make(guards.Count == 0 ? text : $"if({string.Join(" AND ", guards)}, {text}, '')", KType.Json, cost: 6);
    }

    static Sql Keys(Asked a) => a.Of[0].Type.Kind switch
    {
        Kind.Bag => Asked.Make($"arrayMap(x -> toString(x), mapKeys({a.T(0)}))", KType.ListOf(Kind.String), cost: 4),
        Kind.Json or Kind.Loose => Asked.Make($"JSONExtractKeys({a.T(0)})", KType.ListOf(Kind.String), cost: 6),
        _ => a.Fault(0, $"A {a.Of[0].Type.Name} has no properties.", "See parse_json()."),
    };

    static Sql HasKey(Asked a)
    {
        if (!IsBag(a, 0)) return Sql.Unknown;
        return a.Of[0].Type.Kind == Kind.Bag ? Asked.MakeBool($"mapContains({a.T(0)}, {a.TextT(1)})", cost: 4) : Asked.MakeBool($"has(JSONExtractKeys({a.T(0)}), {a.TextT(1)})", cost: 6);
    }

    static Sql Pack(Asked a)
    {
        if (a.Count % 2 == 1) return a.Binder.Fault("KQL012", a.Call.At, $"`{a.Call.Function}` takes pairs of name and value.", "bag_pack('user', user.name, 'host', host.name)");
        var pairs = new List<string>();
        for (var i = 0; i < a.Count; i += 2) pairs.Add($"({a.TextT(i)}, {JsonForms.Of(a.Binder, a.Of[i + 1])})");
        return Asked.Make(Written($"[{string.Join(", ", pairs)}]"), KType.Json, cost: 3);
    }

    static Sql PackAll(Asked a)
    {
        var ignore = a.Count == 1 && a.Of[0] is { IsConstant: true, Value: true };
        var pairs = string.Join(", ", a.Binder.Scope.Columns.Select(c => $"({a.Binder.Parameters.String(c.Name)}, {JsonForms.Of(a.Binder, c.Sql)})"));
        if (pairs.Length == 0) return Sql.Constant(KType.Json, "{}");
        return Asked.Make(Written(ignore ? $"arrayFilter(p -> p.2 NOT IN ('null', '\"\"', '[]', '{{}}'), [{pairs}])" : $"[{pairs}]"), KType.Json, cost: 6);
    }

    static Sql Merge(Asked a)
    {
        var all = new List<int>();
        for (var i = 0; i < a.Count; i++)
        {
            if (!IsBag(a, i)) return Sql.Unknown;
            all.Add(i);
        }
        var pairs = $"arrayConcat({string.Join(", ", all.Select(i => Pairs(a, i)))})";
        return Made(a, Written($"arrayFilter((p, n) -> n = 1, {pairs}, arrayEnumerateUniq(arrayMap(p -> p.1, {pairs})))"), [.. all]);
    }

    static Sql SetKey(Asked a)
    {
        if (!IsBag(a, 0)) return Sql.Unknown;
        return Made(a, Written($"arrayConcat(arrayFilter(p -> p.1 != {a.TextT(1)}, {Pairs(a, 0)}), [({a.TextT(1)}, {JsonForms.Of(a.Binder, a.Of[2])})])"), 0);
    }

    static Sql RemoveKeys(Asked a)
    {
        if (!IsBag(a, 0)) return Sql.Unknown;
        if (a.Of[1].Type != KType.ListOf(Kind.String)) return a.Fault(1, "The names are a list of strings.", "dynamic(['a', 'b'])");
        return Made(a, Written($"arrayFilter(p -> NOT has({a.T(1)}, p.1), {Pairs(a, 0)})"), 0);
    }

    static Sql Zip(Asked a)
    {
        if (a.Of[0].Type != KType.ListOf(Kind.String)) return a.Fault(0, "The names are a list of strings.", "dynamic(['a', 'b'])");
        if (Lists.Read(a, 1) is null) return Sql.Unknown;
        var (names, values) = (a.T(0), JsonForms.Items(a.Binder, a.Of[1]));
        // Names without a value get null; values without a name are left out.
        return Asked.Make(Written($"arrayMap((k, n) -> (toString(k), if(n <= length({values}), arrayElement({values}, n), 'null')), {names}, arrayEnumerate({names}))"), KType.Json, cost: 6);
    }
}
