using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Facts;
using Andon.Store.Keep;
using Andon.Store.Keep.Retention;
using Andon.Store.Keep.Slices;

namespace Andon.Tests.Store.Keep;

/// <summary>What goes, what stays, what a hold keeps, and that each deletion can be proven by whoever has the events.</summary>
public sealed class RetentionTests : IDisposable
{
    const long Day = 86_400_000;
    static CancellationToken Stop => TestContext.Current.CancellationToken;
    readonly TestFolder folder = new();
    readonly TestClock clock = new(DateTimeOffset.FromUnixTimeMilliseconds(EventMaker.Noon));
    readonly RetentionBook book = new();

    public void Dispose() => folder.Dispose();

    Task<KeepHouse> Open() => KeepHouse.Open(folder.Path, clock);

    Retainer Retainer(KeepHouse house, Func<IReadOnlyDictionary<string, string>>? sources = null) =>
        new(book, sources is null ? house.Options : house.Options with { SourceClasses = sources }, house.Store, house.Facts, house.Disk, clock);

    static RetentionTerms Keep(int? days, params string[] sources) => new(1, days, null, sources, [], [], "contract 7");

    static async Task<List<ulong>> Ids(KeepHouse house) =>
        [.. (await house.Store.Query("SELECT id FROM events ORDER BY id", new Dictionary<string, string>(), QueryLimits.Standard, Stop)).Rows.Select(r => (ulong)r[0]!)];

    static Task State(KeepHouse house, string name, RetentionTerms? terms) => house.Facts.Append("user:ops", "test", new RetentionStated(name, null, terms), Stop).AsTask();

    // Event i is of day i % 10 after the first, of source s(i % 10 / 2) …: chosen so that classes and days cross.
    static int DayOf(int i) => i / 7 % 10;
    static string SourceOf(int i) => $"fw/{i % 5}";

    async Task<int> Fill(KeepHouse house, int count = 3000)
    {
        await house.Facts.Attach(book, Stop);
        await house.Append(count, time: i => EventMaker.Noon + DayOf(i) * Day, source: SourceOf);
        await house.Settled();
        return count;
    }

