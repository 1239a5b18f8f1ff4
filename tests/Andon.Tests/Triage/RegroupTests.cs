using System.Diagnostics;
using Andon.Model;
using Andon.Triage.ByHand;
using Andon.Triage.Cases;
using Andon.Triage.Grouping;

namespace Andon.Tests.Triage;

/// <summary>What people do by hand, one act at a time; and what the linker does about it afterwards.</summary>
public class RegroupTests
{
    static ulong next = 500_000;
    internal static Hit Hit(double minute, string rule, string? host, string? user = null, string? ip = null, Level level = Level.High, params Entity[] more) =>
        Desk.Hit(Interlocked.Increment(ref next), minute, rule, level, host, user, ip, null, RuleQueue.Production, more);

    internal static CaseState With(Desk desk, string rule) => desk.Open.Single(c => c.Rules.Contains("rule-" + rule));

    static Act Do(Desk desk, Func<Hand, Act> act) => RegroupLaws.Do(desk, act);

    static Desk Attack()
    {
        var desk = new Desk();
        desk.Take(Hit(0, "guess", "web01", "root", "203.0.113.9"));
        desk.Take(Hit(2, "login", "web01", "root", "203.0.113.9"));
        desk.Take(Hit(9, "new user", "web01", "eve"));
        desk.Take(Hit(12, "job", "web01", "eve"));
        return desk;
    }

    [Fact]
    public void What_hangs_on_a_join_is_told_before_and_falls_away_with_it()
    {
        var desk = Attack();
        var c = With(desk, "guess");
        Assert.Equal(4, c.Signals.Count);
        var third = c.Signals[2];
        Assert.Contains(c.Signals, s => s.Join?.With == third.Id);
        var falls = Forest.Of(c, third, desk.State);
        Assert.Equal(["rule-new user", "rule-job"], falls.Signals.Select(s => s.Opened.RuleId));
        Assert.Equal(4, c.Signals.Count);
        var act = Do(desk, h => h.Unjoin(c, third.Id, notRelated: false));
        var apart = desk.State.Case(act.CaseId)!;
        Assert.Equal(["rule-new user", "rule-job"], apart.Signals.Select(s => s.Opened.RuleId));
        Assert.Null(third.Join);
        Assert.True(desk.P(apart) > 0 && desk.P(c) > 0);
        Assert.All(desk.Facts.Where(f => f.Body is SignalsMoved), f => Assert.Equal(("user:anna", "because"), (f.Actor, f.Cause)));
        Assert.Contains(desk.Facts, f => f.Body is PriorityShifted p && p.CaseId == apart.Id && p.Reason.Contains("came from case", StringComparison.Ordinal));
        // The first of the case holds all the rest.
        Assert.Equal("TRI423", Do(desk, h => h.Unjoin(c, c.Signals[0].Id, false)).Refused?.Code);
    }

    [Fact]
    public void Undoing_the_join_that_merged_two_cases_parts_them_again()
    {
        var desk = new Desk();
        desk.Take(Hit(0, "a", "web01", "kim", "203.0.113.9"));
        desk.Take(Hit(1, "b", "db01", "lee", "198.51.100.7"));
        Assert.Equal(2, desk.Open.Count);
        // One that both know well.
        desk.Take(Hit(2, "bridge", "web01", "lee", "203.0.113.9", Level.High, new(EntityKind.Ip, "198.51.100.7", EntityRole.Actor), new Entity(EntityKind.Host, "db01", EntityRole.Target), new Entity(EntityKind.User, "kim", EntityRole.Target)));
        var one = Assert.Single(desk.Open);
        Assert.Single(one.MergedIn);
        var bridge = one.Signals.Single(s => s.Opened.RuleId == "rule-bridge");
        Assert.Single(Forest.Of(one, bridge, desk.State).Cases);
        Assert.Null(Do(desk, h => h.Unjoin(one, bridge.Id, true)).Refused);
        Assert.Equal(3, desk.Open.Count);
        Assert.All(desk.Open, c => Assert.Single(c.Signals));
        RegroupLaws.Whole(desk.State);
    }

