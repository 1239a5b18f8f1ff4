using System.Globalization;
using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Triage.Priority;

/// <summary>What would move the priority, computed with the formula itself.</summary>
internal static class WouldChange
{
    const int LinesMax = 6;

    public static IReadOnlyList<string> Of(CaseState c, TriageState state, double l, double k, double i, double x, long nowMs)
    {
        if (l <= 0) return ["a first signal"];
        var now = P(l, k, i, x);
        var lines = new List<string>
        {
            Line("a new, unexpected signal of level high", P(l + Formula.Lambda(Formula.Weight(Formula.Base(Level.High), 0.5, 1)), k, i, x), now),
        };
        if (c.Stage.KWithOneMore > k) lines.Add(Line("a further tactic, later in time", P(l, c.Stage.KWithOneMore, i, x), now));
        if (x > 1) lines.Add(Line("closing the exposure windows of the assets it touches", P(l, k, i, 1), now));
        else lines.Add(Line("an exposure window opening on an asset it touches", P(l, k, i, 1.5), now));
        if (Strongest(c, state, nowMs) is { } top)
            lines.Add(Line($"a false positive verdict on “{top.Title}” elsewhere", P(Math.Max(1e-12, l - top.Lambda + top.IfWrong), k, i, x), now));
        lines.Add(Line("twelve quiet hours", P(l / 2, k, i, x), now));
        return lines.Take(LinesMax).ToList();
    }

    static (string Title, double Lambda, double IfWrong)? Strongest(CaseState c, TriageState state, long nowMs)
    {
        var terms = c.Evidence.Terms.ToList();
        if (terms.Count == 0 || state.Signal(terms.MaxBy(t => t.Height).SignalId)?.Opened is not { } top) return null;
        var counts = state.Reliability.CountsOf(top.RuleId);
        var (right, all) = (Reliability.PriorRight, Reliability.PriorRight + Reliability.PriorWrong);
        var worse = Math.Max(Reliability.Floor, counts is null ? right / (all + 1)
            : (right + counts.Right + 0.5 * counts.Benign) / (all + counts.Right + counts.Benign + counts.Wrong + 1));
        double now = 0, then = 0;
        foreach (var term in terms)
        {
            // The verdict speaks about the rule, so about all entities that it was met on here.
            if (state.Signal(term.SignalId)?.Opened is not { } o || o.RuleId != top.RuleId) continue;
            var lambda = term.Lambda * Formula.Decay(term.AtMs, nowMs);
            var rho = state.Reliability.Of(o.RuleId, o.Entity);
            now += lambda;
            then += lambda * Math.Min(1, Formula.Lambda(Formula.Weight(o.Base, worse, o.Surprise)) / Formula.Lambda(Formula.Weight(o.Base, rho, o.Surprise)));
        }
        return (top.Title, now, then);
    }

    static double P(double l, double k, double i, double x) => Formula.Points(Formula.LnOdds(l, k, i, x));

    static string Line(string what, double to, double now) =>
        string.Create(CultureInfo.InvariantCulture, $"{what}: {to:0} ({Moved(to - now)})");

    /// <summary>What rounds to nothing is told as nothing, not as a minus or plus of nought.</summary>
    internal static string Moved(double by) => Math.Abs(by) < 0.5 ? "hardly a change"
        : string.Create(CultureInfo.InvariantCulture, $"{(by > 0 ? "+" : "−")}{Math.Abs(by):0}");
}