    [Fact]
    public async Task Each_class_goes_at_its_time_a_hold_keeps_row_by_row_and_the_proof_fits_what_was_there()
    {
        await using var house = await Open();
        var count = await Fill(house);
        await State(house, "short", Keep(3, "fw/1", "fw/2*"));
        await State(house, RetentionBook.Default, Keep(6));
        var today = 14; // days after the first
        clock.Advance(TimeSpan.FromDays(today));
        await house.Append(5, count, time: _ => EventMaker.Noon - 1000 * Day, source: SourceOf); // An archive read today: old events, just come in.
        await house.Settled();
        await house.Facts.Append("user:law", "", new HoldPlaced("h1", "a court asks", new(null, "H3", EventMaker.Noon + 4 * Day, null, null)), Stop);

        bool Short(int i) => SourceOf(i) is "fw/1" or "fw/2";
        bool Held(int i) => i % 5 == 3 && DayOf(i) >= 4;
        bool Due(int i) => DayOf(i) < today - (Short(i) ? 3 : 6) && !Held(i);
        var raw = (await house.Store.Query("SELECT id, raw FROM events ORDER BY id", new Dictionary<string, string>(), QueryLimits.Standard, Stop)).Rows.ToDictionary(r => (ulong)r[0]!, r => (string)r[1]!);
        var look = await Retainer(house).Run(onlyLook: true, Stop);
        Assert.Equal(count + 5, (await Ids(house)).Count); // Looking takes nothing.
        var done = await Retainer(house).Run(onlyLook: false, Stop);
        Assert.Equal(look, done);
        Assert.Equal(Enumerable.Range(0, count).Where(i => !Due(i)).Concat(Enumerable.Range(count, 5)).Select(i => EventId.At((ulong)i + 1, 0).Value), await Ids(house));

        // Every plan has its proof, nothing is left of it, and the hash is that of exactly these events.
        var proofs = book.Deletions(1000);
        Assert.Equal(done.Count, proofs.Count);
        Assert.True(proofs.Count > 10);
        Assert.Contains(proofs, p => p.Plan.HeldBack > 0);
        foreach (var proof in proofs)
        {
            Assert.Equal(0, proof.Proof?.Left);
            Assert.Equal("contract 7", proof.Plan.Contract);
            var gone = Enumerable.Range(0, count).Where(i => Due(i) && Short(i) == (proof.Plan.ClassId == "short") && RetentionBook.DayText(uint.Parse(DateTimeOffset.FromUnixTimeMilliseconds(EventMaker.Noon + DayOf(i) * Day).ToString("yyyyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)) == proof.Plan.Day)
                .Select(i => EventId.At((ulong)i + 1, 0)).ToList();
            Assert.Equal((gone.Count, gone[0].ToString(), gone[^1].ToString()), (proof.Plan.Events, proof.Plan.FirstEvent, proof.Plan.LastEvent));
            Assert.Equal(gone.Sum(id => raw[id.Value].Length), proof.Plan.Bytes);
            var sum = gone.Aggregate(BigInteger.Zero, (s, id) => s + new BigInteger(SHA256.HashData(Encoding.UTF8.GetBytes($"{id.Value} {raw[id.Value]}")), isUnsigned: true)) % BigInteger.Pow(2, 256);
            Assert.Equal(sum, BigInteger.Parse("0" + proof.Plan.Hash, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }
        Assert.Empty(await Retainer(house).Run(onlyLook: false, Stop));
        Assert.True((await house.Check()).Ok);

        // The screen says what is really there.
        var sources = await ShowRetention.Sources(book, house.Options, house.Store, Stop);
        Assert.Equal(["fw/0 default 6 3", "fw/1 short 3 1", "fw/2 short 3 1", "fw/3 default 6 7", "fw/4 default 6 3"], sources.Select(s => $"{s.SourceId} {s.ClassId} {s.PromisedDays} {s.Days}"));
        Assert.All(sources, s => Assert.Equal(EventMaker.Noon - 1000 * Day, s.FirstMs));

        await house.Facts.Append("user:admin", "", new HoldReleased("h1", "the case is over"), Stop);
        await Retainer(house).Run(onlyLook: false, Stop);
        Assert.Equal(Enumerable.Range(0, count).Count(i => DayOf(i) >= today - (Short(i) ? 3 : 6)) + 5, (await Ids(house)).Count);
    }

    [Fact]
    public async Task The_catalogues_word_for_a_source_goes_before_patterns_and_bytes_bound_a_class()
    {
        await using var house = await Open();
        await Fill(house, 1000);
        await State(house, "short", Keep(3, "fw/1"));
        await State(house, "bounded", new(2, null, 10_000, ["fw/4"], [], [], ""));
        clock.Advance(TimeSpan.FromDays(30));
        await Retainer(house, () => new Dictionary<string, string> { ["fw/0"] = "short", ["fw/1"] = "default", ["fw/2"] = "no such class" }).Run(onlyLook: false, Stop);
        var left = (await house.Store.Query("SELECT log_source_id, toInt64(count()), toInt64(sum(length(raw))), toUnixTimestamp64Milli(min(timestamp)) FROM events GROUP BY log_source_id ORDER BY log_source_id", new Dictionary<string, string>(), QueryLimits.Standard, Stop)).Rows;
        Assert.Equal(["fw/1", "fw/2", "fw/3", "fw/4"], left.Select(r => (string)r[0]!));
        Assert.Equal([200L, 200L, 200L], left.Take(3).Select(r => (long)r[1]!));
        Assert.InRange((long)left[3][2]!, 1, 10_000);
        Assert.True((long)left[3][3]! > EventMaker.Noon); // The oldest went.
    }

    [Fact]
    public async Task A_case_is_held_by_what_its_signals_name()
    {
        await using var house = await Open();
        await Fill(house, 700);
        await house.AppendHits(20);
        await house.Settled();
        await house.Facts.Append("andon:triage", "", new SignalOpened("sig", "r", "t", Level.High, "host:h2", [new(EntityKind.Host, "H2")], [], [], "1.0/r", "fw/0", EventMaker.Noon + 5 * Day, 1, 1, 1, 1), Stop);
        await house.Facts.Append("andon:triage", "", new SignalJoined("case-1", "sig", null), Stop);
        Assert.Null(await CaseScope.Of("case-2", house.Facts, Stop));
        Assert.Contains(HoldEvidence.Refuse(new("why", new(null, null, null, null, "case-2")), 0, knowsCase: false), f => f.Code == "KEP034");
        await house.Facts.Append("user:law", "", new HoldPlaced("h1", "why", new(null, null, null, null, "case-1")), Stop);
        await State(house, RetentionBook.Default, Keep(1));
        await State(house, RetentionBook.Alerts, Keep(1));
        clock.Advance(TimeSpan.FromDays(40));
        await Retainer(house).Run(onlyLook: false, Stop);
        Assert.Equal(Enumerable.Range(0, 700).Where(i => i % 5 == 2 && DayOf(i) is 4 or 5).Where(i => i % 5 == 2).Select(i => EventId.At((ulong)i + 1, 0).Value), await Ids(house));
        Assert.Equal(0UL, await house.Store.Number("SELECT count() FROM alerts", Stop)); // Of the first day, which the case is not about.
    }

    [Fact]
    public async Task Killed_in_the_middle_of_a_deletion_it_ends_it_and_proves_it()
    {
        var expected = new List<ulong>();
        await using (var house = await Open())
        {
            await Fill(house, 6000);
            expected.AddRange(Enumerable.Range(0, 6000).Where(i => SourceOf(i) != "fw/1").Select(i => EventId.At((ulong)i + 1, 0).Value));
            await State(house, "short", Keep(3, "fw/1"));
            clock.Advance(TimeSpan.FromDays(30));
            // Only the engine dies here: three times in the middle of a deletion, which is then asked for again.
            for (var kill = 0; kill < 3; kill++)
            {
                var running = Retainer(house).Run(onlyLook: false, Stop);
                await Task.Delay(120 + 60 * kill, Stop);
                using (var worker = Process.GetProcessById(house.Engine.WorkerId ?? throw new InvalidOperationException())) worker.Kill();
                try { await running; }
                catch (EngineException) { }
                await house.Engine.Ready(Stop).WaitAsync(TimeSpan.FromMinutes(1), Stop);
            }
        }
        await using var again = await Open();
        var read = new RetentionBook();
        await again.Facts.Attach(read, Stop);
        await new Retainer(read, again.Options, again.Store, again.Facts, again.Disk, clock).Run(onlyLook: false, Stop);
        Assert.Equal(expected, await Ids(again));
        Assert.Equal(10, read.Deletions(1000).Select(d => d.Plan.Day).Distinct().Count());
        Assert.All(read.Deletions(1000), d => Assert.Equal(0, d.Proof?.Left));
        Assert.Empty(read.AllOwed);
        Assert.True((await again.Check()).Ok);
    }

    [Fact]
    public async Task Seals_and_raw_records_that_went_become_facts_once()
    {
        await using var house = await Open();
        await Fill(house, 6000);
        for (var i = 0; house.Records.Seals.Count < 3; i++)
        {
            Assert.True(i < 1000, "Too few segments were sealed.");
            await Task.Delay(20, Stop);
        }
        using var retainer = Retainer(house);
        using var stage = new RetentionStage(book, retainer, new(house.Options, book, house.Facts, house.Findings), house.Turn, house.Records, house.Hits, house.Facts, house.Findings, clock, house.Disk, Microsoft.Extensions.Logging.Abstractions.NullLogger<RetentionStage>.Instance);
        await stage.StateSeals(Stop);
        var last = house.Facts.Last;
        await stage.StateSeals(Stop);
        Assert.Equal(last, house.Facts.Last); // Nothing new, nothing said.
        house.Records.KeepAge = TimeSpan.FromDays(2);
        clock.Advance(TimeSpan.FromDays(3));
        Assert.True(house.Records.Retain() >= 3);
        await stage.StateSeals(Stop);
        var facts = (await house.Facts.Read(0, 10_000, Stop)).Select(f => f.Body).ToList();
        var gone = facts.OfType<RecordsDeleted>().Where(f => f.Log == "records").ToList();
        Assert.Equal((1L, (long)house.Records.First), (gone[0].First, gone[^1].Next));
        Assert.All(gone, g => Assert.Equal(g.Hash, facts.OfType<SegmentSealed>().Single(s => s.Log == "records" && s.First == g.First).Hash));
        Assert.True((await house.Check()).Ok);
    }

    [Fact]
    public async Task Terms_from_a_file_are_taken_once_for_each_content_and_what_is_wrong_in_it_is_told()
    {
        await using var house = await Open();
        await house.Facts.Attach(book, Stop);
        var path = Path.Combine(house.Data, "retention.json");
        await File.WriteAllTextAsync(path, """{ "short": { "order": 1, "days": 7, "sources": ["fw/*"] }, "default": { "order": 9, "days": 0 } }""", Stop);
        var file = new RetentionTermsFile(house.Options, book, house.Facts, house.Findings);
        await file.Take(Stop);
        Assert.Equal(7, book.Find("short")?.Days);
        Assert.Equal("KEP012", Assert.Single(house.Findings.All).Code);
        await State(house, "short", Keep(30, "fw/*")); // A person's word stands …
        await file.Take(Stop);
        Assert.Equal(30, book.Find("short")?.Days);
        await File.WriteAllTextAsync(path, """{ "short": { "order": 1, "days": 8, "sources": ["fw/*"] } }""", Stop);
        await file.Take(Stop); // … until the file changes.
        Assert.Equal(8, book.Find("short")?.Days);
    }

    [Theory]
    [InlineData("default", null, "fw/1", "KEP017")]
    [InlineData("mine", 5, null, "KEP018")]
    [InlineData("mine", 0, "fw/1", "KEP012")]
    [InlineData("Mine!", 5, "fw/1", "KEP010")]
    [InlineData("records", null, null, "KEP019")]
    public void What_cannot_be_kept_is_refused(string name, int? days, string? source, string code) =>
        Assert.Equal([code], Terms.Refuse(name, Keep(days, source is null ? [] : [source]), 3).Select(f => f.Code));

    [Theory]
    [InlineData("fw/*", "fw/%")]
    [InlineData("50%_x\\", @"50\%\_x\\")]
    public void A_pattern_means_itself_but_for_the_star(string pattern, string like) => Assert.Equal(like, KeepSql.Like(pattern));
}
