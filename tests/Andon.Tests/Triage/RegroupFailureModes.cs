using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Grouping;

namespace Andon.Tests.Triage;

/// <summary>The ways in which grouping goes wrong elsewhere (triage.md §6), each as a case of its own.</summary>
public class RegroupFailureModes
{
    const long Day = Andon.Triage.Limits.Day;

    static Hit Hit(double minute, string rule, string? host, string? user = null, string? ip = null, Level level = Level.High, params Entity[] more) =>
        RegroupTests.Hit(minute, rule, host, user, ip, level, more);

    static Desk Quiet(AllowList? allowed = null)
    {
        var desk = new Desk(null, allowed);
        for (var (minute, n) = (-1440, 0); minute < -60; minute += 15, n++)
            desk.Take(Hit(minute, $"usual{n % 5}", $"office{n % 8}", $"clerk{n % 7}", null, Level.Low));
        return desk;
    }

    static bool Together(Desk desk, string a, string b) => desk.Open.Any(c => c.Rules.Contains("rule-" + a) && c.Rules.Contains("rule-" + b));

    static void Close(Desk desk, CaseState c, Verdict verdict) =>
        desk.Say(new CaseClosed(c.Id, verdict, verdict == Verdict.TruePositive ? ["x"] : [], null, "internal.detection", "x", 5));

    [Fact]
    public void Chain_drift_two_strangers_do_not_meet_over_what_stands_between_them()
    {
        var desk = Quiet();
        desk.Take(Hit(0, "one", "web01", null, "203.0.113.9"));
        desk.Take(Hit(50, "between", "web01", null, null, Level.High, new Entity(EntityKind.Host, "web02", EntityRole.Target)));
        desk.Take(Hit(100, "three", "web02", null, "198.51.100.7"));
        Assert.False(Together(desk, "one", "three"));
        // Nor does what is usual between neighbours become one case that never ends.
        for (var i = 0; i < 60; i++) desk.Take(Hit(300 + i * 40, "sync", $"row{i}", null, null, Level.Low, new Entity(EntityKind.Host, $"row{i + 1}", EntityRole.Target)));
        Assert.True(desk.Open.Where(c => c.Rules.Contains("rule-sync")).Max(c => c.LastMs - c.FirstMs) < Day);
    }

    [Fact]
    public void A_shared_jump_host_does_not_join_those_who_use_it()
    {
        var desk = Quiet();
        for (var i = 0; i < 72; i++) desk.Take(Hit(-1500 + i * 19, $"logon{i % 4}", "jump01", null, null, Level.Low, new Entity(EntityKind.User, $"admin{i % 8}", EntityRole.Actor)));
        desk.Take(Hit(0, "dump", "jump01", null, null, Level.High, new Entity(EntityKind.User, "admin1", EntityRole.Actor)));
        desk.Take(Hit(5, "tunnel", "jump01", null, null, Level.High, new Entity(EntityKind.User, "admin5", EntityRole.Actor)));
        Assert.False(Together(desk, "dump", "tunnel"));
    }

    [Fact]
    public void An_address_that_another_machine_leases_later_joins_nothing()
    {
        var desk = Quiet();
        desk.Take(Hit(0, "beacon", "laptop-a", null, "10.0.0.50"));
        desk.Take(Hit(240, "macro", "laptop-b", null, "10.0.0.50"));
        Assert.False(Together(desk, "beacon", "macro"));
    }

    [Fact]
    public void A_source_whose_clock_is_wrong_neither_splits_the_story_nor_holds_it_on_top()
    {
        var desk = Quiet();
        desk.Take(Hit(0, "guess", "web01", "root", "203.0.113.9"));
        // Half an hour ahead, and it happens now.
        desk.Take([Hit(32, "login", "web01", "root", "203.0.113.9")], Desk.Min(2));
        Assert.True(Together(desk, "guess", "login"));
        // A year ahead: a case that decays like any other, and what comes after is grouped as before.
        desk.Take([Hit(525_600, "ahead", "db07", null, "192.0.2.5")], Desk.Min(3));
        var ahead = RegroupTests.With(desk, "ahead");
        Assert.True(ahead.LastMs <= Desk.Min(3) + Day);
        desk.Take([Hit(5, "new user", "web01", "root")], Desk.Min(5));
        Assert.True(Together(desk, "guess", "new user"));
        var now = desk.P(ahead);
        desk.Pass(24 * 60);
        Assert.True(desk.P(ahead) < now / 2);
    }

