using Andon.Model;
using Andon.Triage.Board;
using Andon.Triage.Cases.Work;
using Andon.Triage.Grouping;
using Andon.Triage.Priority;

namespace Andon.Triage.Cases;

/// <summary>State as people see it. Callers hold the gate.</summary>
internal sealed class Views(TriageDesk desk, Salience salience, ControlBook controls, WorkViews work, StateBook states, CaseSight sight)
{
    /// <summary>Without settings and without anyone who asks: tools and tests, which see all.</summary>
    public Views(TriageDesk desk, Salience salience, ControlBook controls)
        : this(desk, salience, controls, new(desk, new(desk, ClockBook.None), new([], []), TechniqueNames.None), new([], []), new(desk, new Microsoft.AspNetCore.Http.HttpContextAccessor())) { }

    const int ChipsMax = 6;
    const int RelatedMax = 5;

    TriageState State => desk.State;

    public Card Card(CaseState c)
    {
        var now = desk.NowMs;
        var last = c.History.Count > 0 ? c.History[^1] : null;
        var (done, total) = work.Tasks(c);
        var mark = State.Mark(c);
        var priority = c.Open ? c.Priority(now, State.Estate) : last?.To ?? 0;
        return new(c.Id, c.Number, Titles.Of(c), priority, c.Lane, c.Domain, c.Owner, c.OpenedMs,
            c.LastMs == 0 ? c.OpenedMs : c.LastMs, c.Signals.Sum(s => s.Opened.RuleId == "manual" ? 0 : s.Count), c.Signals.Count, State.Spark(c, now), c.Level, Chips(c),
            [.. Reasons.Tactics(c)], sight.Veil(last?.Reason ?? ""), last is null ? 0 : last.To - last.From,
            [.. State.Family(c).SelectMany(f => f.Runs).Select(r => new RunChip(r.Key, r.Value.State))], Related(c))
        {
            Service = BoardViews.Service(c, State, now, priority),
            TitleOfRules = Titles.OfRules(c),
            Authorised = c.Authorised ? c.Signals[0].Authorised : null,
            RecurrenceOf = c.RecurrenceOf is { } r && (State.Surviving(r.OfCaseId) is not { } of || sight.Sees(of)) ? r.OfCaseId : null,
            TasksDone = done,
            TasksTotal = total,
            Clocks = work.Clocks(c),
            Tlp = mark.Tlp,
            Pap = mark.Pap,
            State = c.Work.State is { } id ? states.Find(id)?.Name ?? id : null,
            Classification = mark.Classification,
        };
    }

    /// <summary>May whoever asks now see it?</summary>
    public bool Shows(CaseState c) => sight.Sees(c);

    /// <summary>Cases that whoever asks now may not see.</summary>
    public IReadOnlyList<CaseState> Hidden() => sight.Hidden();

    public CaseView Case(CaseState c)
    {
        var why = PriorityShift.Explain(c, State, c.Open ? desk.NowMs : c.ClosedMs);
        var shares = why.Shares.ToDictionary(s => s.SignalId);
        var signals = c.Signals.OrderBy(s => s.Opened.FirstMs).ThenBy(s => s.Id, StringComparer.Ordinal).Select(s =>
        {
            var share = shares.GetValueOrDefault(s.Id);
            var o = s.Opened;
            return new SignalView(s.Id, o.RuleId, o.Title, o.Level, o.Entity, [.. s.Entities], s.Count, o.FirstMs, s.LastMs, share?.Lambda ?? 0, share?.Share ?? 0,
                o.Surprise, State.Reliability.Of(o.RuleId, o.Entity), Veiled(s.Join), s.Seq);
        }).ToList();
        var closed = c.Closed is { } f ? new ClosedView(c.ClosedMs, f.Verdict, f.ControlsFailed, f.EarliestMissedStage, f.Discovery, f.Reason, f.EffortMinutes) : null;
        return new(Card(c), why, [.. c.History.Select(h => new HistoryPoint(h.AtMs, h.From, h.To, sight.Veil(h.Reason), h.FactSeq))], signals,
            [.. State.Family(c).SelectMany(f => f.Notes).OrderBy(n => n.AtMs).Select(n => new NoteView(n.AtMs, n.Actor, n.Text))], Timeline(c), closed, controls.Choices, [.. c.MergedIn]) { Work = work.Of(c) };
    }

