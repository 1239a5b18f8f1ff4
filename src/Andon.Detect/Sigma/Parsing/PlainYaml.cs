using System.Buffers;
using System.Text;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>
/// Reads the plain block style in which nearly all rules are written, several times faster than a whole YAML library. It answers
/// null for everything of which it is not sure (flow style, anchors, tags, tabs, double keys, errors …): the library then reads
/// that document, and every refusal is the library's. What it does answer is the library's tree, to the places of the nodes.
/// </summary>
sealed class PlainYaml
{
    const int DepthMax = 24, NodesMax = 100_000, KeyCharsMax = 512;

    static readonly SearchValues<char> Odd = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\v\f\r\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F\u007F\u0085\u2028\u2029\uFEFF");

    readonly string text;
    readonly int firstLine;
    int line, lineStart, lineEnd, indent, next;
    int nodes;

    PlainYaml(string text, int firstLine) => (this.text, this.firstLine) = (text, firstLine);

    /// <summary>The document's tree, or null: then ask the library.</summary>
    public static YamlMap? TryRead(string text, int firstLine)
    {
        // A line with three dots ends a document wherever it stands.
        if (text.AsSpan().ContainsAny(Odd) || text.Contains("\n...", StringComparison.Ordinal) || text.Contains("\n---", StringComparison.Ordinal)) return null;
        var reader = new PlainYaml(text, firstLine) { line = -1 };
        if (!reader.Advance()) return null;
        if (reader.indent == 0 && reader.Line.StartsWith("---"))
        {
            if (reader.Line.TrimEnd(' ').Length > 3 || !reader.Advance()) return null;
        }
        if (reader.indent != 0 || reader.Line[0] is '%' or '-' or '.') return null;
        var root = reader.Map(0, reader.lineStart, depth: 0);
        return reader.lineStart == text.Length ? root : null;
    }

    ReadOnlySpan<char> Line => text.AsSpan(lineStart, lineEnd - lineStart);
    bool AtEnd => lineStart == text.Length;
    int At => lineStart + indent;
    Mark Place(int at) => new(firstLine + line + 1, at - lineStart + 1);

    bool Raw()
    {
        if (next >= text.Length)
        {
            lineStart = lineEnd = text.Length;
            indent = -1;
            return false;
        }
        line++;
        lineStart = next;
        var end = text.IndexOf('\n', lineStart);
        (lineEnd, next) = end < 0 ? (text.Length, text.Length) : (end, end + 1);
        indent = Line.IndexOfAnyExcept(' ');
        return true;
    }

    /// <summary>To the next line that is neither blank nor a remark.</summary>
    bool Advance()
    {
        while (Raw())
            if (indent >= 0 && text[At] != '#') return true;
        return false;
    }

    YamlMap? Map(int column, int at, int depth)
    {
        if (depth > DepthMax) return null;
        var place = Place(at);
        var entries = new List<KeyValuePair<YamlScalar, YamlNode>>();
        HashSet<string>? seen = null;
        var size = 1;
        nodes++;
        while (true)
        {
            if (!Key(at, out var key, out var after) || (nodes += 2) > NodesMax) return null;
            if (entries.Count < 16)
            {
                foreach (var (known, _) in entries)
                    if (known.Text == key.Text) return null;
            }
            else
            {
                seen ??= [.. entries.Select(e => e.Key.Text)];
                if (!seen.Add(key.Text)) return null;
            }
            var value = Value(after, column, depth);
            if (value is null) return null;
            entries.Add(new(key, value));
            size += 1 + value.Size;
            if (AtEnd || indent < column) return new(place, entries, size);
            if (indent > column || IsDash(At)) return null;
            at = At;
        }
    }

    YamlNode? Value(int at, int column, int depth)
    {
        while (at < lineEnd && text[at] == ' ') at++;
        if (at < lineEnd && text[at] != '#') return Scalar(at, column);
        if (!Advance() || indent < column) return null;
        if (IsDash(At)) return Sequence(indent, depth + 1, inMap: indent == column);
        return indent == column ? null : Map(indent, At, depth + 1);
    }

