using System.Globalization;
using Andon.Model;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Andon.Intake.Sources;

/// <summary>The catalogue as YAML: sorted, with nothing in it that changes by itself, so that a comparison shows decisions only.</summary>
static class Baseline
{
    public sealed record Entry(string Id, SourceCard Card, SourceContract? Contract, string Place);

    public sealed record Content(IReadOnlyList<Entry> Sources, IReadOnlyList<(string Id, SourceGroup Group)> Groups, IReadOnlyList<Finding> Findings);

    public static string Write(Catalogue catalogue)
    {
        var root = new YamlMappingNode { { "version", "1" } };
        var groups = new YamlMappingNode();
        foreach (var (id, g) in catalogue.Groups.OrderBy(g => g.Key, StringComparer.Ordinal))
            groups.Add(id, Map(("name", g.Name), ("listener", g.Listener), ("host", g.Host), ("dataset", g.Dataset), ("unit", g.Unit), ("tag", g.Tag)));
        var sources = new YamlMappingNode();
        foreach (var source in catalogue.Sources.OrderBy(s => s.Id, StringComparer.Ordinal))
        {
            if (Same(source.Card, SourceCard.Empty) && source.Contract is null) continue;
            var c = source.Card;
            var map = Map(("name", c.Name), ("owner", c.Owner), ("unit", c.Unit), ("criticality", Number(c.Criticality)), ("data-class", c.DataClass), ("asset", c.AssetId), ("events-per-day", Number(c.EventsPerDay)),
                ("format", c.Format), ("parser", c.Parser), ("zone", c.Zone), ("retention", c.Retention), ("filtered", c.Filtered), ("confirmed", c.Confirmed ? "true" : ""));
            if (c.Tags.Count > 0) map.Add("tags", List(c.Tags));
            if (source.Contract is { } k)
            {
                map.Add("contract", ContractOf(k));
            }
            sources.Add(source.Id, map);
        }
        if (groups.Children.Count > 0) root.Add("groups", groups);
        if (sources.Children.Count > 0) root.Add("sources", sources);
        return Text(root);
    }

    /// <summary>One contract by itself, as it stands in the baseline.</summary>
    public static string Write(SourceContract contract) => Text(ContractOf(contract));

