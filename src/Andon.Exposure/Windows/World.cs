using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Exposure.Windows;

/// <summary>A vulnerability on an asset, as one scanner sees it.</summary>
readonly record struct VulnerabilityKey(string AssetId, string Cve, string Package, string Scanner);

/// <summary>What a window is about: several scanners that see the same thing make one window.</summary>
readonly record struct WindowKey(string AssetId, string Cve, string Package);

/// <summary>A window, open or closed.</summary>
sealed record WindowRow(string WindowId, WindowKey Key, bool Kev, long OpenedMs, string Why, long? ClosedMs);

/// <summary>Assets, vulnerabilities, threats and windows, folded from facts.</summary>
sealed class World : IFold
{
    readonly Lock gate = new();
    readonly Dictionary<string, AssetStated> assets = [];
    readonly Dictionary<VulnerabilityKey, VulnerabilityFound> vulnerabilities = [];
    readonly Dictionary<string, ThreatKnown> threats = [];
    readonly Dictionary<string, WindowRow> windows = [];
    readonly Dictionary<WindowKey, string> open = [];
    readonly Dictionary<WindowKey, int> openings = [];

    public void Apply(Fact fact)
    {
        lock (gate)
        {
            switch (fact.Body)
            {
                case AssetStated f: assets[f.AssetId] = f; break;
                case VulnerabilityFound f: vulnerabilities[new(f.AssetId, f.Cve, f.Package, f.Scanner)] = f; break;
                case VulnerabilityGone f: vulnerabilities.Remove(new(f.AssetId, f.Cve, f.Package, f.Scanner)); break;
                case ThreatKnown f: threats[f.Cve] = f; break;
                case WindowOpened f:
                    var key = new WindowKey(f.AssetId, f.Cve, f.Package);
                    windows[f.WindowId] = new(f.WindowId, key, f.Kev, fact.AtMs, f.Why, null);
                    open[key] = f.WindowId;
                    openings[key] = openings.GetValueOrDefault(key) + 1;
                    break;
                case WindowClosed f when windows.TryGetValue(f.WindowId, out var row):
                    windows[f.WindowId] = row with { ClosedMs = fact.AtMs };
                    if (open.GetValueOrDefault(row.Key) == f.WindowId) open.Remove(row.Key);
                    break;
            }
        }
    }

    /// <summary>A copy to reason on. Commands take turns, so nothing changes while one reasons.</summary>
    public Scene Look()
    {
        lock (gate) return new(new(assets), new(vulnerabilities), new(threats), open.ToDictionary(o => o.Key, o => windows[o.Value]), new(openings));
    }

    public IReadOnlyList<WindowRow> Windows() { lock (gate) return [.. windows.Values]; }

    public AssetStated? Asset(string id) { lock (gate) return assets.GetValueOrDefault(id); }
}

/// <summary>The world as it is, or as it would be once some facts are in.</summary>
sealed record Scene(
    Dictionary<string, AssetStated> Assets, Dictionary<VulnerabilityKey, VulnerabilityFound> Vulnerabilities, Dictionary<string, ThreatKnown> Threats,
    Dictionary<WindowKey, WindowRow> Open, Dictionary<WindowKey, int> Openings);
