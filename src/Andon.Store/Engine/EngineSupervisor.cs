using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Andon.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Andon.Store.Engine;

/// <summary>
/// Keeps one engine worker running: starts it, kills it when it hangs, starts it again with a growing delay. Collection goes on
/// meanwhile; what waits shows as lag. Where a server's address is set there is no worker and this only hands out the address.
/// </summary>
public sealed partial class EngineSupervisor(EngineOptions options, IFindings findings, TimeProvider clock, ILogger<EngineSupervisor> logger) : BackgroundService
{
    const string Stage = "engine";

    readonly Lock gate = new();
    TaskCompletionSource<EngineAddress> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile EngineState state = new(EngineCondition.Starting, "not started yet", 0);
    Process? child;
    int starts;

    internal EngineOptions Options => options;

    /// <summary>For the house page.</summary>
    public EngineState State => state;

    /// <summary>Process id of the worker that runs now, or null.</summary>
    internal int? WorkerId { get { lock (gate) return child?.Id; } }

    /// <summary>The engine that answers now; null while there is none.</summary>
    internal EngineAddress? Now { get { lock (gate) return address.Task.IsCompletedSuccessfully ? address.Task.GetAwaiter().GetResult() : null; } }

    /// <summary>Waits until an engine answers.</summary>
    internal Task<EngineAddress> Ready(CancellationToken stop)
    {
        lock (gate) return address.Task.WaitAsync(stop);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.ServerUrl is not null)
        {
            using var server = EngineAddress.OfServer(options);
            Publish(server, new(EngineCondition.Ready, $"server {options.ServerUrl}", 0));
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Withdraw(new(EngineCondition.Stopped, "stopped", 0));
            return;
        }

        var delay = EngineLimits.RestartDelayMin;
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = clock.GetTimestamp();
            Finding why;
            try
            {
                why = await RunOnce(stoppingToken);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception or InvalidOperationException)
            {
                why = new("ENG020", $"The event engine's worker did not start: {failed.Message}", "Check the data folder's rights and the program's installation.", options.DataFolder);
            }
            if (stoppingToken.IsCancellationRequested) break;

