using System.Globalization;
using System.Text.Json.Nodes;

namespace Andon.Tests.Store.Query.Oracle;

/// <summary>An instant and a span in milliseconds; text of the bag; a dynamic value. Strings, longs, doubles and bools are themselves, null is null.</summary>
readonly record struct Instant(long Ms);
readonly record struct Span(long Ms);
readonly record struct Loose(string Text);
sealed record Dyn(JsonNode? Json)
{
    public JsonArray? List => Json as JsonArray;
    public static Dyn Of(IEnumerable<string> items) => new(new JsonArray([.. items.Select(i => (JsonNode)JsonValue.Create(i))]));
}

/// <summary>What a value is by the manual: its text, its order, its equality.</summary>
static class Value
{
    public static string Text(object? value) => value switch
    {
        null => "",
        string s => s,
        Loose l => l.Text,
        bool b => b ? "true" : "false",
        long n => n.ToString(CultureInfo.InvariantCulture),
        double d => Real(d),
        Instant i => DateTimeOffset.FromUnixTimeMilliseconds(i.Ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'0000Z'", CultureInfo.InvariantCulture),
        Span s => TimeSpan.FromMilliseconds(s.Ms).ToString("c", CultureInfo.InvariantCulture),
        Dyn d => Json(d.Json),
        _ => throw new InvalidOperationException($"No text of a {value.GetType().Name}."),
    };

    static string Real(double d) => double.IsNaN(d) ? "nan" : double.IsInfinity(d) ? d > 0 ? "inf" : "-inf"
        : Math.Abs(d) is < 1e15 and > 1e-4 or 0 ? d.ToString("0.#################", CultureInfo.InvariantCulture) : d.ToString("R", CultureInfo.InvariantCulture);

    static readonly System.Text.Json.JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static string Json(JsonNode? json) => json is null ? "" : json is JsonValue v && v.TryGetValue<string>(out var s) ? s : json.ToJsonString(Plain);

    /// <summary>As an answer shows it, reals to twelve digits.</summary>
    public static string Shown(object? value) => value switch
    {
        null or Dyn { Json: null } => "null",
        string { Length: 0 } or Loose { Text.Length: 0 } => "''",
        double d => ShownReal(d),
        Instant i => DateTimeOffset.FromUnixTimeMilliseconds(i.Ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        Dyn d => d.Json!.ToJsonString(Plain),
        _ => Text(value),
    };

    public static string ShownReal(double d) => double.IsNaN(d) ? "NaN" : double.IsInfinity(d) ? d > 0 ? "+Inf" : "-Inf" : (d == 0 ? 0 : d).ToString("G12", CultureInfo.InvariantCulture);

    /// <summary>Order of two values of one kind, neither null; text by its characters.</summary>
    public static int Order(object a, object b) => (a, b) switch
    {
        (string or Loose, string or Loose) => Characters(Text(a), Text(b)),
        (long x, long y) => x.CompareTo(y),
        (long or double, long or double) => Number(a).CompareTo(Number(b)),
        (bool x, bool y) => x.CompareTo(y),
        (Instant x, Instant y) => x.Ms.CompareTo(y.Ms),
        (Span x, Span y) => x.Ms.CompareTo(y.Ms),
        (Dyn x, Dyn y) => Characters(Text(x), Text(y)),
        _ => throw new InvalidOperationException($"{a.GetType().Name} and {b.GetType().Name} have no order."),
    };

    static int Characters(string x, string y)
    {
        var (a, b) = (x.EnumerateRunes().ToArray(), y.EnumerateRunes().ToArray());
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
            if (a[i] != b[i]) return a[i].Value.CompareTo(b[i].Value);
        return a.Length.CompareTo(b.Length);
    }

    public static double Number(object value) => value is long n ? n : (double)value;

    public static long? Long(object? value) => value switch
    {
        null => null,
        long n => n,
        double d => double.IsFinite(d) && Math.Abs(d) < 9.2e18 ? (long)Math.Truncate(d) : null,
        bool b => b ? 1 : 0,
        Span s => s.Ms * 10_000,
        Instant i => i.Ms * 10_000 + 621_355_968_000_000_000,
        Dyn { Json: JsonValue json } when json.GetValueKind() == System.Text.Json.JsonValueKind.Number => json.TryGetValue<long>(out var whole) ? whole : Long(json.GetValue<double>()),
        Dyn { Json: JsonValue json } when json.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => json.GetValue<bool>() ? 1 : 0,
        _ => long.TryParse(Text(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null,
    };

    public static double? Real(object? value) => value switch
    {
        null => null,
        long n => n,
        double d => d,
        bool b => b ? 1 : 0,
        _ => double.TryParse(Text(value), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var d) ? d : null,
    };

    public static bool? Bool(object? value) => value switch
    {
        null => null,
        bool b => b,
        long n => n != 0,
        double d => d != 0,
        _ => Text(value).ToLowerInvariant() switch { "true" or "1" => true, "false" or "0" => false, _ => null },
    };

    public static Instant? Time(object? value)
    {
        if (value is Instant i) return i;
        var text = Text(value);
        return System.Text.RegularExpressions.Regex.IsMatch(text, "(?:^|[^0-9])[0-9]{4}(?:[^0-9]|$)")
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? new(at.ToUnixTimeMilliseconds()) : null;
    }
}
