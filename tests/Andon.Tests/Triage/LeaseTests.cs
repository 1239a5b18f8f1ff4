using System.Text;
using Andon.Detect.Correlate;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Stage;
using Andon.Model;
using Andon.Tests.Intake;
using Andon.Triage.Grouping;

namespace Andon.Tests.Triage;

/// <summary>Whose address it was: DHCP servers say so in passing, and are believed only as far as that can do no harm.</summary>
public class LeaseTests
{
    const string Server = "syslog-udp:gw:dhcpd.log", Other = "syslog-udp:evil:dhcpd.log";

    static Lease Given(string address, string host, double minute, string source = Server) => new(address, host, Desk.Min(minute), source);

    /// <summary>Two quiet days on which the hosts and their addresses are met now and then.</summary>
    static (Desk Desk, Func<ulong> Next) Watched()
    {
        var (desk, n) = (new Desk(), 0UL);
        for (var hour = -48; hour < 0; hour++)
            desk.Take(Desk.Hit(++n, hour * 60, $"habit {hour % 3}", Level.Low, host: $"pc{(hour + 48) % 12}", ip: $"10.1.0.{50 + (hour + 48) % 12}"));
        return (desk, () => ++n);
    }

    static Hit Beacon(ulong n, double minute, string rule, string address) =>
        Desk.Hit(n, minute, rule, more: [new(EntityKind.Ip, address, EntityRole.Actor), new(EntityKind.Ip, $"203.0.113.{n % 200}", EntityRole.Target)]);

    [Fact]
    public void An_alert_that_names_an_address_only_joins_the_host_that_had_it()
    {
        var (desk, next) = Watched();
        desk.Core.Leases.Take(Given("10.1.0.9", "pc7", -300));
        desk.Take(Desk.Hit(next(), 0, "office program starts shell", Level.High, host: "pc7"));
        desk.Take(Beacon(next(), 20, "beacon", "10.1.0.9"));
        var story = desk.Open.Single(c => c.Rules.Contains("rule-beacon"));
        Assert.Contains("rule-office program starts shell", story.Rules);
        Assert.Contains("it had 10.1.0.9, says " + Server, story.Signals[^1].Join!.Text, StringComparison.Ordinal);
        // It ties, and makes the host no entity of the alert.
        Assert.DoesNotContain(story.Signals[^1].Entities, e => e.Kind == EntityKind.Host);
        // The other way round too: the host's own alert finds the case that only an address opened.
        desk.Core.Leases.Take(Given("10.1.0.8", "pc3", -300));
        desk.Take(Beacon(next(), 30, "odd port", "10.1.0.8"));
        desk.Take(Desk.Hit(next(), 40, "run key set", host: "pc3"));
        Assert.Contains("rule-odd port", desk.Open.Single(c => c.Rules.Contains("rule-run key set")).Rules);
        // All of it is in the facts: folded anew, the same cases.
        var again = new Andon.Triage.Cases.TriageState();
        foreach (var fact in desk.Facts) again.Apply(fact);
        var later = new Desk(again);
        later.Pass(40);
        Assert.Equal(desk.Picture(), later.Picture());
    }

    [Fact]
    public void An_address_that_changed_hands_between_two_alerts_ties_them_no_more()
    {
        foreach (var told in new[] { false, true })
        {
            var (desk, next) = Watched();
            if (told) desk.Core.Leases.Take(Given("10.1.0.9", "pc7", -300));
            desk.Take(Beacon(next(), 0, "beacon", "10.1.0.9"));
            if (told) desk.Core.Leases.Take(Given("10.1.0.9", "pc4", 10));
            desk.Take(Beacon(next(), 20, "odd port", "10.1.0.9"));
            desk.Take(Desk.Hit(next(), 25, "run key set", host: "pc4"));
            var second = desk.Open.Single(c => c.Rules.Contains("rule-odd port"));
            Assert.Equal(!told, second.Rules.Contains("rule-beacon"));
            Assert.Equal(told, second.Rules.Contains("rule-run key set"));
        }
    }

    [Fact]
    public void The_book_knows_who_had_an_address_at_any_time()
    {
        var book = new LeaseBook();
        foreach (var lease in new[] { Given("10.1.0.9", "pc4", 60), Given("10.1.0.9", "pc7", 0), Given("10.1.0.9", "pc4", 400) }) book.Take(lease); // One came late.
        string? At(double minute) => book.At("10.1.0.9", Desk.Min(minute))?.Host;
        Assert.Equal(new string?[] { null, "pc7", "pc7", "pc4", "pc4" }, new[] { At(-1), At(0), At(59), At(60), At(400) });
        Assert.Equal("pc4", At(400 + 23 * 60));
        Assert.Null(At(400 + 25 * 60));
        book.Take(new("10.1.0.9", "", Desk.Min(500), Server, Ends: true));
        Assert.Equal("pc4", At(499));
        Assert.Null(At(500));
        // Told again, as after a restart: no other answer.
        foreach (var lease in new[] { Given("10.1.0.9", "pc7", 0), Given("10.1.0.9", "pc4", 60) }) book.Take(lease);
        Assert.Equal(new string?[] { "pc7", "pc4", null }, new[] { At(30), At(100), At(600) });
    }

    [Fact]
    public void Who_lies_about_an_address_can_only_make_it_nobodys()
    {
        var book = new LeaseBook();
        book.Take(Given("10.1.0.9", "pc7", 0));
        book.Take(Given("10.1.0.9", "dc01", 5, Other));
        Assert.Null(book.At("10.1.0.9", Desk.Min(10)));
        Assert.Equal("pc7", book.At("10.1.0.9", Desk.Min(4))?.Host);
        // One client that calls itself by another's name again and again.
        for (var i = 0; i < 9; i++) book.Take(Given($"10.1.0.{100 + i}", "files01", i));
        Assert.Null(book.At("10.1.0.100", Desk.Min(20)));
        Assert.Equal("files01", book.At("10.1.0.100", Desk.Min(2))?.Host);
    }

