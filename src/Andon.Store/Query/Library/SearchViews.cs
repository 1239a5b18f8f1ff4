using Andon.Model;

namespace Andon.Store.Query;

/// <summary>Something that a saved search is part of.</summary>
/// <param name="Kind">dashboard or schedule.</param>
internal sealed record SearchUse(string Kind, string Id, string Name);

internal sealed record ScheduleView(
    bool Enabled, int EveryMinutes, int LookBackMinutes, string Title, Level Level, RuleQueue Queue, IReadOnlyList<ScheduledEntity> Entities,
    IReadOnlyDictionary<string, string> Values, string By, long AtMs, long Fact, string RuleId, ScheduleRun? Last, IReadOnlyList<ScheduleRun> Runs);

internal sealed record SearchView(
    string SearchId, string Name, string Description, string Kql, IReadOnlyList<SearchParameter> Parameters, IReadOnlyList<string> Tags, string Range,
    string Owner, bool Shipped, bool Mine, int Version, long SavedMs, long Fact, IReadOnlyList<SearchUse> UsedBy, ScheduleView? Schedule);

internal sealed record SearchVersionView(int Version, string Name, string Kql, IReadOnlyList<SearchParameter> Parameters, string By, long AtMs, long Fact, string Why);

internal sealed record SearchDetail(SearchView Search, IReadOnlyList<SearchVersionView> Versions);

internal sealed record DashboardView(
    string DashboardId, string Name, string Description, IReadOnlyList<DashboardPanel> Panels, IReadOnlyList<SearchParameter> Parameters, string Range,
    string Owner, bool Shipped, bool Mine, int Version, long SavedMs, long Fact);

/// <summary>From the shelf to what pages show.</summary>
internal sealed class SearchViews(SearchShelf shelf, ScheduleBook runs)
{
    public SearchView Of(SavedSearch saved, string person)
    {
        var now = saved.Now;
        var schedule = shelf.Schedules.GetValueOrDefault(saved.Id);
        var uses = shelf.Dashboards.Values.Where(d => d.Now.Panels.Any(p => p.SearchId == saved.Id)).Select(d => new SearchUse("dashboard", d.Id, d.Now.Name));
        if (schedule is { Ask.Enabled: true }) uses = uses.Append(new("schedule", saved.Id, schedule.Ask.Title));
        return new(
            saved.Id, now.Name, now.Description, now.Kql, now.Parameters, now.Tags, now.Range, saved.Owner, saved.Shipped, saved.Owner == person, now.Version, now.AtMs, now.Fact, [.. uses],
            schedule is null ? null : Of(schedule));
    }

    ScheduleView Of(SearchSchedule schedule)
    {
        var (ask, of) = (schedule.Ask, runs.Of(schedule.Ask.SearchId));
        return new(ask.Enabled, ask.EveryMinutes, ask.LookBackMinutes, ask.Title, ask.Level, ask.Queue, ask.Entities, ask.Values, schedule.By, schedule.AtMs, schedule.Fact, ScheduleBook.RuleId(ask.SearchId), of.Count > 0 ? of[0] : null, of);
    }

    public static SearchDetail Detail(SearchView view, SavedSearch saved) =>
        new(view, [.. saved.Versions.Reverse().Select(v => new SearchVersionView(v.Version, v.Name, v.Kql, v.Parameters, v.By, v.AtMs, v.Fact, v.Why))]);

    public static DashboardView Of(SavedDashboard saved, string person)
    {
        var now = saved.Now;
        return new(saved.Id, now.Name, now.Description, now.Panels, now.Parameters, now.Range, saved.Owner, saved.Shipped, saved.Owner == person, now.Version, now.AtMs, now.Fact);
    }
}
