using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>A rule in the list.</summary>
public sealed record RuleRow(
    string RuleId, string Title, Level Level, string Status, string Author, RuleQueue Queue, bool Enabled,
    string? Product, string? Category, string? Service, string Kind, IReadOnlyList<string> Tags,
    long Hits24h, long HitsTotal, long? LastHitMs, IReadOnlyList<Finding> Findings)
{
    public required string Version { get; init; }
    public required IReadOnlyList<HealthSign> Health { get; init; }
    /// <summary>Someone asked to promote it, and it waits for another person.</summary>
    public required bool Pending { get; init; }
    /// <summary>Why it is off: its author's word, or a log source out of scope; null otherwise.</summary>
    public string? Off { get; init; }
}

/// <param name="TestingHits24h">Hits of all rules in testing in the last 24 hours; they made no case.</param>
public sealed record RuleList(IReadOnlyList<RuleRow> Rules, IReadOnlyList<Finding> Refused, string SetHash, long TestingHits24h);

/// <summary>Who wrote a rule, under which terms, and whether it was changed since (Detection Rule License 1.1).</summary>
/// <param name="Modified">Null where it cannot be known.</param>
public sealed record RuleCredit(string Author, string License, IReadOnlyList<string> References, string? Modified);

/// <summary>How a correlation stands: what it counts now and what it could not count.</summary>
public sealed record CorrelationStanding(int Groups, long Missing, long Evicted, long Cut, long Late);

/// <summary>A rule with its text, its story and its evidence.</summary>
public sealed record RulePage(
    string RuleId, string Title, Level Level, string Status, string Author, RuleQueue Queue, bool Enabled,
    string? Product, string? Category, string? Service, string Kind, IReadOnlyList<string> Tags,
    long Hits24h, long HitsTotal, long? LastHitMs, IReadOnlyList<Finding> Findings,
    string Yaml, string Description, IReadOnlyList<string> References, IReadOnlyList<string> FalsePositives, string License,
    string Condition, IReadOnlyList<DayCount> HitsPerDay)
{
    public required string Version { get; init; }
    public required string File { get; init; }
    public required IReadOnlyList<HealthSign> Health { get; init; }
    public string? Off { get; init; }
    public required RuleCredit Credit { get; init; }
    public required IReadOnlyList<RuleVersionView> Versions { get; init; }
    public required IReadOnlyList<RuleEntry> Entries { get; init; }
    public required IReadOnlyList<HitSample> Samples { get; init; }
    /// <summary>Event → what someone said it was.</summary>
    public required IReadOnlyDictionary<string, Verdict> Judged { get; init; }
    public required PromotionEvidence Evidence { get; init; }
    public PendingPromotion? Pending { get; init; }
    /// <summary>Who may approve.</summary>
    public required IReadOnlyList<string> Approvers { get; init; }
    public required IReadOnlyList<SuppressedCount> Suppressed { get; init; }
    public required IReadOnlyList<string> Parts { get; init; }
    public CorrelationStanding? Standing { get; init; }
}

public sealed record RuleFindings(IReadOnlyList<Finding> Findings);

/// <summary>A log source with what depends on it.</summary>
/// <param name="Rules">Rules that leave scope with it.</param>
/// <param name="Events">Events seen of it, at least: an event of several log sources counts once. 0 says that these rules wait in vain.</param>
public sealed record ScopeRow(string? Product, string? Category, string? Service, int Rules, long Hits24h, long Events, long? LastMs);

/// <param name="Affected">Rules that the scopes out of force take out of use, together.</param>
public sealed record ScopeList(IReadOnlyList<RuleScope> Off, IReadOnlyList<ScopeRow> Products, IReadOnlyList<ScopeRow> Sources, int Affected, long WatchedSinceMs);

static class RuleViews
{
    public static RuleRow Row(RuleBook book, SigmaDocument document, long nowMs) => Row(book, document, nowMs, book.Tally.Routes);

    public static RuleRow Row(RuleBook book, SigmaDocument document, long nowMs, IReadOnlyList<RouteSeen> seen)
    {
        var header = document.Header;
        var (queue, enabled) = book.Active.Of(header.RuleId);
        var (total, in24h, last, _) = book.Counters.Of(header.RuleId, nowMs);
        var source = (document as RuleDocument)?.Source;
        return new(header.RuleId, header.Title, header.Level, header.Status, header.Author, queue, enabled, source?.Product, source?.Category, source?.Service,
            document is CorrelationDocument ? "correlation" : "rule", header.Tags, in24h, total, last, FindingsOf(book, document))
        {
            Version = book.VersionOf(document), Health = RuleHealth.Of(book, document, nowMs, seen), Pending = book.History.Pending(header.RuleId) is not null, Off = OffOf(book, document, enabled),
        };
    }

