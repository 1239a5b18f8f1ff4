using Andon.Model;

namespace Andon.Tests.Triage;

/// <summary>An estate of many hosts with the noise that makes naive grouping grow without end, and one incident that moves through it.</summary>
public class NoiseTests
{
    static readonly string[] Access = ["attack.initial-access"], Persist = ["attack.persistence"], Move = ["attack.lateral-movement"], Steal = ["attack.exfiltration"];

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void Noise_from_system_accounts_a_controller_a_scanner_and_backups_makes_no_giant(int times)
    {
        var random = new Random(times);
        var hits = new List<(double Minute, Func<ulong, Hit> Make, bool Attack)>();
        void Put(double minute, string rule, Level level, string host, string? user, string? ip, string[] tags, bool attack = false) =>
            hits.Add((minute, n => Desk.Hit(n, minute, rule, level, host, user, ip, tags), attack));

        for (var day = -3; day < 1; day++)
            for (var i = 0; i < 60 * times; i++)
            {
                var minute = day * 1440 + random.Next(1440);
                Put(minute, $"service {random.Next(12)}", Level.Low, $"pc{random.Next(120)}", "system", null, []);
                if (i % 2 == 0) Put(minute, $"logon {random.Next(8)}", Level.Low, "dc01", $"clerk{random.Next(90)}", null, []);
                if (i % 3 == 0) Put(minute, $"probe {random.Next(6)}", Level.Medium, $"pc{random.Next(120)}", null, "10.0.0.5", []);
                if (i % 4 == 0) Put(minute, "backup login", Level.Low, $"pc{random.Next(120)}", "backup", null, []);
            }
        Put(700, "phished macro", Level.High, "pc7", "mallory", null, Access, attack: true);
        Put(712, "run key set", Level.High, "pc7", "mallory", null, Persist, attack: true);
        Put(730, "remote service", Level.High, "pc31", "mallory", null, Move, attack: true);
        Put(741, "new admin", Level.High, "pc31", "mallory", null, Persist, attack: true);
        Put(760, "tickets dumped", Level.High, "dc01", "mallory", null, Move, attack: true);
        Put(790, "archive sent", Level.High, "dc01", "mallory", "198.51.100.8", Steal, attack: true);

        var desk = new Desk();
        var truth = new HashSet<string>();
        ulong n = 0;
        foreach (var (_, make, attack) in hits.OrderBy(h => h.Minute))
        {
            var hit = make(++n);
            desk.Take(hit);
            if (attack) truth.Add(hit.Key);
        }

        var cases = desk.Open.Select(c => (Case: c, True: c.Signals.Count(s => truth.Contains(s.Opened.FirstHit)))).ToList();
        var attackCase = cases.MaxBy(c => c.True);
        var pairs = cases.Sum(c => c.True * (c.True - 1) / 2);
        Assert.True(pairs >= 0.85 * 15, $"recall: {pairs} of 15 pairs of the incident are together");
        Assert.InRange(attackCase.Case.Signals.Count, attackCase.True, 12);
        Assert.Equal(attackCase.Case, desk.Open.MaxBy(desk.P));
        // Among what may matter, none is larger than twice the incident; a host's usual chatter may gather on one card.
        Assert.All(cases, c => Assert.InRange(c.Case.Signals.Count(s => s.Rare), 0, 12));
        foreach (var merge in desk.Facts.Select(f => f.Body).OfType<CaseMerged>())
            Assert.DoesNotContain(merge.Reason.Via, new[] { "user:system", "user:backup", "ip:10.0.0.5", "host:dc01" });
    }
}
