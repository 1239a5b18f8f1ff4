using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Andon.Store.Query;

/// <summary>CSV by RFC 4180, safe to open in a spreadsheet: a text that one would run as a formula gets an apostrophe in front.</summary>
internal static class CsvText
{
    // What spreadsheets take for the beginning of a formula, in their own and in full width.
    const string Begins = "=+-@|%\t\r\uff1d\uff0b\uff0d\uff20";

    public static void Row(StringBuilder to, IEnumerable<string> cells)
    {
        var first = true;
        foreach (var cell in cells)
        {
            if (!first) to.Append(',');
            first = false;
            Quoted(to, cell);
        }
        to.Append("\r\n");
    }

    /// <summary>A cell's text. Numbers of number columns stay numbers, also negative ones.</summary>
    public static string Cell(object? value, string type)
    {
        var text = Plain(value).Replace('\0', '\u2400');
        return value is long or double && type is "long" or "real" || !IsFormula(text) ? text : "'" + text;
    }

    public static string Plain(object? value) => value switch
    {
        null => "",
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString() ?? "",
        JsonElement json => json.GetRawText(),
        bool b => b ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    static readonly SearchValues<char> Quotes = System.Buffers.SearchValues.Create("\",\r\n;\t");

    static bool IsFormula(string text)
    {
        foreach (var c in text)
        {
            if (Begins.Contains(c, StringComparison.Ordinal)) return true;
            // Invisible characters in front hide a formula from a person, not from a spreadsheet.
            if (!char.IsWhiteSpace(c) && char.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.Control)) return false;
        }
        return false;
    }

    static void Quoted(StringBuilder to, string cell)
    {
        if (cell.AsSpan().IndexOfAny(Quotes) < 0 && cell.AsSpan().Trim().Length == cell.Length) to.Append(cell);
        else to.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}
