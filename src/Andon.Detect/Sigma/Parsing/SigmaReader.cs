using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Pipelines;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>A file's documents that may be used, and everything that is wrong in it.</summary>
sealed record SigmaFile(string File, IReadOnlyList<SigmaDocument> Documents, IReadOnlyList<Andon.Model.Finding> Findings, int Refused);

/// <summary>
/// Reads rules, correlations and filters from one YAML text. Nothing throws, nothing is silently dropped: what is not loaded has an
/// error with its place. Old collections (<c>action: global</c>, <c>reset</c>, <c>repeat</c>) are read.
/// </summary>
static class SigmaReader
{
    public static SigmaFile Read(string file, string text, Reading reading)
    {
        var sink = new FindingSink(file);
        var documents = new List<SigmaDocument>();
        var refused = 0;
        long nodes = 0;
        YamlMap? global = null, previous = null;
        var yaml = YamlReader.Read(text, sink);
        if (yaml.Count == 0 && sink.Errors == 0) sink.Warn("SIG006", default, "The file has no documents.", "Remove it, or write a rule.");
        if (sink.Errors > 0) refused++;
        foreach (var document in yaml)
        {
            if (document.Root is not YamlMap map)
            {
                sink.Error("SIG007", document.Root.At, "A Sigma document is a map of keys.", "Begin with 'title:'.");
                refused++;
                continue;
            }
            var action = (map.Get("action") as YamlScalar)?.Text;
            if (action == "global") { global = map; continue; }
            if (action == "reset") { global = null; if (map.Entries.Count == 1) continue; }
            if (action == "repeat" && previous is not null) map = Merge(previous, map);
            else if (global is not null) map = Merge(global, map);
            previous = map;
            if ((nodes += map.Size) > Limits.FileNodesMax)
            {
                sink.Error("SIG003", map.At, $"More than {Limits.FileNodesMax} nodes in this file after its global document is merged into the others.", "Split the file.");
                refused++;
                break;
            }

            var errors = sink.Errors;
            var before = sink.All.Count;
            var read = Document(file, document, map, sink, reading) is { } plain ? Ready(plain, reading, sink) : null;
            if (read is null || sink.Errors > errors) refused++;
            else documents.Add(read with { Header = read.Header with { Findings = [.. sink.All.Skip(before)] } });
        }
        return new(file, documents, sink.All, refused);
    }

    static readonly string[] Kinds = ["detection", "correlation", "filter"];

    static SigmaDocument? Document(string file, YamlDocument document, YamlMap map, FindingSink sink, Reading reading)
    {
        List<string> kinds = [];
        foreach (var kind in Kinds)
            if (map.Get(kind) is not null) kinds.Add(kind);
        if (kinds.Count != 1)
        {
            sink.Error("SIG008", map.At, kinds.Count == 0 ? "The document is neither rule, correlation nor filter." : $"The document is {string.Join(" and ", kinds)} at once.",
                "A rule has 'detection', a correlation 'correlation', a filter 'filter'.");
            return null;
        }
        var header = HeaderReader.Read(file, document, map, sink, isRule: kinds[0] == "detection", isFilter: kinds[0] == "filter", reading.Pipelines);
        var body = map.Get(kinds[0]) as YamlMap;
        if (body is null)
        {
            sink.Error("SIG009", map.Get(kinds[0])?.At ?? map.At, $"'{kinds[0]}' is not a map.", "Give it keys.");
            return null;
        }
        switch (kinds[0])
        {
            case "correlation":
                return CorrelationReader.Read(header, body, sink, map);
            case "filter":
                var filterSource = HeaderReader.Source(map, sink, mandatory: true);
                var filter = FilterRules(body, sink);
                var filterDetection = DetectionReader.Read(body, body.At, sink, reading.Lists, "rules");
                if (filterDetection is { Conditions.Count: > 1 }) sink.Error("SIG092", body.At, "A filter has exactly one condition.", "Join them with 'or'.");
                if (filterDetection is not null && !filterDetection.Conditions.Any(HasNot))
                    sink.Warn("SIG093", body.At, "The filter has no 'not': it keeps only what it matches.", "Filters are ANDed to the rule; to leave events out write 'condition: not selection'.");
                return filterDetection is null || filterSource is null || filter is null ? null : new FilterDocument(header, filterSource, filter, filterDetection);
            default:
                var source = HeaderReader.Source(map, sink, mandatory: true);
                var detection = DetectionReader.Read(body, body.At, sink, reading.Lists);
                return source is null || detection is null ? null : new RuleDocument(header, source, detection);
        }
    }

    // Pipelines may fill placeholders, so what is still empty is known only after them.
    static SigmaDocument? Ready(SigmaDocument document, Reading reading, FindingSink sink)
    {
        var detection = (reading.Pipelines.Rewrite(document, sink) is { } after ? document = after : null) switch { RuleDocument rule => rule.Detection, FilterDocument filter => filter.Detection, _ => null };
        foreach (var search in detection?.Searches ?? []) Check(search.Search);
        return document;

        void Check(Search search)
        {
            switch (search)
            {
                case AllOf all: foreach (var part in all.Parts) Check(part); break;
                case AnyOf any: foreach (var part in any.Parts) Check(part); break;
                case Item item: Placeholders.Check(item, sink); break;
            }
        }
    }

    static List<string>? FilterRules(YamlMap body, FindingSink sink)
    {
        switch (body.Get("rules"))
        {
            case null:
                sink.Error("SIG090", body.At, "The filter does not say for which rules it is.", "Add 'rules:' with ids or names, or 'rules: any'.");
                return null;
            case YamlScalar { Text: "any" }:
                return [];
            case YamlScalar one when one.Kind == ScalarKind.Text:
                return [one.Text];
            case YamlList list when list.Items.All(i => i is YamlScalar { Kind: ScalarKind.Text }):
                return [.. list.Items.Select(i => ((YamlScalar)i).Text)];
            case var other:
                sink.Error("SIG091", other.At, "'rules' is a list of ids or names, or 'any'.", "Write them as a list.");
                return null;
        }
    }

    static bool HasNot(Condition condition) => condition switch
    {
        NotCondition => true,
        OrCondition or => or.Parts.Any(HasNot),
        AndCondition and => and.Parts.Any(HasNot),
        _ => false,
    };

    // The later document wins, maps are joined key by key.
    static YamlMap Merge(YamlMap first, YamlMap second)
    {
        var entries = new List<KeyValuePair<YamlScalar, YamlNode>>();
        foreach (var (key, value) in first.Entries)
        {
            if (key.Text == "action") continue;
            var over = second.Get(key.Text);
            entries.Add(new(key, over is YamlMap b && value is YamlMap a ? Merge(a, b) : over ?? value));
        }
        foreach (var entry in second.Entries)
            if (entry.Key.Text != "action" && first.Get(entry.Key.Text) is null) entries.Add(entry);
        return new(second.At, entries, first.Size + second.Size);
    }
}
