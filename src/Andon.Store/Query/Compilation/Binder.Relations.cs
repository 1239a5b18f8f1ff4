using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Compilation;

/// <summary>
/// Comparisons. Null rules: null == null and null != null are null; null == value is false, null != value is true; an ordering with null
/// is null; where takes null as false. A list (an ECS array) is compared member by member: == is true when any member is equal, and every
/// negated operator is the opposite of its positive one.
/// </summary>
internal sealed partial class Binder
{
    Sql Relation(Binary b, bool filter)
    {
        var left = Bind(b.Left);
        var right = Bind(b.Right);
        if (left.Type.Kind == Kind.Unknown || right.Type.Kind == Kind.Unknown)
            return left.IsConstant || right.IsConstant ? NullLiteral(b, left, right) : Sql.Unknown;
        return b.Operator is "==" or "!=" or "<" or "<=" or ">" or ">="
            ? Compare(b.At, b.Operator, left, right, filter)
            : StringRelation(b.At, b.Operator, left, right, b.Right.At);
    }

    /// <summary>The bare word null has the other side's type.</summary>
    Sql NullLiteral(Binary b, Sql left, Sql right)
    {
        if (left is { IsConstant: true, Value: null, Type.Kind: Kind.Unknown } && right.Type.Kind != Kind.Unknown) left = Sql.Constant(right.Type, right.Type.IsText ? "" : null);
        else if (right is { IsConstant: true, Value: null, Type.Kind: Kind.Unknown } && left.Type.Kind != Kind.Unknown) right = Sql.Constant(left.Type, left.Type.IsText ? "" : null);
        else return Sql.Unknown;
        return b.Operator is "==" or "!=" ? Compare(b.At, b.Operator, left, right, filter: false) : Fault("KQL013", b.At, "Nothing compares with null but == and !=.", "Use isnull() or isempty().");
    }

    public Sql Compare(int at, string op, Sql left, Sql right, bool filter = false)
    {
        var negated = op == "!=";
        if (left.Type.Kind == Kind.List || right.Type.Kind == Kind.List) return CompareList(at, op, left, right);
        if (left.Type.Kind == Kind.Ip || right.Type.Kind == Kind.Ip)
            return op is "==" or "!=" ? CompareIp(at, negated, left, right, filter) : Fault("KQL013", at, "Addresses have no order here.", "Use ipv4_is_in_range(address, '10.0.0.0/8').");
        if (Matched(at, op, ref left, ref right)) return Whole(op, left, right, filter);
        return Fault("KQL013", at, $"`{op}` does not compare {left.Type.Name} with {right.Type.Name}.", CastHint(left.Type, right.Type));
    }

    static string CastHint(KType a, KType b) =>
        a.Kind == Kind.DateTime || b.Kind == Kind.DateTime ? "Write datetime(2026-03-02) or ago(1h)."
        : a.Kind == Kind.TimeSpan || b.Kind == Kind.TimeSpan ? "Write a span: 5m, 1h, 1d."
        : a.IsText || b.IsText ? "Use tolong(), todouble() or tostring() on one side."
        : "Cast one side.";

    /// <summary>Brings both sides to one type, where that loses nothing.</summary>
    bool Matched(int at, string op, ref Sql left, ref Sql right)
    {
        if (left.Type.IsText && right.Type.IsText)
        {
            (left, right) = (AsText(left), AsText(right));
            return true;
        }
        if (left.Type.IsNumber && right.Type.IsNumber || left.Type.Kind == right.Type.Kind) return true;
        if (left.Type.IsText)
        {
            var swapped = (Right: right, Left: left);
            if (!Matched(at, op, ref swapped.Right, ref swapped.Left)) return false;
            (left, right) = (swapped.Left, swapped.Right);
            return true;
        }
        if (!right.Type.IsText) return false;
        if (right.Type.Kind is Kind.Loose or Kind.Json)
        {
            right = left.Type.Kind switch
            {
                Kind.Long when op is "==" or "!=" => AsLong(right),
                Kind.Long or Kind.Real => AsReal(right),
                Kind.DateTime => AsTime(right),
                Kind.Bool => AsBool(right),
                _ => right,
            };
            return left.Type.Kind is Kind.Long or Kind.Real or Kind.DateTime or Kind.Bool;
        }
        // event.code == 4624: keywords that look like numbers are compared as they are written.
        if (left is { IsConstant: true, Value: long n } && left.Type.Kind == Kind.Long && op is "==" or "!=")
        {
            var number = n.ToString(CultureInfo.InvariantCulture);
            Compiler.Faults.Warn("KQL062", at, $"A string is compared with the number {number}; '{number}' was taken.", $"Write '{number}'.");
            left = Sql.String(number);
            return true;
        }
        return false;
    }

    Sql Whole(string op, Sql left, Sql right, bool filter)
    {
        if (left.IsConstant && right.IsConstant && Constants(op, left, right) is { } known) return known;
        var (a, b) = (T(left), T(right));
        var cost = Math.Max(left.Cost, right.Cost);
        var grouped = left.Aggregated || right.Aggregated;
        Sql Test(string text, bool nullable) => new(text, KType.Bool, nullable, cost) { Aggregated = grouped };
        if (!left.Nullable && !right.Nullable) return Test($"({a} {Engine(op)} {b})", false);
        if (op is not ("==" or "!=")) return Test($"({a} {op} {b})", true);
        var bothNull = left.Nullable && right.Nullable;
        if (filter && op == "==" || left.IsNull && right.IsNull) return Test($"({a} = {b})", true);
        var one = op == "==" ? $"ifNull({a} = {b}, false)" : $"ifNull({a} != {b}, true)";
        if (bothNull && left.IsNull) return Test($"if(isNull({b}), NULL, {(op == "==" ? "false" : "true")})", true);
        if (bothNull && right.IsNull) return Test($"if(isNull({a}), NULL, {(op == "==" ? "false" : "true")})", true);
        return bothNull ? Test($"if(isNull({a}) AND isNull({b}), NULL, {one})", true) : Test(one, false);
    }

