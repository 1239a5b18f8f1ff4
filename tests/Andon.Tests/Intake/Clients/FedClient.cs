using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Andon.Tests.Intake.Clients;

/// <summary>A client that is given numbered lines little by little, so that the house dies while some are on their way.</summary>
abstract class FedClient : Peer
{
    volatile int allowed, given;
    volatile bool over;
    Task feeding = Task.CompletedTask;

    /// <summary>Nobody waits for it any more.</summary>
    protected bool Over => over;
    protected TempFolder Folder { get; } = new();

    /// <summary>Messages given at once, and the pause after them.</summary>
    protected virtual (int Messages, int Ms) Step => (25, 4);
    public override int Reached => given;
    public override IReadOnlySet<int> Told => Enumerable.Range(First, given).ToHashSet();

    protected abstract Task Open();
    /// <summary>Gives it the lines from one number up to another.</summary>
    protected abstract Task Give(int from, int to);
    protected virtual Task Close() => Task.CompletedTask;

    protected static string Line(int number) => string.Create(CultureInfo.InvariantCulture, $"number={number} note=\"größe\"");

    public override async Task Begin()
    {
        await Open();
        feeding = Task.Run(Feed, Stop);
    }

    async Task Feed()
    {
        while (!over && given < PeerRun.Messages)
        {
            var to = Math.Min(given + Step.Messages, allowed);
            if (to > given)
            {
                await Give(First + given, First + to);
                given = to;
            }
            await Task.Delay(Step.Ms, Stop);
        }
        await Close();
    }

    public override void Allow(int messages) => allowed = messages;

    public override void Check()
    {
        if (feeding.IsFaulted) feeding.GetAwaiter().GetResult();
    }

    public override Task End() => feeding;

    protected ConcurrentQueue<string> Said { get; } = new();

    protected Process Start(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, StandardInputEncoding = new UTF8Encoding(false) };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } && Said.Count < 20) Said.Enqueue(line.Data);
        };
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
    internal static string Unpacked(string file)
    {
        var path = Path.Combine(Environment.GetEnvironmentVariable("ANDON_UNPACKED") ?? Path.Combine(SharedData.RepositoryRoot, ".run", "unpacked"), file);
        Assert.SkipUnless(File.Exists(path) || Directory.Exists(path), $"{file} is not unpacked: ./test does it where it may.");
        return path;
    }

    internal static string Libraries => Path.Combine(Unpacked("usr/lib"), "x86_64-linux-gnu") is var path && Directory.Exists(path) ? path : Directory.GetDirectories(Unpacked("usr/lib"), "*-linux-*").First();

    public override async ValueTask DisposeAsync()
    {
        over = true;
        await feeding.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default); // What it failed by was told by Check.
        Folder.Dispose();
    }
}

/// <summary>A client that follows a file.</summary>
abstract class FileFedClient : FedClient
{
    Process? process;

    protected string Input => Folder.File("office.log");
    protected abstract Process Follow();

    protected override Task Open()
    {
        File.WriteAllText(Input, "");
        process = Follow();
        return Task.CompletedTask;
    }

    protected override Task Give(int from, int to)
    {
        Assert.False(process is { HasExited: true }, $"The client ended: {string.Join(' ', Said)}");
        return File.AppendAllLinesAsync(Input, Enumerable.Range(from, to - from).Select(Line), Stop);
    }

    public override async ValueTask DisposeAsync()
    {
        await Stopped(process);
        await base.DisposeAsync();
    }
}
