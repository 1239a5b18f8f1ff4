using Andon.Model;
using Andon.Triage.Grouping;

namespace Andon.Tests.Triage;

public class GroupingTests
{
    static readonly string[] BruteForce = ["attack.credential-access", "attack.t1110"], NewUser = ["attack.persistence", "attack.t1136.001"],
        Task = ["attack.execution", "attack.t1053"], Login = ["attack.initial-access", "attack.t1078"];

    static Desk Quiet()
    {
        // A day of ordinary alerts on eight hosts, so that nothing about hosts is special.
        var desk = new Desk();
        var n = 0UL;
        for (var minute = -1440; minute < -60; minute += 15)
            desk.Take(Desk.Hit(++n, minute, $"usual{n % 5}", Level.Low, $"office{n % 8}", user: $"clerk{n % 7}"));
        return desk;
    }

    static ulong next = 100_000;
    static Hit Hit(double minute, string rule, Level level, string? host, string? user = null, string? ip = null, string[]? tags = null, params Entity[] more) =>
        Desk.Hit(Interlocked.Increment(ref next), minute, rule, level, host, user, ip, tags, RuleQueue.Production, more);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_later_steps_of_an_attack_join_the_case_of_its_brute_force(bool newHouse)
    {
        var desk = newHouse ? new Desk() : Quiet();
        desk.Take(Hit(0, "SSH brute force", Level.High, "web01", "root", "203.0.113.9", BruteForce));
        desk.Take(Hit(6, "Login after failures", Level.High, "web01", "root", "203.0.113.9", Login));
        desk.Take(Hit(19, "New user created", Level.Medium, "web01", "backdoor", tags: NewUser));
        desk.Take(Hit(41, "Scheduled task created", Level.Medium, "web01", "backdoor", tags: Task));
        var attack = desk.Open.Where(c => c.Rules.Contains("rule-SSH brute force")).ToList();
        Assert.Equal(4, Assert.Single(attack).Signals.Count);
        Assert.All(attack[0].Signals.Skip(1), s => Assert.StartsWith("joined because same ", s.Join!.Text, StringComparison.Ordinal));
        Assert.Equal(attack[0], desk.Open.MaxBy(desk.P));
    }

    [Fact]
    public void On_host_only_data_two_rare_alerts_of_one_host_join_and_of_two_hosts_do_not()
    {
        var desk = Quiet();
        desk.Take(Hit(0, "web shell", Level.High, "office3"));
        desk.Take(Hit(10, "sudo to root", Level.High, "office3"));
        desk.Take(Hit(12, "strange process", Level.High, "office5"));
        Assert.Equal(2, desk.Open.Single(c => c.Rules.Contains("rule-web shell")).Signals.Count(s => s.Rare));
        Assert.DoesNotContain("rule-web shell", desk.Open.Single(c => c.Rules.Contains("rule-strange process")).Rules);
    }

    [Fact]
    public void Hours_later_the_same_host_alone_is_no_tie()
    {
        var desk = Quiet();
        desk.Take(Hit(0, "web shell", Level.High, "web01"));
        desk.Take(Hit(300, "other thing", Level.High, "web01"));
        Assert.NotEqual(desk.Open.Single(c => c.Rules.Contains("rule-web shell")), desk.Open.Single(c => c.Rules.Contains("rule-other thing")));
    }

    [Theory]
    [InlineData("root")]
    [InlineData("system")]
    [InlineData("nt authority\\system")]
    [InlineData("web01$")]
    [InlineData("-")]
    public void Accounts_that_every_machine_has_tie_nothing(string user)
    {
        var desk = Quiet();
        for (var i = 0; i < 30; i++) desk.Take(Hit(i, $"alert {i}", Level.High, $"server{i}", user));
        Assert.Equal(30, desk.Open.Count(c => c.Rules.Any(r => r.StartsWith("rule-alert", StringComparison.Ordinal))));
        Assert.DoesNotContain(desk.Facts, f => f.Body is CaseMerged);
    }

