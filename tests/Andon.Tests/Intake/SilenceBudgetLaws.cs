using Andon.Intake.Sources.Silence;
using Andon.Tests.Intake.Traces;

namespace Andon.Tests.Intake;

/// <summary>Who allows more false alarms is told sooner: else nobody could choose a budget.</summary>
public sealed class SilenceBudgetLaws
{
    const long Hour = 3_600_000, Day = 24 * Hour;

    // All budgets live through the same trace and the same cuts. Single cuts may differ, for what was told in error teaches otherwise.
    [Xunit.Theory]
    [InlineData("sparse", 91)]
    [InlineData("sparse", 92)]
    [InlineData("bursty", 91)]
    [InlineData("bursty", 92)]
    [InlineData("steady", 91)]
    public void A_larger_budget_is_never_told_later(string kind, int seed)
    {
        var trace = TraceMaker.Make(kind, seed);
        var cuts = SilenceScore.Cuts(trace, 40, seed);
        var last = double.PositiveInfinity;
        foreach (var budget in new[] { 0.002, 0.02, 0.2, 2, 20, 200 })
        {
            var mean = SilenceScore.Rhythm(trace, cuts, budget).Mean;
            Assert.True(mean <= last + 1, FormattableString.Invariant($"{budget} a month: {mean:0.0} min, a smaller budget {last:0.0}"));
            last = mean;
        }
    }

    [Xunit.Fact]
    public void Who_never_rests_is_judged_right_after_a_told_silence()
    {
        // One word in about an hour, by chance.
        var random = new Random(93);
        var watch = new SilenceWatch();
        var ms = TraceMaker.Start;
        void Hear(long at)
        {
            watch.Look(at, Calendar.Utc, null, 0.02);
            watch.Hear(at, Calendar.Utc, null);
        }
        for (; ms < TraceMaker.Start + 90 * Day; ms += 60_000 + (long)(-Math.Log(1 - random.NextDouble()) * Hour)) Hear(ms);
        var before = watch.Rhythm.Due(Calendar.Utc, null, 0.02, watch.Rhythm.LastMs + 40 * Day)!.Value;
        var limitMs = before.ToldMs - before.SinceMs;
        Assert.InRange(limitMs, 3 * Hour, 2 * Day);
        // It falls silent, is told, comes back with one word, and falls silent again.
        Hear(watch.Rhythm.LastMs + limitMs + Hour);
        Assert.Null(watch.Told);
        var again = watch.Rhythm.Due(Calendar.Utc, null, 0.02, watch.Rhythm.LastMs + 40 * Day)!.Value;
        Assert.InRange(again.ToldMs - again.SinceMs, limitMs / 2, limitMs * 3 / 2);
    }
}
