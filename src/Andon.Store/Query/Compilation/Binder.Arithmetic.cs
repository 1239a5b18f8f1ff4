using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Compilation;

/// <summary>
/// Sums and products of numbers, instants and spans. long / long is long, cut towards zero; by zero it is null for longs, an infinity
/// for reals. % is never negative, as in Kusto. Whole numbers wrap at 64 bits, as in Kusto.
/// </summary>
internal sealed partial class Binder
{
    Sql Arithmetic(int at, string op, Sql a, Sql b)
    {
        if (a.Type.Kind == Kind.Unknown || b.Type.Kind == Kind.Unknown) return Sql.Unknown;
        if (op == "-" && a is { IsConstant: true, Value: 0L } && b.Type.Kind == Kind.TimeSpan) a = a with { Type = KType.TimeSpan };
        // A bag value takes part as a number, unless the other side is a time.
        if (a.Type.Kind is Kind.Loose or Kind.Json) a = b.Type.Kind is Kind.DateTime ? AsTime(a) : b.Type.Kind == Kind.TimeSpan && op is "+" or "-" ? AsTime(a) : AsReal(a);
        if (b.Type.Kind is Kind.Loose or Kind.Json) b = a.Type.Kind == Kind.DateTime ? AsTime(b) : AsReal(b);
        var type = (a.Type.Kind, op, b.Type.Kind) switch
        {
            (Kind.Long, _, Kind.Long) => KType.Long,
            (Kind.Long or Kind.Real, _, Kind.Long or Kind.Real) => KType.Real,
            (Kind.DateTime, "-", Kind.DateTime) => KType.TimeSpan,
            (Kind.DateTime, "+" or "-", Kind.TimeSpan) => KType.DateTime,
            (Kind.TimeSpan, "+", Kind.DateTime) => KType.DateTime,
            (Kind.TimeSpan, "+" or "-" or "%", Kind.TimeSpan) => KType.TimeSpan,
            (Kind.TimeSpan, "/", Kind.TimeSpan) => KType.Real,
            (Kind.TimeSpan, "*" or "/", Kind.Long or Kind.Real) => KType.TimeSpan,
            (Kind.Long or Kind.Real, "*", Kind.TimeSpan) => KType.TimeSpan,
            _ => KType.Unknown,
        };
        if (type.Kind == Kind.Unknown)
            return Fault("KQL013", at, $"`{op}` does not work on {a.Type.Name} and {b.Type.Name}.", a.Type.IsText || b.Type.IsText ? "Join text with strcat(); make numbers with tolong()." : "Cast one side.");
        if (a.IsNull || b.IsNull) return Sql.Constant(type, null);
        if (a.IsConstant && b.IsConstant && Fold(op, a, b, type) is { } folded) return folded;
        return Made(Text(op, a, b, type), type, a.Nullable || b.Nullable || (op is "/" or "%" && type.Kind != Kind.Real), a with { Cost = Math.Max(a.Cost, b.Cost), Aggregated = a.Aggregated || b.Aggregated });
    }

    string Text(string op, Sql a, Sql b, KType type)
    {
        var (x, y) = (T(a), T(b));
        if (type.Kind == Kind.DateTime)
            return a.Type.Kind == Kind.DateTime ? SqlText.Instant($"{SqlText.Ms(x)} {op} {y}") : SqlText.Instant($"{x} + {SqlText.Ms(y)}");
        if (a.Type.Kind == Kind.DateTime) return $"({SqlText.Ms(x)} - {SqlText.Ms(y)})";
        if (type.Kind == Kind.TimeSpan && (a.Type.Kind == Kind.Real || b.Type.Kind == Kind.Real)) return $"accurateCastOrNull(trunc({x} {op} {y}), 'Int64')";
        return (op, type.Kind) switch
        {
            ("/", Kind.Real) => $"(toFloat64({x}) / toFloat64({y}))",
            ("/", _) => $"intDivOrNull({x}, {y})",
            ("%", Kind.Real) => $"if({y} = 0, {x} * nan, {x} - floor({x} / abs({y})) * abs({y}))",
            ("%", _) => $"if({y} = 0, NULL, toInt64(positiveModulo({x}, toInt64(if({y} = 0, 1, abs({y}))))))",
            _ => $"({x} {op} {y})",
        };
    }

    static Sql? Fold(string op, Sql a, Sql b, KType type)
    {
        if (a.Value is long x && b.Value is long y && type.Kind != Kind.Real)
        {
            long? value = op switch
            {
                "+" => unchecked(x + y),
                "-" => unchecked(x - y),
                "*" => unchecked(x * y),
                "/" => y == 0 ? null : y == -1 ? unchecked(-x) : x / y,
                _ => y == 0 || y == long.MinValue ? null : Math.Abs(y) is var m && x % m is var r && r < 0 ? r + m : x % m,
            };
            return Sql.Constant(type, value);
        }
        if (type.Kind != Kind.Real) return null;
        var (p, q) = (Convert.ToDouble(a.Value, System.Globalization.CultureInfo.InvariantCulture), Convert.ToDouble(b.Value, System.Globalization.CultureInfo.InvariantCulture));
        return op == "%" ? null : Sql.Constant(type, op switch { "+" => p + q, "-" => p - q, "*" => p * q, _ => p / q });
    }
}
