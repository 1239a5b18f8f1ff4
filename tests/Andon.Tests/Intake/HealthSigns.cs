using System.Globalization;
using System.Text;
using Andon.Intake.Sources;
using Andon.Intake.Sources.Health;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>Each ailment of a source shows, with its figures, and passes.</summary>
public sealed class HealthSigns
{
    const long Minute = 60_000;

    /// <summary>A catalogue that is fed line by line on a clock of its own.</summary>
    sealed class Ward
    {
        public readonly Catalogue Catalogue = new();
        public readonly List<FactBody> Facts = [];
        public long Now = Lab.ReceivedMs;
        ulong position;
        long seq;

        public void Say(FactBody body)
        {
            Facts.Add(body);
            Catalogue.Apply(new(++seq, Now, "user:anna", "", body));
        }

        public void Send(params string[] lines) => Send(Lab.Udp, lines);

        public void Send(Origin origin, params string[] lines)
        {
            using var batch = Lab.Normaliser.Normalise([.. lines.Select(l => new Andon.Model.Record(++position, Now, origin, Encoding.UTF8.GetBytes(l)))]);
            batch.To = position + 1;
            foreach (var draft in Catalogue.Discover(batch)) Say(draft.Body);
            Catalogue.Take(batch);
            Report();
        }

        public void Report()
        {
            foreach (var draft in Catalogue.Report(Now)) Say(draft.Body);
        }

        public SourceAlarmed? Alarm(SourceAilment ailment) => Facts.OfType<SourceAlarmed>().FirstOrDefault(a => a.Ailment == ailment);
        public SourceRecovered? Recovered(SourceAilment ailment) => Facts.OfType<SourceRecovered>().FirstOrDefault(a => a.Ailment == ailment);

        /// <summary>A line a ten seconds for so many minutes.</summary>
        public void Run(int minutes, Func<int, long, string> line)
        {
            for (var i = 0; i < minutes * 6; i++)
            {
                Now += 10_000;
                Send(line(i, Now));
            }
        }
    }

    static string Iso(long ms) => UnixMs.ToIso(ms);
    static string Ok(int i, long now) => $"<38>1 {Iso(now - 500)} web01 sshd 1 - - Accepted password for user{i} from 203.0.113.9 port {1000 + i % 5000} ssh2";

    [Xunit.Fact]
    public void Events_that_come_late_show_and_pass()
    {
        var ward = new Ward();
        ward.Run(60, Ok);
        Assert.Empty(ward.Facts.OfType<SourceAlarmed>());
        ward.Run(30, (i, now) => Ok(i, now - (i % 3 == 0 ? 20 * Minute : 0)));
        var alarm = ward.Alarm(SourceAilment.Late);
        Assert.NotNull(alarm);
        Assert.Contains("min after its time", alarm.Evidence, StringComparison.Ordinal);
        ward.Run(60, Ok);
        Assert.Equal(alarm.AlarmId, ward.Recovered(SourceAilment.Late)?.AlarmId);
    }

    [Xunit.Fact]
    public void A_wrong_clock_is_no_lateness()
    {
        var ward = new Ward();
        ward.Run(60, Ok);
        ward.Run(40, (i, now) => Ok(i, now - 60 * Minute));
        Assert.Contains("time zone", ward.Alarm(SourceAilment.ClockSkew)?.Evidence, StringComparison.Ordinal);
        Assert.Null(ward.Alarm(SourceAilment.Late));
        ward.Run(60, Ok);
        Assert.NotNull(ward.Recovered(SourceAilment.ClockSkew));
    }

    [Xunit.Fact]
    public void Lines_that_can_no_longer_be_read_and_a_new_format_show()
    {
        var ward = new Ward();
        ward.Run(400, Ok);
        ward.Run(40, (i, now) => $"<38>1 {Iso(now)} web01 sshd 1 - - new=format v{i} who=user from elsewhere");
        Assert.Contains("could not be read whole", ward.Alarm(SourceAilment.ParseFailures)?.Evidence, StringComparison.Ordinal);
        var changed = ward.Alarm(SourceAilment.FormatChanged);
        Assert.NotNull(changed);
        Assert.Equal("source:syslog-udp:web01:system.auth", changed.SubjectId);
        ward.Run(120, Ok);
        Assert.NotNull(ward.Recovered(SourceAilment.ParseFailures));
        Assert.NotNull(ward.Recovered(SourceAilment.FormatChanged));
    }

