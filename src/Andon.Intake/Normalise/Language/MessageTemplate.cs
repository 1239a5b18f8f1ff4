using System.Buffers;
using System.Text.Json;

namespace Andon.Intake.Normalise.Language;

/// <summary>
/// The message that a template and its values make: <c>Failed login of {User} from {Ip}</c>. Reads the object of a Serilog or Seq event
/// (<c>@mt</c>, or <c>MessageTemplate</c> with <c>Properties</c>). Values are put in as they stand; widths and formats are not worked out, but what
/// the sender formatted itself (<c>@r</c>) is taken. Nothing in it is ever evaluated, and nothing is allocated.
/// </summary>
ref struct MessageTemplate
{
    static readonly JsonReaderOptions Options = new() { MaxDepth = Limits.JsonReaderDepthMax };

    /// <summary>A text of the object by its place; escaped where it is a JSON string with escapes.</summary>
    readonly record struct Part(int At, int Length, bool Escaped);

    readonly ReadOnlySpan<byte> text;
    readonly Span<byte> into;
    readonly Span<Part> names, values, formatted;
    Part template;
    int count, ready, taken, length;

    MessageTemplate(ReadOnlySpan<byte> text, Span<byte> into, Span<Part> names, Span<Part> values, Span<Part> formatted)
    {
        this.text = text;
        this.into = into;
        this.names = names;
        this.values = values;
        this.formatted = formatted;
    }

    /// <summary>Length of the message; -1 where the object has no template, or the message whole.</summary>
    /// <param name="into">Room for it: what has no room is left out, and nothing is cut inside a character.</param>
    public static int Render(ReadOnlySpan<byte> text, Span<byte> into)
    {
        var render = new MessageTemplate(text, into, stackalloc Part[Limits.TemplateValuesMax], stackalloc Part[Limits.TemplateValuesMax], stackalloc Part[Limits.TemplateHolesMax]);
        try
        {
            if (!render.Read()) return -1;
        }
        catch (JsonException)
        {
            return -1;
        }
        if (!render.template.Escaped) return render.Write(text.Slice(render.template.At, render.template.Length));
        var room = ArrayPool<byte>.Shared.Rent(render.template.Length + JsonText.Slack);
        var plain = JsonText.Unescape(text.Slice(render.template.At, render.template.Length), room, out _);
        var written = render.Write(room.AsSpan(0, plain));
        ArrayPool<byte>.Shared.Return(room);
        return written;
    }

    bool Read()
    {
        var found = false;
        var reader = new Utf8JsonReader(text, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("@m"u8) || reader.ValueTextEquals("RenderedMessage"u8)) return false;
            var isTemplate = reader.ValueTextEquals("@mt"u8) || reader.ValueTextEquals("MessageTemplate"u8);
            var (isFormatted, isList) = (reader.ValueTextEquals("@r"u8), reader.ValueTextEquals("Properties"u8));
            var name = PartOf(ref reader);
            reader.Read();
            if (isTemplate && reader.TokenType == JsonTokenType.String) (found, template) = (true, PartOf(ref reader));
            else if (isFormatted && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    var part = PartOf(ref reader);
                    if (ready < formatted.Length) formatted[ready++] = part;
                }
            }
            else if (isList && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var own = PartOf(ref reader);
                    reader.Read();
                    Keep(own, PartOf(ref reader));
                }
            }
            // A value whose own name begins with @ has it twice.
            else Keep(text.Slice(name.At, name.Length).StartsWith("@@"u8) ? name with { At = name.At + 1, Length = name.Length - 1 } : name, PartOf(ref reader));
        }
        return found;
    }

    void Keep(Part name, Part value)
    {
        if (count == names.Length) return;
        (names[count], values[count]) = (name, value);
        count++;
    }

    static Part PartOf(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) return new(start + 1, reader.ValueSpan.Length, reader.ValueIsEscaped);
        reader.Skip();
        return new(start, (int)reader.BytesConsumed - start, Escaped: false);
    }

    int Write(ReadOnlySpan<byte> plain)
    {
        for (var holes = 0; !plain.IsEmpty && length < into.Length;)
        {
            var brace = plain.IndexOfAny((byte)'{', (byte)'}');
            Put(brace < 0 ? plain : plain[..brace]);
            if (brace < 0) break;
            plain = plain[brace..];
            var twice = plain.Length > 1 && plain[1] == plain[0];
            var end = plain.IndexOf((byte)'}');
            if (twice || plain[0] == '}' || end < 0 || holes == Limits.TemplateHolesMax)
            {
                // A brace written twice is one; one that opens or closes nothing stands for itself.
                Put(plain[..1]);
                plain = plain[(twice ? 2 : 1)..];
                continue;
            }
            holes++;
            Fill(plain[..(end + 1)]);
            plain = plain[(end + 1)..];
        }
        return length;
    }

    void Fill(ReadOnlySpan<byte> hole)
    {
        var name = hole[1..^1].TrimStart("@$"u8);
        var format = name.IndexOf((byte)':');
        if (name.IndexOfAny((byte)',', (byte)':') is >= 0 and var cut) name = name[..cut];
        if (format >= 0 && taken < ready)
        {
            Put(formatted[taken++]);
            return;
        }
        for (var i = 0; i < count; i++)
            if (Is(names[i], name))
            {
                Put(values[i]);
                return;
            }
        Put(hole);
    }

    readonly bool Is(Part part, ReadOnlySpan<byte> name)
    {
        var own = text.Slice(part.At, part.Length);
        if (!part.Escaped) return own.SequenceEqual(name);
        if (own.Length > Limits.KeyBytesMax) return false;
        Span<byte> room = stackalloc byte[Limits.KeyBytesMax + JsonText.Slack];
        var plain = JsonText.Unescape(own, room, out _);
        return name.SequenceEqual(room[..plain]);
    }

    void Put(Part part)
    {
        var own = text.Slice(part.At, part.Length);
        if (!part.Escaped)
        {
            Put(own);
            return;
        }
        var room = ArrayPool<byte>.Shared.Rent(own.Length + JsonText.Slack);
        var plain = JsonText.Unescape(own, room, out _);
        Put(room.AsSpan(0, plain));
        ArrayPool<byte>.Shared.Return(room);
    }

    void Put(ReadOnlySpan<byte> bytes)
    {
        var room = into.Length - length;
        if (bytes.Length > room)
        {
            while (room > 0 && (bytes[room] & 0xC0) == 0x80) room--;
            bytes = bytes[..room];
        }
        bytes.CopyTo(into[length..]);
        length += bytes.Length;
    }
}
