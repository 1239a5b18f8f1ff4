using System.Security.Cryptography;
using System.Text;
using Andon.Model;

namespace Andon.Exposure.Windows;

/// <summary>
/// The rule of exposure: a window is open while the vulnerability is present and its asset is reachable from an untrusted network.
/// Reach is threat enough (X 1.5); a CVE known to be exploited makes it twofold (X 2). Pure: a scene and new facts in, window facts out.
/// </summary>
static class Watch
{
    /// <summary>The facts that the command found, followed by the windows they open and close.</summary>
    public static IReadOnlyList<FactBody> With(Scene scene, IReadOnlyList<FactBody> changes)
    {
        foreach (var change in changes)
        {
            switch (change)
            {
                case AssetStated f: scene.Assets[f.AssetId] = f; break;
                case VulnerabilityFound f: scene.Vulnerabilities[new(f.AssetId, f.Cve, f.Package, f.Scanner)] = f; break;
                case VulnerabilityGone f: scene.Vulnerabilities.Remove(new(f.AssetId, f.Cve, f.Package, f.Scanner)); break;
                case ThreatKnown f: scene.Threats[f.Cve] = f; break;
            }
        }
        return [.. changes, .. Windows(scene)];
    }

    static IEnumerable<FactBody> Windows(Scene scene)
    {
        var present = new Dictionary<WindowKey, VulnerabilityFound>();
        foreach (var found in scene.Vulnerabilities.Values) present.TryAdd(new(found.AssetId, found.Cve, found.Package), found);

        foreach (var (key, window) in scene.Open.OrderBy(o => o.Value.WindowId, StringComparer.Ordinal))
        {
            if (WhyClosed(scene, key, present.ContainsKey(key)) is { } why) yield return new WindowClosed(window.WindowId, why);
            // The threat is part of what the window says: a new one is a new window, and both keep their minutes.
            else if (!window.Kev && scene.Threats.ContainsKey(key.Cve)) yield return new WindowClosed(window.WindowId, $"{key.Cve} is now known to be exploited: a window with the higher threat follows.");
        }
        foreach (var (key, found) in present.OrderBy(p => p.Key.AssetId, StringComparer.Ordinal).ThenBy(p => p.Key.Cve, StringComparer.Ordinal).ThenBy(p => p.Key.Package, StringComparer.Ordinal))
        {
            if (WhyClosed(scene, key, isPresent: true) is not null) continue;
            var kev = scene.Threats.GetValueOrDefault(key.Cve);
            if (scene.Open.TryGetValue(key, out var standing) && standing.Kev == kev is not null) continue;
            var asset = scene.Assets[key.AssetId];
            var why = $"{found.Scanner} found {key.Cve} in {key.Package} {found.Version}; the inventory says that {asset.Name} ({asset.Zone}) is reachable"
                + (kev is null ? "." : $"; {key.Cve} is known to be exploited since {kev.Added}{(kev.Ransomware ? ", also by ransomware" : "")}.");
            yield return new WindowOpened(IdOf(key, scene.Openings.GetValueOrDefault(key) + 1), key.AssetId, key.Cve, key.Package, kev is not null, why);
        }
    }

    static string? WhyClosed(Scene scene, WindowKey key, bool isPresent)
    {
        if (!isPresent) return $"The last scan no longer finds {key.Cve} in {key.Package}.";
        if (!scene.Assets.TryGetValue(key.AssetId, out var asset)) return "The inventory does not know the asset.";
        return asset.Reachable ? null : $"The inventory says that {asset.Name} is not reachable any more.";
    }

    // The same opening has the same id wherever it is worked out.
    static string IdOf(WindowKey key, int opening)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{key.AssetId}\n{key.Cve}\n{key.Package}"));
        return $"win-{Convert.ToHexStringLower(hash.AsSpan(0, 8))}-{opening}";
    }
}
