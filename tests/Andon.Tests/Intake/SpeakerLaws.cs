using System.Text;
using Andon.Intake;
using Andon.Intake.Sources;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>Who speaks for a host: a forger beside the host itself is told, and whatever networks lawfully do is not.</summary>
public sealed class SpeakerLaws
{
    const long Minute = 60_000, Hour = 60 * Minute, Day = 24 * Hour;
    const string Own = "10.0.0.1", Forger = "10.9.9.9";

    sealed class Ward
    {
        public Catalogue Catalogue = new();
        public readonly List<FactBody> Facts = [];
        public long Now = Lab.ReceivedMs;
        ulong position;
        long seq;

        public void Say(FactBody body)
        {
            Facts.Add(body);
            Catalogue.Apply(new(++seq, Now, "user:anna", "", body));
        }

        public void Send(string peer, params string[] hosts) => SendTo("syslog-udp", peer, hosts);

        public void SendTo(string listener, string peer, params string[] hosts)
        {
            var origin = new Origin(listener, peer);
            using var batch = Lab.Normaliser.Normalise([.. hosts.Select(h => new Andon.Model.Record(++position, Now, origin, Encoding.UTF8.GetBytes($"<38>1 {UnixMs.ToIso(Now)} {h} sshd 1 - - Accepted password for u from 203.0.113.9 port {1000 + position % 5000} ssh2")))]);
            batch.To = position + 1;
            foreach (var draft in Catalogue.Discover(batch)) Say(draft.Body);
            Catalogue.Take(batch);
            Look();
        }

        public void Look()
        {
            foreach (var draft in Catalogue.Report(Now)) Say(draft.Body);
        }

        /// <summary>Each of them speaks once an hour for so many hours.</summary>
        public void Hours(int hours, params (string Peer, string[] Hosts)[] who)
        {
            for (var i = 0; i < hours; i++)
            {
                foreach (var (peer, hosts) in who)
                {
                    Now += Minute;
                    Send(peer, hosts);
                }
                Now += Hour - who.Length * Minute;
                Look();
            }
        }

        public List<SourceAlarmed> Alarms => [.. Facts.OfType<SourceAlarmed>().Where(a => a.Ailment == SourceAilment.ForeignPeer)];
        public List<SourceRecovered> Ends => [.. Facts.OfType<SourceRecovered>().Where(a => a.Ailment == SourceAilment.ForeignPeer)];
    }

    static readonly string[] One = ["web01"];
    static string[] Hosts(int n, int from = 0) => [.. Enumerable.Range(from, n).Select(i => $"h{i:000}")];

    static Ward Settled()
    {
        var ward = new Ward();
        ward.Hours(30, (Own, One));
        return ward;
    }

    [Xunit.Fact]
    public void A_forger_beside_the_host_is_told_once_with_both_named_and_ends_when_he_does()
    {
        var ward = Settled();
        ward.Send(Forger, "web01");
        Assert.Empty(ward.Alarms); // Alone it may be a move.
        ward.Hours(3, (Own, One));
        var alarm = Assert.Single(ward.Alarms);
        Assert.Equal(("host:web01", "web01 now also comes from 10.9.9.9"), (alarm.SubjectId, alarm.Title));
        Assert.Contains(Own, alarm.Evidence, StringComparison.Ordinal);
        Assert.Contains("(1 events)", alarm.Evidence, StringComparison.Ordinal);
        ward.Hours(30, (Own, One));
        Assert.Contains("10.9.9.9 was not heard", Assert.Single(ward.Ends).Evidence, StringComparison.Ordinal);
        // The same again, and another: within a week the host is told once.
        ward.Hours(5, (Forger, One), ("10.9.9.8", One), (Own, One));
        Assert.Single(ward.Alarms);
        ward.Hours(8 * 24, (Own, One));
        ward.Hours(3, ("10.9.9.7", One), (Own, One));
        Assert.Equal(2, ward.Alarms.Count);
    }

    [Xunit.Fact]
    public void One_who_forges_while_the_host_sleeps_is_told_when_it_wakes()
    {
        var ward = Settled();
        ward.Hours(12, (Forger, One));
        Assert.Empty(ward.Alarms);
        ward.Hours(1, (Own, One));
        Assert.Single(ward.Alarms);
    }

