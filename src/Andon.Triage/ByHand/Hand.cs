using System.Globalization;
using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Grouping;
using Andon.Triage.Priority;
using Andon.Triage.Signals;

namespace Andon.Triage.ByHand;

/// <summary>What a person's act became: facts, or a finding that says why not.</summary>
/// <param name="CaseId">The case to look at next.</param>
internal sealed record Act(IReadOnlyList<FactDraft> Drafts, Finding? Refused, string CaseId = "", string MoveId = "");

/// <summary>
/// People regroup: undo a join, split, move, merge, unmerge, say "not related", and take each of it back. Like the stage it applies its
/// facts as it decides on them; the log gives them their numbers after. One hand does one act.
/// </summary>
internal sealed partial class Hand(TriageState state, string actor, string why, long nowMs)
{
    readonly List<FactDraft> drafts = [];
    readonly Dictionary<string, string> touched = [];

    static Act No(string code, string message, string hint, string place) => new([], new(code, message, hint, place));

    Finding? Unreasoned() => string.IsNullOrWhiteSpace(why) ? new("TRI420", "There is no reason.", "Say why; the next person reads it.", "/why")
        : why.Length > Limits.TextMax ? new("TRI213", "The reason is too long.", $"Say it in {Limits.TextMax} characters.", "/why") : null;

    static Finding? Fixed(CaseState c) => c.MergedInto is { } into ? new("TRI210", $"This case became part of {into}.", "Go on there.", into)
        : c.Lane == Lane.Closed ? new("TRI421", $"Case {c.Number} is closed.", "Reopen it, giving a reason; its verdict speaks about all that is in it.", c.Id) : null;

    /// <summary>The signal and all that hangs on it become a case of their own; cases merged in through it stand alone again.</summary>
    public Act Unjoin(CaseState c, string signalId, bool notRelated)
    {
        if ((Unreasoned() ?? Fixed(c)) is { } refused) return new([], refused);
        if (c.Signals.Find(s => s.Id == signalId) is not { } signal) return NotThere(signalId);
        var falls = Forest.Of(c, signal, state);
        if (falls.Signals.Count == c.Signals.Count)
            return No("TRI423", "Everything in this case hangs on that signal.", "Undo the join of one that hangs on it, or split the case.", signalId);
        var (via, with) = (signal.Join?.Via, signal.Join is { } join ? state.Signal(join.With) : null);
        var to = Open(c, signal);
        var move = Move(c, to, Regrouping.Unjoined, falls.Signals, new() { [signal] = null });
        foreach (var part in falls.Cases)
            if (part.MergedInto is not null) Part(part, state.Surviving(part.Id) ?? c, move, []);
        if (notRelated)
        {
            List<HalvedTie> halved = via is not null && with is not null ? [new(via, signal.Opened.RuleId, with.Opened.RuleId)] : [];
            if (Keep(to, c, signal.Id, halved, move) is { } full) return new([], full);
        }
        return Done(to.Id, move);
    }

    /// <summary>Chosen signals become a case of their own; what hung on them stays, on what they hung on.</summary>
    public Act Split(CaseState c, IReadOnlyList<string> signalIds)
    {
        if ((Unreasoned() ?? Fixed(c)) is { } refused) return new([], refused);
        if (Choose(c, signalIds, out var chosen) is { } wrong) return new([], wrong);
        if (chosen.Count == c.Signals.Count) return No("TRI423", "That is the whole case.", "Choose some of its signals, not all.", "/signalIds");
        var to = Open(c, chosen[0]);
        return Done(to.Id, Move(c, to, Regrouping.Split, chosen, []));
    }

    public Act Move(CaseState c, IReadOnlyList<string> signalIds, CaseState to)
    {
        if ((Unreasoned() ?? Fixed(c) ?? Fixed(to)) is { } refused) return new([], refused);
        if (to == c) return No("TRI424", "They are in that case already.", "Choose another case.", "/to");
        if (Choose(c, signalIds, out var chosen) is { } wrong) return new([], wrong);
        if (chosen.Count == c.Signals.Count) return No("TRI423", "That is the whole case.", "Merge it into the other instead.", "/signalIds");
        if (state.PartedBy(c, to) is { } parting) return new([], MergeGuard.RefuseByHand(to, c, parting) ?? Parted(parting));
        if (chosen.Exists(s => s.Authorised is not null) != to.Authorised && to.Signals.Count > 0)
            return No("TRI427", "One is authorised activity, the other is not.", "Choose only signals of the same kind, or mend the allow-list.", "/signalIds");
        if (to.Signals.Count + chosen.Count > Limits.CaseByHandMax) return No("TRI429", $"It would have more than {Limits.CaseByHandMax} signals.", "Split them off instead.", "/signalIds");
        return Done(to.Id, Move(c, to, Regrouping.Moved, chosen, []));
    }

