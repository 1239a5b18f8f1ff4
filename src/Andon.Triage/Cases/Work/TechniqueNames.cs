using System.Text.RegularExpressions;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Andon.Triage.Cases.Work;

/// <summary>An ATT&amp;CK technique as the content names it.</summary>
/// <param name="Tactics">As ATT&amp;CK writes them, in the order of its matrix.</param>
public sealed record TechniqueEntry(string Id, string Name, IReadOnlyList<string> Tactics);

public sealed record TechniquesView(IReadOnlyList<TechniqueEntry> Techniques);

/// <summary>Names of ATT&amp;CK techniques, where the content has them (<c>content/attack.yml</c>); else the id stands alone.</summary>
internal sealed partial class TechniqueNames(IReadOnlyList<TechniqueEntry> entries, IReadOnlyList<Finding> findings)
{
    const string Place = "content/attack.yml";
    readonly Dictionary<string, string> names = entries.ToDictionary(e => e.Id, e => e.Name, StringComparer.OrdinalIgnoreCase);

    public static TechniqueNames None { get; } = new([], []);

    public IReadOnlyList<TechniqueEntry> Entries => entries;
    public IReadOnlyList<Finding> Findings => findings;

    public string Of(string id) => names.GetValueOrDefault(id, "");

    [GeneratedRegex(@"^T[0-9]{4}(\.[0-9]{3})?$")]
    private static partial Regex Id();

    public static TechniqueNames Load(string contentPath) =>
        Path.Combine(contentPath, "attack.yml") is var path && File.Exists(path) ? Parse(File.ReadAllText(path)) : None;

    /// <summary>All that is wrong with it at once; what is right holds, since names only adorn.</summary>
    public static TechniqueNames Parse(string yaml)
    {
        var entries = new Dictionary<string, TechniqueEntry>(StringComparer.Ordinal);
        var findings = new List<Finding>();
        try
        {
            if (YamlBook.Load(yaml) is not YamlMappingNode root) return new([], [new("TRI621", "The techniques are no mapping.", "Write a line for each: T1059: {name: \"...\", tactics: [execution]}", Place)]);
            foreach (var (key, value) in root.Children)
            {
                var id = (key as YamlScalarNode)?.Value ?? "";
                if (!Id().IsMatch(id) || value is not YamlMappingNode entry || entry.Text("name") is not { Length: > 0 } name)
                    findings.Add(new("TRI622", $"{(id.Length > 0 ? id : "An entry")} is no technique with a name.", "Write T and four digits, for a part of one .001 behind it, then {name: \"...\", tactics: [...]}.", $"{Place}:{key.Start.Line}"));
                else entries[id] = new(id, name, entry.Words("tactics"));
            }
        }
        catch (YamlException wrong)
        {
            findings.Add(new("TRI621", $"The techniques are no YAML: {wrong.Message}", "Mend the file; until then ids stand alone.", $"{Place}:{wrong.Start.Line}"));
        }
        return new([.. entries.Values], findings);
    }

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/attack", Show).WithName("ShowTechniques").WithTags("Triage").RequireAuthorization(Policies.Read);

    static Ok<TechniquesView> Show(TechniqueNames names) => TypedResults.Ok(new TechniquesView(names.Entries));
}
