using System.Globalization;
using System.Text.Json.Nodes;

namespace Andon.Intake.Collect;

/// <summary>
/// One OTLP log record as JSON. Body, severity, trace and host stand under their ECS names; the attributes of record, scope and resource stay
/// apart. The protobuf and the JSON of an export give the same text.
/// </summary>
sealed class OtlpRecord
{
    public ulong TimeNs, ObservedNs;
    public long SeverityNumber, Dropped, Flags;
    public string SeverityText = "", EventName = "", TraceId = "", SpanId = "";
    public JsonNode? Body;
    /// <summary>Something in it nests deeper than the limit, and is one text from there on.</summary>
    public bool Deep;
    public JsonObject Attributes = [];

    public JsonObject ToJson(OtlpOwner resource, OtlpOwner scope)
    {
        var json = new JsonObject();
        // Zero says that nobody knows when it happened; when it was seen is the next best.
        if ((TimeNs > 0 ? TimeNs : ObservedNs) is > 0 and var ns) json["@timestamp"] = Iso(ns);
        if (ObservedNs > 0) json["observed_timestamp"] = Iso(ObservedNs);
        if (Body is JsonValue) json["message"] = Body.DeepClone();
        else if (Body is not null) json["body"] = Body.DeepClone();
        if (SeverityText.Length > 0) json["log"] = new JsonObject { ["level"] = SeverityText };
        if (SeverityNumber != 0) json["severity_number"] = SeverityNumber;
        if (EventName.Length > 0) json["event_name"] = EventName;
        if (TraceId.Length > 0) json["trace"] = new JsonObject { ["id"] = TraceId };
        if (SpanId.Length > 0) json["span"] = new JsonObject { ["id"] = SpanId };
        if (Flags != 0) json["flags"] = Flags;
        if (resource.Attributes["host.name"] is JsonValue host) json["host"] = new JsonObject { ["name"] = host.DeepClone() };
        if (resource.Attributes["service.name"] is JsonValue service) json["service"] = new JsonObject { ["name"] = service.DeepClone() };
        if (Attributes.Count > 0) json["attributes"] = Attributes.DeepClone();
        if (Dropped > 0) json["dropped_attributes_count"] = Dropped;
        if (scope.ToJson() is { Count: > 0 } inScope) json["scope"] = inScope;
        if (resource.ToJson() is { Count: > 0 } inResource) json["resource"] = inResource;
        return json;
    }

    static string Iso(ulong ns)
    {
        var seconds = (long)(ns / 1_000_000_000);
        return DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, 253_402_300_799)).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + string.Create(CultureInfo.InvariantCulture, $".{ns % 1_000_000_000:000000000}Z");
    }

    public static string ReadableHex(ReadOnlySpan<byte> id) => id.IsEmpty || !id.ContainsAnyExcept((byte)0) ? "" : Convert.ToHexStringLower(id);
}

/// <summary>What a record belongs to: the resource that wrote it, the scope in it.</summary>
sealed class OtlpOwner
{
    public string Name = "", Version = "", SchemaUrl = "";
    public bool Deep;
    public JsonObject Attributes = [];

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (Name.Length > 0) json["name"] = Name;
        if (Version.Length > 0) json["version"] = Version;
        if (SchemaUrl.Length > 0) json["schema_url"] = SchemaUrl;
        if (Attributes.Count > 0) json["attributes"] = Attributes.DeepClone();
        return json;
    }
}
