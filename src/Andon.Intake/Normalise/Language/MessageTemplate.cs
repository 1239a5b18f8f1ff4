using System.Buffers;
using System.Text.Json;

namespace Andon.Intake.Normalise.Language;

/// <summary>
/// The message that a template and its values make: <c>Failed login of {User} from {Ip}</c>. Reads the object of a Serilog or Seq event
/// (<c>@mt</c>, or <c>MessageTemplate</c> with <c>Properties</c>). Values are put in as they stand; widths and formats are not worked out, but what
/// the sender formatted itself (<c>@r</c>) is taken. Nothing in it is ever evaluated.
/// </summary>
static class MessageTemplate
{
    static readonly JsonReaderOptions Options = new() { MaxDepth = Limits.JsonReaderDepthMax };

    /// <summary>Null where the object has no template, or the message whole.</summary>
    public static byte[]? Render(ReadOnlySpan<byte> text)
    {
        try
        {
            var values = new List<(byte[] Name, byte[] Value)>();
            var formatted = new List<byte[]>();
            return Read(text, values, formatted) is { } template ? Render(template, values, formatted) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    static byte[]? Read(ReadOnlySpan<byte> text, List<(byte[], byte[])> values, List<byte[]> formatted)
    {
        byte[]? template = null;
        var reader = new Utf8JsonReader(text, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("@m"u8) || reader.ValueTextEquals("RenderedMessage"u8)) return null;
            var isTemplate = reader.ValueTextEquals("@mt"u8) || reader.ValueTextEquals("MessageTemplate"u8);
            var (isFormatted, isList) = (reader.ValueTextEquals("@r"u8), reader.ValueTextEquals("Properties"u8));
            var name = Plain(ref reader, text);
            reader.Read();
            if (isTemplate && reader.TokenType == JsonTokenType.String) template = Plain(ref reader, text);
            else if (isFormatted && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    if (formatted.Count < Limits.TemplateHolesMax) formatted.Add(Plain(ref reader, text));
                    else reader.Skip();
            }
            else if (isList && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var own = Plain(ref reader, text);
                    reader.Read();
                    Keep(own, ref reader, text);
                }
            }
            // A value whose own name begins with @ has it twice.
            else Keep(name is [(byte)'@', (byte)'@', ..] ? name[1..] : name, ref reader, text);
        }
        return template;

        void Keep(byte[] name, ref Utf8JsonReader at, ReadOnlySpan<byte> from)
        {
            if (values.Count < Limits.TemplateValuesMax) values.Add((name, Plain(ref at, from)));
            else at.Skip();
        }
    }

    /// <summary>A text without its escapes; anything else as it is written.</summary>
    static byte[] Plain(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
        {
            if (!reader.ValueIsEscaped) return reader.ValueSpan.ToArray();
            var room = new byte[reader.ValueSpan.Length];
            return room[..reader.CopyString(room)];
        }
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return text[start..(int)reader.BytesConsumed].ToArray();
    }

    static byte[] Render(ReadOnlySpan<byte> template, List<(byte[] Name, byte[] Value)> values, List<byte[]> formatted)
    {
        var into = new ArrayBufferWriter<byte>();
        var (holes, ready) = (0, 0);
        while (!template.IsEmpty && into.WrittenCount < Limits.TemplateBytesMax)
        {
            var brace = template.IndexOfAny((byte)'{', (byte)'}');
            Put(into, brace < 0 ? template : template[..brace]);
            if (brace < 0) break;
            template = template[brace..];
            var end = template.IndexOf((byte)'}');
            if (template.Length > 1 && template[1] == template[0] || template[0] == '}' || end < 0 || holes == Limits.TemplateHolesMax)
            {
                // A brace written twice is one; one that opens or closes nothing stands for itself.
                Put(into, template[..1]);
                template = template[(template.Length > 1 && template[1] == template[0] ? 2 : 1)..];
                continue;
            }
            var hole = template[..(end + 1)];
            template = template[(end + 1)..];
            holes++;
            var name = hole[1..^1].TrimStart("@$"u8);
            var format = name.IndexOf((byte)':');
            if (name.IndexOfAny((byte)',', (byte)':') is >= 0 and var cut) name = name[..cut];
            if (format >= 0 && ready < formatted.Count) Put(into, formatted[ready++]);
            else Put(into, Find(values, name) is { } value ? value : hole);
        }
        return into.WrittenSpan.ToArray();
    }

    static byte[]? Find(List<(byte[] Name, byte[] Value)> values, ReadOnlySpan<byte> name)
    {
        foreach (var (own, value) in values)
            if (name.SequenceEqual(own)) return value;
        return null;
    }

    static void Put(ArrayBufferWriter<byte> into, ReadOnlySpan<byte> bytes)
    {
        var room = Limits.TemplateBytesMax - into.WrittenCount;
        if (bytes.Length > room)
        {
            // Not inside a character.
            while (room > 0 && (bytes[room] & 0xC0) == 0x80) room--;
            bytes = bytes[..room];
        }
        into.Write(bytes);
    }
}
