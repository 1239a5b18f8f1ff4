namespace Andon.Model;

/// <summary>Repeated hits of one rule on one entity became a signal.</summary>
/// <param name="Entity">Key of the entity the hits fold on, for example <c>host:web01</c>.</param>
/// <param name="Base">b of the priority formula, from the level.</param>
/// <param name="Reliability">rho, the rule's reliability when the signal opened.</param>
/// <param name="Surprise">u, 0 to 1, fixed when the signal opened.</param>
/// <param name="Lambda">Evidence: -ln(1 - w).</param>
/// <param name="Tactics">ATT&amp;CK tactics from the rule's tags.</param>
[Fact("signal.opened", Room.Triage)]
public sealed record SignalOpened(
    string SignalId, string RuleId, string Title, Level Level, string Entity, IReadOnlyList<Entity> Entities,
    IReadOnlyList<string> Tactics, IReadOnlyList<string> Techniques, string FirstHit, string SourceId, long FirstMs,
    double Base, double Reliability, double Surprise, double Lambda) : FactBody
{
    /// <summary>Hosts that had its addresses by lease; they tie it to other signals and say nothing else. Null when none is known.</summary>
    public IReadOnlyList<LeasedHost>? Leased { get; init; }
}

/// <summary>More hits folded into a signal; written at growing steps, not once a hit.</summary>
[Fact("signal.repeated", Room.Triage)]
public sealed record SignalRepeated(string SignalId, long Count, long LastMs, string LastHit) : FactBody
{
    /// <summary>Entities that the repeats brought and earlier facts of this signal did not name; null when there are none.</summary>
    public IReadOnlyList<Entity>? Entities { get; init; }
    /// <summary>Hosts that had those addresses by lease.</summary>
    public IReadOnlyList<LeasedHost>? Leased { get; init; }
}

[Fact("case.opened", Room.Triage)]
public sealed record CaseOpened(string CaseId, int Number, string Title, string Domain, bool Manual) : FactBody
{
    /// <summary>Why it went to that domain: a routing rule, or what people taught by re-routing.</summary>
    public string? Routed { get; init; }
}

/// <summary>Why a signal belongs to a case. The first signal of a case has no link.</summary>
/// <param name="Via">Entity that both share.</param>
/// <param name="With">The signal in the case that it was linked with.</param>
/// <param name="GapMs">Time between the two.</param>
/// <param name="Score">Link score, 0 to 1.</param>
/// <param name="Text">For people: "joined because …".</param>
public sealed record JoinReason(string Via, string With, long GapMs, double Score, string Text);

[Fact("signal.joined", Room.Triage)]
public sealed record SignalJoined(string CaseId, string SignalId, JoinReason? Reason) : FactBody;

/// <summary>Everything of one case moved into another; can be undone.</summary>
[Fact("case.merged", Room.Triage)]
public sealed record CaseMerged(string CaseId, string IntoCaseId, JoinReason Reason) : FactBody
{
    /// <summary>The move that this was part of: taking that back parts them again.</summary>
    public string? Act { get; init; }
    /// <summary>The move that parted them and is taken back: what tied them then ties them again.</summary>
    public string? UndoesId { get; init; }
    /// <summary>Reasons that are again what they were.</summary>
    public IReadOnlyList<JoinChange>? Joins { get; init; }
}

/// <summary>One signal's part in a priority.</summary>
public sealed record EvidenceShare(string SignalId, string Title, double Lambda, double Share);

/// <summary>ln odds = ln(e^L - 1) + ln K + ln I + ln X, exactly.</summary>
public sealed record PriorityWhy(double L, double K, double I, double X, double LnOdds, IReadOnlyList<EvidenceShare> Shares, IReadOnlyList<string> WouldChange);

/// <summary>A case's priority (0 to 100) moved, and why.</summary>
[Fact("priority.shifted", Room.Triage)]
public sealed record PriorityShifted(string CaseId, double From, double To, string Reason, PriorityWhy Why) : FactBody;

/// <summary>Lanes of the board, in order.</summary>
public enum Lane { New, Triage, Investigate, Contain, Recover, Validate, Closed }

/// <summary>Someone pulled a card from the queue and owns it now.</summary>
/// <param name="OutOfOrder">The reason, when it was not the best one that this person could have taken.</param>
[Fact("card.pulled", Room.Triage)]
public sealed record CardPulled(string CaseId, string Owner, string? OutOfOrder) : FactBody
{
    /// <summary>Why this one; null in facts from before it was kept.</summary>
    public PullWhy? Chosen { get; init; }
}

[Fact("card.moved", Room.Triage)]
public sealed record CardMoved(string CaseId, Lane From, Lane To, string Why) : FactBody;

[Fact("case.noted", Room.Triage)]
public sealed record CaseNoted(string CaseId, string Text) : FactBody;

public enum Verdict { TruePositive, BenignPositive, FalsePositive, Undecided }

/// <summary>A case ended: what it was, which controls failed, what was the earliest stage at which it could have been stopped.</summary>
/// <param name="ControlsFailed">Ids from the control catalogue; at least one for a true positive.</param>
/// <param name="EarliestMissedStage">ATT&amp;CK tactic, for a true positive.</param>
/// <param name="Discovery">VERIS discovery method, for example <c>internal.detection</c>.</param>
/// <param name="EffortMinutes">Hands-on time as the analyst states it.</param>
[Fact("case.closed", Room.Triage)]
public sealed record CaseClosed(
    string CaseId, Verdict Verdict, IReadOnlyList<string> ControlsFailed, string? EarliestMissedStage, string Discovery,
    string Reason, int EffortMinutes) : FactBody;

[Fact("case.reopened", Room.Triage)]
public sealed record CaseReopened(string CaseId, string Why) : FactBody;
