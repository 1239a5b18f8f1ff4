using System.Text.Json;
using Andon.Exposure.Assets;
using Andon.Model;

namespace Andon.Exposure.Vulnerabilities;

/// <summary>One thing a scanner found.</summary>
sealed record Sighting(string Cve, string Package, string Version, string? FixedIn, string Severity);

/// <param name="Scanner"><c>trivy</c> or <c>grype</c>; null when the file is neither, so that it may not close anything.</param>
sealed record ScanRead(string? Scanner, IReadOnlyList<Sighting> Rows, IReadOnlyList<Finding> Findings);

/// <summary>Reads the JSON of Trivy (images, file systems, old array form, cluster reports) and Grype.</summary>
static class Scan
{
    public static ScanRead Read(JsonElement root)
    {
        var findings = new FindingSheet("scan");
        var rows = new List<Sighting>();
        string? scanner = null;
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("matches", out var matches) && matches.ValueKind is JsonValueKind.Array or JsonValueKind.Null)
        {
            scanner = "grype";
            foreach (var match in Items(matches)) Grype(match, rows, findings);
        }
        else if (IsTrivy(root))
        {
            scanner = "trivy";
            foreach (var result in Results(root)) Trivy(result, rows, findings);
        }
        else
        {
            findings.Add("EXP030", "This is neither a Trivy nor a Grype report.", "Use trivy --format json or grype -o json; an unknown file closes no window.");
        }
        // The same package can lie in several places; for exposure it is one finding.
        var merged = rows.GroupBy(r => (r.Cve, r.Package)).Select(g => g.First() with
        {
            Version = string.Join(", ", g.Select(r => r.Version).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)),
            FixedIn = g.Select(r => r.FixedIn).OfType<string>().Order(StringComparer.Ordinal).FirstOrDefault(),
        });
        return new(scanner, [.. merged], findings.All);
    }

    /// <summary>What a scan changes for that asset and scanner: new or changed sightings, and what it no longer finds.</summary>
    public static IReadOnlyList<FactBody> Changes(Windows.Scene scene, string assetId, string scanner, IReadOnlyList<Sighting> rows)
    {
        var now = rows.ToDictionary(r => new Windows.VulnerabilityKey(assetId, r.Cve, r.Package, scanner), r => new VulnerabilityFound(assetId, r.Cve, r.Package, r.Version, r.FixedIn, r.Severity, scanner));
        var changes = new List<FactBody>();
        foreach (var (key, found) in now)
            if (!scene.Vulnerabilities.TryGetValue(key, out var known) || known != found) changes.Add(found);
        foreach (var key in scene.Vulnerabilities.Keys.Where(k => k.AssetId == assetId && k.Scanner == scanner && !now.ContainsKey(k)).OrderBy(k => k.Cve, StringComparer.Ordinal).ThenBy(k => k.Package, StringComparer.Ordinal))
            changes.Add(new VulnerabilityGone(key.AssetId, key.Cve, key.Package, scanner));
        return changes;
    }

    static bool IsTrivy(JsonElement root) => root.ValueKind switch
    {
        // Old Trivy wrote a bare array; an empty one is a scan that found nothing.
        JsonValueKind.Array => root.EnumerateArray().All(r => r.ValueKind == JsonValueKind.Object && r.TryGetProperty("Target", out _)),
        JsonValueKind.Object => root.TryGetProperty("Results", out _) || root.TryGetProperty("ClusterName", out _)
            || root.TryGetProperty("SchemaVersion", out _) && root.TryGetProperty("ArtifactName", out _),
        _ => false,
    };

    static IEnumerable<JsonElement> Results(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array) return root.EnumerateArray();
        if (root.TryGetProperty("Results", out var results)) return Items(results);
        return new[] { "Resources", "Vulnerabilities", "Misconfigurations", "Findings" }.SelectMany(name => root.TryGetProperty(name, out var list) ? Items(list) : [])
            .SelectMany(r => r.ValueKind == JsonValueKind.Object && r.TryGetProperty("Results", out var inner) ? Items(inner) : []);
    }

    static IEnumerable<JsonElement> Items(JsonElement list) => list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    static void Trivy(JsonElement result, List<Sighting> rows, FindingSheet findings)
    {
        if (result.ValueKind != JsonValueKind.Object || !result.TryGetProperty("Vulnerabilities", out var list)) return;
        foreach (var v in Items(list))
            Put(rows, findings, Kev.Text(v, "VulnerabilityID"), Kev.Text(v, "PkgName"), Kev.Text(v, "InstalledVersion"), Kev.Text(v, "FixedVersion"), Kev.Text(v, "Severity"), Kev.Text(result, "Target"));
    }

    static void Grype(JsonElement match, List<Sighting> rows, FindingSheet findings)
    {
        JsonElement Part(string name) => match.ValueKind == JsonValueKind.Object && match.TryGetProperty(name, out var part) ? part : default;
        var (vulnerability, artifact) = (Part("vulnerability"), Part("artifact"));
        var id = Kev.Text(vulnerability, "id");
        // An advisory of another kind usually names its CVE beside it; KEV knows only CVEs.
        if (!id.StartsWith("CVE-", StringComparison.OrdinalIgnoreCase))
            id = Items(Part("relatedVulnerabilities")).Select(r => Kev.Text(r, "id")).FirstOrDefault(r => r.StartsWith("CVE-", StringComparison.OrdinalIgnoreCase)) ?? id;
        var versions = vulnerability.ValueKind == JsonValueKind.Object && vulnerability.TryGetProperty("fix", out var fix) && fix.ValueKind == JsonValueKind.Object && fix.TryGetProperty("versions", out var list)
            ? string.Join(", ", Items(list).Where(x => x.ValueKind == JsonValueKind.String).Select(x => x.GetString())) : "";
        Put(rows, findings, id, Kev.Text(artifact, "name"), Kev.Text(artifact, "version"), versions, Kev.Text(vulnerability, "severity"), "matches");
    }

    static void Put(List<Sighting> rows, FindingSheet findings, string id, string package, string version, string fixedIn, string severity, string where)
    {
        if (id.Length is 0 or > 100 || package.Length is 0 or > Limits.TextCharsMax)
        {
            findings.Add("EXP031", $"A finding in '{where}' lacks its id or package.", "It is left out.");
            return;
        }
        rows.Add(new(id.ToUpperInvariant(), package, version, fixedIn.Length == 0 ? null : fixedIn, severity.ToLowerInvariant()));
    }
}
