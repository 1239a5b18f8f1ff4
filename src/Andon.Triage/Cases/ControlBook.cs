using YamlDotNet.RepresentationModel;

namespace Andon.Triage.Cases;

/// <summary>The controls that a closing verdict may name, from <c>content/controls.yml</c>. Without that file any id will do.</summary>
internal sealed class ControlBook
{
    public ControlBook(string contentPath)
    {
        var path = Path.Combine(contentPath, "controls.yml");
        Choices = File.Exists(path) ? Read(File.ReadAllText(path)) : [];
    }

    public ControlBook(IReadOnlyList<ControlChoice> choices) => Choices = choices;

    public IReadOnlyList<ControlChoice> Choices { get; }

    public bool Knows(string id) => Choices.Count == 0 || Choices.Any(c => c.Id == id);

    static List<ControlChoice> Read(string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            var root = stream.Documents.Count > 0 ? stream.Documents[0].RootNode : null;
            if (root is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode("controls"), out var inner)) root = inner;
            return root is not YamlSequenceNode list ? [] :
            [
                .. list.OfType<YamlMappingNode>()
                    .Select(e => new ControlChoice(Text(e, "id"), Text(e, "name")))
                    .Where(c => c.Id.Length > 0),
            ];
        }
        catch (YamlDotNet.Core.YamlException)
        {
            return []; // Measure owns the file and reports what is wrong with it.
        }
    }

    static string Text(YamlMappingNode entry, string key) =>
        entry.Children.TryGetValue(new YamlScalarNode(key), out var v) && v is YamlScalarNode { Value: { } text } ? text : "";
}
