namespace Andon.Model;

/// <summary>A value that a saved search is asked with. It reaches the query as a <c>let</c> of this name, never as text in it.</summary>
/// <param name="Type">string, long, real, bool, datetime, timespan or list.</param>
/// <param name="Default">Its value when nobody gives one; null means that one must be given.</param>
/// <param name="Entity">Kind of thing it names (host, user, ip …): the search is then offered wherever such a thing is shown.</param>
public sealed record SearchParameter(string Name, string Type, string? Default, string? Entity, string About);

/// <summary>A version of a saved search: the first, or one that takes the place of the last.</summary>
/// <param name="Range">The time it usually asks about: 15m, 1h, 4h, 24h, 7d, 30d.</param>
[Fact("search.saved", Room.Store)]
public sealed record SearchSaved(
    string SearchId, int Version, string Name, string Description, string Kql, IReadOnlyList<SearchParameter> Parameters, IReadOnlyList<string> Tags, string Range, string Why) : FactBody;

[Fact("search.removed", Room.Store)]
public sealed record SearchRemoved(string SearchId, string Why) : FactBody;

/// <summary>A column of a scheduled search that names a thing.</summary>
public sealed record ScheduledEntity(string Column, EntityKind Kind, EntityRole Role);

/// <summary>A saved search runs by itself, and its rows become alerts; or no longer.</summary>
/// <param name="LookBackMinutes">How far each run reads back beyond what is new; 0 reads what is new alone.</param>
/// <param name="Values">Values of its parameters; others have their defaults.</param>
[Fact("search.scheduled", Room.Store)]
public sealed record SearchScheduled(
    string SearchId, bool Enabled, int EveryMinutes, int LookBackMinutes, string Title, Level Level, RuleQueue Queue,
    IReadOnlyList<ScheduledEntity> Entities, IReadOnlyDictionary<string, string> Values, string Why) : FactBody;

/// <summary>Someone took rows out of the house.</summary>
/// <param name="Complete">Were these all rows that matched?</param>
[Fact("search.exported", Room.Store)]
public sealed record SearchExported(string Kql, long FromMs, long ToMs, string Format, long Rows, long Bytes, bool Complete) : FactBody;

/// <summary>One picture on a dashboard: a saved search and how its rows are drawn.</summary>
/// <param name="Chart">number, table, bars or lines.</param>
/// <param name="Width">Of the four columns of a dashboard.</param>
/// <param name="Height">In rows of 90 pixels.</param>
/// <param name="Values">Values of parameters that this panel fixes; a parameter of the dashboard with the same name gives the others.</param>
public sealed record DashboardPanel(string Title, string SearchId, string Chart, int Width, int Height, IReadOnlyDictionary<string, string> Values);

[Fact("dashboard.saved", Room.Store)]
public sealed record DashboardSaved(
    string DashboardId, int Version, string Name, string Description, IReadOnlyList<DashboardPanel> Panels, IReadOnlyList<SearchParameter> Parameters, string Range, string Why) : FactBody;

[Fact("dashboard.removed", Room.Store)]
public sealed record DashboardRemoved(string DashboardId, string Why) : FactBody;
