using Andon.Model;
using Andon.Triage.Grouping;
using Andon.Triage.Priority;
using Andon.Triage.Signals;

namespace Andon.Triage.Cases;

/// <summary>
/// Which signal is in which case. A signal lives in one case, its home; a case merged into another keeps what lives in it, and the other
/// shows it too. So a merge, an unmerge and a move change one link each and can be taken back.
/// </summary>
internal sealed partial class TriageState
{
    readonly Dictionary<string, SignalsMoved> moves = [];

    public PartingBook Partings { get; } = new();
    /// <summary>What each act by hand was made of, so that it can be taken back.</summary>
    public ActBook Acts { get; } = new();
    public ClosedBook ClosedBook { get; } = new();
    /// <summary>Cases that closed by themselves because nobody worked on them, by day of Unix time.</summary>
    public SortedDictionary<int, int> Expired { get; } = [];

    public int MoveCount => moves.Count;
    public SignalsMoved? Move(string id) => moves.GetValueOrDefault(id);
    public IEnumerable<SignalsMoved> Moves => moves.Values;
    public CaseState? CaseOf(Signal signal) => signal.CaseId is { } id ? Surviving(id) : null;
    public int AuthorisedCases => OpenCases().Count(c => c.Authorised);

    /// <summary>The case itself, then those that it is part of, outermost last.</summary>
    public IEnumerable<CaseState> Chain(string? id)
    {
        for (var c = id is null ? null : Find(id); c is not null; c = c.MergedInto is { } into ? Find(into) : null) yield return c;
    }

    /// <summary>The case and all that was merged into it, and into those.</summary>
    public IEnumerable<CaseState> Family(CaseState c)
    {
        yield return c;
        foreach (var id in c.MergedIn)
            if (Find(id) is { } part)
                foreach (var one in Family(part)) yield return one;
    }

    /// <summary>Alerts per hour of the case and all that is part of it.</summary>
    public IReadOnlyList<long> Spark(CaseState c, long nowMs) => c.MergedIn.Count == 0 ? c.Spark.Read(nowMs) : Andon.Triage.Cases.Spark.Sum([.. Family(c).Select(f => f.Spark)], nowMs);

    /// <summary>The constraint that keeps two cases apart, or null.</summary>
    public Parting? PartedBy(CaseState a, CaseState b)
    {
        foreach (var parting in Partings.Active)
        {
            var (left, right) = Sides(parting);
            if ((left == a && right == b) || (left == b && right == a)) return parting;
        }
        return null;
    }

    /// <summary>May this new signal not join that case? Someone said so, or one is authorised activity and the other is not.</summary>
    public bool Bars(Signal signal, CaseState target)
    {
        if (signal.Authorised is not null != target.Authorised) return true;
        foreach (var parting in Partings.Active)
            if (parting.Fact.SignalId is { } id && Signal(id) is { } parted && parted.Opened.RuleId == signal.Opened.RuleId && parted.Opened.Entity == signal.Opened.Entity
                && Surviving(parting.Fact.OtherCaseId) == target && CaseOf(parted) != target) return true;
        return false;
    }

    public (CaseState? Left, CaseState? Right) Sides(Parting parting) =>
        (parting.Fact.SignalId is { } id && Signal(id)?.CaseId is { } home ? Surviving(home) : Surviving(parting.Fact.CaseId), Surviving(parting.Fact.OtherCaseId));

    void Regrouped(Fact fact)
    {
        switch (fact.Body)
        {
            case SignalsMoved f: Moved(f, fact); break;
            case CaseUnmerged f: Unmerged(f, fact); break;
            case CasesParted f:
                Acts.Add(f.Act, f);
                Partings.Add(f, fact);
                Told(fact, "parted", f.CaseId, f.OtherCaseId, f.Why);
                break;
            case PartingWithdrawn f:
                Acts.Add(f.Act, f, Partings.Find(f.ConstraintId)?.Fact);
                Partings.Withdraw(f.ConstraintId);
                Told(fact, "parted", f.CaseId, f.OtherCaseId, "withdrawn: " + f.Why);
                break;
            case CaseRecurred f when Find(f.CaseId) is { } c && Find(f.OfCaseId) is { } of:
                c.RecurrenceOf = f;
                if (!of.RecurredAs.Contains(c.Id)) of.RecurredAs.Add(c.Id);
                Did(c, fact, "recurred", f.Reason.Text);
                break;
            case SignalAuthorised f when Signal(f.SignalId) is { } signal:
                signal.Authorised = f.Entry;
                foreach (var c in Chain(signal.CaseId)) c.CountAuthorised();
                break;
            default: break;
        }
    }

