using Andon.Model;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Andon.Triage.Cases.Work;

/// <param name="Pauses">The clocks of the case stand still in it.</param>
public sealed record StateChoice(string Id, string Name, Lane Lane, bool Pauses);

/// <summary>States of one's own within lanes, from <c>content/triage/states.yml</c>.</summary>
internal sealed record StateBook(IReadOnlyList<StateChoice> Choices, IReadOnlyList<Finding> Findings)
{
    public StateChoice? Find(string id) => Choices.FirstOrDefault(s => s.Id == id);

    public static StateBook Load(string contentPath)
    {
        var path = Path.Combine(contentPath, "triage", "states.yml");
        return File.Exists(path) ? Parse(File.ReadAllText(path), "content/triage/states.yml") : new([], []);
    }

    public static StateBook Parse(string yaml, string place)
    {
        var choices = new List<StateChoice>();
        var findings = new List<Finding>();
        try
        {
            if (YamlBook.Load(yaml) is not YamlSequenceNode list)
                return new([], [new("TRI550", "The states are no list.", "Write a list of entries with id, name and lane.", place)]);
            foreach (var node in list)
            {
                var at = $"{place}:{node.Start.Line}";
                if (node is not YamlMappingNode entry || entry.Text("id") is not { Length: > 0 } id || entry.Text("name").Length == 0)
                    findings.Add(new("TRI550", "A state has no id or no name.", "Give both, for example waiting-vendor and Waits for the vendor.", at));
                else if (!Enum.TryParse<Lane>(entry.Text("lane"), ignoreCase: true, out var lane) || lane is Lane.New or Lane.Closed)
                    findings.Add(new("TRI550", $"{id} stands in no lane of work.", "Name one of triage, investigate, contain, recover, validate.", at));
                else if (choices.Exists(c => c.Id == id))
                    findings.Add(new("TRI550", $"There are two states {id}.", "Give each its own id.", at));
                else choices.Add(new(id, entry.Text("name"), lane, entry.Text("pauses") == "true"));
            }
        }
        catch (YamlException wrong)
        {
            findings.Add(new("TRI550", $"The states are no YAML: {wrong.Message}", "Mend the file; until then lanes have no states of their own.", $"{place}:{wrong.Start.Line}"));
        }
        return new(choices, findings);
    }
}
