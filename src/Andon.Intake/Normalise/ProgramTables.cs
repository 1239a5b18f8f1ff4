using System.Text;
using Andon.Model;
using YamlDotNet.RepresentationModel;

namespace Andon.Intake.Normalise;

/// <summary>Line patterns by program, from content/parsers: what a program says becomes ECS.</summary>
sealed class ProgramTables
{
    sealed record Pattern(Dissect Line, (FieldId Field, Const Value)[] Set);

    readonly Dictionary<byte[], Pattern[]> byProgram = new(Utf8Names.Instance);
    readonly Pattern[] pam;
    readonly List<byte[]> trims = [];
    readonly Const dataset, module, parser;

    public ProgramTables(string path, Constants constants)
    {
        var yaml = new Yaml("parsers/" + Path.GetFileName(path));
        var root = yaml.Load(path);
        dataset = constants.Get(Head("dataset"));
        module = constants.Get(Head("module"));
        parser = constants.Get(Path.GetFileNameWithoutExtension(path) + "@" + Head("version"));
        foreach (var text in yaml.Texts(yaml.Child(root, "trim"))) trims.Add(Encoding.UTF8.GetBytes(text));
        pam = Patterns(yaml, constants, yaml.Child(root, "pam"));
        var groups = new Dictionary<string, Pattern[]>(StringComparer.Ordinal);
        foreach (var (group, list) in yaml.Entries(root, "patterns")) groups[group] = Patterns(yaml, constants, list);
        foreach (var (group, names) in yaml.Entries(root, "programs"))
        {
            if (!groups.TryGetValue(group, out var patterns)) yaml.Say("PAR021", $"{group} has no patterns.", "Add it under patterns.", names.Start.Line);
            else
                foreach (var name in yaml.Texts(names)) byProgram[Encoding.UTF8.GetBytes(name)] = patterns;
        }
        yaml.ThrowIfWrong();

        string Head(string key)
        {
            if (yaml.Child(root, key) is { } node) return yaml.Text(node);
            yaml.Say("PAR022", $"{key} is missing.", "Every parser says version, dataset and module.", 1);
            return "";
        }
    }

    static Pattern[] Patterns(Yaml yaml, Constants constants, YamlNode? list)
    {
        var patterns = new List<Pattern>();
        if (list is not YamlSequenceNode items) return [];
        foreach (var item in items)
        {
            if (item is not YamlMappingNode map || yaml.Child(map, "line") is not { } line)
            {
                yaml.Say("PAR023", "A pattern needs a line.", "Write - line: \"…\" and set: {…}.", item.Start.Line);
                continue;
            }
            var problems = new List<string>();
            var dissect = Dissect.Compile(yaml.Text(line), problems);
            foreach (var problem in problems) yaml.Say("PAR024", problem, "Mend the line.", line.Start.Line);
            var set = new List<(FieldId, Const)>();
            foreach (var (name, values) in yaml.Entries(map, "set"))
            {
                var field = FieldNames.Intern(name is "category" or "type" or "action" or "outcome" or "reason" ? "event." + name : name);
                foreach (var value in yaml.Texts(values)) set.Add((field, constants.Get(value)));
            }
            patterns.Add(new(dissect, [.. set]));
        }
        return [.. patterns];
    }

    /// <summary>False when the program is none of these. A line that no pattern knows is still the program's, and counted as a parse failure by its missing action.</summary>
    public bool TryParse(Text program, Text message, EventDraft draft)
    {
        if (!byProgram.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(program.Span, out var patterns)) return false;
        draft.Dataset = dataset;
        draft.Module = module;
        draft.Parser = parser;
        var line = message.Trim();
        foreach (var trim in trims)
            if (line.Span.EndsWith(trim)) line = line.Slice(0, line.Length - trim.Length).TrimEnd();
        if (line.StartsWith("pam_"u8) && Apply(pam, line, draft)) return true;
        Apply(patterns, line, draft);
        return true;
    }

    static bool Apply(Pattern[] patterns, Text line, EventDraft draft)
    {
        foreach (var pattern in patterns)
        {
            if (!pattern.Line.TryApply(line, draft)) continue;
            foreach (var (field, value) in pattern.Set) draft.Add(field, value);
            return true;
        }
        return false;
    }
}
