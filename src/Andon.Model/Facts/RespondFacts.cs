namespace Andon.Model;

/// <summary>A playbook version was taken into the library.</summary>
/// <param name="Document">The playbook itself as canonical JSON: a run is pinned to it, whatever becomes of the file.</param>
[Fact("playbook.loaded", Room.Respond)]
public sealed record PlaybookLoaded(
    string PlaybookId, string Version, string Name, string Hash, IReadOnlyList<string> RuleIds, string Document = "") : FactBody;

/// <summary>A run of one playbook version for a case began; it is pinned to that version.</summary>
[Fact("run.started", Room.Respond)]
public sealed record RunStarted(
    string RunId, string PlaybookId, string Version, string Hash, string CaseId, IReadOnlyDictionary<string, string> Variables) : FactBody;

/// <summary>What a step is about to do, on disk before it is done.</summary>
/// <param name="Effect">pure, keyed, probe or once.</param>
/// <param name="Rendered">The command as it will be carried out, secrets masked.</param>
[Fact("step.intended", Room.Respond)]
public sealed record StepIntended(string RunId, string StepId, string Name, string Kind, int Attempt, string Effect, string Rendered) : FactBody;

public enum StepOutcome { Succeeded, Failed, TimedOut, Cancelled, Skipped, InDoubt }

/// <summary>How a step ended; variables derive from this only.</summary>
[Fact("step.ended", Room.Respond)]
public sealed record StepEnded(
    string RunId, string StepId, int Attempt, StepOutcome Outcome, string Output, IReadOnlyDictionary<string, string> Variables, string? Next) : FactBody;

/// <summary>A step waits for a person.</summary>
[Fact("step.asked", Room.Respond)]
public sealed record StepAsked(string RunId, string StepId, string Prompt) : FactBody;

[Fact("run.ended", Room.Respond)]
public sealed record RunEnded(string RunId, StepOutcome Outcome, string Reason) : FactBody;
