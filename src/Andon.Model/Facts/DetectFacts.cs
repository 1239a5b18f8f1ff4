namespace Andon.Model;

/// <summary>A rule set was taken into use.</summary>
[Fact("rules.loaded", Room.Detect)]
public sealed record RulesLoaded(string SetHash, int Loaded, int Refused, int Unrouted) : FactBody;

/// <summary>A rule entered a queue: testing or production.</summary>
[Fact("rule.queued", Room.Detect)]
public sealed record RuleQueued(string RuleId, string Title, RuleQueue Queue, string Why) : FactBody;

/// <summary>A rule was switched off or on again, with the reason kept.</summary>
[Fact("rule.switched", Room.Detect)]
public sealed record RuleSwitched(string RuleId, bool Enabled, string Why) : FactBody;
