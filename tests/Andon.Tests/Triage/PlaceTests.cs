using Andon.Model;
using Andon.Triage.Priority;

namespace Andon.Tests.Triage;

/// <summary>What a host says about whose story it is: after a scanner turned out to be one, after a sweep, at the hour of a nightly job.</summary>
public class PlaceTests
{
    /// <summary>Two quiet days in which each host says something of its own now and then, so that the house knows its hosts.</summary>
    static (Desk Desk, Func<ulong> Next) Watched()
    {
        var (desk, n) = (new Desk(), 0UL);
        for (var hour = -48; hour < 0; hour++)
            desk.Take(Desk.Hit(++n, hour * 60, $"habit {hour % 3}", Level.Low, host: $"pc{(hour + 48) % 24}", ip: $"10.1.0.{(hour + 48) % 24}"));
        return (desk, () => ++n);
    }

    [Fact]
    public void Hosts_that_came_in_by_a_scanner_tie_nothing_once_it_is_known_for_one()
    {
        var (desk, next) = Watched();
        for (var host = 0; host <= 10; host++) desk.Take(Desk.Hit(next(), host * 0.2, $"probe {host % 4}", host: $"pc{host}", ip: "10.0.0.5"));
        var together = desk.Open.Single(c => c.Signals.Exists(s => s.Opened.Entity == "host:pc0" && s.Opened.RuleId == "rule-probe 0"));
        Assert.NotNull(desk.State.Entities.Find("ip:10.0.0.5")?.StopReason);
        Assert.True(together.Signals.Count > 5, "The first hosts are together: nobody could know.");
        var before = together.Signals.Count;
        for (var host = 1; host <= 10; host++) desk.Take(Desk.Hit(next(), 5 + host * 0.2, $"own matter {host}", host: $"pc{host}"));
        Assert.Equal(before, together.Signals.Count);
        // The one that opened the case came by nothing; it still ties.
        desk.Take(Desk.Hit(next(), 8, "first one's matter", host: "pc0"));
        Assert.Equal(before + 1, together.Signals.Count);
    }

    [Fact]
    public void What_came_up_on_one_swept_host_alone_is_the_story_of_that_host()
    {
        var (desk, next) = Watched();
        // A busy estate: strays on all hosts make what a sweep passed say little after half an hour.
        for (var i = 0; i < 60; i++) desk.Take(Desk.Hit(next(), -2000 + i * 30, $"stray {i}", host: $"pc{i % 12}"));
        for (var host = 0; host < 8; host++) desk.Take(Desk.Hit(next(), host * 0.5, "scan", host: $"pc{host}"));
        desk.Take(Desk.Hit(next(), 6, "odd request", host: "pc3"));
        var story = desk.Open.Single(c => c.Rules.Contains("rule-odd request"));
        Assert.Contains("rule-scan", story.Rules);
        // On another swept host, so late: its own case. On this one the odd request goes before it.
        desk.Take(Desk.Hit(next(), 75, "elsewhere", host: "pc5"));
        desk.Take(Desk.Hit(next(), 75, "rights raised", host: "pc3"));
        Assert.DoesNotContain("rule-elsewhere", story.Rules);
        Assert.Contains("rule-rights raised", story.Rules);
        Assert.Contains("odd request", story.Signals.Find(s => s.Opened.RuleId == "rule-rights raised")!.Join!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_that_runs_each_night_is_no_surprise_at_night_but_is_one_by_day()
    {
        var desk = new Desk();
        var n = 0UL;
        desk.Take(Desk.Hit(++n, -4 * 1440, "other", host: "pc2"));
        for (var day = -3; day < 0; day++) desk.Take(Desk.Hit(++n, day * 1440 + day * 7, "nightly", host: "pc1"));
        double At(double minute, string host = "pc1") => desk.State.Surprise("rule-nightly", "host:" + host, Desk.Min(minute));
        Assert.True(At(5) < 0.4, $"{At(5)}");
        Assert.True(At(12 * 60) > 0.6, $"{At(12 * 60)}");
        Assert.True(At(5, "pc9") > At(5) + 0.1, "The hour is that of one host.");
        Assert.True(desk.State.SurpriseAnywhere("rule-nightly", Desk.Min(5)) < desk.State.SurpriseAnywhere("rule-nightly", Desk.Min(12 * 60)));
    }

    [Fact]
    public void What_keeps_no_time_of_day_gets_the_chance_of_any_hour()
    {
        for (var active = 0; active <= 112; active += 7)
        {
            var hourly = Formula.Chance(active, 336);
            // As many days as chance alone would give.
            var days = 14 * (1 - Math.Pow(1 - hourly, 3));
            Assert.Equal(hourly, Formula.ChanceDaily((int)Math.Round(days), 14, hourly), 0.08);
            for (var d = 0; d < 14; d++) Assert.True(Formula.ChanceDaily(d, 14, hourly) <= Formula.ChanceDaily(d + 1, 14, hourly));
        }
        Assert.Equal(0.3, Formula.ChanceDaily(0, 0, 0.3), 9);
        // One coincidence makes no habit: after one day watched it still surprises by half.
        Assert.True(Formula.ChanceDaily(1, 1, 0.02) < 0.2);
    }
}
