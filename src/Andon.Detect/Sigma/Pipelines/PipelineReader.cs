using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.Sigma.Pipelines;

/// <summary>
/// Reads pipelines in pySigma's YAML form. One that holds anything unknown is refused as a whole: a step left out would change what rules mean.
/// </summary>
static class PipelineReader
{
    public static PipelineSet Load(IEnumerable<string> paths)
    {
        var pipelines = new List<Pipeline>();
        var findings = new List<Finding>();
        foreach (var path in Files(paths))
        {
            try
            {
                if (new FileInfo(path).Length > Limits.RuleFileBytesMax) findings.Add(new("SIG140", "The pipeline is too large.", "Split it.", path));
                else if (Read(path, File.ReadAllText(path), findings) is { } pipeline) pipelines.Add(pipeline);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                findings.Add(new("SIG140", $"The pipeline cannot be read: {e.Message}", "Give the path of a YAML file.", path));
            }
        }
        return new(pipelines, findings);
    }

    /// <summary>Files as they are named, and those of folders.</summary>
    public static IEnumerable<string> Files(IEnumerable<string> paths) =>
        paths.SelectMany(p => Directory.Exists(p) ? Directory.EnumerateFiles(p, "*", SearchOption.AllDirectories).Where(RuleFiles.IsYaml).Order(StringComparer.Ordinal) : Enumerable.Repeat(p, 1));

    /// <summary>Null when it is refused or for others; the findings then say why.</summary>
    public static Pipeline? Read(string file, string text, List<Finding> findings)
    {
        var sink = new FindingSink(file);
        var pipeline = Read(file, text, sink);
        findings.AddRange(sink.All);
        return sink.Errors > 0 ? null : pipeline;
    }

