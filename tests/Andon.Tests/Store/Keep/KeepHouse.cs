using System.Globalization;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Keep;
using Andon.Store.Keep.Backup;
using Andon.Store.Keep.Verify;
using Andon.Store.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Store.Keep;

/// <summary>The foundations on disk, with an engine of their own, in one data folder: logs, facts, tables and the readers that fill them.</summary>
sealed class KeepHouse : IAsyncDisposable
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    readonly EventStoreReader reader;
    readonly AlertsReader alerts;
    readonly EngineDisk disk;

    public string Data { get; }
    public FindingList Findings { get; } = new();
    public TimeProvider Clock { get; }
    public DiskRecordLog Records { get; }
    public HitLog Hits { get; }
    public SqliteFactLog Facts { get; }
    public EngineSupervisor Engine { get; }
    public EventStore Store { get; }
    public KeepOptions Options { get; }
    public EventFeed Feed { get; }
    public EngineDisk Disk => disk;
    public KeepTurn Turn { get; }

    KeepHouse(string data, EngineSupervisor engine, KeepOptions options, TimeProvider clock, Func<IReadOnlyList<Model.Record>, EventBatch>? normalise)
    {
        (Data, Engine, Options, Clock) = (data, engine, options, clock);
        Records = DiskRecordLog.Open(Path.Combine(data, "records"), new() { SegmentBytesMax = 100_000, FreeBytesMin = 0, Pack = true, Readers = [EventStoreReader.Checkpoint] }, Findings, clock);
        Hits = new(DiskRecordLog.Open(Path.Combine(data, "hits"), new() { SegmentBytesMax = 20_000, FreeBytesMin = 0, Readers = [AlertsReader.Checkpoint] }, Findings, clock), clock);
        Facts = SqliteFactLog.Open(data, Findings, clock);
        Store = new(engine, new() { EventPlanFile = Path.Combine(data, "event-plan.json") }, TimeProvider.System);
        Feed = new(Records, normalise ?? EventMaker.Normalise);
        reader = new(Feed, Records, Store, Findings, TimeProvider.System, NullLogger<EventStoreReader>.Instance);
        alerts = new(Hits, Store, Findings, TimeProvider.System, NullLogger<AlertsReader>.Instance);
        disk = new(Store, Records, Hits, Findings, TimeProvider.System);
        Turn = new(Store);
    }

    public static EngineOptions EngineAt(string data) => EngineHouse.Options("/") with { DataFolder = Path.Combine(data, "events") };

    public static async Task<KeepHouse> Open(string data, TimeProvider? clock = null, Func<IReadOnlyList<Model.Record>, EventBatch>? normalise = null)
    {
        EngineHouse.Require();
        var engine = await EngineHouse.Start(EngineAt(data), new FindingList());
        var house = new KeepHouse(data, engine, new(data, EngineAt(data)), clock ?? TimeProvider.System, normalise);
        await house.Store.Ready(Stop);
        await house.disk.StartAsync(Stop);
        await house.reader.StartAsync(Stop);
        await house.alerts.StartAsync(Stop);
        return house;
    }

    public ulong Lag => reader.Stage.Lag;

    public BackupTaker Taker => TakerWith(_ => Task.CompletedTask);

    public BackupTaker TakerWith(Func<string, Task> between) => new(Options, Turn, Records, Hits, Facts, Store, Clock) { Between = between };

    public Task<CheckReport> Check() => new StoreCheck(Data, Records, Hits, Facts, Store, Feed.Normalise).Run(Stop);

    /// <summary>Events from that number on, a minute apart each, of ten sources.</summary>
    public async Task Append(int count, int from = 0, Func<int, long>? time = null, Func<int, string>? source = null)
    {
        for (var at = from; at < from + count; at += 500)
            await Records.Append([.. Enumerable.Range(at, Math.Min(500, from + count - at)).Select(i => EventMaker.Draft(
                time?.Invoke(i) ?? EventMaker.Noon + i, ("log.source.id", source?.Invoke(i) ?? $"s{i % 10}"), ("host.name", $"h{i % 5}"), ("user.name", $"u{i % 50}"), ("n", i.ToString(CultureInfo.InvariantCulture))) with { ReceivedMs = Clock.NowMs() })], Stop);
    }

    /// <summary>For each table a sum over every byte of the rows that came of what lies before a place in its log.</summary>
    public async Task<(ulong Rows, ulong Sum)> SumBefore(TableModel table, ulong position)
    {
        var (where, place) = table.Name == EventTables.Events.Name ? ("id", Model.EventId.At(position, 0).Value) : ("block", position);
        var row = (await Store.Query($"SELECT count(), sumWithOverflow(cityHash64(formatRow('RowBinary', *))) FROM {table.Name} WHERE {where} < {place.ToString(CultureInfo.InvariantCulture)}", new Dictionary<string, string>(), QueryLimits.Standard, Stop)).Rows[0];
        return ((ulong)row[0]!, (ulong)row[1]!);
    }

    public async Task AppendHits(int count, int from = 0)
    {
        for (var i = from; i < from + count; i++)
            await Hits.Append(new((ulong)i, (ulong)i + 1, [new(Model.EventId.At((ulong)i + 1, 0), EventMaker.Noon + i, EventMaker.Noon + i, $"r{i % 3}", "A rule", "us", Level.High, RuleQueue.Production, ["attack.t1110"], $"s{i % 10}",
                [new(EntityKind.Host, $"h{i % 5}")], new Dictionary<string, string> { ["user.name"] = $"u{i % 50}" }, [])]), Stop);
    }

    public async Task Settled()
    {
        for (var i = 0; Behind(Records, EventStoreReader.Checkpoint) || Behind(Hits.Log, AlertsReader.Checkpoint); i++)
        {
            Assert.True(i < 3000, $"It never settled: {reader.Stage} {alerts.Stage} {string.Join(' ', Findings.All.Select(f => f.ToString()))}");
            await Task.Delay(20, Stop);
        }
        await disk.Flush(Stop); // What time would do.
    }

    static bool Behind(IRecordLog log, string reader) => log.Next > log.First && log.Checkpoint(reader) < log.Next;

    /// <summary>For each table its rows and a sum over every byte of every row.</summary>
    public async Task<IReadOnlyList<(string Table, ulong Rows, ulong Sum)>> Sums()
    {
        var sums = new List<(string, ulong, ulong)>();
        foreach (var table in EventTables.All)
        {
            var row = (await Store.Query($"SELECT count(), sumWithOverflow(cityHash64(formatRow('RowBinary', *))) FROM {table.Name}", new Dictionary<string, string>(), QueryLimits.Standard, Stop)).Rows[0];
            sums.Add((table.Name, (ulong)row[0]!, (ulong)row[1]!));
        }
        return sums;
    }

    /// <summary>Stops the readers: from here on nothing moves.</summary>
    public async Task Pause()
    {
        await reader.StopAsync(Stop);
        await alerts.StopAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await Pause();
        await disk.StopAsync(CancellationToken.None);
        disk.Dispose();
        reader.Dispose();
        alerts.Dispose();
        Feed.Dispose();
        await Engine.StopAsync(CancellationToken.None);
        Engine.Dispose();
        await Facts.DisposeAsync();
        await Hits.DisposeAsync();
        await Records.DisposeAsync();
        Turn.Dispose();
    }
}
