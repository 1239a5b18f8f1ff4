using Andon.Detect.Sigma.Ast;
using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>A rule in the list.</summary>
public sealed record RuleRow(
    string RuleId, string Title, Level Level, string Status, string Author, RuleQueue Queue, bool Enabled,
    string? Product, string? Category, string? Service, string Kind, IReadOnlyList<string> Tags,
    long Hits24h, long HitsTotal, long? LastHitMs, IReadOnlyList<Finding> Findings);

public sealed record RuleList(IReadOnlyList<RuleRow> Rules, IReadOnlyList<Finding> Refused, string SetHash);

/// <summary>A rule with its text.</summary>
public sealed record RulePage(
    string RuleId, string Title, Level Level, string Status, string Author, RuleQueue Queue, bool Enabled,
    string? Product, string? Category, string? Service, string Kind, IReadOnlyList<string> Tags,
    long Hits24h, long HitsTotal, long? LastHitMs, IReadOnlyList<Finding> Findings,
    string Yaml, string Description, IReadOnlyList<string> References, IReadOnlyList<string> FalsePositives, string License,
    string Condition, IReadOnlyList<DayCount> HitsPerDay);

public sealed record RuleFindings(IReadOnlyList<Finding> Findings);

static class RuleViews
{
    public static RuleRow Row(RuleBook book, SigmaDocument document, long nowMs)
    {
        var header = document.Header;
        var (queue, enabled) = book.Active.Of(header.RuleId);
        var (total, in24h, last, _) = book.Counters.Of(header.RuleId, nowMs);
        var source = (document as RuleDocument)?.Source;
        return new(header.RuleId, header.Title, header.Level, header.Status, header.Author, queue, enabled, source?.Product, source?.Category, source?.Service,
            document is CorrelationDocument ? "correlation" : "rule", header.Tags, in24h, total, last, FindingsOf(book, document));
    }

    public static RulePage Page(RuleBook book, SigmaDocument document, long nowMs)
    {
        var row = Row(book, document, nowMs);
        var header = document.Header;
        return new(row.RuleId, row.Title, row.Level, row.Status, row.Author, row.Queue, row.Enabled, row.Product, row.Category, row.Service, row.Kind, row.Tags,
            row.Hits24h, row.HitsTotal, row.LastHitMs, row.Findings, header.Yaml, header.Description, header.References, header.FalsePositives, header.License,
            document is RuleDocument rule ? string.Join(" or ", rule.Detection.Conditions.Select(c => c.ToString())) : document.ToString() ?? "",
            book.Counters.Of(header.RuleId, nowMs).PerDay);
    }

    // What was found when it was read, whether it runs at all, and what its correlation could not count.
    static IReadOnlyList<Finding> FindingsOf(RuleBook book, SigmaDocument document)
    {
        var findings = document.Header.Findings.ToList();
        if (document is RuleDocument rule && book.Active.Set.Unrouted.Contains(rule))
            findings.Add(new("SIG110", $"No route gives the log source {rule.Source}; the rule does not run.", "Add a route to content/mappings/logsources.yml.", "", FindingLevel.Warning));
        if (document is CorrelationDocument correlation && book.Correlator?.States.FirstOrDefault(s => s.Document.Header.RuleId == document.Header.RuleId) is { } state)
            findings.AddRange(state.Counters.Findings(correlation));
        return findings;
    }
}