    [Fact]
    public void People_merge_what_they_may_and_are_told_why_not_otherwise()
    {
        var desk = new Desk();
        foreach (var (i, host) in new[] { "a", "b", "c", "d" }.Index()) desk.Take(Hit(i * 400, "r" + host, host, null, "203.0.113." + i));
        var (a, b, c, d) = (With(desk, "ra"), With(desk, "rb"), With(desk, "rc"), With(desk, "rd"));
        desk.Say(new CaseNoted(b.Id, "seen it before"), "user:ben");
        desk.Say(new CardPulled(a.Id, "anna", null));
        desk.Say(new CardPulled(c.Id, "ben", null), "user:ben");
        desk.Say(new CaseClosed(d.Id, Verdict.BenignPositive, [], null, "internal.detection", "x", 1));
        Assert.Equal("TRI424", Do(desk, h => h.Merge(a, a)).Refused?.Code);
        Assert.Equal("TRI425", Do(desk, h => h.Merge(a, d)).Refused?.Code);
        var owned = Do(desk, h => h.Merge(a, c)).Refused!;
        Assert.Equal("TRI426", owned.Code);
        Assert.NotEmpty(owned.Hint);
        Assert.Equal("TRI420", new Hand(desk.State, "user:anna", "", desk.NowMs).Merge(a, b).Refused?.Code);
        Assert.Null(Do(desk, h => h.Merge(a, b)).Refused);
        Assert.Equal((2, "anna", a), (a.Signals.Count, a.Owner, desk.State.Surviving(b.Id)));
        Assert.Empty(a.Notes);
        Assert.Equal("seen it before", Assert.Single(desk.State.Family(a).SelectMany(f => f.Notes)).Text);
        // Alerts that come meanwhile belong to the whole; when it falls apart, each has its own again.
        desk.Take(Hit(1200, "ra", "a", null, "203.0.113.0"), Hit(1210, "ra", "a", null, "203.0.113.0"));
        Assert.Null(Do(desk, h => h.Unmerge(b)).Refused);
        Assert.Equal(("rule-rb", Lane.New, null), (Assert.Single(b.Signals).Opened.RuleId, b.Lane, b.Owner));
        Assert.Single(b.Notes);
    }

    [Fact]
    public void The_owner_that_a_merge_brought_leaves_with_it()
    {
        var desk = new Desk();
        desk.Take(Hit(0, "ra", "a"));
        desk.Take(Hit(400, "rb", "b"));
        var (a, b) = (With(desk, "ra"), With(desk, "rb"));
        desk.Say(new CardPulled(b.Id, "ben", null), "user:ben");
        Do(desk, h => h.Merge(a, b));
        Assert.Equal(("ben", Lane.Triage), (a.Owner, a.Lane));
        Do(desk, h => h.Unmerge(b));
        Assert.Equal((null, Lane.New, "ben", Lane.Triage), (a.Owner, a.Lane, b.Owner, b.Lane));
    }

    [Fact]
    public void What_was_said_to_be_unrelated_stays_apart_for_ever_after()
    {
        var desk = Attack();
        var c = With(desk, "guess");
        var wrong = c.Signals.Single(s => s.Opened.RuleId == "rule-new user");
        var act = Do(desk, h => h.Unjoin(c, wrong.Id, notRelated: true));
        var apart = desk.State.Case(act.CaseId)!;
        var parting = Assert.Single(desk.State.Partings.Active);
        Assert.Equal("rule-new user", parting.Fact.Halved[0].RuleId);
        // The same rule on the same host an hour later, with all that the case knows: not there again.
        desk.Take(Hit(70, "new user", "web01", "root", "203.0.113.9"));
        Assert.DoesNotContain(c.Signals, s => s.Opened.RuleId == "rule-new user");
        // What ties both as strongly as can be does not merge them.
        desk.Take(Hit(75, "other", "web01", "root", "203.0.113.9", Level.High, new Entity(EntityKind.User, "eve", EntityRole.Target)));
        Assert.NotSame(desk.State.Surviving(c.Id), desk.State.Surviving(apart.Id));
        Assert.Equal("TRI428", Do(desk, h => h.Merge(c, apart)).Refused?.Code);
        Assert.Equal("TRI428", Do(desk, h => h.Move(apart, [apart.Signals[0].Id], c)).Refused?.Code);
        Assert.Null(Do(desk, h => h.Withdraw(parting)).Refused);
        Assert.Null(Do(desk, h => h.Merge(c, apart)).Refused);
    }

