using System.Text.Json;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// A record of several events: <c>{"records":[…]}</c> (Azure's diagnostics, as an Event Hub and a storage account hold them), <c>{"Records":[…]}</c>
/// (CloudTrail's files, notifications of S3), a list of objects; also as the event of Splunk's collector. Each is an event that is read as if it had
/// come alone, and its raw bytes are its own part of the record.
/// </summary>
static class Bundle
{
    static readonly JsonReaderOptions Options = new() { MaxDepth = Limits.JsonReaderDepthMax };
    // What stands before the list: nothing but the names around it.
    const int HeadBytesMax = 512;

    /// <summary>Might it be one? Cheap, asked of every record.</summary>
    public static bool Begins(ReadOnlySpan<byte> raw, bool hec)
    {
        if (raw.Length < 4) return false;
        if (raw[0] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or 0xEF) raw = raw.StartsWith("\uFEFF"u8) ? raw[3..] : raw.TrimStart(" \r\n\t"u8);
        if (raw.IsEmpty || raw[0] is not ((byte)'{' or (byte)'[')) return false;
        if (raw[0] == '[') return raw[1..].TrimStart(" \r\n\t"u8) is [(byte)'{', ..];
        var head = raw[..Math.Min(raw.Length, HeadBytesMax)];
        if (!hec)
        {
            head = head[1..].TrimStart(" \r\n\t"u8);
            return head.StartsWith("\"records\""u8) || head.StartsWith("\"Records\""u8);
        }
        return head.IndexOf("ecords\""u8) > 0;
    }

    /// <summary>Where each of them stands in the text; false when it is no such record, or broken: then it is one event.</summary>
    /// <param name="more">There are more than one record may hold.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, bool hec, List<(int At, int Length)> into, out bool more)
    {
        into.Clear();
        more = false;
        var start = text.Length - (text.StartsWith("\uFEFF"u8) ? text[3..] : text).TrimStart(" \r\n\t"u8).Length;
        try
        {
            var reader = new Utf8JsonReader(text[start..], Options);
            if (!reader.Read()) return false;
            if (reader.TokenType == JsonTokenType.StartObject && !(hec ? InEnvelope(ref reader, start, into, ref more) : Member(ref reader, start, into, ref more))) return false;
            if (reader.TokenType == JsonTokenType.StartArray && !List(ref reader, start, into, ref more)) return false;
            return into.Count > 0 && !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // The other: a name with half a surrogate pair.
        {
            return false;
        }
    }

    // The only member of the object.
    static bool Member(ref Utf8JsonReader reader, int start, List<(int, int)> into, ref bool more) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName && (reader.ValueTextEquals("records"u8) || reader.ValueTextEquals("Records"u8))
        && reader.Read() && reader.TokenType == JsonTokenType.StartArray && List(ref reader, start, into, ref more)
        && reader.Read() && reader.TokenType == JsonTokenType.EndObject;

    static bool InEnvelope(ref Utf8JsonReader reader, int start, List<(int, int)> into, ref bool more)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isEvent = reader.ValueTextEquals("event"u8);
            if (!reader.Read()) return false;
            if (!isEvent) reader.Skip();
            else if (reader.TokenType != JsonTokenType.StartObject || !Member(ref reader, start, into, ref more)) return false;
        }
        return reader.TokenType == JsonTokenType.EndObject;
    }

    static bool List(ref Utf8JsonReader reader, int start, List<(int, int)> into, ref bool more)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var at = start + (int)reader.TokenStartIndex;
            reader.Skip();
            if (into.Count == EventId.PerRecordMax) more = true;
            else into.Add((at, start + (int)reader.BytesConsumed - at));
        }
        return reader.TokenType == JsonTokenType.EndArray;
    }
}
