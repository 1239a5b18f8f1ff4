using System.Diagnostics;
using System.Text;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Keep.Reparse;
using Microsoft.Extensions.Logging.Abstractions;
using Record = Andon.Model.Record;

namespace Andon.Tests.Store.Keep;

/// <summary>A range of records under a new parser: exactly its events change, each once, whatever dies in between. And old tables under a new program.</summary>
public sealed class ReparseTests : IDisposable
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;
    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>The same, and it also finds what the old one left: the number as a process id.</summary>
    static EventBatch Newer(IReadOnlyList<Record> records)
    {
        var batch = new EventBatch();
        foreach (var record in records)
        {
            batch.Begin(record);
            var parts = Encoding.UTF8.GetString(record.Raw.Span).Split('|');
            batch.Current.TimeMs = long.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture);
            foreach (var part in parts.Skip(1))
            {
                var equals = part.IndexOf('=', StringComparison.Ordinal);
                batch.Add(batch.NameOf(Encoding.UTF8.GetBytes(part[..equals] == "n" ? "process.pid" : part[..equals])), Encoding.UTF8.GetBytes(part[(equals + 1)..]));
            }
        }
        return batch;
    }

    static Reparser Reparser(KeepHouse house, Func<IReadOnlyList<Record>, EventBatch>? normalise = null) => new(house.Turn, new EventFeed(house.Records, normalise ?? Newer), house.Records, house.Facts, house.Store, house.Disk, house.Findings, TimeProvider.System, NullLogger<Reparser>.Instance);

    static async Task Until(KeepHouse house, string reparseId)
    {
        for (var i = 0; !(await house.Facts.ReadSubject(reparseId, 10, Stop)).Any(f => f.Body is ReparseStated { State: "ended" }); i++)
        {
            Assert.True(i < 6000, "It never ended: " + string.Join(' ', house.Findings.All.Select(f => f.ToString())));
            await Task.Delay(20, Stop);
        }
    }

    static async Task<(ulong Count, ulong Ids, ulong New, ulong NewInside)> Look(KeepHouse house, ulong from, ulong to)
    {
        var row = (await house.Store.Query("SELECT count(), uniqExact(id), countIf(process_pid IS NOT NULL), countIf(process_pid = bitShiftRight(id, 12) - 1 AND id >= {from:UInt64} * 4096 AND id < {to:UInt64} * 4096) FROM events",
            new Dictionary<string, string> { ["from"] = $"{from}", ["to"] = $"{to}" }, QueryLimits.Standard, Stop)).Rows[0];
        return ((ulong)row[0]!, (ulong)row[1]!, (ulong)row[2]!, (ulong)row[3]!);
    }

    [Fact]
    public async Task Exactly_the_range_changes_and_killed_in_the_middle_it_goes_on()
    {
        string id;
        await using (var house = await KeepHouse.Open(folder.Path))
        {
            await house.Append(60_000);
            await house.Settled();
            using var reparser = Reparser(house);
            await reparser.StartAsync(Stop);
            var begun = await reparser.Begin(5001, 50_001, "user:ops", "a better parser", Stop);
            id = begun!.ReparseId;
            Assert.Null(await reparser.Begin(1, 2, "user:ops", "another", Stop)); // One at a time.
            for (var kill = 0; kill < 3; kill++)
            {
                await Task.Delay(250, Stop);
                if (house.Engine.WorkerId is not { } worker) continue;
                using (var process = Process.GetProcessById(worker)) process.Kill();
                await house.Engine.Ready(Stop).WaitAsync(TimeSpan.FromMinutes(1), Stop);
            }
            await reparser.StopAsync(Stop); // The program ends here, in the middle or at the end.
        }
        await using var again = await KeepHouse.Open(folder.Path);
        using (var reparser = Reparser(again))
        {
            await reparser.StartAsync(Stop);
            await Until(again, id);
            Assert.Equal("idle", reparser.Progress.State);
            await reparser.StopAsync(Stop);
        }
        Assert.Equal((60_000UL, 60_000UL, 45_000UL, 45_000UL), await Look(again, 5001, 50_001));
        Assert.True((await again.Check()).Ok);

        // Again: the same rows, no more.
        using var second = Reparser(again);
        await second.StartAsync(Stop);
        await Until(again, (await second.Begin(5001, 50_001, "user:ops", "once more", Stop))!.ReparseId);
        Assert.Equal((60_000UL, 60_000UL, 45_000UL, 45_000UL), await Look(again, 5001, 50_001));
        await second.StopAsync(Stop);
    }

    [Fact]
    public async Task What_a_start_looks_for_and_what_is_read_anew_do_not_both_bring_the_same_events()
    {
        await using (var house = await KeepHouse.Open(folder.Path))
        {
            await house.Append(6000);
            await house.Settled();
        }
        // The last flush was before all of it: the reader of the next start looks for every row, and feeds what is not there.
        var mark = Path.Combine(folder.Path, "records", "checkpoints", EngineDisk.Events + ".checkpoint");
        Assert.True(File.Exists(mark));
        await File.WriteAllTextAsync(mark, $"1\n{EngineDisk.Events}\n", Stop);

        using var go = new ManualResetEventSlim();
        await using var again = await KeepHouse.Open(folder.Path, normalise: records =>
        {
            Assert.True(go.Wait(TimeSpan.FromMinutes(1), Stop));
            return EventMaker.Normalise(records);
        });
        using var reparser = Reparser(again, records =>
        {
            // The worst moment for the other to look: the old rows are gone, the new ones not there.
            go.Set();
            Assert.True(SpinWait.SpinUntil(() => again.Lag == 0, TimeSpan.FromMinutes(1)));
            return Newer(records);
        });
        await reparser.StartAsync(Stop);
        var begun = await reparser.Begin(1, 6001, "user:ops", "a better parser", Stop);
        // One that does not wait for the reader is there by then.
        SpinWait.SpinUntil(() => go.IsSet, TimeSpan.FromSeconds(3));
        go.Set();
        await Until(again, begun!.ReparseId);
        Assert.Equal((6000UL, 6000UL, 6000UL, 6000UL), await Look(again, 1, 6001));
        await reparser.StopAsync(Stop);
    }

    [Fact]
    public async Task A_store_of_the_table_of_before_is_opened_and_gets_what_it_lacks()
    {
        EngineHouse.Require();
        var now = EventTables.Events;
        var before = now with { Columns = [.. now.Columns.Where(c => c.Name is not ("process_pid" or "event_type"))], Indexes = [.. now.Indexes.Where(i => !i.StartsWith("ix_bag", StringComparison.Ordinal))] };
        var engine = await EngineHouse.Shared();
        var store = new EventStore(engine, new($"old_{Environment.ProcessId}"), TimeProvider.System);
        await store.Client.Execute($"CREATE DATABASE `{store.Options.Database}`", Stop, inDatabase: false);
        await store.Client.Execute(before.CreateSql("MergeTree", textIndex: false), Stop);
        await store.Client.Execute("INSERT INTO events (id, timestamp, raw, bag) SELECT number * 4096, toDateTime64('2026-03-02 00:00:00', 3, 'UTC'), 'old', map('k', 'v') FROM numbers(1000)", Stop);
        await store.EnsureSchema(Stop);
        await store.EnsureSchema(Stop); // Twice is once.
        using var batch = EventMaker.One(EventMaker.Utf8("new"), EventMaker.Noon, ("process.pid", EventMaker.Utf8("42"), ValueKind.Text));
        await EventMaker.Insert(store, batch);
        Assert.Equal(1001UL, await store.Number("SELECT count() FROM events", Stop));
        Assert.Equal(1UL, await store.Number("SELECT count() FROM events WHERE process_pid = 42", Stop));
        Assert.Equal(1000UL, await store.Number("SELECT count() FROM events WHERE process_pid IS NULL AND event_type = [] AND mapContains(bag, 'k')", Stop));
        Assert.Equal((ulong)now.Indexes.Count, await store.Number("SELECT count() FROM system.data_skipping_indices WHERE table = 'events' AND database = currentDatabase()", Stop));
    }
}
