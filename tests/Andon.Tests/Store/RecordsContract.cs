using System.Text;
using Andon.Model;
using Andon.Store.Records;
using Record = Andon.Model.Record;

namespace Andon.Tests.Store;

/// <summary>What every record log keeps, on disk and in memory.</summary>
public abstract class RecordsContract : IAsyncLifetime
{
    static readonly Origin[] Origins =
    [
        new("syslog-udp", "10.0.0.1"), new("syslog-tcp", "10.0.0.2", "web"), new("bulk", "127.0.0.1", "logs-täglich\0x"), new("file", "/var/log/auth.log"),
    ];

    protected IRecordLog Log { get; private set; } = new MemoryRecordLog();

    protected abstract IRecordLog Make();

    public virtual ValueTask InitializeAsync()
    {
        Log = Make();
        return ValueTask.CompletedTask;
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal static RecordDraft[] RandomBatch(Random random, int recordsMax, int bytesMax)
    {
        var batch = new RecordDraft[random.Next(1, recordsMax + 1)];
        for (var i = 0; i < batch.Length; i++)
        {
            var raw = new byte[random.Next(8) == 0 ? 0 : random.Next(bytesMax + 1)];
            random.NextBytes(raw);
            if (random.Next(4) == 0) raw.AsSpan().Clear();
            batch[i] = new(random.NextInt64(-5, 4_000_000_000_000), Origins[random.Next(Origins.Length)], raw);
        }
        return batch;
    }

    internal static async Task<List<Record>> ReadAll(IRecordLog log, int recordsMax = 1000, int bytesMax = 1 << 20)
    {
        var all = new List<Record>();
        for (var from = log.First; ;)
        {
            var page = await log.Read(from, recordsMax, bytesMax, CancellationToken.None);
            if (page.Count == 0) return all;
            all.AddRange(page);
            from = page[^1].Position + 1;
        }
    }

    internal static void Same(IReadOnlyList<RecordDraft> wrote, IReadOnlyList<Record> read, ulong first = 1)
    {
        Assert.Equal(wrote.Count, read.Count);
        for (var i = 0; i < wrote.Count; i++)
        {
            Assert.Equal(first + (ulong)i, read[i].Position);
            Assert.Equal(wrote[i].ReceivedMs, read[i].ReceivedMs);
            Assert.Equal(wrote[i].Origin, read[i].Origin);
            Assert.True(wrote[i].Raw.Span.SequenceEqual(read[i].Raw.Span), $"record {i} differs");
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public async Task What_was_appended_is_read_back_however_it_is_cut(int seed)
    {
        var random = new Random(seed);
        var wrote = new List<RecordDraft>();
        for (var i = 0; i < 60; i++)
        {
            var batch = RandomBatch(random, 40, i % 20 == 19 ? 3_000_000 / 40 : 300);
            Assert.Equal((ulong)wrote.Count + 1, await Log.Append(batch, CancellationToken.None));
            wrote.AddRange(batch);
            Assert.Equal((ulong)wrote.Count + 1, Log.Next);
        }
        Same(wrote, await ReadAll(Log));
        Same(wrote, await ReadAll(Log, recordsMax: 7));
        Same(wrote, await ReadAll(Log, bytesMax: 1));
        foreach (var from in Enumerable.Range(0, 50).Select(_ => random.Next(1, wrote.Count + 1)))
        {
            var one = Assert.Single(await Log.Read((ulong)from, 1, 1, CancellationToken.None));
            Same([wrote[from - 1]], [one], (ulong)from);
        }
    }

    [Fact]
    public async Task A_batch_of_any_size_may_be_read_by_bytes()
    {
        await Log.Append([Draft("a"), Draft(new string('b', 100)), Draft("c")], CancellationToken.None);
        Assert.Equal(2, (await Log.Read(1, 10, 50, CancellationToken.None)).Count);
        Assert.Single(await Log.Read(2, 10, 50, CancellationToken.None));
    }

    [Fact]
    public async Task Beyond_the_end_there_is_nothing_and_an_empty_append_changes_nothing()
    {
        Assert.Empty(await Log.Read(1, 10, 1000, CancellationToken.None));
        Assert.Equal(1ul, await Log.Append([], CancellationToken.None));
        await Log.Append([Draft("a")], CancellationToken.None);
        Assert.Empty(await Log.Read(2, 10, 1000, CancellationToken.None));
        Assert.Equal(2ul, Log.Next);
        Assert.Equal(1ul, Log.First);
    }

    [Fact]
    public async Task Eight_appenders_get_positions_without_gaps_and_each_finds_its_records()
    {
        var firsts = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var mine = new List<(ulong First, int Count, string Text)>();
            for (var i = 0; i < 40; i++)
            {
                var count = 1 + (worker + i) % 5;
                var text = $"{worker}/{i}";
                mine.Add((await Log.Append([.. Enumerable.Range(0, count).Select(n => Draft($"{text}/{n}"))], CancellationToken.None), count, text));
            }
            return mine;
        })));
        var read = await ReadAll(Log);
        Assert.Equal(Enumerable.Range(1, read.Count).Select(p => (ulong)p), read.Select(r => r.Position));
        Assert.Equal(firsts.Sum(f => f.Sum(m => m.Count)), read.Count);
        foreach (var (first, count, text) in firsts.SelectMany(f => f))
            for (var n = 0; n < count; n++)
                Assert.Equal($"{text}/{n}", Encoding.UTF8.GetString(read[(int)first - 1 + n].Raw.Span));
    }

    [Fact]
    public async Task A_reader_beside_appenders_sees_every_record_once_in_order()
    {
        const int Total = 2000;
        var reading = Task.Run(async () =>
        {
            var texts = new List<string>();
            for (var from = 1ul; texts.Count < Total;)
            {
                await Log.WaitFor(from, CancellationToken.None);
                var page = await Log.Read(from, 64, 1 << 16, CancellationToken.None);
                texts.AddRange(page.Select(r => Encoding.UTF8.GetString(r.Raw.Span)));
                from = page[^1].Position + 1;
                (page as IDisposable)?.Dispose();
            }
            return texts;
        });
        for (var i = 0; i < Total; i += 10)
            await Log.Append([.. Enumerable.Range(i, 10).Select(n => Draft($"record {n}"))], CancellationToken.None);
        Assert.Equal(Enumerable.Range(0, Total).Select(n => $"record {n}"), await reading);
    }

    [Fact]
    public async Task A_checkpoint_never_moves_backwards_nor_beyond_the_end()
    {
        await Log.Append([Draft("a"), Draft("b"), Draft("c")], CancellationToken.None);
        Assert.Equal(0ul, Log.Checkpoint("event-store"));
        await Log.SaveCheckpoint("event-store", 3, CancellationToken.None);
        await Log.SaveCheckpoint("event-store", 2, CancellationToken.None);
        Assert.Equal(3ul, Log.Checkpoint("event-store"));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Log.SaveCheckpoint("event-store", 5, CancellationToken.None));
        await Log.SaveCheckpoint("a reader/../with: odd name", 4, CancellationToken.None);
        Assert.Equal(4ul, Log.Checkpoint("a reader/../with: odd name"));
        Assert.Equal(3ul, Log.Checkpoint("event-store"));
    }

    [Fact]
    public async Task Whoever_waits_can_stop_waiting()
    {
        using var stop = new CancellationTokenSource();
        var waiting = Log.WaitFor(1, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task The_hit_log_knows_how_far_was_matched()
    {
        var hits = new HitLog(Log, new TestClock());
        Assert.Equal(0ul, await hits.MatchedTo(CancellationToken.None));
        await hits.Append(new(1, 100, []), CancellationToken.None);
        await hits.Append(new(100, 250, []), CancellationToken.None);
        Assert.Equal(250ul, await hits.MatchedTo(CancellationToken.None));
        Assert.Equal([1ul, 2ul], (await hits.Read(0, 10, CancellationToken.None)).Select(b => b.Position));
    }

    internal static RecordDraft Draft(string text) => new(1_700_000_000_000, Origins[0], Encoding.UTF8.GetBytes(text));
}

public sealed class RecordsInMemory : RecordsContract
{
    protected override IRecordLog Make() => new MemoryRecordLog();
}

public sealed class RecordsOnDisk : RecordsContract
{
    readonly TestFolder folder = new();
    readonly FindingList findings = new();

    // Small segments, so that every law is held across many of them.
    protected override IRecordLog Make() => DiskRecordLog.Open(
        folder.Path, new() { SegmentBytesMax = 100_000, FreeBytesMin = 0, OriginsPerSegmentMax = 8 }, findings, new TestClock());

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
        Assert.Empty(findings.All);
    }
}