    static Pipeline? Read(string file, string text, FindingSink sink)
    {
        var documents = YamlReader.Read(text, sink);
        if (documents is not [{ Root: YamlMap map }])
        {
            sink.Error("SIG140", default, "A pipeline is one map of keys.", "Begin with 'name:' and 'transformations:'.");
            return null;
        }
        var keys = new StepKeys(map, "a pipeline", sink);
        var name = keys.Text("name") ?? Path.GetFileNameWithoutExtension(file);
        var priority = keys.Number("priority", 0);
        var taxonomies = keys.Texts("taxonomies");
        foreach (var about in new[] { "id", "description", "author", "date", "references" }) keys.Node(about);
        var backends = keys.Texts("allowed_backends");
        var lists = Vars(keys);
        foreach (var later in new[] { "postprocessing", "finalizers" })
            if (keys.Node(later) is { } node) sink.Error("SIG146", node.At, $"'{later}' change the text of a query, which Andon does not make.", "Remove them.");
        var count = 0;
        var steps = keys.Node("transformations") is YamlList list ? Steps(list, sink, 0, ref count) : keys.Wrong<List<Step>>(map.At, "A pipeline has a list 'transformations'.", []);
        keys.End();
        if (backends.Count > 0 && !backends.Contains("andon"))
        {
            sink.Warn("SIG145", map.At, $"The pipeline '{name}' is for {string.Join(", ", backends)} and is not used.", "Add 'andon' to 'allowed_backends', or remove the file.");
            return null;
        }
        return new(name, file, priority, taxonomies, lists, steps, RuleFiles.Digest(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    static Dictionary<string, LiveList> Vars(StepKeys keys)
    {
        var lists = new Dictionary<string, LiveList>(StringComparer.OrdinalIgnoreCase);
        if (keys.Node("vars") is null) return lists;
        foreach (var (name, values) in keys.Mapping("vars"))
            lists[name] = new(name) { Now = ListState.Empty with { FromFiles = [.. values.Select(v => new ListMember(v, Literal: false))] } };
        return lists;
    }

    internal static List<Step> Steps(YamlList list, FindingSink sink, int depth, ref int count)
    {
        var steps = new List<Step>();
        foreach (var node in list.Items)
        {
            if (++count > Limits.TransformationsMax || depth > Limits.PipelineDepthMax)
            {
                sink.Error("SIG143", node.At, $"More than {Limits.TransformationsMax} transformations, or {Limits.PipelineDepthMax} inside each other.", "Split the pipeline.");
                break;
            }
            if (node is not YamlMap map)
            {
                sink.Error("SIG143", node.At, "A transformation is a map of keys.", "Begin with 'type:'.");
                continue;
            }
            var type = (map.Get("type") as YamlScalar)?.Text ?? "";
            var keys = new StepKeys(map, $"the transformation '{type}'", sink);
            keys.Node("type");
            var id = keys.Text("id");
            var onRule = Gate(keys, "rule", RuleConditions.Read);
            var onItem = Gate(keys, "detection_item", ItemConditions.Read);
            var onField = Gate(keys, "field_name", FieldConditions.Read);
            var change = type is "nest" or "nested" ? Nest(keys, depth, ref count) : Transformations.Read(type, keys);
            if (change is null)
            {
                if (!Transformations.Knows(type)) sink.Error("SIG141", map.At, $"There is no transformation '{type}'.", $"Known: {string.Join(", ", Transformations.Names.Append("nest").Order(StringComparer.Ordinal))}.");
                continue;
            }
            keys.End();
            steps.Add(new(id, type, change, onRule, onItem, onField));
        }
        return steps;
    }

    static Change? Nest(StepKeys keys, int depth, ref int count)
    {
        if (keys.Node("items") is not YamlList inner) return keys.Wrong<Change>(keys.At, "'items' of a nest is a list of transformations.", (_, _) => { });
        var steps = Steps(inner, keys.Sink, depth + 1, ref count);
        return (rule, _) =>
        {
            foreach (var step in steps) step.Run(rule);
        };
    }

    static Gate<T> Gate<T>(StepKeys keys, string kind, Func<string, StepKeys, Func<Rewriting, T, bool>?> read)
    {
        var conditions = new Dictionary<string, Func<Rewriting, T, bool>>();
        var listed = keys.Node($"{kind}_conditions");
        var named = listed switch
        {
            null => [],
            YamlMap map => map.Entries.Select(e => (e.Key.Text, e.Value)),
            YamlList list => list.Items.Select((c, i) => ($"#{i}", c)),
            var other => keys.Wrong(other.At, $"'{kind}_conditions' is a list or a map of conditions.", Enumerable.Empty<(string, YamlNode)>()),
        };
        foreach (var (name, node) in named)
        {
            if (node is not YamlMap map)
            {
                keys.Wrong(node.At, "A condition is a map of keys with 'type'.", 0);
                continue;
            }
            var type = (map.Get("type") as YamlScalar)?.Text ?? "";
            var inner = keys.Inner(map, $"the condition '{type}'");
            inner.Node("type");
            if (read(type, inner) is { } condition)
            {
                conditions[name] = condition;
                inner.End();
            }
            else keys.Sink.Error("SIG142", map.At, $"There is no condition '{type}' among {kind}_conditions.", "See docs/reference/pipelines.md for those that there are.");
        }
        var any = keys.Word($"{kind}_cond_op", "and", "or") == "or";
        var not = keys.Truth($"{kind}_cond_not");
        Condition? expression = null;
        if ((keys.Text($"{kind}_cond_expr") ?? keys.Text($"{kind}_cond_expression")) is { } text)
        {
            if (ConditionReader.Read(text, keys.At, keys.Sink) is not { } read2) return new(conditions, any, not, null);
            expression = read2;
            if (listed is not YamlMap) keys.Sink.Error("SIG144", keys.At, $"An expression over {kind}_conditions needs them as a map, each under its name.", "Write 'name: { type: … }'.");
            else if (!OnlyNames(expression) || RuleExpression.Names(expression).FirstOrDefault(n => !conditions.ContainsKey(n)) is not null)
                keys.Sink.Error("SIG144", keys.At, $"The expression '{text}' names a condition that is not among {string.Join(", ", conditions.Keys)}.", "Use the names of the map, with and, or, not.");
            else if (conditions.Keys.Except(RuleExpression.Names(expression)).FirstOrDefault() is { } unused)
                keys.Sink.Error("SIG144", keys.At, $"The expression '{text}' does not use the condition '{unused}'.", "Use it or remove it.");
        }
        return new(conditions, any, not, expression);
    }

    static bool OnlyNames(Condition condition) => condition switch
    {
        AndCondition and => and.Parts.All(OnlyNames),
        OrCondition or => or.Parts.All(OnlyNames),
        NotCondition not => OnlyNames(not.Inner),
        _ => condition is NameCondition,
    };
}
