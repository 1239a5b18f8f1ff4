using System.Buffers;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>
/// YAML text to trees that keep places, source text and order. Duplicate keys are an error, since the second would hide the first;
/// aliases may expand to a limited size. Each document is read by itself, so that a broken one does not take the rest of its file with it.
/// </summary>
static class YamlReader
{
    static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    public static List<YamlDocument> Read(string text, FindingSink sink)
    {
        var documents = new List<YamlDocument>();
        if (text.StartsWith('\uFEFF')) text = text[1..];
        if (text.Length > Limits.RuleFileBytesMax)
        {
            sink.Error("SIG001", default, $"The file is larger than {Limits.RuleFileBytesMax >> 20} MiB.", "Split it.");
            return documents;
        }
        var number = 0;
        foreach (var (part, firstLine) in Split(text))
        {
            if (Blank(part)) continue;
            if (++number > Limits.DocumentsMax)
            {
                sink.Error("SIG001", new(firstLine + 1, 1), $"The file has more than {Limits.DocumentsMax} documents.", "Split it.");
                break;
            }
            if (PlainYaml.TryRead(part, firstLine) is { } plain)
            {
                documents.Add(new(number, plain, part));
                continue;
            }
            Library(part, firstLine, number, documents, sink);
        }
        return documents;
    }

