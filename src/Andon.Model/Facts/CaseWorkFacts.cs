namespace Andon.Model;

/// <summary>What people did on a case. It names the case in which the thing was made, also after that case became part of another.</summary>
public abstract record CaseWorkFact(string CaseId) : FactBody;

/// <summary>Where a task stands. Dropped is an end too: not done, with a reason.</summary>
public enum TaskStep { Open, Doing, Done, Dropped }

/// <param name="Group">The phase it belongs to, as the template or the person names it.</param>
/// <param name="Order">Its place within the case; lower first.</param>
/// <param name="Template">The template that brought it.</param>
[Fact("casework.task_added", Room.Triage)]
public sealed record TaskAdded(string CaseId, string TaskId, string Title, string Group, string? Owner, long? DueMs, int Order, string? Template) : CaseWorkFact(CaseId);

/// <summary>Title, group, owner, due time or place of a task are now these.</summary>
[Fact("casework.task_changed", Room.Triage)]
public sealed record TaskChanged(string CaseId, string TaskId, string Title, string Group, string? Owner, long? DueMs, int Order) : CaseWorkFact(CaseId);

[Fact("casework.task_moved", Room.Triage)]
public sealed record TaskMoved(string CaseId, string TaskId, TaskStep From, TaskStep To, string Why) : CaseWorkFact(CaseId);

[Fact("casework.task_logged", Room.Triage)]
public sealed record TaskLogged(string CaseId, string TaskId, string Text) : CaseWorkFact(CaseId);

/// <summary>How far a thing may be shared (Traffic Light Protocol 2.0). Red: only the owner, people named and administrators.</summary>
public enum Tlp { Clear, Green, Amber, AmberStrict, Red }

/// <summary>What may be done with it (Permissible Actions Protocol). Red: nothing that the other side could see.</summary>
public enum Pap { Clear, Green, Amber, Red }

/// <summary>A person stated an observable of a case, or says something new of one that is known.</summary>
/// <param name="Type">host, ip, hash …: the kinds of entities, and what people name besides.</param>
/// <param name="Ioc">It tells an attack by itself.</param>
/// <param name="IgnoreSimilarity">Sharing it ties no cases together.</param>
[Fact("casework.observable_stated", Room.Triage)]
public sealed record ObservableStated(
    string CaseId, string Type, string Value, Tlp Tlp, bool Ioc, bool Sighted, bool IgnoreSimilarity, string Note) : CaseWorkFact(CaseId);

/// <summary>Something was kept as evidence. Its bytes lie in the data folder under their hash.</summary>
/// <param name="Kind">file, search, event or playbook.</param>
/// <param name="Origin">Where it is from: the query, the event's id, the run.</param>
[Fact("casework.evidence_kept", Room.Triage)]
public sealed record EvidenceKept(string CaseId, string EvidenceId, string Name, string Kind, string Sha256, long Bytes, string Note, string Origin) : CaseWorkFact(CaseId);

/// <summary>Someone took the bytes in hand.</summary>
/// <param name="How">read, verified or exported.</param>
/// <param name="Intact">The bytes still had their hash.</param>
[Fact("casework.evidence_read", Room.Triage)]
public sealed record EvidenceRead(string CaseId, string EvidenceId, string How, bool Intact) : CaseWorkFact(CaseId);

/// <summary>It no longer counts as evidence. Its bytes stay.</summary>
[Fact("casework.evidence_withdrawn", Room.Triage)]
public sealed record EvidenceWithdrawn(string CaseId, string EvidenceId, string Why) : CaseWorkFact(CaseId);

/// <summary>How a case may be shared, what may be done about it, what sort it is, and who may see it when it is red.</summary>
[Fact("casework.marked", Room.Triage)]
public sealed record CaseMarked(string CaseId, Tlp Tlp, Pap Pap, string Classification, IReadOnlyList<string> People, string Why) : CaseWorkFact(CaseId);

/// <summary>A state of one's own within a lane; null is the lane alone.</summary>
/// <param name="Pauses">While it lasts the clocks of the case stand still.</param>
[Fact("casework.state_set", Room.Triage)]
public sealed record CaseStateSet(string CaseId, string? From, string? To, bool Pauses, string Why) : CaseWorkFact(CaseId);

/// <summary>The case waits for someone outside: its clocks stand still.</summary>
[Fact("casework.clocks_paused", Room.Triage)]
public sealed record ClocksPaused(string CaseId, string Why) : CaseWorkFact(CaseId);

[Fact("casework.clocks_resumed", Room.Triage)]
public sealed record ClocksResumed(string CaseId, string Why) : CaseWorkFact(CaseId);

/// <summary>A clock ran out; said once.</summary>
[Fact("casework.clock_breached", Room.Triage)]
public sealed record ClockBreached(string CaseId, string Clock, string Name, long WithinMs) : CaseWorkFact(CaseId);

/// <summary>What a manual report said, by the fields that its template asks for.</summary>
[Fact("casework.reported", Room.Triage)]
public sealed record CaseReported(string CaseId, string? Template, IReadOnlyDictionary<string, string> Fields, long? AtMs) : CaseWorkFact(CaseId);

/// <summary>A report names something of which no event is found: a source is missing, or says too little.</summary>
[Fact("casework.evidence_missing", Room.Triage)]
public sealed record EvidenceMissing(string CaseId, string MissingId, string Entity, long FromMs, long ToMs) : CaseWorkFact(CaseId);

/// <summary>The missing evidence was followed to its end.</summary>
/// <param name="Outcome">found, sourceAdded, moreDetail or accepted.</param>
[Fact("casework.missing_settled", Room.Triage)]
public sealed record MissingSettled(string CaseId, string MissingId, string Outcome, string Why) : CaseWorkFact(CaseId);

/// <summary>A line of the timeline got a flag, or a place in the summary.</summary>
/// <param name="Line">Its key: <c>fact:17</c> or <c>signal:s1</c>.</param>
[Fact("casework.line_flagged", Room.Triage)]
public sealed record LineFlagged(string CaseId, string Line, bool Flag, bool InSummary) : CaseWorkFact(CaseId);
