using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Andon.Intake.Sources;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>An event for people and scripts: its fields by name. Allocates: not for the hot path.</summary>
static class EventJson
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = false };

    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Fields(EventView view)
    {
        var fields = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (ref readonly var cell in view.Cells)
        {
            var name = Encoding.UTF8.GetString(view.Name(cell));
            var value = Encoding.UTF8.GetString(view.Value(cell));
            if (fields.TryGetValue(name, out var list)) ((List<string>)list).Add(value);
            else fields[name] = new List<string> { value };
        }
        return fields;
    }

    public static SourceSample Sample(EventView view)
    {
        var fields = Fields(view);
        return new(view.Id.ToString(), view.TimeMs, Encoding.UTF8.GetString(view.Raw), fields, fields.TryGetValue("andon.findings", out var findings) ? findings : []);
    }

    /// <summary>One JSON object on one line; many values are an array, numbers and truth values keep their kind.</summary>
    public static void Write(EventView view, Stream to)
    {
        using var json = new Utf8JsonWriter(to, Options);
        json.WriteStartObject();
        json.WriteString("@timestamp", UnixMs.ToIso(view.TimeMs));
        json.WriteString("andon.event_id", view.Id.ToString());
        var order = new SortedDictionary<string, List<Cell>>(StringComparer.Ordinal);
        foreach (ref readonly var cell in view.Cells)
        {
            var name = Encoding.UTF8.GetString(view.Name(cell));
            if (!order.TryGetValue(name, out var cells)) order[name] = cells = [];
            cells.Add(cell);
        }
        order.Remove("@timestamp");
        order.Remove("andon.event_id");
        foreach (var (name, cells) in order)
        {
            json.WritePropertyName(name);
            var many = cells.Count > 1 || Ecs.Field(name) is { Many: true };
            if (many) json.WriteStartArray();
            foreach (var cell in cells) Value(json, view, cell);
            if (many) json.WriteEndArray();
        }
        json.WriteString("event.original", Encoding.UTF8.GetString(view.Raw));
        json.WriteEndObject();
        json.Flush();
        to.WriteByte((byte)'\n');
    }

    static void Value(Utf8JsonWriter json, EventView view, in Cell cell)
    {
        switch (cell.Kind)
        {
            case ValueKind.Null: json.WriteNullValue(); break;
            case ValueKind.True: json.WriteBooleanValue(value: true); break;
            case ValueKind.False: json.WriteBooleanValue(value: false); break;
            // Kept as it was written; a number that came as text with a leading zero is no JSON number.
            case ValueKind.Number when view.Value(cell) is [not (byte)'0', ..] or [(byte)'0'] or [(byte)'0', (byte)'.', ..]: json.WriteRawValue(view.Value(cell)); break;
            default: json.WriteStringValue(view.Value(cell)); break;
        }
    }
}
