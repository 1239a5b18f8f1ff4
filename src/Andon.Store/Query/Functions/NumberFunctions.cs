using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

internal static class NumberFunctions
{
    public static readonly Function[] All =
    [
        new("abs", 1, 1, "abs(number or timespan) → same", "Without its sign.", a => a.Of[0].Type.Kind == Kind.TimeSpan ? Asked.Make($"toInt64(abs({a.T(0)}))", KType.TimeSpan, a.Of[0].Nullable) : Same(a, n => n.Type.Kind == Kind.Long ? $"toInt64(abs({a.T(n)}))" : $"abs({a.T(n)})")),
        new("sign", 1, 1, "sign(number) → long", "-1, 0 or 1.", a => a.Number(0) is var n ? Asked.MakeLong($"sign({a.T(n)})", n.Nullable) : Sql.Unknown),
        new("round", 1, 2, "round(number, [digits]) → real", "Rounded, halves away from zero.", Round),
        new("ceiling", 1, 1, "ceiling(number) → long", "The next whole number above.", a => Whole(a, "ceil")),
        new("pow", 2, 2, "pow(a, b) → real", "a to the power of b.", a => Real(a, (x, y) => $"pow({x}, {y})")),
        new("sqrt", 1, 1, "sqrt(number) → real", "Its square root.", a => Real1(a, "sqrt")),
        new("exp", 1, 1, "exp(number) → real", "e to that power.", a => Real1(a, "exp")),
        new("log", 1, 1, "log(number) → real", "Its natural logarithm.", a => Real1(a, "log")),
        new("log10", 1, 1, "log10(number) → real", "Its logarithm to base 10.", a => Real1(a, "log10")),
        new("log2", 1, 1, "log2(number) → real", "Its logarithm to base 2.", a => Real1(a, "log2")),
        new("isnan", 1, 1, "isnan(number) → bool", "Is it not a number?", a => a.Number(0) is var n ? Asked.MakeBool($"ifNull(isNaN(toFloat64({a.T(n)})), false)") : Sql.Unknown),
        new("isfinite", 1, 1, "isfinite(number) → bool", "Is it neither infinite nor not a number?", a => a.Number(0) is var n ? Asked.MakeBool($"ifNull(isFinite(toFloat64({a.T(n)})), false)") : Sql.Unknown),
        new("binary_and", 2, 2, "binary_and(a, b) → long", "Bits in both.", a => Bits(a, "bitAnd")),
        new("binary_or", 2, 2, "binary_or(a, b) → long", "Bits in either.", a => Bits(a, "bitOr")),
        new("binary_xor", 2, 2, "binary_xor(a, b) → long", "Bits in one of both.", a => Bits(a, "bitXor")),
    ];

    static Sql Same(Asked a, Func<Sql, string> text) => a.Number(0) is var n ? Asked.Make(text(n), n.Type, n.Nullable) : Sql.Unknown;

    static Sql Whole(Asked a, string function) =>
        a.Number(0) is var n && n.Type.Kind == Kind.Long ? n : Asked.Make($"accurateCastOrNull({function}({a.T(n)}), 'Int64')", KType.Long, nullable: true);

    static Sql Round(Asked a)
    {
        var n = a.Number(0);
        var digits = a.Count == 2 ? a.ConstantLong(1, "The number of digits") ?? 0 : 0;
        if (Math.Abs(digits) > 15) return a.Fault(1, "Up to 15 digits.", "Write 0 to 15.");
        // The engine rounds halves to even; people and Kusto do not.
        var scale = a.Binder.Parameters.Real(Math.Pow(10, digits));
        var real = a.T(a.Binder.AsReal(n));
        return Asked.Make($"(sign({real}) * floor(abs({real}) * {scale} + 0.5) / {scale})", KType.Real, n.Nullable);
    }

    static Sql Real1(Asked a, string function) => a.Number(0) is var n ? Asked.Make($"{function}(toFloat64({a.T(n)}))", KType.Real, n.Nullable) : Sql.Unknown;

    static Sql Real(Asked a, Func<string, string, string> text)
    {
        var (x, y) = (a.Number(0), a.Number(1));
        return Asked.Make(text($"toFloat64({a.T(x)})", $"toFloat64({a.T(y)})"), KType.Real, x.Nullable || y.Nullable);
    }

    static Sql Bits(Asked a, string function)
    {
        var (x, y) = (a.Long(0), a.Long(1));
        return Asked.MakeLong($"{function}({a.T(x)}, {a.T(y)})", x.Nullable || y.Nullable);
    }
}
