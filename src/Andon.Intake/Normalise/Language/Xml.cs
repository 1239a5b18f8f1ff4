using System.Text;
using Andon.Model;

namespace Andon.Intake.Normalise.Language;

/// <summary>
/// XML laid flat: a text stands under the dotted path of its elements below the outermost, an attribute under its element's path and its own name;
/// an element with a <c>Name</c> goes by that name. What is not well formed ends the reading; what came before it stays.
/// </summary>
sealed class XmlStep : Step
{
    public override bool Run(Text text, EventDraft draft, Parser parser)
    {
        Span<byte> path = stackalloc byte[Limits.PathBytesMax];
        Span<int> lengths = stackalloc int[Limits.JsonDepthMax];
        int depth = 0, length = 0, i = text.Span.IndexOf((byte)'<'), pairs = 0;
        if (i < 0) return false;
        while (i < text.Length)
        {
            if (text[i] != '<')
            {
                var end = text.Span[i..].IndexOf((byte)'<');
                if (end < 0) break;
                var value = text.Slice(i, end).Trim();
                i += end;
                if (value.IsEmpty || value.Span.Trim(" \t\r\n"u8).IsEmpty || length == 0) continue;
                pairs++;
                if (!Put(draft, parser, path[..length], value)) return true;
                continue;
            }
            var rest = text.Span[i..];
            if (rest.StartsWith("<?"u8) || rest.StartsWith("<!"u8))
            {
                var cdata = rest.StartsWith("<![CDATA["u8);
                var close = rest.IndexOf(cdata ? "]]>"u8 : rest.StartsWith("<!--"u8) ? "-->"u8 : ">"u8);
                if (close < 0) break;
                if (cdata && length > 0 && close > 9 && !Put(draft, parser, path[..length], text.Slice(i + 9, close - 9))) return true;
                if (cdata) pairs++;
                i += close + (cdata || rest.StartsWith("<!--"u8) ? 3 : 1);
                continue;
            }
            if (rest.StartsWith("</"u8))
            {
                var close = rest.IndexOf((byte)'>');
                if (close < 0 || depth == 0) break;
                length = lengths[--depth];
                i += close + 1;
                continue;
            }
            // An element: its name, its attributes.
            var n = 1;
            while (n < rest.Length && rest[n] is not ((byte)' ' or (byte)'>' or (byte)'/' or (byte)'\t' or (byte)'\n' or (byte)'\r')) n++;
            if (n == 1 || depth == lengths.Length) break;
            var name = rest[1..n];
            var colon = name.IndexOf((byte)':');
            if (colon > 0) name = name[(colon + 1)..];
            lengths[depth] = length;
            if (depth > 0) length = Append(path, length, name);
            depth++;
            i += n;
            if (!Attributes(text, ref i, draft, parser, path, ref length, lengths[depth - 1], ref pairs, out var empty)) break;
            if (empty) length = lengths[--depth];
            if (depth == 0) break;
        }
        return pairs > 0;
    }

    static int Append(Span<byte> path, int length, ReadOnlySpan<byte> name)
    {
        if (length + name.Length + 1 > path.Length) return length;
        if (length > 0) path[length++] = (byte)'.';
        name.CopyTo(path[length..]);
        return length + name.Length;
    }

    static bool Attributes(Text text, ref int i, EventDraft draft, Parser parser, Span<byte> path, ref int length, int outer, ref int pairs, out bool empty)
    {
        empty = false;
        while (i < text.Length)
        {
            while (i < text.Length && text[i] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r') i++;
            if (i >= text.Length) return false;
            if (text[i] == '>')
            {
                i++;
                return true;
            }
            if (text[i] == '/')
            {
                empty = true;
                i += 2;
                return i <= text.Length;
            }
            var equals = text.Span[i..].IndexOf((byte)'=');
            if (equals < 1 || i + equals + 2 >= text.Length) return false;
            var quote = text[i + equals + 1];
            if (quote is not ((byte)'"' or (byte)'\'')) return false;
            var end = text.Span[(i + equals + 2)..].IndexOf(quote);
            if (end < 0) return false;
            var name = text.Slice(i, equals);
            var value = text.Slice(i + equals + 2, end);
            i += equals + end + 3;
            if (name.StartsWith("xmlns"u8) || value.IsEmpty) continue;
            if (name.Is("Name"u8) && outer > 0)
            {
                length = Append(path, outer, value.Span);
                continue;
            }
            pairs++;
            if (!Put(draft, parser, path[..Append(path, length, name.Span)], value)) return false;
        }
        return false;
    }

    static bool Put(EventDraft draft, Parser parser, ReadOnlySpan<byte> path, Text value)
    {
        if (path.IsEmpty) return true;
        var piece = new Piece(value.At, value.Length, ValueKind.Text);
        if (value.Span.IndexOf((byte)'&') >= 0) piece = Plain(draft, value);
        return Pair(draft, parser, new(path, 0), 0, path.Length, piece);
    }

    static Piece Plain(EventDraft draft, Text value)
    {
        var room = draft.Batch.Reserve(value.Length + 4);
        var n = 0;
        for (var i = 0; i < value.Length; i++)
        {
            var semicolon = value[i] == '&' ? value.Span[i..Math.Min(value.Length, i + 12)].IndexOf((byte)';') : -1;
            if (semicolon < 2)
            {
                room[n++] = value[i];
                continue;
            }
            var name = value.Span.Slice(i + 1, semicolon - 1);
            var code = name.SequenceEqual("lt"u8) ? '<' : name.SequenceEqual("gt"u8) ? '>' : name.SequenceEqual("amp"u8) ? '&' : name.SequenceEqual("quot"u8) ? '"' : name.SequenceEqual("apos"u8) ? '\'' : 0;
            if (code == 0 && name[0] == '#')
            {
                var hex = name.Length > 2 && name[1] is (byte)'x';
                if (!System.Buffers.Text.Utf8Parser.TryParse(name[(hex ? 2 : 1)..], out int number, out _, hex ? 'x' : 'D') || !Rune.IsValid(number)) number = 0xFFFD;
                n += new Rune(number).EncodeToUtf8(room[n..]);
                i += semicolon;
                continue;
            }
            if (code == 0)
            {
                room[n++] = value[i];
                continue;
            }
            room[n++] = (byte)code;
            i += semicolon;
        }
        return new(draft.Batch.Commit(n), n, ValueKind.Text);
    }
}
