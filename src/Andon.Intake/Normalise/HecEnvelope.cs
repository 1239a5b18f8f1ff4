using System.Text.Json;
using Andon.Intake.Normalise.Language;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// What Splunk's collector protocol wraps around an event: the event itself, a text or an object, is parsed as if it had come alone, by the parser
/// that its source type names; time, host and the sender's fields are added to it.
/// </summary>
readonly struct HecEnvelope(Tables tables)
{
    static readonly FieldId Sourcetype = FieldNames.Intern("hec.sourcetype"), Source = FieldNames.Intern("hec.source"), Index = FieldNames.Intern("hec.index");
    static readonly JsonReaderOptions Options = new() { MaxDepth = Limits.JsonReaderDepthMax };

    /// <summary>False when this is no such envelope; then nothing was added.</summary>
    public bool TryParse(Text text, EventDraft draft)
    {
        if (!Read(text, out var parts)) return new Formats(tables).Object(text, draft, told: null);
        if (parts.Sourcetype.Length > 0 && tables.Book.Dispatch.ReadsEnvelope(draft.Batch.Slice(text.At + parts.Sourcetype.At, parts.Sourcetype.Length))) return new Formats(tables).Object(text, draft, told: null);
        var told = parts.Sourcetype.Length > 0 ? tables.Book.Dispatch.Told(draft.Batch.Slice(text.At + parts.Sourcetype.At, parts.Sourcetype.Length)) : null;
        if (told is { Name: "common" }) told = null;
        var body = text.Slice(parts.Event.At, parts.Event.Length);
        var formats = new Formats(tables);
        if (parts.IsText)
        {
            formats.Line(parts.Escaped ? Plain(body, draft) : body, draft, told);
        }
        else if (body.IsEmpty || body[0] != '{' || !formats.Object(body, draft, told)) return formats.Object(text, draft, told: null);
        Envelope(text, parts, draft);
        return true;
    }

    /// <summary>The text of a JSON string that holds escapes.</summary>
    internal static Text Plain(Text body, EventDraft draft)
    {
        var room = draft.Batch.Reserve(body.Length + JsonText.Slack);
        var length = JsonText.Unescape(body.Span, room, out var broken);
        var at = draft.Batch.Commit(length);
        if (broken) draft.Flawed(Flaw.JsonSurrogate);
        return draft.TextAt(at, length);
    }

    static void Envelope(Text text, in Parts parts, EventDraft draft)
    {
        if (!draft.TimeKnown && parts.Time.Length > 0 && Times.TryValue(text.Span.Slice(parts.Time.At, parts.Time.Length), out var ms, out var zone)) draft.Time(ms, zone);
        if (parts.Host.Length > 0) draft.Host(text.At + parts.Host.At, parts.Host.Length);
        if (parts.Sourcetype.Length > 0) draft.AddAt(Sourcetype, text.At + parts.Sourcetype.At, parts.Sourcetype.Length, ValueKind.Text);
        if (parts.Source.Length > 0) draft.AddAt(Source, text.At + parts.Source.At, parts.Source.Length, ValueKind.Text);
        if (parts.Index.Length > 0) draft.AddAt(Index, text.At + parts.Index.At, parts.Index.Length, ValueKind.Text);
        if (parts.Fields.Length > 0) draft.Tables.Json.Fields(text.Slice(parts.Fields.At, parts.Fields.Length), draft, draft.Tables.Book.Beside);
    }

    ref struct Parts
    {
        public (int At, int Length) Event, Time, Host, Sourcetype, Source, Index, Fields;
        public bool IsText, Escaped;
    }

    static bool Read(Text text, out Parts parts)
    {
        parts = default;
        try
        {
            var reader = new Utf8JsonReader(text.Span, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueTextEquals("event"u8) ? 1 : reader.ValueTextEquals("time"u8) ? 2 : reader.ValueTextEquals("host"u8) ? 3 : reader.ValueTextEquals("sourcetype"u8) ? 4
                    : reader.ValueTextEquals("source"u8) ? 5 : reader.ValueTextEquals("index"u8) ? 6 : reader.ValueTextEquals("fields"u8) ? 7 : 0;
                reader.Read();
                var quoted = reader.TokenType == JsonTokenType.String;
                var plain = !quoted || !reader.ValueIsEscaped;
                var start = (int)reader.TokenStartIndex + (quoted ? 1 : 0);
                if (name == 1) (parts.IsText, parts.Escaped) = (quoted, !plain);
                var isObject = reader.TokenType == JsonTokenType.StartObject;
                reader.Skip();
                var place = (start, (int)reader.BytesConsumed - start - (quoted ? 1 : 0));
                switch (name)
                {
                    case 1: parts.Event = place; break;
                    case 2: parts.Time = place; break;
                    case 3 when quoted && plain: parts.Host = place; break;
                    case 4 when quoted && plain: parts.Sourcetype = place; break;
                    case 5 when quoted && plain: parts.Source = place; break;
                    case 6 when quoted && plain: parts.Index = place; break;
                    case 7 when isObject: parts.Fields = place; break;
                    case 0: return false; // More than an envelope.
                }
            }
            return parts.Event.Length > 0;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // The other: a name with half a surrogate pair.
        {
            return false;
        }
    }
}
