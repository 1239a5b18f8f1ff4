using System.Text.Json;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// A record of several events: <c>{"records":[…]}</c> (Azure's diagnostics, as an Event Hub and a storage account hold them), <c>{"Records":[…]}</c>
/// (CloudTrail's files, notifications of S3), a list of objects. By itself, or as the message inside what its door wraps around one: then each event is
/// read as if it had come alone in that wrapping.
/// </summary>
sealed class Bundle
{
    static readonly JsonReaderOptions Options = new() { MaxDepth = Limits.JsonReaderDepthMax };
    // What stands before the list: nothing but the names around it; and a header of syslog, with its structured data.
    const int HeadBytesMax = 512, LineHeadBytesMax = 4096;

    /// <summary>Where each event stands in the text; in a value with escapes, as it is escaped there.</summary>
    public readonly List<(int At, int Length)> Parts = [];
    /// <summary>The value that holds them: all of the text where they came by themselves.</summary>
    public (int At, int Length) Value { get; private set; }
    /// <summary>The value has escapes, so the parts do too.</summary>
    public bool Escaped { get; private set; }
    /// <summary>There are more than one record may hold.</summary>
    public bool More { get; private set; }

    /// <summary>Might the text be one, or hold one? Cheap, asked of every record.</summary>
    /// <param name="line">It is no JSON; its message might be.</param>
    public static bool Begins(ReadOnlySpan<byte> raw, OriginView origin, out bool line)
    {
        line = false;
        if (Alone(raw)) return true;
        raw = Trimmed(raw);
        if (raw.IsEmpty) return false;
        if (raw[0] != '{')
        {
            line = true;
            if (raw[^1] is not ((byte)'}' or (byte)']' or (byte)'\n' or (byte)'\r' or (byte)' ')) return false;
            var head = raw[..Math.Min(raw.Length, LineHeadBytesMax)];
            return head.IndexOf("ecords\""u8) > 0 || head.IndexOf("[{"u8) > 0;
        }
        // .NET writes a quote in a text by its number.
        return raw.IndexOf("ecords\\\""u8) > 0 || raw.IndexOf("ecords\\u0022"u8) > 0 || Lists(raw, "\"["u8) || (origin.Values && (raw.IndexOf("ecords\""u8) > 0 || Lists(raw, "["u8)));
    }

    /// <summary>Might the text be nothing else?</summary>
    public static bool Alone(ReadOnlySpan<byte> raw)
    {
        raw = Trimmed(raw);
        if (raw.Length < 2 || raw[0] is not ((byte)'{' or (byte)'[')) return false;
        var first = raw[1..Math.Min(raw.Length, HeadBytesMax)].TrimStart(" \r\n\t"u8);
        return raw[0] == '[' ? first is [(byte)'{', ..] : first.StartsWith("\"records\""u8) || first.StartsWith("\"Records\""u8);
    }