    public Act Merge(CaseState into, CaseState from)
    {
        if ((Unreasoned() ?? MergeGuard.RefuseByHand(into, from, state.PartedBy(into, from))) is { } refused) return new([], refused);
        Put(new CaseMerged(from.Id, into.Id, new("by hand", "", 0, 1, $"merged by {MergeGuard.Who(actor)}: {why}")));
        touched[into.Id] = $"case {from.Number} moved in by hand";
        touched.Remove(from.Id);
        return Done(into.Id, "");
    }

    public Act Unmerge(CaseState part)
    {
        if (Unreasoned() is { } refused) return new([], refused);
        if (part.MergedInto is null || state.Surviving(part.Id) is not { } shownIn) return No("TRI430", $"Case {part.Number} is not part of another.", "Look at the case that shows it.", part.Id);
        if (Fixed(shownIn) is { } closed) return new([], closed);
        if (part.Signals.Count == 0) return No("TRI431", $"Nothing is left in case {part.Number}.", "It was taken back when its signals returned.", part.Id);
        Part(part, shownIn, null, []);
        return Done(part.Id, "");
    }

    /// <summary>Two cases are not related. What ties them most weighs half between those rules from now on.</summary>
    public Act NotRelated(CaseState a, CaseState b, Salience salience)
    {
        if (Unreasoned() is { } refused) return new([], refused);
        if (a == b) return No("TRI424", "That is one case.", "Undo the join of the signal that does not belong, as not related.", "/caseId");
        if (state.PartedBy(a, b) is { } known) return new([], Parted(known));
        var shared = a.Entities.Where(e => b.Entities.ContainsKey(e.Key) && salience.TypeWeight(e.Value.Entity) > 0)
            .OrderByDescending(e => salience.TypeWeight(e.Value.Entity)).ThenBy(e => e.Key, StringComparer.Ordinal).Take(3);
        List<HalvedTie> halved = [.. shared.Select(e => (e.Value.Entity, A: RuleOf(e.Value), B: RuleOf(b.Entities[e.Key]))).Where(t => t.A is not null && t.B is not null)
            .Select(t => new HalvedTie(Keys.Of(t.Entity), t.A ?? "", t.B ?? ""))];
        return Keep(a, b, null, halved) is { } full ? new([], full) : Done(a.Id, "");
    }

    public Act Withdraw(Parting parting)
    {
        if (Unreasoned() is { } refused) return new([], refused);
        Put(new PartingWithdrawn(parting.Fact.ConstraintId, parting.Fact.CaseId, parting.Fact.OtherCaseId, why));
        return Done(state.Surviving(parting.Fact.CaseId)?.Id ?? "", "");
    }

    string? RuleOf(CaseEntity entity) => state.Signal(entity.First.SignalId)?.Opened.RuleId;

    static Finding Parted(Parting parting) =>
        new("TRI428", $"{MergeGuard.Who(parting.Actor)} said that these are not related: {parting.Fact.Why}", "Withdraw that first, giving a reason.", parting.Fact.ConstraintId);

    Finding? Keep(CaseState a, CaseState b, string? signalId, IReadOnlyList<HalvedTie> halved, string? act = null)
    {
        if (state.Partings.Active.Count >= Limits.PartingsMax)
            return new("TRI437", $"There are {Limits.PartingsMax} constraints; that is the limit.", "Withdraw some that no longer matter.", "/triage/constraints");
        Put(new CasesParted($"p{state.Partings.Ever + 1}", a.Id, b.Id, signalId, why, halved) { Act = act });
        return null;
    }

    void Part(CaseState part, CaseState shownIn, string? act, Dictionary<Signal, JoinReason?> wish)
    {
        // What joined through it goes to live in it first, so that it leaves as one.
        var along = Forest.Along(shownIn, part);
        if (along.Count > 0) Move(shownIn, part, Regrouping.WentAlong, along, [], act);
        var joins = Joins(shownIn, null, [.. part.Signals], wish);
        Put(new CaseUnmerged(part.Id, shownIn.Id, why) { Joins = joins.Count > 0 ? joins : null, Act = act });
        touched[part.Id] = "it stands on its own again";
        touched[shownIn.Id] = $"case {part.Number} left";
    }