    [Xunit.Fact]
    public void A_host_that_wakes_after_its_place_was_taken_is_the_newcomer_and_is_told()
    {
        var ward = Settled();
        ward.Hours(40, (Forger, One));
        Assert.Empty(ward.Alarms);
        ward.Hours(2, (Own, One), (Forger, One));
        Assert.Contains(Own, Assert.Single(ward.Alarms).Title, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public void A_host_that_moves_and_moves_again_is_no_news()
    {
        var ward = Settled();
        for (var lease = 2; lease < 40; lease++) ward.Hours(1 + lease % 50, ($"10.0.0.{lease}", One));
        Assert.Empty(ward.Alarms);
        Assert.InRange(ward.Catalogue.SpeakersOf(ward.Catalogue.Sources.Single())!.All.Count, 1, Limits.SpeakersPerHostMax);
    }

    [Xunit.Fact]
    public void A_renumbered_network_is_no_news()
    {
        var ward = new Ward();
        ward.Hours(30, [.. Hosts(20).Select((h, i) => ($"10.0.0.{i + 1}", new[] { h }))]);
        ward.Hours(60, [.. Hosts(20).Select((h, i) => ($"10.1.0.{i + 1}", new[] { h }))]);
        Assert.Empty(ward.Alarms);
    }

    [Xunit.Fact]
    public void Networks_of_the_contract_are_expected_and_others_are_not()
    {
        var ward = Settled();
        var id = ward.Catalogue.Sources.Single().Id;
        ward.Say(new SourceContracted(id, null, new([], [], [], [], [], 24) { SendsFrom = ["10.2.0.0/16", "2001:db8::/32"] }, "two lines"));
        ward.Hours(30, ("10.2.3.4", One), ("2001:db8::7", One), (Own, One));
        Assert.Empty(ward.Alarms);
        ward.Hours(2, (Forger, One), (Own, One));
        var alarm = Assert.Single(ward.Alarms);
        // Agreed on afterwards it is well too.
        ward.Say(new SourceContracted(id, null, new([], [], [], [], [], 24) { SendsFrom = ["10.0.0.0/8", "2001:db8::/32"] }, "three lines"));
        ward.Hours(2, (Forger, One), (Own, One));
        Assert.Equal(alarm.AlarmId, Assert.Single(ward.Ends).AlarmId);
        Assert.Single(ward.Alarms);
    }

    [Xunit.Fact]
    public void What_changes_while_people_work_on_it_is_theirs()
    {
        var ward = Settled();
        ward.Say(new SourceMaintained("host:web01", ward.Now, ward.Now + 5 * Hour, "second line"));
        ward.Hours(3, (Forger, One), (Own, One));
        ward.Hours(30, (Forger, One), (Own, One));
        Assert.Empty(ward.Alarms);
    }

    [Xunit.Fact]
    public void A_relay_speaks_for_new_hosts_and_relays_share_the_load()
    {
        var ward = new Ward();
        ward.Hours(30, ("10.0.0.1", Hosts(20)), ("10.0.0.2", Hosts(10)));
        // Hosts that one of them always brought are brought by both from now on, and new ones join.
        ward.Hours(30, ("10.0.0.1", Hosts(30)), ("10.0.0.2", Hosts(30)));
        Assert.Empty(ward.Alarms);
    }

    [Xunit.Fact]
    public void A_new_relay_beside_the_old_is_one_alarm_and_none_once_judged()
    {
        var ward = new Ward();
        ward.Hours(30, ("10.0.0.1", Hosts(50)));
        ward.Hours(30, ("10.0.0.1", Hosts(50)), ("10.0.0.3", Hosts(40)));
        var alarm = Assert.Single(ward.Alarms);
        Assert.Equal(("relay:10.0.0.3", 40), (alarm.SubjectId, alarm.Sources));
        ward.Say(new SourceAlarmJudged(alarm.AlarmId, alarm.SubjectId, Normal: true, "new relay"));
        ward.Hours(10, ("10.0.0.1", Hosts(50)), ("10.0.0.3", Hosts(50)));
        Assert.Single(ward.Alarms);
        Assert.Single(ward.Ends);
    }

    [Xunit.Fact]
    public void Who_is_a_relay_for_some_is_a_forger_for_the_hosts_of_another()
    {
        var ward = new Ward();
        ward.Hours(30, ("10.0.0.1", Hosts(10)), (Forger, Hosts(10, from: 500)));
        ward.Hours(3, ("10.0.0.1", Hosts(10)), (Forger, Hosts(1)));
        Assert.Single(ward.Alarms);
    }

    [Xunit.Fact]
    public void Made_up_addresses_are_bounded_and_push_out_nobody_who_is_known()
    {
        var ward = Settled();
        for (var i = 0; i < 2000; i++)
        {
            ward.Now += 20_000;
            ward.Send($"172.16.{i / 250}.{i % 250}", "web01");
            if (i % 7 == 0) ward.Send(Own, "web01");
        }
        var all = ward.Catalogue.SpeakersOf(ward.Catalogue.Sources.Single())!.All;
        Assert.InRange(all.Count, 2, Limits.SpeakersPerHostMax);
        Assert.Contains(all, s => s.Peer == Own && s.Standing == Speaking.Known);
        Assert.Single(ward.Alarms);
    }

    [Xunit.Fact]
    public void Pools_of_addresses_that_are_wider_than_what_is_kept_are_nobodys_news()
    {
        var ward = new Ward();
        ward.Hours(60, [.. Enumerable.Range(1, 20).Select(i => ($"198.51.100.{i}", One))]);
        Assert.Empty(ward.Alarms);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("upload")]
    public void Where_no_address_sends_nobody_speaks_for_another(string listener)
    {
        var ward = new Ward();
        ward.SendTo(listener, "/var/log/a.log", "web01");
        ward.SendTo(listener, "/var/log/b.log", "web01");
        Assert.All(ward.Catalogue.Sources, s => Assert.Null(ward.Catalogue.SpeakersOf(s)));
    }

    [Xunit.Fact]
    public void Stopped_anywhere_and_read_on_it_says_the_same()
    {
        var whole = Run(-1);
        for (var stop = 0; stop < 36; stop += 5) Assert.Equal(whole, Run(stop));

        static List<string> Run(int stop)
        {
            var ward = new Ward();
            for (var i = 0; i < 40; i++)
            {
                ward.Hours(1, (Own, One));
                if (i == 30) ward.Hours(1, (Forger, One));
                if (i != stop) continue;
                var next = new Catalogue();
                long seq = 0;
                foreach (var fact in ward.Facts) next.Apply(new(++seq, ward.Now, "user:anna", "", fact));
                next.Load(ward.Catalogue.Save());
                ward.Catalogue = next;
            }
            return [.. ward.Alarms.Select(a => a.Title)];
        }
    }
}