    static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> raw) =>
        raw.Length > 0 && raw[0] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or 0xEF ? (raw.StartsWith("\uFEFF"u8) ? raw[3..] : raw).TrimStart(" \r\n\t"u8) : raw;

    // A list of objects that begins behind those bytes: [{ or with blanks between them, which a text has as escapes.
    static bool Lists(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> opens)
    {
        for (int at; (at = raw.IndexOf(opens)) >= 0;)
        {
            raw = raw[(at + opens.Length)..];
            if (raw is [(byte)'{' or (byte)'\\' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t', ..]) return true;
        }
        return false;
    }

    /// <summary>Finds each of them; false when it is no such record, or broken: then it is one event.</summary>
    public bool TryRead(ReadOnlySpan<byte> text, OriginView origin)
    {
        Parts.Clear();
        (More, Escaped) = (false, false);
        var start = text.Length - (text.StartsWith("\uFEFF"u8) ? text[3..] : text).TrimStart(" \r\n\t"u8).Length;
        try
        {
            if (Whole(text[start..], start))
            {
                Value = (0, text.Length);
                return true;
            }
            var reader = new Utf8JsonReader(text[start..], Options);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && Carried(ref reader, text, start, origin) && !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // The other: a name with half a surrogate pair.
        {
            return false;
        }
    }

    /// <summary>The same of a line whose message begins there.</summary>
    public bool TryReadLine(ReadOnlySpan<byte> text, int message)
    {
        Parts.Clear();
        (More, Escaped) = (false, false);
        if (text[message..].StartsWith("\uFEFF"u8)) message += 3;
        message = text.Length - text[message..].TrimStart(" \t"u8).Length;
        Value = (message, text[message..].TrimEnd(" \r\n"u8).Length);
        try
        {
            return Value.Length > 0 && Whole(text.Slice(Value.At, Value.Length), Value.At);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Bytes that all of them become, each with a copy of what is around them.</summary>
    public long Bytes(int text) => (text - Value.Length) * (long)Parts.Count + Value.Length;

    // Nothing but the list, or an object whose only member it is.
    bool Whole(ReadOnlySpan<byte> text, int start)
    {
        var reader = new Utf8JsonReader(text, Options);
        if (!reader.Read()) return false;
        Parts.Clear();
        More = false;
        return (reader.TokenType == JsonTokenType.StartObject ? Member(ref reader, start) : reader.TokenType == JsonTokenType.StartArray && List(ref reader, start))
            && Parts.Count > 0 && !reader.Read();
    }

    bool Member(ref Utf8JsonReader reader, int start) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName && (reader.ValueTextEquals("records"u8) || reader.ValueTextEquals("Records"u8))
        && reader.Read() && reader.TokenType == JsonTokenType.StartArray && List(ref reader, start)
        && reader.Read() && reader.TokenType == JsonTokenType.EndObject;

    bool List(ref Utf8JsonReader reader, int start)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var at = start + (int)reader.TokenStartIndex;
            reader.Skip();
            if (Parts.Count == EventId.PerRecordMax) More = true;
            else Parts.Add((at, start + (int)reader.BytesConsumed - at));
        }
        return reader.TokenType == JsonTokenType.EndArray;
    }

    // The value of the best of the door's members that is one. The reader stands in the wrapping, and goes to its end: what is broken is one event.
    bool Carried(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, int start, OriginView origin)
    {
        var (best, place, quoted, escaped) = (int.MaxValue, (At: 0, Length: 0), false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var rank = Rank(ref reader, origin.Carriers);
            reader.Read();
            var isText = reader.TokenType == JsonTokenType.String;
            var (at, hasEscapes) = (start + (int)reader.TokenStartIndex + (isText ? 1 : 0), isText && reader.ValueIsEscaped);
            var could = rank < best && (isText || (origin.Values && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray));
            reader.Skip();
            if (!could) continue;
            var length = start + (int)reader.BytesConsumed - at - (isText ? 1 : 0);
            if (length > 2 && (isText ? text[at] is (byte)'{' or (byte)'[' or (byte)'\\' or (byte)' ' : true)) (best, place, quoted, escaped) = (rank, (at, length), isText, hasEscapes);
        }
        if (best == int.MaxValue || reader.TokenType != JsonTokenType.EndObject) return false;
        Value = place;
        Escaped = escaped;
        var value = text.Slice(place.At, place.Length);
        return !quoted || !escaped ? Whole(value, place.At) : Unescaped(value, place.At);
    }

    static int Rank(ref Utf8JsonReader reader, byte[][] carriers)
    {
        for (var i = 0; i < carriers.Length; i++)
            if (reader.ValueTextEquals(carriers[i])) return i;
        return int.MaxValue;
    }

    bool Unescaped(ReadOnlySpan<byte> value, int start)
    {
        var room = System.Buffers.ArrayPool<byte>.Shared.Rent(value.Length + JsonText.Slack);
        try
        {
            var plain = room.AsSpan(0, JsonText.Unescape(value, room, out _));
            var blanks = plain.Length - plain.TrimStart(" \r\n\t"u8).Length;
            if (!Whole(plain[blanks..], blanks)) return false;
            // Back to where they stand escaped, in one walk: their ends are braces, which are never escaped.
            var (from, at) = (0, 0);
            for (var i = 0; i < Parts.Count; i++)
            {
                var (begin, length) = Parts[i];
                var first = from = JsonText.EscapedAt(value, from, ref at, begin);
                from = JsonText.EscapedAt(value, from, ref at, begin + length);
                Parts[i] = (start + first, from - first);
            }
            return true;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(room);
        }
    }
}
