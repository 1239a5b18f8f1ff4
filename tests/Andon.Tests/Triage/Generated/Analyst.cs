using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Replay;

namespace Andon.Tests.Triage.Generated;

/// <summary>
/// Someone who takes the first card of the queue every so often. One who only looks leaves the card open and takes the next one next time;
/// one who works closes it, and where told to with the true verdict, now and then a wrong one.
/// </summary>
internal sealed class Analyst(ReplayRun run, long everyMs, Func<CaseState, bool> isTrue)
{
    readonly HashSet<string> taken = [];
    readonly Random dice = new(1);
    long next;

    public enum Way { Looks, ClosesUndecided, GivesVerdicts }
    public Way Works { get; init; } = Way.Looks;
    /// <summary>Share of verdicts that are wrong.</summary>
    public double Errs { get; init; }
    /// <summary>Cards below so many points are left lying.</summary>
    public double Floor { get; init; }
    public List<(long AtMs, bool True)> Pulls { get; } = [];

    public int False => Pulls.Count(p => !p.True);

    /// <summary>All pulls that are due by now, the first of them at that time.</summary>
    public void Tick(long beginMs)
    {
        if (next == 0) next = beginMs;
        while (next <= run.NowMs)
        {
            next += everyMs;
            if (Best() is not { } c) continue;
            var right = isTrue(c);
            Pulls.Add((run.NowMs, right));
            taken.Add(c.Id);
            if (Works == Way.Looks) continue;
            var said = Errs > 0 && dice.NextDouble() < Errs ? !right : right;
            run.Apply(new CaseClosed(c.Id, Works == Way.ClosesUndecided ? Verdict.Undecided : said ? Verdict.TruePositive : Verdict.FalsePositive, [], null, "internal.detection", "simulated", 1));
        }
    }

    CaseState? Best()
    {
        // A case that was pulled once may be first for long; of those left open only the first not taken matters.
        foreach (var (c, p) in run.First(Works == Way.Looks ? taken.Count + 1 : 1))
            if (p >= Floor && !taken.Contains(c.Id)) return c;
        return null;
    }
}
