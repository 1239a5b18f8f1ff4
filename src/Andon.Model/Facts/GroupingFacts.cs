namespace Andon.Model;

/// <summary>How signals came to leave one case for another.</summary>
public enum Regrouping
{
    /// <summary>A reason to join was undone: the signal left, and all that hung on it.</summary>
    Unjoined,
    /// <summary>Someone chose signals and made a case of them.</summary>
    Split,
    /// <summary>Someone put them into another case.</summary>
    Moved,
    /// <summary>They had joined through signals of a merged case, and left with it.</summary>
    WentAlong,
    /// <summary>An earlier one was taken back.</summary>
    Undone,
}

/// <summary>A signal's reason to be where it is changed: what it hung on left, or it left itself. Null: the first of its tree.</summary>
public sealed record JoinChange(string SignalId, JoinReason? Was, JoinReason? Now);

/// <summary>Signals left a case for another. Each signal lives in exactly one case; a case also shows what lives in the cases merged into it.</summary>
/// <param name="CaseId">The case that they were seen in.</param>
/// <param name="ToCaseId">Where they live from now on.</param>
/// <param name="Joins">Reasons that changed, of those that left and of those that stay.</param>
[Fact("case.regrouped", Room.Triage)]
public sealed record SignalsMoved(
    string MoveId, string CaseId, string ToCaseId, Regrouping How, IReadOnlyList<string> SignalIds, IReadOnlyList<JoinChange> Joins, string Why) : FactBody
{
    /// <summary>Signals that lived in a case merged into the first one: where. Undoing brings them back there.</summary>
    public IReadOnlyDictionary<string, string>? Homes { get; init; }
    /// <summary>Signals that go back to live in a case merged into the second one.</summary>
    public IReadOnlyDictionary<string, string>? ToHomes { get; init; }
    /// <summary>The move that this takes back.</summary>
    public string? UndoesId { get; init; }
    /// <summary>The move that this was part of, when it is not the move itself.</summary>
    public string? Act { get; init; }

    /// <summary>The case that a signal lives in from now on.</summary>
    public string HomeOf(string signalId) => ToHomes?.GetValueOrDefault(signalId) ?? ToCaseId;
}

/// <summary>A merged case stands on its own again, with all that lives in it.</summary>
[Fact("case.unmerged", Room.Triage)]
public sealed record CaseUnmerged(string CaseId, string FromCaseId, string Why) : FactBody
{
    /// <summary>Reasons that changed, because what they hung on stays in the other case.</summary>
    public IReadOnlyList<JoinChange>? Joins { get; init; }
    /// <summary>The move that this was part of: taking that back merges them again.</summary>
    public string? Act { get; init; }
}

/// <summary>An entity that tied what does not belong together: between these two rules it weighs half from now on.</summary>
public sealed record HalvedTie(string Entity, string RuleId, string OtherRuleId);

/// <summary>Someone said that two cases are not related: nothing may bring them together again, until it is withdrawn.</summary>
/// <param name="SignalId">When it was said of one signal: the constraint follows that signal, and further bursts of its rule on its entity stay out of the other case too.</param>
[Fact("case.parted", Room.Triage)]
public sealed record CasesParted(string ConstraintId, string CaseId, string OtherCaseId, string? SignalId, string Why, IReadOnlyList<HalvedTie> Halved) : FactBody
{
    /// <summary>The move that this was part of.</summary>
    public string? Act { get; init; }
}

[Fact("case.unparted", Room.Triage)]
public sealed record PartingWithdrawn(string ConstraintId, string CaseId, string OtherCaseId, string Why) : FactBody
{
    /// <summary>The move that this was part of.</summary>
    public string? Act { get; init; }
}

/// <summary>What opened this case would have joined a closed one.</summary>
[Fact("case.recurred", Room.Triage)]
public sealed record CaseRecurred(string CaseId, string OfCaseId, JoinReason Reason) : FactBody;

/// <summary>The allow-list names who acted in a signal: it is authorised activity.</summary>
/// <param name="Entry">Name of the entry; null when a later alert of the signal was by someone whom no entry names.</param>
[Fact("signal.authorised", Room.Triage)]
public sealed record SignalAuthorised(string SignalId, string? Entry, string Why) : FactBody;

/// <summary>How a case was discovered, where a program and not a person says so.</summary>
public static class Discoveries
{
    /// <summary>Nobody worked on it; it stayed under the floor and closed by itself. No verdict, and nothing is learned from it.</summary>
    public const string ExpiredUnworked = "none.expired-unworked";
}
