using System.Text;
using System.Text.Json;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Andon.Store.Engine;

/// <summary>What the worker is told on its command line.</summary>
/// <param name="Path">The engine's data folder.</param>
/// <param name="Socket">The Unix socket to answer on.</param>
/// <param name="Library">The engine's library; null means to look for it.</param>
/// <param name="QueryMemoryBytes">Most memory one query may take.</param>
/// <param name="MemoryBytes">Most memory the whole engine may take.</param>
sealed record EngineWorkerOptions(string Path, string Socket, string? Library, int QueryConnections, int QueryThreads, long QueryMemoryBytes, long MemoryBytes);

/// <summary>
/// The engine worker: a process of its own that holds the native engine and answers ClickHouse's HTTP interface on a Unix socket.
/// It ends when its standard input closes, so that a dead parent leaves no orphan holding the store's lock.
/// </summary>
public static class EngineWorker
{
    internal const string ReadyMark = "andon-engine ready";
    internal const string FindingMark = "andon-finding ";

    /// <summary>
    /// Body of the verb <c>andon engine --path DIR --socket FILE [--library FILE] [--queries N] [--threads N] [--query-memory BYTES] [--memory BYTES]</c>.
    /// The first line of standard input is the key that callers must send as <c>X-ClickHouse-Key</c>.
    /// </summary>
    public static async Task<int> Main(string[] args)
    {
        if (Parse(args) is not { } options)
        {
            await Console.Error.WriteLineAsync("andon engine --path DIR --socket FILE (started by andon serve, not by people)");
            return 2;
        }
        return await Run(options);
    }

