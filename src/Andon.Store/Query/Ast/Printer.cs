using System.Globalization;
using System.Text;

namespace Andon.Store.Query.Ast;

/// <summary>Writes canonical query text.</summary>
internal sealed class Printer
{
    readonly StringBuilder text = new();

    public static string Text(Expr expr)
    {
        var printer = new Printer();
        expr.Print(printer);
        return printer.ToString();
    }

    public override string ToString() => text.ToString();

    public Printer Put(string plain) { text.Append(plain); return this; }
    public Printer Add(Expr expr) { expr.Print(this); return this; }

    /// <summary>In brackets when it binds less than the place needs.</summary>
    public Printer Bound(Expr expr, int need) => expr.Tightness >= need ? Add(expr) : Put("(").Add(expr).Put(")");

    public Printer List(IReadOnlyList<Expr> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) Put(", ");
            // A query among other arguments stands in brackets: its commas are its own.
            Bound(items[i], items[i] is Subquery && items.Count > 1 ? 1 : 0);
        }
        return this;
    }

    public Printer Items(IReadOnlyList<Item> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) Put(", ");
            items[i].Print(this);
        }
        return this;
    }

    public Printer Names(IReadOnlyList<string> names)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (i > 0) Put(", ");
            Name(names[i]);
        }
        return this;
    }

    public Printer Name(string name) => Words.IsPlainPath(name) ? Put(name) : Put("['").Put(Escaped(name)).Put("']");

    public Printer Literal(KType type, object? value) => Put((type.Kind, value) switch
    {
        (_, null) => type.Kind == Kind.Unknown ? "null" : $"{type.Name}(null)",
        (Kind.Bool, bool b) => b ? "true" : "false",
        (Kind.Long, long.MinValue) => "long(-9223372036854775808)",
        (Kind.Long, long n) => n.ToString(CultureInfo.InvariantCulture),
        (Kind.Real, double d) => Real(d),
        (Kind.DateTime, long ms) => $"datetime({Iso(ms)})",
        (Kind.TimeSpan, long ms) => Span(ms),
        (_, string s) => $"'{Escaped(s)}'",
        _ => throw new InvalidOperationException($"No canonical text for a {type.Name} of {value.GetType().Name}."),
    });

    static string Real(double d)
    {
        if (double.IsNaN(d)) return "real(nan)";
        if (double.IsInfinity(d)) return d > 0 ? "real(+inf)" : "real(-inf)";
        var text = d.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') >= 0 ? text.Replace("E+", "e", StringComparison.Ordinal).Replace("E", "e", StringComparison.Ordinal) : text + ".0";
    }

    /// <summary>Shortest ISO form that still tells the same instant.</summary>
    public static string Iso(long ms)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        var form = ms % 86_400_000 == 0 ? "yyyy-MM-dd" : ms % 1000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        return at.ToString(form, CultureInfo.InvariantCulture);
    }

    static string Span(long ms)
    {
        var (by, unit) = ms switch
        {
            0 => (1, "s"),
            _ when ms % 86_400_000 == 0 => (86_400_000, "d"),
            _ when ms % 3_600_000 == 0 => (3_600_000, "h"),
            _ when ms % 60_000 == 0 => (60_000, "m"),
            _ when ms % 1000 == 0 => (1000, "s"),
            _ => (1, "ms"),
        };
        var text = (ms / by).ToString(CultureInfo.InvariantCulture) + unit;
        return ms < 0 ? $"time({text})" : text;
    }

    public static string Escaped(string value)
    {
        var to = new StringBuilder(value.Length + 8);
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => to.Append(@"\\"),
                '\'' => to.Append(@"\'"),
                '\n' => to.Append(@"\n"),
                '\r' => to.Append(@"\r"),
                '\t' => to.Append(@"\t"),
                _ when char.IsControl(c) => to.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => to.Append(c),
            };
        }
        return to.ToString();
    }
}
