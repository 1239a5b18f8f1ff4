using System.Collections.Concurrent;
using System.Collections.Immutable;
using Andon.Model;

namespace Andon.Store.Query;

/// <summary>One run of a scheduled search.</summary>
/// <param name="From">First record read.</param>
/// <param name="To">One past the last.</param>
internal sealed record ScheduleRun(long AtMs, ulong From, ulong To, int Rows, int Alerts, long ScannedBytes, double ElapsedMs, Finding? Finding);

/// <summary>How scheduled searches did lately. For people: where a search goes on is a checkpoint of the fact log.</summary>
internal sealed class ScheduleBook
{
    readonly ConcurrentDictionary<string, ImmutableList<ScheduleRun>> runs = new();

    /// <summary>Alerts of a scheduled search carry this in place of a rule's id.</summary>
    public static string RuleId(string searchId) => $"search:{searchId}";

    public IReadOnlyList<ScheduleRun> Of(string searchId) => runs.GetValueOrDefault(searchId) ?? [];

    /// <summary>Newest first. Runs that found nothing new are one line, not many.</summary>
    public void Note(string searchId, ScheduleRun run) => runs.AddOrUpdate(searchId, [run], (_, before) =>
    {
        if (before.Count > 0 && Quiet(before[0]) && Quiet(run)) before = before.RemoveAt(0);
        before = before.Insert(0, run);
        return before.Count <= ScheduleLimits.RunsShownMax ? before : before.RemoveAt(before.Count - 1);
    });

    static bool Quiet(ScheduleRun run) => run is { Rows: 0, Finding: null };
}
