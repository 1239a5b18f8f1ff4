using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Keep;
using Andon.Store.Keep.Reparse;
using Andon.Store.Keep.Retention;
using Andon.Store.Keep.Slices;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Store.Keep;

/// <summary>Findings of keeping that stages raise by themselves, and those at limits too large to fill over HTTP.</summary>
public sealed class KeepCodes : IDisposable
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;
    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Codes of one class more than may be.</summary>
    internal static IEnumerable<string> AtTheLimit() =>
        StateRetention.Refuse(new("one-more", new(1, 30, null, ["a/*"], [], [], ""), "tried"), null, KeepLimits.ClassesMax).Select(f => f.Code);

    [Fact]
    public void One_class_or_hold_more_than_may_be_is_refused()
    {
        Assert.Equal(["KEP011"], AtTheLimit());
        Assert.Equal(["KEP031"], HoldEvidence.Refuse(new("why", new("s", null, null, null, null)), KeepLimits.HoldsMax, knowsCase: true).Select(f => f.Code));
    }

    [Theory]
    [InlineData("{ \"short\": ", "KEP002")]
    [InlineData("[]", "KEP002")]
    [InlineData("{ \"short\": null }", "KEP002")]
    [InlineData("{ \"No Name\": { \"order\": 1, \"days\": 0 } }", "KEP010 KEP012 KEP018")]
    [InlineData("{ \"short\": { \"order\": 1, \"days\": 3, \"sources\": [\"a/*\"] } }", "")]
    public async Task The_file_of_terms_tells_what_is_wrong_with_it(string text, string codes)
    {
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "retention.json"), text, Stop);
        var (findings, book, facts) = (new FindingList(), new RetentionBook(), new MemoryFactLog(new TestClock()));
        await facts.Attach(book, Stop);
        await new RetentionTermsFile(new(folder.Path, EngineHouse.Options(folder.Path)), book, facts, findings).Take(Stop);
        Assert.Equal(codes, string.Join(' ', findings.All.Select(f => f.Code)));
        Assert.Equal(codes.Length == 0, book.Find("short") is not null);
    }

    /// <summary>A disk that is full.</summary>
    sealed class FullFactLog(IFactLog inner) : IFactLog
    {
        public long Last => inner.Last;
        public ValueTask<IReadOnlyList<Fact>> Append(IReadOnlyList<FactDraft> drafts, IReadOnlyList<Checkpoint> checkpoints, CancellationToken stop) => throw new IOException("disk full");
        public ValueTask Attach(IFold fold, CancellationToken stop) => inner.Attach(fold, stop);
        public ValueTask<IReadOnlyList<Fact>> Read(long after, int max, CancellationToken stop) => inner.Read(after, max, stop);
        public ValueTask WaitAfter(long seq, CancellationToken stop) => inner.WaitAfter(seq, stop);
        public ValueTask<Fact?> Find(long seq, CancellationToken stop) => inner.Find(seq, stop);
        public ValueTask<IReadOnlyList<Fact>> ReadSubject(string subject, int max, CancellationToken stop) => inner.ReadSubject(subject, max, stop);
        public ulong Checkpoint(string reader) => inner.Checkpoint(reader);
        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    static async Task Told(FindingList findings, string code)
    {
        for (var i = 0; findings.All.All(f => f.Code != code); i++)
        {
            Assert.True(i < 3000, $"{code} was never told: {string.Join(' ', findings.All.Select(f => f.ToString()))}");
            await Task.Delay(10, Stop);
        }
    }

    [Fact]
    public async Task A_full_disk_stops_retention_aloud_and_a_failing_record_log_makes_reading_anew_wait_aloud()
    {
        await using var house = await KeepHouse.Open(folder.Path);
        await house.Append(10);
        await house.Settled();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "retention.json"), "{ \"short\": { \"order\": 1, \"days\": 3, \"sources\": [\"a/*\"] } }", Stop);
        var (book, full, findings) = (new RetentionBook(), new FullFactLog(house.Facts), new FindingList());
        using var stage = new RetentionStage(book, new Retainer(book, house.Options, house.Store, full, house.Disk, house.Clock), new RetentionTermsFile(house.Options, book, full, findings), house.Turn, house.Records, house.Hits, full, findings, house.Clock, house.Disk, NullLogger<RetentionStage>.Instance);
        await stage.StartAsync(Stop);
        await Told(findings, "KEP001");
        await stage.StopAsync(Stop);

        using var feed = new Andon.Store.Events.EventFeed(house.Records, _ => throw new IOException("unreadable"));
        using var reparser = new Reparser(house.Turn, feed, house.Records, house.Facts, house.Store, house.Disk, findings, house.Clock, NullLogger<Reparser>.Instance);
        await reparser.StartAsync(Stop);
        Assert.NotNull(await reparser.Begin(1, 5, "user:ops", "a better parser", Stop));
        await Told(findings, "KEP040");
        await reparser.StopAsync(Stop);
    }
}
