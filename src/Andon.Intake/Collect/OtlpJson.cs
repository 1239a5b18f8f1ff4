using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Andon.Intake.Collect;

/// <summary>Reads <c>ExportLogsServiceRequest</c> in JSON: ids in hex, 64-bit numbers as text or number.</summary>
static class OtlpJson
{
    static readonly JsonDocumentOptions Deep = new() { MaxDepth = Limits.JsonReaderDepthMax };

    public static bool Read(ReadOnlyMemory<byte> data, Action<OtlpRecord?, OtlpOwner, OtlpOwner> take)
    {
        try
        {
            using var document = JsonDocument.Parse(data, Deep);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return false;
            foreach (var logs in Items(document.RootElement, "resourceLogs"))
            {
                var resource = Owner(logs, "resource");
                foreach (var scoped in Items(logs, "scopeLogs"))
                {
                    var scope = Owner(scoped, "scope");
                    foreach (var record in Items(scoped, "logRecords")) take(Record(record), resource, scope);
                }
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static OtlpOwner Owner(JsonElement parent, string name)
    {
        var owner = new OtlpOwner { SchemaUrl = Text(parent, "schemaUrl") };
        if (!TryGet(parent, name, out var own) || own.ValueKind != JsonValueKind.Object) return owner;
        (owner.Name, owner.Version, owner.Attributes) = (Text(own, "name"), Text(own, "version"), Pairs(own, "attributes", 0, ref owner.Deep));
        return owner;
    }

    static OtlpRecord? Record(JsonElement from)
    {
        if (from.ValueKind != JsonValueKind.Object) return null;
        var record = new OtlpRecord
        {
            TimeNs = Unsigned(from, "timeUnixNano"),
            ObservedNs = Unsigned(from, "observedTimeUnixNano"),
            SeverityNumber = (int)Unsigned(from, "severityNumber"),
            SeverityText = Text(from, "severityText"),
            Dropped = (uint)Unsigned(from, "droppedAttributesCount"),
            Flags = (uint)Unsigned(from, "flags"),
            TraceId = Hex(Text(from, "traceId")),
            SpanId = Hex(Text(from, "spanId")),
            EventName = Text(from, "eventName"),
        };
        record.Body = TryGet(from, "body", out var body) ? Value(body, 0, ref record.Deep) : null;
        record.Attributes = Pairs(from, "attributes", 0, ref record.Deep);
        return record;
    }

    static JsonObject Pairs(JsonElement parent, string name, int depth, ref bool deep)
    {
        var into = new JsonObject();
        foreach (var pair in Items(parent, name)) into[Text(pair, "key")] = TryGet(pair, "value", out var value) ? Value(value, depth, ref deep) : null;
        return into;
    }

    static JsonNode? Value(JsonElement from, int depth, ref bool deep)
    {
        if (depth > Limits.OtlpDepthMax && (deep = true)) return from.GetRawText();
        if (from.ValueKind != JsonValueKind.Object) return null;
        foreach (var kind in from.EnumerateObject())
            switch (Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(kind)))
            {
                case "stringValue" or "bytesValue": return kind.Value.ValueKind == JsonValueKind.String ? kind.Value.Plain() : null;
                case "boolValue": return kind.Value.ValueKind == JsonValueKind.True;
                case "intValue": return long.TryParse(Digits(kind.Value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null;
                case "doubleValue": return double.TryParse(Digits(kind.Value), NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? OtlpProtobuf.Real(real) : null;
                case "arrayValue":
                    var array = new JsonArray();
                    foreach (var item in Items(kind.Value, "values")) array.Add(Value(item, depth + 1, ref deep));
                    return array;
                case "kvlistValue": return Pairs(kind.Value, "values", depth + 1, ref deep);
            }
        return null;
    }

    static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        TryGet(parent, name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : [];

    static bool TryGet(JsonElement parent, string name, out JsonElement value) => parent.TryMember(Encoding.UTF8.GetBytes(name), out value);

    static string Text(JsonElement parent, string name) => TryGet(parent, name, out var text) && text.ValueKind == JsonValueKind.String ? text.Plain() : "";

    static string Digits(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.Plain() : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : "";

    static ulong Unsigned(JsonElement parent, string name) =>
        TryGet(parent, name, out var value) && ulong.TryParse(Digits(value), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    static string Hex(string id) => id.AsSpan().ContainsAnyExcept('0') ? id.ToLowerInvariant() : "";
}
