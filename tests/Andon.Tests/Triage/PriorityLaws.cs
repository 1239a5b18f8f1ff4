using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Grouping;
using Andon.Triage.Priority;

namespace Andon.Tests.Triage;

/// <summary>The properties of triage.md §4, on random cases from a seed.</summary>
public class PriorityLaws
{
    const int Rounds = 300;
    static readonly string[] Tactics = ["initial-access", "execution", "persistence", "credential-access", "lateral-movement", "impact"];

    internal static List<SignalOpened> Some(Random random, int least = 1) => [.. Enumerable.Range(0, random.Next(least, 25)).Select(i => One(random, i))];

    internal static SignalOpened One(Random random, int i)
    {
        var b = Formula.Base((Level)random.Next(5));
        var u = random.NextDouble();
        var host = $"host-{random.Next(4)}";
        return new($"s{i}-{random.Next()}", $"r{random.Next(8)}", "t", Level.Medium, "host:" + host, [new(EntityKind.Host, host, EntityRole.Target)],
            random.Next(2) == 0 ? [] : [Tactics[random.Next(Tactics.Length)]], [], $"{i}.0/r", "s", Desk.Start + random.Next(0, 48 * 3_600_000), b, 0.5, u,
            Formula.Lambda(Formula.Weight(b, 0.5, u)));
    }

    /// <summary>A case of these signals; each became known at its own time.</summary>
    internal static (TriageState State, CaseState Case) Of(IEnumerable<SignalOpened> signals, IEnumerable<FactBody>? before = null)
    {
        var state = new TriageState();
        var seq = 0;
        foreach (var body in before ?? []) state.Apply(new(++seq, Desk.Start, "t", "t", body));
        state.Apply(new(++seq, Desk.Start, "t", "t", new CaseOpened("c1", 1, "t", "endpoint", false)));
        foreach (var s in signals)
        {
            state.Apply(new(++seq, s.FirstMs, "t", "t", s));
            state.Apply(new(++seq, s.FirstMs, "t", "t", new SignalJoined("c1", s.SignalId, null)));
        }
        return (state, state.Case("c1")!);
    }

    static readonly long Later = Desk.Start + 49 * 3_600_000L;

    static double P(IEnumerable<SignalOpened> signals, IEnumerable<FactBody>? before = null)
    {
        var (state, c) = Of(signals, before);
        return c.Priority(Later, state.Estate);
    }

    [Fact]
    public void A_further_signal_never_lowers_P()
    {
        var random = new Random(1);
        for (var i = 0; i < Rounds; i++)
        {
            var signals = Some(random);
            var assets = Assets(random);
            Assert.True(P([.. signals, One(random, 99)], assets) >= P(signals, assets) - 1e-9);
        }
    }

    [Fact]
    public void A_higher_level_criticality_or_exposure_never_lowers_P()
    {
        var random = new Random(2);
        for (var i = 0; i < Rounds; i++)
        {
            var signals = Some(random);
            var at = random.Next(signals.Count);
            var raised = signals.ToList();
            raised[at] = raised[at] with { Base = Math.Min(0.8, raised[at].Base + 0.15) };
            Assert.True(P(raised) >= P(signals) - 1e-9);

            var asset = new AssetStated("a", "host-1", [], "lan", 0.5 + random.NextDouble(), "", "", false, false);
            Assert.True(P(signals, [asset with { Criticality = 2 }]) >= P(signals, [asset]) - 1e-9);
            Assert.True(P(signals, [asset with { CrownJewel = true }]) >= P(signals, [asset]) - 1e-9);
            var window = new WindowOpened("w", "a", "CVE-2025-1", "p", false, "");
            Assert.True(P(signals, [asset, window]) >= P(signals, [asset]) - 1e-9);
            Assert.True(P(signals, [asset, window with { Kev = true }]) >= P(signals, [asset, window]) - 1e-9);
        }
    }

    [Fact]
    public void The_order_of_arrival_does_not_matter()
    {
        var random = new Random(3);
        for (var i = 0; i < Rounds; i++)
        {
            var signals = Some(random);
            var expected = P(signals);
            var mixed = signals.ToArray();
            random.Shuffle(mixed);
            Assert.Equal(expected, P(mixed), 1e-9);
        }
    }

    [Fact]
    public void A_second_delivery_changes_nothing()
    {
        var random = new Random(4);
        for (var i = 0; i < Rounds; i++)
        {
            var signals = Some(random);
            Assert.Equal(P(signals), P([.. signals, .. signals]), 1e-12);
        }
    }

    [Fact]
    public void Without_events_P_only_falls_and_equal_factors_never_swap()
    {
        var random = new Random(5);
        for (var i = 0; i < Rounds; i++)
        {
            // Without tactics and assets both have K * I * X = 1; with them the page's stronger wish does not hold, see decision 0005.
            var (sa, a) = Of(Some(random).Select(s => s with { Tactics = [] }));
            var (sb, b) = Of(Some(random).Select(s => s with { Tactics = [] }));
            var above = a.Evidence.L(Later) >= b.Evidence.L(Later);
            double lastA = 101;
            for (var t = Later; t < Later + 10 * Andon.Triage.Limits.Day; t += 7 * Andon.Triage.Limits.Hour)
            {
                var (pa, pb) = (a.Priority(t, sa.Estate), b.Priority(t, sb.Estate));
                Assert.True(pa <= lastA + 1e-9);
                Assert.True(above ? pa >= pb - 1e-9 : pb >= pa - 1e-9);
                lastA = pa;
            }
        }
    }