    /// <summary>Reads one contract; everything that is wrong with it at once.</summary>
    public static (SourceContract? Contract, IReadOnlyList<Finding> Findings) ReadContract(string text)
    {
        var findings = new List<Finding>();
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode root) return (new Reading(findings, [], []).ContractOf(root), findings);
            findings.Add(new("INT075", "The contract is not one YAML mapping.", "Write must-events: and so on, each with its list.", "contract:1"));
        }
        catch (YamlException e)
        {
            findings.Add(new("INT075", $"This is not YAML: {e.Message}", "Mend the YAML.", $"contract:{e.Start.Line}"));
        }
        return (null, findings);
    }

    static YamlMappingNode ContractOf(SourceContract k)
    {
        var contract = new YamlMappingNode();
        foreach (var (key, names) in new[] { ("must-fields", k.MustFields), ("must-events", k.MustEvents), ("may-events", k.MayEvents), ("never-fields", k.NeverFields), ("never-events", k.NeverEvents), ("sends-from", k.SendsFrom ?? []) })
            if (names.Count > 0) contract.Add(key, List(names));
        contract.Add("within-hours", Number(k.WithinHours));
        return contract;
    }

    static string Text(YamlMappingNode root)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        new YamlStream(new YamlDocument(root)).Save(text, assignAnchors: false);
        return text.ToString().Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('.', '\n') + "\n";
    }

    /// <summary>Reads one; everything that is wrong with it at once, each with its line.</summary>
    public static Content Read(string text)
    {
        var findings = new List<Finding>();
        var (sources, groups) = (new List<Entry>(), new List<(string, SourceGroup)>());
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count != 1 || stream.Documents[0].RootNode is not YamlMappingNode root) findings.Add(new("INT075", "The baseline is not one YAML mapping.", "Begin it with version: 1.", "baseline:1"));
            else new Reading(findings, sources, groups).Root(root);
        }
        catch (YamlException e)
        {
            findings.Add(new("INT075", $"This is not YAML: {e.Message}", "Mend the YAML.", $"baseline:{e.Start.Line}"));
        }
        return new(sources, groups, findings);
    }

    public static bool Same(SourceCard a, SourceCard b) => a with { Tags = [] } == b with { Tags = [] } && a.Tags.SequenceEqual(b.Tags);

    public static bool Same(SourceContract? a, SourceContract? b) => (a, b) switch
    {
        (null, null) => true,
        ({ } x, { } y) => x.WithinHours == y.WithinHours && x.MustFields.SequenceEqual(y.MustFields) && x.MustEvents.SequenceEqual(y.MustEvents) && x.MayEvents.SequenceEqual(y.MayEvents)
            && x.NeverFields.SequenceEqual(y.NeverFields) && x.NeverEvents.SequenceEqual(y.NeverEvents) && (x.SendsFrom ?? []).SequenceEqual(y.SendsFrom ?? []),
        _ => false,
    };

    static string Number(double value) => value == 0 ? "" : value.ToString(CultureInfo.InvariantCulture);

    static YamlMappingNode Map(params (string Key, string Value)[] pairs)
    {
        var map = new YamlMappingNode();
        foreach (var (key, value) in pairs)
            if (value.Length > 0) map.Add(key, new YamlScalarNode(value) { Style = ScalarStyle.Any });
        return map;
    }

    static YamlSequenceNode List(IEnumerable<string> names) => new(names.Select(n => new YamlScalarNode(n)));

    sealed class Reading(List<Finding> findings, List<Entry> sources, List<(string, SourceGroup)> groups)
    {
        static readonly string[] CardKeys = ["name", "owner", "unit", "criticality", "data-class", "asset", "events-per-day", "format", "parser", "zone", "retention", "filtered", "confirmed", "tags", "contract"];
        static readonly string[] GroupKeys = ["name", "listener", "host", "dataset", "unit", "tag"];
        static readonly string[] ContractKeys = ["must-fields", "must-events", "may-events", "never-fields", "never-events", "sends-from", "within-hours"];

        public void Root(YamlMappingNode root)
        {
            Known(root, ["version", "groups", "sources"]);
            if (Text(root, "version") != "1") findings.Add(new("INT076", "The version of the baseline is not 1.", "Write version: 1.", Place(root)));
            foreach (var (id, map) in Maps(root, "groups"))
            {
                Known(map, GroupKeys);
                var group = new SourceGroup(Text(map, "name"), Text(map, "listener"), Text(map, "host"), Text(map, "dataset"), Text(map, "unit"), Text(map, "tag"));
                if (GroupSources.Refuse(new(id, group, "")) is { } finding) findings.Add(finding with { Place = Place(map) });
                groups.Add((id, group));
            }
            foreach (var (id, map) in Maps(root, "sources"))
            {
                Known(map, CardKeys);
                var card = new SourceCard(Text(map, "name"), Text(map, "owner"), Text(map, "unit"), Number(map, "criticality"), Text(map, "data-class"), Text(map, "asset"), Number(map, "events-per-day"),
                    Text(map, "format"), Text(map, "parser"), Text(map, "zone"), Text(map, "retention"), Names(map, "tags"), Text(map, "filtered"), Text(map, "confirmed") == "true");
                findings.AddRange(DescribeSource.Check(card, Place(map)));
                sources.Add(new(id, card, Contract(map), Place(map)));
            }
        }

        SourceContract? Contract(YamlMappingNode map)
        {
            if (!map.Children.TryGetValue(new YamlScalarNode("contract"), out var node)) return null;
            if (node is not YamlMappingNode inner)
            {
                findings.Add(new("INT077", "contract must be a mapping.", "Write must-events: and so on under it.", Place(node)));
                return null;
            }
            return ContractOf(inner);
        }

        public SourceContract ContractOf(YamlMappingNode inner)
        {
            Known(inner, ContractKeys);
            var contract = new SourceContract(Names(inner, "must-fields"), Names(inner, "must-events"), Names(inner, "may-events"), Names(inner, "never-fields"), Names(inner, "never-events"), (int)Number(inner, "within-hours"))
            {
                SendsFrom = Names(inner, "sends-from") is { Count: > 0 } from ? from : null,
            };
            findings.AddRange(ContractSource.Check(contract, Place(inner)));
            return contract;
        }

        IEnumerable<(string, YamlMappingNode)> Maps(YamlMappingNode root, string key)
        {
            if (!root.Children.TryGetValue(new YamlScalarNode(key), out var node)) yield break;
            if (node is not YamlMappingNode all)
            {
                findings.Add(new("INT077", $"{key} must be a mapping.", "Write its entries under it, each by its id.", Place(node)));
                yield break;
            }
            foreach (var (name, value) in all.Children)
                if (name is YamlScalarNode { Value: { } id } && value is YamlMappingNode map) yield return (id, map);
                else findings.Add(new("INT077", $"An entry of {key} is not a mapping.", "Write name: value lines under its id.", Place(value)));
        }

        void Known(YamlMappingNode map, string[] keys)
        {
            foreach (var (name, _) in map.Children)
                if (name is not YamlScalarNode { Value: { } key } || !keys.Contains(key)) findings.Add(new("INT078", $"{name} means nothing here.", $"One of {string.Join(", ", keys)}.", Place(name)));
        }

        string Text(YamlMappingNode map, string key)
        {
            if (!map.Children.TryGetValue(new YamlScalarNode(key), out var node)) return "";
            if (node is YamlScalarNode { Value: { } value }) return value;
            findings.Add(new("INT077", $"{key} must be a text.", "Write one plain value.", Place(node)));
            return "";
        }

        double Number(YamlMappingNode map, string key)
        {
            var text = Text(map, key);
            if (text.Length == 0) return 0;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
            findings.Add(new("INT077", $"{key} must be a number.", "For example 1.5.", Place(map)));
            return 0;
        }

        IReadOnlyList<string> Names(YamlMappingNode map, string key)
        {
            if (!map.Children.TryGetValue(new YamlScalarNode(key), out var node)) return [];
            if (node is YamlSequenceNode list && list.All(n => n is YamlScalarNode { Value: not null })) return [.. list.Select(n => ((YamlScalarNode)n).Value!)];
            findings.Add(new("INT077", $"{key} must be a list of texts.", "Write - name lines under it.", Place(node)));
            return [];
        }

        static string Place(YamlNode node) => $"baseline:{node.Start.Line}";
    }
}
