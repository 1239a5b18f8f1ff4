using Andon.Model;
using Andon.Triage.Grouping;
using Andon.Triage.Priority;
using Andon.Triage.Signals;

namespace Andon.Triage.Cases;

/// <summary>
/// All that Triage knows: a fold over facts. The stage applies its own facts once when it decides on them (number 0) and again when the
/// log has numbered them; so each of these applies only once and the second time merely learns its number.
/// Callers hold <see cref="TriageDesk.Gate"/>.
/// </summary>
internal sealed partial class TriageState
{
    readonly Dictionary<string, CaseState> cases = [];
    readonly Dictionary<string, Signal> signals = [];
    readonly Dictionary<string, Dictionary<string, SignalKey>> keys = [];
    readonly Dictionary<string, ActiveHours> ruleHours = [];
    readonly Dictionary<string, ActiveHours> newcomerHours = [];
    readonly Dictionary<string, string> runs = [];
    readonly List<CaseState> byNumber = [];
    int sweptDay;

    public EntityBook Entities { get; } = new();
    public Sweeps Sweeps { get; } = new();
    public Estate Estate { get; } = new();
    public Reliability Reliability { get; } = new();
    public HashSet<Signal> Unwritten { get; } = [];
    public int KeyCount { get; private set; }
    public int FirstHour { get; private set; } = int.MaxValue;
    public long LastSeq { get; private set; }
    /// <summary>What each person last had in hands: pulled, moved, noted or closed.</summary>
    public Dictionary<string, string> LastWorked { get; } = [];

    public IReadOnlyList<CaseState> Cases => byNumber;
    public int NextNumber => byNumber.Count + 1;
    public int SignalCount => signals.Count;
    public Signal? Signal(string id) => signals.GetValueOrDefault(id);
    public CaseState? Case(string id) => cases.GetValueOrDefault(id);
    public string? CaseOfRun(string runId) => runs.GetValueOrDefault(runId);

    /// <summary>The case that a case became part of, or itself.</summary>
    public CaseState? Surviving(string id)
    {
        var found = cases.GetValueOrDefault(id);
        while (found?.MergedInto is { } into) found = cases.GetValueOrDefault(into);
        return found;
    }

    public IEnumerable<CaseState> OpenCases()
    {
        foreach (var c in byNumber)
            if (c.Open) yield return c;
    }

    public SignalKey? Key(string rule, string entity) => keys.TryGetValue(rule, out var of) ? of.GetValueOrDefault(entity) : null;
    public int KeysOf(string rule) => keys.TryGetValue(rule, out var of) ? of.Count : 0;

    /// <summary>u of a signal of that rule on that entity that opens at that time.</summary>
    public double Surprise(string rule, string entity, long ms)
    {
        var hour = ActiveHours.Of(ms);
        var observed = Math.Max(ObservedHours(ms), Limits.ObservedHoursMin);
        return Formula.Surprise(
            Math.Max(Chance(Key(rule, entity)?.Hours, hour, observed), Chance(newcomerHours.GetValueOrDefault(rule), hour, observed)),
            Chance(ruleHours.GetValueOrDefault(rule), hour, observed));
    }

    /// <summary>
    /// How unusual it is that the rule comes up anywhere at all, 0 to 1. A house that has watched for an hour knows of nothing that it is
    /// unusual, so here no longer watching than there was is assumed.
    /// </summary>
    public double SurpriseAnywhere(string rule, long ms) => Formula.SurpriseAnywhere(Chance(ruleHours.GetValueOrDefault(rule), ActiveHours.Of(ms), ObservedHours(ms)));

    // A job that runs each night is no surprise at night: what any hour makes likely, or this hour of the day, whichever is more.
    static double Chance(ActiveHours? hours, int hour, int observed)
    {
        var any = Formula.Chance(hours?.Count(hour - Limits.WindowHours, hour) ?? 0, observed);
        if (hours is null || hours.Last < hour - Limits.WindowHours - 1) return any;
        var (days, watched) = (0, observed / 24);
        for (var day = 1; day <= watched; day++)
            if (hours.Count(hour - day * 24 - 1, hour - day * 24 + 2) > 0) days++;
        return Math.Max(any, Formula.ChanceDaily(days, watched, any));
    }

