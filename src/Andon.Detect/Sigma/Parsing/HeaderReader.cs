using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Pipelines;
using Andon.Model;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>Reads the keys that describe a document: title, id, level, tags …</summary>
static class HeaderReader
{
    static readonly HashSet<string> Namespaces = ["attack", "car", "cve", "d3fend", "detection", "stp", "tlp", "threat-hunting", "detection-threat-hunting"];

    public static Header Read(string file, YamlDocument document, YamlMap map, FindingSink sink, bool isRule, bool isFilter, PipelineSet pipelines)
    {
        var title = Text("title");
        if (title.Length == 0) sink.Error("SIG010", map.At, "The document has no title.", "Add 'title:'.");
        if (title.Length > Limits.TitleCharsMax) sink.Error("SIG010", At("title"), $"The title is longer than {Limits.TitleCharsMax} characters.", "Shorten it.");
        var id = Text("id");
        if (id.Length > 0 && !Guid.TryParse(id, out _)) sink.Warn("SIG011", At("id"), $"The id '{id}' is not a UUID.", "Give a random UUID (version 4).");
        if (id.Length == 0 && isRule) sink.Note("SIG011", map.At, "The rule has no id; its name or title is its handle.", "Give a random UUID (version 4).");
        if (id.Length > 128) sink.Error("SIG011", At("id"), "The id is longer than 128 characters.", "Give a random UUID (version 4).");
        var status = Text("status");
        if (status.Length > 0 && status is not ("stable" or "test" or "experimental" or "deprecated" or "unsupported"))
            sink.Warn("SIG012", At("status"), $"The status '{status}' is not one of Sigma's.", "stable, test, experimental, deprecated or unsupported.");
        var level = Level.Medium;
        if (Text("level") is { Length: > 0 } levelText)
        {
            if (!Enum.TryParse(levelText, ignoreCase: true, out level) || !char.IsLetter(levelText[0]))
            {
                level = Level.Medium;
                sink.Error("SIG013", At("level"), $"The level '{levelText}' is not one of Sigma's.", "informational, low, medium, high or critical.");
            }
        }
        else if (!isFilter) sink.Warn("SIG013", map.At, "The document has no level; it is taken as medium.", "Add 'level:'.");
        // ECS names are the house's own; every other taxonomy needs a pipeline that says it is for it.
        var taxonomy = Text("taxonomy").ToLowerInvariant();
        if (taxonomy is not ("" or "sigma" or "ecs") && !pipelines.Maps(taxonomy))
            sink.Error("SIG014", At("taxonomy"), $"There is no mapping for the taxonomy '{taxonomy}'.", $"Write the rule with Sigma's or ECS's field names, or give a pipeline with 'taxonomies: [{taxonomy}]'.");
        RuleQueue? queue = null;
        if (Text("queue") is { Length: > 0 } queueText)
        {
            if (queueText is "production") queue = RuleQueue.Production;
            else if (queueText is "testing") queue = RuleQueue.Testing;
            else sink.Error("SIG015", At("queue"), $"'{queueText}' is not a queue.", "production or testing.");
        }
        var tags = Texts("tags");
        foreach (var tag in tags)
            if (!Namespaces.Contains(tag.Split('.')[0])) sink.Note("SIG016", At("tags"), $"The tag '{tag}' is in no known namespace.", "Sigma's are attack, car, cve, d3fend, detection, stp, tlp.");
        return new()
        {
            File = file,
            Number = document.Number,
            Yaml = document.Text,
            At = map.At,
            Title = title,
            Id = id.Length > 0 ? id : null,
            Name = Text("name") is { Length: > 0 } name ? name : null,
            Status = status,
            Description = Text("description"),
            License = Text("license"),
            Author = Text("author") is { Length: > 0 } author ? author : string.Join(", ", Texts("author")),
            Date = Text("date"),
            Modified = Text("modified"),
            Level = level,
            Queue = queue,
            References = Texts("references"),
            Fields = Texts("fields"),
            FalsePositives = Texts("falsepositives"),
            Tags = tags,
            Taxonomy = taxonomy,
        };

        Mark At(string key) => map.Get(key)?.At ?? map.At;
        string Text(string key) => map.Get(key) is YamlScalar { Kind: not ScalarKind.Null } scalar ? scalar.Text.Trim() : "";
        List<string> Texts(string key) => map.Get(key) switch
        {
            YamlList list => [.. list.Items.OfType<YamlScalar>().Where(s => s.Kind != ScalarKind.Null).Select(s => s.Text)],
            YamlScalar { Kind: not ScalarKind.Null } scalar => [scalar.Text],
            _ => [],
        };
    }

    public static LogSource? Source(YamlMap map, FindingSink sink, bool mandatory)
    {
        if (map.Get("logsource") is not YamlMap source)
        {
            if (mandatory) sink.Error("SIG017", map.Get("logsource")?.At ?? map.At, "The document has no log source.", "Add 'logsource:' with product, category or service.");
            return null;
        }
        var (product, category, service) = (Part("product"), Part("category"), Part("service"));
        if (product is null && category is null && service is null)
        {
            sink.Error("SIG018", source.At, "The log source names neither product, category nor service.", "Give at least one; a rule is never run on everything.");
            return null;
        }
        return new(product, category, service, (source.Get("definition") as YamlScalar)?.Text ?? "");

        string? Part(string key)
        {
            switch (source.Get(key))
            {
                case null or YamlScalar { Kind: ScalarKind.Null }: return null;
                case YamlScalar text: return text.Text.Trim().ToLowerInvariant();
                case var other:
                    sink.Error("SIG019", other.At, $"'{key}' of a log source is one word.", "Write one rule for each.");
                    return null;
            }
        }
    }
}
