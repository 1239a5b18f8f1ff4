using Andon.Model;

namespace Andon.Triage.Cases.Work;

/// <summary>running, paused, met, late (ended after its time) or breached (out of time and still running).</summary>
public enum ClockCondition { Running, Paused, Met, Late, Breached }

/// <summary>What makes a clock one of the law: it never pauses, and ends when a person says that it is done.</summary>
/// <param name="Source">GDPR Art. 33.</param>
/// <param name="DoneBy">Null while it is open.</param>
public sealed record LegalMark(string Source, string Duty, long StartMs, string? DoneBy, long? DoneMs, string? Reference);

/// <summary>One clock of a case.</summary>
/// <param name="Until">Null for clocks of the law.</param>
/// <param name="RemainingMs">Below zero when it ran out.</param>
/// <param name="DueMs">When it runs out if nothing pauses it; null for clocks of business hours, paused ones and those that ended. A clock of the law keeps its date.</param>
public sealed record ClockView(string Id, string Name, ClockUntil? Until, ClockCondition Condition, long WithinMs, long ElapsedMs, long RemainingMs, long? DueMs, bool Business)
{
    public LegalMark? Legal { get; init; }
}

/// <summary>Reads the clocks of a case. Of the rules that end with the same thing the first that fits holds. Waiting outside does not count.</summary>
internal sealed class Clocks(TriageDesk desk, ClockBook book)
{
    public IReadOnlyList<ClockView> Of(CaseState c, long nowMs)
    {
        var legal = desk.State.Legal(c).Select(l => Read(l, nowMs));
        if (book.Rules.Count == 0) return [.. legal];
        var classification = desk.State.Mark(c).Classification;
        var views = new List<ClockView>(3);
        foreach (var until in Enum.GetValues<ClockUntil>())
            if (book.Rules.FirstOrDefault(r => r.Until == until && r.Fits(c, classification)) is { } rule) views.Add(Read(rule, c, nowMs));
        views.AddRange(legal);
        return views;
    }

    static ClockView Read(LegalClock clock, long nowMs)
    {
        var to = clock.Done?.AtMs ?? nowMs;
        var late = to > clock.DueMs;
        var condition = clock.Done is null ? late ? ClockCondition.Breached : ClockCondition.Running : late ? ClockCondition.Late : ClockCondition.Met;
        return new(clock.Rule.Id, clock.Rule.Name, null, condition, clock.DueMs - clock.StartMs, Math.Max(0, to - clock.StartMs), clock.DueMs - to, clock.DueMs, Business: false)
        {
            Legal = new(clock.Rule.Source, clock.Rule.Duty, clock.StartMs, clock.Done?.Actor, clock.Done?.AtMs, clock.Done?.Reference),
        };
    }

    ClockView Read(ClockRule rule, CaseState c, long nowMs)
    {
        // A case that was closed without it needs it no more: the clock ends there.
        var closed = c.Lane == Lane.Closed ? c.ClosedMs : (long?)null;
        var ended = rule.Until switch { ClockUntil.Engaged => c.Work.EngagedMs ?? closed, ClockUntil.Contained => c.Work.ContainedMs ?? closed, _ => closed };
        var elapsed = Elapsed(rule, c, ended ?? nowMs);
        var remaining = rule.WithinMs - elapsed;
        var condition = ended is not null ? remaining < 0 ? ClockCondition.Late : ClockCondition.Met
            : remaining < 0 ? ClockCondition.Breached
            : c.Work.Paused ? ClockCondition.Paused : ClockCondition.Running;
        return new(rule.Id, rule.Name, rule.Until, condition, rule.WithinMs, elapsed, remaining,
            ended is null && !rule.Business && !c.Work.Paused ? nowMs + remaining : null, rule.Business);
    }

    long Elapsed(ClockRule rule, CaseState c, long toMs)
    {
        long Time(long from, long to) => rule.Business ? book.Hours.Between(from, to) : Math.Max(0, to - from);
        var elapsed = Time(c.OpenedMs, toMs);
        foreach (var pause in c.Work.Pauses) elapsed -= Time(Math.Max(c.OpenedMs, pause.FromMs), Math.Min(toMs, pause.ToMs ?? toMs));
        return Math.Max(0, elapsed);
    }

    /// <summary>Clocks that ran out and of which no fact says so yet.</summary>
    public IEnumerable<ClockBreached> Breaches(CaseState c, long nowMs) =>
        from clock in Of(c, nowMs)
        where clock.Condition is ClockCondition.Breached or ClockCondition.Late && !(clock.Legal is null ? c.Work.Breached.Contains(clock.Id) : desk.State.Told(c, clock.Id, clock.DueMs ?? 0))
        select new ClockBreached(c.Id, clock.Id, clock.Name, clock.WithinMs);
}
