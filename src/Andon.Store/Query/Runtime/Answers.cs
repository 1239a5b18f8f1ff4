using Andon.Model;

namespace Andon.Store.Query;

/// <summary>What a search asks.</summary>
/// <param name="Kql">The query.</param>
/// <param name="FromMs">Events from this time on, Unix milliseconds; null leaves it to the query.</param>
/// <param name="ToMs">Events before this time.</param>
/// <param name="Limit">Rows at most; null means 10,000.</param>
/// <param name="Values">Values of its parameters.</param>
/// <param name="Remember">Keep it in the asker's own history: a person asked it, not a page.</param>
/// <param name="Box">The words of the plain search box that it was made of.</param>
public sealed record SearchAsk(
    string Kql, long? FromMs = null, long? ToMs = null, int? Limit = null, IReadOnlyList<SearchValue>? Values = null, bool Remember = false, string? Box = null);

/// <summary>A column of an answer. Types: bool, long, real, string, datetime (ISO 8601 text), timespan (d.hh:mm:ss text), dynamic (JSON).</summary>
public sealed record SearchColumn(string Name, string Type);

/// <summary>What an answer cost and how whole it is.</summary>
/// <param name="State">complete; limited: there are more rows; partial: stopped before the end.</param>
public sealed record SearchStats(int Rows, long ScannedRows, long ScannedBytes, double ElapsedMs, SearchState State);

public enum SearchState { Complete, Limited, Partial }

/// <summary>An answer.</summary>
/// <param name="Kql">The query as Andon understood it, in canonical text.</param>
/// <param name="Render">The chart the query asks for, if any.</param>
public sealed record SearchAnswer(
    string Kql, IReadOnlyList<SearchColumn> Columns, IReadOnlyList<object?[]> Rows, SearchStats Stats, IReadOnlyList<Finding> Findings, string? Render = null);

/// <summary>Why something cannot be answered: everything wrong with it, at once.</summary>
public sealed record SearchRefusal(IReadOnlyList<Finding> Findings);

/// <summary>One bar of a histogram: where it begins and how many rows it holds.</summary>
/// <param name="Stand">For about how many events they stand, where some of them were sampled; null where each stands for itself.</param>
public sealed record HistogramBar(long Ms, long Count, long? Stand = null);

/// <param name="Findings">What to know of these counts: INT330 where rows stand for several events.</param>
public sealed record HistogramAnswer(long BucketMs, IReadOnlyList<HistogramBar> Counts, IReadOnlyList<Finding> Findings);

/// <summary>An event as it is kept.</summary>
/// <param name="Raw">The record's text; bytes that are no UTF-8 are shown as U+FFFD.</param>
/// <param name="Fields">Every field with its values.</param>
public sealed record StoredEvent(
    string EventId, long TimeMs, long ReceivedMs, string SourceId, string Raw, bool RawIsUtf8, IReadOnlyDictionary<string, IReadOnlyList<string>> Fields);
