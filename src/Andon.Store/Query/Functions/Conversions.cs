using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

internal static class Conversions
{
    public static readonly Function[] All =
    [
        new("tostring", 1, 1, "tostring(any) → string", "The value as text; null becomes ''.", a => a.Binder.AsText(a.Of[0])),
        new("tolong", 1, 1, "tolong(any) → long", "The value as a whole number; null where it is none.", a => a.Binder.AsLong(a.Of[0])),
        new("toint", 1, 1, "toint(any) → long", "Like tolong, and null where it does not fit into 32 bits. Andon has one kind of whole number, 64 bits wide.", ToInt),
        new("todouble", 1, 1, "todouble(any) → real", "The value as a real number; null where it is none.", a => a.Binder.AsReal(a.Of[0])),
        new("toreal", 1, 1, "toreal(any) → real", "Like todouble.", a => a.Binder.AsReal(a.Of[0])),
        new("todecimal", 1, 1, "todecimal(any) → real", "Like todouble: Andon has no decimals.", a => a.Binder.AsReal(a.Of[0])),
        new("tobool", 1, 1, "tobool(any) → bool", "true for 'true', '1' and numbers but 0; null where it is neither.", a => a.Binder.AsBool(a.Of[0])),
        new("toboolean", 1, 1, "toboolean(any) → bool", "Like tobool.", a => a.Binder.AsBool(a.Of[0])),
        new("todatetime", 1, 1, "todatetime(any) → datetime", "Reads ISO 8601 and near forms as UTC; null where it is none.", a => a.Binder.AsTime(a.Of[0])),
        new("totimespan", 1, 1, "totimespan(any) → timespan", "Reads '1.02:03:04' or '5m', and numbers as ticks of 100 ns; null where it is none.", a => a.Binder.AsSpan(a.Of[0])),
        new("totime", 1, 1, "totime(any) → timespan", "Like totimespan.", a => a.Binder.AsSpan(a.Of[0])),
        new("tohex", 1, 2, "tohex(long, [digits]) → string", "Hexadecimal, lower case, at least so many digits.", ToHex),
        new("toguid", 1, 1, "toguid(string) → string", "Lower case; Andon keeps identifiers as text.", a => Asked.MakeText($"lower({a.TextT(0)})")),
    ];

    static Sql ToInt(Asked a)
    {
        var number = a.Binder.AsLong(a.Of[0]);
        if (number is { IsConstant: true, Value: var value }) return value is long n && n is < int.MinValue or > int.MaxValue ? Sql.Constant(KType.Long, null) : number;
        var text = a.T(number);
        return number with { Text = $"if({text} BETWEEN {int.MinValue} AND {int.MaxValue}, {text}, NULL)", Nullable = true };
    }

    static Sql ToHex(Asked a)
    {
        var number = a.Long(0);
        var hex = $"replaceRegexpOne(lower(hex({a.T(number)})), '^0+(.)', '\\\\1')";
        if (a.Count == 2)
        {
            if (a.ConstantLong(1, "The number of digits") is not { } digits) return Sql.Unknown;
            hex = $"leftPad({hex}, greatest(length({hex}), {(int)Math.Clamp(digits, 0, 64)}), '0')";
        }
        return Asked.MakeText(number.Nullable ? $"ifNull({hex}, '')" : hex);
    }

    /// <summary>The value as the type that a <c>typeof(…)</c> argument names.</summary>
    public static Sql To(Asked a, int at, Sql value)
    {
        if (a.Call.Arguments[at] is not TypeOf { Type: var type }) return a.Fault(at, "A type is expected.", "typeof(long)");
        return type.Kind switch
        {
            Kind.Long => a.Binder.AsLong(value),
            Kind.Real => a.Binder.AsReal(value),
            Kind.Bool => a.Binder.AsBool(value),
            Kind.DateTime => a.Binder.AsTime(value),
            Kind.TimeSpan => a.Binder.AsSpan(value),
            Kind.Json when value.Type.Kind == Kind.Json => value,
            Kind.Json => DynamicFunctions.ParseJson(a with { Of = [value] }),
            _ => a.Binder.AsText(value),
        };
    }
}
