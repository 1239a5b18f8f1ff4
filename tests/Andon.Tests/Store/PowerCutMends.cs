using System.Globalization;
using System.Text;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Keep.Backup;
using Andon.Store.Query;
using Andon.Store.Query.Known;
using Andon.Store.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Store;

/// <summary>What power cuts may leave behind, each made by hand: the house goes on by itself, and says what it set right.</summary>
public sealed class PowerCutMends : IDisposable
{
    static readonly Dictionary<string, string> None = [];
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    readonly TestFolder folder = new();
    readonly FindingList findings = new();
    readonly TestClock clock = new();

    public void Dispose() => folder.Dispose();

    string Seals => folder.At(SegmentChain.FileName);

    DiskRecordLog Open(long keepBytes = long.MaxValue) => DiskRecordLog.Open(folder.Path, new() { SegmentBytesMax = 5_000, FreeBytesMin = 0, KeepBytesMax = keepBytes, Readers = ["reader"] }, findings, clock);

    static async Task Fill(DiskRecordLog log, int count)
    {
        for (var i = 0; i < count; i++) await log.Append([new(1, new("file", "x"), new byte[300])], Stop);
    }

    static async Task Sealed(DiskRecordLog log, Func<bool> all)
    {
        for (var i = 0; !all(); i++)
        {
            Assert.True(i < 1000, $"{log.Seals.Count} seals, and no more come.");
            await Task.Delay(10, Stop);
        }
    }

    static Task Sealed(DiskRecordLog log) => Sealed(log, () => log.Snapshot().Segments.SkipLast(1).All(s => log.Seals.Any(x => x.First == s.Segment.First)));

    IEnumerable<string> Check() => RecordLogCheck.Run("records", folder.Path, null, Stop).Findings.Select(f => f.ToString());

