using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

internal static class LogicFunctions
{
    public static readonly Function[] All =
    [
        new("not", 1, 1, "not(bool) → bool", "The opposite; null stays null.", Not),
        new("iff", 3, 3, "iff(test, then, else) → any", "One of two values.", a => Choose(a)),
        new("iif", 3, 3, "iif(test, then, else) → any", "Like iff.", a => Choose(a)),
        new("case", 3, 101, "case(test, then, …, else) → any", "The value of the first test that holds.", a => Choose(a)),
        new("coalesce", 2, 64, "coalesce(a, b, …) → any", "The first that is not null, and for text not empty.", Coalesce),
        new("isnull", 1, 1, "isnull(any) → bool", "Is it null? Text never is.", a => IsNull(a, negated: false)),
        new("isnotnull", 1, 1, "isnotnull(any) → bool", "Is it not null?", a => IsNull(a, negated: true)),
        new("isempty", 1, 1, "isempty(any) → bool", "Is it null or empty text?", a => IsEmpty(a, negated: false)),
        new("isnotempty", 1, 1, "isnotempty(any) → bool", "Is it neither null nor empty text?", a => IsEmpty(a, negated: true)),
        new("notempty", 1, 1, "notempty(any) → bool", "Like isnotempty.", a => IsEmpty(a, negated: true)),
        new("min_of", 2, 64, "min_of(a, b, …) → number", "The least.", a => Extreme(a, "<")),
        new("max_of", 2, 64, "max_of(a, b, …) → number", "The greatest.", a => Extreme(a, ">")),
        new("column_ifexists", 2, 2, "column_ifexists('name', default) → any", "The column, or the default where there is none.", ColumnIfExists),
    ];

    static Sql Not(Asked a)
    {
        var of = a.Of[0].Type.Kind == Kind.Bool ? a.Of[0] : a.Of[0].Type.Kind is Kind.Loose or Kind.Json ? a.Binder.AsBool(a.Of[0]) : a.Fault(0, $"`not` wants a condition, not a {a.Of[0].Type.Name}.", "Compare it with something.");
        if (of is { IsConstant: true, Value: bool b }) return Sql.Bool(!b);
        return of.Type.Kind == Kind.Unknown ? of : Asked.MakeBool($"NOT {a.T(of)}", of.Nullable, of.Cost);
    }

    /// <summary>Tests at even places, values at odd ones, the default last.</summary>
    static Sql Choose(Asked a)
    {
        if (a.Count % 2 == 0) return a.Binder.Fault("KQL012", a.Call.At, "`case` takes pairs of test and value, and one default.", "case(test, value, …, default)");
        var values = a.Of.Where((_, i) => i % 2 == 1 || i == a.Count - 1).ToArray();
        if (Common(a, values) is not { } type) return Sql.Unknown;
        var parts = new List<string>();
        for (var i = 0; i + 1 < a.Count; i += 2)
        {
            var test = a.Of[i].Type.Kind == Kind.Bool ? a.Of[i] : a.Of[i].Type.Kind is Kind.Loose or Kind.Json ? a.Binder.AsBool(a.Of[i]) : a.Fault(i, $"A condition is expected, not a {a.Of[i].Type.Name}.", "Compare it with something.");
            if (test.Type.Kind == Kind.Unknown) return test;
            parts.Add(test.Nullable ? $"ifNull({a.T(test)}, false)" : a.T(test));
            parts.Add(a.T(As(a, a.Of[i + 1], type)));
        }
        parts.Add(a.T(As(a, a.Of[^1], type)));
        return Asked.Make($"{(parts.Count == 3 ? "if" : "multiIf")}({string.Join(", ", parts)})", type, values.Any(v => As(a, v, type).Nullable));
    }

    /// <summary>The one type that all values can have, or a finding.</summary>
    static KType? Common(Asked a, Sql[] values)
    {
        var typed = values.Where(v => v.Type.Kind != Kind.Unknown).ToArray();
        if (typed.Length == 0) return null;
        var type = typed[0].Type;
        foreach (var value in typed.Skip(1))
        {
            var next = value.Type;
            if (next == type) continue;
            if (next.IsNumber && type.IsNumber) type = KType.Real;
            else if ((next.IsText || next.Kind is Kind.Ip or Kind.List) && (type.IsText || type.Kind is Kind.Ip or Kind.List)) type = KType.String;
            else if (next.Kind is Kind.Loose or Kind.Json || type.Kind is Kind.Loose or Kind.Json) type = KType.String;
            else
            {
                a.Fault(0, $"`{a.Call.Function}` cannot give both a {type.Name} and a {next.Name}.", "Cast with tostring() or tolong().");
                return null;
            }
        }
        return type.Kind == Kind.Loose || type.Kind == Kind.Json && typed.Any(v => v.Type.Kind != Kind.Json) ? KType.String : type;
    }

