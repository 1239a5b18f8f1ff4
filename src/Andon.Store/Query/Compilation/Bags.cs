using Andon.Store.Events;

namespace Andon.Store.Query.Compilation;

/// <summary>
/// What the operators over several tables need to know of how fields without a column are kept: <see cref="Shape.Bag"/> is one engine
/// expression that travels through subqueries. How it looks is known here, in <see cref="Tables"/> and in the binder, and nowhere else.
/// </summary>
internal static class Bags
{
    /// <summary>An empty dynamic bag, as a column's value.</summary>
    public const string EmptyMap = "CAST(map() AS Map(LowCardinality(String), String))";

    public const string NoSpans = "CAST(map() AS Map(LowCardinality(String), UInt32))";

    /// <summary>The bag of rows that have none, where others have one.</summary>
    public const string Empty = $"tuple({EmptyMap}, {NoSpans}, '')";

    /// <summary>The three that a bag is read from: texts, places in raw, raw.</summary>
    public static (string Bag, string Spans, string Raw) Parts(string bag) => bag == Tables.BagParts ? ("bag", "spans", "raw") : ($"{bag}.1", $"{bag}.2", $"{bag}.3");

    static string Whole(string bag) => Parts(bag) is var (texts, spans, raw) ? EventTables.Whole(texts, spans, raw) : "";

    /// <summary>The fields of two rows that became one; where both have a field, the first's.</summary>
    public static string Both(string first, string second) => $"tuple(mapUpdate({Whole(second)}, {Whole(first)}), {NoSpans}, '')";

    /// <summary>No rows of a table that Andon does not have, and what its fields would be read from.</summary>
    public const string NoTable = "(SELECT timestamp, bag, spans, raw FROM events WHERE false)";
    public const string OfNoTable = Tables.BagParts;
}
