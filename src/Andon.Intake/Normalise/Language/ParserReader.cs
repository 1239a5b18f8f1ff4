using System.Globalization;
using System.Text;
using Andon.Model;
using YamlDotNet.RepresentationModel;

namespace Andon.Intake.Normalise.Language;

/// <summary>Compiles one parser file. Its author gets all findings at once; with an error there is no parser.</summary>
sealed partial class ParserReader(string path, string file, int number, Constants constants, JsonFormat json, string shipped)
{
    static readonly string[] TopNames = ["name", "version", "about", "vendor", "product", "dataset", "module", "namespace", "from", "match", "extract", "lists", "time", "values", "map", "set", "enrich", "nil", "drop", "strip", "general", "with", "cases", "defs"];
    static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["category"] = "event.category", ["type"] = "event.type", ["action"] = "event.action", ["outcome"] = "event.outcome", ["reason"] = "event.reason", ["kind"] = "event.kind", ["severity"] = "event.severity", ["code"] = "event.code",
    };

    readonly Yaml yaml = new(file);
    readonly Keys keys = new();
    readonly HashSet<string> mapped = new(StringComparer.Ordinal);
    readonly List<Selector> selectors = [];
    readonly List<string> calledSo = [];
    string space = "";
    string standsIn = "";

    public List<Finding> Findings => yaml.Findings;
    public string Name { get; private set; } = "";
    /// <summary>Cases that stand in the file: a raw record and fields that it must give.</summary>
    public List<ParserCase> Cases { get; } = [];

    public Parser? Read() => yaml.Load(path) is { } root ? Read(root) : null;
    public Parser? ReadText(string text) => yaml.LoadText(text) is { } root ? Read(root) : null;

    Parser? Read(YamlMappingNode root)
    {
        standsIn = file;
        foreach (var (key, value) in root.Children)
            if (!TopNames.Contains(yaml.Text(key))) yaml.Say("PAR101", $"{yaml.Text(key)} is no part of a parser.", $"Parts are {string.Join(", ", TopNames)}.", value.Start.Line);
        Name = Head(root, "name");
        if (Name.Length == 0 || Name.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '_' or '.'))) yaml.Say("PAR102", "name must be small letters, digits and hyphens.", "Name the parser as its file.", root.Start.Line);
        if (!int.TryParse(Head(root, "version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version)) yaml.Say("PAR103", "version must be a number.", "Begin with 1 and count up when events change.", root.Start.Line);
        var dataset = Head(root, "dataset");
        space = yaml.Child(root, "namespace") is { } told ? yaml.Text(told) : "";
        if (space.Length > 100) yaml.Say("PAR104", "namespace is too long.", "Keep it below 100 characters.", root.Start.Line);

        // What is asked of the record is read first: then the steps know which names somebody asks for.
        var parts = Parts(root).ToList();
        var maps = Of(parts, Mappings).ToArray();
        var tables = Of(parts, Tables).ToArray();
        var times = Of(parts, Times).ToArray();
        var sets = Sets(root).ToList();
        var enrichments = Enrichments(root).ToArray();
        var lists = Lists(root).ToArray();
        var before = keys.Has("_message");
        var steps = Steps(root).ToArray();
        var matches = Matches(root).ToArray();
        var observer = new List<Constant>();
        foreach (var part in new[] { "vendor", "product" })
            if (yaml.Child(root, part) is { } node) observer.Add(ConstantOf("observer." + part, [yaml.Text(node)], node));
        if (observer.Count > 0) sets.Add((Condition.Always, [.. observer], observer[0].At));
        ReadCases(root);
        if (yaml.Findings.Exists(f => f.Level == FindingLevel.Error)) return null;
        return new()
        {
            Name = Name, About = yaml.Child(root, "about") is { } about ? yaml.Text(about) : "", Version = version, Number = number, Id = constants.Get(Name + "@" + version.ToString(CultureInfo.InvariantCulture)), Dataset = constants.Get(dataset),
            Module = constants.Get(yaml.Child(root, "module") is { } module ? yaml.Text(module) : dataset.Split('.')[0]), Namespace = space.Length == 0 ? [] : Encoding.UTF8.GetBytes(space + "."), Keys = keys,
            Drop = [.. yaml.Texts(yaml.Child(root, "drop"))], Steps = steps, Times = times, Tables = tables, Mappings = maps, Sets = [.. sets], Enrichments = enrichments, Selectors = [.. selectors], Lists = lists,
            Nil = [.. yaml.Texts(yaml.Child(root, "nil")).Select(Encoding.UTF8.GetBytes)], Strip = Bytes(yaml.Child(root, "strip")), Matches = matches, WholeRecord = yaml.Child(root, "from") is { } from && yaml.Text(from) is "record" or "any", AnyPlace = yaml.Child(root, "from") is { } place && yaml.Text(place) == "any",
            Fills = [.. maps.SelectMany(m => m.Fields), .. sets.SelectMany(s => s.Item2).Select(c => c.Field), .. tables.SelectMany(t => t.Rows.Values.Append(t.Other)).SelectMany(r => r).Select(c => c.Field)],
            General = yaml.Child(root, "general") is { } general && yaml.Text(general) == "true",
            Told = [.. calledSo, dataset],
            NameAt = PlaceOf(yaml.Child(root, "name")), DatasetAt = PlaceOf(yaml.Child(root, "dataset")), ModuleAt = PlaceOf(yaml.Child(root, "module") ?? yaml.Child(root, "dataset")),
            TakesJson = steps.Length > 0 && steps[0] is JsonStep { Of: < 0 }, ProgramKey = KeyIfAsked("_program"), MessageKey = before || keys.Has("_message") ? keys.Get("_message") : -1, MsgidKey = KeyIfAsked("_msgid"),
        };
    }

    /// <summary>The parser itself, then what it has in common with others: <c>with: cef</c> adds the map, values and times of cef.part.yml after its own.</summary>
    IEnumerable<(string File, YamlMappingNode Root)> Parts(YamlMappingNode root)
    {
        yield return (file, root);
        foreach (var name in yaml.Texts(yaml.Child(root, "with")))
        {
            // A user's own part takes the place of the shipped one.
            var part = Path.Combine(Path.GetDirectoryName(path) ?? "", name + ".part.yml");
            if (!File.Exists(part)) part = Path.Combine(shipped, name + ".part.yml");
            if (name.AsSpan().ContainsAny('/', '\\', '.') || !File.Exists(part)) yaml.Say("PAR109", $"There is no part {name}.", "Parts stand beside the parsers, as NAME.part.yml.", root.Start.Line);
            else if (yaml.Load(part) is { } found) yield return (name + ".part.yml", found);
        }
    }

    // What a part says stands in the part's own file.
    IEnumerable<T> Of<T>(List<(string File, YamlMappingNode Root)> parts, Func<YamlMappingNode, IEnumerable<T>> read)
    {
        foreach (var (where, root) in parts)
        {
            standsIn = where;
            foreach (var one in read(root)) yield return one;
        }
        standsIn = file;
    }

    Place PlaceOf(YamlNode? node) => new(standsIn, node?.Start.Line ?? 0);

    int KeyIfAsked(string name) => keys.Has(name) ? keys.Get(name) : -1;

    string Head(YamlMappingNode root, string key)
    {
        if (yaml.Child(root, key) is { } node) return yaml.Text(node);
        yaml.Say("PAR105", $"{key} is missing.", "Every parser says name, version and dataset.", 1);
        return "";
    }

    string FieldName(string name) => Short.TryGetValue(name, out var whole) ? whole : name.StartsWith('.') ? (space.Length > 0 ? space : Name) + name : name;

    Constant ConstantOf(string name, IEnumerable<string> values, YamlNode node)
    {
        var target = Target.Of(FieldName(name));
        var texts = values.ToArray();
        var kind = target.Kind == TargetKind.Number && texts.All(t => Target.IsNumber(Encoding.UTF8.GetBytes(t))) ? ValueKind.Number : ValueKind.Text;
        return new(target.Field, [.. texts.Select(constants.Get)], kind, PlaceOf(node));
    }

    Constant[] ConstantsOf(YamlNode? node)
    {
        if (node is null) return [];
        if (node is YamlMappingNode map)
        {
            // <<: *anchor takes over what another set says.
            var all = new List<Constant>();
            foreach (var (key, value) in map.Children)
            {
                if (yaml.Text(key) == "<<") all.AddRange(ConstantsOf(value));
                else all.Insert(0, ConstantOf(yaml.Text(key), yaml.Texts(value), key));
            }
            return [.. all.DistinctBy(c => c.Field)];
        }
        yaml.Say("PAR106", "Constants must be a mapping.", "Write {category: network, action: deny}.", node.Start.Line);
        return [];
    }

    Condition ConditionOf(YamlNode? node)
    {
        if (node is null) return Condition.Always;
        if (node is YamlSequenceNode list) return new([.. list.OfType<YamlMappingNode>().Select(TestsOf)]);
        if (node is YamlMappingNode map) return new([TestsOf(map)]);
        yaml.Say("PAR107", "A condition must be a mapping.", "Write when: {key: value} or a list of such mappings, of which one must hold.", node.Start.Line);
        return Condition.Always;
    }

    Test[] TestsOf(YamlMappingNode map) => [.. map.Children.Select(c => TestOf(KeyOf(yaml.Text(c.Key)), c.Value, not: false))];

    Test TestOf(int key, YamlNode node, bool not)
    {
        if (node is not YamlMappingNode map || map.Children.Count != 1) return new(key, TestKind.In, Bytes(node), not);
        var (name, value) = (yaml.Text(map.Children[0].Key), map.Children[0].Value);
        switch (name)
        {
            case "not": return TestOf(key, value, !not);
            case "in": return new(key, TestKind.In, Bytes(value), not);
            case "prefix": return new(key, TestKind.Prefix, Bytes(value), not);
            case "suffix": return new(key, TestKind.Suffix, Bytes(value), not);
            case "contains": return new(key, TestKind.Contains, Bytes(value), not);
            case "number": return new(key, TestKind.Number, [[]], not);
            case "present": return new(key, yaml.Text(value) == "false" ? TestKind.Absent : TestKind.Present, [], not);
            default:
                yaml.Say("PAR108", $"{name} is no test.", "Use a value, a list, or {in|prefix|suffix|contains|present|number|not: …}.", node.Start.Line);
                return new(key, TestKind.Present, [], not);
        }
    }

    byte[][] Bytes(YamlNode? node) => [.. yaml.Texts(node).Select(Encoding.UTF8.GetBytes)];

    IEnumerable<Match> Matches(YamlMappingNode root)
    {
        var node = yaml.Child(root, "match");
        if (node is null) yield break; // Asked for by name only.
        var list = node is YamlSequenceNode several ? several.Children : [node];
        foreach (var item in list)
        {
            if (item is not YamlMappingNode map)
            {
                yaml.Say("PAR111", "A match must be a mapping.", "Write {program: …}, {prefix: …}, {contains: …}, {all: …} or {json: …}.", item.Start.Line);
                continue;
            }
            foreach (var (key, _) in map.Children)
                if (yaml.Text(key) is not ("program" or "prefix" or "contains" or "all" or "json" or "data" or "dataset")) yaml.Say("PAR112", $"{yaml.Text(key)} is no way to match.", "Use dataset, program, prefix, contains, all, data, json.", key.Start.Line);
            var objects = new List<(string, byte[][]?)>();
            var asked = yaml.Child(map, "json");
            if (asked is YamlMappingNode paths)
                foreach (var (path, values) in paths.Children) objects.Add((yaml.Text(path), values is YamlScalarNode { Value: null or "" or "~" } ? null : Bytes(values)));
            else
                foreach (var path in yaml.Texts(asked)) objects.Add((path, null));
            if (objects.Count > 32) yaml.Say("PAR113", "More than 32 paths tell one parser.", "Name the few that others do not have.", item.Start.Line);
            var match = new Match([.. yaml.Texts(yaml.Child(map, "program"))], Bytes(yaml.Child(map, "prefix")), Bytes(yaml.Child(map, "contains")), Bytes(yaml.Child(map, "all")), [.. objects.Take(32)]) { Data = Bytes(yaml.Child(map, "data")) };
            foreach (var name in yaml.Texts(yaml.Child(map, "dataset"))) calledSo.Add(name);
            if (map.Children.Count == 1 && yaml.Child(map, "dataset") is not null) continue;
            if (match.Programs.Length == 0 && match.Json.Length == 0 && match.Told + match.Data.Sum(d => d.Length) < 3) yaml.Say("PAR114", "This match would hold for nearly every record.", "Name a program, or a text of three or more characters.", item.Start.Line);
            yield return match;
        }
    }

    void ReadCases(YamlMappingNode root)
    {
        if (yaml.Child(root, "cases") is not { } node) return;
        if (node is not YamlSequenceNode list)
        {
            yaml.Say("PAR115", "cases must be a list.", "Write - raw: '…' and expect: {field: value}.", node.Start.Line);
            return;
        }
        foreach (var item in list)
        {
            if (item is not YamlMappingNode map || yaml.Child(map, "raw") is not { } raw)
            {
                yaml.Say("PAR116", "A case needs a raw record.", "Write - raw: '…' and expect: {field: value}.", item.Start.Line);
                continue;
            }
            Cases.Add(new(yaml.Text(raw), [.. yaml.Entries(map, "expect").Select(e => (FieldName(e.Key), yaml.Texts(e.Value).ToArray()))], $"{file}:{item.Start.Line}"));
        }
    }
}

/// <summary>A raw record and fields that its event must have; an empty list of values means that it must not have the field.</summary>
sealed record ParserCase(string Raw, (string Field, string[] Values)[] Expected, string Place);