    /// <summary>The document as the YAML library reads it: everything that <see cref="PlainYaml"/> is not sure of.</summary>
    internal static void Library(string part, int firstLine, int number, List<YamlDocument> documents, FindingSink sink)
    {
        try
        {
            var parser = new Parser(new StringReader(part));
            parser.Consume<StreamStart>();
            while (!parser.Accept<StreamEnd>(out _))
            {
                parser.Consume<DocumentStart>();
                var errors = sink.Errors;
                var root = new Builder(sink, firstLine).Node(parser, depth: 0);
                parser.Consume<DocumentEnd>();
                if (errors == sink.Errors && root is not YamlScalar { Kind: ScalarKind.Null }) documents.Add(new(number, root, part));
            }
        }
        catch (YamlException e)
        {
            sink.Error("SIG002", new(firstLine + (int)e.Start.Line, (int)e.Start.Column), $"Not readable as YAML: {Plain(e)}", "Mend the indentation, quotes or brackets at this place.");
        }
        // The library's scanner throws more than its own exceptions on some broken texts.
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException or NullReferenceException)
        {
            sink.Error("SIG002", new(firstLine + 1, 1), $"Not readable as YAML: {e.Message.ReplaceLineEndings(" ")}", "Mend the indentation, quotes or brackets of this document.");
        }
        catch (TooLarge e)
        {
            sink.Error("SIG003", e.At, e.Message, "Write it flatter, or without aliases.");
        }
    }

    public static ScalarKind KindOf(string text, bool plain) => !plain ? ScalarKind.Text : text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ScalarKind.Null,
        "true" or "True" or "TRUE" => ScalarKind.True,
        "false" or "False" or "FALSE" => ScalarKind.False,
        _ => NumberKind(text),
    };

    // [-+]?[0-9]+ | 0o[0-7]+ | 0x[0-9a-fA-F]+ are whole; [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? is real.
    static ScalarKind NumberKind(ReadOnlySpan<char> text)
    {
        if (text[0] is not ((>= '0' and <= '9') or '+' or '-' or '.')) return ScalarKind.Text;
        if (text.Length > 2 && text.StartsWith("0x")) return text[2..].ContainsAnyExcept(Hex) ? ScalarKind.Text : ScalarKind.Integer;
        if (text.Length > 2 && text.StartsWith("0o")) return text[2..].ContainsAnyExceptInRange('0', '7') ? ScalarKind.Text : ScalarKind.Integer;
        if (text[0] is '+' or '-') text = text[1..];
        var whole = Digits(text);
        if (whole > 0 && whole == text.Length) return ScalarKind.Integer;
        text = text[whole..];
        var part = 0;
        if (text.StartsWith('.'))
        {
            part = Digits(text[1..]);
            text = text[(1 + part)..];
        }
        if (whole + part == 0) return ScalarKind.Text;
        if (text.Length > 0 && text[0] is 'e' or 'E')
        {
            text = text[1..];
            if (text.Length > 0 && text[0] is '+' or '-') text = text[1..];
            var exponent = Digits(text);
            if (exponent == 0) return ScalarKind.Text;
            text = text[exponent..];
        }
        return text.IsEmpty ? ScalarKind.Float : ScalarKind.Text;
    }

    static int Digits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : text.Length;

    // A line that begins with "---" ends a document wherever it stands: YAML forbids it inside block and quoted scalars.
    static List<(string Text, int FirstLine)> Split(string text)
    {
        var parts = new List<(string, int)>();
        int start = 0, line = 0, startLine = 0;
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at);
            var next = end < 0 ? text.Length : end + 1;
            var row = text.AsSpan(at, next - at);
            if (row.StartsWith("---") && (row.Length == 3 || char.IsWhiteSpace(row[3])) && at > start)
            {
                parts.Add((text[start..at], startLine));
                (start, startLine) = (at, line);
            }
            at = next;
            line++;
        }
        parts.Add((text[start..], startLine));
        return parts;
    }

    static bool Blank(string part)
    {
        foreach (var row in part.AsSpan().EnumerateLines())
        {
            var trimmed = row.Trim();
            if (trimmed.Length > 0 && trimmed[0] != '#' && !trimmed.SequenceEqual("---") && !trimmed.SequenceEqual("...")) return false;
        }
        return true;
    }

    static string Plain(YamlException e) => (e.InnerException?.Message ?? e.Message).ReplaceLineEndings(" ").TrimEnd('.') + ".";

    sealed class TooLarge(Mark at, string message) : Exception(message)
    {
        public Mark At { get; } = at;
    }

    sealed class Builder(FindingSink sink, int firstLine)
    {
        readonly Dictionary<string, YamlNode> anchors = [];
        int nodes;

        public YamlNode Node(IParser parser, int depth)
        {
            var at = Place(parser.Current ?? throw new YamlException("The text ends too early."));
            if (depth > Limits.YamlDepthMax) throw new TooLarge(at, $"Nested deeper than {Limits.YamlDepthMax} levels.");
            if (parser.TryConsume<AnchorAlias>(out var alias))
            {
                if (!anchors.TryGetValue(alias.Value.Value, out var known)) throw new YamlException(alias.Start, alias.End, $"The alias *{alias.Value.Value} names no anchor before it");
                Count(at, known.Size);
                return known;
            }
            Count(at, 1);
            if (parser.TryConsume<Scalar>(out var scalar))
            {
                var tagged = !scalar.Tag.IsEmpty && scalar.Tag.Value == "tag:yaml.org,2002:str";
                return Keep(scalar.Anchor, new YamlScalar(at, scalar.Value, KindOf(scalar.Value, scalar.Style == ScalarStyle.Plain && !tagged)));
            }
            if (parser.TryConsume<SequenceStart>(out var sequence))
            {
                var items = new List<YamlNode>();
                while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Node(parser, depth + 1));
                return Keep(sequence.Anchor, new YamlList(at, items, 1 + Sum(items)));
            }
            var mapping = parser.Consume<MappingStart>();
            return Keep(mapping.Anchor, Map(parser, at, depth));
        }

        YamlMap Map(IParser parser, Mark at, int depth)
        {
            var entries = new List<KeyValuePair<YamlScalar, YamlNode>>();
            var seen = new HashSet<string>();
            var size = 1;
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = Node(parser, depth + 1);
                var value = Node(parser, depth + 1);
                size += key.Size + value.Size;
                if (key is not YamlScalar name)
                    sink.Error("SIG004", key.At, "A key must be a plain word, not a list or a map.", "Quote it if it begins with a bracket.");
                else if (!seen.Add(name.Text))
                    sink.Error("SIG005", key.At, $"The key '{name.Text}' stands twice in this map; one would hide the other.", "Join both into one list, or into a list of maps.");
                else
                    entries.Add(new(name, value));
            }
            return new(at, entries, size);
        }

        static int Sum(List<YamlNode> items)
        {
            var size = 0;
            foreach (var item in items) size += item.Size;
            return size;
        }

        void Count(Mark at, int more)
        {
            nodes += more;
            if (nodes > Limits.YamlNodesMax) throw new TooLarge(at, $"More than {Limits.YamlNodesMax} nodes after aliases are expanded.");
        }

        T Keep<T>(AnchorName anchor, T node) where T : YamlNode
        {
            if (!anchor.IsEmpty) anchors[anchor.Value] = node;
            return node;
        }

        Mark Place(ParsingEvent e) => new(firstLine + (int)e.Start.Line, (int)e.Start.Column);
    }
}
