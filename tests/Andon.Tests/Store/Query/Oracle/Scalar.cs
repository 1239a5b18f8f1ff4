using Andon.Store.Query.Ast;
using Ast = Andon.Store.Query.Ast;

namespace Andon.Tests.Store.Query.Oracle;

/// <summary>Values of expressions over one row, worked out one by one as the manual says; knows nothing of the engine or the compiler.</summary>
sealed class Scalar(IReadOnlyList<string> columns, object?[] row, long nowMs)
{
    public object? Of(Expr expr) => expr switch
    {
        Literal { Value: null, Type.Kind: Kind.String } => "",
        Literal { Type.Kind: Kind.DateTime, Value: long ms } => new Instant(ms),
        Literal { Type.Kind: Kind.TimeSpan, Value: long ms } => new Span(ms),
        Literal l => l.Value,
        DynamicLiteral d => new Dyn(System.Text.Json.Nodes.JsonNode.Parse(d.Json)),
        Name n => Column(n.Text),
        Negate n => Arithmetic("-", Of(n.Of) is Span ? new Span(0) : 0L, Of(n.Of)),
        Binary { Operator: "and" } b => And(Truth(b.Left), Truth(b.Right)),
        Binary { Operator: "or" } b => !And(!Truth(b.Left), !Truth(b.Right)),
        Binary { Operator: "+" or "-" or "*" or "/" or "%" } b => Arithmetic(b.Operator, Of(b.Left), Of(b.Right)),
        Binary { Operator: "==" or "!=" or "<" or "<=" or ">" or ">=" } b => Compare(b.Operator, Of(b.Left), Of(b.Right)),
        Binary b => StringTest(b.Operator, Of(b.Left), Value.Text(Of(b.Right))),
        InList i => In(i),
        Between b => And(Compare(">=", Of(b.Of), Of(b.Low)), Compare("<=", Of(b.Of), Of(b.High))) is var inside && b.Not ? !inside : inside,
        Member m => Property(Of(m.Of), m.Property),
        Ast.Index { Of: Name } i => Place(Of(i.Of), Of(i.By)),
        Call { Function: "toscalar", Arguments: [Subquery query] } => Tables!(query.Table).Items is [var first, ..] ? first[0] : null,
        Call c when Window.Functions.Contains(c.Function) => Window!.Of(c),
        Call c => Calls.Of(c.Function, [.. c.Arguments.Select(Of)], nowMs),
        Ast.Index { By: Literal { Value: long at } } i => Item(Of(i.Of), at),
        _ => throw new NotSupportedException($"{expr.GetType().Name}: {expr}"),
    };

    public IReadOnlyDictionary<string, object?>? Values { get; init; }

    /// <summary>Runs a query that stands where values can.</summary>
    public Func<Pipeline, Rows>? Tables { get; init; }

    /// <summary>What functions that look at other rows see; null where they may not stand.</summary>
    public Window? Window { get; init; }

    object? Column(string name)
    {
        for (var i = 0; i < columns.Count; i++)
            if (columns[i] == name || name == "timestamp" && columns[i] == "@timestamp") return row[i];
        if (Values?.TryGetValue(name, out var let) == true) return let;
        // The first part may be a dynamic column, and the rest its properties.
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 ? name[(dot + 1)..].Split('.').Aggregate(Column(name[..dot]), Property) : throw new InvalidOperationException($"The row has no column {name}.");
    }

    static object? Property(object? of, string name) => of is Dyn { Json: System.Text.Json.Nodes.JsonObject bag } && bag[name] is { } value ? new Dyn(value.DeepClone()) : null;

    object? Place(object? of, object? by) => by is string name ? Property(of, name)
        : of is Dyn { List: { } list } && by is long at && (at < 0 ? list.Count + at : at) is var place && place >= 0 && place < list.Count && list[(int)place] is { } item ? new Dyn(item.DeepClone()) : null;

    static object? Item(object? of, long at)
    {
        if (of is not Dyn { List: { } list }) return null;
        var place = at < 0 ? list.Count + at : at;
        // An item of a list of texts is text, and text is never null.
        return place >= 0 && place < list.Count ? Calls.Plain(list[(int)place]) : "";
    }

    public bool? Truth(Expr expr) => Value.Bool(Of(expr));

    static bool? And(bool? a, bool? b) => a == false || b == false ? false : a is null || b is null ? null : true;

    // Sums ----------------------------------------------------------------------------------------------------

    public static object? Arithmetic(string op, object? a, object? b)
    {
        if (a is Loose or Dyn) a = b is Instant ? Value.Time(a) : Value.Real(a);
        if (b is Loose or Dyn) b = a is Instant ? Value.Time(b) : Value.Real(b);
        if (a is null || b is null) return null;
        return (a, op, b) switch
        {
            (long x, _, long y) => Whole(op, x, y),
            (long or double, _, long or double) => Real(op, Value.Number(a), Value.Number(b)),
            (Instant x, "-", Instant y) => new Span(x.Ms - y.Ms),
            (Instant x, "+", Span y) => new Instant(x.Ms + y.Ms),
            (Instant x, "-", Span y) => new Instant(x.Ms - y.Ms),
            (Span x, "+", Span y) => new Span(x.Ms + y.Ms),
            (Span x, "-", Span y) => new Span(x.Ms - y.Ms),
            (Span x, "/", Span y) => (double)x.Ms / y.Ms,
            (Span x, "*", long y) => new Span(x.Ms * y),
            _ => throw new NotSupportedException($"{a.GetType().Name} {op} {b.GetType().Name}"),
        };
    }