    YamlList? Sequence(int column, int depth, bool inMap)
    {
        if (depth > DepthMax) return null;
        var place = Place(At);
        var items = new List<YamlNode>();
        var size = 1;
        while (true)
        {
            var at = At + 1;
            while (at < lineEnd && text[at] == ' ') at++;
            YamlNode? item;
            if (at == lineEnd || text[at] == '#')
            {
                if (!Advance() || indent <= column || IsDash(At)) return null;
                item = Map(indent, At, depth + 1);
            }
            else if (IsDash(at)) return null;
            else item = Key(at, out _, out _) ? Map(at - lineStart, at, depth + 1) : Scalar(at, column);
            if (item is null || ++nodes > NodesMax) return null;
            items.Add(item);
            size += item.Size;
            if (AtEnd || indent < column) return new(place, items, size);
            if (indent > column) return null;
            if (!IsDash(At)) return inMap ? new(place, items, size) : null;
        }
    }

    bool IsDash(int at) => text[at] == '-' && (at + 1 == lineEnd || text[at + 1] == ' ');

    /// <summary>A key on this line: plain or in single quotes, then a colon and a blank or the line's end.</summary>
    bool Key(int at, out YamlScalar key, out int after)
    {
        key = null!;
        after = 0;
        if (text[at] == '\'')
        {
            if (!Quoted(at, out var quoted, out var end)) return false;
            while (end < lineEnd && text[end] == ' ') end++;
            if (end == lineEnd || text[end] != ':' || (end + 1 < lineEnd && text[end + 1] != ' ')) return false;
            key = new(Place(at), quoted, ScalarKind.Text);
            after = end + 1;
            return true;
        }
        if (!StartsPlain(at)) return false;
        var rest = text.AsSpan(at, lineEnd - at);
        var colon = Colon(rest);
        if (colon is < 1 or > KeyCharsMax) return false;
        var name = rest[..colon];
        if (name.IndexOf(" #") >= 0) return false;
        var word = name.TrimEnd(' ').ToString();
        key = new(Place(at), word, YamlReader.KindOf(word, plain: true));
        after = at + colon + 1;
        return true;
    }

    static int Colon(ReadOnlySpan<char> rest)
    {
        for (var from = 0; ;)
        {
            var found = rest[from..].IndexOf(':');
            if (found < 0) return -1;
            from += found;
            if (from + 1 == rest.Length || rest[from + 1] == ' ') return from;
            from++;
        }
    }

