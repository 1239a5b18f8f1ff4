namespace Andon.Store.Query;

/// <summary>What the searches of a role may cost. Someone with several roles has the best of each.</summary>
/// <param name="SecondsMax">Seconds that one search may run.</param>
/// <param name="RowsMax">Rows of one answer.</param>
/// <param name="MemoryBytesMax">Memory that one search may take in the engine.</param>
/// <param name="AtOnceMax">Searches of one person that run at once; further ones wait.</param>
public sealed record SearchBudget(int SecondsMax = Limits.SecondsMax, int RowsMax = Limits.RowsMax, long MemoryBytesMax = 1L << 30, int AtOnceMax = 3)
{
    public static SearchBudget Standard { get; } = new();

    internal static SearchBudget Best(SearchBudget a, SearchBudget b) => new(
        Math.Max(a.SecondsMax, b.SecondsMax), Math.Max(a.RowsMax, b.RowsMax), Math.Max(a.MemoryBytesMax, b.MemoryBytesMax), Math.Max(a.AtOnceMax, b.AtOnceMax));
}

/// <summary>A search that runs or waits for its turn.</summary>
/// <param name="ReadRows">Rows read so far, as the engine counts them; 0 while it waits.</param>
public sealed record RunningSearch(string SearchId, string Owner, string Kql, long StartedMs, bool Waiting, long ReadRows = 0, long ReadBytes = 0, long MemoryBytes = 0);
