using System.Text.Json;
using Andon.Exposure.Assets;
using Andon.Model;

namespace Andon.Exposure.Vulnerabilities;

/// <summary>CISA's list of known exploited vulnerabilities, in its own JSON.</summary>
static class Kev
{
    public static Read<ThreatKnown> Read(JsonElement root)
    {
        var findings = new FindingSheet("kev");
        var rows = new Dictionary<string, ThreatKnown>();
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("vulnerabilities", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            findings.Add("EXP020", "This is no KEV list: it has no array 'vulnerabilities'.", "Upload known_exploited_vulnerabilities.json as CISA publishes it.");
            return new([], findings.All);
        }
        var at = 0;
        foreach (var entry in list.EnumerateArray())
        {
            at++;
            var cve = Text(entry, "cveID").Trim().ToUpperInvariant();
            if (!cve.StartsWith("CVE-", StringComparison.Ordinal) || cve.Length > 30)
            {
                findings.Add("EXP021", $"Entry {at} has no CVE id ('{cve}').", "It is left out.");
                continue;
            }
            rows[cve] = new(cve, Text(entry, "vulnerabilityName"), Text(entry, "dateAdded"), Text(entry, "knownRansomwareCampaignUse").Equals("Known", StringComparison.OrdinalIgnoreCase));
        }
        if (root.TryGetProperty("count", out var said) && said.ValueKind == JsonValueKind.Number && said.TryGetInt32(out var count) && count != at)
            findings.Add("EXP022", $"The list says {count} entries and has {at}.", "It may have been cut on the way.", level: FindingLevel.Warning);
        return new([.. rows.Values], findings.All);
    }

    /// <summary>Threats that are new or changed. A CVE that left the list stays known: it was exploited.</summary>
    public static IReadOnlyList<FactBody> Changes(Windows.Scene scene, IReadOnlyList<ThreatKnown> rows) =>
        [.. rows.Where(r => !scene.Threats.TryGetValue(r.Cve, out var known) || known != r)];

    internal static string Text(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
}