    [Fact]
    public void A_merge_after_assignment_does_not_happen()
    {
        var desk = Quiet();
        desk.Take(Hit(0, "a", "web01", "kim", "203.0.113.9"));
        desk.Take(Hit(1, "b", "db01", "lee", "198.51.100.7"));
        desk.Say(new CardPulled(RegroupTests.With(desk, "a").Id, "anna", null));
        desk.Say(new CardPulled(RegroupTests.With(desk, "b").Id, "ben", null), "user:ben");
        desk.Take(Hit(2, "bridge", "web01", "lee", "203.0.113.9", Level.High, new(EntityKind.Ip, "198.51.100.7", EntityRole.Actor), new Entity(EntityKind.Host, "db01", EntityRole.Target), new Entity(EntityKind.User, "kim", EntityRole.Target)));
        Assert.False(Together(desk, "a", "b"));
        Assert.DoesNotContain(desk.Facts, f => f.Body is CaseMerged);
    }

    [Fact]
    public void What_would_join_a_closed_case_opens_a_new_one_that_says_so()
    {
        var desk = Quiet();
        desk.Take(Hit(0, "guess", "web01", "root", "203.0.113.9"));
        var first = RegroupTests.With(desk, "guess");
        Close(desk, first, Verdict.FalsePositive);
        desk.Take(Hit(20, "login", "web01", "root", "203.0.113.9"));
        var again = RegroupTests.With(desk, "login");
        Assert.Equal(first.Id, again.RecurrenceOf?.OfCaseId);
        Assert.StartsWith($"recurrence of case {first.Number} (false positive): same ", again.RecurrenceOf!.Reason.Text, StringComparison.Ordinal);
        Assert.Equal([again.Id], first.RecurredAs);
        // Ten days later no tie by time holds; the stranger's address is known all the same.
        desk.Take(Hit(14_400, "scan", "db01", null, "203.0.113.9"));
        Assert.Equal(first.Id, RegroupTests.With(desk, "scan").RecurrenceOf?.OfCaseId);
        // Reopened, it is open: what belongs to it joins it.
        desk.Say(new CaseReopened(first.Id, "x"));
        desk.Take(Hit(14_401, "elsewhere", "db02", null, "192.0.2.77"));
        Assert.Null(RegroupTests.With(desk, "elsewhere").RecurrenceOf);
    }

    [Fact]
    public void Nobody_worked_on_it_so_it_expires_is_counted_teaches_nothing_and_is_known_again()
    {
        var desk = new Desk();
        for (var (minute, n) = (-1440, 0); minute < 0; minute += 30, n++) desk.Take(Hit(minute, "chatter", $"office{n % 3}", null, null, Level.Informational));
        desk.Take(Hit(0, "odd", "web01", null, "203.0.113.9"));
        desk.Take(Hit(1, "noted", "web02", null, "198.51.100.9"));
        desk.Take(Hit(2, "pulled", "web03", null, "198.51.100.8"));
        var (odd, noted, pulled) = (RegroupTests.With(desk, "odd"), RegroupTests.With(desk, "noted"), RegroupTests.With(desk, "pulled"));
        desk.Say(new CardPulled(pulled.Id, "anna", null));
        var (reported, _) = desk.Core.Report("strange mail", "", [], "user:anna", desk.NowMs);
        desk.Apply(reported);
        var rho = desk.State.Reliability.Rule("rule-odd");
        Assert.True(desk.P(odd) >= Andon.Triage.Limits.FloorPoints);

        desk.Pass(13.9 * 1440);
        Assert.DoesNotContain(Expiry.Due(desk.State, desk.NowMs), d => d.Body is CaseClosed c && c.CaseId == odd.Id);
        desk.Say(new CaseNoted(noted.Id, "still looking"), "user:ben");
        // It stood above the floor for days first; those count from when it sank.
        Assert.True(odd.UnderFloorMs > odd.OpenedMs);
        desk.Pass(6 * 1440);
        desk.Apply(Expiry.Due(desk.State, desk.NowMs));
        Assert.Equal((Lane.Closed, Discoveries.ExpiredUnworked), (odd.Lane, odd.Closed?.Discovery));
        Assert.All([noted, pulled], c => Assert.True(c.Open));
        Assert.Contains(desk.Open, c => c.Manual);
        Assert.Equal(desk.State.Cases.Count(c => c.Closed is not null), desk.State.Expired[EntityBook.DayOf(desk.NowMs)]);
        Assert.Equal(rho, desk.State.Reliability.Rule("rule-odd"));

        desk.Take(Hit((desk.NowMs - Desk.Start) / 60_000.0 + 10, "odd", "web01", null, "203.0.113.9"));
        var back = RegroupTests.With(desk, "odd");
        Assert.Equal(odd.Id, back.RecurrenceOf?.OfCaseId);
        Assert.Contains("expired unworked", back.RecurrenceOf!.Reason.Text, StringComparison.Ordinal);
    }

