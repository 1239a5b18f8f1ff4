using Andon.Model;

namespace Andon.Intake.Normalise.Language;

/// <summary>
/// <c>key=value key="quoted value"</c>. Pairs stand apart by blanks, or by a separator; where values hold unquoted blanks, a value ends before the
/// next word that an equals sign follows.
/// </summary>
sealed class PairsStep(byte separator, byte equals, bool blanksInside, bool labels) : Step
{
    public override bool Run(Text text, EventDraft draft, Parser parser) => Run(text, draft, parser, separator, equals, blanksInside, labels);

    public static bool Run(Text text, EventDraft draft, Parser parser, byte separator, byte equals, bool blanksInside, bool labels)
    {
        Span<(int Key, int KeyLength, int At, int Length)> seen = stackalloc (int, int, int, int)[labels ? Limits.LabelledPairsMax : 0];
        int i = 0, pairs = 0;
        while (i < text.Length)
        {
            while (i < text.Length && (text[i] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' || text[i] == separator || (separator == ' ' && text[i] is (byte)',' or (byte)';'))) i++;
            if (i >= text.Length) break;
            var key = i;
            while (i < text.Length && text[i] != equals && text[i] != separator && (text[i] != ' ' || (separator != ' ' && !blanksInside)) && text[i] != '"') i++;
            if (i >= text.Length || text[i] != equals || i == key || i - key > Limits.KeyBytesMax)
            {
                // A word that is no pair is passed over, to its end.
                if (i < text.Length && text[i] == '"') i = QuoteEnd(text, i + 1, (byte)'"', out _) + 1;
                else if (i == key || (i < text.Length && text[i] == equals)) i++;
                continue;
            }
            var keyEnd = i;
            while (keyEnd > key && text[keyEnd - 1] is (byte)' ') keyEnd--;
            i++;
            while (separator != ' ' && i < text.Length && text[i] == ' ') i++;
            var from = i;
            int length;
            bool escaped;
            if (i < text.Length && text[i] is (byte)'"' or (byte)'\'' && QuoteCloses(text, i, separator, out var close, out escaped))
            {
                (from, length) = (i + 1, close - i - 1);
                i = close + 1;
            }
            else
            {
                i = blanksInside ? NextKey(text, i, equals, separator, out escaped) : End(text, i, separator, out escaped);
                length = i - from;
                while (length > 0 && text[from + length - 1] is (byte)' ' or (byte)'\r' or (byte)'\n') length--;
                if (separator == ' ' && !blanksInside && length > 0 && text[from + length - 1] is (byte)',' or (byte)';') length--;
            }
            pairs++;
            var piece = Unescaped(draft, text.Slice(from, length), escaped);
            if (labels && pairs <= seen.Length) seen[pairs - 1] = (key, keyEnd - key, piece.At, piece.Length);
            if (!Pair(draft, parser, text, key, keyEnd - key, piece)) return true;
        }
        if (labels) Labelled(text, draft, parser, seen[..Math.Min(pairs, seen.Length)]);
        return pairs > 0;
    }

    // cs1Label=Threat Name cs1=…: the value is also asked for by its label.
    static void Labelled(Text text, EventDraft draft, Parser parser, ReadOnlySpan<(int Key, int KeyLength, int At, int Length)> seen)
    {
        foreach (var label in seen)
        {
            if (label.KeyLength < 6 || !text.Span.Slice(label.Key, label.KeyLength).EndsWith("Label"u8)) continue;
            var key = parser.Keys.Find(draft.Batch.Slice(label.At, label.Length));
            if (key < 0) continue;
            foreach (var value in seen)
                if (value.KeyLength == label.KeyLength - 5 && text.Span.Slice(value.Key, value.KeyLength).SequenceEqual(text.Span.Slice(label.Key, value.KeyLength)))
                    draft.Pieces.Put(key, new(value.At, value.Length, ValueKind.Text));
        }
    }

    /// <summary>A quote counts only where something may follow it: <c>a='it's'</c> is closed by the last one.</summary>
    static bool QuoteCloses(Text text, int open, byte separator, out int close, out bool escaped)
    {
        escaped = false;
        close = open;
        while (true)
        {
            close = QuoteEnd(text, close + 1, text[open], out var more);
            escaped |= more;
            if (close >= text.Length) return false;
            if (close + 1 == text.Length || text[close + 1] is (byte)' ' or (byte)'\t' or (byte)',' or (byte)';' or (byte)'\r' or (byte)'\n' or (byte)')' or (byte)']' || text[close + 1] == separator) return true;
        }
    }

    static int QuoteEnd(Text text, int i, byte quote, out bool escaped)
    {
        escaped = false;
        while (i < text.Length && text[i] != quote)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is (byte)'"' or (byte)'\\' or (byte)'\'')
            {
                escaped = true;
                i++;
            }
            i++;
        }
        return Math.Min(i, text.Length);
    }

