using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

internal static class Conversions
{
    public static readonly Function[] All =
    [
        new("tostring", 1, 1, "tostring(any) → string", "The value as text; null becomes ''.", a => a.Binder.AsText(a.Of[0])),
        new("tolong", 1, 1, "tolong(any) → long", "The value as a whole number; null where it is none.", a => a.Binder.AsLong(a.Of[0])),
        new("toint", 1, 1, "toint(any) → long", "Like tolong: Andon has one kind of whole number, 64 bits wide.", a => a.Binder.AsLong(a.Of[0])),
        new("todouble", 1, 1, "todouble(any) → real", "The value as a real number; null where it is none.", a => a.Binder.AsReal(a.Of[0])),
        new("toreal", 1, 1, "toreal(any) → real", "Like todouble.", a => a.Binder.AsReal(a.Of[0])),
        new("todecimal", 1, 1, "todecimal(any) → real", "Like todouble: Andon has no decimals.", a => a.Binder.AsReal(a.Of[0])),
        new("tobool", 1, 1, "tobool(any) → bool", "true for 'true', '1' and numbers but 0; null where it is neither.", a => a.Binder.AsBool(a.Of[0])),
        new("toboolean", 1, 1, "toboolean(any) → bool", "Like tobool.", a => a.Binder.AsBool(a.Of[0])),
        new("todatetime", 1, 1, "todatetime(any) → datetime", "Reads ISO 8601 and near forms as UTC; null where it is none.", a => a.Binder.AsTime(a.Of[0])),
        new("totimespan", 1, 1, "totimespan(string constant) → timespan", "Reads '1.02:03:04' or '5m'.", ToTimeSpan),
        new("toguid", 1, 1, "toguid(string) → string", "Lower case; Andon keeps identifiers as text.", a => Asked.MakeText($"lower({a.TextT(0)})")),
        new("todynamic", 1, 1, "todynamic(string) → dynamic", "Like parse_json.", DynamicFunctions.ParseJson),
    ];

    static Sql ToTimeSpan(Asked a)
    {
        if (a.Of[0].Type.Kind == Kind.TimeSpan) return a.Of[0];
        if (a.Of[0].Type.Kind == Kind.Long) return Asked.Make($"intDiv({a.T(0)}, 10000)", KType.TimeSpan, a.Of[0].Nullable);
        return a.ConstantText(0, "The text") is { } text ? Sql.Constant(KType.TimeSpan, Parsing.Spans.Read(text)) : Sql.Unknown;
    }
}
