namespace Andon.Store.Engine;

/// <summary>Every limit of the engine worker, its supervisor and the client that speaks to it.</summary>
static class EngineLimits
{
    /// <summary>Bytes of one insert's body. A batch of events is cut far below it.</summary>
    public const long RequestBodyBytesMax = 512L << 20;

    /// <summary>Bytes of a body that are gathered before the engine is given them.</summary>
    public const int AppendBytes = 256 << 10;

    /// <summary>ClickHouse's own limit of a URI; parameters travel in it.</summary>
    public const int RequestLineBytesMax = 1 << 20;

    /// <summary>Bytes of SQL in a request body.</summary>
    public const int StatementBytesMax = 1 << 20;

    /// <summary>Requests that wait for a query connection; the next one is refused with code 202.</summary>
    public const int QueriesWaitingMax = 64;
    public const int InsertsWaitingMax = 16;
    public const int CommandsWaitingMax = 64;

    /// <summary>Threads of the worker beside one for each search: inserts, commands, kills, health, and what reads and writes the socket.</summary>
    public const int ThreadsBeside = 8;

    /// <summary>How long a search pauses before its next block while an insert is under way. Inserts come one after the other with their making in between, so it goes on then at the latest.</summary>
    public const int SearchPauseMsMax = 500;

    /// <summary>A result is held back until it is complete up to this size, so that its errors come with a status and its summary is final.</summary>
    public const int HeldResultBytesMax = 4 << 20;
    public const int HeldWholeResultBytesMax = 64 << 20;

    /// <summary>A Unix socket's path must fit in sockaddr_un.</summary>
    public const int SocketPathBytesMax = 107;

    public const int StderrLinesKept = 40;

    /// <summary>A worker that is not ready in this time hangs: it is killed and started anew.</summary>
    public static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan EndMax = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan RestartDelayMin = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan RestartDelayMax = TimeSpan.FromSeconds(30);

    /// <summary>A worker that lived this long starts again with the shortest delay.</summary>
    public static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan HealthEvery = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan HealthMax = TimeSpan.FromSeconds(10);
    public const int HealthMissesMax = 3;
}
