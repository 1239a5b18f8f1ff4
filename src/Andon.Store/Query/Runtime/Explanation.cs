using Andon.Model;

namespace Andon.Store.Query;

/// <summary>A test of rows: where the planner puts it and what it costs.</summary>
/// <param name="Class">time, source, column, index (of a column), terms (index of terms), grams (index of four-character pieces), bag, scan, regex, or result: of rows that a step made.</param>
/// <param name="Cost">Price of testing one row: 0 time, 1 a short column, 5 the raw record, more for patterns.</param>
/// <param name="Index">The store's index that can skip what does not match.</param>
public sealed record ExplainedTest(string Test, string Class, int Cost, string? Index);

/// <summary>What the engine says an index leaves to read: of so many parts and granules, so many.</summary>
public sealed record ExplainedIndex(string Index, long Parts, long PartsOf, long Granules, long GranulesOf);

/// <summary>How a query would be run, without running it.</summary>
/// <param name="Kql">Canonical text.</param>
/// <param name="Steps">Source and operators, one by one.</param>
/// <param name="Tests">In the order in which they run: cheapest first within a scan.</param>
/// <param name="Columns">Columns of the store that are read.</param>
/// <param name="TimeBounded">Is the time of what is read bounded by the query or the request?</param>
/// <param name="Chosen">What the indexes leave, when the store is up; empty otherwise.</param>
public sealed record ExplainAnswer(
    string Kql, IReadOnlyList<string> Steps, IReadOnlyList<ExplainedTest> Tests, IReadOnlyList<string> Columns, IReadOnlyList<string> Indexes, bool TimeBounded,
    IReadOnlyList<ExplainedIndex> Chosen, IReadOnlyList<Finding> Findings);
