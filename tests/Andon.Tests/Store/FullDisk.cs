using System.Diagnostics;
using System.Globalization;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Store;

/// <summary>Real file systems that fill under the facts and under the engine: reads go on, nothing acknowledged is lost, and all goes on by itself when there is room.</summary>
public sealed class FullDisk
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Facts_are_refused_while_their_disk_is_full_and_taken_again_after()
    {
        var small = Environment.GetEnvironmentVariable("ANDON_TEST_SMALL_DISK");
        Assert.SkipWhen(string.IsNullOrEmpty(small), "ANDON_TEST_SMALL_DISK names no small file system.");
        var at = Path.Combine(small, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(at);
        var findings = new FindingList();
        try
        {
            var ballast = Path.Combine(at, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[1 << 20], Stop);
            var told = 0L;
            await using (var log = SqliteFactLog.Open(Path.Combine(at, "facts"), findings, TimeProvider.System))
            {
                await Assert.ThrowsAsync<FactLogFullException>(async () =>
                {
                    for (; told < 5000; told++) await log.Append([FactsContract.Note("case-1", new string('x', 3000))], Stop);
                });
                Assert.InRange(told, 10, 4999);
                Assert.Equal(told, log.Last);
                Assert.Equal(told, (await log.Read(0, int.MaxValue, Stop)).Count);
                Assert.Contains(findings.All, f => f.Code == "FCT001");
                await Assert.ThrowsAsync<FactLogFullException>(async () => await log.Append([FactsContract.Note("case-1", new string('y', 300_000))], Stop));
                File.Delete(ballast);
                Assert.Equal(++told, Assert.Single(await log.Append([FactsContract.Note("case-1", "after")], Stop)).Seq);
                Assert.Null(log.Verify());
            }
            await using var again = SqliteFactLog.Open(Path.Combine(at, "facts"), findings, TimeProvider.System);
            Assert.Equal(told, again.Last);
            Assert.Null(again.Verify());
        }
        finally
        {
            Directory.Delete(at, recursive: true);
        }
    }

    [Fact]
    public async Task The_store_waits_while_the_engines_disk_is_full_and_catches_up_after()
    {
        EngineHouse.Require();
        using var folder = new TempFolder();
        using var disk = SmallDisk.Mount(Path.Combine(folder.Path, "disk"), 160);
        var ballast = Path.Combine(folder.Path, "disk", "ballast");
        var findings = new FindingList();
        using var engine = new EngineSupervisor(EngineHouse.Options(Path.Combine(folder.Path, "disk")), findings, TimeProvider.System, NullLogger<EngineSupervisor>.Instance);
        await engine.StartAsync(Stop);
        try
        {
            await engine.Ready(Stop);
            var store = new EventStore(engine, new("full"), TimeProvider.System);
            await store.EnsureSchema(Stop);
            await using var log = new MemoryRecordLog();
            using var reader = new EventStoreReader(new EventFeed(log, EventMaker.Normalise), log, store, findings, TimeProvider.System, NullLogger<EventStoreReader>.Instance);
            await Append(log, 0, 500);
            await reader.StartAsync(Stop);
            await Until(() => log.Checkpoint(EventStoreReader.Checkpoint) == 501, "the first events are stored");
            disk.Fill(ballast);
            // Text that does not shrink, so that it needs its room.
            for (var from = 500; from < 4500; from += 500) await Append(log, from, 500);
            await Until(() => reader.Stage.State == "waiting", "the store says that it waits");
            Assert.Equal(500UL, await store.Number("SELECT count() FROM events", Stop)); // Reads go on.
            Assert.NotEmpty(findings.All);
            Assert.True(log.Checkpoint(EventStoreReader.Checkpoint) < log.Next, "It waits without passing what is not stored.");
            File.Delete(ballast);
            await Until(() => log.Checkpoint(EventStoreReader.Checkpoint) == 4501, "everything is stored");
            Assert.Equal(4500UL, await store.Number("SELECT uniqExact(id) FROM events", Stop));
            Assert.Equal(4500UL, await store.Number("SELECT count() FROM events", Stop));
            Assert.Equal(0UL, reader.Quarantined);
            Assert.DoesNotContain(findings.All, f => f.Code == "EVS002");
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', findings.All.Select(f => f.ToString()).Distinct()));
            await reader.StopAsync(Stop);
        }
        finally
        {
            await engine.StopAsync(CancellationToken.None);
        }
    }

    static async Task Append(MemoryRecordLog log, int from, int count)
    {
        var random = new Random(from);
        var noise = new byte[3000];
        await log.Append([.. Enumerable.Range(from, count).Select(i =>
        {
            random.NextBytes(noise);
            return EventMaker.Draft(EventMaker.Noon + i, ("n", i.ToString(CultureInfo.InvariantCulture)), ("noise", Convert.ToBase64String(noise)));
        })], Stop);
    }

    static async Task Until(Func<bool> reached, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!reached())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(1), $"Never came: {what}");
            await Task.Delay(20, Stop);
        }
    }

    /// <summary>A file system in memory, mounted where we may and taken away after the test.</summary>
    sealed class SmallDisk(string at) : IDisposable
    {
        public static SmallDisk Mount(string at, int megabytes)
        {
            Directory.CreateDirectory(at);
            Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root may mount a small file system.");
            var mounted = Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "andon-test", at);
            Assert.SkipUnless(mounted == 0, "A small file system could not be mounted.");
            return new(at);
        }

        /// <summary>Takes all the room that is left.</summary>
        public void Fill(string file)
        {
            using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            foreach (var size in new[] { 1 << 20, 4096 })
                try
                {
                    for (var block = new byte[size]; ;) stream.Write(block);
                }
                catch (IOException)
                {
                    // Full for this size.
                }
        }

        public void Dispose() => Run("umount", "-l", at);

        static int Run(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true }) ?? throw new InvalidOperationException();
            process.WaitForExit();
            return process.ExitCode;
        }
    }
}