    bool StartsPlain(int at) => text[at] switch
    {
        '?' or ':' or ',' or '[' or ']' or '{' or '}' or '#' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`' => false,
        '-' => at + 1 < lineEnd && text[at + 1] is not (' ' or '-'),
        _ => true,
    };

    /// <summary>A scalar that begins on this line. Afterwards the reader stands on the next line that matters.</summary>
    YamlScalar? Scalar(int at, int column)
    {
        var place = Place(at);
        switch (text[at])
        {
            case '\'':
                return Quoted(at, out var single, out var end) && Ends(end) ? new(place, single, ScalarKind.Text) : null;
            case '"':
                return DoubleQuoted(at, out var twice, out end) && Ends(end) ? new(place, twice, ScalarKind.Text) : null;
            case '|' or '>':
                return Block(at, column) is { } block ? new(place, block, ScalarKind.Text) : null;
        }
        return StartsPlain(at) && Plain(at, column) is { } plain ? new(place, plain, YamlReader.KindOf(plain, plain: true)) : null;
    }

    // After a quoted scalar: nothing, or a remark.
    bool Ends(int end)
    {
        var rest = text.AsSpan(end, lineEnd - end);
        var other = rest.IndexOfAnyExcept(' ');
        if (other >= 0 && (rest[other] != '#' || other == 0)) return false;
        Advance();
        return true;
    }

    bool Quoted(int at, out string value, out int end)
    {
        value = "";
        end = 0;
        var doubled = false;
        for (var from = at + 1; ;)
        {
            var quote = text.AsSpan(from, lineEnd - from).IndexOf('\'');
            if (quote < 0) return false;
            from += quote + 1;
            if (from < lineEnd && text[from] == '\'') { doubled = true; from++; continue; }
            value = text[(at + 1)..(from - 1)];
            if (doubled) value = value.Replace("''", "'", StringComparison.Ordinal);
            end = from;
            return true;
        }
    }

    bool DoubleQuoted(int at, out string value, out int end)
    {
        value = "";
        end = 0;
        var plain = text.AsSpan(at + 1, lineEnd - at - 1).IndexOfAny('"', '\\');
        if (plain < 0) return false;
        if (text[at + 1 + plain] == '"')
        {
            value = text.Substring(at + 1, plain);
            end = at + plain + 2;
            return true;
        }
        var built = new StringBuilder();
        for (var i = at + 1; i < lineEnd; i++)
        {
            var c = text[i];
            if (c == '"')
            {
                value = built.ToString();
                end = i + 1;
                return true;
            }
            if (c == '\\')
            {
                if (++i == lineEnd) return false;
                switch (text[i])
                {
                    case '\\' or '"' or '/': c = text[i]; break;
                    case 'n': c = '\n'; break;
                    case 't': c = '\t'; break;
                    default: return false;
                }
            }
            built.Append(c);
        }
        return false;
    }

    /// <summary>Literal and folded blocks, without an indentation of their own choice.</summary>
    string? Block(int at, int column)
    {
        var folded = text[at] == '>';
        var chomp = ' ';
        at++;
        if (at < lineEnd && text[at] is '-' or '+') chomp = text[at++];
        if (text.AsSpan(at, lineEnd - at).ContainsAnyExcept(' ')) return null;

        var built = new StringBuilder();
        int content = -1, blank = 0;
        while (true)
        {
            if (!Raw()) return null; // How the text ends without a last line end is left to the library.
            if (indent < 0)
            {
                if (content < 0 || lineEnd - lineStart > content) return null;
                blank++;
                continue;
            }
            if (content < 0)
            {
                if (indent <= column) return null;
                content = indent;
            }
            else if (indent < content) break;
            else if (folded && indent > content) return null;
            if (built.Length > 0)
            {
                if (folded && blank == 0) built.Append(' ');
                else built.Append('\n', folded ? blank : blank + 1);
            }
            else if (blank > 0) return null;
            blank = 0;
            if (folded && text[lineEnd - 1] == ' ') return null;
            built.Append(text, lineStart + content, lineEnd - lineStart - content);
            if (next >= text.Length)
            {
                if (lineEnd == text.Length) return null;
                Raw();
                break;
            }
        }
        if (!AtEnd && text[At] == '#') Advance();
        return built.Append('\n', chomp switch { '-' => 0, '+' => blank + 1, _ => 1 }).ToString();
    }

    /// <summary>A plain scalar and the lines that continue it.</summary>
    string? Plain(int at, int column)
    {
        var first = Bare(at, out var remark);
        if (first.IsEmpty) return null;
        var whole = first.ToString();
        StringBuilder? built = null;
        var blank = 0;
        while (Raw())
        {
            if (indent < 0) { blank++; continue; }
            if (text[At] == '#') { remark = true; continue; }
            if (indent <= column) break;
            if (remark || !StartsPlain(At) || text[At] == '-') return null;
            var more = Bare(At, out remark);
            if (more.IsEmpty) return null;
            built ??= new(whole);
            if (blank == 0) built.Append(' ');
            else built.Append('\n', blank);
            built.Append(more);
            blank = 0;
        }
        return built?.ToString() ?? whole;
    }

    // The line's part that is the scalar's; empty when it is none (a colon makes it a key).
    ReadOnlySpan<char> Bare(int at, out bool remark)
    {
        var rest = text.AsSpan(at, lineEnd - at);
        var hash = rest.IndexOf(" #");
        remark = hash >= 0;
        if (remark) rest = rest[..hash];
        rest = rest.TrimEnd(' ');
        return Colon(rest) >= 0 ? default : rest;
    }
}