    static string Engine(string op) => op == "==" ? "=" : op;

    static Sql? Constants(string op, Sql left, Sql right)
    {
        int order;
        if (left.Value is string s && right.Value is string t) order = string.CompareOrdinal(s, t);
        else if (left.Value is long x && right.Value is long y) order = x.CompareTo(y);
        else if (left.Value is bool p && right.Value is bool q) order = p.CompareTo(q);
        else return null;
        return Sql.Bool(op switch { "==" => order == 0, "!=" => order != 0, "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 });
    }

    Sql CompareList(int at, string op, Sql left, Sql right)
    {
        if (left.Type.Kind == Kind.List && right.Type.Kind == Kind.List)
            return Compare(at, op, AsText(left), AsText(right));
        var (list, other) = left.Type.Kind == Kind.List ? (left, right) : (right, left);
        if (left.Type.Kind != Kind.List) op = op switch { "<" => ">", "<=" => ">=", ">" => "<", ">=" => "<=", _ => op };
        // The plain case in the form that an index can serve.
        if (op is "==" or "!=" && (list.Type.Of, other.Type.IsText) == (Kind.String, true))
        {
            var text = $"has({T(list)}, {T(AsText(other))})";
            return new(op == "==" ? text : $"NOT {text}", KType.Bool, false, 2) { Aggregated = list.Aggregated || other.Aggregated };
        }
        return Any(list, member => Compare(at, op == "!=" ? "==" : op, member, other), negated: op == "!=");
    }

    /// <summary>True when a test holds for some member; negated: for none.</summary>
    Sql Any(Sql list, Func<Sql, Sql> test, bool negated)
    {
        var x = Lambda();
        var inner = test(new Sql(x, new(list.Type.Of), list.Type.Of is not (Kind.String or Kind.Loose or Kind.Json), list.Cost));
        if (inner.Type.Kind == Kind.Unknown) return inner;
        var text = T(inner);
        var any = $"arrayExists({x} -> {(inner.Nullable ? $"ifNull({text}, false)" : text)}, {T(list)})";
        return new(negated ? $"NOT {any}" : any, KType.Bool, false, Math.Max(2, inner.Cost)) { Aggregated = list.Aggregated };
    }

    Sql CompareIp(int at, bool negated, Sql left, Sql right, bool filter)
    {
        if (left.Type.Kind == Kind.Ip && right.Type.Kind == Kind.Ip) return Whole(negated ? "!=" : "==", left, right, filter);
        var (ip, other) = left.Type.Kind == Kind.Ip ? (left, right) : (right, left);
        if (other.ConstantText is not { } text)
        {
            if (other.Type.IsText) return Whole(negated ? "!=" : "==", AsText(ip), AsText(other), filter);
            return Fault("KQL013", at, $"An address is compared with text, not with a {other.Type.Name}.", "Write '10.0.0.1'.");
        }
        if (text.Length == 0) return new(negated ? $"isNotNull({T(ip)})" : $"isNull({T(ip)})", KType.Bool, false, ip.Cost);
        if (Canonical(text) is not { } canonical)
        {
            Compiler.Faults.Warn("KQL062", at, $"'{text}' is no address, so nothing equals it.", text.Contains('/', StringComparison.Ordinal) ? "For a network use ipv4_is_in_range()." : "Write an IPv4 or IPv6 address.");
            return Sql.Bool(negated);
        }
        var test = $"{T(ip)} {(negated ? "!=" : "=")} toIPv6({Parameters.String(canonical)})";
        return new(ip.Nullable && !(filter && !negated) ? $"ifNull({test}, {(negated ? "true" : "false")})" : $"({test})", KType.Bool, filter && ip.Nullable && !negated, ip.Cost) { Aggregated = ip.Aggregated };
    }

    /// <summary>The address as the store keeps it, or null when it is none. 010.0.0.1 and 10.1 are none.</summary>
    public static string? Canonical(string text)
    {
        if (text.Contains('%', StringComparison.Ordinal) || text.Contains('[', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var ip)) return null;
        if (ip.AddressFamily == AddressFamily.InterNetwork && (text.Count(c => c == '.') != 3 || text.Split('.').Any(p => p.Length > 1 && p[0] == '0'))) return null;
        return ip.AddressFamily == AddressFamily.InterNetwork ? $"::ffff:{ip}" : ip.ToString();
    }

    Sql BetweenOf(Between b)
    {
        var of = Bind(b.Of);
        var low = Bind(b.Low);
        var high = Bind(b.High);
        if (of.Type.Kind == Kind.Unknown || low.Type.Kind == Kind.Unknown || high.Type.Kind == Kind.Unknown) return Sql.Unknown;
        if (of.Type.Kind == Kind.DateTime && high.Type.Kind == Kind.TimeSpan) high = Arithmetic(b.High.At, "+", low, high);
        if (high.Type.Kind == Kind.Unknown) return high;
        var from = Compare(b.At, ">=", of, low);
        var to = Compare(b.At, "<=", of, high);
        if (from.Type.Kind == Kind.Unknown || to.Type.Kind == Kind.Unknown) return Sql.Unknown;
        var text = $"({T(from)} AND {T(to)})";
        return new(b.Not ? $"NOT {text}" : text, KType.Bool, from.Nullable || to.Nullable, Math.Max(from.Cost, to.Cost)) { Aggregated = from.Aggregated || to.Aggregated };
    }
}