    [Fact]
    public void A_lie_never_merges_cases_and_the_inventory_goes_before_it()
    {
        var (desk, next) = Watched();
        desk.Take(Desk.Hit(next(), 0, "first story", Level.High, host: "pc1", user: "anna"));
        desk.Take(Desk.Hit(next(), 5, "other story", Level.High, host: "pc2", user: "ben"));
        Assert.NotSame(desk.Open.Single(c => c.Rules.Contains("rule-first story")), desk.Open.Single(c => c.Rules.Contains("rule-other story")));
        desk.Core.Leases.Take(Given("10.1.0.200", "pc2", 6, Other));
        for (var i = 0; i < 6; i++) desk.Take(Desk.Hit(next(), 7 + i, $"bridge {i}", Level.High, host: "pc1", ip: "10.1.0.200"));
        Assert.DoesNotContain(desk.Facts, f => f.Body is CaseMerged);
        desk.Say(new AssetStated("a1", "printer", ["10.1.0.201"], "lan", 1, "", "", Reachable: false, CrownJewel: false));
        desk.Core.Leases.Take(Given("10.1.0.201", "pc2", 6, Other));
        desk.Take(Beacon(next(), 20, "beacon", "10.1.0.201"));
        Assert.Null(desk.Open.SelectMany(c => c.Signals).Single(s => s.Opened.RuleId == "rule-beacon").Opened.Leased);
    }

    [Fact]
    public void A_client_that_says_less_of_its_name_means_the_one_host_that_begins_so()
    {
        var (desk, next) = Watched();
        desk.Take(Desk.Hit(next(), 0, "shell started", Level.High, host: "ws1.office.example"), Desk.Hit(next(), 0, "habit x", Level.Low, host: "ws2.office.example"), Desk.Hit(next(), 0, "habit x", Level.Low, host: "ws2.plant.example"));
        desk.Core.Leases.Take(Given("10.1.0.9", "ws1", -1));
        desk.Core.Leases.Take(Given("10.1.0.8", "ws2", -1));
        desk.Take(Beacon(next(), 3, "beacon", "10.1.0.9"));
        desk.Take(Beacon(next(), 3, "odd port", "10.1.0.8"));
        Assert.Contains("rule-shell started", desk.Open.Single(c => c.Rules.Contains("rule-beacon")).Rules);
        Assert.Null(desk.Open.SelectMany(c => c.Signals).Single(s => s.Opened.RuleId == "rule-odd port").Opened.Leased);
    }

    [Fact]
    public void The_matcher_tells_what_servers_say_once_and_no_line_that_merely_looks_so()
    {
        var set = new RuleSet([], Mappings.Load(Lab.Content.Path));
        var step = new MatchStep(new ActiveRules(set, _ => RuleDecision.None, _ => RuleQueue.Production), new Correlator(set));
        var position = 0UL;
        IReadOnlyList<Lease> Told(Origin origin, string line)
        {
            using var batch = Lab.Normaliser.Normalise([Lab.Record(origin, Encoding.UTF8.GetBytes(line), ++position)]).Seal();
            return [.. step.Run(batch, position, Lab.ReceivedMs).SelectMany(b => b.Leases ?? [])];
        }
        const string Ack = "<30>Mar  2 07:59:58 gw dhcpd[812]: DHCPACK on 10.20.0.15 to 02:00:00:00:00:01 (Laptop-Anna) via 10.20.0.1";
        Assert.Equal([new Lease("10.20.0.15", "laptop-anna", Lab.ReceivedMs - 2000, "syslog-udp:gw:dhcpd.log")], Told(Lab.Udp, Ack));
        Assert.Empty(Told(Lab.Udp, Ack)); // No news.
        Assert.Equal("laptop-ben", Told(Lab.Udp, Ack.Replace("Laptop-Anna", "laptop-ben", StringComparison.Ordinal)).Single().Host);
        Assert.Equal("laptop-anna", Told(Lab.Udp, "<30>Mar  2 07:59:58 gw dnsmasq-dhcp[812]: DHCPACK(br0) 10.20.0.16 02:00:00:00:00:01 laptop-anna").Single().Host);
        Assert.True(Told(Lab.Udp, "<30>Mar  2 07:59:59 gw dnsmasq-dhcp[812]: DHCPRELEASE(br0) 10.20.0.16 02:00:00:00:00:01").Single().Ends);
        // An offer gives nothing, and a client without a name names no host.
        Assert.Empty(Told(Lab.Udp, Ack.Replace("DHCPACK on", "DHCPOFFER on", StringComparison.Ordinal)));
        Assert.Empty(Told(Lab.Udp, "<30>Mar  2 07:59:58 gw dhcpd[812]: DHCPACK on 10.20.0.17 to 02:00:00:00:00:02 via 10.20.0.1"));
        // Words of others: a line of another program, and a record that claims the fields and the parser.
        Assert.Empty(Told(Lab.Udp, Ack.Replace("dhcpd[812]", "backdoor[812]", StringComparison.Ordinal).Replace("DHCPACK", "said DHCPACK", StringComparison.Ordinal)));
        Assert.Empty(Told(Lab.Bulk, """{"@timestamp":"2026-03-02T07:59:58Z","andon.parser":"dhcpd@1","event.action":"DHCPACK","network.protocol":"dhcp","source.ip":"10.20.0.18","source.domain":"dc01"}"""));
    }
}
