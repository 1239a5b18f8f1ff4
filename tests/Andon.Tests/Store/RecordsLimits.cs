using Andon.Model;
using Andon.Store.Records;
using Record = Andon.Model.Record;

namespace Andon.Tests.Store;

/// <summary>Full logs, full disks, failing disks, retention, the lock and quarantine.</summary>
public sealed class RecordsLimits : IDisposable
{
    readonly TestFolder folder = new();
    readonly TestClock clock = new();
    FindingList findings = new();
    readonly BadDisk disk = new();

    public void Dispose() => folder.Dispose();

    DiskRecordLog Open(RecordLogOptions options) =>
        DiskRecordLog.Open(folder.Path, options with { OpenFile = path => new BadFile(path, disk), FreeBytes = _ => disk.FreeBytes }, findings, clock);

    static readonly RecordLogOptions Small = new() { SegmentBytesMax = 1000, FreeBytesMin = 0, KeepBytesMax = 3000, LogBytesMax = 6000 };

    static RecordDraft Draft(int bytes) => new(1, new("file", "/x"), new byte[bytes]);

    [Fact]
    public async Task A_record_beyond_the_limit_is_refused_by_its_name_and_nothing_of_its_batch_is_taken()
    {
        await using var log = Open(new() { RecordBytesMax = 100, FreeBytesMin = 0 });
        var e = await Assert.ThrowsAsync<RecordTooLargeException>(async () => await log.Append([Draft(1), Draft(101)], CancellationToken.None));
        Assert.Contains("RecordBytesMax of 100", e.Message, StringComparison.Ordinal);
        Assert.Equal(1ul, log.Next);
        Assert.Equal(1ul, await log.Append([Draft(100)], CancellationToken.None));
    }

    [Fact]
    public async Task A_full_log_refuses_and_takes_again_once_readers_passed()
    {
        await using var log = Open(Small with { Readers = ["event-store"] });
        var taken = 0;
        await Assert.ThrowsAsync<RecordLogFullException>(async () =>
        {
            for (; taken < 100; taken++) await log.Append([Draft(200)], CancellationToken.None);
        });
        Assert.InRange(taken, 15, 26);
        Assert.True(log.IsFull);
        Assert.InRange(log.Bytes, 5000, 6000);
        await Assert.ThrowsAsync<RecordLogFullException>(async () => await log.Append([Draft(200)], CancellationToken.None));
        Assert.Equal("REC003", Assert.Single(findings.All).Code); // Once, not once a sender.
        Assert.Equal(taken, (await RecordsContract.ReadAll(log)).Count);

        await log.SaveCheckpoint("event-store", log.Next, CancellationToken.None);
        Assert.Equal((ulong)taken + 1, await log.Append([Draft(200)], CancellationToken.None));
        Assert.False(log.IsFull);
        Assert.Equal("REC004", findings.All[^1].Code);
    }

    [Fact]
    public async Task Free_space_below_the_limit_refuses_until_it_returns()
    {
        await using var log = Open(new() { FreeBytesMin = 1000 });
        await log.Append([Draft(10)], CancellationToken.None);
        disk.FreeBytes = 1020;
        clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<RecordLogFullException>(async () => await log.Append([Draft(10)], CancellationToken.None));
        disk.FreeBytes = 1 << 20;
        Assert.Equal(2ul, await log.Append([Draft(10)], CancellationToken.None));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(31), InlineData(32), InlineData(40), InlineData(150)]
    public async Task A_disk_that_fills_in_the_middle_of_a_write_leaves_no_trace(int room)
    {
        await using (var log = Open(new() { FreeBytesMin = 0 }))
        {
            await log.Append([Draft(10)], CancellationToken.None);
            disk.Room = room;
            await Assert.ThrowsAsync<RecordLogFullException>(async () => await log.Append([Draft(100), Draft(100)], CancellationToken.None));
            Assert.Equal(2ul, log.Next);
            disk.Room = long.MaxValue;
            // A new origin, too: the one of the failed append must be defined again.
            Assert.Equal(2ul, await log.Append([new(2, new("bulk", "peer"), "later"u8.ToArray())], CancellationToken.None));
            Assert.Equal(2, (await RecordsContract.ReadAll(log)).Count);
        }
        findings = new();
        await using var again = Open(new() { FreeBytesMin = 0 });
        var read = await RecordsContract.ReadAll(again);
        Assert.Equal([10, 5], read.Select(r => r.Raw.Length));
        Assert.Equal(new("bulk", "peer"), read[1].Origin);
        Assert.Empty(findings.All);
    }

