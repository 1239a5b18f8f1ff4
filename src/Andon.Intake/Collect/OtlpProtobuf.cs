using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Andon.Intake.Collect;

/// <summary>Reads <c>ExportLogsServiceRequest</c> in protobuf. Field numbers are those of opentelemetry/proto/logs/v1.</summary>
static class OtlpProtobuf
{
    /// <summary>False when the bytes are no such message; <paramref name="take"/> gets each record, or null for one that cannot be read.</summary>
    public static bool Read(ReadOnlySpan<byte> data, Action<OtlpRecord?, OtlpOwner, OtlpOwner> take)
    {
        var request = new Protobuf(data);
        while (request.Next())
            if (request is { Field: 1, Wire: Protobuf.Bytes } && !ResourceLogs(request.Data, take)) return false;
        return !request.Broken;
    }

    static bool ResourceLogs(ReadOnlySpan<byte> data, Action<OtlpRecord?, OtlpOwner, OtlpOwner> take)
    {
        var resource = new OtlpOwner();
        var first = new Protobuf(data);
        while (first.Next()) // The resource may stand behind its records.
        {
            if (first is { Field: 1, Wire: Protobuf.Bytes } && !Owner(first.Data, resource, attributes: 1)) return false;
            if (first is { Field: 3, Wire: Protobuf.Bytes }) resource.SchemaUrl = Text(first.Data);
        }
        if (first.Broken) return false;
        var second = new Protobuf(data);
        while (second.Next())
        {
            if (second is not { Field: 2, Wire: Protobuf.Bytes }) continue;
            var scope = new OtlpOwner();
            var head = new Protobuf(second.Data);
            while (head.Next())
            {
                if (head is { Field: 1, Wire: Protobuf.Bytes } && !Owner(head.Data, scope, attributes: 3)) return false;
                if (head is { Field: 3, Wire: Protobuf.Bytes }) scope.SchemaUrl = Text(head.Data);
            }
            if (head.Broken) return false;
            var logs = new Protobuf(second.Data);
            while (logs.Next())
                if (logs is { Field: 2, Wire: Protobuf.Bytes }) take(Record(logs.Data), resource, scope);
        }
        return true;
    }

    static bool Owner(ReadOnlySpan<byte> data, OtlpOwner owner, int attributes)
    {
        var fields = new Protobuf(data);
        while (fields.Next())
        {
            if (fields.Wire != Protobuf.Bytes) continue;
            if (fields.Field == attributes) Pair(fields.Data, owner.Attributes, 0, ref owner.Deep);
            else if (attributes == 3 && fields.Field == 1) owner.Name = Text(fields.Data);
            else if (attributes == 3 && fields.Field == 2) owner.Version = Text(fields.Data);
        }
        return !fields.Broken;
    }

    static OtlpRecord? Record(ReadOnlySpan<byte> data)
    {
        var record = new OtlpRecord();
        var fields = new Protobuf(data);
        while (fields.Next())
            switch (fields.Field, fields.Wire)
            {
                case (1, Protobuf.Fixed64): record.TimeNs = fields.Number; break;
                case (11, Protobuf.Fixed64): record.ObservedNs = fields.Number; break;
                case (2, Protobuf.Varint): record.SeverityNumber = (int)fields.Number; break;
                case (3, Protobuf.Bytes): record.SeverityText = Text(fields.Data); break;
                case (5, Protobuf.Bytes): record.Body = Value(fields.Data, 0, ref record.Deep); break;
                case (6, Protobuf.Bytes): Pair(fields.Data, record.Attributes, 0, ref record.Deep); break;
                case (7, Protobuf.Varint): record.Dropped = (uint)fields.Number; break;
                case (8, Protobuf.Fixed32): record.Flags = (uint)fields.Number; break;
                case (9, Protobuf.Bytes): record.TraceId = OtlpRecord.ReadableHex(fields.Data); break;
                case (10, Protobuf.Bytes): record.SpanId = OtlpRecord.ReadableHex(fields.Data); break;
                case (12, Protobuf.Bytes): record.EventName = Text(fields.Data); break;
            }
        return fields.Broken ? null : record;
    }

    static void Pair(ReadOnlySpan<byte> data, JsonObject into, int depth, ref bool deep)
    {
        var key = "";
        JsonNode? value = null;
        var fields = new Protobuf(data);
        while (fields.Next())
        {
            if (fields is { Field: 1, Wire: Protobuf.Bytes }) key = Text(fields.Data);
            else if (fields is { Field: 2, Wire: Protobuf.Bytes }) value = Value(fields.Data, depth, ref deep);
        }
        into[key] = value;
    }

    static JsonNode? Value(ReadOnlySpan<byte> data, int depth, ref bool deep)
    {
        if (depth > Limits.OtlpDepthMax && (deep = true)) return "protobuf:" + Convert.ToBase64String(data);
        var fields = new Protobuf(data);
        if (!fields.Next()) return null;
        switch (fields.Field, fields.Wire)
        {
            case (1, Protobuf.Bytes): return Text(fields.Data);
            case (2, Protobuf.Varint): return fields.Number != 0;
            case (3, Protobuf.Varint): return (long)fields.Number;
            case (4, Protobuf.Fixed64): return Real(BitConverter.UInt64BitsToDouble(fields.Number));
            case (5, Protobuf.Bytes):
                var array = new JsonArray();
                var items = new Protobuf(fields.Data);
                while (items.Next())
                    if (items is { Field: 1, Wire: Protobuf.Bytes }) array.Add(Value(items.Data, depth + 1, ref deep));
                return array;
            case (6, Protobuf.Bytes):
                var map = new JsonObject();
                var pairs = new Protobuf(fields.Data);
                while (pairs.Next())
                    if (pairs is { Field: 1, Wire: Protobuf.Bytes }) Pair(pairs.Data, map, depth + 1, ref deep);
                return map;
            case (7, Protobuf.Bytes): return Convert.ToBase64String(fields.Data);
            default: return null;
        }
    }

    public static JsonNode Real(double value) => double.IsFinite(value) ? JsonValue.Create(value) : JsonValue.Create(value.ToString(CultureInfo.InvariantCulture));

    static string Text(ReadOnlySpan<byte> data) => Encoding.UTF8.GetString(data);
}
