using System.Text.Json;
using Andon.Intake.Normalise.Language;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// An entry of a Loki push (<c>LokiEntry</c> writes it): the line is parsed as if it had come alone, by the parser that one of its labels names, or
/// as a line of the program that one names; time, host, tenant and labels are added to it.
/// </summary>
readonly struct LokiEnvelope(Tables tables)
{
    static readonly FieldId Tenant = FieldNames.Intern("loki.tenant");
    static readonly JsonReaderOptions Options = new() { MaxDepth = Limits.JsonReaderDepthMax };

    /// <summary>False when this is no such entry; then nothing was added.</summary>
    public bool TryParse(Text text, EventDraft draft)
    {
        if (!Read(text, out var parts)) return false;
        var (told, program, host) = Named(text.Span.Slice(parts.Stream.At, parts.Stream.Length));
        var line = text.Slice(parts.Line.At, parts.Line.Length);
        if (parts.LineEscaped) line = HecEnvelope.Plain(line, draft);
        if (told is null && program is not null) new Formats(tables).LineOf(program, line, draft);
        else new Formats(tables).Line(line, draft, told);
        if (!draft.TimeKnown && parts.Time.Length > 0 && Times.TryValue(text.Span.Slice(parts.Time.At, parts.Time.Length), out var ms, out var zone)) draft.Time(ms, zone);
        if (host is not null) draft.Host(draft.Batch.Put(host), host.Length);
        if (parts.Tenant.Length > 0) draft.AddAt(Tenant, text.At + parts.Tenant.At, parts.Tenant.Length, ValueKind.Text);
        tables.Json.Fields(text.Slice(parts.Stream.At, parts.Stream.Length), draft, tables.Book.Labels);
        if (parts.Metadata.Length > 0) tables.Json.Fields(text.Slice(parts.Metadata.At, parts.Metadata.Length), draft, tables.Book.Labels);
        return true;
    }

    /// <summary>What the labels say of the line: its parser, its program, its host.</summary>
    (Parser? Told, byte[]? Program, byte[]? Host) Named(ReadOnlySpan<byte> stream)
    {
        Parser? told = null;
        byte[]? program = null, host = null;
        var hostRank = 0;
        // Names as they stand: what pushes them may write half a pair of surrogates as an escape, which is no text to be compared.
        var reader = new Utf8JsonReader(stream, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // instance is the last resort: it often is an address with a port.
            var rank = reader.ValueSpan.SequenceEqual("host"u8) || reader.ValueSpan.SequenceEqual("hostname"u8) || reader.ValueSpan.SequenceEqual("host_name"u8) ? 3
                : reader.ValueSpan.SequenceEqual("nodename"u8) || reader.ValueSpan.SequenceEqual("node_name"u8) || reader.ValueSpan.SequenceEqual("computer"u8) ? 2 : reader.ValueSpan.SequenceEqual("instance"u8) ? 1 : 0;
            var names = reader.ValueSpan.SequenceEqual("sourcetype"u8) || reader.ValueSpan.SequenceEqual("source_type"u8) || reader.ValueSpan.SequenceEqual("job"u8) || reader.ValueSpan.SequenceEqual("app"u8)
                || reader.ValueSpan.SequenceEqual("service_name"u8) || reader.ValueSpan.SequenceEqual("unit"u8) || reader.ValueSpan.SequenceEqual("syslog_identifier"u8) || reader.ValueSpan.SequenceEqual("program"u8);
            reader.Read();
            if (reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && !reader.ValueSpan.IsEmpty)
            {
                if (rank > hostRank) (hostRank, host) = (rank, reader.ValueSpan.ToArray());
                if (names) Name(reader.ValueSpan, ref told, ref program);
            }
            reader.Skip();
        }
        return (told, program, host);
    }

    void Name(ReadOnlySpan<byte> value, ref Parser? told, ref byte[]? program)
    {
        if (value.EndsWith(".service"u8)) value = value[..^".service".Length];
        if (tables.Book.Dispatch.Told(value) is { Name: not "common" } parser) told ??= parser;
        else if (program is null && tables.Book.Dispatch.Knows(value)) program = value.ToArray();
    }

    ref struct Parts
    {
        public (int At, int Length) Time, Tenant, Stream, Metadata, Line;
        public bool LineEscaped;
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
                var name = reader.ValueSpan.SequenceEqual("ts"u8) ? 1 : reader.ValueSpan.SequenceEqual("tenant"u8) ? 2 : reader.ValueSpan.SequenceEqual("stream"u8) ? 3 : reader.ValueSpan.SequenceEqual("metadata"u8) ? 4 : reader.ValueSpan.SequenceEqual("line"u8) ? 5 : 0;
                reader.Read();
                var quoted = reader.TokenType == JsonTokenType.String;
                if (name == 0 || quoted != (name is 1 or 2 or 5)) return false;
                if (name == 5) parts.LineEscaped = reader.ValueIsEscaped;
                var start = (int)reader.TokenStartIndex + (quoted ? 1 : 0);
                reader.Skip();
                var place = (start, (int)reader.BytesConsumed - start - (quoted ? 1 : 0));
                switch (name)
                {
                    case 1: parts.Time = place; break;
                    case 2: parts.Tenant = place; break;
                    case 3: parts.Stream = place; break;
                    case 4: parts.Metadata = place; break;
                    default: parts.Line = place; break;
                }
            }
            return parts.Line.At > 0 && parts.Stream.Length > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
