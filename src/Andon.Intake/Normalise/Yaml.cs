using Andon.Model;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Andon.Intake.Normalise;

/// <summary>Reads parser content. Its authors get all findings at once, each with its line.</summary>
sealed class Yaml(string file)
{
    public List<Finding> Findings { get; } = [];

    public YamlMappingNode? Load(string path)
    {
        try
        {
            return LoadText(File.ReadAllText(path));
        }
        catch (IOException e)
        {
            Say("PAR001", $"The file cannot be read: {e.Message}", "Install the content folder beside the program.", 0);
        }
        return null;
    }

    public YamlMappingNode? LoadText(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode root) return root;
            Say("PAR001", "The file is not one YAML mapping.", "Begin it with version: 1.", 1);
        }
        catch (YamlException e)
        {
            Say("PAR001", $"This is not YAML: {e.Message}", "Mend the YAML.", e.Start.Line);
        }
        return null;
    }

    public IEnumerable<(string Key, YamlNode Value)> Entries(YamlMappingNode? map, string key)
    {
        if (map is null || !map.Children.TryGetValue(new YamlScalarNode(key), out var node)) yield break;
        if (node is not YamlMappingNode inner)
        {
            Say("PAR002", $"{key} must be a mapping.", "Write name: value lines under it.", node.Start.Line);
            yield break;
        }
        foreach (var (k, v) in inner.Children) yield return (Text(k), v);
    }

    public IEnumerable<string> Texts(YamlNode? node)
    {
        if (node is YamlSequenceNode list)
            foreach (var item in list) yield return Text(item);
        else if (node is not null) yield return Text(node);
    }

    public YamlNode? Child(YamlMappingNode? map, string key) =>
        map is not null && map.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;

    public string Text(YamlNode node)
    {
        if (node is YamlScalarNode { Value: { } value }) return value;
        Say("PAR003", "A text must stand here.", "Write one plain value.", node.Start.Line);
        return "";
    }

    public void Say(string code, string message, string hint, long line) => Findings.Add(new(code, message, hint, $"{file}:{line}"));

    /// <summary>Shipped content that is wrong is our own error: refuse to start, with everything there is to say.</summary>
    public void ThrowIfWrong()
    {
        if (Findings.Count > 0) throw new InvalidDataException(string.Join('\n', Findings));
    }
}