            if (clock.GetElapsedTime(began) > EngineLimits.SteadyAfter) delay = EngineLimits.RestartDelayMin;
            var refused = why.Code is "ENG001" or "ENG002" or "ENG003" or "ENG004" or "ENG007";
            state = new(refused ? EngineCondition.Refused : EngineCondition.Restarting, why.Message, state.Deaths + 1);
            findings.Raise(Stage, why);
            LogEnded(why.Code, why.Message, delay);
            await Task.Delay(delay, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = delay * 2 < EngineLimits.RestartDelayMax ? delay * 2 : EngineLimits.RestartDelayMax;
        }
        state = state with { Condition = EngineCondition.Stopped, Note = "stopped" };
    }

    /// <summary>One life of a worker; returns why it ended.</summary>
    async Task<Finding> RunOnce(CancellationToken stop)
    {
        if (options.Refusal() is { } refusal) return refusal;
        MakeFolder(options.DataFolder);
        var number = ++starts;
        var key = RandomNumberGenerator.GetHexString(64, lowercase: true);
        var socketFolder = SocketFolder();
        var socket = Path.Combine(socketFolder, $"{number.ToString(CultureInfo.InvariantCulture)}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}.sock");
        var tail = new Queue<string>();
        Finding? told = null;
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

        using var process = new Process { StartInfo = StartInfo(socket) };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { Length: > 0 } text) return;
            if (text.StartsWith(EngineWorker.FindingMark, StringComparison.Ordinal))
            {
                told = JsonSerializer.Deserialize<Finding>(text.AsSpan(EngineWorker.FindingMark.Length), FactTypes.Json);
                return;
            }
            lock (tail)
            {
                tail.Enqueue(text.Length > 500 ? text[..500] : text);
                if (tail.Count > EngineLimits.StderrLinesKept) tail.Dequeue();
            }
        };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith(EngineWorker.ReadyMark, StringComparison.Ordinal) == true) ready.TrySetResult(line.Data);
        };

        process.Start();
        lock (gate) child = process;
        EngineAddress? alive = null;
        var hung = false;
        try
        {
            process.BeginErrorReadLine();
            process.BeginOutputReadLine();
            await process.StandardInput.WriteLineAsync(key);
            await process.StandardInput.FlushAsync(stop);

            var exit = process.WaitForExitAsync(CancellationToken.None);
            using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var first = await Task.WhenAny(ready.Task, exit, Task.Delay(EngineLimits.ReadyMax, clock, watchdog.Token));
            await watchdog.CancelAsync();
            if (first == ready.Task)
            {
                alive = EngineAddress.OfSocket(socket, key, number);
                Publish(alive, new(EngineCondition.Ready, $"{EngineLibrary.Package} {EngineLibrary.PackageVersion}, worker {process.Id}", state.Deaths));
                LogReady(process.Id, options.DataFolder);
                hung = await Watch(alive, exit, stop);
            }
            else
            {
                hung = first != exit && !stop.IsCancellationRequested;
            }
        }
        catch (IOException) { } // It ended before it took its key; the tail says why.
        finally
        {
            Withdraw(state);
            await End(process, kill: hung);
            lock (gate) child = null;
            alive?.Dispose();
            if (socketFolder != options.DataFolder) TryDelete(() => Directory.Delete(socketFolder, recursive: true));
            else TryDelete(() => File.Delete(socket));
        }

        string text;
        lock (tail) text = string.Join('\n', tail);
        if (hung) return new("ENG021", "The event engine's worker hung and was killed.", "It starts again by itself; report it when it repeats.", text);
        if (told is not null) return told with { Place = text.Length > 0 ? text : told.Place };
        return new("ENG022", $"The event engine's worker ended with code {process.ExitCode}.", "It starts again by itself; what it said last stands in the place.", text, FindingLevel.Warning);
    }

    /// <summary>Until the worker ends. True when it no longer answers.</summary>
    async Task<bool> Watch(EngineAddress alive, Task exit, CancellationToken stop)
    {
        for (var misses = 0; misses < EngineLimits.HealthMissesMax;)
        {
            var pause = Task.Delay(options.HealthEvery, clock, stop);
            if (await Task.WhenAny(exit, pause) == exit || stop.IsCancellationRequested) return false;
            using var limit = new CancellationTokenSource(options.HealthMax, clock);
            try
            {
                using var pong = await alive.Http.GetAsync(new Uri("ping", UriKind.Relative), limit.Token);
                misses = pong.IsSuccessStatusCode ? 0 : misses + 1;
            }
            catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException)
            {
                misses++;
            }
        }
        return true;
    }

    async Task End(Process process, bool kill)
    {
        try
        {
            if (process.HasExited) return;
            if (kill) process.Kill();
            else CloseInput(process);
            using var limit = new CancellationTokenSource(EngineLimits.EndMax * 2, clock);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
        catch (Exception gone) when (gone is InvalidOperationException or IOException) { } // It ended in between.
    }

    // What was written last may still wait there for a worker that reads no more; closing tries to send it.
    static void CloseInput(Process process)
    {
        try { process.StandardInput.Close(); }
        catch (IOException) { } // It ends or has ended; the caller waits for that.
    }

    ProcessStartInfo StartInfo(string socket)
    {
        var start = new ProcessStartInfo(options.Command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = options.DataFolder,
        };
        foreach (var argument in options.Command.Skip(1)) start.ArgumentList.Add(argument);
        Add("--path", options.DataFolder);
        Add("--socket", socket);
        Add("--library", EngineLibrary.Find(options.Library));
        Add("--query-memory", options.QueryMemoryBytesMax.ToString(CultureInfo.InvariantCulture));
        Add("--memory", options.MemoryBytesMax?.ToString(CultureInfo.InvariantCulture));
        Add("--threads", options.QueryThreads?.ToString(CultureInfo.InvariantCulture));
        Add("--queries", options.QueryConnections?.ToString(CultureInfo.InvariantCulture));

        // No secrets in the worker: its environment holds what the runtime needs to start and nothing else.
        var root = Environment.GetEnvironmentVariable("DOTNET_ROOT");
        start.Environment.Clear();
        if (root is not null) start.Environment["DOTNET_ROOT"] = root;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_GCConserveMemory"] = "5";
        return start;

        void Add(string name, string? value)
        {
            if (value is null) return;
            start.ArgumentList.Add(name);
            start.ArgumentList.Add(value);
        }
    }

    /// <summary>The data folder where a socket's path fits, else a new folder of our own under the temporary one.</summary>
    string SocketFolder()
    {
        if (EngineWorker.SocketFault(Path.Combine(options.DataFolder, "1000000-abcdef.sock")) is null) return options.DataFolder;
        return OperatingSystem.IsWindows() ? Directory.CreateTempSubdirectory("andon-").FullName
            : Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"andon-{RandomNumberGenerator.GetHexString(8, lowercase: true)}"), OwnerOnly).FullName;
    }

    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
    }

    void Publish(EngineAddress now, EngineState then)
    {
        lock (gate)
        {
            state = then;
            address.TrySetResult(now);
        }
    }

    void Withdraw(EngineState then)
    {
        lock (gate)
        {
            state = then;
            if (address.Task.IsCompleted) address = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    static void TryDelete(Action delete)
    {
        try { delete(); }
        catch (IOException) { } // A left-over socket harms nobody: each start uses a fresh name.
    }

    [LoggerMessage(1, LogLevel.Information, "Event engine ready: worker {Worker}, data {Folder}")]
    partial void LogReady(int worker, string folder);

    [LoggerMessage(2, LogLevel.Warning, "Event engine ended: {Code} {Message} Next start in {Delay}.")]
    partial void LogEnded(string code, string message, TimeSpan delay);
}
