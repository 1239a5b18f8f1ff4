using System.Text.Json;
using Andon.Intake.Normalise.Language;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// What Amazon's EventBridge wraps around an event of another service (GuardDuty, CloudTrail, Security Hub …): the event is read as if it had come
/// alone, where a parser knows it; the bus tells when and of which account where the event does not.
/// </summary>
static class BusEnvelope
{
    static readonly FieldId Type = FieldNames.Intern("aws.eventbridge.detail_type"), Source = FieldNames.Intern("aws.eventbridge.source");
    static readonly JsonReaderOptions Options = new() { MaxDepth = Limits.JsonReaderDepthMax };

    public static bool Is(ReadOnlySpan<byte> text) =>
        text.Length > 40 && text[..Math.Min(text.Length, 512)].IndexOf("\"detail-type\""u8) > 0 && text.IndexOf("\"detail\""u8) > 0;

    /// <summary>False when this is no such envelope, or what it holds is nobody's; then nothing was added.</summary>
    public static bool TryParse(Text text, JsonFormat json, EventDraft draft, Parser? told)
    {
        (int At, int Length) detail = default, type = default, source = default, time = default;
        try
        {
            var reader = new Utf8JsonReader(text.Span, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueTextEquals("detail"u8) ? 1 : reader.ValueTextEquals("detail-type"u8) ? 2 : reader.ValueTextEquals("source"u8) ? 3 : reader.ValueTextEquals("time"u8) ? 4 : 0;
                reader.Read();
                var (isObject, isText) = (reader.TokenType == JsonTokenType.StartObject, reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped);
                var start = (int)reader.TokenStartIndex + (isText ? 1 : 0);
                reader.Skip();
                var place = (start, (int)reader.BytesConsumed - start - (isText ? 1 : 0));
                if (name == 1 && isObject) detail = place;
                else if (name == 2 && isText) type = place;
                else if (name == 3 && isText) source = place;
                else if (name == 4 && isText) time = place;
            }
        }
        catch (JsonException)
        {
            return false;
        }
        if (detail.Length == 0 || type.Length == 0 || !text.Span.Slice(source.At, source.Length).StartsWith("aws."u8)) return false;
        if (!json.TryParse(text.Slice(detail.At, detail.Length), draft, told)) return false;
        if (!draft.TimeKnown && time.Length > 0 && Times.TryValue(text.Span.Slice(time.At, time.Length), out var ms, out var zone)) draft.Time(ms, zone);
        draft.AddAt(Type, text.At + type.At, type.Length, ValueKind.Text);
        draft.AddAt(Source, text.At + source.At, source.Length, ValueKind.Text);
        return true;
    }
}
