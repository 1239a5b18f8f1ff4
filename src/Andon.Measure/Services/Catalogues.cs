using Andon.Model;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Andon.Measure.Services;

/// <summary>A control that can fail. Ids are those of NIST CSF 2.0 subcategories; names and meanings are our own words.</summary>
public sealed record ControlEntry
{
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
    public string Meaning { get; init; } = "";
    /// <summary>Families of NIST SP 800-53 that it draws on.</summary>
    public string[] Families { get; init; } = [];
}

/// <summary>A service of the FIRST CSIRT Services Framework 2.1.</summary>
public sealed record ServiceEntry
{
    public int Number { get; init; }
    public string Area { get; init; } = "";
    public string Name { get; init; } = "";
    public int Functions { get; init; }
}

/// <summary>Controls and services from the content folder. A file that cannot be read leaves its list empty, with a finding.</summary>
sealed class Catalogues
{
    public IReadOnlyList<ControlEntry> Controls { get; }
    public IReadOnlyList<ServiceEntry> Services { get; }

    public Catalogues(string folder, IFindings findings)
    {
        Controls = Read<ControlEntry>(Path.Combine(folder, "controls.yml"), findings, c => c.Id);
        Services = Read<ServiceEntry>(Path.Combine(folder, "services.yml"), findings, s => s.Name);
    }

    public string NameOf(string control) => Controls.FirstOrDefault(c => c.Id == control)?.Name ?? control;

    static IReadOnlyList<T> Read<T>(string file, IFindings findings, Func<T, string> key)
    {
        try
        {
            using var reader = new StreamReader(file);
            var all = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build().Deserialize<List<T>>(reader) ?? [];
            foreach (var twice in all.GroupBy(key).Where(g => g.Count() > 1 || g.Key.Length == 0))
                findings.Raise("measure", new("MEA003", $"'{twice.Key}' stands more than once, or has no name.", "Keep one.", Path.GetFileName(file)));
            return [.. all.DistinctBy(key)];
        }
        catch (Exception e) when (e is IOException or YamlException or UnauthorizedAccessException)
        {
            findings.Raise("measure", new("MEA004", $"The catalogue cannot be read: {e.Message}", "Mend the file.", Path.GetFileName(file)));
            return [];
        }
    }
}