    [Fact]
    public void A_tie_that_misled_weighs_half_between_those_two_rules()
    {
        static double Score(bool misled)
        {
            var desk = Attack();
            if (misled)
                desk.Say(new CasesParted("p1", "c98", "c99", null, "x", [new("host:web01", "rule-guess", "rule-next"), new("host:web01", "rule-login", "rule-next"), new("host:web01", "rule-new user", "rule-next"), new("host:web01", "rule-job", "rule-next")]));
            desk.Take(Hit(14, "next", "web01"));
            return With(desk, "next").Signals.Single(s => s.Opened.RuleId == "rule-next").Join?.Score ?? 0;
        }
        Assert.True(Score(false) > 0.6);
        Assert.InRange(Score(true), 0, Score(false) * 0.6);
    }

    [Fact]
    public void Ten_thousand_signals_go_and_come_back_within_a_breath()
    {
        var desk = RegroupLaws.World(3);
        desk.Say(new CaseOpened("c7", 7, "big", "endpoint", false), "andon:triage");
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var s = PriorityLaws.One(random, 1000 + i) with { RuleId = $"r{i % 977}", Entity = $"host:h{i % 211}" };
            desk.State.Apply(new(desk.State.LastSeq + 1, s.FirstMs, "t", "t", s));
            desk.State.Apply(new(desk.State.LastSeq + 1, s.FirstMs, "t", "t", new SignalJoined("c7", s.SignalId, i == 0 ? null : new(s.Entity, desk.State.Case("c7")!.Signals[random.Next(i)].Id, 1, 0.5, "x"))));
        }
        var big = desk.State.Case("c7")!;
        var small = desk.State.Case("c1")!;
        var before = (desk.P(big), desk.P(small), big.Signals.Count);
        var clock = Stopwatch.StartNew();
        Assert.Null(RegroupLaws.Do(desk, h => h.Merge(small, big)).Refused);
        Assert.Null(RegroupLaws.Do(desk, h => h.Unmerge(big)).Refused);
        Assert.Equal(before.Item1, desk.P(big), 1e-9);
        Assert.Equal(before.Item2, desk.P(small), 1e-9);
        var half = Do(desk, h => h.Split(big, [.. big.Signals.Take(5000).Select(s => s.Id)]));
        Assert.Equal((5000, 5000), (big.Signals.Count, desk.State.Case(half.CaseId)!.Signals.Count));
        Assert.Null(Do(desk, h => h.Undo(desk.State.Move(half.MoveId)!)).Refused);
        Assert.Equal(before.Item1, desk.P(big), 1e-9);
        Assert.Equal(before.Item3, big.Signals.Count);
        RegroupLaws.Whole(desk.State);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), clock.Elapsed.ToString());
    }

    [Fact]
    public void Campaigns_show_what_cases_share_and_merge_nothing()
    {
        var desk = new Desk();
        desk.Take(Hit(0, "a", "h1", null, "203.0.113.9"));
        desk.Take(Hit(3000, "b", "h2", null, "203.0.113.9"));
        desk.Take(Hit(6000, "c", "h3", null, "198.51.100.1", Level.High, new Entity(EntityKind.Hash, "ab" + new string('1', 62), EntityRole.Target)));
        desk.Take(Hit(9000, "d", "h4", null, "198.51.100.2", Level.High, new Entity(EntityKind.Hash, "ab" + new string('1', 62), EntityRole.Target)));
        desk.Take(Hit(12000, "e", "h5", null, "198.51.100.3"));
        var found = Campaigns.All(desk.State, Salience.Default, desk.NowMs);
        Assert.Equal([2, 2], found.Select(c => c.CaseIds.Count));
        Assert.Contains(found, c => c.Edges.Single().Why == "the same outside address 203.0.113.9");
        Assert.Contains(found, c => c.Edges.Single().Why.StartsWith("the same file hash ab1", StringComparison.Ordinal));
        Assert.Equal(5, desk.Open.Count);
        Do(desk, h => h.NotRelated(With(desk, "a"), With(desk, "b"), Salience.Default));
        Assert.Single(Campaigns.All(desk.State, Salience.Default, desk.NowMs));
    }
}