    static Sql As(Asked a, Sql value, KType type) => type.Kind switch
    {
        _ when value.Type.Kind == Kind.Unknown => type.IsText ? Sql.String("") : Sql.Constant(type, null),
        Kind.String => a.Binder.AsText(value),
        Kind.Real => a.Binder.AsReal(value),
        _ => value,
    };

    static Sql Coalesce(Asked a)
    {
        if (Common(a, a.Of) is not { } type) return Sql.Unknown;
        var values = a.Of.Select(v => As(a, v, type)).ToArray();
        if (type.IsText) return Asked.Make($"multiIf({string.Join(", ", values[..^1].Select(v => $"{a.T(v)} != '', {a.T(v)}"))}, {a.T(values[^1])})", type);
        if (type.Kind == Kind.List) return a.Fault(0, "`coalesce` does not work on lists.", "Cast with tostring().");
        return Asked.Make($"coalesce({string.Join(", ", values.Select(a.T))})", type, values.All(v => v.Nullable));
    }

    static Sql IsNull(Asked a, bool negated)
    {
        var of = a.Of[0];
        // Text has no null; a JSON value has.
        if (of.Type.Kind == Kind.Json) return Asked.MakeBool($"{(negated ? "NOT " : "")}({a.T(of)} IN ('', 'null'))", cost: of.Cost);
        if (of.Type.Kind == Kind.Loose && !negated) return Sql.Bool(false);
        if (of.IsNull || of.Type.Kind == Kind.Unknown) return Sql.Bool(!negated);
        return !of.Nullable ? Sql.Bool(negated) : Asked.MakeBool($"{(negated ? "isNotNull" : "isNull")}({a.T(of)})");
    }

    static Sql IsEmpty(Asked a, bool negated)
    {
        var of = a.Of[0];
        if (of.ConstantText is { } text) return Sql.Bool(text.Length == 0 != negated);
        if (of.Type.Kind == Kind.List) return Asked.MakeBool($"{(negated ? "notEmpty" : "empty")}({a.T(of)})", cost: of.Cost);
        if (of.Type.Kind is Kind.String or Kind.Loose) return Asked.MakeBool($"{a.T(of)} {(negated ? "!=" : "=")} ''", cost: of.Cost);
        if (of.Type.Kind == Kind.Json) return Asked.MakeBool($"{(negated ? "NOT " : "")}({a.T(of)} IN ('', 'null', '\"\"'))", cost: of.Cost);
        return IsNull(a, negated);
    }

    static Sql Extreme(Asked a, string than)
    {
        if (Common(a, a.Of) is not { } type) return Sql.Unknown;
        if (type.Kind is Kind.List or Kind.Json or Kind.Ip or Kind.Bool) return a.Fault(0, $"`{a.Call.Function}` does not order a {type.Name}.", "Numbers, times and strings have an order.");
        var values = a.Of.Select(v => As(a, v, type)).ToArray();
        // Nulls do not count.
        var text = a.T(values[0]);
        foreach (var value in values.Skip(1))
        {
            var next = a.T(value);
            text = type.IsText ? $"if({next} {than} {text}, {next}, {text})" : $"if(isNull({text}) OR ifNull({next} {than} {text}, false), {next}, {text})";
            if (text.Length > Limits.SqlCharsMax / 10) return a.Fault(0, "Too many values.", "Use fewer.");
        }
        return Asked.Make(text, type, !type.IsText && values.Any(v => v.Nullable));
    }

    static Sql ColumnIfExists(Asked a)
    {
        if (a.ConstantText(0, "The name") is not { } name) return Sql.Unknown;
        var scope = a.Binder.Scope;
        if (scope.Foreign || scope.Find(name) is not null || Tables.TimeNames.Contains(name) && scope.Time is not null) return a.Binder.Bind(new Name(a.At(0), name));
        if (!scope.Open) return a.Of[1];
        // A field without a column of its own exists for an event that has it.
        var value = a.Binder.Bind(new Name(a.At(0), name));
        return Coalesce(a with { Of = [value, a.Of[1]] });
    }
}