    static object? Whole(string op, long x, long y) => op switch
    {
        "+" => unchecked(x + y),
        "-" => unchecked(x - y),
        "*" => unchecked(x * y),
        "/" => y == 0 ? null : y == -1 ? unchecked(-x) : x / y,
        _ => y == 0 ? null : (object)((x % y + Math.Abs(y)) % Math.Abs(y)),
    };

    static double Real(string op, double x, double y) => op switch
    {
        "+" => x + y,
        "-" => x - y,
        "*" => x * y,
        "/" => x / y,
        _ => y == 0 ? double.NaN : x - Math.Floor(x / Math.Abs(y)) * Math.Abs(y),
    };

    // Comparisons ---------------------------------------------------------------------------------------------

    public static bool? Compare(string op, object? a, object? b)
    {
        // An array-valued field is asked member by member.
        if (a is Dyn { List: { } list } && b is string or Loose)
        {
            var some = list.Any(m => Compare(op == "!=" ? "==" : op, Calls.Plain(m), b) == true);
            return op == "!=" ? !some : some;
        }
        (a, b) = (Matched(a, b, op), Matched(b, a, op));
        if (a is null || b is null) return op switch
        {
            "==" => a is null && b is null ? null : false,
            "!=" => a is null && b is null ? null : true,
            _ => null,
        };
        if (a is double x && double.IsNaN(x) || b is double y && double.IsNaN(y)) return op == "!=";
        var order = Value.Order(a, b);
        return op switch { "==" => order == 0, "!=" => order != 0, "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };
    }

    /// <summary>The bag's text takes the type of the other side.</summary>
    static object? Matched(object? value, object? other, string op) => (value, other) switch
    {
        (Loose, long) when op is "==" or "!=" => Value.Long(value),
        (Loose, long or double) => Value.Real(value),
        (Loose, Instant) => Value.Time(value),
        (Loose l, _) => l.Text,
        _ => value,
    };

    bool In(InList list)
    {
        var left = Of(list.Left);
        var items = list.Items.SelectMany(i => i is Subquery table ? Tables!(table.Table).Items.Select(r => r[0]) : [Of(i)]).SelectMany(i => i is Dyn { List: { } many } ? many.Select(Calls.Plain) : [i]).ToList();
        var word = list.Operator.TrimStart('!');
        if (word is "has_any") return items.Any(i => StringTest("has", left, Value.Text(i)));
        if (word is "has_all") return items.All(i => StringTest("has", left, Value.Text(i)));
        bool Member(object? one) => items.Any(i => word == "in~" ? StringTest("=~", one, Value.Text(i)) : Compare("==", one, i) == true);
        var found = left is Dyn { List: { } members } ? members.Any(m => Member(Calls.Plain(m))) : Member(left);
        return list.Operator[0] == '!' ? !found : found;
    }

    static bool StringTest(string op, object? left, string right)
    {
        if (op is "!~") return !StringTest("=~", left, right);
        if (op[0] == '!') return !StringTest(op[1..], left, right);
        if (left is Dyn { List: { } list }) return list.Any(m => StringTest(op, Calls.Plain(m), right));
        var text = Value.Text(left);
        if (op == "matches regex") return System.Text.RegularExpressions.Regex.IsMatch(text, right, System.Text.RegularExpressions.RegexOptions.NonBacktracking | System.Text.RegularExpressions.RegexOptions.Singleline);
        if (op.EndsWith("_cs", StringComparison.Ordinal)) op = op[..^3];
        else (text, right) = (Lower(text), Lower(right));
        return op switch
        {
            "=~" => text == right,
            "contains" => text.Contains(right, StringComparison.Ordinal),
            "startswith" => text.StartsWith(right, StringComparison.Ordinal),
            "endswith" => text.EndsWith(right, StringComparison.Ordinal),
            "has" => Stands(text, right, atEdge: true, toEdge: true),
            "hasprefix" => Stands(text, right, atEdge: true, toEdge: false),
            "hassuffix" => Stands(text, right, atEdge: false, toEdge: true),
            _ => throw new NotSupportedException(op),
        };
    }

    // Case is ignored for ASCII letters, as the language says.
    static string Lower(string text) => string.Concat(text.Select(c => c is >= 'A' and <= 'Z' ? (char)(c + 32) : c));

    static bool IsTerm(char c) => c >= 0x80 || char.IsAsciiLetterOrDigit(c);

    /// <summary>Does the needle stand there with its outer terms whole?</summary>
    static bool Stands(string text, string needle, bool atEdge, bool toEdge)
    {
        if (needle.Length == 0) return true;
        for (var at = text.IndexOf(needle, StringComparison.Ordinal); at >= 0; at = text.IndexOf(needle, at + 1, StringComparison.Ordinal))
        {
            var from = !atEdge || !IsTerm(needle[0]) || at == 0 || !IsTerm(text[at - 1]);
            var end = at + needle.Length;
            var to = !toEdge || !IsTerm(needle[^1]) || end == text.Length || !IsTerm(text[end]);
            if (from && to) return true;
        }
        return false;
    }
}
