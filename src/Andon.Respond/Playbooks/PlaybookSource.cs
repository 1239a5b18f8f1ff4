using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Andon.Model;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Andon.Respond.Playbooks;

/// <summary>A playbook file as JSON nodes, with the line each node stood on where the file was YAML.</summary>
sealed class PlaybookSource
{
    readonly ConditionalWeakTable<JsonNode, object> lines = [];

    PlaybookSource(string file) => File = file;

    public string File { get; }
    public JsonObject Root { get; private set; } = [];
    public List<Finding> Findings { get; } = [];

    public string Place(JsonNode? node, string pointer) =>
        node is not null && lines.TryGetValue(node, out var line) ? $"{File}:{line} {pointer}" : $"{File} {pointer}";

    public void CopyLine(JsonNode from, JsonNode to)
    {
        if (lines.TryGetValue(from, out var line)) lines.AddOrUpdate(to, line);
    }

    /// <summary>Reads YAML or JSON. Never throws for what the file holds: it is an author's error, so it is a finding.</summary>
    public static PlaybookSource Read(string file, string text)
    {
        var source = new PlaybookSource(file);
        if (Encoding.UTF8.GetByteCount(text) > Limits.PlaybookBytesMax)
        {
            source.Wrong($"The playbook is larger than {Limits.PlaybookBytesMax} bytes.", "Split it.");
            return source;
        }
        var json = text.AsSpan().TrimStart();
        if (json.StartsWith("{")) source.ReadJson(text);
        else source.ReadYaml(text);
        return source;
    }

    void Wrong(string message, string hint, long line = 0) =>
        Findings.Add(new("CAX000", message, hint, line > 0 ? $"{File}:{line}" : File));

    void ReadJson(string text)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = Limits.PlaybookDepthMax, AllowDuplicateProperties = false };
            if (JsonNode.Parse(text, documentOptions: options) is JsonObject root) Root = root;
            else Wrong("The file holds no JSON object.", "A playbook is one object.");
        }
        catch (JsonException e)
        {
            Wrong($"The file is no JSON: {e.Message}", "Mend the syntax.", (e.LineNumber ?? 0) + 1);
        }
    }

    void ReadYaml(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                Wrong("The file is empty.", "Write a playbook, or remove the file.");
                return;
            }
            var node = Node(parser, 0, "");
            parser.Consume<DocumentEnd>();
            if (!parser.TryConsume<StreamEnd>(out _)) Wrong("The file holds more than one document.", "One playbook a file.");
            if (node is JsonObject root)
            {
                Root = root;
                ShortForm.Expand(this);
            }
            else
            {
                Wrong("The file holds no mapping.", "A playbook is one mapping.");
            }
        }
        catch (Exception e) when (e is YamlException or JsonException)
        {
            Wrong($"The file is no YAML: {e.Message}", "Mend the syntax.", e is YamlException yaml ? yaml.Start.Line : 0);
        }
    }

    // Events, not an object graph: no alias can make a small file a large one, and no tag can name a type.
    JsonNode? Node(Parser parser, int depth, string key)
    {
        if (depth > Limits.PlaybookDepthMax) throw new YamlException(parser.Current?.Start ?? Mark.Empty, Mark.Empty, $"nested deeper than {Limits.PlaybookDepthMax}");
        switch (parser.Current)
        {
            case Scalar scalar:
                parser.MoveNext();
                var value = Typed(scalar, key);
                return value is null ? null : At(value, scalar);
            case SequenceStart start:
                parser.MoveNext();
                var list = new JsonArray();
                while (!parser.TryConsume<SequenceEnd>(out _)) list.Add(Node(parser, depth + 1, key));
                return At(list, start);
            case MappingStart start:
                parser.MoveNext();
                var map = new JsonObject();
                while (!parser.TryConsume<MappingEnd>(out _))
                {
                    var name = parser.Consume<Scalar>();
                    var inner = Node(parser, depth + 1, name.Value);
                    if (!map.TryAdd(name.Value, inner)) Wrong($"'{name.Value}' is written twice.", "Keep one.", name.Start.Line);
                }
                return At(map, start);
            default:
                throw new YamlException(parser.Current?.Start ?? Mark.Empty, Mark.Empty, "an alias or tag, which playbooks do not use");
        }
    }

    JsonNode At(JsonNode node, ParsingEvent e)
    {
        lines.AddOrUpdate(node, e.Start.Line);
        return node;
    }

    // Every scalar is text first and gets its type from the CACAO property, so that "on", "yes" or a date stays what was written.
    static JsonNode? Typed(Scalar scalar, string key)
    {
        if (scalar.Style != ScalarStyle.Plain) return JsonValue.Create(scalar.Value);
        if (!scalar.Tag.IsEmpty && scalar.Tag.Value is "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool") return JsonNode.Parse(scalar.Value);
        if (scalar.Value is "" or "null" or "~") return null;
        if (Booleans.Contains(key) && scalar.Value is "true" or "false") return JsonValue.Create(scalar.Value == "true");
        if (Integers.Contains(key) && long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return JsonValue.Create(number);
        return JsonValue.Create(scalar.Value);
    }

    internal static readonly HashSet<string> Booleans =
    [
        "constant", "external", "revoked", "kms", "manual_playbook", "external_playbooks", "parallel_processing", "if_logic", "while_logic",
        "switch_logic", "temporal_logic", "data_markings", "digital_signatures", "countersigned_signatures", "extensions",
    ];

    internal static readonly HashSet<string> Integers = ["priority", "severity", "impact", "delay", "timeout", "vlan", "x", "y", "width", "height"];
}
