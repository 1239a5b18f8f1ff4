using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Query.Compilation;
using Andon.Store.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Andon.Store.Query;

/// <summary>
/// Runs scheduled searches one after the other. A run reads the records that became searchable since the one before: by order of arrival,
/// which has no latecomers, so none is missed and none counted twice. Before alerts are written the stretch is noted (":plan") and
/// the hit log's end (":hits"); after a death between writing and noting, the hit log tells which it was. So it does after a restore, whose
/// hit log was copied later than its facts and may hold the alerts of several runs more.
/// </summary>
/// <param name="searchable">One past the last record whose events are in the event store.</param>
internal sealed partial class ScheduleRunner(
    SearchShelf shelf, ScheduleStep step, ScheduleBook book, Func<ulong> searchable, IRecordLog records, HitLog hits, IFactLog facts, IFindings findings, TimeProvider clock, ILogger<ScheduleRunner> log) : BackgroundService, IStage
{
    public const string Name = "scheduled-searches";
    // By fact too: a schedule that was changed runs at once.
    readonly Dictionary<(string Id, long Fact), long> dueMs = [];
    readonly Dictionary<string, ulong> stretchMax = [];
    // What the hit log held of each schedule when this program began: one past the newest event told.
    readonly Dictionary<string, ulong> toldTo = [];
    volatile string note = "";

    public StageState Stage => new(Name, 0, 0, "running", note);

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(ScheduleLimits.LookEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                foreach (var (id, schedule) in shelf.Schedules)
                    if (schedule.Ask.Enabled && dueMs.GetValueOrDefault((id, schedule.Fact)) <= clock.NowMs()) await Due(id, schedule, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The house closes.
        }
    }

    async Task Due(string id, SearchSchedule schedule, CancellationToken stop)
    {
        var begunMs = clock.NowMs();
        note = $"{schedule.Ask.Title}";
        ScheduleRun run;
        try
        {
            run = await RunNew(id, schedule, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failed)
        {
            LogFailed(log, failed, id);
            var finding = failed is QueryRefusedException { Findings: [var first, ..] } ? first : new Finding("SCH001", failed.Message, "Look into the log.");
            run = new(begunMs, 0, 0, 0, 0, 0, 0, new("SCH001", $"The scheduled search '{schedule.Ask.Title}' failed: {finding.Message}", finding.Hint, id));
        }
        note = "";
        if (run.Finding is { } wrong) findings.Raise(Name, wrong);
        book.Note(id, run);
        dueMs[(id, schedule.Fact)] = begunMs + schedule.Ask.EveryMinutes * 60_000L;
    }

    /// <summary>Reads what is new since the run before, and notes how far that is.</summary>
    internal async Task<ScheduleRun> RunNew(string id, SearchSchedule schedule, CancellationToken stop)
    {
        var begunMs = clock.NowMs();
        if (shelf.Search(id) is not { } saved) return new(begunMs, 0, 0, 0, 0, 0, 0, new("SCH005", $"The search that is scheduled as '{schedule.Ask.Title}' is gone.", "End the schedule.", id));
        var mark = ScheduleBook.RuleId(id);
        // A schedule begins with what comes after it was made.
        if (!toldTo.TryGetValue(id, out var told)) toldTo[id] = told = await Told(mark, stop) ?? 0;
        var from = Math.Max(told, Math.Max(facts.Checkpoint(mark), await records.PlaceOf(schedule.SinceMs, stop)));
        var to = searchable();
        if (facts.Checkpoint(mark + ":plan") is var planned && planned > from)
        {
            if (await Told(mark, stop) is not null) await Save(mark, from = planned, stop);
            else to = Math.Min(to, planned);
        }
        if (stretchMax.TryGetValue(id, out var most)) to = Math.Min(to, from + most);
        if (to <= from) return new(begunMs, from, from, 0, 0, 0, 0, null);

        var first = schedule.Ask.LookBackMinutes == 0 ? from : Math.Min(from, await records.PlaceOf(begunMs - schedule.Ask.LookBackMinutes * 60_000L, stop));
        if (await InTime(saved, schedule, new(first, to), from, stop) is not { } result)
        {
            stretchMax[id] = Math.Max(1, (to - from) / 2);
            return new(begunMs, first, to, 0, 0, 0, clock.NowMs() - begunMs, new("SCH002", $"'{saved.Now.Name}' did not end within {ScheduleLimits.SecondsMax} s (SecondsMax); the next run reads fewer records.", "Narrow it: fewer fields, an earlier where, a shorter look back.", id, FindingLevel.Warning));
        }
        stretchMax.Remove(id);
        if (result.Hits.Count > 0)
        {
            await facts.Append([], [new(mark + ":plan", to), new(mark + ":hits", hits.Log.Next)], stop);
            await hits.AppendBeside(result.Hits, stop);
        }
        await Save(mark, to, stop);
        return new(begunMs, first, to, result.Rows, result.Hits.Count, result.ScannedBytes, result.ElapsedMs, result.Finding);
    }

    async Task<ScheduleResult?> InTime(SavedSearch saved, SearchSchedule schedule, Stretch stretch, ulong fresh, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(ScheduleLimits.SecondsMax), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            var result = await step.Run(saved, schedule, stretch, fresh, either.Token);
            return result.State == SearchState.Partial ? null : result;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    // The hit log's end goes with it, so that looking for what was told begins there.
    async Task Save(string mark, ulong to, CancellationToken stop) => await facts.Append([], [new(mark, to), new(mark + ":hits", hits.Log.Next)], stop);

    /// <summary>One past the newest event of the alerts that the hit log holds beyond what the facts know of; null when it holds none.</summary>
    async Task<ulong?> Told(string mark, CancellationToken stop)
    {
        ulong? told = null;
        for (var at = Math.Max(facts.Checkpoint(mark + ":hits"), hits.Log.First); at < hits.Log.Next;)
        {
            var blocks = await hits.Read(at, 256, stop);
            if (blocks.Count == 0) break;
            foreach (var hit in blocks.SelectMany(b => b.Block.Hits).Where(h => h.RuleId == mark)) told = Math.Max(told ?? 0, hit.Event.Position + 1);
            at = blocks[^1].Position + 1;
        }
        return told;
    }

    [LoggerMessage(1, LogLevel.Warning, "The scheduled search {Id} failed")]
    static partial void LogFailed(ILogger log, Exception failed, string id);
}
