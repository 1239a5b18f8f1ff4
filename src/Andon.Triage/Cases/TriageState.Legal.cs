using Andon.Model;
using Andon.Triage.Cases.Work;

namespace Andon.Triage.Cases;

/// <summary>Legal duties, folded.</summary>
internal sealed partial class TriageState
{
    IReadOnlyList<LegalRule> legalRules = [];
    readonly List<CaseState> legalDated = [];

    /// <summary>Cases of which a legal duty was ever stated; few, so that what asks for them is cheap where there are none.</summary>
    public HashSet<string> EverLegal { get; } = [];

    /// <summary>The times that the law gives: settings, so no fact holds them.</summary>
    public IReadOnlyList<LegalRule> LegalRules
    {
        get => legalRules;
        set
        {
            legalRules = value;
            DateLegal();
        }
    }

    void FoldLegal(Fact fact)
    {
        if (fact.Seq > 0) Stated(fact);
        // Cases are joined and taken apart by several facts; with few cases under a duty all are looked at, but not for each alert.
        if (EverLegal.Count > 0 && fact.Body is not (SignalOpened or SignalRepeated or SignalJoined or PriorityShifted)) DateLegal();
    }

    void Stated(Fact fact)
    {
        switch (fact.Body)
        {
            case LegalDutyStated f when Find(f.CaseId) is { } c:
                EverLegal.Add(c.Id);
                if (!c.Work.Duties.TryGetValue(f.Duty, out var known)) c.Work.Duties[f.Duty] = new(f, fact.Actor, fact.AtMs);
                else if (f.AwareMs < known.AwareMs) (known.AwareMs, known.Why, known.Actor) = (f.AwareMs, f.Why, fact.Actor);
                Did(c, fact, "legal", $"legal duty {f.Duty}: {f.Why}");
                break;
            case LegalDutyWithdrawn f when Find(f.CaseId) is { } c:
                c.Work.Duties.Remove(f.Duty);
                Did(c, fact, "legal", $"legal duty {f.Duty} withdrawn: {f.Why}");
                break;
            case LegalClockDone f when Find(f.CaseId) is { } c && c.Work.Duties.TryGetValue(f.Duty, out var duty):
                duty.Done.TryAdd(f.Clock, new(fact.AtMs, fact.Actor, f.Reference));
                Did(c, fact, "legal", $"{f.Clock} done: {f.Reference}");
                break;
            case ClockBreached f when Find(f.CaseId) is { } c: c.Work.LegalTold[f.Clock] = fact.AtMs; break;
            default: break;
        }
    }

    /// <summary>Writes the nearest open date on each card; a part of another case leaves it to that one.</summary>
    void DateLegal()
    {
        foreach (var c in legalDated) c.Card.Legal = null;
        legalDated.Clear();
        foreach (var c in EverLegal.Select(Surviving).OfType<CaseState>().Distinct())
            if ((c.Card.Legal = this.Legal(c).Where(l => l.Done is null).MinBy(l => l.DueMs)) is not null) legalDated.Add(c);
    }
}