    static int End(Text text, int i, byte separator, out bool escaped)
    {
        escaped = false;
        var rest = text.Span[i..];
        var end = separator == ' ' ? rest.IndexOfAny((byte)' ', (byte)'\t') : rest.IndexOf(separator);
        return end < 0 ? text.Length : i + end;
    }

    // Before the last blank in front of the next key and its equals sign, unless that sign is escaped.
    static int NextKey(Text text, int i, byte equals, byte separator, out bool escaped)
    {
        escaped = false;
        var blank = -1;
        for (; i < text.Length; i++)
        {
            var b = text[i];
            if (b == '\\' && i + 1 < text.Length)
            {
                escaped |= text[i + 1] is (byte)'\\' or (byte)'=' or (byte)'|' or (byte)'n' or (byte)'r' or (byte)'"';
                i++;
            }
            else if (separator != ' ' && b == separator) return i;
            else if (b is (byte)' ' or (byte)'\n' or (byte)'\r') blank = i;
            else if (b == equals && blank >= 0 && i > blank + 1) return blank;
            else if (b == equals) blank = -1;
            else if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'_' or (byte)'.' or (byte)'-' or (byte)'[' or (byte)']')) blank = -1;
        }
        return text.Length;
    }
}

/// <summary><c>CEF:0|vendor|product|version|id|name|severity|key=value …</c>, after whatever stands before it.</summary>
sealed class CefStep : Step
{
    static readonly byte[][] Names = [.. new[] { "CefVersion", "DeviceVendor", "DeviceProduct", "DeviceVersion", "SignatureId", "Name", "Severity" }.Select(System.Text.Encoding.UTF8.GetBytes)];

    public override bool Run(Text text, EventDraft draft, Parser parser)
    {
        var begin = text.Span.IndexOf("CEF:"u8);
        if (begin < 0) return false;
        var rest = text.Slice(begin + 4);
        foreach (var name in Names)
        {
            int i = 0;
            var escaped = false;
            while (i < rest.Length && rest[i] != '|')
            {
                if (rest[i] == '\\' && i + 1 < rest.Length)
                {
                    escaped = true;
                    i++;
                }
                i++;
            }
            if (i >= rest.Length && name != Names[^1]) return false;
            i = Math.Min(i, rest.Length);
            // Some senders write an empty part before the vendor.
            if (i == 0 && name == Names[1])
            {
                rest = rest.Slice(1);
                i = Math.Max(rest.Span.IndexOf((byte)'|'), 0);
            }
            if (!Pair(draft, parser, new(name, 0), 0, name.Length, Unescaped(draft, rest.Slice(0, i), escaped))) return true;
            rest = rest.Slice(Math.Min(i + 1, rest.Length));
        }
        PairsStep.Run(rest, draft, parser, (byte)' ', (byte)'=', blanksInside: true, labels: true);
        return true;
    }
}

/// <summary><c>LEEF:2.0|vendor|product|version|id|delimiter|key=value…</c>; version 1 has no delimiter and parts pairs by tabs.</summary>
sealed class LeefStep : Step
{
    static readonly byte[][] Names = [.. new[] { "LeefVersion", "DeviceVendor", "DeviceProduct", "DeviceVersion", "EventId" }.Select(System.Text.Encoding.UTF8.GetBytes)];

    public override bool Run(Text text, EventDraft draft, Parser parser)
    {
        var begin = text.Span.IndexOf("LEEF:"u8);
        if (begin < 0) return false;
        var rest = text.Slice(begin + 5);
        var second = rest.StartsWith("2"u8);
        foreach (var name in Names)
        {
            if (!Text.Cut(ref rest, (byte)'|', out var value)) return false;
            if (!Pair(draft, parser, new(name, 0), 0, name.Length, new(value.At, value.Length, ValueKind.Text))) return true;
        }
        var separator = (byte)'\t';
        var next = rest;
        if (second && Text.Cut(ref next, (byte)'|', out var told) && told.Length <= 6 && told.Span.IndexOf((byte)'=') < 0)
        {
            rest = next;
            var code = SeparatorOf(told.Span);
            if (code is > 0 and < 128) separator = (byte)code;
            else if (code > 0)
            {
                rest = Parted(draft, rest, code);
                separator = UnitSeparator;
            }
        }
        // Many senders lose the tabs on the way and blanks are left; some part pairs otherwise and do not say so.
        if (rest.Span.IndexOf(separator) < 0 && separator == '\t' && Parts(rest.Span) is var other and not 0) separator = other;
        if (rest.Span.IndexOf(separator) < 0) PairsStep.Run(rest, draft, parser, (byte)' ', (byte)'=', blanksInside: true, labels: false);
        else PairsStep.Run(rest, draft, parser, separator, (byte)'=', blanksInside: false, labels: false);
        return true;
    }

