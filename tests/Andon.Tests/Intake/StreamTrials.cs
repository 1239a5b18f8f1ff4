using System.Globalization;
using System.Text;
using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Tests.Intake;

/// <summary>A parser tried on what the record log holds: counts of what would be read otherwise, and nothing kept.</summary>
public sealed class StreamTrials : IDisposable
{
    readonly TempFolder folder = new();
    readonly Normaliser normaliser;

    public StreamTrials() => normaliser = new(Lab.Content, folder.File("parsers"));

    public void Dispose() => folder.Dispose();

    static string Squid(int i) => string.Create(CultureInfo.InvariantCulture, $"{1_772_438_000 + i % 300}.123 45 192.0.2.{i % 250 + 1} TCP_MISS/200 5120 GET http://example.org/{i} - HIER_DIRECT/203.0.113.10 text/html");
    static string Sshd(int i) => $"<38>Mar  2 07:59:58 web01 sshd[{i}]: Failed password for root from 192.0.2.9 port 4022 ssh2";

    async Task<DiskRecordLog> Filled(int squid, int sshd)
    {
        var log = DiskRecordLog.Open(folder.File("records"), new RecordLogOptions(), new FindingList(), TimeProvider.System);
        var drafts = Enumerable.Range(0, squid).Select(i => (new Origin("file", "/var/log/squid/access.log"), Squid(i))).Concat(Enumerable.Range(0, sshd).Select(i => (Lab.Udp, Sshd(i))))
            .Select((d, i) => new RecordDraft(Lab.ReceivedMs + i, d.Item1, Encoding.UTF8.GetBytes(d.Item2))).ToList();
        await log.Append(drafts, CancellationToken.None);
        return log;
    }

    [Xunit.Fact]
    public async Task What_a_text_changes_is_counted_over_all_records_and_nothing_of_it_is_used()
    {
        await using var log = await Filled(squid: 120, sshd: 60);
        var shipped = normaliser.TextOf("squid")!;
        var same = await normaliser.TryOnStream(shipped, log, CancellationToken.None);
        Assert.Equal(("squid", 180L, 180, 120, 120, 0, 0, 0), (same.Parser, same.Held, same.Looked, same.ReadNow, same.ReadThen, same.Taken, same.Left, same.Changed));
        Assert.Empty(same.Fields);

        var other = await normaliser.TryOnStream(shipped.Replace("observer.type: proxy", "observer.kind: proxy", StringComparison.Ordinal), log, CancellationToken.None);
        Assert.Equal((120, 120, 120), (other.ReadNow, other.ReadThen, other.Changed));
        Assert.Equal(120, other.Fields.Single(f => f.Field == "observer.type").Lost);
        Assert.Contains(other.Fields, f => (f.Gained, f.Lost, f.Other) == (120, 0, 0));
        var example = Assert.Single(other.Lines);
        Assert.Equal(["proxy"], example.Before["observer.type"]);
        Assert.False(example.After.ContainsKey("observer.type"));
        Assert.Equal("proxy", Lab.Parse(new("file", "/var/log/squid/access.log"), Squid(1))["observer.type"].Single());
    }

    [Xunit.Fact]
    public async Task A_parser_that_would_take_others_records_or_lose_its_own_is_seen_before_it_is_used()
    {
        await using var log = await Filled(squid: 40, sshd: 60);
        const string Greedy = """
            name: greedy
            version: 1
            about: takes sshd's lines
            dataset: greedy.log
            match:
              - {program: [sshd]}
            extract:
              - {lines: ["%{message}"]}
            """;
        var greedy = await normaliser.TryOnStream(Greedy, log, CancellationToken.None);
        Assert.Equal((0, 60, 60, 0, 60), (greedy.ReadNow, greedy.ReadThen, greedy.Taken, greedy.Left, greedy.Changed));
        Assert.Equal(60, greedy.Fields.Single(f => f.Field == "source.ip").Lost);

        var blind = await normaliser.TryOnStream("""
            name: squid
            version: 9
            about: matches nothing
            dataset: squid.access
            match:
              - {prefix: ["no line begins so"]}
            extract:
              - {lines: ["%{message}"]}
            """, log, CancellationToken.None);
        Assert.Equal((40, 0, 0, 40), (blind.ReadNow, blind.ReadThen, blind.Taken, blind.Left));
    }

    [Xunit.Fact]
    public async Task A_long_log_is_looked_at_from_its_first_to_its_last_hour_within_the_limit()
    {
        var most = Andon.Intake.Limits.TrialBlocksMax * Andon.Intake.Limits.TrialBlockRecords;
        await using var log = await Filled(squid: most, sshd: most / 2);
        var trial = await normaliser.TryOnStream(normaliser.TextOf("squid")!, log, CancellationToken.None);
        Assert.Equal((most * 3L / 2, most), (trial.Held, trial.Looked));
        // Evenly: two thirds of the log are squid's, so are two thirds of what was looked at.
        Assert.InRange(trial.ReadNow, most * 0.66, most * 0.67);
        Assert.InRange(trial.ToMs - trial.FromMs, most * 1.48, most * 1.5);
    }

    [Xunit.Fact]
    public async Task A_text_with_errors_is_tried_on_nothing_and_says_why()
    {
        await using var log = await Filled(squid: 5, sshd: 0);
        var trial = await normaliser.TryOnStream("name: x\nversion: one\nextract: {nonsense: 1}\n", log, CancellationToken.None);
        Assert.Equal((null, 0), (trial.Parser, trial.Looked));
        Assert.Contains(trial.Findings, f => f.Level == FindingLevel.Error);
        await using var empty = DiskRecordLog.Open(folder.File("empty"), new RecordLogOptions(), new FindingList(), TimeProvider.System);
        Assert.Equal(0, (await normaliser.TryOnStream(normaliser.TextOf("squid")!, empty, CancellationToken.None)).Looked);
    }
}
