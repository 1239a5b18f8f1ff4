using Andon.Model;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Andon.Store.Query;

/// <summary>An event of a shipped search's case: its time, its raw text and its fields.</summary>
internal sealed record CaseEvent(long TimeMs, string Raw, IReadOnlyList<KeyValuePair<string, string>> Fields);

/// <summary>What a shipped search answers on given events.</summary>
internal sealed record SearchCase(IReadOnlyDictionary<string, string> With, IReadOnlyList<CaseEvent> Events, IReadOnlyList<IReadOnlyList<string>> Rows);

internal sealed record ShippedSearch(SavedSearch Search, IReadOnlyList<SearchCase> Cases);

/// <summary>Reads <c>content/searches</c> and <c>content/dashboards</c>. A file that is faulty is left out, with all its findings; the others are read.</summary>
internal sealed class ShippedFiles
{
    readonly List<Finding> findings = [];
    public IReadOnlyList<Finding> Findings => findings;
    public List<ShippedSearch> Searches { get; } = [];
    public List<SavedDashboard> Dashboards { get; } = [];

    /// <param name="lint">Findings of a query with its parameters; null where nobody asks.</param>
    public static ShippedFiles Load(string content, Func<string, IReadOnlyList<SearchParameter>, IReadOnlyList<Finding>> lint)
    {
        var files = new ShippedFiles();
        files.Each(Path.Combine(content, "searches"), (root, place) => files.ReadSearch(root, place, lint));
        var known = files.Searches.Select(s => s.Search.Id).ToHashSet();
        files.Each(Path.Combine(content, "dashboards"), (root, place) => files.ReadDashboard(root, place, known));
        return files;
    }

    void Each(string folder, Action<YamlMappingNode, string> read)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var path in Directory.EnumerateFiles(folder, "*.yml").Order(StringComparer.Ordinal))
        {
            var place = Path.Combine(Path.GetFileName(folder), Path.GetFileName(path));
            try
            {
                using var text = File.OpenText(path);
                var yaml = new YamlStream();
                yaml.Load(text);
                if (yaml.Documents is [{ RootNode: YamlMappingNode root }]) read(root, place);
                else findings.Add(new("LIB001", "The file holds no mapping.", "id:, name:, kql: …", place));
            }
            catch (YamlException wrong)
            {
                findings.Add(new("LIB001", $"The file is no YAML: {wrong.Message}", "Mend it; it is left out until then.", $"{place}:{wrong.Start.Line}"));
            }
        }
    }

    void ReadSearch(YamlMappingNode root, string place, Func<string, IReadOnlyList<SearchParameter>, IReadOnlyList<Finding>> lint)
    {
        var (id, name, kql) = (Text(root, "id"), Text(root, "name"), Text(root, "kql"));
        var parameters = Parameters(root);
        var wrong = SearchRules.Check(name, Text(root, "description"), kql, parameters, Words(root, "tags"), Text(root, "range")).ToList();
        if (id != Path.GetFileNameWithoutExtension(place)) wrong.Add(new("LIB002", $"The id '{id}' is not the file's name.", "Name both alike."));
        wrong.AddRange(lint(kql, parameters));
        findings.AddRange(wrong.Where(f => f.Level != FindingLevel.Note).Select(f => f with { Place = f.Place.Length == 0 ? place : $"{place} {f.Place}" }));
        if (wrong.Exists(f => f.Level == FindingLevel.Error)) return;
        Searches.Add(new(
            new(id, "andon", Shipped: true, [new(1, name, Text(root, "description"), kql, parameters, Words(root, "tags"), Text(root, "range"), "andon", 0, 0, "shipped")]),
            [.. Nodes(root, "cases").Select(Case)]));
    }

    void ReadDashboard(YamlMappingNode root, string place, HashSet<string> known)
    {
        var id = Text(root, "id");
        List<DashboardPanel> panels = [.. Nodes(root, "panels").Select(p => new DashboardPanel(Text(p, "title"), Text(p, "search"), Text(p, "chart"), Number(p, "width", 2), Number(p, "height", 3), Map(p, "values")))];
        var version = new DashboardVersion(1, Text(root, "name"), Text(root, "description"), panels, Parameters(root), Text(root, "range"), "andon", 0, 0, "shipped");
        var wrong = SearchRules.CheckBoard(version.Name, version.Description, panels, version.Parameters, version.Range, known.Contains).ToList();
        if (id != Path.GetFileNameWithoutExtension(place)) wrong.Add(new("LIB002", $"The id '{id}' is not the file's name.", "Name both alike."));
        findings.AddRange(wrong.Select(f => f with { Place = $"{place} {f.Place}".TrimEnd() }));
        if (wrong.Count == 0) Dashboards.Add(new(id, "andon", Shipped: true, [version]));
    }

    static SearchCase Case(YamlMappingNode node) => new(
        Map(node, "with"),
        [.. Nodes(node, "events").Select(e =>
        {
            var fields = e.Children.Where(c => c.Value is YamlScalarNode or YamlSequenceNode).SelectMany(c => Many(c.Value).Select(v => KeyValuePair.Create(((YamlScalarNode)c.Key).Value ?? "", v))).ToList();
            var time = Parsing.Spans.ReadInstant(fields.Find(f => f.Key == "timestamp").Value ?? "") ?? 0;
            return new CaseEvent(time, fields.Find(f => f.Key == "raw").Value ?? "", [.. fields.Where(f => f.Key is not ("timestamp" or "raw"))]);
        })],
        [.. Sequence(node, "rows").Select(row => (IReadOnlyList<string>)[.. Many(row)])]);

    static IReadOnlyList<SearchParameter> Parameters(YamlMappingNode root) =>
        [.. Nodes(root, "parameters").Select(p => new SearchParameter(Text(p, "name"), Text(p, "type"), Has(p, "default") ? Text(p, "default") : null, Has(p, "entity") ? Text(p, "entity") : null, Text(p, "about")))];

    static bool Has(YamlMappingNode node, string key) => node.Children.ContainsKey(new YamlScalarNode(key));
    static YamlNode? At(YamlMappingNode node, string key) => node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
    static string Text(YamlMappingNode node, string key) => ((At(node, key) as YamlScalarNode)?.Value ?? "").Trim();
    static int Number(YamlMappingNode node, string key, int otherwise) => int.TryParse(Text(node, key), System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : otherwise;
    static IEnumerable<YamlNode> Sequence(YamlMappingNode node, string key) => At(node, key) as YamlSequenceNode ?? Enumerable.Empty<YamlNode>();
    static IEnumerable<YamlMappingNode> Nodes(YamlMappingNode node, string key) => Sequence(node, key).OfType<YamlMappingNode>();
    static IReadOnlyList<string> Words(YamlMappingNode node, string key) => [.. Sequence(node, key).OfType<YamlScalarNode>().Select(s => s.Value ?? "")];
    static IEnumerable<string> Many(YamlNode node) => node is YamlSequenceNode many ? many.OfType<YamlScalarNode>().Select(s => s.Value ?? "") : [((YamlScalarNode)node).Value ?? ""];
    static Dictionary<string, string> Map(YamlMappingNode node, string key) =>
        (At(node, key) as YamlMappingNode)?.Children.ToDictionary(c => ((YamlScalarNode)c.Key).Value ?? "", c => (c.Value as YamlScalarNode)?.Value ?? "") ?? [];
}
