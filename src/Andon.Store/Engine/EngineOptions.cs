using Andon.Model;

namespace Andon.Store.Engine;

/// <summary>Where the event store's engine is: a worker that we start, or a ClickHouse server somewhere.</summary>
public sealed record EngineOptions
{
    /// <summary>Folder of the worker's data; made when absent, for its owner only.</summary>
    public required string DataFolder { get; init; }

    /// <summary>A ClickHouse server's HTTP address; when set, no worker is started.</summary>
    public Uri? ServerUrl { get; init; }
    public string? ServerUser { get; init; }
    public string? ServerKey { get; init; }

    /// <summary>Program of the worker, and its leading arguments up to and with the verb <c>engine</c>.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The engine's library; null looks in ANDON_ENGINE_LIBRARY, then in <c>engine/</c> beside the program or above it.</summary>
    public string? Library { get; init; }

    public long QueryMemoryBytesMax { get; init; } = 1L << 30;

    /// <summary>Most memory of the whole engine; null leaves it to the worker (half of the machine).</summary>
    public long? MemoryBytesMax { get; init; }

    /// <summary>Threads of one search; null leaves it to the worker (one less than cores, so that what comes in is stored in time).</summary>
    public int? QueryThreads { get; init; }

    /// <summary>How often the worker is asked whether it still answers, how long it may take, and how often it may fail before it is replaced.</summary>
    public TimeSpan HealthEvery { get; init; } = EngineLimits.HealthEvery;
    public TimeSpan HealthMax { get; init; } = EngineLimits.HealthMax;

    /// <summary>Connections for searches; null leaves it to the worker (one per core, at least four).</summary>
    public int? QueryConnections { get; init; }

    /// <summary>May the engine remember which blocks a condition rejected? Off only to measure a search as if it were the first.</summary>
    public bool ConditionCache { get; init; } = true;

    /// <summary>The command that starts this very program's verb <c>engine</c>, whether it runs by <c>dotnet</c> or by itself.</summary>
    public static IReadOnlyList<string> ThisProgram()
    {
        var self = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known.");
        return Path.GetFileNameWithoutExtension(self) == "dotnet"
            ? [self, Environment.GetCommandLineArgs()[0], "engine"]
            : [self, "engine"];
    }

    /// <summary>What stops a start at once: a platform without an engine and no server named, or no library.</summary>
    public Finding? Refusal()
    {
        if (ServerUrl is not null) return null;
        if (!EngineLibrary.PlatformHasOne) return EngineLibrary.NoPlatform();
        var path = EngineLibrary.Find(Library);
        return path is not null && File.Exists(path) ? null
            : new("ENG002", "The event engine's library is not installed.", $"Run npm ci in the folder engine, or name the file in {EngineLibrary.Variable}.", path ?? "");
    }
}

/// <summary>How the engine is, in a word; the house page shows it.</summary>
public enum EngineCondition { Starting, Ready, Restarting, Refused, Stopped }

/// <param name="Note">For people: version, or why it is not ready.</param>
public sealed record EngineState(EngineCondition Condition, string Note, int Deaths);