    /// <summary>Whole hours that the house has watched before that time, at most those of the window.</summary>
    public int ObservedHours(long ms) => FirstHour == int.MaxValue ? 0 : Math.Clamp(ActiveHours.Of(ms) - FirstHour, 0, Limits.WindowHours);

    /// <summary>A signal lasted until that time: its hours count as active.</summary>
    public void Active(Signal signal, SignalKey key, long toMs)
    {
        var (from, to) = (ActiveHours.Of(signal.Opened.FirstMs), ActiveHours.Of(toMs));
        key.Hours.Add(from, to);
        ruleHours[signal.Opened.RuleId].Add(from, to);
    }

    public void Apply(Fact fact)
    {
        if (fact.Seq > 0) LastSeq = fact.Seq;
        Work(fact);
        switch (fact.Body)
        {
            case SignalOpened f: Opened(f, fact); break;
            case SignalRepeated f: Repeated(f, fact.AtMs); break;
            case CaseOpened f: OpenedCase(f, fact); break;
            case SignalJoined f: Joined(f, fact); break;
            case CaseMerged f: Merged(f, fact); break;
            case PriorityShifted f: Shifted(f, fact); break;
            case CardPulled f when Find(f.CaseId) is { } c:
                (c.Owner, c.Lane) = (f.Owner, c.Lane == Lane.New ? Lane.Triage : c.Lane);
                Did(c, fact, "pulled", f.OutOfOrder is null ? $"pulled by {f.Owner}" : $"pulled out of order by {f.Owner}: {f.OutOfOrder}");
                break;
            case CardMoved f when Find(f.CaseId) is { } c:
                c.Lane = f.To;
                if (f.To == Lane.New) c.Owner = null;
                Did(c, fact, "moved", f.Why.Length == 0 ? $"{f.From} → {f.To}" : $"{f.From} → {f.To}: {f.Why}");
                break;
            case CaseNoted f when fact.Seq > 0 && Find(f.CaseId) is { } c:
                c.Notes.Add((fact.AtMs, fact.Actor, f.Text));
                Did(c, fact, "noted", f.Text);
                break;
            case CaseClosed f when Find(f.CaseId) is { } c: Close(c, f, fact); break;
            case CaseReopened f when Find(f.CaseId) is { } c: Reopen(c, f, fact); break;
            case AssetStated f: Estate.State(f); break;
            case WindowOpened f: Estate.Open(f); break;
            case WindowClosed f: Estate.Close(f.WindowId); break;
            case RunStarted f when Find(f.CaseId) is { } c:
                c.Runs[f.RunId] = (f.PlaybookId, "running");
                runs[f.RunId] = f.CaseId;
                Did(c, fact, "run", $"playbook {f.PlaybookId} started");
                break;
            case StepAsked f: Run(f.RunId, "waiting"); break;
            case StepEnded f: Run(f.RunId, f.Outcome == StepOutcome.InDoubt ? "inDoubt" : "running"); break;
            case RunEnded f: Ended(f, fact); break;
            default: Regrouped(fact); break;
        }
        FoldBoard(fact);
        FoldLegal(fact);
    }

    CaseState? Find(string id) => cases.GetValueOrDefault(id);

