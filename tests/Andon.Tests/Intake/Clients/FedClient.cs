using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Andon.Tests.Intake.Clients;

/// <summary>A client that is given numbered lines little by little, so that the house dies while some are on their way.</summary>
abstract class FedClient : IAsyncDisposable
{
    protected TempFolder Folder { get; } = new();
    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Messages given at once, and the pause after them.</summary>
    protected virtual (int Messages, int Ms) Step => (50, 8);
    /// <summary>It forgets nothing that was not acknowledged.</summary>
    public bool KeepsAll { get; init; }
    protected abstract Task Begin();
    /// <summary>Gives it the lines from one number up to another.</summary>
    protected abstract Task Give(int from, int to);
    protected virtual Task End() => Task.CompletedTask;

    protected static string Line(int number) => string.Create(CultureInfo.InvariantCulture, $"number={number} note=\"größe\"");

    /// <summary>Gives it everything and kills the house when a third and two thirds were given, while more is given.</summary>
    public async Task Run(KilledHouse house)
    {
        await Begin();
        int[] killAt = [PeerRun.Messages / 3, PeerRun.Messages * 2 / 3, int.MaxValue];
        var killing = Task.CompletedTask;
        var kills = 0;
        for (var from = 0; from < PeerRun.Messages; from += Step.Messages)
        {
            // The last of them are for a house that lives, whatever was lost before.
            if (from >= PeerRun.Messages * 5 / 6) await killing;
            await Give(from, Math.Min(from + Step.Messages, PeerRun.Messages));
            await Task.Delay(Step.Ms, Stop);
            if (from < killAt[kills]) continue;
            await killing;
            if (kills > 0) await More(house); // It sends again, before it dies again.
            kills++;
            killing = Again(house);
        }
        await killing;
        await End();
        await Quiet(house);
    }

    static async Task Again(KilledHouse house)
    {
        await house.Kill();
        await house.Start();
    }

    static async Task More(KilledHouse house)
    {
        var watch = Stopwatch.StartNew();
        var at = await Records(house);
        while (await Records(house) == at && watch.ElapsedMilliseconds < 3000) await Task.Delay(50, Stop);
    }

    /// <summary>Waits until no more comes: a client that keeps everything has all there then.</summary>
    async Task Quiet(KilledHouse house)
    {
        var (begun, still) = (Stopwatch.StartNew(), Stopwatch.StartNew());
        for (long before = -1; ;)
        {
            var now = await Records(house);
            if (now != before) still.Restart();
            before = now;
            var whole = KeepsAll && now < PeerRun.Messages ? 60_000 : KeepsAll ? 500 : 2500;
            if (still.ElapsedMilliseconds >= 500 && begun.ElapsedMilliseconds >= whole) return;
            await Task.Delay(50, Stop);
        }
    }

    static async Task<long> Records(KilledHouse house) => (await house.Says()).GetProperty("records").GetInt64();

    protected static Process Start(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, StandardInputEncoding = new UTF8Encoding(false) };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException();
        process.ErrorDataReceived += (_, _) => { };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    protected static async Task Stopped(Process? process)
    {
        if (process is null) return;
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    /// <summary>Debian packages that are unpacked, not installed: ./test does that where it may.</summary>
    protected static string Unpacked(string file)
    {
        var path = Path.Combine(Environment.GetEnvironmentVariable("ANDON_UNPACKED") ?? Path.Combine(SharedData.RepositoryRoot, ".run", "unpacked"), file);
        Assert.SkipUnless(File.Exists(path) || Directory.Exists(path), $"{file} is not unpacked: ./test does it where it may.");
        return path;
    }

    protected static string Libraries => Path.Combine(Unpacked("usr/lib"), "x86_64-linux-gnu") is var path && Directory.Exists(path) ? path : Directory.GetDirectories(Unpacked("usr/lib"), "*-linux-*").First();

    public virtual ValueTask DisposeAsync()
    {
        Folder.Dispose();
        return default;
    }
}

/// <summary>A client that follows a file.</summary>
abstract class FileFedClient : FedClient
{
    Process? process;

    protected string Input => Folder.File("office.log");
    protected abstract Process Open();

    protected override Task Begin()
    {
        File.WriteAllText(Input, "");
        process = Open();
        return Task.CompletedTask;
    }

    protected override Task Give(int from, int to)
    {
        Assert.False(process is { HasExited: true }, "The client ended.");
        return File.AppendAllLinesAsync(Input, Enumerable.Range(from, to - from).Select(Line), Stop);
    }

    public override async ValueTask DisposeAsync()
    {
        await Stopped(process);
        await base.DisposeAsync();
    }
}