    public static RulePage Page(RuleBook book, SigmaDocument document, long nowMs)
    {
        var row = Row(book, document, nowMs);
        var header = document.Header;
        var story = book.History.Read(header.RuleId);
        return new(row.RuleId, row.Title, row.Level, row.Status, row.Author, row.Queue, row.Enabled, row.Product, row.Category, row.Service, row.Kind, row.Tags,
            row.Hits24h, row.HitsTotal, row.LastHitMs, row.Findings, header.Yaml, header.Description, header.References, header.FalsePositives, header.License,
            document is RuleDocument rule ? string.Join(" or ", rule.Detection.Conditions.Select(c => c.ToString())) : document.ToString() ?? "",
            book.Counters.Of(header.RuleId, nowMs).PerDay)
        {
            Version = row.Version, File = header.File, Health = row.Health, Off = row.Off, Credit = CreditOf(header, row.Version, story), Versions = story.Versions, Entries = [.. story.Entries.Reverse()],
            Samples = book.Counters.Samples(header.RuleId), Judged = story.Judged, Evidence = Promotion.Gather(book, document, nowMs), Pending = story.Pending,
            Approvers = book.Options.Approvers(), Suppressed = book.Counters.SuppressedOf(header.RuleId),
            Parts = document is CorrelationDocument correlation ? [.. correlation.Rules.Select(r => Sigma.Compilation.DocumentSet.Find([.. book.Active.Set.Rules, .. book.Active.Set.Correlations], r)?.Header.RuleId ?? r)] : [],
            Standing = StateOf(book, document) is { } s ? new(s.Groups, s.Counters.Missing, s.Counters.Evicted, s.Counters.Cut, s.Counters.Late) : null,
        };
    }

    /// <summary>Known to be changed where it says so, or where another text under this id was imported before and this one did not come by import.</summary>
    internal static RuleCredit CreditOf(Header header, string version, RuleStory story)
    {
        var document = YamlReader.Read(header.Yaml, new FindingSink(header.File)) is [{ Root: YamlMap root }, ..] ? root : null;
        var derived = (document?.Get("related") as YamlList)?.Items.OfType<YamlMap>().FirstOrDefault(r => (r.Get("type") as YamlScalar)?.Text == "derived");
        var imported = story.Versions.FirstOrDefault(v => v.Version != version && v.File.StartsWith("rules/import-", StringComparison.Ordinal));
        var modified = derived is not null ? $"derived from {(derived.Get("id") as YamlScalar)?.Text}"
            : imported is not null && !header.File.StartsWith("rules/import-", StringComparison.Ordinal) ? $"its text differs from the one imported on {UnixMs.ToIso(imported.AtMs)[..10]}"
            : null;
        return new(header.Author, header.License, header.References, modified);
    }

    static string? OffOf(RuleBook book, SigmaDocument document, bool enabled) =>
        enabled ? null
        : book.Scopes.Of(document) is { } scope ? $"out of scope: {scope.Why}"
        : book.History.Read(document.Header.RuleId).SwitchedMs is null && !ActiveRules.InForce(document.Header) ? $"its author calls it {document.Header.Status}"
        : book.History.Read(document.Header.RuleId).Entries.LastOrDefault(e => e.What == "off")?.Why;

    static Correlate.CorrelationState? StateOf(RuleBook book, SigmaDocument document) =>
        document is CorrelationDocument ? book.Correlator?.States.FirstOrDefault(s => s.Document.Header.RuleId == document.Header.RuleId) : null;

    // What was found when it was read, whether it runs at all, and what its correlation could not count.
    static IReadOnlyList<Finding> FindingsOf(RuleBook book, SigmaDocument document)
    {
        var findings = document.Header.Findings.ToList();
        if (document is RuleDocument rule && book.IsUnrouted(document.Header.RuleId))
            findings.Add(new("SIG110", $"No route gives the log source {rule.Source}; the rule does not run.", "Add a route to content/mappings/logsources.yml.", "", FindingLevel.Warning));
        if (document is CorrelationDocument correlation && book.Correlator?.States.FirstOrDefault(s => s.Document.Header.RuleId == document.Header.RuleId) is { } state)
            findings.AddRange(state.Counters.Findings(correlation));
        return findings;
    }
}

static class ScopeViews
{
    public static ScopeList Of(RuleBook book, long now)
    {
        var seen = book.Tally.Routes;
        var rules = book.Active.Set.Rules;
        var off = book.Scopes.Off;
        return new(off,
            [.. rules.GroupBy(r => r.Source.Product).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Row(g.Key, null, null, [.. g]))],
            [.. rules.GroupBy(r => (r.Source.Product, r.Source.Category, r.Source.Service)).OrderByDescending(g => g.Count()).ThenBy(g => g.Key.ToString(), StringComparer.Ordinal)
                .Select(g => Row(g.Key.Product, g.Key.Category, g.Key.Service, [.. g]))],
            rules.Count(r => off.Any(s => s.Holds(r.Source))), book.Tally.SinceMs);

        ScopeRow Row(string? product, string? category, string? service, IReadOnlyList<RuleDocument> of)
        {
            var scope = new RuleScope(product, category, service, "", "", 0);
            var routes = seen.Where(r => of.Any(x => r.Holds(x.Source))).ToList();
            return new(product, category, service, scope is { Product: null, Category: null, Service: null } ? of.Count : rules.Count(r => scope.Holds(r.Source)), of.Sum(r => book.Counters.Of(r.Header.RuleId, now).In24h),
                routes.Select(r => r.Events).DefaultIfEmpty(0).Max(), routes.Count == 0 ? null : routes.Max(r => r.LastMs));
        }
    }
}