    [Fact]
    public void A_service_account_on_many_hosts_is_learned_as_a_stop()
    {
        var desk = Quiet();
        for (var i = 0; i < 12; i++) desk.Take(Hit(i, "backup login", Level.Medium, $"server{i}", "backup"));
        Assert.Contains(desk.State.Entities.LearnedStops(), s => s.Key == "user:backup");
        desk.Take(Hit(20, "web shell", Level.High, "web09", "backup"));
        Assert.Single(desk.Open.Single(c => c.Rules.Contains("rule-web shell")).Signals);
    }

    [Fact]
    public void A_domain_controller_that_all_touch_ties_nothing_by_itself()
    {
        var desk = new Desk();
        var n = 0;
        // Ten days of alerts on the controller about everyone, and on the others now and then.
        for (var minute = -14_000; minute < -200; minute += 40)
        {
            desk.Take(Hit(minute, $"logon {n % 40}", Level.Low, "dc01", $"clerk{n % 60}"));
            if (n++ % 6 == 0) desk.Take(Hit(minute + 1, "office thing", Level.Low, $"office{n % 30}"));
        }
        desk.Take(Hit(0, "ticket forged", Level.High, "dc01", "mallory"));
        desk.Take(Hit(5, "password sprayed", Level.High, "dc01", "eve"));
        Assert.NotEqual(desk.Open.Single(c => c.Rules.Contains("rule-ticket forged")), desk.Open.Single(c => c.Rules.Contains("rule-password sprayed")));
    }

    [Fact]
    public void Two_attackers_on_one_host_stay_two_cases()
    {
        var desk = Quiet();
        desk.Take(Hit(0, "SSH brute force", Level.High, "web01", "root", "203.0.113.9"));
        desk.Take(Hit(1, "SQL injection", Level.High, "web01", null, "198.51.100.77"));
        desk.Take(Hit(4, "Login after failures", Level.High, "web01", "root", "203.0.113.9"));
        desk.Take(Hit(5, "web shell", Level.High, "web01", null, "198.51.100.77"));
        var (ssh, web) = (desk.Open.Single(c => c.Rules.Contains("rule-SSH brute force")), desk.Open.Single(c => c.Rules.Contains("rule-SQL injection")));
        Assert.NotEqual(ssh, web);
        Assert.Contains("rule-Login after failures", ssh.Rules);
        Assert.Contains("rule-web shell", web.Rules);
    }

    [Fact]
    public void What_could_be_either_strangers_joins_neither()
    {
        var desk = Quiet();
        desk.Take(Hit(0, "web shell one", Level.High, "web01", null, "203.0.113.9"));
        desk.Take(Hit(2, "web shell two", Level.High, "web01", null, "198.51.100.77"));
        desk.Take(Hit(6, "jobs replaced", Level.High, "web01"));
        Assert.Single(desk.Open.Single(c => c.Rules.Contains("rule-jobs replaced")).Signals);
        // With one stranger there is no doubt.
        var alone = Quiet();
        alone.Take(Hit(0, "web shell one", Level.High, "web01", null, "203.0.113.9"));
        alone.Take(Hit(6, "jobs replaced", Level.High, "web01"));
        Assert.Contains("rule-web shell one", alone.Open.Single(c => c.Rules.Contains("rule-jobs replaced")).Rules);
    }

    [Fact]
    public void On_a_machine_that_many_share_another_person_is_another_story()
    {
        static Entity By(string name) => new(EntityKind.User, name, EntityRole.Actor);
        Desk Told(string host)
        {
            var desk = Quiet();
            for (var i = 0; i < 5; i++) desk.Take(Hit(-300 + i, "usual work", Level.Low, "terminal", more: By($"clerk{i}")));
            desk.Take(Hit(0, "tool one", Level.High, host, more: By("mallory")));
            desk.Take(Hit(30, "tool two", Level.High, host, more: By("eve")));
            return desk;
        }
        var shared = Told("terminal");
        Assert.DoesNotContain("rule-tool two", shared.Open.Single(c => c.Rules.Contains("rule-tool one")).Rules);
        var own = Told("laptop");
        Assert.Contains("rule-tool two", own.Open.Single(c => c.Rules.Contains("rule-tool one")).Rules);
    }