    static EngineWorkerOptions? Parse(string[] args)
    {
        var told = new Dictionary<string, string>();
        for (var i = 0; i + 1 < args.Length; i += 2) told[args[i]] = args[i + 1];
        if (args.Length % 2 != 0 || !told.TryGetValue("--path", out var path) || !told.TryGetValue("--socket", out var socket)) return null;
        return new(
            System.IO.Path.GetFullPath(path), socket, told.GetValueOrDefault("--library"),
            (int)Number("--queries", Math.Max(4, Environment.ProcessorCount)), (int)Number("--threads", Math.Max(1, Environment.ProcessorCount - 1)), Number("--query-memory", 1L << 30),
            Number("--memory", Math.Max(1L << 30, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2)));

        long Number(string name, long standard) =>
            told.TryGetValue(name, out var text) && long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value) ? value : standard;
    }

    static async Task<int> Run(EngineWorkerOptions options)
    {
        using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        var key = await input.ReadLineAsync();
        if (string.IsNullOrEmpty(key)) return 2;

        if (SocketFault(options.Socket) is { } socketFault) return Refuse(socketFault);
        if (!OperatingSystem.IsLinux() || !EngineLibrary.PlatformHasOne) return Refuse(EngineLibrary.NoPlatform());
        Directory.CreateDirectory(options.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var library = EngineLibrary.Find(options.Library);
        if (EngineLibrary.Check(library, options.Path.TrimEnd('/') + ".library") is { } fault) return Refuse(fault);

        EnginePools pools;
        ChdbConnection boot;
        try
        {
            ChdbNative.LoadFrom(library!);
            // Before anything else is called: otherwise the first caught null reference hangs the process.
            ChdbNative.SetSignalHandlersEnabled(0);
            if (!ChdbNative.Version().StartsWith(EngineLibrary.VersionPrefix, StringComparison.Ordinal))
                return Refuse(new("ENG004", $"The event engine's library says it is version {ChdbNative.Version()}, expected {EngineLibrary.VersionPrefix}.", "Run npm ci in the folder engine.", library!));

            var path = $"--path={options.Path}";
            // A native call holds its thread until it ends: with fewer threads than connections an insert would wait for searches to give one back.
            ThreadPool.GetMinThreads(out var workers, out var ports);
            ThreadPool.SetMinThreads(Math.Max(workers, options.QueryConnections + EngineLimits.ThreadsBeside), ports);
            // Server-level settings count on the connection that boots the engine only. It is never closed while the worker lives.
            boot = new("andon-boot", [path, $"--max_server_memory_usage={options.MemoryBytes}", "--mark_cache_size=268435456"]);
            if (!SignalsWork()) return Refuse(new("ENG005", "A null reference was not caught after the engine started.", "Report this: the worker cannot run safely.", library!));
            pools = new(
                new("ingest", 1, EngineLimits.InsertsWaitingMax, path, "--async_insert=0", "--optimize_on_insert=0", "--max_insert_threads=1",
                    // A search pauses between blocks while something is being stored, for so long at most that it comes to its end also while a backlog is read.
                    "--priority=1"),
                new("query", options.QueryConnections, EngineLimits.QueriesWaitingMax, path, $"--max_threads={options.QueryThreads}", "--priority=5", $"--low_priority_query_wait_time_ms={EngineLimits.SearchPauseMsMax}", "--readonly=2",
                    $"--max_memory_usage={options.QueryMemoryBytes}", "--max_execution_time=60"),
                new("command", 1, EngineLimits.CommandsWaitingMax, path),
                new("control", 1, EngineLimits.CommandsWaitingMax, path));
        }
        catch (ChdbException failed)
        {
            return Refuse(new("ENG006", $"The event engine did not open {options.Path}: {failed.Message}", "Another program may hold this folder, or it may be damaged or not writable; the lines above say which.", options.Path));
        }

        await Serve(options, pools, Encoding.UTF8.GetBytes(key), input);
        foreach (var pool in (EnginePool[])[pools.Ingest, pools.Query, pools.Command, pools.Control])
            foreach (var connection in pool.All) connection.Dispose();
        boot.Dispose();
        return 0;
    }

    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    static async Task Serve(EngineWorkerOptions options, EnginePools pools, byte[] key, StreamReader input)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "andon" });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = EngineLimits.EndMax);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = EngineLimits.RequestBodyBytesMax;
            kestrel.Limits.MaxRequestLineSize = EngineLimits.RequestLineBytesMax;
            kestrel.Limits.MaxRequestBufferSize = EngineLimits.RequestLineBytesMax + (1 << 20);
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.ListenUnixSocket(options.Socket, listen => listen.Protocols = HttpProtocols.Http1);
        });
        await using var app = builder.Build();
        var engine = new EngineHttp(pools, key, TimeProvider.System);
        app.MapGet("/ping", engine.Ping);
        app.MapPost("/", engine.Run);
        app.MapGet("/", engine.Run);

        await app.StartAsync();
        File.SetUnixFileMode(options.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        // A terminal's interrupt reaches the whole group; only the parent decides when the worker ends.
        using var interrupt = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var terminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            app.Lifetime.StopApplication();
        });
        Console.WriteLine($"{ReadyMark} {ChdbNative.Version()} pid {Environment.ProcessId}");

        // Reading on its own thread: a console stream has no read that can be cancelled.
        new Thread(() =>
        {
            while (input.ReadLine() is not null) { }
            // No longer than this, whatever a native call is doing: the parent is gone or wants an end.
            // A kill and not an exit, whose native destructors could wait for the very call that hangs; the store survives it.
            using var deadline = new Timer(_ => System.Diagnostics.Process.GetCurrentProcess().Kill(), null, EngineLimits.EndMax, Timeout.InfiniteTimeSpan);
            foreach (var connection in pools.Query.All) TryKill(pools, connection.Name);
            app.Lifetime.StopApplication();
            Thread.CurrentThread.Join();
        }) { IsBackground = true, Name = "parent watch" }.Start();
        await app.WaitForShutdownAsync();
        File.Delete(options.Socket);
    }

    static void TryKill(EnginePools pools, string name)
    {
        // The control connection may be busy with another kill; the timer above ends what this one does not.
        try { pools.Control.All[0].Kill(name); }
        catch (ChdbException) { }
    }

    internal static Finding? SocketFault(string socket)
    {
        var bytes = Encoding.UTF8.GetByteCount(socket);
        return bytes <= EngineLimits.SocketPathBytesMax ? null
            : new("ENG007", $"The socket's path has {bytes} bytes, at most {EngineLimits.SocketPathBytesMax} bind.", "Choose a shorter data folder, or set TMPDIR to a short one.", socket);
    }

    static int Refuse(Finding finding)
    {
        Console.Error.WriteLine(FindingMark + JsonSerializer.Serialize(finding, FactTypes.Json));
        return 3;
    }

    /// <summary>Does this process still turn its own memory fault into an exception, with the engine loaded? The typical failure is a hang, which the supervisor's watchdog ends.</summary>
    static bool SignalsWork()
    {
        try
        {
            return Touch(null) < 0;
        }
        catch (NullReferenceException)
        {
            return true;
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    static int Touch(string? nothing) => nothing!.Length;
}