    void Opened(SignalOpened f, Fact fact)
    {
        if (signals.TryGetValue(f.SignalId, out var known)) { known.Seq = fact.Seq; return; }
        var signal = signals[f.SignalId] = new(f, fact.Seq, fact.AtMs);
        Forget(fact.AtMs);
        if (!keys.TryGetValue(f.RuleId, out var ofRule)) keys[f.RuleId] = ofRule = [];
        if (!ofRule.TryGetValue(f.Entity, out var key))
        {
            // The first entity that a rule ever meets says nothing about its roaming.
            if (ofRule.Count > 0)
            {
                if (!newcomerHours.TryGetValue(f.RuleId, out var newcomers)) newcomerHours[f.RuleId] = newcomers = new();
                newcomers.Add(ActiveHours.Of(f.FirstMs), ActiveHours.Of(f.FirstMs));
            }
            ofRule[f.Entity] = key = new();
            KeyCount++;
        }
        key.Bursts.Add(signal);
        if (key.Bursts.Count > Limits.BurstsPerKeyMax) key.Bursts.RemoveAt(0);
        key.LastEvent = Math.Max(key.LastEvent, EventOf(f.FirstHit));
        ruleHours.TryAdd(f.RuleId, new());
        FirstHour = Math.Min(FirstHour, ActiveHours.Of(f.FirstMs));
        Active(signal, key, f.FirstMs);
        foreach (var entity in f.Entities) Touch(signal, entity);
        foreach (var leased in signal.Leased) Touch(signal, leased.AsEntity());
        Sweeps.Met(signal);
    }

    void Repeated(SignalRepeated f, long atMs)
    {
        if (!signals.TryGetValue(f.SignalId, out var signal)) return;
        if (f.Count <= signal.WrittenCount) return;
        var key = Key(signal.Opened.RuleId, signal.Opened.Entity);
        signal.SeenMs = Math.Max(signal.SeenMs, atMs);
        if (f.Count > signal.Count)
        {
            Counted(signal, f.Count - signal.Count, f.LastMs);
            (signal.Count, signal.LastHit) = (f.Count, f.LastHit);
        }
        (signal.WrittenCount, signal.WrittenMs) = (f.Count, f.LastMs);
        if (key is not null)
        {
            key.LastEvent = Math.Max(key.LastEvent, EventOf(f.LastHit));
            Active(signal, key, f.LastMs);
        }
        if (f.Entities is { } fresh)
        {
            foreach (var entity in fresh)
            {
                if (signal.Entities.Contains(entity)) continue;
                signal.Entities.Add(entity);
                Touch(signal, entity);
                foreach (var c in Chain(signal.CaseId))
                {
                    c.AddEntity(signal, entity);
                    if (c.MergedInto is null) InCase(c, signal, entity);
                }
            }
        }
        foreach (var leased in f.Leased ?? [])
        {
            if (signal.Leased.Contains(leased)) continue;
            signal.Leased.Add(leased);
            Touch(signal, leased.AsEntity());
            foreach (var c in Chain(signal.CaseId))
            {
                c.AddLeased(signal, leased);
                if (c.MergedInto is null) InCase(c, signal, leased.AsEntity());
            }
        }
        (signal.Fresh, signal.FreshLeased) = (null, null);
        if (signal.Unwritten) Unwritten.Add(signal); else Unwritten.Remove(signal);
    }

    // Once a day, by the clock of processing, so that an event with a wild date forgets nothing.
    void Forget(long nowMs)
    {
        var day = EntityBook.DayOf(nowMs);
        if (day <= sweptDay) return;
        sweptDay = day;
        var before = nowMs - Limits.WindowHours * Limits.Hour;
        foreach (var (rule, ofRule) in keys)
        {
            foreach (var (entity, key) in ofRule)
                if (key.Bursts.TrueForAll(b => b.SeenMs < before && !b.Unwritten) && ofRule.Remove(entity)) KeyCount--;
            if (ofRule.Count == 0) keys.Remove(rule);
        }
    }

    /// <summary>More alerts of a signal; called by the stage as they come and by the fold for those it did not see come.</summary>
    public void Counted(Signal signal, long more, long ms)
    {
        signal.LastMs = Math.Max(signal.LastMs, ms);
        foreach (var c in Chain(signal.CaseId)) c.Heard(ms, signal.SeenMs, c.Id == signal.CaseId ? more : 0);
    }

