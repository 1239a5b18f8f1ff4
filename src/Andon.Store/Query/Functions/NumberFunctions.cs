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
        new("exp2", 1, 1, "exp2(number) → real", "2 to that power.", a => Real1(a, "exp2")),
        new("exp10", 1, 1, "exp10(number) → real", "10 to that power.", a => Real1(a, "exp10")),
        new("sin", 1, 1, "sin(number) → real", "Sine of an angle in radians.", a => Real1(a, "sin")),
        new("cos", 1, 1, "cos(number) → real", "Cosine of an angle in radians.", a => Real1(a, "cos")),
        new("tan", 1, 1, "tan(number) → real", "Tangent of an angle in radians.", a => Real1(a, "tan")),
        new("cot", 1, 1, "cot(number) → real", "Cotangent of an angle in radians.", a => a.Number(0) is var n ? Asked.Make($"(1 / tan(toFloat64({a.T(n)})))", KType.Real, n.Nullable) : Sql.Unknown),
        new("asin", 1, 1, "asin(number) → real", "The angle with that sine.", a => Real1(a, "asin")),
        new("acos", 1, 1, "acos(number) → real", "The angle with that cosine.", a => Real1(a, "acos")),
        new("atan", 1, 1, "atan(number) → real", "The angle with that tangent.", a => Real1(a, "atan")),
        new("atan2", 2, 2, "atan2(y, x) → real", "The angle of the point.", a => Real(a, (x, y) => $"atan2({x}, {y})")),
        new("degrees", 1, 1, "degrees(number) → real", "Radians as degrees.", a => Real1(a, "degrees")),
        new("radians", 1, 1, "radians(number) → real", "Degrees as radians.", a => Real1(a, "radians")),
        new("pi", 0, 0, "pi() → real", "3.14159…", _ => Sql.Constant(KType.Real, Math.PI)),
        new("gamma", 1, 1, "gamma(number) → real", "The gamma function.", a => Real1(a, "tgamma")),
        new("loggamma", 1, 1, "loggamma(number) → real", "Logarithm of the gamma function.", a => Real1(a, "lgamma")),
        new("erf", 1, 1, "erf(number) → real", "The error function.", a => Real1(a, "erf")),
        new("erfc", 1, 1, "erfc(number) → real", "1 less the error function.", a => Real1(a, "erfc")),
        new("isinf", 1, 1, "isinf(number) → bool", "Is it infinite?", a => a.Number(0) is var n ? Asked.MakeBool($"ifNull(isInfinite(toFloat64({a.T(n)})), false)") : Sql.Unknown),
        new("binary_not", 1, 1, "binary_not(a) → long", "All bits turned.", a => a.Long(0) is var n ? Asked.MakeLong($"bitNot({a.T(n)})", n.Nullable) : Sql.Unknown),
        new("binary_shift_left", 2, 2, "binary_shift_left(a, places) → long", "Bits moved up.", a => ShiftBits(a, "bitShiftLeft")),
        new("binary_shift_right", 2, 2, "binary_shift_right(a, places) → long", "Bits moved down.", a => ShiftBits(a, "bitShiftRight")),
        new("bitset_count_ones", 1, 1, "bitset_count_ones(a) → long", "Number of bits that are 1.", a => a.Long(0) is var n ? Asked.MakeLong($"bitCount({a.T(n)})", n.Nullable) : Sql.Unknown),
        new("format_bytes", 1, 3, "format_bytes(number, [digits], [unit]) → string", "Bytes in KB, MB … of 1024.", FormatBytes),
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
        // The sum with nothing makes a plain zero of a negative one.
        return Asked.Make($"(sign({real}) * floor(abs({real}) * {scale} + 0.5) / {scale} + 0)", KType.Real, n.Nullable);
    }

    static Sql Real1(Asked a, string function) => a.Number(0) is var n ? Asked.Make($"{function}(toFloat64({a.T(n)}))", KType.Real, n.Nullable) : Sql.Unknown;

    static Sql Real(Asked a, Func<string, string, string> text)
    {
        var (x, y) = (a.Number(0), a.Number(1));
        return Asked.Make(text($"toFloat64({a.T(x)})", $"toFloat64({a.T(y)})"), KType.Real, x.Nullable || y.Nullable);
    }

    static Sql ShiftBits(Asked a, string function)
    {
        var (x, y) = (a.Long(0), a.Long(1));
        return Asked.MakeLong($"{function}({a.T(x)}, bitAnd({a.T(y)}, 63))", x.Nullable || y.Nullable);
    }

    static readonly string[] ByteUnits = ["Bytes", "KB", "MB", "GB", "TB", "PB"];

    static Sql FormatBytes(Asked a)
    {
        var number = a.Binder.AsReal(a.Number(0));
        var digits = a.Count > 1 ? a.ConstantLong(1, "The number of digits") ?? 0 : 0;
        if (digits is < 0 or > 15) return a.Fault(1, "Up to 15 digits.", "Write 0 to 15.");
        var x = a.T(number);
        string Shown(int unit)
        {
            var value = $"({x} / {a.Binder.Parameters.Real(Math.Pow(1024, unit))})";
            var scale = a.Binder.Parameters.Real(Math.Pow(10, digits));
            return $"concat(toString(sign({value}) * floor(abs({value}) * {scale} + 0.5) / {scale}), ' {ByteUnits[unit]}')";
        }
        string text;
        if (a.Count == 3)
        {
            if (a.ConstantText(2, "The unit") is not { } wanted) return Sql.Unknown;
            var unit = Array.IndexOf(ByteUnits, wanted);
            if (unit < 0) return a.Fault(2, $"'{wanted}' is no unit here.", string.Join(", ", ByteUnits));
            text = Shown(unit);
        }
        else text = $"multiIf({string.Join(", ", Enumerable.Range(0, ByteUnits.Length - 1).Select(u => $"abs({x}) < {a.Binder.Parameters.Real(Math.Pow(1024, u + 1))}, {Shown(u)}"))}, {Shown(ByteUnits.Length - 1)})";
        return Asked.MakeText(number.Nullable ? $"if(isNull({x}), '', assumeNotNull({text}))" : text);
    }

    static Sql Bits(Asked a, string function)
    {
        var (x, y) = (a.Long(0), a.Long(1));
        return Asked.MakeLong($"{function}({a.T(x)}, {a.T(y)})", x.Nullable || y.Nullable);
    }
}
