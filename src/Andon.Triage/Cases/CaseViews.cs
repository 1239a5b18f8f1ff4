using Andon.Model;
using Andon.Triage.Board;

namespace Andon.Triage.Cases;

/// <summary>An entity on a card and in how many cases it was seen.</summary>
public sealed record EntityChip(EntityKind Kind, string Value, int SeenIn);

/// <summary>A playbook run on a card.</summary>
public sealed record RunChip(string RunId, string State);

/// <summary>A case as the board shows it.</summary>
/// <param name="Priority">0 to 100, computed for now.</param>
/// <param name="Alerts">Alerts in all its signals.</param>
/// <param name="Spark">Alerts per hour, oldest first.</param>
/// <param name="Reason">Why the priority last moved.</param>
/// <param name="LastDelta">By how many points.</param>
/// <param name="RelatedTo">Open cases that share something rare with it.</param>
public sealed record Card(
    string CaseId, int Number, string Title, double Priority, Lane Lane, string Domain, string? Owner, long OpenedMs, long LastMs, long Alerts, int Signals,
    IReadOnlyList<long> Spark, Level Level, IReadOnlyList<EntityChip> Entities, IReadOnlyList<string> Tactics, string Reason, double LastDelta,
    IReadOnlyList<RunChip> Runs, IReadOnlyList<string> RelatedTo)
{
    /// <summary>Name of the allow-list's entry, when all of it is authorised activity; such a card stays under the floor.</summary>
    public string? Authorised { get; init; }
    /// <summary>Its title by names of rules alone, without things of events; null when people or sources gave it its words.</summary>
    public string? TitleOfRules { get; init; }
    /// <summary>The closed case that it repeats.</summary>
    public string? RecurrenceOf { get; init; }
    public int TasksDone { get; init; }
    public int TasksTotal { get; init; }
    public IReadOnlyList<Work.ClockView> Clocks { get; init; } = [];
    public Tlp Tlp { get; init; } = Tlp.Amber;
    public Pap Pap { get; init; } = Pap.Amber;
    /// <summary>Its state within the lane, by name.</summary>
    public string? State { get; init; }
    public string Classification { get; init; } = "";
    /// <summary>Class, date, waiting, why it was chosen.</summary>
    public required ServiceView Service { get; init; }
}

public sealed record LaneView(Lane Lane, int? Limit, int Total, IReadOnlyList<Card> Cards)
{
    /// <summary>Cards that take a place in it, whatever the filter shows.</summary>
    public required int Load { get; init; }
    /// <summary>Red cards beside these that whoever asks may not see, in a lane with a limit: the limit counts them.</summary>
    public int Hidden { get; init; }
}

public sealed record TestingView(long Hits24h);

public sealed record BoardView(IReadOnlyList<LaneView> Lanes, TestingView Testing, int Closed24h, int PersonLimit)
{
    public required FlowView Flow { get; init; }
}

public sealed record CaseListView(IReadOnlyList<Card> Cases, int Total);

public sealed record HistoryPoint(long AtMs, double From, double To, string Reason, long FactSeq);

/// <param name="Lambda">Its evidence now; 0 for a repeat of a rule on an entity that a stronger signal stands for.</param>
/// <param name="Share">Its part of the case's evidence.</param>
/// <param name="Join">Why it belongs to the case; null for the first.</param>
public sealed record SignalView(
    string SignalId, string RuleId, string Title, Level Level, string Entity, IReadOnlyList<Entity> Entities, long Count, long FirstMs, long LastMs,
    double Lambda, double Share, double Surprise, double Reliability, JoinReason? Join, long FactSeq);

public sealed record NoteView(long AtMs, string Actor, string Text);

/// <param name="Lane">attack or response.</param>
public sealed record TimelineEntry(long AtMs, string Lane, string Kind, string Text, long? FactSeq, string? EventId);

public sealed record ClosedView(long AtMs, Verdict Verdict, IReadOnlyList<string> ControlsFailed, string? EarliestMissedStage, string Discovery, string Reason, int EffortMinutes);

public sealed record ControlChoice(string Id, string Name);

public sealed record CaseView(
    Card Card, PriorityWhy Why, IReadOnlyList<HistoryPoint> History, IReadOnlyList<SignalView> Signals, IReadOnlyList<NoteView> Notes,
    IReadOnlyList<TimelineEntry> Timeline, ClosedView? Closed, IReadOnlyList<ControlChoice> Controls, IReadOnlyList<string> MergedIn)
{
    public required Work.WorkView Work { get; init; }
}

/// <summary>An alert of a case.</summary>
public sealed record AlertView(
    string EventId, long TimeMs, string RuleId, string Title, Level Level, string Author, string SourceId, IReadOnlyDictionary<string, string> Fields,
    IReadOnlyList<string> Entities, IReadOnlyList<string> Contributing);

public sealed record AlertsView(long Total, IReadOnlyList<AlertView> Alerts);

/// <summary>All that is wrong with what was asked, at once.</summary>
public sealed record TriageFindings(IReadOnlyList<Finding> Findings);

/// <summary>Entities that link nothing, and why.</summary>
public sealed record StopView(string Entity, string Why, bool Learned);

public sealed record StopsView(IReadOnlyList<StopView> Stops);
