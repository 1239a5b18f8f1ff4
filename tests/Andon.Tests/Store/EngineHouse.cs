using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Store;

/// <summary>
/// One engine worker for the whole test run, a database for each test. Starting one costs a second and closing one leaks, so tests
/// share it. Skips where the engine's library is not installed.
/// </summary>
public static class EngineHouse
{
    static readonly Lock Gate = new();
    static Task<EngineSupervisor>? shared;
    static Func<Task>? ending;
    static int databases;

    /// <summary>An empty store with its tables, in a database of its own.</summary>
    public static async Task<EventStore> Store(string? planFile = null, bool textIndex = false)
    {
        var store = new EventStore(await Shared(), new($"test_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}") { EventPlanFile = planFile, TextIndex = textIndex }, TimeProvider.System);
        await store.EnsureSchema(TestContext.Current.CancellationToken);
        return store;
    }

    internal static Task<EngineSupervisor> Shared()
    {
        Require();
        lock (Gate)
        {
            if (shared is not null) return shared;
            var folder = Directory.CreateTempSubdirectory("andon-test-").FullName;
            var started = shared = Start(Options(folder), new FindingList());
            ending = async () =>
            {
                if (started.IsCompletedSuccessfully) await (await started).StopAsync(CancellationToken.None);
                Directory.Delete(folder, recursive: true);
            };
            return shared;
        }
    }

    /// <summary>Ends the worker, if there is one.</summary>
    internal static Task End()
    {
        lock (Gate) return ending?.Invoke() ?? Task.CompletedTask;
    }

    /// <summary>Skips the test when there is no engine to run.</summary>
    public static void Require()
    {
        var refusal = Options("/").Refusal();
        Assert.SkipWhen(refusal is not null, $"{refusal?.Message} {refusal?.Hint}");
    }

    /// <summary>Options of a worker that is the program under test.</summary>
    public static EngineOptions Options(string folder) => new()
    {
        DataFolder = Path.Combine(folder, "engine"),
        Command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "andon.dll"), "engine"],
        QueryConnections = 3,
    };

    internal static async Task<EngineSupervisor> Start(EngineOptions options, IFindings findings)
    {
        var engine = new EngineSupervisor(options, findings, TimeProvider.System, NullLogger<EngineSupervisor>.Instance);
        await engine.StartAsync(CancellationToken.None);
        await engine.Ready(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));
        return engine;
    }
}