    [Fact]
    public void P_stays_between_0_and_100_and_the_explanation_sums()
    {
        var random = new Random(6);
        for (var i = 0; i < Rounds; i++)
        {
            var (state, c) = Of(Some(random), Assets(random));
            foreach (var t in new[] { Desk.Start, Later, Later + 400 * Andon.Triage.Limits.Day })
            {
                var why = PriorityShift.Explain(c, state, t);
                Assert.InRange(Formula.Points(why.LnOdds), 0, 100);
                Assert.InRange(c.Priority(t, state.Estate), 0, 100);
                if (why.L > 1e-300)
                {
                    var sum = why.L + LnOneMinusExp(why.L) + Math.Log(why.K) + Math.Log(why.I) + Math.Log(why.X);
                    Assert.Equal(sum, why.LnOdds, 1e-9);
                    Assert.Equal(1, why.Shares.Sum(s => s.Share), 1e-9);
                    Assert.Equal(why.L, why.Shares.Sum(s => s.Lambda), 1e-9);
                }
            }
        }
    }

    [Fact]
    public void Evidence_of_years_does_not_overflow()
    {
        var evidence = new Evidence();
        for (var day = 0; day < 4000; day++) evidence.Put("r" + day, "e", new("s" + day, 0.5, Desk.Start + day * Andon.Triage.Limits.Day));
        // A geometric series: one new signal a day, each day a quarter.
        Assert.Equal(0.5 / (1 - 0.25), evidence.L(Desk.Start + 3999 * Andon.Triage.Limits.Day), 1e-9);
    }

    [Fact]
    public void Repeats_of_a_rule_on_an_entity_count_once_by_their_maximum()
    {
        var evidence = new Evidence();
        evidence.Put("r", "e", new("s1", 0.3, Desk.Start));
        evidence.Put("r", "e", new("s2", 0.2, Desk.Start + 60_000));
        evidence.Put("r", "e", new("s3", 0.9, Desk.Start));
        evidence.Put("r", "f", new("s4", 0.1, Desk.Start));
        // One rule on a second entity: half of what it would count alone.
        Assert.Equal(0.9 + 0.1 / 2, evidence.L(Desk.Start), 1e-9);
        evidence.Put("q", "f", new("s5", 0.2, Desk.Start));
        Assert.Equal(0.9 + 0.1 / 2 + 0.2, evidence.L(Desk.Start), 1e-9);
        Assert.Equal(["s3", "s4", "s5"], evidence.Terms.Select(t => t.SignalId).Order());
    }

    [Fact]
    public void A_verdict_moves_rules_only_its_own_way()
    {
        var random = new Random(7);
        for (var i = 0; i < Rounds; i++)
        {
            var reliability = new Reliability();
            long at = Desk.Start;
            for (var n = 0; n < 12; n++)
            {
                at += random.Next(0, 200) * Andon.Triage.Limits.Day;
                var (rule, entity) = (reliability.Rule("r"), reliability.Of("r", "host:a"));
                var verdict = (Verdict)random.Next(3);
                reliability.Add("r", ["host:a"], verdict, at);
                if (verdict == Verdict.TruePositive) Assert.True(reliability.Rule("r") >= rule && reliability.Of("r", "host:a") >= entity && reliability.Of("r", "host:b") >= rule - 1);
                if (verdict == Verdict.FalsePositive) Assert.True(reliability.Rule("r") <= rule && reliability.Of("r", "host:a") <= entity);
                Assert.InRange(reliability.Of("r", "host:a"), Reliability.Floor, 1);
            }
        }
    }

    [Fact]
    public void A_merged_case_is_not_below_its_parts()
    {
        var random = new Random(8);
        for (var i = 0; i < Rounds; i++)
        {
            var (a, b) = (Some(random), Some(random));
            Assert.True(P([.. a, .. b]) >= Math.Max(P(a), P(b)) - 1e-9);
        }
    }

    // ln(1 - e^-L), by another road than the code under test takes.
    static double LnOneMinusExp(double l) => l < 0.01 ? Math.Log(l) + Math.Log(1 - l / 2 + l * l / 6 - l * l * l / 24) : Math.Log(1 - Math.Exp(-l));

    static List<FactBody> Assets(Random random)
    {
        var all = new List<FactBody>();
        for (var i = 0; i < 3; i++)
        {
            all.Add(new AssetStated($"a{i}", $"host-{i}", [], "lan", new[] { 0.5, 1, 1.5, 2 }[random.Next(4)], "", "", false, random.Next(3) == 0));
            if (random.Next(2) == 0) all.Add(new WindowOpened($"w{i}", $"a{i}", "CVE-2025-1", "p", random.Next(2) == 0, ""));
        }
        return all;
    }
}