    [Fact]
    public async Task After_a_failed_fsync_the_log_goes_on_in_a_new_segment()
    {
        await using var log = Open(new() { FreeBytesMin = 0 });
        await log.Append([Draft(10)], CancellationToken.None);
        disk.FlushFails = true;
        await Assert.ThrowsAsync<IOException>(async () => await log.Append([Draft(20)], CancellationToken.None));
        disk.FlushFails = false;
        Assert.Equal(2ul, await log.Append([Draft(30)], CancellationToken.None));
        Assert.Equal([10, 30], (await RecordsContract.ReadAll(log)).Select(r => r.Raw.Length));
        Assert.Equal(2, Directory.GetFiles(folder.Path, "*.log").Length);
        Assert.Contains(findings.All, f => f.Code == "REC007");
    }

    [Fact]
    public async Task A_disk_that_is_too_full_for_a_new_segment_refuses_and_recovers()
    {
        await using var log = Open(new() { FreeBytesMin = 0, SegmentBytesMax = 200 });
        await log.Append([Draft(100)], CancellationToken.None);
        disk.Room = 10;
        await Assert.ThrowsAsync<RecordLogFullException>(async () => await log.Append([Draft(100)], CancellationToken.None));
        disk.Room = long.MaxValue;
        Assert.Equal(2ul, await log.Append([Draft(100)], CancellationToken.None));
        Assert.Equal(2, (await RecordsContract.ReadAll(log)).Count);
    }

