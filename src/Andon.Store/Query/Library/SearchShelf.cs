using System.Collections.Immutable;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Store.Query;

/// <summary>One version of a saved search.</summary>
internal sealed record SearchVersion(
    int Version, string Name, string Description, string Kql, IReadOnlyList<SearchParameter> Parameters, IReadOnlyList<string> Tags, string Range, string By, long AtMs, long Fact, string Why);

internal sealed record SavedSearch(string Id, string Owner, bool Shipped, ImmutableList<SearchVersion> Versions)
{
    public SearchVersion Now => Versions[^1];
}

/// <summary>How a search runs by itself.</summary>
/// <param name="SinceMs">When it was switched on; changes since then do not begin it anew.</param>
internal sealed record SearchSchedule(SearchScheduled Ask, string By, long AtMs, long Fact, long SinceMs);

internal sealed record DashboardVersion(
    int Version, string Name, string Description, IReadOnlyList<DashboardPanel> Panels, IReadOnlyList<SearchParameter> Parameters, string Range, string By, long AtMs, long Fact, string Why);

internal sealed record SavedDashboard(string Id, string Owner, bool Shipped, ImmutableList<DashboardVersion> Versions)
{
    public DashboardVersion Now => Versions[^1];
}

/// <summary>Saved searches, their schedules and dashboards: what was shipped, and what the facts say.</summary>
internal sealed class SearchShelf : IFold, IDisposable
{
    readonly SemaphoreSlim turn = new(1, 1);
    volatile ImmutableSortedDictionary<string, SavedSearch> searches = ImmutableSortedDictionary.Create<string, SavedSearch>(StringComparer.Ordinal);
    volatile ImmutableDictionary<string, SearchSchedule> schedules = ImmutableDictionary<string, SearchSchedule>.Empty;
    volatile ImmutableSortedDictionary<string, SavedDashboard> dashboards = ImmutableSortedDictionary.Create<string, SavedDashboard>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, SavedSearch> Searches => searches;
    public ImmutableDictionary<string, SearchSchedule> Schedules => schedules;
    public ImmutableSortedDictionary<string, SavedDashboard> Dashboards => dashboards;

    public SavedSearch? Search(string id) => searches.GetValueOrDefault(id);
    public SavedDashboard? Dashboard(string id) => dashboards.GetValueOrDefault(id);

    /// <summary>Commands take turns: what one looked at is what its fact meets.</summary>
    public async ValueTask<IDisposable> Turn(CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        return new Release(turn);
    }

    sealed class Release(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }

    /// <summary>What comes with the program. Facts never speak of these but for their schedules.</summary>
    public void Ship(IEnumerable<SavedSearch> shipped, IEnumerable<SavedDashboard> boards)
    {
        searches = searches.SetItems(shipped.Select(s => KeyValuePair.Create(s.Id, s)));
        dashboards = dashboards.SetItems(boards.Select(d => KeyValuePair.Create(d.Id, d)));
    }

    public void Apply(Fact fact)
    {
        switch (fact.Body)
        {
            case SearchSaved f:
                var version = new SearchVersion(f.Version, f.Name, f.Description, f.Kql, f.Parameters, f.Tags, f.Range, fact.Actor, fact.AtMs, fact.Seq, f.Why);
                searches = searches.SetItem(f.SearchId, searches.GetValueOrDefault(f.SearchId) is { } known
                    ? known with { Versions = Last(known.Versions.Add(version)) }
                    : new(f.SearchId, fact.Actor, Shipped: false, [version]));
                break;
            case SearchRemoved f:
                searches = searches.Remove(f.SearchId);
                schedules = schedules.Remove(f.SearchId);
                break;
            case SearchScheduled f:
                var since = schedules.GetValueOrDefault(f.SearchId) is { Ask.Enabled: true } running ? running.SinceMs : fact.AtMs;
                schedules = schedules.SetItem(f.SearchId, new(f, fact.Actor, fact.AtMs, fact.Seq, since));
                break;
            case DashboardSaved f:
                var board = new DashboardVersion(f.Version, f.Name, f.Description, f.Panels, f.Parameters, f.Range, fact.Actor, fact.AtMs, fact.Seq, f.Why);
                dashboards = dashboards.SetItem(f.DashboardId, dashboards.GetValueOrDefault(f.DashboardId) is { } old
                    ? old with { Versions = Last(old.Versions.Add(board)) }
                    : new(f.DashboardId, fact.Actor, Shipped: false, [board]));
                break;
            case DashboardRemoved f:
                dashboards = dashboards.Remove(f.DashboardId);
                break;
        }
    }

    static ImmutableList<T> Last<T>(ImmutableList<T> all) => all.Count <= Limits.VersionsShownMax ? all : all.RemoveAt(0);

    public void Dispose() => turn.Dispose();
}