    void Told(Fact fact, string kind, string caseId, string otherId, string why)
    {
        if (Find(caseId) is not { } a || Find(otherId) is not { } b) return;
        Did(a, fact, kind, $"not related to case {b.Number}: {why}");
        Did(b, fact, kind, $"not related to case {a.Number}: {why}");
    }

    void Moved(SignalsMoved f, Fact fact)
    {
        if (Find(f.CaseId) is not { } from || Find(f.ToCaseId) is not { } to) return;
        var what = f.SignalIds.Count == 1 ? $"“{Signal(f.SignalIds[0])?.Opened.Title}”" : $"{f.SignalIds.Count} signals";
        Did(from, fact, "regrouped", $"{what} left for case {to.Number}: {f.Why}");
        Did(to, fact, "regrouped", $"{what} came from case {from.Number}: {f.Why}");
        if (!moves.TryAdd(f.MoveId, f)) return;
        Acts.Add(f.Act ?? f.MoveId, f);
        var leaving = f.SignalIds.Select(Signal).OfType<Signal>().ToList();
        var set = leaving.ToHashSet();
        var changed = new HashSet<CaseState>();
        var before = new Dictionary<CaseState, List<string>>();
        foreach (var home in leaving.Select(s => s.CaseId).Distinct()) changed.UnionWith(Chain(home));
        foreach (var home in leaving.Select(s => f.HomeOf(s.Id)).Distinct()) changed.UnionWith(Chain(home));
        foreach (var c in changed)
        {
            before[c] = [.. c.TieKeys];
            c.Drop(set);
        }
        foreach (var signal in leaving)
        {
            signal.CaseId = f.HomeOf(signal.Id);
            foreach (var c in Chain(signal.CaseId)) c.Signals.Add(signal);
        }
        Rejoin(f.Joins);
        foreach (var signal in leaving.OrderBy(s => s.Opened.FirstMs)) Join(signal, signal.Join); // What hung on one that left counts as that one now.
        foreach (var c in changed)
        {
            c.Rebuild(Reliability, spark: true);
            if (c.Open) Seen(c, before[c]);
        }
    }

    void Rejoin(IReadOnlyList<JoinChange> joins)
    {
        foreach (var change in joins)
            if (Signal(change.SignalId) is { } signal) Join(signal, change.Now);
    }

    void Unmerged(CaseUnmerged f, Fact fact)
    {
        if (Find(f.CaseId) is not { } part || Find(f.FromCaseId) is not { } shownIn) return;
        Did(part, fact, "unmerged", $"stands on its own again, was part of case {shownIn.Number}: {f.Why}");
        Did(shownIn, fact, "unmerged", $"case {part.Number} left: {f.Why}");
        if (part.MergedInto is not { } parentId || part.Tie is not { } tie || Find(parentId) is not { } parent) return;
        Acts.Add(f.Act, f, tie);
        (part.MergedInto, part.Tie) = (null, null);
        Rejoin(f.Joins ?? []);
        parent.MergedIn.Remove(part.Id);
        var leaving = part.Signals.ToHashSet();
        foreach (var c in Chain(parentId))
        {
            List<string> before = [.. c.TieKeys];
            c.Drop(leaving);
            c.Rebuild(Reliability, spark: false);
            if (c.Open) Seen(c, before);
        }
        part.Reweigh(Reliability);
        if (part.Open) Seen(part, []);
        // What the merge brought goes back, unless someone took or moved the card since.
        if (tie.OwnerGiven && parent.Owner == part.Owner && !parent.Deeds.Exists(d => d.FactSeq > tie.Seq && d.Kind is "pulled" or "moved"))
            (parent.Owner, parent.Lane) = (null, parent.Lane == Lane.Closed ? Lane.Closed : Lane.New);
    }

    /// <summary>The book of entities learns what an open case has now that it had not, and the other way round.</summary>
    void Seen(CaseState c, List<string> before)
    {
        foreach (var key in before)
            if (!c.Ties(key)) Entities.OutOfCase(key, c.Id);
        foreach (var key in c.TieKeys) Entities.BackInCase(key, c.Id);
    }

    void UnderFloor(CaseState c, PriorityShifted f, long atMs)
    {
        if (c.Capped(f.To) >= Limits.FloorPoints) c.UnderFloorMs = Formula.UnderAt(f.Why, atMs, Limits.FloorPoints);
        else if (c.UnderFloorMs > atMs) c.UnderFloorMs = atMs;
    }
}
