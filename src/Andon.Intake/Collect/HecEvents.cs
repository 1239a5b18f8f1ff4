using System.Text.Json;

namespace Andon.Intake.Collect;

/// <summary>Cuts a HEC body into its events: JSON objects one behind the other, with or without blanks between.</summary>
static class HecEvents
{
    static readonly JsonReaderOptions Deep = new() { MaxDepth = Limits.JsonReaderDepthMax, AllowMultipleValues = true };

    /// <summary>The events as they stand in the body, each whole; and, when one is wrong, its HEC code: those before it are good.</summary>
    public static List<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> body, out int code)
    {
        var events = new List<ReadOnlyMemory<byte>>();
        code = Hec.InvalidFormat;
        try
        {
            var reader = new Utf8JsonReader(body.Span, Deep);
            while (true)
            {
                // What follows an object must be judged apart: it may be broken, and the object was not.
                if (!reader.Read())
                {
                    code = events.Count == 0 ? Hec.NoData : Hec.Success;
                    return events;
                }
                if (reader.TokenType != JsonTokenType.StartObject || events.Count == Limits.EventsPerRequestMax) return events;
                var start = (int)reader.TokenStartIndex;
                var wrong = Hec.EventMissing;
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var isEvent = reader.ValueTextEquals("event"u8);
                    reader.Read();
                    if (isEvent) wrong = Judge(ref reader);
                    reader.Skip();
                }
                var length = (int)reader.BytesConsumed - start;
                if (wrong == Hec.Success && length > Limits.EventBytesMax) wrong = Hec.InvalidFormat;
                if (wrong != Hec.Success)
                {
                    code = wrong;
                    return events;
                }
                events.Add(body.Slice(start, length));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return events;
        }
    }

    static int Judge(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => Hec.EventMissing,
        JsonTokenType.String when reader.ValueSpan.IsEmpty => Hec.EventBlank,
        _ => Hec.Success,
    };

    /// <summary>A raw body: a record a line.</summary>
    public static List<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> body, out int code)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        code = Hec.Success;
        while (!body.IsEmpty)
        {
            var end = body.Span.IndexOf((byte)'\n');
            var line = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            if (line.Length > 0 && line.Span[^1] == '\r') line = line[..^1];
            if (line.IsEmpty) continue;
            if (line.Length > Limits.EventBytesMax || lines.Count == Limits.EventsPerRequestMax)
            {
                code = Hec.InvalidFormat;
                return lines;
            }
            lines.Add(line);
        }
        if (lines.Count == 0) code = Hec.NoData;
        return lines;
    }
}
