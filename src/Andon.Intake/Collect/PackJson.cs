using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Andon.Intake.Collect;

/// <summary>MessagePack as JSON text. What JSON cannot say (bytes, not-a-number) becomes text; nesting beyond the limit is left out and told.</summary>
static class PackJson
{
    const sbyte EventTime = 0;

    /// <summary>False when the data ends early or nests too deep; then what was written is no whole value.</summary>
    public static bool Write(ref MsgPack from, Utf8JsonWriter json, int depth = 0)
    {
        if (depth > Limits.ForwardDepthMax || !from.Next(out var item, out _)) return false;
        switch (item.Kind)
        {
            case PackKind.Nil: json.WriteNullValue(); return true;
            case PackKind.False: json.WriteBooleanValue(false); return true;
            case PackKind.True: json.WriteBooleanValue(true); return true;
            case PackKind.Unsigned: json.WriteNumberValue((ulong)item.Number); return true;
            case PackKind.Signed: json.WriteNumberValue(item.Number); return true;
            case PackKind.Float:
                if (double.IsFinite(item.Real)) json.WriteNumberValue(item.Real);
                else json.WriteStringValue(item.Real.ToString(CultureInfo.InvariantCulture));
                return true;
            case PackKind.Text or PackKind.Binary: json.WriteStringValue(Text(from.Bytes(item), item.Kind)); return true;
            case PackKind.Extension: json.WriteStringValue(TryTime(from, item, out var time) ? time : Convert.ToBase64String(from.Bytes(item))); return true;
            case PackKind.Array:
                json.WriteStartArray();
                for (var i = 0L; i < item.Number; i++)
                    if (!Write(ref from, json, depth + 1)) return false;
                json.WriteEndArray();
                return true;
            default:
                json.WriteStartObject();
                if (!Members(ref from, item.Number, json, depth)) return false;
                json.WriteEndObject();
                return true;
        }
    }

    /// <summary>The pairs of a map whose head was read.</summary>
    public static bool Members(ref MsgPack from, long pairs, Utf8JsonWriter json, int depth)
    {
        for (var i = 0L; i < pairs; i++)
        {
            if (!from.Next(out var key, out _)) return false;
            switch (key.Kind)
            {
                case PackKind.Text or PackKind.Binary: json.WritePropertyName(Text(from.Bytes(key), key.Kind)); break;
                case PackKind.Array or PackKind.Map: return false;
                default: json.WritePropertyName(key.Kind == PackKind.Float ? key.Real.ToString(CultureInfo.InvariantCulture) : key.Number.ToString(CultureInfo.InvariantCulture)); break;
            }
            if (!Write(ref from, json, depth + 1)) return false;
        }
        return true;
    }

    /// <summary>A time of Fluent: seconds, or its own type of seconds and nanoseconds.</summary>
    public static bool TryTime(MsgPack from, in PackItem item, out string time)
    {
        time = "";
        long seconds, nanos = 0;
        var bytes = from.Bytes(item);
        if (item.Kind == PackKind.Extension && item.Type == EventTime && bytes.Length == 8) (seconds, nanos) = (BinaryPrimitives.ReadUInt32BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]));
        else if (item.Kind == PackKind.Unsigned) seconds = item.Number;
        else if (item.Kind == PackKind.Float && item.Real is > 0 and < 253_402_300_799) (seconds, nanos) = ((long)item.Real, (long)(item.Real % 1 * 1e9));
        else return false;
        if (seconds is < 0 or > 253_402_300_799 || nanos > 999_999_999) return false;
        time = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanos / 100).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        return true;
    }

    static string Text(ReadOnlySpan<byte> bytes, PackKind kind) =>
        kind == PackKind.Text || Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : "base64:" + Convert.ToBase64String(bytes);
}
