using Andon.Model;

namespace Andon.Measure.Gaps;

/// <summary>
/// What a gap cost, in minutes: hands-on effort as stated plus a weight for what the case meant outside the team, shared equally by the
/// controls named. So the scores of a window add up to what its cases cost, and no case counts twice.
/// </summary>
static class GapScore
{
    /// <summary>Half a working day for a confirmed case, nothing otherwise: a stated convention, not a measurement.</summary>
    public static int ImpactMinutes(Verdict verdict) => verdict == Verdict.TruePositive ? 240 : 0;

    public static double Of(CaseClosed closed) =>
        (Math.Max(0, closed.EffortMinutes) + ImpactMinutes(closed.Verdict)) / (double)Math.Max(1, closed.ControlsFailed.Distinct(StringComparer.Ordinal).Count());
}