    /// <summary>The same with the kernel's own answer: give a small file system, for example a tmpfs of 4 MB, in the variable.</summary>
    [Fact]
    public async Task A_real_file_system_that_fills_loses_nothing_and_takes_again()
    {
        var small = Environment.GetEnvironmentVariable("ANDON_TEST_SMALL_DISK");
        Assert.SkipWhen(string.IsNullOrEmpty(small), "ANDON_TEST_SMALL_DISK names no small file system.");
        var at = Path.Combine(small, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(at);
        try
        {
            var ballast = Path.Combine(at, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[1 << 20]);
            // The log is told that there is room, so that it meets the kernel's refusal and not its own.
            var options = new RecordLogOptions { FreeBytesMin = 0, SegmentBytesMax = 500_000, FreeBytes = _ => long.MaxValue / 2 };
            var taken = 0ul;
            await using (var log = DiskRecordLog.Open(Path.Combine(at, "log"), options, findings, clock))
            {
                var e = await Assert.ThrowsAsync<RecordLogFullException>(async () =>
                {
                    for (; taken < 100_000; taken++) await log.Append([Draft(3000)], CancellationToken.None);
                });
                Assert.StartsWith("The disk is full", e.Message, StringComparison.Ordinal);
                Assert.Equal(taken, (ulong)(await RecordsContract.ReadAll(log)).Count);
                File.Delete(ballast);
                Assert.Equal(taken + 1, await log.Append([Draft(3000)], CancellationToken.None));
            }
            findings = new();
            await using var again = DiskRecordLog.Open(Path.Combine(at, "log"), options, findings, clock);
            Assert.Equal(taken + 1, (ulong)(await RecordsContract.ReadAll(again)).Count);
            Assert.Empty(findings.All);
        }
        finally
        {
            Directory.Delete(at, recursive: true);
        }
    }

    [Fact]
    public async Task Retention_keeps_what_any_reader_still_needs()
    {
        await using var log = Open(Small with { LogBytesMax = 1 << 20, Readers = ["event-store", "matcher"] });
        for (var i = 0; i < 40; i++) await log.Append([Draft(200)], CancellationToken.None);
        await log.SaveCheckpoint("event-store", 41, CancellationToken.None);
        Assert.Equal(1ul, log.First); // The matcher never saved one.
        await log.SaveCheckpoint("matcher", 20, CancellationToken.None);
        Assert.InRange(log.First, 15ul, 20ul);
        Assert.Equal(20ul, (await log.Read(20, 1, 1, CancellationToken.None))[0].Position);
        await log.SaveCheckpoint("a later reader", 25, CancellationToken.None);
        await log.SaveCheckpoint("matcher", 41, CancellationToken.None);
        Assert.InRange(log.First, 20ul, 25ul);
        await log.SaveCheckpoint("a later reader", 41, CancellationToken.None);
        Assert.InRange(log.Bytes, 2000, 3000); // Passed by all and young: kept up to KeepBytesMax.
        Assert.Equal(41ul - log.First, (ulong)(await RecordsContract.ReadAll(log)).Count);
        // A reader that asks for what is gone gets the oldest that stands.
        Assert.Equal(log.First, (await log.Read(1, 1, 1, CancellationToken.None))[0].Position);
    }

    [Fact]
    public async Task Retention_by_age_leaves_the_young_and_the_newest()
    {
        await using var log = Open(Small with { KeepBytesMax = 1 << 20, LogBytesMax = 1 << 20, KeepAgeMax = TimeSpan.FromDays(1) });
        for (var i = 0; i < 10; i++) await log.Append([Draft(200)], CancellationToken.None);
        clock.Advance(TimeSpan.FromDays(2));
        for (var i = 0; i < 10; i++) await log.Append([Draft(200)], CancellationToken.None);
        Assert.Equal(0, log.Retain()); // No reader is known: nothing was read, nothing goes.
        await log.SaveCheckpoint("event-store", 21, CancellationToken.None);
        Assert.InRange(log.First, 8ul, 12ul);
        clock.Advance(TimeSpan.FromDays(2));
        log.Retain();
        Assert.Single(Directory.GetFiles(folder.Path, "*.log"));
        Assert.NotEmpty(await RecordsContract.ReadAll(log));
    }

    [Fact]
    public async Task Checkpoints_origins_and_records_survive_a_reopen()
    {
        var random = new Random(7);
        var wrote = new List<RecordDraft>();
        for (var round = 0; round < 5; round++)
        {
            await using var log = Open(new() { SegmentBytesMax = 20_000, FreeBytesMin = 0 });
            Assert.Equal((ulong)wrote.Count + 1, log.Next);
            Assert.Equal((ulong)wrote.Count, log.Checkpoint("event-store"));
            var batch = RecordsContract.RandomBatch(random, 100, 400);
            await log.Append(batch, CancellationToken.None);
            wrote.AddRange(batch);
            await log.SaveCheckpoint("event-store", (ulong)wrote.Count, CancellationToken.None);
            RecordsContract.Same(wrote, await RecordsContract.ReadAll(log));
        }
        Assert.Empty(findings.All);
    }

    [Fact]
    public async Task A_second_owner_of_the_folder_is_refused()
    {
        await using (Open(new() { FreeBytesMin = 0 }))
        {
            var e = Assert.Throws<FolderInUseException>(() => Open(new()));
            Assert.Contains(folder.Path, e.Message, StringComparison.Ordinal);
        }
        await using var now = Open(new() { FreeBytesMin = 0 });
        Assert.Equal(1ul, now.Next);
    }

    [Fact]
    public async Task Closing_finishes_what_was_accepted_and_takes_no_more()
    {
        var log = Open(new() { FreeBytesMin = 0 });
        var appends = Enumerable.Range(0, 50).Select(_ => log.Append([Draft(50)], CancellationToken.None).AsTask()).ToList();
        await log.DisposeAsync();
        await Task.WhenAll(appends);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await log.Append([Draft(1)], CancellationToken.None));
        await using var again = Open(new() { FreeBytesMin = 0 });
        Assert.Equal(51ul, again.Next);
    }

