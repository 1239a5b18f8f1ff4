using System.Globalization;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Runtime;

/// <summary>One stored row as an event with all its fields, for the page that shows raw and parsed side by side.</summary>
internal static class StoredEvents
{
    /// <param name="row">id, raw, is it UTF-8, bag, texts of the columns.</param>
    public static StoredEvent Read(object?[] row, IReadOnlyList<StoreColumn> columns)
    {
        var fields = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var texts = (object?[])row[4]!;
        string Text(string name) => (string?)texts[columns.ToList().FindIndex(c => c.Name == name)] ?? "";
        for (var i = 0; i < columns.Count; i++)
        {
            var text = (string?)texts[i] ?? "";
            if (text.Length == 0 || columns[i].Type.Kind == Kind.DateTime) continue;
            var values = columns[i].Type.Kind == Kind.List ? Many(text) : [text];
            if (values.Count > 0) fields[columns[i].Name] = values;
        }
        foreach (var (name, value) in (IReadOnlyDictionary<string, object?>)row[3]!)
            fields[name] = value is string s && s.StartsWith('[') ? Many(s) : [Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""];
        return new(
            new EventId(Convert.ToUInt64(row[0], CultureInfo.InvariantCulture)).ToString(), Ms(Text(Tables.Time)), Ms(Text("event.ingested")),
            Text("log.source.id"), (string?)row[1] ?? "", Convert.ToInt64(row[2], CultureInfo.InvariantCulture) != 0, fields);
    }

    static long Ms(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>A JSON list of texts as its items; any other text is one item.</summary>
    static List<string> Many(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Array)
                return [.. json.RootElement.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.String ? e.GetString() ?? "" : e.GetRawText())];
        }
        catch (JsonException)
        {
            // A text that merely begins with a bracket.
        }
        return [text];
    }
}