    [Fact]
    public void A_host_that_chatters_but_is_quiet_for_rare_things_still_ties_them()
    {
        var desk = Quiet();
        for (var i = 0; i < 600; i++) desk.Take(Hit(-1440 + i * 2.3, $"knock {i % 12}", Level.Low, "web01"));
        desk.Take(Hit(0, "account made", Level.High, "web01"));
        desk.Take(Hit(1, "jobs replaced", Level.High, "web01"));
        Assert.Contains("rule-jobs replaced", desk.Open.Single(c => c.Rules.Contains("rule-account made")).Rules);
    }

    [Fact]
    public void The_address_of_a_workstation_carries_an_attack_to_the_next_host_and_that_of_a_scanner_does_not()
    {
        var desk = Quiet();
        desk.Take(Hit(0, "beacon", Level.High, null, null, "10.1.0.17"));
        desk.Take(Hit(8, "remote logon", Level.High, "srv3", null, "10.1.0.17"));
        Assert.Contains("rule-remote logon", desk.Open.Single(c => c.Rules.Contains("rule-beacon")).Rules);
        for (var i = 0; i < 15; i++) desk.Take(Hit(20 + i, $"probe {i % 3}", Level.Low, $"office{i}", null, "10.0.0.5"));
        Assert.Contains(desk.State.Entities.LearnedStops(), s => s.Key == "ip:10.0.0.5");
        desk.Take(Hit(60, "odd thing", Level.High, "srv8", null, "10.0.0.5"));
        Assert.Single(desk.Open.Single(c => c.Rules.Contains("rule-odd thing")).Signals);
    }

    [Fact]
    public void The_systems_own_session_ties_nothing_though_it_names_its_host()
    {
        Assert.Equal(0, Salience.Default.TypeWeight(new(EntityKind.Session, "0x3e7@ws1")));
        Assert.Equal(1, Salience.Default.TypeWeight(new(EntityKind.Session, "0x3e7a1@ws1")));
    }

    [Fact]
    public void A_logon_session_ties_within_its_host_only()
    {
        var session = new Entity(EntityKind.Session, "0x3e7a1");
        var desk = Quiet();
        desk.Take(Hit(0, "one", Level.High, "ws1", more: session));
        desk.Take(Hit(1, "two", Level.High, "ws2", more: session));
        desk.Take(Hit(2, "three", Level.High, "ws3", null, null, null, new Entity(EntityKind.Session, "0x5@dc")), Hit(3, "four", Level.High, "ws4", null, null, null, new Entity(EntityKind.Session, "0x5@dc")));
        Assert.Contains("rule-four", desk.Open.Single(c => c.Rules.Contains("rule-three")).Rules);
        Assert.NotEqual(desk.Open.Single(c => c.Rules.Contains("rule-one")), desk.Open.Single(c => c.Rules.Contains("rule-two")));
    }

    // Two cases begin apart (a user and a domain; an address and a principal) and one signal ties both through two kinds of entity each.
    static (Desk Desk, Hit Bridge) Apart()
    {
        var desk = Quiet();
        var evil = new Entity(EntityKind.Domain, "evil.example", EntityRole.Target);
        var robot = new Entity(EntityKind.Principal, "build-robot", EntityRole.Actor);
        desk.Take(Hit(0, "one", Level.High, "lab1", "mallory", more: evil));
        desk.Take(Hit(1, "two", Level.High, "lab2", null, "203.0.113.9", null, robot));
        Assert.NotEqual(desk.Open.Single(c => c.Rules.Contains("rule-one")), desk.Open.Single(c => c.Rules.Contains("rule-two")));
        return (desk, Hit(2, "bridge", Level.High, null, "mallory", "203.0.113.9", null, evil, robot));
    }

