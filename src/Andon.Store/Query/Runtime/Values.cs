using System.Globalization;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Runtime;

/// <summary>From what the engine gives to what an answer shows.</summary>
internal static class Values
{
    public static object? Shown(object? value, KType type) => value is null ? null : type.Kind switch
    {
        Kind.DateTime => UnixMs.ToIso(Number(value)),
        Kind.TimeSpan => Span(Number(value)),
        Kind.Bool => value is bool b ? b : Number(value) != 0,
        Kind.Long => Number(value),
        Kind.Real => Real(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        Kind.Json or Kind.List or Kind.Bag => Json((string)value),
        _ => value,
    };

    static long Number(object value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);

    /// <summary>JSON has no word for these.</summary>
    static object Real(double value) => double.IsFinite(value) ? value : double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";

    /// <summary>As Kusto writes it: d.hh:mm:ss.fffffff without the zeros at either end.</summary>
    public static string Span(long ms)
    {
        var span = TimeSpan.FromMilliseconds(ms);
        return span.ToString("c", CultureInfo.InvariantCulture);
    }

    static object? Json(string text)
    {
        if (text.Length == 0 || text == "null") return null;
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Bytes that are no UTF-8 can break JSON that the engine made; the text is still worth showing.
            return text;
        }
    }
}