    // Both that which stays and that which goes must be trees again.
    List<JoinChange> Joins(CaseState from, CaseState? to, IReadOnlyList<Signal> leaving, Dictionary<Signal, JoinReason?> wish)
    {
        var gone = leaving.ToHashSet();
        // Reasons of signals that live elsewhere by now are not ours to give back.
        foreach (var away in wish.Keys.Where(s => !gone.Contains(s) && !from.Signals.Contains(s) && to?.Signals.Contains(s) != true).ToList()) wish.Remove(away);
        Forest.Mend([.. from.Signals.Where(s => !gone.Contains(s))], wish, state.Signal, $"stayed when {MergeGuard.Who(actor)} took away what it hung on");
        Forest.Mend([.. to?.Signals.Where(s => !gone.Contains(s)) ?? [], .. leaving], wish, state.Signal, $"put here by {MergeGuard.Who(actor)}: {why}");
        return [.. wish.Where(w => w.Key.Join != w.Value).Select(w => new JoinChange(w.Key.Id, w.Key.Join, w.Value)).OrderBy(j => j.SignalId, StringComparer.Ordinal)];
    }

    CaseState Open(CaseState from, Signal first)
    {
        var number = state.NextNumber;
        var id = "c" + number.ToString(CultureInfo.InvariantCulture);
        Put(new CaseOpened(id, number, Titles.First(first), from.Domain, Manual: false));
        return state.Case(id)!;
    }

    string Move(CaseState from, CaseState to, Regrouping how, IReadOnlyList<Signal> signals, Dictionary<Signal, JoinReason?> wish, string? act = null)
    {
        // Who only comes to live in another part of the same case hangs where it hung.
        var into = state.Surviving(to.Id) ?? to;
        var joins = into == from ? [] : Joins(from, into, signals, wish);
        var id = NextMove(act);
        var homes = signals.Where(s => s.CaseId is { } home && home != from.Id).ToDictionary(s => s.Id, s => s.CaseId ?? "");
        Put(new SignalsMoved(id, from.Id, to.Id, how, [.. signals.Select(s => s.Id)], joins, why) { Homes = homes.Count > 0 ? homes : null, Act = act });
        if (into == from) return id;
        touched[from.Id] = $"{Count(signals.Count)} left";
        touched[to.Id] = $"{Count(signals.Count)} came from case {from.Number}";
        return id;
    }

    string NextMove(string? act) => act is null ? $"m{state.MoveCount + 1}" : $"{act}.{state.MoveCount + 1}";

    static string Count(int signals) => signals == 1 ? "one signal" : $"{signals} signals";

    Finding? Choose(CaseState c, IReadOnlyList<string> signalIds, out List<Signal> chosen)
    {
        var ids = signalIds.ToHashSet();
        chosen = [.. c.Signals.Where(s => ids.Contains(s.Id)).OrderBy(s => s.Opened.FirstMs).ThenBy(s => s.Id, StringComparer.Ordinal)];
        if (ids.Count == 0) return new("TRI438", "No signal is chosen.", "Choose at least one.", "/signalIds");
        var here = c.Signals.Select(s => s.Id).ToHashSet();
        return ids.FirstOrDefault(i => !here.Contains(i)) is { } missing ? NotThere(missing).Refused : null;
    }

    static Act NotThere(string signalId) => No("TRI422", $"Signal {signalId} is not in this case.", "Reload the page; it may have been moved.", "/signalIds");

    void Put(FactBody body)
    {
        drafts.Add(new(actor, why, body) { AtMs = nowMs });
        state.Apply(new(0, nowMs, actor, why, body));
    }

    Act Done(string caseId, string moveId)
    {
        foreach (var (id, what) in touched)
        {
            if (state.Case(id) is not { Open: true, Signals.Count: > 0 } c) continue;
            var shift = PriorityShift.Of(c, state, nowMs, isNew: c.Stored is null);
            Put(shift with { Reason = Reasons.Line(shift, [what]) });
        }
        return new([.. drafts], null, caseId, moveId);
    }
}