    void Touch(Signal signal, Entity entity)
    {
        string? host = null, person = null;
        foreach (var e in signal.Entities)
        {
            if (e.Kind == EntityKind.Host) host ??= e.Value;
            else if (Linker.IsPerson(e)) person ??= e.Value;
        }
        Entities.Touch(Salience.LinkKey(entity, signal.Entities), entity.Kind, EntityBook.DayOf(signal.AtMs), signal.Opened.RuleId, signal.Rare, host, person);
    }

    void OpenedCase(CaseOpened f, Fact fact)
    {
        if (cases.TryGetValue(f.CaseId, out var known)) { known.OpenedSeq = fact.Seq; return; }
        var made = cases[f.CaseId] = new(f.CaseId, f.Number, f.Title, f.Domain, f.Manual, fact.AtMs) { OpenedSeq = fact.Seq };
        byNumber.Add(made);
    }

    void Joined(SignalJoined f, Fact fact)
    {
        if (!signals.TryGetValue(f.SignalId, out var signal)) return;
        signal.JoinSeq = fact.Seq;
        if (signal.CaseId is not null || Surviving(f.CaseId) is not { } target) return;
        signal.CaseId = target.Id;
        Join(signal, f.Reason);
        target.Add(signal, Reliability.Of(signal.Opened.RuleId, signal.Opened.Entity));
        Tell(target, signal);
    }

    // A sweep is one opinion: its members count as the first of them.
    void Join(Signal signal, JoinReason? reason)
    {
        signal.Join = reason;
        signal.CountsAs = Sweeps.IsTie(reason) && Signal(reason!.With) is { } origin ? origin.CountsAs : signal.Opened.Entity;
    }

    void Tell(CaseState target, Signal signal)
    {
        foreach (var entity in signal.Entities) InCase(target, signal, entity);
        foreach (var leased in signal.Leased) InCase(target, signal, leased.AsEntity());
    }

    void InCase(CaseState target, Signal signal, Entity entity) => Entities.InCase(Salience.LinkKey(entity, signal.Entities), target.Id);

    void Merged(CaseMerged f, Fact fact)
    {
        // What is taken back goes to where it was, which may be a case that is itself part of another.
        var again = f.UndoesId is { } undone ? Acts.Tie(undone, f.CaseId) : null;
        if (Find(f.CaseId) is not { } from || (again is null ? Surviving(f.IntoCaseId) : Find(f.IntoCaseId)) is not { } into) return;
        Did(into, fact, "merged", $"case {from.Number} moved in: {f.Reason.Text}");
        if (from.Tie is { } told && told.IntoId == into.Id) told.Seq = fact.Seq;
        if (from.MergedInto is not null || from == into) return;
        from.MergedInto = into.Id;
        var given = into.Owner is null && from.Owner is not null;
        from.Tie = again is null ? new(into.Id, f.Reason, fact.Actor, fact.Cause, fact.AtMs, given) { Seq = fact.Seq } : again with { OwnerGiven = given, Seq = fact.Seq };
        into.MergedIn.Add(from.Id);
        Rejoin(f.Joins ?? []);
        Acts.Add(f.Act, f);
        foreach (var holder in Chain(into.Id))
            foreach (var signal in from.Signals)
            {
                holder.Hold(signal, Reliability.Of(signal.Opened.RuleId, signal.Opened.Entity));
                if (holder.MergedInto is null) Tell(holder, signal);
            }
        foreach (var key in from.TieKeys) Entities.OutOfCase(key, from.Id);
        if (from.Tie.OwnerGiven) (into.Owner, into.Lane) = (from.Owner, from.Lane);
    }

    static void Shifted(PriorityShifted f, Fact fact, CaseState c)
    {
        (c.Stored, c.StoredMs) = (f.Why, fact.AtMs);
        c.History.Add(new(fact.AtMs, f.From, f.To, f.Reason, fact.Seq));
        if (c.History.Count > Limits.HistoryMax) c.History.RemoveAt(0);
    }