    [Xunit.Fact]
    public async Task A_last_seal_with_holes_is_cut_and_written_again()
    {
        await using (var log = Open())
        {
            await Fill(log, 60);
            await Sealed(log);
        }
        var seals = await File.ReadAllBytesAsync(Seals, Stop);
        var last = seals.AsSpan(..^1).LastIndexOf((byte)'\n') + 1;
        seals.AsSpan(last, 20).Clear(); // The line's end came, its beginning did not.
        await File.WriteAllBytesAsync(Seals, seals, Stop);
        await using (var log = Open()) await Sealed(log);
        Assert.Contains(findings.All, f => f.Code == "STO301" && f.Message.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{seals.Length - last} bytes"), StringComparison.Ordinal) && f.Place.EndsWith(string.Create(CultureInfo.InvariantCulture, $":{last}"), StringComparison.Ordinal));
        Assert.Empty(Check());
    }

    [Xunit.Fact]
    public async Task A_changed_seal_is_not_taken_for_a_torn_one()
    {
        await using (var log = Open())
        {
            await Fill(log, 60);
            await Sealed(log);
        }
        var seals = await File.ReadAllBytesAsync(Seals, Stop);
        seals[^3] ^= 1;
        await File.WriteAllBytesAsync(Seals, seals, Stop);
        await using (var log = Open()) { }
        Assert.DoesNotContain(findings.All, f => f.Code == "STO301");
        Assert.Contains(Check(), f => f.Contains("VER001", StringComparison.Ordinal));
    }

    [Xunit.Fact]
    public async Task What_a_seal_that_failed_half_way_left_is_written_over()
    {
        await using (var log = Open())
        {
            await Fill(log, 60);
            await Sealed(log);
            await File.AppendAllTextAsync(Seals, "77 8", Stop);
            await Fill(log, 60);
            await Sealed(log);
        }
        Assert.Empty(Check());
    }

    [Xunit.Fact]
    public async Task Deleted_segments_that_are_back_beside_a_gap_are_deleted_again()
    {
        ulong first;
        var copies = new Dictionary<string, byte[]>();
        await using (var log = Open(keepBytes: 12_000))
        {
            await Fill(log, 100);
            await Sealed(log);
            foreach (var path in Directory.GetFiles(folder.Path, "*.log").Order(StringComparer.Ordinal)) copies[path] = await File.ReadAllBytesAsync(path, Stop);
            await log.SaveCheckpoint("reader", log.Next, Stop);
            first = log.First;
        }
        var gone = copies.Where(c => !File.Exists(c.Key)).ToList();
        Assert.True(gone.Count >= 3, "Retention deleted too little for this test.");
        // The second deletion reached the disk, the first and third did not.
        await File.WriteAllBytesAsync(gone[0].Key, gone[0].Value, Stop);
        await File.WriteAllBytesAsync(gone[2].Key, gone[2].Value, Stop);
        await using (var log = Open(keepBytes: 12_000))
        {
            Assert.InRange(log.First, first - 40, first);
            Assert.False(File.Exists(gone[0].Key));
        }
        Assert.Contains(findings.All, f => f.Code == "STO302");
        Assert.Empty(Check());
    }

    [Xunit.Fact]
    public async Task A_gap_that_no_reader_passed_stays_and_is_told()
    {
        await using (var log = Open())
        {
            await Fill(log, 100);
            await Sealed(log);
        }
        var files = Directory.GetFiles(folder.Path, "*.log").Order(StringComparer.Ordinal).ToList();
        File.Delete(files[1]);
        await using (var log = Open()) { }
        Assert.True(File.Exists(files[0]));
        Assert.DoesNotContain(findings.All, f => f.Code == "STO302");
        Assert.Contains(Check(), f => f.Contains("VER002", StringComparison.Ordinal));
    }

    [Xunit.Fact]
    public async Task What_comes_back_behind_the_end_of_an_older_segment_is_not_read()
    {
        DiskRecordLog Log(long segment) => DiskRecordLog.Open(folder.Path, new() { SegmentBytesMax = segment, FreeBytesMin = 0 }, findings, clock);
        async Task Say(DiskRecordLog log, string text, int count)
        {
            for (var i = 0; i < count; i++) await log.Append([new(1, new("file", "x"), Encoding.ASCII.GetBytes(text))], Stop);
        }
        await using (var log = Log(1 << 20)) await Say(log, "first", 10);
        var path = Assert.Single(Directory.GetFiles(folder.Path, "*.log"));
        var acknowledged = await File.ReadAllBytesAsync(path, Stop);
        await using (var log = Log(1 << 20)) await Say(log, "never acknowledged", 10);
        var more = await File.ReadAllBytesAsync(path, Stop);
        // Its flush failed: it was cut back and its records were written to the next segment.
        await File.WriteAllBytesAsync(path, acknowledged, Stop);
        await using (var log = Log(1)) await Say(log, "second", 10);
        await File.WriteAllBytesAsync(path, more, Stop);
        await using var again = Log(1 << 20);
        var all = new List<string>();
        for (var at = again.First; at < again.Next;)
        {
            var page = await again.Read(at, 100, 1 << 20, Stop);
            all.AddRange(page.Select(r => $"{r.Position} {Encoding.ASCII.GetString(r.Raw.Span)}"));
            at = page[^1].Position + 1;
        }
        Assert.Equal(Enumerable.Range(1, 20).Select(n => $"{n} {(n <= 10 ? "first" : "second")}"), all);
    }

    [Xunit.Fact]
    public void A_key_of_pseudonyms_that_is_empty_or_half_is_made_anew()
    {
        foreach (var left in (string[])["", "AB12", new string('\0', 64)])
        {
            File.WriteAllText(folder.At("mask.key"), left);
            var key = new Unmasking(new QueryOptions { Folder = folder.Path, Masked = ["user.name"] }, new MemoryFactLog(clock), clock).Mask!.Key;
            Assert.Equal(64, key.Length);
            Assert.True(key.All(char.IsAsciiHexDigit));
            // And it stays that one.
            Assert.Equal(key, new Unmasking(new QueryOptions { Folder = folder.Path, Masked = ["user.name"] }, new MemoryFactLog(clock), clock).Mask!.Key);
        }
    }

    [Xunit.Fact]
    public void An_object_of_a_backup_that_was_never_finished_is_not_believed_for_its_length()
    {
        var place = folder.At("place");
        BackupPlace.Begin(place, clock).Add("sources.json", Encoding.ASCII.GetBytes("what counts"));
        var kept = Assert.Single(Directory.GetFiles(Path.Combine(place, "objects"), "*", SearchOption.AllDirectories));
        File.WriteAllBytes(kept, new byte[11]); // The power went: a name, a length, and no bytes.
        BackupPlace.Begin(place, clock).Add("sources.json", Encoding.ASCII.GetBytes("what counts"));
        Assert.Equal("what counts", File.ReadAllText(kept));
    }

    static EventStoreReader Reader(EventStore store, IRecordLog log) => new(new EventFeed(log, EventMaker.Normalise), log, store, new FindingList(), TimeProvider.System, NullLogger<EventStoreReader>.Instance);

    static async Task Feed(EventStore store, IRecordLog log, Func<Task<bool>> reached)
    {
        using var reader = Reader(store, log);
        await reader.StartAsync(Stop);
        for (var i = 0; !await reached(); i++)
        {
            Assert.True(i < 600, "The events are not in the table.");
            await Task.Delay(50, Stop);
        }
        await reader.StopAsync(Stop);
    }

    [Xunit.Fact]
    public async Task Rows_that_the_engine_answered_and_lost_are_fed_again_from_where_its_disk_was_flushed()
    {
        var store = await EngineHouse.Store();
        await using var log = new MemoryRecordLog();
        await log.Append([.. Enumerable.Range(0, 3000).Select(i => EventMaker.Draft(EventMaker.Noon + i % 3 * 86_400_000L))], Stop);
        await Feed(store, log, () => Task.FromResult(log.Checkpoint(EventStoreReader.Checkpoint) == 3001));
        // Its parts of one day were not on disk; its list of tokens was.
        await store.Client.Execute("ALTER TABLE events DROP PARTITION 20260303", Stop);
        Assert.Equal(2000UL, await store.Number("SELECT count() FROM events", Stop));
        var again = new EventStore(store.Engine, store.Options, TimeProvider.System);
        await Feed(again, log, async () => await again.Number("SELECT uniqExact(id) FROM events", Stop) == 3000);
        Assert.Equal(3000UL, await store.Number("SELECT count() FROM events", Stop));
    }

    [Xunit.Fact]
    public async Task A_log_is_looked_through_only_from_the_last_flush_on()
    {
        var engine = await EngineHouse.Shared();
        await using var log = new MemoryRecordLog();
        await log.Append([.. Enumerable.Range(0, 10).Select(i => EventMaker.Draft(EventMaker.Noon))], Stop);
        Assert.Equal((0UL, 0UL), await EngineDisk.Resume(log, "r", "d", engine, Stop));
        await log.SaveCheckpoint("r", 8, Stop);
        Assert.Equal((1UL, 8UL), await EngineDisk.Resume(log, "r", "d", engine, Stop));
        await log.SaveCheckpoint("d", 5, Stop);
        Assert.Equal((5UL, 8UL), await EngineDisk.Resume(log, "r", "d", engine, Stop));
        await log.SaveCheckpoint("d", 8, Stop);
        Assert.Equal((8UL, 0UL), await EngineDisk.Resume(log, "r", "d", engine, Stop));
        // One of a version that flushed nothing of its own is believed.
        Assert.Equal((8UL, 0UL), await EngineDisk.Resume(log, "r", "never", engine, Stop));
    }

    [Xunit.Fact]
    public async Task A_volume_that_cannot_be_flushed_keeps_the_records()
    {
        var store = new EventStore(await EngineHouse.Shared(), new(), clock);
        store.EventsReach.Pass(10, 0);
        await using var log = new MemoryRecordLog();
        await using var hits = new HitLog(new MemoryRecordLog(), clock);
        await log.Append([.. Enumerable.Range(0, 10).Select(i => EventMaker.Draft(EventMaker.Noon))], Stop);
        await log.SaveCheckpoint(EventStoreReader.Checkpoint, 8, Stop);
        await log.SaveCheckpoint(EngineDisk.Events, 3, Stop);
        var broken = true;
        using var disk = new EngineDisk(store, log, hits, findings, clock) { FlushVolume = _ => { if (broken) throw new IOException("Input/output error"); } };
        await disk.Flush(Stop);
        await disk.Flush(Stop);
        Assert.Equal(3UL, log.Checkpoint(EngineDisk.Events));
        Assert.Equal("STO304", Assert.Single(findings.All).Code);
        broken = false;
        await disk.Flush(Stop);
        Assert.Equal(8UL, log.Checkpoint(EngineDisk.Events));
    }

    [Xunit.Fact]
    public async Task A_reader_that_still_looks_for_what_a_cut_took_is_not_passed_over_by_a_flush()
    {
        var store = new EventStore(await EngineHouse.Shared(), new(), clock);
        await using var log = new MemoryRecordLog();
        await using var hits = new HitLog(new MemoryRecordLog(), clock);
        await log.Append([.. Enumerable.Range(0, 10).Select(i => EventMaker.Draft(EventMaker.Noon))], Stop);
        await log.SaveCheckpoint(EventStoreReader.Checkpoint, 8, Stop);
        await log.SaveCheckpoint(EngineDisk.Events, 3, Stop);
        using var disk = new EngineDisk(store, log, hits, findings, clock) { FlushVolume = _ => { } };
        await disk.Flush(Stop); // Before the reader has begun: a stop right after the start.
        Assert.Equal(3UL, log.Checkpoint(EngineDisk.Events));
        store.EventsReach.Pass(5, 8);
        await disk.Flush(Stop);
        Assert.Equal(5UL, log.Checkpoint(EngineDisk.Events));
        Assert.False(store.EventsReach.Settled.IsCompleted);
        store.EventsReach.Pass(9, 8);
        await disk.Flush(Stop);
        Assert.Equal(8UL, log.Checkpoint(EngineDisk.Events));
        Assert.True(store.EventsReach.Settled.IsCompleted);
    }

    [Xunit.Fact]
    public async Task A_table_of_facts_that_lost_one_in_the_middle_is_filled_anew()
    {
        var store = await EngineHouse.Store();
        var facts = new MemoryFactLog(clock);
        for (var i = 0; i < 5; i++) await facts.Append("user:anna", "", new CaseNoted($"case-{i}", "note"), Stop);
        FactMirror Mirror() => new(facts, store, new FindingList(), TimeProvider.System, NullLogger<FactMirror>.Instance);
        var mirror = Mirror();
        await mirror.Find(Stop);
        await mirror.Step(await store.Client.Engine.Ready(Stop), Stop);
        await store.Client.Execute($"ALTER TABLE `{FactTable.Model.Name}` DELETE WHERE seq = 3 SETTINGS mutations_sync = 1", Stop);
        var again = Mirror();
        await again.Find(Stop);
        Assert.Equal(0, again.Position);
    }
}
