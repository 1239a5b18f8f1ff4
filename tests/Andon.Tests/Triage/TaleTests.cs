using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Core;

namespace Andon.Tests.Triage;

public class TaleTests
{
    [Fact]
    public void An_office_day_with_one_break_in()
    {
        var desk = new Desk();
        var n = 0UL;
        Hit At(double minute, string rule, Level level, string host, string? user = null, string? ip = null, params string[] tags) =>
            Desk.Hit(++n, minute, rule, level, host, user, ip, tags);

        // Two days of ordinary noise: an update here, a wrong password there, again and again.
        for (var minute = -2880; minute < 0; minute += 12)
        {
            desk.Take(At(minute, "Failed login", Level.Low, $"pc{n % 6}", $"clerk{n % 9}"));
            if (n % 3 == 0) desk.Take(At(minute + 2, "Package update", Level.Low, $"pc{n % 6}"));
        }
        var calm = desk.Open.Max(desk.P);
        Assert.True(calm < 25, $"noise stands at {calm}");

        // The web server states its worth; then the attack begins.
        desk.Say(new AssetStated("a1", "web01", ["192.0.2.10"], "dmz", 1.5, "ops", "it", true, false), "andon:exposure");
        desk.Take(At(0, "SSH brute force", Level.Medium, "web01", "root", "203.0.113.9", "attack.credential-access", "attack.t1110"));
        var attack = desk.Open.Single(c => c.Rules.Contains("rule-SSH brute force"));
        var afterOne = desk.P(attack);
        desk.Take(At(4, "Login after many failures", Level.High, "web01", "root", "203.0.113.9", "attack.initial-access", "attack.t1078"));
        desk.Take(At(9, "New user created", Level.Medium, "web01", "support2", null, "attack.persistence", "attack.t1136"));
        var move = desk.Facts.Select(f => f.Body).OfType<PriorityShifted>().Last(m => m.CaseId == attack.Id);

        // It climbed over the noise, step by step, and says why.
        Assert.True(afterOne > calm);
        Assert.True(desk.P(attack) > afterOne + 20);
        Assert.Equal(attack, desk.Open.MaxBy(desk.P));
        Assert.Contains("same host web01 now in 3 rules", move.Reason, StringComparison.Ordinal);
        Assert.Contains("New user created (T1136)", move.Reason, StringComparison.Ordinal);
        Assert.Contains("tactics advance", move.Reason, StringComparison.Ordinal);
        Assert.Equal(1.5, move.Why.I);
        Assert.StartsWith("SSH brute force, then login after many failures on web01", Titles.Of(attack), StringComparison.Ordinal);

        // A second machine shows the first step; the first case proves true; the second rises at once.
        desk.Take(At(30, "SSH brute force", Level.Medium, "mail01", "root", "198.51.100.4", "attack.credential-access", "attack.t1110"));
        var second = desk.Open.Single(c => c.Entities.ContainsKey("host:mail01"));
        var before = desk.P(second);
        desk.Say(new CardPulled(attack.Id, "anna", null));
        desk.Say(new CaseClosed(attack.Id, Verdict.TruePositive, ["mfa"], "credential-access", "internal.detection", "a real break-in", 45));
        var verdict = desk.Facts[^1];
        desk.Apply(FactReaction.React(verdict, desk.State, desk.NowMs));
        Assert.True(desk.P(second) > before);
        var rise = (PriorityShifted)desk.Facts[^1].Body;
        Assert.Equal($"fact:{verdict.Seq}", desk.Facts[^1].Cause);
        Assert.Contains("true positive", rise.Reason, StringComparison.Ordinal);
        Assert.Equal(0, desk.P(attack));
    }
}
