using System.Runtime.InteropServices;
using System.Text.Json;

namespace Andon.Intake.Collect;

/// <summary>Cuts what Seq's clients send into events, each as its bytes stand: a line each (CLEF), or a list in an envelope (<c>{"Events":[…]}</c>).</summary>
static class SeqEvents
{
    static readonly JsonReaderOptions Deep = new() { MaxDepth = Limits.SeqDepthMax };

    /// <summary>A line each. A line that is no object is taken too, since its neighbours are good and it may say what is wrong; null when none is good.</summary>
    public static List<ReadOnlyMemory<byte>>? Lines(ReadOnlyMemory<byte> body, out int strange)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        strange = 0;
        if (body.Span.StartsWith("\uFEFF"u8)) body = body[3..];
        while (!body.IsEmpty)
        {
            var end = body.Span.IndexOf((byte)'\n');
            var line = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            if (line.Span.Trim(" \t\r"u8).IsEmpty) continue;
            if (line.Span[^1] == '\r') line = line[..^1];
            if (!IsObject(line.Span)) strange++;
            lines.Add(line);
        }
        return strange > 0 && strange == lines.Count ? null : lines;
    }

    /// <summary>The events of an envelope; null where this is none.</summary>
    public static List<ReadOnlyMemory<byte>>? Envelope(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new() { MaxDepth = Limits.SeqDepthMax });
            if (!document.RootElement.TryMember("Events"u8, out var events) || events.ValueKind != JsonValueKind.Array) return null;
            return [.. events.EnumerateArray().Select(e => (ReadOnlyMemory<byte>)JsonMarshal.GetRawUtf8Value(e).ToArray())];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static bool IsObject(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, Deep);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
