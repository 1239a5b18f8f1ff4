namespace Andon.Store.Engine;

/// <summary>What one search may cost. Reaching a limit is an error, or, with <see cref="KeepPartial"/>, an answer that says that it is not whole.</summary>
/// <param name="RowsMax">Rows given back; more are cut off and the state says limited.</param>
/// <param name="KeepPartial">Keep the rows that came before time, memory or read limits were reached. Only right for plain rows: sums over a part would be wrong numbers.</param>
public sealed record QueryLimits(
    int RowsMax = 10_000, int TimeMsMax = 30_000, long MemoryBytesMax = 1L << 30, long ReadRowsMax = 0, long AnswerBytesMax = 256L << 20, bool KeepPartial = false)
{
    public static QueryLimits Standard { get; } = new();
}

/// <param name="Type">ClickHouse's name of the type, for example <c>Nullable(Int64)</c>.</param>
public sealed record QueryColumn(string Name, string Type);

/// <summary>How whole an answer is.</summary>
public enum AnswerState
{
    Complete,
    /// <summary>There are more rows than were asked for.</summary>
    Limited,
    /// <summary>A limit of time, memory or reading stopped it; what came before is here.</summary>
    Partial,
}

/// <param name="Rows">Rows given back.</param>
/// <param name="Why">For people, when not complete.</param>
public sealed record QueryStats(int Rows, long ScannedRows, long ScannedBytes, double ElapsedMs, AnswerState State, string? Why);

/// <summary>
/// An answer in memory. Values: string (bytes that are not UTF-8 are replaced), long (all integers up to Int64), ulong (UInt64), double, decimal, bool,
/// <see cref="DateTimeOffset"/> (Date, DateTime, DateTime64), IP addresses as text (IPv4 unmapped), object?[] (arrays, tuples),
/// <c>Dictionary&lt;string, object?&gt;</c> (maps), null.
/// </summary>
public sealed record QueryAnswer(IReadOnlyList<QueryColumn> Columns, IReadOnlyList<object?[]> Rows, QueryStats Stats)
{
    /// <summary>Place of a column by name.</summary>
    public int Place(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
            if (Columns[i].Name == column) return i;
        throw new ArgumentException($"The answer has no column {column}.", nameof(column));
    }
}