    [Fact]
    public void Cases_tied_through_two_entities_merge_and_keep_everything()
    {
        var (desk, bridge) = Apart();
        var facts = desk.Take(bridge);
        var merge = facts.Select(f => f.Body).OfType<CaseMerged>().Single();
        var left = desk.State.Surviving(merge.CaseId)!;
        Assert.Equal(merge.IntoCaseId, left.Id);
        Assert.Equal(["rule-bridge", "rule-one", "rule-two"], left.Rules.Order());
        Assert.Contains("joined because same", merge.Reason.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(desk.Open, c => c.Id == merge.CaseId);
    }

    [Fact]
    public void Cases_of_two_owners_are_related_and_never_merged()
    {
        var (desk, bridge) = Apart();
        desk.Say(new CardPulled(desk.Open.Single(c => c.Rules.Contains("rule-one")).Id, "anna", null));
        desk.Say(new CardPulled(desk.Open.Single(c => c.Rules.Contains("rule-two")).Id, "ben", null));
        Assert.DoesNotContain(desk.Take(bridge), f => f.Body is CaseMerged);
    }

    [Fact]
    public void The_same_ordinary_program_on_two_hosts_is_no_tie_by_itself()
    {
        var shell = new Entity(EntityKind.Hash, "908b64b1971a979c7e3e8ce4621945cba84854cb98d76367b791a6e22b5f6d53", EntityRole.Tool);
        var desk = Quiet();
        desk.Take(Hit(0, "one", Level.High, "ws1", more: shell));
        desk.Take(Hit(1, "two", Level.High, "ws2", more: shell));
        Assert.NotEqual(desk.Open.Single(c => c.Rules.Contains("rule-one")), desk.Open.Single(c => c.Rules.Contains("rule-two")));
    }

    [Fact]
    public void A_closed_case_takes_nothing_in_any_more()
    {
        var desk = Quiet();
        desk.Take(Hit(0, "web shell", Level.High, "web01"));
        var closed = desk.Open.Single(c => c.Rules.Contains("rule-web shell"));
        desk.Say(new CardPulled(closed.Id, "anna", null));
        desk.Say(new CaseClosed(closed.Id, Verdict.BenignPositive, [], null, "internal.detection", "a test", 5));
        desk.Take(Hit(5, "sudo to root", Level.High, "web01"));
        Assert.Single(closed.Signals);
        Assert.Contains(desk.Open, c => c.Rules.Contains("rule-sudo to root"));
    }

    [Fact]
    public void Later_alerts_of_a_burst_bring_their_entities_along()
    {
        var desk = Quiet();
        desk.Take(Hit(0, "SSH brute force", Level.High, "web01", "root", "203.0.113.9"));
        desk.Take(Hit(1, "SSH brute force", Level.High, "web01", "webadmin", "203.0.113.9"));
        desk.Take(Hit(3, "Odd login", Level.High, "db07", "webadmin"));
        Assert.Contains("rule-Odd login", desk.Open.Single(c => c.Rules.Contains("rule-SSH brute force")).Rules);
    }

    [Fact]
    public void A_report_by_a_person_is_a_case_that_alerts_join()
    {
        var desk = Quiet();
        var (drafts, id) = desk.Core.Report("Odd mail with a link", "Anna clicked it.", [new(EntityKind.Host, "ws-anna")], "user:anna", desk.NowMs);
        desk.Apply(drafts);
        desk.Take(Hit(-59, "Script from mail", Level.High, "ws-anna"));
        var c = desk.State.Case(id)!;
        Assert.True(c.Manual);
        Assert.Equal(2, c.Signals.Count);
        Assert.True(desk.P(c) > 20);
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.7.7", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("no address", true)]
    public void Inside_or_outside(string address, bool inside) => Assert.Equal(inside, Salience.IsInternal(address));
}
