using Andon.Model;
using Andon.Store.Query.Runtime;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query;

/// <summary>What a run made of a stretch of the record log.</summary>
internal sealed record ScheduleResult(IReadOnlyList<Hit> Hits, int Rows, long ScannedBytes, double ElapsedMs, SearchState State, Finding? Finding);

/// <summary>
/// One run: the search over a stretch, and an alert for each row that rests on something new. A row of events is its event; a row that
/// counts is asked for the events behind it. So every alert leads to raw bytes.
/// </summary>
internal sealed class ScheduleStep(QueryEngine engine, TimeProvider clock)
{
    const string EventColumn = "andon.event_id";

    /// <param name="fresh">First record that no run before has read; rows without an event from there on were told before.</param>
    public async ValueTask<ScheduleResult> Run(SavedSearch saved, SearchSchedule schedule, Stretch stretch, ulong fresh, CancellationToken stop)
    {
        var version = saved.Now;
        var ask = new SearchAsk(version.Kql, Limit: ScheduleLimits.RowsMax, Values: SearchValues.Of(version.Parameters, schedule.Ask.Values));
        var answer = await engine.Search(ask, new SearchHow(Stretch: stretch, Sight: engine.Own), stop);
        var (bytes, ms) = (answer.Stats.ScannedBytes, answer.Stats.ElapsedMs);
        if (answer.Stats.State == SearchState.Partial) return new([], 0, bytes, ms, answer.Stats.State, null);
        Finding? finding = answer.Stats.State == SearchState.Complete ? null
            : new("SCH003", $"'{version.Name}' gave more than {ScheduleLimits.RowsMax} rows in one run (RowsMax); the others made no alert.", "Make it more particular, or count with summarize.", saved.Id, FindingLevel.Warning);
        var place = Array.FindIndex([.. answer.Columns], c => c.Name == EventColumn);
        var hits = new List<Hit>();
        foreach (var row in answer.Rows)
        {
            var events = await Events(ask, answer, row, place, stretch, stop);
            if (events is null) return new([], answer.Rows.Count, bytes, ms, SearchState.Complete, NoEvents(saved));
            if (events.Newest.Position < fresh) continue;
            hits.Add(RowHits.Make(schedule, version, saved.Owner, answer.Columns, row, events, clock.NowMs()));
        }
        // Triage takes the hits of one rule on one thing in the order of their events.
        hits.Sort((a, b) => a.Event.CompareTo(b.Event));
        return new(hits, answer.Rows.Count, bytes, ms, SearchState.Complete, finding);
    }

    async ValueTask<RowEvents?> Events(SearchAsk ask, SearchAnswer answer, object?[] row, int place, Stretch stretch, CancellationToken stop)
    {
        if (place >= 0) return EventId.TryParse(row[place] as string ?? "", out var id) && await engine.Events([id], engine.Own, stop) is [var one] ? new(id, one.TimeMs, one.SourceId, []) : null;
        List<RowValue> cells = [.. answer.Columns.Select((c, i) => new RowValue(c.Name, c.Type, row[i] is null ? null : CsvText.Plain(row[i])))];
        if (engine.Behind(ask, cells) is not { } behind) return null;
        var found = await engine.Search(new($"{behind} | sort by timestamp desc | take {ScheduleLimits.ContributingMax} | project {EventColumn}, timestamp, log.source.id", Limit: ScheduleLimits.ContributingMax), new SearchHow(Stretch: stretch, Sight: engine.Own), stop);
        List<(EventId Id, long Ms, string Source)> all = [.. found.Rows.Select(r => (EventId.TryParse(r[0] as string ?? "", out var e) ? e : default, Parsing.Spans.ReadInstant(r[1] as string ?? "") ?? 0, r[2] as string ?? ""))];
        if (all.Count == 0) return null;
        var newest = all.MaxBy(e => e.Id);
        return new(newest.Id, newest.Ms, newest.Source, [.. all.Where(e => e.Id != newest.Id).Select(e => e.Id).Order()]);
    }

    public static Finding NoEvents(SavedSearch saved) =>
        new("SCH004", $"A row of '{saved.Now.Name}' cannot be traced to its events, so it makes no alert.", $"Keep the column {EventColumn}, or end with summarize … by plain columns.", saved.Id);
}
