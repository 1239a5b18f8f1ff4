using System.Diagnostics;
using System.Globalization;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Store;

/// <summary>From the record log into the tables, each event and each hit once, whatever dies in between.</summary>
public sealed class EventReaderTests
{
    static readonly Dictionary<string, string> None = [];
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static EventStoreReader Reader(EventStore store, IRecordLog log, IFindings findings, Func<IReadOnlyList<Model.Record>, EventBatch>? normalise = null) =>
        new(new EventFeed(log, normalise ?? EventMaker.Normalise), log, store, findings, TimeProvider.System, NullLogger<EventStoreReader>.Instance);

    static async Task Append(MemoryRecordLog log, int count, int from = 0, Func<int, long>? time = null) => await log.Append(
        [.. Enumerable.Range(from, count).Select(i => EventMaker.Draft(time?.Invoke(i) ?? EventMaker.Noon + i, ("user.name", $"u{i % 50}"), ("n", i.ToString(CultureInfo.InvariantCulture))))], Stop);

    static async Task Until(Func<bool> reached, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!reached())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(2), $"Never came: {what}");
            await Task.Delay(20, Stop);
        }
    }

    static async Task<(ulong Count, ulong Distinct)> Counts(EventStore store)
    {
        var row = (await store.Query("SELECT count(), uniqExact(id) FROM events", None, QueryLimits.Standard, Stop)).Rows[0];
        return ((ulong)row[0]!, (ulong)row[1]!);
    }

    [Fact]
    public async Task Events_are_stored_once_and_the_checkpoint_follows()
    {
        var store = await EngineHouse.Store();
        await using var log = new MemoryRecordLog();
        using var reader = Reader(store, log, new FindingList());
        await Append(log, 5000, time: i => EventMaker.Noon + i % 3 * 86_400_000L);
        await reader.StartAsync(Stop);
        await Until(() => log.Checkpoint(EventStoreReader.Checkpoint) == 5001, "first checkpoint");
        await Append(log, 10, from: 5000);
        await Until(() => log.Checkpoint(EventStoreReader.Checkpoint) == 5011, "second checkpoint");
        Assert.Equal((5010UL, 5010UL), await Counts(store));
        Assert.Equal(new StageState("event-store", 5011, 0, "running", ""), reader.Stage);
        Assert.Equal(3UL, await store.Number("SELECT uniqExact(toDate(timestamp)) FROM events", Stop));
        await reader.StopAsync(Stop);
        Assert.Equal("stopped", reader.Stage.State);
    }

    [Fact]
    public async Task A_lost_checkpoint_doubles_nothing()
    {
        using var folder = new TempFolder();
        var store = await EngineHouse.Store(Path.Combine(folder.Path, "plan.json"));
        await using var log = new ForgetfulLog();
        await Append(log.Inner, 3000);
        using (var reader = Reader(store, log, new FindingList()))
        {
            await reader.StartAsync(Stop);
            await Until(() => log.Asked == 3001, "the checkpoint that is lost");
            await reader.StopAsync(Stop);
        }
        Assert.Equal(0UL, log.Checkpoint(EventStoreReader.Checkpoint));
        log.Remembers = true;
        await Append(log.Inner, 500, from: 3000);
        using (var reader = Reader(store, log, new FindingList()))
        {
            await reader.StartAsync(Stop);
            await Until(() => log.Checkpoint(EventStoreReader.Checkpoint) == 3501, "the checkpoint");
            await reader.StopAsync(Stop);
        }
        Assert.Equal((3500UL, 3500UL), await Counts(store));
    }

    [Fact]
    public async Task A_stretch_that_was_stored_in_part_is_filled_up()
    {
        using var folder = new TempFolder();
        var plan = Path.Combine(folder.Path, "plan.json");
        var store = await EngineHouse.Store(plan);
        await using var log = new MemoryRecordLog();
        await Append(log, 1000, time: i => EventMaker.Noon + i % 2 * 86_400_000L);
        // As after a death between the inserts of two days: the plan is there, one day is stored.
        new EventPlanFile(plan).Write(new(1, 1001, [EventCut.DayOf(EventMaker.Noon), EventCut.DayOf(EventMaker.Noon) + 1], 1000));
        using (var all = EventMaker.Normalise(await log.Read(1, 1000, int.MaxValue, Stop)))
        using (var some = new EventBatch())
        {
            for (var i = 0; i < 1000; i += 2) EventMaker.Add(some, (ulong)i + 1, [], EventMaker.Noon);
            await EventMaker.Insert(store, some.Seal());
        }
        using var reader = Reader(store, log, new FindingList());
        await reader.StartAsync(Stop);
        await Until(() => log.Checkpoint(EventStoreReader.Checkpoint) == 1001, "the checkpoint");
        await reader.StopAsync(Stop);
        Assert.Equal((1000UL, 1000UL), await Counts(store));
    }

    [Fact]
    public async Task Killing_the_worker_in_the_middle_loses_and_doubles_nothing()
    {
        EngineHouse.Require();
        using var folder = new TempFolder();
        var findings = new FindingList();
        using var engine = await EngineHouse.Start(EngineHouse.Options(folder.Path), findings);
        var store = new EventStore(engine, new("kills") { EventPlanFile = Path.Combine(folder.Path, "plan.json") }, TimeProvider.System);
        await using var log = new MemoryRecordLog();
        using var reader = Reader(store, log, findings);
        await reader.StartAsync(Stop);
        var random = new Random(3);
        var written = 0;
        const int Kills = 5;
        for (var kill = 0; kill < Kills; kill++)
        {
            for (var part = 0; part < 6; part++)
            {
                await Append(log, 4000, written, i => EventMaker.Noon + i % 2 * 86_400_000L);
                written += 4000;
                await Task.Delay(random.Next(120), Stop);
            }
            await engine.Ready(Stop);
            await Task.Delay(random.Next(400), Stop);
            using var worker = Process.GetProcessById(engine.WorkerId ?? throw new InvalidOperationException("no worker"));
            worker.Kill();
            await worker.WaitForExitAsync(Stop);
        }
        await Until(() => log.Checkpoint(EventStoreReader.Checkpoint) == (ulong)written + 1, "all stored");
        Assert.Equal(((ulong)written, (ulong)written), await Counts(store));
        Assert.Equal(Kills, engine.State.Deaths);
        Assert.Contains(findings.All, f => f.Code == "ENG022");
        await reader.StopAsync(Stop);
        await engine.StopAsync(Stop);
        Assert.Null(engine.WorkerId);
    }

    [Fact]
    public async Task A_poisonous_record_is_found_and_set_aside()
    {
        var store = await EngineHouse.Store();
        await using var log = new MemoryRecordLog();
        await Append(log, 40);
        var findings = new FindingList();
        // The table refuses one row, which is how a fault of ours in a value would look.
        await store.Client.Execute("ALTER TABLE events ADD CONSTRAINT poison CHECK bag['n'] != '17'", Stop);
        using var reader = Reader(store, log, findings);
        await reader.StartAsync(Stop);
        await Until(() => log.Checkpoint(EventStoreReader.Checkpoint) == 41, "all but one stored");
        await reader.StopAsync(Stop);
        Assert.Equal((39UL, 39UL), await Counts(store));
        Assert.Equal(18UL, reader.Quarantined);
        Assert.Contains(findings.All, f => f is { Code: "EVS002", Place: "18" });
    }

    [Fact]
    public async Task A_thousand_days_in_one_batch_are_stored_and_reported()
    {
        var store = await EngineHouse.Store();
        await using var log = new MemoryRecordLog();
        await Append(log, 120, time: i => EventMaker.Noon - i * 86_400_000L);
        var findings = new FindingList();
        using var reader = Reader(store, log, findings);
        await reader.StartAsync(Stop);
        await Until(() => log.Checkpoint(EventStoreReader.Checkpoint) == 121, "all stored");
        await reader.StopAsync(Stop);
        Assert.Equal((120UL, 120UL), await Counts(store));
        Assert.Contains(findings.All, f => f.Code == "EVS003");
    }

    [Fact]
    public void A_cut_ends_at_its_most_days_between_two_records()
    {
        using var batch = new EventBatch();
        for (var i = 0; i < EventLimits.BatchDaysMax + 5; i++) EventMaker.Add(batch, (ulong)i + 1, [], i * 86_400_000L);
        (batch.From, batch.To) = (1, (ulong)EventLimits.BatchDaysMax + 6);
        batch.Seal();
        using var cut = new EventCut();
        cut.Begin(1);
        cut.Add(batch, ulong.MaxValue, without: null);
        Assert.True(cut.Full);
        Assert.Equal((ulong)EventLimits.BatchDaysMax + 1, cut.To);
        Assert.Equal(EventLimits.BatchDaysMax, cut.Rows);
    }

    [Fact]
    public async Task Hits_are_stored_once()
    {
        var store = await EngineHouse.Store();
        await using var log = new ForgetfulLog();
        var hits = new HitLog(log, new TestClock());
        Hit Hit(ulong position, string rule) => new(EventId.At(position, 0), EventMaker.Noon, EventMaker.Noon + 5, rule, "Title", "Author", Level.High, RuleQueue.Production,
            ["attack.t1110"], "syslog:web01:system.auth", [new(EntityKind.Host, "web01", EntityRole.Target), new(EntityKind.User, "alice", EntityRole.Actor)],
            new Dictionary<string, string> { ["user.name"] = "alice" }, [EventId.At(1, 0), EventId.At(2, 0)]);
        await hits.Append(new(1, 10, [Hit(3, "r1"), Hit(4, "r2")]), Stop);
        await hits.Append(new(10, 20, []), Stop);
        for (var run = 0; run < 2; run++)
        {
            log.Remembers = run == 1;
            if (run == 1) await hits.Append(new(20, 30, [Hit(25, "r1")]), Stop);
            var asked = log.Asked;
            using var reader = new AlertsReader(hits, store, new FindingList(), TimeProvider.System, NullLogger<AlertsReader>.Instance);
            await reader.StartAsync(Stop);
            await Until(() => log.Asked > asked || log.Checkpoint(AlertsReader.Checkpoint) == 4, "the checkpoint");
            await reader.StopAsync(Stop);
        }
        var answer = await store.Query("SELECT event_id, rule_id, level, queue, tags, entities, entity_roles, fields, contributing, block, number FROM alerts ORDER BY event_id", None, QueryLimits.Standard, Stop);
        Assert.Equal(3, answer.Rows.Count);
        var first = answer.Rows[0];
        Assert.Equal(EventId.At(3, 0).Value, first[0]);
        Assert.Equal(("r1", "high", "production"), ((string?)first[1], (string?)first[2], (string?)first[3]));
        Assert.Equal(["host:web01", "user:alice"], Assert.IsType<object?[]>(first[5]));
        Assert.Equal(["target", "actor"], Assert.IsType<object?[]>(first[6]));
        Assert.Equal("alice", Assert.IsType<Dictionary<string, object?>>(first[7])["user.name"]);
        Assert.Equal([EventId.At(1, 0).Value, EventId.At(2, 0).Value], Assert.IsType<object?[]>(first[8]));
    }

    /// <summary>A log that forgets its checkpoints, as a death before the save would.</summary>
    sealed class ForgetfulLog : IRecordLog
    {
        public MemoryRecordLog Inner { get; } = new();
        public bool Remembers { get; set; }
        public ulong Asked { get; private set; }
        public ulong Next => Inner.Next;
        public ulong First => Inner.First;
        public ValueTask<ulong> Append(IReadOnlyList<RecordDraft> drafts, CancellationToken stop) => Inner.Append(drafts, stop);
        public ValueTask<IReadOnlyList<Model.Record>> Read(ulong from, int recordsMax, int bytesMax, CancellationToken stop) => Inner.Read(from, recordsMax, bytesMax, stop);
        public ValueTask WaitFor(ulong position, CancellationToken stop) => Inner.WaitFor(position, stop);
        public ulong Checkpoint(string reader) => Inner.Checkpoint(reader);

        public ValueTask SaveCheckpoint(string reader, ulong position, CancellationToken stop)
        {
            Asked = position;
            return Remembers ? Inner.SaveCheckpoint(reader, position, stop) : ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => Inner.DisposeAsync();
    }
}

/// <summary>A folder that goes away with the test.</summary>
sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("andon-test-").FullName;

    public void Dispose()
    {
        try { Directory.Delete(Path, recursive: true); }
        catch (IOException) { } // A worker may still be closing its files.
    }
}
