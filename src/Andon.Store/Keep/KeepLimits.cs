namespace Andon.Store.Keep;

/// <summary>Every limit of keeping: backups, checks, retention, holds.</summary>
static class KeepLimits
{
    /// <summary>How often retention looks, and the seals are written into the fact log.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromHours(1);
    public static readonly TimeSpan SealsEvery = TimeSpan.FromMinutes(1);

    /// <summary>Waits for the readers to end the batch in their hands.</summary>
    public static readonly TimeSpan TurnMax = TimeSpan.FromMinutes(6);

    /// <summary>A check of all rows, or a deletion of one day, may take so long.</summary>
    public const int StatementMsMax = 3_600_000;

    /// <summary>Ids that are counted apart at once when rows are looked at for doubles: bounds the memory of it.</summary>
    public const ulong IdsAtOnceMax = 20_000_000;

    /// <summary>Rows that a check compares with their records, and records that it looks for among the rows.</summary>
    public const int SampleMax = 200;

    public const int ClassesMax = 100, PatternsMax = 200, PatternCharsMax = 300, HoldsMax = 1000, TextCharsMax = 2000;

    /// <summary>Days that a class may name: beyond it, name none.</summary>
    public const int DaysMax = 36_500;

    public const int DeletionsShown = 200;
}
