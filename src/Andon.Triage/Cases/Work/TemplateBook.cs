using Andon.Model;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Andon.Triage.Cases.Work;

/// <param name="Kind">text, time, or a kind of entity; an entity given there is one of the case.</param>
public sealed record TemplateField(string Id, string Name, string Kind, bool Required);

/// <param name="DueMs">Time from when it is added, null where it has none.</param>
public sealed record TemplateTask(string Title, string Group, long? DueMs);

/// <summary>Tasks for a sort of case, and what a report of one must say so that automation has what it needs.</summary>
public sealed record CaseTemplate(
    string Id, string Name, string Place, IReadOnlyList<string> Rules, IReadOnlyList<string> Domains, IReadOnlyList<string> Tags,
    IReadOnlyList<TemplateField> Fields, IReadOnlyList<TemplateTask> Tasks);

public sealed record TemplatesView(IReadOnlyList<CaseTemplate> Templates, IReadOnlyList<Finding> Findings);

/// <summary>Templates of the content and of the house's own folder, which wins by id. Read when asked for: they are few and people edit them.</summary>
internal sealed class TemplateBook(string contentPath, string? dataFolder)
{
    static readonly HashSet<string> Kinds = [.. Enum.GetNames<EntityKind>().Select(n => n.ToLowerInvariant()), "text", "time"];

    public TemplatesView Read()
    {
        var found = new Dictionary<string, CaseTemplate>();
        var findings = new List<Finding>();
        Folder(Path.Combine(contentPath, "triage", "templates"), "content/triage/templates", found, findings, own: false);
        if (dataFolder is not null) Folder(Path.Combine(dataFolder, "triage", "templates"), "triage/templates", found, findings, own: true);
        return new([.. found.Values.OrderBy(t => t.Name, StringComparer.Ordinal)], findings);
    }

    static void Folder(string folder, string place, Dictionary<string, CaseTemplate> found, List<Finding> findings, bool own)
    {
        if (!Directory.Exists(folder)) return;
        var here = new HashSet<string>();
        var files = Directory.EnumerateFiles(folder, "*.yml").Order(StringComparer.Ordinal).ToList();
        if (files.Count > Limits.TemplatesMax) findings.Add(new("TRI506", $"There are more than {Limits.TemplatesMax} templates.", "The first by name are read; take some away.", place));
        foreach (var file in files.Take(Limits.TemplatesMax))
        {
            var at = $"{place}/{Path.GetFileName(file)}";
            var (template, wrong) = Parse(File.ReadAllText(file), at);
            findings.AddRange(wrong);
            if (template is null) continue;
            if (!here.Add(template.Id)) findings.Add(new("TRI506", $"There are two templates {template.Id} in one folder.", "Give each its own id; the first is used.", at));
            else if (own || !found.ContainsKey(template.Id)) found[template.Id] = template;
        }
    }

    /// <summary>A template with an error is not used; all that is wrong is said at once.</summary>
    internal static (CaseTemplate? Template, IReadOnlyList<Finding> Findings) Parse(string yaml, string place)
    {
        var findings = new List<Finding>();
        try
        {
            if (YamlBook.Load(yaml) is not YamlMappingNode root) return (null, [new("TRI500", "The template is no mapping.", "Begin with id: and name:.", place)]);
            if (root.Text("id").Length == 0) findings.Add(new("TRI501", "The template has no id.", "Give it one, for example phishing.", place));
            if (root.Text("name").Length == 0) findings.Add(new("TRI502", "The template has no name.", "Say what sort of case it is for.", place));
            var when = root.Map("when") ?? new YamlMappingNode();
            var tasks = root.List("tasks").Select(n => Task(n, place, findings)).OfType<TemplateTask>().ToList();
            var fields = root.List("fields").Select(n => Field(n, place, findings)).OfType<TemplateField>().ToList();
            foreach (var twice in fields.GroupBy(f => f.Id).Where(g => g.Count() > 1))
                findings.Add(new("TRI504", $"There are two fields {twice.Key}.", "Give each its own id.", place));
            if (tasks.Count == 0 && fields.Count == 0 && findings.Count == 0) findings.Add(new("TRI503", "The template has neither tasks nor fields.", "List at least one.", place));
            if (findings.Count > 0) return (null, findings);
            return (new(root.Text("id"), root.Text("name"), place, when.Words("rules"), when.Words("domains"), when.Words("tags"), fields, tasks), []);
        }
        catch (YamlException wrong)
        {
            return (null, [new("TRI500", $"The template is no YAML: {wrong.Message}", "Mend the file; until then it is not used.", $"{place}:{wrong.Start.Line}")]);
        }
    }

    static TemplateTask? Task(YamlNode node, string place, List<Finding> findings)
    {
        var at = $"{place}:{node.Start.Line}";
        if (node is YamlScalarNode { Value: { Length: > 0 } only }) return new(only, "", null);
        if (node is not YamlMappingNode entry || entry.Text("title") is not { Length: > 0 and <= Limits.NameMax } title)
        {
            findings.Add(new("TRI503", "A task has no title, or one that is too long.", $"Say in up to {Limits.NameMax} characters what to do.", at));
            return null;
        }
        var due = YamlBook.Span(entry.Text("due"));
        if (due is null && entry.Has("due")) findings.Add(new("TRI505", $"{entry.Text("due")} is no time.", "Write a number and s, m, h or d.", at));
        return new(title, entry.Text("group"), due);
    }

    static TemplateField? Field(YamlNode node, string place, List<Finding> findings)
    {
        var at = $"{place}:{node.Start.Line}";
        if (node is not YamlMappingNode entry || entry.Text("id") is not { Length: > 0 } id)
        {
            findings.Add(new("TRI504", "A field has no id.", "Give it one, for example sender.", at));
            return null;
        }
        var kind = entry.Text("kind") is { Length: > 0 } given ? given : "text";
        if (!Kinds.Contains(kind))
        {
            findings.Add(new("TRI504", $"Field {id} is of no known kind: {kind}.", $"Take one of {string.Join(", ", Kinds.Order(StringComparer.Ordinal))}.", at));
            return null;
        }
        return new(id, entry.Text("name") is { Length: > 0 } name ? name : id, kind, entry.Text("required") == "true");
    }

    /// <summary>Does the template speak of this case: one of its rules, its domain, or a tactic or technique of its signals.</summary>
    public static bool Fits(CaseTemplate template, CaseState c) =>
        (template.Rules.Count > 0 && c.Rules.Any(r => template.Rules.Fits(r)))
        || (template.Domains.Count > 0 && template.Domains.Fits(c.Domain))
        || (template.Tags.Count > 0 && c.Signals.Exists(s => s.Opened.Tactics.Concat(s.Opened.Techniques).Any(t => template.Tags.Fits("attack." + t))));
}
