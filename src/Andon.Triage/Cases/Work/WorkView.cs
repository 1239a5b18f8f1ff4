using Andon.Model;
using Andon.Triage.Grouping;

namespace Andon.Triage.Cases.Work;

/// <param name="Ms">How long it lasted, up to now for the last.</param>
public sealed record StateSpanView(string? State, Lane Lane, long FromMs, long Ms, string Actor, string Why);

public sealed record TechniqueView(string Id, string Name, int Signals);

public sealed record TacticView(string Tactic, IReadOnlyList<TechniqueView> Techniques);

/// <summary>The work on a case beside its evidence: marks, state, clocks, counts.</summary>
/// <param name="States">Those that its lane has.</param>
public sealed record WorkView(
    Tlp Tlp, Pap Pap, string Classification, IReadOnlyList<string> People, string? State, IReadOnlyList<StateChoice> States, IReadOnlyList<StateSpanView> Spans,
    IReadOnlyList<ClockView> Clocks, bool Paused, string PausedWhy, int TasksDone, int TasksTotal, int Observables, int Evidence, IReadOnlyList<MissingView> Missing,
    string? Template, IReadOnlyDictionary<string, string> Fields, long? ReportedAtMs, IReadOnlyList<TacticView> Attack)
{
    /// <summary>Legal duties that a person can state.</summary>
    public IReadOnlyList<DutyView> Duties { get; init; } = [];
}

/// <param name="Sources">The laws that its clocks are from.</param>
/// <param name="AwareMs">Since when the house has known; null while it is not stated.</param>
public sealed record DutyView(string Duty, string Sources, long? AwareMs, string Why);

/// <summary>Reads it. Callers hold the gate.</summary>
internal sealed class WorkViews(TriageDesk desk, Clocks clocks, StateBook states, TechniqueNames names)
{
    TriageState State => desk.State;

    public (int Done, int Total) Tasks(CaseState c)
    {
        var (done, total) = (0, 0);
        foreach (var m in State.Family(c))
        {
            total += m.Work.Tasks.Count;
            foreach (var t in m.Work.Tasks.Values)
                if (t.Ended) done++;
        }
        return (done, total);
    }

    public IReadOnlyList<ClockView> Clocks(CaseState c) => clocks.Of(c, desk.NowMs);

    public (Tlp Tlp, Pap Pap) Marks(CaseState c)
    {
        var mark = State.Mark(c);
        return (mark.Tlp, mark.Pap);
    }

    public WorkView Of(CaseState c)
    {
        var now = desk.NowMs;
        var members = State.Family(c);
        var mark = State.Mark(c);
        var (done, total) = Tasks(c);
        var spans = c.Work.Spans;
        var report = members.Select(m => m.Work.Report).FirstOrDefault(r => r is not null);
        var observables = c.Entities.Values.Where(e => e.Entity.Value.Length > 0).Select(e => ObservableIndex.Key(e.Entity)).Concat(members.SelectMany(m => m.Work.Observables.Keys)).Distinct().Count();
        return new(mark.Tlp, mark.Pap, mark.Classification, mark.People, c.Work.State, [.. states.Choices.Where(s => s.Lane == c.Lane)],
            [.. spans.Select((s, i) => new StateSpanView(s.State, s.Lane, s.FromMs, (i + 1 < spans.Count ? spans[i + 1].FromMs : c.Open ? now : Math.Max(s.FromMs, c.ClosedMs)) - s.FromMs, s.Actor, s.Why))],
            Clocks(c), c.Work.Paused && c.Open, c.Work.Paused ? c.Work.Pauses[^1].Why : "", done, total, observables, members.Sum(m => m.Work.Evidence.Count),
            [.. members.SelectMany(m => m.Work.Missing.Values.Select(x => MissingSlices.View(m, x)))],
            report?.Template, report?.Fields ?? new Dictionary<string, string>(), report?.AtMs, Attack(c))
        { Duties = [.. State.LegalRules.GroupBy(r => r.Duty).Select(g => Duty(c, g.Key, g))] };
    }

    DutyView Duty(CaseState c, string duty, IEnumerable<LegalRule> rules)
    {
        var first = State.Duties(c, duty).Select(d => d.Duty).MinBy(d => d.AwareMs);
        return new(duty, string.Join(", ", rules.Select(r => r.Source).Distinct()), first?.AwareMs, first?.Why ?? "");
    }

    /// <summary>Tactics and techniques of its signals, as their rules name them. A rule may name a technique under several tactics.</summary>
    List<TacticView> Attack(CaseState c) =>
        [.. c.Signals.SelectMany(s => s.Opened.Tactics).Distinct().OrderBy(Signals.Attack.Rank).Select(tactic => new TacticView(tactic,
            [.. c.Signals.Where(s => s.Opened.Tactics.Contains(tactic)).SelectMany(s => s.Opened.Techniques).GroupBy(t => t)
                .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => new TechniqueView(g.Key, names.Of(g.Key), g.Count()))]))];
}
