using System.Diagnostics;
using Andon.Store.Events;
using Andon.Store.Records;

namespace Andon.Tests.Store.Keep;

/// <summary>The events' own disk is full: what comes in is kept in the record log and shown as lag, and all is stored when there is room again.</summary>
public sealed class FullDiskTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static async Task<bool> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
        if (process is null) return false;
        await process.WaitForExitAsync(Stop);
        return process.ExitCode == 0;
    }

    [Fact]
    public async Task Intake_goes_on_lag_is_shown_and_it_recovers_alone()
    {
        EngineHouse.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can mount a small file system.");
        using var folder = new TestFolder();
        var events = folder.At("events");
        Directory.CreateDirectory(events);
        Assert.SkipUnless(await Run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", events), "A small file system cannot be mounted here.");
        try
        {
            await using var house = await KeepHouse.Open(folder.Path);
            await house.Append(2000);
            await house.Settled();
            var ballast = Path.Combine(events, "ballast");
            await using (var file = new FileStream(ballast, FileMode.Create))
            {
                var block = new byte[64 << 10];
                try { while (true) await file.WriteAsync(block, Stop); }
                catch (IOException) { } // Full now.
            }
            for (var at = 2000; at < 20_000; at += 2000) await house.Append(2000, at); // Each is acknowledged.
            for (var i = 0; house.Findings.All.All(f => f.Code != "ENG018"); i++)
            {
                Assert.True(i < 1500, "Nobody said that the disk is full: " + string.Join(' ', house.Findings.All));
                await Task.Delay(20, Stop);
            }
            Assert.Equal(20_001UL, house.Records.Next);
            Assert.True(house.Records.Checkpoint(EventStoreReader.Checkpoint) < house.Records.Next);
            Assert.True(house.Lag > 0);
            Assert.Equal(2000UL, await house.Store.Number("SELECT count() FROM events", Stop)); // Searches go on.
            File.Delete(ballast);
            await house.Settled();
            Assert.Equal(20_000UL, await house.Store.Number("SELECT count() FROM events", Stop));
            Assert.True((await house.Check()).Ok);
        }
        finally
        {
            await Run("umount", "-l", events);
        }
    }
}