    void Shifted(PriorityShifted f, Fact fact)
    {
        if (Find(f.CaseId) is not { } c) return;
        UnderFloor(c, f, fact.AtMs);
        Shifted(f, fact, c);
    }

    void Close(CaseState c, CaseClosed f, Fact fact)
    {
        if (c.Closed is not null) return;
        (c.Closed, c.ClosedMs, c.Lane) = (f, fact.AtMs, Lane.Closed);
        Did(c, fact, "closed", $"{f.Verdict}: {f.Reason}");
        foreach (var (rule, entities) in Credited(c)) Reliability.Add(rule, entities, f.Verdict, fact.AtMs);
        foreach (var key in c.TieKeys) Entities.OutOfCase(key, c.Id);
        ClosedBook.Add(c);
        if (f.Discovery == Discoveries.ExpiredUnworked) Expired[EntityBook.DayOf(fact.AtMs)] = Expired.GetValueOrDefault(EntityBook.DayOf(fact.AtMs)) + 1;
        ReweighFor(c);
    }

    void Reopen(CaseState c, CaseReopened f, Fact fact)
    {
        if (c.Closed is not { } closed) return;
        foreach (var (rule, entities) in Credited(c)) Reliability.Remove(rule, entities, closed.Verdict);
        (c.Closed, c.Lane) = (null, c.Owner is null ? Lane.New : Lane.Triage);
        foreach (var key in c.TieKeys) Entities.InCase(key, c.Id);
        ClosedBook.Remove(c.Id);
        c.Reweigh(Reliability);
        ReweighFor(c);
        Did(c, fact, "reopened", f.Why);
    }

    /// <summary>
    /// The rules a verdict speaks about: those that carried the case. What merely stood beside gets no credit and no blame; each rule
    /// counts once, however many signals it had.
    /// </summary>
    static IEnumerable<(string Rule, IEnumerable<string> Entities)> Credited(CaseState c)
    {
        var weights = c.Signals.Select(s => (s.Opened, Alone: s.Opened.Base * (0.05 + 0.95 * s.Opened.Surprise * s.Opened.Surprise))).ToList();
        if (weights.Count == 0) return [];
        var most = weights.Max(w => w.Alone);
        return weights.Where(w => w.Alone >= most * 0.25)
            .GroupBy(w => w.Opened.RuleId)
            .Select(g => (g.Key, (IEnumerable<string>)g.Select(w => w.Opened.Entity).Distinct().ToList()))
            .ToList();
    }

    void ReweighFor(CaseState verdictOn)
    {
        foreach (var open in OpenCases())
            if (open.Rules.Overlaps(verdictOn.Rules)) open.Reweigh(Reliability);
    }

    void Run(string runId, string state)
    {
        if (runs.TryGetValue(runId, out var id) && Find(id) is { } c) c.Runs[runId] = (c.Runs[runId].PlaybookId, state);
    }

    void Ended(RunEnded f, Fact fact)
    {
        var state = f.Outcome switch { StepOutcome.Succeeded => "succeeded", StepOutcome.Cancelled => "cancelled", StepOutcome.InDoubt => "inDoubt", _ => "failed" };
        Run(f.RunId, state);
        if (runs.TryGetValue(f.RunId, out var id) && Find(id) is { } c) Did(c, fact, "run", $"playbook {c.Runs[f.RunId].PlaybookId} {state}");
    }

    void Did(CaseState c, Fact fact, string kind, string text)
    {
        if (fact.Seq == 0) return;
        c.Deeds.Add(new(fact.AtMs, kind, fact.Actor, text, fact.Seq));
        if (kind is "pulled" or "moved" or "noted" or "closed" && fact.Actor.StartsWith("user:", StringComparison.Ordinal)) LastWorked[fact.Actor[5..]] = c.Id;
    }

    static ulong EventOf(string hit) =>
        hit.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && EventId.TryParse(hit.AsSpan(0, slash), out var id) ? id.Value : 0;
}
