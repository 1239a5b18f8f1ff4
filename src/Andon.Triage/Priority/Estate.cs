using Andon.Model;
using Andon.Triage.Signals;

namespace Andon.Triage.Priority;

/// <summary>What the inventory and the exposure windows say of the things that alerts touch; 1 where nothing is known.</summary>
internal sealed class Estate
{
    readonly Dictionary<string, AssetStated> assets = [];
    readonly Dictionary<string, string> byKey = [];
    readonly Dictionary<string, WindowOpened> windows = [];
    readonly Dictionary<string, List<string>> windowsOf = [];

    /// <summary>Grows with each change, so that cases know when to look again.</summary>
    public int Version { get; private set; }

    public void State(AssetStated asset)
    {
        if (assets.TryGetValue(asset.AssetId, out var old))
            foreach (var key in KeysOf(old))
                if (byKey.GetValueOrDefault(key) == asset.AssetId) byKey.Remove(key);
        assets[asset.AssetId] = asset;
        foreach (var key in KeysOf(asset)) byKey[key] = asset.AssetId;
        Version++;
    }

    public void Open(WindowOpened window)
    {
        if (!windows.TryAdd(window.WindowId, window)) return;
        if (!windowsOf.TryGetValue(window.AssetId, out var list)) windowsOf[window.AssetId] = list = [];
        list.Add(window.WindowId);
        Version++;
    }

    public AssetStated? Close(string windowId)
    {
        if (!windows.Remove(windowId, out var window)) return null;
        windowsOf[window.AssetId].Remove(windowId);
        Version++;
        return assets.GetValueOrDefault(window.AssetId);
    }

    public AssetStated? Asset(string id) => assets.GetValueOrDefault(id);

    public AssetStated? Find(Entity entity) => entity.Kind switch
    {
        EntityKind.Host or EntityKind.Ip or EntityKind.Container => byKey.TryGetValue(Keys.Of(entity), out var id) || ShortName(entity, out id) ? assets[id] : null,
        _ => null,
    };

    // An inventory may say web01 where the log says web01.office.example.
    bool ShortName(Entity entity, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? id)
    {
        id = null;
        var dot = entity.Value.IndexOf('.', StringComparison.Ordinal);
        return entity.Kind == EntityKind.Host && dot > 0 && byKey.TryGetValue(Keys.Of(EntityKind.Host, entity.Value[..dot]), out id);
    }

    public IEnumerable<WindowOpened> OpenWindows(string assetId) =>
        windowsOf.TryGetValue(assetId, out var list) ? list.Select(id => windows[id]) : [];

    /// <summary>I and X of signals. A signal that touches no known asset counts as 1, so that a further signal never lowers either.</summary>
    public (double Impact, double Exposure) Weigh(IEnumerable<IReadOnlyList<Entity>> signals)
    {
        double impact = 0, exposure = 1;
        HashSet<string>? jewels = null;
        foreach (var entities in signals)
        {
            double touched = 0;
            foreach (var entity in entities)
            {
                if (Find(entity) is not { } asset) continue;
                touched = Math.Max(touched, Math.Clamp(asset.Criticality, 0.5, 2));
                if (asset.CrownJewel) (jewels ??= []).Add(asset.AssetId);
                foreach (var window in OpenWindows(asset.AssetId)) exposure = Math.Max(exposure, window.Kev ? 2 : 1.5);
            }
            impact = Math.Max(impact, touched == 0 ? 1 : touched);
        }
        if (impact == 0) impact = 1;
        return (impact * (1 + 0.1 * Math.Log2(1 + (jewels?.Count ?? 0))), exposure);
    }

    static IEnumerable<string> KeysOf(AssetStated asset) =>
        asset.Addresses.Select(a => Keys.Of(EntityKind.Ip, a.ToLowerInvariant())).Prepend(Keys.Of(EntityKind.Host, asset.Name.ToLowerInvariant()));
}
