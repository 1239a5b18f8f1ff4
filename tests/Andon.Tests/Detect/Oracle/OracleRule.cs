using YamlDotNet.RepresentationModel;

namespace Andon.Tests.Detect.Oracle;

/// <summary>
/// The reference evaluator (sigma.md T4): one rule or filter, read from its YAML by itself and answered by recursion over what
/// section 1 of that page says. It judges legal documents only; whether a document is legal is the loader's question.
/// </summary>
sealed class OracleRule
{
    readonly List<(string Name, Func<OracleEvent, FieldOrder, bool> Holds)> searches = [];
    readonly List<List<string>> conditions = [];
    readonly List<string> names;

    public string Title { get; }

    public OracleRule(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var root = (YamlMappingNode)stream.Documents[0].RootNode;
        Title = Child(root, "title") is YamlScalarNode title ? title.Value ?? "" : "";
        var filter = Child(root, "filter") is not null;
        foreach (var (key, value) in (YamlMappingNode)(Child(root, "detection") ?? Child(root, "filter") ?? throw new FormatException("Neither rule nor filter.")))
            switch (((YamlScalarNode)key).Value)
            {
                case "condition": conditions.AddRange(value is YamlSequenceNode list ? list.Select(Words) : [Words(value)]); break;
                case "rules" when filter: break;
                case var name: searches.Add((name!, Search(value))); break;
            }
        names = searches.ConvertAll(s => s.Name);
    }

    static List<string> Words(YamlNode condition) => OracleCondition.Words(((YamlScalarNode)condition).Value!);

    /// <summary>SG44: several conditions are alternatives.</summary>
    public bool Matches(OracleEvent e, FieldOrder order) =>
        conditions.Exists(c => OracleCondition.Holds(c, names, n => searches.Find(s => s.Name == n).Holds(e, order)));

    // SG13: a map is AND, a list is OR, a scalar is a keyword; they nest.
    static Func<OracleEvent, FieldOrder, bool> Search(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode map:
                var all = map.Select(entry => new OracleItem(((YamlScalarNode)entry.Key).Value!, entry.Value)).ToList();
                return (e, order) => all.TrueForAll(item => item.Holds(e, order));
            case YamlSequenceNode list:
                var any = list.Select(Search).ToList();
                return (e, order) => any.Exists(part => part(e, order));
            default:
                return new OracleItem("|contains", node).Holds;
        }
    }

    static YamlNode? Child(YamlMappingNode map, string key) => map.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
}
