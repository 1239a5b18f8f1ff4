namespace Andon.Store.Query;

/// <summary>Bounds of searches that run by themselves.</summary>
internal static class ScheduleLimits
{
    public const int SchedulesMax = 200;
    public const int EveryMinutesMin = 1;
    public const int EveryMinutesMax = 24 * 60;
    /// <summary>How far back one run may read.</summary>
    public const int LookBackMinutesMax = 7 * 24 * 60;
    /// <summary>Seconds of one run; then it is stopped, and tried again over half as many records.</summary>
    public const int SecondsMax = 30;
    /// <summary>Rows of one run that become alerts; a search that gives more is no detection.</summary>
    public const int RowsMax = 100;
    /// <summary>Events that an alert of a counted row links to.</summary>
    public const int ContributingMax = 100;
    public const int EntitiesMax = 12;
    public const int FieldsMax = 40;
    public const int FieldCharsMax = 500;
    /// <summary>Runs that are remembered of one search.</summary>
    public const int RunsShownMax = 20;
    /// <summary>How often it is looked which are due.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
}