    [Xunit.Fact]
    public void Events_sent_twice_show()
    {
        var ward = new Ward();
        ward.Run(60, Ok);
        for (var i = 0; i < 240; i++)
        {
            ward.Now += 10_000;
            var line = Ok(i, ward.Now);
            ward.Send(line, line);
        }
        Assert.Contains("byte for byte", ward.Alarm(SourceAilment.Duplicates)?.Evidence, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public void An_hour_with_far_fewer_events_than_that_hour_of_the_week_shows()
    {
        var ward = new Ward();
        for (var hour = 0; hour < 24 * 21 + 4; hour++)
        {
            ward.Now += 60 * Minute;
            var low = hour >= 24 * 21;
            ward.Send([.. Enumerable.Range(0, low ? 5 : 200).Select(i => Ok(i, ward.Now))]);
        }
        var alarm = ward.Alarm(SourceAilment.VolumeLow);
        Assert.NotNull(alarm);
        Assert.Contains("5 events in the hour", alarm.Evidence, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public void A_missing_sequenceId_is_proof_of_loss_with_its_exact_range()
    {
        var ward = new Ward();
        string Line(long n) => $"<38>1 {Iso(ward.Now)} web01 app 1 - [meta sequenceId=\"{n}\"] x";
        for (var n = 1; n <= 100; n++) ward.Send(Line(n));
        var snapshot = ward.Catalogue.Save();
        // Out of order is no loss.
        ward.Send(Line(102), Line(101), Line(103));
        ward.Send(Line(110));
        ward.Now += 5 * Minute;
        ward.Send(Line(111));
        var lost = Assert.Single(ward.Facts.OfType<SourceLost>());
        Assert.Equal(("syslog sequenceId", 6, true), (lost.Counter, lost.Missing, lost.Proof));
        Assert.Equal(new NumberRange(104, 109), Assert.Single(lost.Ranges));
        Assert.Contains("104 to 109", ward.Alarm(SourceAilment.SequenceGap)?.Evidence, StringComparison.Ordinal);
        // After a crash the same records are read again: nothing is told twice.
        var again = new Catalogue();
        foreach (var (body, i) in ward.Facts.Select((b, i) => (b, i))) again.Apply(new(i + 1, ward.Now, "", "", body));
        again.Load(snapshot);
        using (var batch = Lab.Normaliser.Normalise([.. new[] { 101L, 102, 103, 110, 111 }.Select((n, i) => new Andon.Model.Record((ulong)(101 + i), ward.Now - (i < 4 ? 5 * Minute : 0), Lab.Udp, Encoding.UTF8.GetBytes(Line(n))))]))
            again.Take(batch);
        Assert.Empty(again.Report(ward.Now));
        // A sender that begins anew lost nothing.
        ward.Send(Line(1), Line(2));
        ward.Now += 5 * Minute;
        ward.Send(Line(3));
        Assert.Single(ward.Facts.OfType<SourceLost>());
        ward.Now += 25 * 60 * Minute;
        ward.Send(Line(4));
        Assert.NotNull(ward.Recovered(SourceAilment.SequenceGap));
    }

    [Xunit.Fact]
    public void Where_the_sender_filters_a_gap_is_lawful()
    {
        var ward = new Ward();
        string Line(long n) => $"<38>1 {Iso(ward.Now)} web01 app 1 - [meta sequenceId=\"{n}\"] x";
        ward.Send(Line(1));
        var id = ward.Facts.OfType<SourceDiscovered>().First().SourceId;
        ward.Say(new SourceDescribed(id, SourceCard.Empty, SourceCard.Empty with { Filtered = "debug" }, ""));
        ward.Send(Line(9));
        ward.Now += 5 * Minute;
        ward.Send(Line(10));
        Assert.False(Assert.Single(ward.Facts.OfType<SourceLost>()).Proof);
        Assert.Null(ward.Alarm(SourceAilment.SequenceGap));
    }

    [Xunit.Fact]
    public void Auditd_serials_may_repeat_and_may_not_be_missing()
    {
        var track = new NumberTrack();
        var lost = new List<(NumberRange Range, long SinceMs)>();
        foreach (var n in new long[] { 5, 5, 5, 6, 6, 9, 9, 8, 7 }) track.See(n, 0, lost);
        track.Tick(2 * Minute, lost);
        Assert.Empty(lost);
        track.See(20, 2 * Minute, lost);
        track.See(15, 2 * Minute, lost);
        track.Tick(4 * Minute, lost);
        Assert.Equal([new(16, 19), new(10, 14)], lost.Select(l => l.Range).OrderByDescending(r => r.From));
        Assert.Equal(9, track.Missing);
    }

    [Xunit.Fact]
    public void A_counter_that_wraps_is_no_restart()
    {
        var track = new NumberTrack();
        var lost = new List<(NumberRange Range, long SinceMs)>();
        foreach (var n in new[] { int.MaxValue - 1L, int.MaxValue, 1, 2 }) track.See(n, 0, lost);
        Assert.Equal((0, 0), (track.Restarts, lost.Count));
        track = new();
        foreach (var n in new[] { 90_000L, 90_001, 7, 8 }) track.See(n, 0, lost);
        Assert.Equal(1, track.Restarts);
    }

    [Xunit.Fact]
    public void A_silence_is_told_ends_by_itself_and_is_not_told_twice_when_records_are_read_again()
    {
        var ward = new Ward();
        // Three weeks, a line a minute.
        for (var i = 0; i < 21 * 1440; i++)
        {
            ward.Now += Minute;
            ward.Send(Ok(i, ward.Now));
        }
        Assert.Empty(ward.Facts.OfType<SourceAlarmed>());
        var snapshot = ward.Catalogue.Save();
        for (var i = 0; i < 120; i++)
        {
            ward.Now += Minute;
            ward.Report();
        }
        var alarm = Assert.Single(ward.Facts.OfType<SourceAlarmed>());
        Assert.Equal(SourceAilment.Silent, alarm.Ailment);
        Assert.Equal("source:syslog-udp:web01:system.auth", alarm.SubjectId);
        // A restart in the middle: the facts tell that it stands.
        var again = new Catalogue();
        foreach (var (body, seq) in ward.Facts.Select((b, i) => (b, i))) again.Apply(new(seq + 1, ward.Now, "", "", body));
        again.Load(snapshot);
        Assert.Empty(again.Report(ward.Now));
        ward.Run(5, Ok);
        var recovered = Assert.Single(ward.Facts.OfType<SourceRecovered>());
        Assert.Equal(alarm.AlarmId, recovered.AlarmId);
        Assert.Contains("speaks again", recovered.Evidence, StringComparison.Ordinal);
        Assert.Empty(ward.Catalogue.Alarms.Open);
    }

    [Xunit.Fact]
    public void Planned_maintenance_silences_the_alarm_and_not_the_record()
    {
        var ward = new Ward();
        for (var i = 0; i < 21 * 1440; i++)
        {
            ward.Now += Minute;
            ward.Send(Ok(i, ward.Now));
        }
        ward.Say(new SourceMaintained("host:web01", ward.Now, ward.Now + 180 * Minute, "new disks"));
        for (var i = 0; i < 170; i++)
        {
            ward.Now += Minute;
            ward.Report();
        }
        Assert.Empty(ward.Facts.OfType<SourceAlarmed>());
        ward.Run(2, Ok);
        Assert.Equal(21 * 1440 + 12, ward.Catalogue.List(ward.Now).Single().Events);
        Assert.Empty(ward.Facts.OfType<SourceAlarmed>());
    }

    [Xunit.Fact]
    public void A_contract_is_held_against_what_comes()
    {
        var ward = new Ward();
        ward.Run(10, Ok);
        var id = ward.Facts.OfType<SourceDiscovered>().First().SourceId;
        var kinds = ward.Catalogue.Sources.Single().Usage.Kinds.Select(k => k.Kind).ToList();
        ward.Say(new SourceContracted(id, null, new(["source.ip"], ["no-such-action"], [], [], kinds, 1), ""));
        ward.Run(70, Ok);
        var missing = ward.Alarm(SourceAilment.MustMissing);
        Assert.Contains("no-such-action", missing?.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("source.ip", missing!.Evidence, StringComparison.Ordinal);
        Assert.Contains(kinds[0], ward.Alarm(SourceAilment.NeverArrived)?.Evidence, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public void A_certificate_that_ends_is_told_until_there_is_another()
    {
        var ward = new Ward();
        var soon = DateTimeOffset.FromUnixTimeMilliseconds(ward.Now).AddDays(10);
        ward.Catalogue.Certificate("listener:syslog-tls", "syslog-tls", soon);
        ward.Report();
        Assert.Contains("10 days", ward.Alarm(SourceAilment.CertificateEnding)?.Title, StringComparison.Ordinal);
        ward.Catalogue.Certificate("listener:syslog-tls", "syslog-tls", soon.AddYears(1));
        ward.Now += Minute;
        ward.Report();
        Assert.NotNull(ward.Recovered(SourceAilment.CertificateEnding));
    }

    [Xunit.Fact]
    public void Ten_thousand_sources_are_kept_in_bounded_memory()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var ward = new Ward();
        for (var block = 0; block < 10; block++) ward.Send([.. Enumerable.Range(block * 1000, 1000).Select(i => string.Create(CultureInfo.InvariantCulture, $"<38>1 {Iso(ward.Now)} h{i} sshd 1 - - Accepted password for u from 203.0.113.9 port 1 ssh2"))]);
        ward.Facts.Clear();
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / 10_000;
        Assert.InRange(each, 1, 24_000);
        GC.KeepAlive(ward);
    }
}
