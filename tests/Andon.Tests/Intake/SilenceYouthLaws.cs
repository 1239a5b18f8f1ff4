using Andon.Intake.Sources.Silence;
using Andon.Tests.Intake.Traces;

namespace Andon.Tests.Intake;

/// <summary>What is known of a source in its first days, and what its first weeks must not teach.</summary>
public sealed class SilenceYouthLaws
{
    const double Budget = 0.02;
    const long Minute = 60_000, Hour = 60 * Minute, Day = 24 * Hour;

    static Trace Fortnight(string kind, int seed, int fromDay)
    {
        var trace = TraceMaker.Make(kind, seed);
        var from = TraceMaker.Start + fromDay * Day;
        return trace with { FromMs = from, ToMs = from + 14 * Day, Times = [.. trace.Times.Where(t => t >= from && t < from + 14 * Day)], TrainDays = 1 };
    }

    [Xunit.Theory]
    [InlineData("steady", 150)]
    [InlineData("drift", 150)]
    public void Who_never_rests_is_watched_from_its_second_day(string kind, double medianMin)
    {
        foreach (var fromDay in new[] { 0, 4, 5 })
        {
            var trace = Fortnight(kind, 101 + fromDay, fromDay);
            var score = SilenceScore.Rhythm(trace, SilenceScore.Cuts(trace, 30, 7), Budget);
            Assert.Equal(0, score.False);
            Assert.InRange(score.Median, 0, medianMin);
        }
    }

    [Xunit.Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void The_first_nights_and_the_first_weekend_are_no_alarm(int fromDay)
    {
        var wrong = new[] { 111, 112, 113, 114 }.Sum(seed => SilenceScore.Rhythm(Fortnight("office", seed, fromDay), [], Budget).False);
        Assert.InRange(wrong, 0, 1);
    }

    [Xunit.Fact]
    public void Who_allows_much_is_told_in_its_first_days_too()
    {
        var trace = Fortnight("bursty", 121, 10);
        var cuts = SilenceScore.Cuts(trace, 30, 7);
        var last = double.PositiveInfinity;
        foreach (var budget in new[] { 0.02, 0.2, 2, 20, 200 })
        {
            var score = SilenceScore.Rhythm(trace, cuts, budget);
            Assert.True(score.Mean <= last + 1);
            // A fortnight is half a month; what the house allows for is a mean, so four times that is far outside it.
            Assert.InRange(score.False, 0, Math.Max(2, 2 * budget));
            last = score.Mean;
        }
    }

    [Xunit.Fact]
    public void A_first_weekend_is_no_holiday_of_next_year()
    {
        var trace = TraceMaker.Make("office", 131);
        var rhythm = new Rhythm();
        foreach (var t in trace.Times.Where(t => t < trace.FromMs + 60 * Day)) rhythm.Beat(t, Calendar.Utc);
        // The first weekends of 2024 are Mondays and Tuesdays of 2025.
        foreach (var (month, day) in new[] { (1, 13), (1, 14), (1, 20), (1, 21), (1, 27), (1, 28) })
        {
            var ten = new DateTimeOffset(2025, month, day, 10, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
            Assert.True(rhythm.DueBetween(ten, ten + Hour, Calendar.Utc, null) > 1, $"Nothing is due on {day}.{month}.2025.");
        }
    }

    [Xunit.Fact]
    public void The_young_go_on_after_a_restart()
    {
        var trace = Fortnight("office", 141, 1);
        var rhythm = new Rhythm();
        foreach (var t in trace.Times.Where(t => t < trace.FromMs + 9 * Day)) rhythm.Beat(t, Calendar.Utc);
        using var memory = new MemoryStream();
        using (var to = new BinaryWriter(memory, System.Text.Encoding.UTF8, leaveOpen: true)) rhythm.Save(to);
        memory.Position = 0;
        using var from = new BinaryReader(memory);
        var other = Rhythm.Load(from);
        foreach (var budget in new[] { 0.02, 2, 50 })
            Assert.Equal(rhythm.Due(Calendar.Utc, null, budget, rhythm.LastMs + 40 * Day), other.Due(Calendar.Utc, null, budget, rhythm.LastMs + 40 * Day));
    }

    [Xunit.Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(300)]
    public void The_limit_of_few_is_passed_as_seldom_as_it_says(int seen)
    {
        // Exponential pauses whose mean nobody knows: one more is beyond the limit in a tenth of all cases, or less.
        var random = new Random(seen);
        double Next() => 1 + -Math.Log(1 - random.NextDouble()) * 60;
        const int Tries = 4000;
        var passed = 0;
        for (var i = 0; i < Tries; i++)
        {
            var pauses = new Pauses();
            for (var n = 0; n < seen; n++) pauses.Add(Next());
            if (Next() > pauses.LimitOfFew(0.1 * seen is var allowed && allowed < 1 ? allowed : 0.99)) passed++;
        }
        var share = Math.Min(0.1, 0.99 / seen);
        // Three standard deviations above; far below it would be of no use.
        Assert.InRange(passed / (double)Tries, share / 8, share + 3 * Math.Sqrt(share / Tries));
    }
}