    const byte UnitSeparator = 0x1F;

    /// <summary>One character, or its number as xHH, 0xHH, \xHH or in four digits; 0 when it is neither.</summary>
    static int SeparatorOf(ReadOnlySpan<byte> told)
    {
        if (told.SequenceEqual("\\t"u8)) return '\t';
        var x = told.IndexOf((byte)'x');
        if (x is >= 0 and <= 1 && told.Length > x + 1 && System.Buffers.Text.Utf8Parser.TryParse(told[(x + 1)..], out ushort code, out var used, 'x') && used == told.Length - x - 1) return code;
        return System.Text.Rune.DecodeFromUtf8(told, out var rune, out var length) == System.Buffers.OperationStatus.Done && length == told.Length ? rune.Value : 0;
    }

    /// <summary>A separator of several bytes becomes one of a single byte.</summary>
    static Text Parted(EventDraft draft, Text text, int code)
    {
        if (!System.Text.Rune.IsValid(code)) return text;
        Span<byte> sign = stackalloc byte[4];
        sign = sign[..new System.Text.Rune(code).EncodeToUtf8(sign)];
        var room = draft.Batch.Reserve(text.Length);
        var n = 0;
        for (var rest = text.Span; ;)
        {
            var cut = rest.IndexOf(sign);
            var part = cut < 0 ? rest : rest[..cut];
            part.CopyTo(room[n..]);
            n += part.Length;
            if (cut < 0) break;
            room[n++] = UnitSeparator;
            rest = rest[(cut + sign.Length)..];
        }
        return draft.TextAt(draft.Batch.Commit(n), n);
    }

    /// <summary>The sign before the second key, where it is one that is used so and stands in no value by itself.</summary>
    static byte Parts(ReadOnlySpan<byte> text)
    {
        foreach (var sign in "^|"u8)
        {
            var cut = text.IndexOf(sign);
            if (cut < 1 || text[..cut].IndexOf((byte)'=') < 1 || text[..cut].IndexOf((byte)' ') >= 0) continue;
            var key = text[(cut + 1)..];
            var end = key.IndexOf((byte)'=');
            if (end > 0 && key[..end].IndexOfAnyExcept(Word) < 0) return sign;
        }
        return 0;
    }

    static readonly System.Buffers.SearchValues<byte> Word = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"u8);
}

/// <summary>The structured data of a syslog header: its parameters by name.</summary>
sealed class StructuredStep : Step
{
    public override bool Run(Text text, EventDraft draft, Parser parser)
    {
        var rest = draft.Structured.IsEmpty ? text : draft.Structured;
        var open = rest.Span.IndexOf((byte)'[');
        if (open < 0) return false;
        rest = rest.Slice(open);
        var pairs = 0;
        while (rest.Length > 0 && rest[0] == '[')
        {
            var blank = rest.Span.IndexOfAny((byte)' ', (byte)']');
            if (blank < 1) break;
            rest = rest.Slice(blank);
            while (rest.Length > 0 && rest[0] == ' ')
            {
                rest = rest.Slice(1);
                if (rest.Length > 0 && rest[0] == ']') break;
                var equals = rest.Span.IndexOf("=\""u8);
                if (equals < 1 || equals > Limits.KeyBytesMax) return pairs > 0;
                var end = equals + 2;
                var escaped = false;
                while (end < rest.Length && rest[end] != '"')
                {
                    escaped |= rest[end] == '\\';
                    end += rest[end] == '\\' ? 2 : 1;
                }
                if (end >= rest.Length) return pairs > 0;
                pairs++;
                if (!Pair(draft, parser, rest, 0, equals, Unescaped(draft, rest.Slice(equals + 2, end - equals - 2), escaped))) return true;
                rest = rest.Slice(end + 1);
            }
            if (rest.IsEmpty || rest[0] != ']') break;
            rest = rest.Slice(1);
        }
        return pairs > 0;
    }
}
