using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Triage.Priority;

/// <summary>When a move of the priority is worth a fact, and how it is explained.</summary>
internal static class PriorityShift
{
    /// <summary>A move by another's fact (verdict, asset, window) below this many points is not written.</summary>
    public const double Least = 0.5;
    /// <summary>Shares kept in a fact; the case page computes all of them.</summary>
    const int SharesMax = 12;

    /// <summary>The move from what the last one has decayed to; the reason is left to the caller. Decay alone never comes here.</summary>
    public static PriorityShifted Of(CaseState c, TriageState state, long nowMs, bool isNew)
    {
        var why = Explain(c, state, nowMs);
        var from = isNew ? 0 : c.StoredPriority(nowMs);
        return new(c.Id, from, c.Capped(Formula.Points(why.LnOdds)), "", Short(why));
    }

    public static PriorityShifted? ByFact(CaseState c, TriageState state, long nowMs)
    {
        var from = c.StoredPriority(nowMs);
        var to = c.Priority(nowMs, state.Estate);
        return Math.Abs(to - from) < Least ? null : new(c.Id, from, to, "", Short(Explain(c, state, nowMs)));
    }

    static PriorityWhy Short(PriorityWhy why) => why.Shares.Count <= SharesMax ? why : why with { Shares = [.. why.Shares.Take(SharesMax)] };

    /// <summary>Shares add up to 1 and ln odds is the sum of the four logarithms, exactly.</summary>
    public static PriorityWhy Explain(CaseState c, TriageState state, long nowMs)
    {
        var l = c.Evidence.L(nowMs);
        var k = c.Stage.K;
        var (i, x) = c.Weights(state.Estate);
        var terms = c.Evidence.Terms.Select(t => (t.SignalId, Lambda: t.Lambda * Formula.Decay(t.AtMs, nowMs))).ToList();
        var sum = terms.Sum(t => t.Lambda);
        var shares = terms.OrderByDescending(t => t.Lambda).ThenBy(t => t.SignalId, StringComparer.Ordinal)
            .Select(t => new EvidenceShare(t.SignalId, state.Signal(t.SignalId)?.Opened.Title ?? t.SignalId, t.Lambda, sum == 0 ? 0 : t.Lambda / sum))
            .ToList();
        var lnOdds = l > 0 ? Formula.LnOdds(l, k, i, x) : -745; // e^-745 is the least double: P = 0, and JSON has no minus infinity.
        return new(l, k, i, x, lnOdds, shares, WouldChange.Of(c, state, l, k, i, x, nowMs));
    }
}