    List<TimelineEntry> Timeline(CaseState c)
    {
        var lines = new List<TimelineEntry> { new(c.OpenedMs, "response", "opened", c.Manual ? "case reported" : "case opened", c.OpenedSeq, null) };
        foreach (var s in c.Signals)
        {
            var hit = s.Opened.FirstHit;
            var slash = hit.IndexOf('/', StringComparison.Ordinal);
            lines.Add(new(s.Opened.FirstMs, "attack", "signal", s.Count > 1 ? $"{s.Opened.Title} ({s.Count} alerts)" : s.Opened.Title, s.Seq,
                slash > 0 && EventId.TryParse(hit.AsSpan(0, slash), out _) ? hit[..slash] : null));
        }
        // Notes and deeds stay where they were written; a case shows those of the cases that are part of it.
        foreach (var d in State.Family(c).SelectMany(f => f.Deeds)) lines.Add(new(d.AtMs, "response", d.Kind, sight.Veil(d.Text), d.FactSeq, null));
        return [.. lines.OrderBy(l => l.AtMs).ThenBy(l => l.Lane, StringComparer.Ordinal)];
    }

    JoinReason? Veiled(JoinReason? join) => join is null ? null : join with { Text = sight.Veil(join.Text) };

    // What one may not see is not counted either.
    List<EntityChip> Chips(CaseState c)
    {
        var hidden = sight.Hidden();
        return [.. c.Entities
            .Where(e => e.Value.Entity.Value.Length > 0)
            .OrderBy(e => e.Value.Entity.Kind is EntityKind.Host ? 0 : e.Value.Entity.Kind is EntityKind.User or EntityKind.Principal ? 1 : e.Value.Entity.Kind == EntityKind.Ip ? 2 : 3)
            .ThenByDescending(e => e.Value.Count).ThenBy(e => e.Key, StringComparer.Ordinal)
            .Take(ChipsMax)
            .Select(e => new EntityChip(e.Value.Entity.Kind, e.Value.Entity.Value, Math.Max(1, (State.Entities.Find(e.Key)?.EverCases ?? 1) - hidden.Count(h => h.Entities.ContainsKey(e.Key)))))];
    }

    List<string> Related(CaseState c)
    {
        if (!c.Open) return [];
        var found = new Dictionary<string, double>();
        foreach (var (key, shared) in c.Entities)
        {
            if (Tie(key, shared.Entity) is not (> 0 and var tie)) continue;
            foreach (var id in State.Entities.Find(key)?.Cases ?? [])
                if (id != c.Id && State.Case(id) is { Open: true } other && State.PartedBy(c, other) is null && sight.Sees(other)) found[id] = Math.Max(found.GetValueOrDefault(id), tie);
        }
        return [.. found.OrderByDescending(f => f.Value).ThenByDescending(f => State.Case(f.Key)?.Number).Take(RelatedMax).Select(f => f.Key)];
    }

    /// <summary>How much sharing this entity says, by its kind and by how many open cases have it.</summary>
    double Tie(string key, Entity entity)
    {
        var weight = salience.TypeWeight(entity);
        if (weight < Linker.JoinMin || State.Entities.Find(key) is not { StopReason: null } stat) return 0;
        return weight / Math.Max(1, Math.Log2(stat.Cases.Count));
    }

    /// <summary>0 to 1: how much of what one just worked on is in that case too.</summary>
    public double Relation(CaseState worked, CaseState candidate)
    {
        double best = 0;
        var (few, many) = worked.Entities.Count <= candidate.Entities.Count ? (worked, candidate) : (candidate, worked);
        foreach (var (key, shared) in few.Entities)
            if (many.Entities.ContainsKey(key)) best = Math.Max(best, Tie(key, shared.Entity));
        return best;
    }
}
