using System.Buffers.Text;
using System.Text;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// A Windows event as its XML (Event Viewer, WEF, nxlog's to_xml, Splunk's XmlWinEventLog) to the object that an event log's reader makes of the
/// same event, so that one table names the fields of both. What is cut off is closed; the raw record stays as it came.
/// </summary>
ref struct WindowsXml
{
    const int DepthMax = 16;
    // A byte becomes \u00xx at worst; an element's name and signs are fewer than its tags.
    const int Grows = 6, Frame = 64;

    readonly ReadOnlySpan<byte> xml;
    readonly Span<byte> json;
    int at, n;
    bool cut;

    WindowsXml(ReadOnlySpan<byte> xml, Span<byte> json)
    {
        this.xml = xml;
        this.json = json;
    }

    public static bool Is(ReadOnlySpan<byte> text) =>
        text.StartsWith("<Event"u8) && text.Length > 7 && text[6] is (byte)' ' or (byte)'>' && text[..Math.Min(text.Length, 512)].IndexOf("<System>"u8) > 0;

    /// <summary>The object, written behind the record in the batch.</summary>
    public static Text ToJson(Text text, EventDraft draft)
    {
        var room = draft.Batch.Reserve(text.Length * Grows + Frame);
        var writer = new WindowsXml(draft.Batch.Slice(text.At, text.Length), room);
        writer.Put("{"u8);
        writer.Element(0, inSystem: false);
        writer.Put("}"u8);
        var length = writer.n;
        var made = draft.Batch.Commit(length); // Before the flaw, whose text would go to the same place.
        if (writer.cut) draft.Flawed(Flaw.CutOff);
        return draft.TextAt(made, length);
    }

    // "name":value of the element that begins here.
    void Element(int depth, bool inSystem)
    {
        var name = Name(out var attributes, out var empty);
        var named = name.SequenceEqual("Data"u8) && Attribute(attributes, "Name"u8) is { Length: > 0 } key ? key : default;
        Key(named.IsEmpty ? name : named);
        inSystem |= name.SequenceEqual("System"u8);
        var holds = named.IsEmpty && Attributes(attributes, inSystem, write: false);
        if (empty)
        {
            if (holds) { Put("{"u8); Attributes(attributes, inSystem, write: true); Put("}"u8); }
            else Put("\"\""u8);
            return;
        }
        var text = Text();
        if (!ChildBegins())
        {
            if (holds) { Put("{"u8); Attributes(attributes, inSystem, write: true); Put(",\"#text\":"u8); }
            Value(text, inSystem);
            if (holds) Put("}"u8);
            Close();
            return;
        }
        Put("{"u8);
        var first = true;
        if (holds) { Attributes(attributes, inSystem, write: true); first = false; }
        var list = false;
        while (ChildBegins())
        {
            if (depth == DepthMax) { cut = true; at = xml.Length; break; }
            // Data without a name are one list.
            var bare = xml[at..].StartsWith("<Data>"u8) || xml[at..].StartsWith("<Data/>"u8);
            if (list && !bare) { Put("]}"u8); list = false; }
            if (!first) Put(","u8);
            if (bare)
            {
                if (!list) Put("\"Data\":{\"#text\":["u8);
                list = true;
                Name(out _, out var none);
                var value = none ? default : Text();
                Value(value, inSystem: false);
                if (!none) Close();
            }
            else Element(depth + 1, inSystem);
            first = false;
            Text();
        }
        if (list) Put("]}"u8);
        Put("}"u8);
        Close();
    }

    // The start tag that stands here.
    ReadOnlySpan<byte> Name(out ReadOnlySpan<byte> attributes, out bool empty)
    {
        var rest = xml[at..];
        var end = rest.IndexOf((byte)'>');
        if (end < 0) { cut = empty = true; at = xml.Length; attributes = default; return "cut"u8; }
        at += end + 1;
        empty = rest[end - 1] == '/';
        var tag = rest[1..(empty ? end - 1 : end)];
        var blank = tag.IndexOfAny(" \t\r\n"u8);
        attributes = blank < 0 ? default : tag[blank..];
        return blank < 0 ? tag : tag[..blank];
    }

    ReadOnlySpan<byte> Text()
    {
        var end = xml[at..].IndexOf((byte)'<');
        if (end < 0) (end, cut) = (xml.Length - at, true);
        var text = xml.Slice(at, end);
        at += end;
        return text;
    }

    readonly bool ChildBegins() => at + 1 < xml.Length && xml[at] == '<' && xml[at + 1] is not ((byte)'/' or (byte)'!' or (byte)'?');

    void Close()
    {
        var end = xml[at..].IndexOf((byte)'>');
        cut |= end < 0;
        at = end < 0 ? xml.Length : at + end + 1;
    }

    static ReadOnlySpan<byte> Attribute(ReadOnlySpan<byte> attributes, ReadOnlySpan<byte> name)
    {
        while (Next(ref attributes, out var key, out var value))
            if (key.SequenceEqual(name)) return value;
        return default;
    }

    static bool Next(scoped ref ReadOnlySpan<byte> attributes, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        key = value = default;
        attributes = attributes.TrimStart(" \t\r\n"u8);
        var equals = attributes.IndexOf((byte)'=');
        if (equals <= 0 || equals + 1 >= attributes.Length) return false;
        key = attributes[..equals].TrimEnd((byte)' ');
        var quoted = attributes[(equals + 1)..];
        var end = quoted[1..].IndexOf(quoted[0]);
        if (end < 0 || quoted[0] is not ((byte)'"' or (byte)'\'')) return false;
        value = quoted.Slice(1, end);
        attributes = quoted[(end + 2)..];
        return true;
    }

    bool Attributes(scoped ReadOnlySpan<byte> attributes, bool inSystem, bool write)
    {
        var some = false;
        while (Next(ref attributes, out var key, out var value))
        {
            if (key.StartsWith("xmlns"u8)) continue;
            if (!write) return true;
            Put(some ? ","u8 : "\"#attributes\":{"u8);
            some = true;
            Key(key);
            Value(value, inSystem);
        }
        if (some) Put("}"u8);
        return some;
    }

    void Key(scoped ReadOnlySpan<byte> name)
    {
        Quoted(name);
        Put(":"u8);
    }

    // The envelope's numbers are numbers there; event data are text in XML, and told apart by their field.
    void Value(scoped ReadOnlySpan<byte> value, bool inSystem)
    {
        if (inSystem && value.Length is > 0 and < 19 && value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && (value[0] != '0' || value.Length == 1)) Put(value);
        else Quoted(value);
    }

    void Quoted(scoped ReadOnlySpan<byte> value)
    {
        Put("\""u8);
        for (var i = 0; i < value.Length;)
        {
            var taken = value[i] == '&' ? Entity(value[i..]) : 0;
            if (taken == 0)
            {
                One(value[i]);
                taken = 1;
            }
            i += taken;
        }
        Put("\""u8);
    }

    // How long the entity is that stands here; 0 where it is none.
    int Entity(scoped ReadOnlySpan<byte> value)
    {
        var end = value[..Math.Min(value.Length, 12)].IndexOf((byte)';');
        if (end < 2) return 0;
        var name = value[1..end];
        int code, used;
        if (name.SequenceEqual("lt"u8)) code = '<';
        else if (name.SequenceEqual("gt"u8)) code = '>';
        else if (name.SequenceEqual("amp"u8)) code = '&';
        else if (name.SequenceEqual("quot"u8)) code = '"';
        else if (name.SequenceEqual("apos"u8)) code = '\'';
        else if (name[0] != '#' || name.Length < 2) return 0;
        else if (name[1] is (byte)'x' or (byte)'X')
        {
            if (!Utf8Parser.TryParse(name[2..], out code, out used, 'x') || used != name.Length - 2) return 0;
        }
        else if (!Utf8Parser.TryParse(name[1..], out code, out used) || used != name.Length - 1) return 0;
        Span<byte> bytes = stackalloc byte[4];
        var rune = Rune.IsValid(code) ? new Rune(code) : Rune.ReplacementChar;
        foreach (var b in bytes[..rune.EncodeToUtf8(bytes)]) One(b);
        return end + 1;
    }

    void One(byte b) => n += JsonText.WriteEscaped(b, json[n..]);

    void Put(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(json[n..]);
        n += bytes.Length;
    }
}