    [Fact]
    public async Task A_new_segment_begins_before_origins_fill_memory()
    {
        await using var log = Open(new() { OriginsPerSegmentMax = 10, FreeBytesMin = 0 });
        for (var i = 0; i < 100; i++) await log.Append([new(1, new("syslog-udp", $"10.0.0.{i}"), "x"u8.ToArray())], CancellationToken.None);
        Assert.Equal(10, Directory.GetFiles(folder.Path, "*.log").Length);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"10.0.0.{i}"), (await RecordsContract.ReadAll(log)).Select(r => r.Origin.Peer));
    }

    [Fact]
    public async Task A_record_that_stops_a_reader_three_times_is_put_aside_even_over_restarts()
    {
        var why = new InvalidDataException("bad");
        for (var start = 1; start <= 3; start++)
        {
            await using var log = Open(new() { FreeBytesMin = 0 });
            if (start == 1) await log.Append([Draft(3), new(5, new("bulk", "peer", "idx"), "poison"u8.ToArray())], CancellationToken.None);
            var record = (await log.Read(2, 1, 100, CancellationToken.None))[0];
            Assert.False(log.Quarantine.Skips("event-store", 2));
            Assert.Equal(start == 3, log.Quarantine.Stopped("event-store", record, why));
        }
        Assert.Equal("REC005", Assert.Single(findings.All).Code);
        await using var last = Open(new() { FreeBytesMin = 0 });
        Assert.True(last.Quarantine.Skips("event-store", 2));
        Assert.False(last.Quarantine.Skips("matcher", 2));
        Assert.False(last.Quarantine.Skips("event-store", 1));
        Assert.Equal("poison", await File.ReadAllTextAsync(Path.Combine(folder.At("quarantine"), "event-store@2.raw")));
        Assert.Contains("InvalidDataException: bad", await File.ReadAllTextAsync(Path.Combine(folder.At("quarantine"), "event-store@2.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_allocates_a_page_and_nothing_a_record()
    {
        const int Records = 20_000;
        await using var log = Open(new() { FreeBytesMin = 0 });
        await log.Append(Many(Records), CancellationToken.None);
        var first = AllocatedByReading(log);
        var again = AllocatedByReading(log);
        Assert.InRange(again, 0, Records); // Less than a byte a record, once the pool is warm.
        Assert.True(first >= again);
    }

    [Fact]
    public void Writing_allocates_nothing_a_record()
    {
        const int Records = 20_000;
        using var writer = SegmentWriter.Create(folder.Path, new(1, 1, 0), path => new SegmentFile(path));
        var drafts = Many(Records);
        writer.Write(drafts, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        writer.Write(drafts, 1 + Records);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    static RecordDraft[] Many(int count)
    {
        var drafts = new RecordDraft[count];
        Array.Fill(drafts, new(1, new("file", "/x"), new byte[200]));
        return drafts;
    }

    static long AllocatedByReading(DiskRecordLog log)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var from = 1ul; from < log.Next;)
        {
            var read = log.Read(from, 2048, 8 << 20, CancellationToken.None).AsTask();
            Assert.True(read.IsCompletedSuccessfully); // Reading waits for nothing, so all of it was this thread's.
            var page = read.GetAwaiter().GetResult();
            from = page[^1].Position + 1;
            (page as IDisposable)?.Dispose();
        }
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}

sealed class BadDisk
{
    public long Room { get; set; } = long.MaxValue;
    public bool FlushFails { get; set; }
    public long FreeBytes { get; set; } = long.MaxValue / 2;
}

sealed class BadFile(string path, BadDisk disk) : SegmentFile(path)
{
    public override void Write(ReadOnlySpan<byte> bytes, long at)
    {
        var fits = (int)Math.Min(disk.Room, bytes.Length);
        base.Write(bytes[..fits], at);
        if (disk.Room != long.MaxValue) disk.Room -= fits;
        if (fits < bytes.Length) throw new IOException("No space left on device", 28);
    }

    public override void Flush()
    {
        if (disk.FlushFails) throw new IOException("Input/output error", 5);
        base.Flush();
    }
}
