using Andon.Intake.Sources.Silence;
using Andon.Tests.Intake.Traces;

namespace Andon.Tests.Intake;

/// <summary>What the model of silence holds to, on sources of other seeds than those it is scored on.</summary>
public sealed class SilenceLaws
{
    const double Budget = 0.02;
    const long Day = 24 * 3_600_000L, Hour = 3_600_000L;

    static (int False, Score Score) Live(string kind, int seed, int cuts = 30)
    {
        var trace = TraceMaker.Make(kind, seed);
        var score = SilenceScore.Rhythm(trace, SilenceScore.Cuts(trace, cuts, seed), Budget);
        return (score.False, score);
    }

    [Xunit.Theory]
    [InlineData("steady", 60)]
    [InlineData("office", 7 * 60)]
    [InlineData("drift", 120)]
    public void A_year_brings_next_to_no_false_alarm_and_a_cut_is_seen_in_time(string kind, double medianMin)
    {
        var lives = new[] { 31, 32, 33 }.Select(seed => Live(kind, seed)).ToList();
        // Three source years are 36 months: 0.72 by the budget. Six would come once in ten thousand times.
        Assert.InRange(lives.Sum(l => l.False), 0, 5);
        Assert.InRange(lives.Average(l => l.Score.Median), 0, medianMin);
    }

    [Xunit.Fact]
    public void A_weekly_job_does_not_alarm_once_it_was_seen_some_times()
    {
        foreach (var seed in new[] { 41, 42, 43 })
        {
            var trace = TraceMaker.Make("weekly", seed);
            var late = trace with { Times = [.. trace.Times] };
            var (early, all) = (SilenceScore.Rhythm(trace with { Times = [.. trace.Times.Where(t => t < trace.FromMs + 42 * Day)] }, [], Budget).False, SilenceScore.Rhythm(late, [], Budget).False);
            Assert.InRange(all - early, 0, 1);
        }
    }

    [Xunit.Fact]
    public void A_holiday_of_last_year_is_known_this_year()
    {
        var trace = TraceMaker.Make("holidays", 51);
        var watch = new SilenceWatch();
        var told = new List<long>();
        foreach (var t in trace.Times)
        {
            if (watch.Look(t, Calendar.Utc, null, Budget) is { } silence) told.Add(silence.ToldMs);
            watch.Hear(t, Calendar.Utc, null);
        }
        var second = TraceMaker.Start + 366 * Day;
        var off = trace.Holidays.ToHashSet();
        var onHolidays = told.Where(t => off.Contains(DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(t).UtcDateTime))).ToList();
        // The first time it is an alarm: nobody can know. The 1st of January was the first day of all.
        Assert.InRange(onHolidays.Count(t => t < second), 4, 12);
        Assert.InRange(onHolidays.Count(t => t > second + Day), 0, 1);
    }

    [Xunit.Fact]
    public void A_calendar_that_knows_the_holidays_needs_no_first_time()
    {
        var trace = TraceMaker.Make("holidays", 52);
        var known = new Calendar(TimeZoneInfo.Utc, trace.Holidays.ToHashSet());
        Assert.InRange(SilenceScore.Rhythm(trace, [], Budget, null, known).False, 0, 2);
    }

    [Xunit.Fact]
    public void A_dead_relay_is_one_alarm()
    {
        var traces = TraceMaker.Relay(61, 40);
        var cut = TraceMaker.Start + 40 * Day;
        var told = VoicesScore.Run(traces, SilenceScope.Relay, "10.0.0.1", Budget, cut, _ => true, cut + Day, TraceMaker.Start + 30 * Day);
        var after = told.Where(t => t.Ms >= cut).ToList();
        Assert.Equal(("10.0.0.1", SilenceScope.Relay), (Assert.Single(after).Name, after[0].Scope));
        Assert.InRange((after[0].Ms - cut) / 60_000.0, 5, 60);
    }

    [Xunit.Fact]
    public void One_dead_host_behind_a_living_relay_is_told_by_itself()
    {
        var traces = TraceMaker.Relay(62, 12);
        var cut = TraceMaker.Start + 45 * Day;
        var told = VoicesScore.Run(traces, SilenceScope.Relay, "10.0.0.1", Budget, cut, i => i == 3, cut + 3 * Day, TraceMaker.Start + 40 * Day);
        Assert.Contains(told, t => t.Ms >= cut && t.Scope == SilenceScope.Source && t.Name == traces[3].Source);
        Assert.DoesNotContain(told, t => t.Scope == SilenceScope.Relay);
    }

    [Xunit.Fact]
    public void A_snapshot_goes_on_as_if_nothing_had_been()
    {
        var trace = TraceMaker.Make("office", 71);
        Rhythm whole = new(), parted = new();
        for (var i = 0; i < trace.Times.Length / 3; i++)
        {
            whole.Beat(trace.Times[i], Calendar.Utc);
            parted.Beat(trace.Times[i], Calendar.Utc);
            if (i % 9973 != 0) continue;
            using var memory = new MemoryStream();
            using (var to = new BinaryWriter(memory, System.Text.Encoding.UTF8, leaveOpen: true)) parted.Save(to);
            memory.Position = 0;
            using var from = new BinaryReader(memory);
            parted = Rhythm.Load(from);
        }
        var (a, b) = (whole.LimitsOf(Budget, null), parted.LimitsOf(Budget, null));
        Assert.Equal(a.Within, b.Within, 0.01 * a.Within);
        Assert.Equal(a.Start, b.Start, 0.01 * a.Start);
        Assert.Equal(whole.Profile(null).Sum(), parted.Profile(null).Sum(), 0.01 * whole.Profile(null).Sum());
        Assert.Equal(whole.LastMs, parted.LastMs);
    }

    [Xunit.Fact]
    public void A_smaller_budget_never_tells_sooner()
    {
        var trace = TraceMaker.Make("steady", 81);
        var rhythm = new Rhythm();
        foreach (var t in trace.Times.Take(100_000)) rhythm.Beat(t, Calendar.Utc);
        var last = 0L;
        foreach (var budget in new[] { 1, 0.1, 0.01, 0.001, 0.0001 })
        {
            var told = rhythm.Due(Calendar.Utc, null, budget, rhythm.LastMs + 40 * Day)?.ToldMs ?? long.MaxValue;
            Assert.True(told >= last);
            last = told;
        }
    }

    [Xunit.Fact]
    public void Time_in_which_nobody_listened_is_no_silence()
    {
        var trace = TraceMaker.Make("steady", 82);
        var rhythm = new Rhythm();
        foreach (var t in trace.Times.Take(100_000)) rhythm.Beat(t, Calendar.Utc);
        var now = rhythm.LastMs + 6 * Hour;
        Assert.NotNull(rhythm.Due(Calendar.Utc, null, Budget, now));
        rhythm.Absent(rhythm.LastMs, now - 60_000);
        Assert.Null(rhythm.Due(Calendar.Utc, null, Budget, now));
    }

    [Xunit.Theory]
    [InlineData(2024, 3, 31)]
    [InlineData(2025, 4, 20)]
    [InlineData(2026, 4, 5)]
    [InlineData(2038, 4, 25)]
    public void Easter_falls_where_it_falls(int year, int month, int day) => Assert.Equal(0, Calendar.FromEaster(new(year, month, day)));
}