    const string Scanner = "- {name: Nessus, actors: ['ip:10.9.9.9'], why: agreed}\n";

    [Fact]
    public void An_authorised_scanner_keeps_its_case_marked_and_under_the_floor()
    {
        var desk = Quiet(AllowList.Parse(Scanner));
        for (var i = 0; i < 8; i++) desk.Take(Hit(i, $"exploit {i}", "web01", null, "10.9.9.9", Level.Critical));
        var scan = RegroupTests.With(desk, "exploit 0");
        Assert.True(scan.Authorised);
        Assert.InRange(desk.P(scan), 0, Andon.Triage.Limits.AuthorisedPointsMax);
        Assert.Equal(desk.Open.Count(c => c.Authorised), desk.State.AuthorisedCases);
        Assert.True(desk.State.AuthorisedCases > 0);
        // An attack on the same machine at the same time is a case of its own, at its own place.
        desk.Take(Hit(9, "web shell", "web01", null, "203.0.113.9"));
        var attack = RegroupTests.With(desk, "web shell");
        Assert.NotSame(scan, attack);
        Assert.True(desk.P(attack) > desk.P(scan));
        // And nobody hides behind the scanner's alerts: the same rule on the same host by someone else, in the same burst.
        desk.Take(Hit(10, "exploit 0", "web01", null, "198.51.100.66", Level.Critical));
        Assert.False(RegroupTests.With(desk, "exploit 0").Authorised);
        Assert.True(desk.P(RegroupTests.With(desk, "exploit 0")) > Andon.Triage.Limits.FloorPoints);
    }

    [Theory]
    [InlineData("- {name: n, actors: ['ip:1'], why: w}", "")]
    [InlineData("# nothing yet\n", "")]
    [InlineData("name: n", "TRI440")]
    [InlineData("- [", "TRI442")]
    [InlineData("- word", "TRI443")]
    [InlineData("- {name: n, actors: ['ip:1'], why: w, actor: x}", "TRI444")]
    [InlineData("- {actors: ['ip:1']}", "TRI445 TRI446")]
    [InlineData("- {name: n, why: w}", "TRI447")]
    [InlineData("- {name: n, actors: [scanner, 'ip:'], why: w}", "TRI448 TRI448")]
    [InlineData("- {name: n, actors: ['ip:1'], why: w, until: tomorrow}", "TRI449")]
    public void A_mistake_in_the_allow_list_is_told_and_allows_nothing(string yaml, string codes)
    {
        var list = AllowList.Parse(yaml);
        Assert.Equal(codes, string.Join(' ', list.Findings.Select(f => f.Code)));
        Assert.All(list.Findings, f => Assert.True(f.Hint.Length > 0 && f.Place.StartsWith("content/triage/authorised.yml", StringComparison.Ordinal)));
        if (codes.Length > 0) Assert.Empty(list.Entries);
    }

    [Fact]
    public void The_allow_list_that_is_shipped_is_read_without_a_finding() =>
        Assert.Empty(AllowList.Load(Path.Combine(SharedData.RepositoryRoot, "content")).Findings);

    [Fact]
    public void Two_attacks_at_once_on_one_host_stay_two()
    {
        var desk = Quiet();
        for (var i = 0; i < 6; i++)
        {
            desk.Take(Hit(i * 4, $"ssh {i}", "web01", null, "203.0.113.9"));
            desk.Take(Hit(i * 4 + 2, $"sql {i}", "web01", null, "198.51.100.77"));
        }
        Assert.Equal(6, RegroupTests.With(desk, "ssh 0").Signals.Count(s => s.Opened.RuleId.StartsWith("rule-ssh", StringComparison.Ordinal)));
        Assert.False(Together(desk, "ssh 0", "sql 0"));
    }

    [Fact]
    public void One_bad_verdict_never_hides_an_attack()
    {
        var desk = Quiet();
        void Attack(double at, string host, string from)
        {
            desk.Take(Hit(at, "guess", host, "root", from));
            desk.Take(Hit(at + 3, "login", host, "root", from));
        }
        Attack(0, "web01", "203.0.113.9");
        Close(desk, RegroupTests.With(desk, "guess"), Verdict.FalsePositive);
        // The very same attack the next day, judged wrongly: it is a card, over the floor and over all the chatter.
        Attack(1500, "web01", "203.0.113.9");
        var again = RegroupTests.With(desk, "guess");
        Assert.True(desk.P(again) > Andon.Triage.Limits.FloorPoints);
        Assert.Same(again, desk.Open.MaxBy(desk.P));
        Assert.False(again.Authorised);
    }
}
