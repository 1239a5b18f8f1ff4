using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

/// <summary>
/// Every value as JSON text, and lists of either form as one: a list of one type is an array of the engine, any other dynamic value is
/// JSON text, in which '' is null.
/// </summary>
internal static class JsonForms
{
    /// <summary>Engine text of the value's JSON; the word null where it is missing. Text is never missing.</summary>
    public static string Of(Binder binder, Sql of)
    {
        if (of.IsNull || of.Type.Kind == Kind.Unknown) return "'null'";
        var t = binder.T(of);
        return of.Type.Kind switch
        {
            Kind.Json => $"if({t} = '', 'null', {t})",
            Kind.String or Kind.Loose or Kind.List or Kind.Bag => $"toJSONString({t})",
            Kind.Ip => $"toJSONString({binder.T(binder.AsText(of))})",
            Kind.Long => of.Nullable ? $"ifNull(toString({t}), 'null')" : $"toString({t})",
            Kind.Real => Real(t),
            Kind.Bool => $"multiIf(isNull({t}), 'null', {t}, 'true', 'false')",
            _ => of.Nullable ? $"if(isNull({t}), 'null', toJSONString({binder.T(binder.AsText(of))}))" : $"toJSONString({binder.T(binder.AsText(of))})",
        };
    }

    // JSON has no word for what is no finite number.
    static string Real(string t) => $"multiIf(isNull({t}), 'null', isFinite({t}), toString({t}), isNaN({t}), '\"NaN\"', {t} > 0, '\"Infinity\"', '\"-Infinity\"')";

    /// <summary>The items of a list as JSON texts.</summary>
    public static string Items(Binder binder, Sql list) => list.Type.Kind == Kind.List
        ? $"arrayMap(x -> {Of(binder, new Sql("x", new(list.Type.Of), Nullable: false, 0))}, {binder.T(list)})"
        : $"JSONExtractArrayRaw({binder.T(list)})";

    /// <summary>JSON texts as one list.</summary>
    public static string List(string items) => $"concat('[', arrayStringConcat({items}, ','), ']')";

    /// <summary>Is the JSON text a list? A list of the engine always is.</summary>
    public static string? IsList(Binder binder, Sql of) => of.Type.Kind == Kind.List ? null : $"startsWith({binder.T(of)}, '[')";
    public static string IsBag(Binder binder, Sql of) => $"startsWith({binder.T(of)}, '{{')";
}

/// <summary>Lists taking part in one call, brought to one form: of the same type they stay so, otherwise all become JSON texts.</summary>
internal sealed class Lists
{
    readonly Asked asked;
    readonly KType? typed;
    readonly List<string> guards = [];

    public string[] Of { get; }
    /// <summary>Are the items values of one type (and not JSON texts)?</summary>
    public KType? Element => typed is { } list ? new KType(list.Of) : null;

    Lists(Asked asked, int[] at)
    {
        this.asked = asked;
        var first = asked.Of[at[0]].Type;
        typed = first.Kind == Kind.List && at.All(i => asked.Of[i].Type == first) ? first : null;
        Of = [.. at.Select(i => typed is null ? JsonForms.Items(asked.Binder, asked.Of[i]) : asked.T(i))];
        foreach (var i in at)
            if (JsonForms.IsList(asked.Binder, asked.Of[i]) is { } guard) guards.Add(guard);
    }

    /// <summary>Null, with a finding, where one of them can be no list.</summary>
    public static Lists? Read(Asked a, params int[] at)
    {
        foreach (var i in at)
            if (a.Of[i].Type.Kind is not (Kind.List or Kind.Json or Kind.Loose))
            {
                a.Fault(i, $"A {a.Of[i].Type.Name} has no items.", "See split(), pack_array() and parse_json().");
                return null;
            }
        return new(a, at);
    }

    /// <summary>A value in the form of the items.</summary>
    public string Value(Sql of) => Element switch
    {
        { Kind: Kind.String } => asked.T(asked.Binder.AsText(of)),
        { } when typed?.Of == of.Type.Kind => asked.T(of),
        null => JsonForms.Of(asked.Binder, of),
        _ => throw new InvalidOperationException("The value is of another type than the items; ask Takes first."),
    };

    /// <summary>Can the value be one of the items?</summary>
    public bool Takes(Sql of) => Element is null || !of.Nullable && (typed!.Value.Of == of.Type.Kind || typed.Value.Of == Kind.String && of.Type.IsText);

    /// <summary>A list made of them; null where one of them is none.</summary>
    public Sql Made(string items) => typed is { } type ? Asked.Make(items, type, cost: 3)
        : Asked.Make(guards.Count == 0 ? JsonForms.List(items) : $"if({string.Join(" AND ", guards)}, {JsonForms.List(items)}, '')", KType.Json, cost: 6);

    /// <summary>A number or truth value worked out of them.</summary>
    public Sql Told(string text, KType type, bool nullable = false) => guards.Count == 0 ? Asked.Make(text, type, nullable, 3)
        : Asked.Make($"if({string.Join(" AND ", guards)}, {text}, NULL)", type, nullable: true, 6);
}
