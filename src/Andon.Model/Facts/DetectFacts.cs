namespace Andon.Model;

/// <summary>A rule set was taken into use.</summary>
[Fact("rules.loaded", Room.Detect)]
public sealed record RulesLoaded(string SetHash, int Loaded, int Refused, int Unrouted) : FactBody;

/// <summary>Someone brought in a file of rules.</summary>
/// <param name="File">Its name in the data folder, after the hash of its bytes.</param>
[Fact("rules.imported", Room.Detect)]
public sealed record RulesImported(string File, int Loaded, int Refused, string Why) : FactBody;

/// <summary>A rule's text came into use that was not in use before.</summary>
/// <param name="Version">SHA-256 of its YAML text; the text is kept under that name.</param>
/// <param name="Before">The version it takes the place of; null for a new rule.</param>
[Fact("rule.versioned", Room.Detect)]
public sealed record RuleVersioned(string RuleId, string Title, string Version, string? Before, string File) : FactBody;

/// <summary>A rule is no longer in any file that is read.</summary>
[Fact("rule.gone", Room.Detect)]
public sealed record RuleGone(string RuleId, string Title, string Version, string File) : FactBody;

/// <summary>A rule entered a queue: testing or production.</summary>
[Fact("rule.queued", Room.Detect)]
public sealed record RuleQueued(string RuleId, string Title, RuleQueue Queue, string Why) : FactBody
{
    public string? Version { get; init; }
    /// <summary>What was known when it was decided; for a promotion.</summary>
    public PromotionEvidence? Evidence { get; init; }
    /// <summary>Who asked for it, when another person approved.</summary>
    public string? AskedBy { get; init; }
    /// <summary>Why it was promoted although evidence was missing.</summary>
    public string? Override { get; init; }
}

/// <summary>Someone asks to promote a rule; another person decides.</summary>
[Fact("rule.promotion_asked", Room.Detect)]
public sealed record PromotionAsked(string RuleId, string Title, string Version, string Why, PromotionEvidence Evidence) : FactBody
{
    public string? Override { get; init; }
}

/// <summary>The promotion that was asked for was declined, or its asker took it back.</summary>
[Fact("rule.promotion_declined", Room.Detect)]
public sealed record PromotionDeclined(string RuleId, string Version, string AskedBy, string Why) : FactBody;

/// <summary>A rule was switched off or on again, with the reason kept.</summary>
[Fact("rule.switched", Room.Detect)]
public sealed record RuleSwitched(string RuleId, bool Enabled, string Why) : FactBody
{
    public string? Version { get; init; }
}

/// <summary>All rules of a log source were taken out of scope, or into it again.</summary>
/// <param name="Rules">How many rules it held then.</param>
[Fact("rule.scope_switched", Room.Detect)]
public sealed record ScopeSwitched(string? Product, string? Category, string? Service, bool InScope, string Why, int Rules) : FactBody;

/// <summary>Someone looked at a hit of a rule in testing and says what it was.</summary>
/// <param name="Event">Position and number of the event.</param>
[Fact("rule.hit_judged", Room.Detect)]
public sealed record RuleHitJudged(string RuleId, string Version, string Event, Verdict Verdict, string Why) : FactBody;

/// <summary>A rule was run over stored history.</summary>
[Fact("rule.backtested", Room.Detect)]
public sealed record RuleBacktested(string BacktestId, string RuleId, string Title, BacktestFigures Figures, IReadOnlyList<BacktestCount> PerHour) : FactBody;

/// <summary>What a backtest found, in figures.</summary>
/// <param name="FromMs">Begin of what was really read, by time of arrival.</param>
/// <param name="Complete">Was the whole range that was asked for read?</param>
/// <param name="Note">Why not, when it was not.</param>
public sealed record BacktestFigures(
    string BacktestId, string Version, long AskedFromMs, long AskedToMs, long FromMs, long ToMs, bool Complete, string Note, long Events, long Hits, double HitsPerDay, int Hosts, double Seconds);

/// <summary>Hits of the hour that begins then.</summary>
public sealed record BacktestCount(long HourMs, long Count);

/// <summary>What people said about a rule's hits: cases that its signals belong to, and hits judged one by one in testing.</summary>
public sealed record RuleVerdicts(int TruePositive, int BenignPositive, int FalsePositive, int Undecided)
{
    public int Decided => TruePositive + BenignPositive + FalsePositive;
    /// <summary>Share of true positives; null when nobody decided anything.</summary>
    public double? Precision => Decided == 0 ? null : Math.Round((double)TruePositive / Decided, 3);
}

/// <summary>What was known about a rule when someone asked to promote it.</summary>
/// <param name="DaysInTesting">Since this version stands in testing and is switched on.</param>
/// <param name="MicrosPerEvent">Mean cost on an event of its log source, sampled; null when not measured yet.</param>
/// <param name="Missing">What speaks against it, or is not known.</param>
public sealed record PromotionEvidence(
    string Version, double DaysInTesting, long Hits, double HitsPerDay, RuleVerdicts Verdicts, BacktestFigures? Backtest, double? MicrosPerEvent, IReadOnlyList<Finding> Missing);
