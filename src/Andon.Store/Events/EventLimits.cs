namespace Andon.Store.Events;

/// <summary>Every limit on the way from the record log to the event store.</summary>
static class EventLimits
{
    /// <summary>A batch is sent when it has so many rows …</summary>
    public const int BatchRowsMax = 50_000;
    /// <summary>… or so many bytes …</summary>
    public const long BatchBytesMax = 64L << 20;
    /// <summary>… or is that old.</summary>
    public static readonly TimeSpan BatchAgeMax = TimeSpan.FromSeconds(1);

    /// <summary>Days of event time that one batch should touch: each is a part of its own, so more of them is a finding.</summary>
    public const int BatchDaysWanted = 32;
    /// <summary>A batch that touches so many days ends there.</summary>
    public const int BatchDaysMax = 1000;

    /// <summary>Fields without a column that one event keeps under their own names; the rest goes under <c>andon.overflow</c>.</summary>
    public const int BagKeysMax = 256;
    public const int BagKeyBytesMax = 512;
    public const int BagBytesMax = 4 << 20;

    /// <summary>Insert tokens that a table remembers.</summary>
    public const int TokensKept = 1000;

    /// <summary>A part of so many bytes (before compression) has a file for each column; about two full batches.</summary>
    public const long WidePartBytesMin = 128L << 20;

    /// <summary>Parts, and their bytes, that the engine may find broken and still opens the table; what it set aside is a finding.</summary>
    public const long BrokenPartsMax = 100_000, BrokenPartsBytesMax = 1L << 40;

    /// <summary>Engine deaths with the same rows in flight before they are halved, and before a single row is set aside.</summary>
    public const int DeathsMax = 3;

    /// <summary>How often the engine's volume is flushed: the most that a start after a power cut looks through again. Far below the engine's eight minutes after which it deletes parts that it merged.</summary>
    public static readonly TimeSpan EngineFlushEvery = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan RetryDelayMin = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan InsertMax = TimeSpan.FromMinutes(5);

    /// <summary>DateTime64's years are 1900 to 2299; partitions by day want 1970 to 2105.</summary>
    public const long DayMs = 86_400_000;
    public const long TimeMsMin = 0;
    public const long TimeMsMax = 4_260_211_200_000 - 1; // 2105-01-01

    /// <summary>Alert blocks read at once.</summary>
    public const int AlertBlocksMax = 256;
}
