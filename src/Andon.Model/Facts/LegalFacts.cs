namespace Andon.Model;

/// <summary>A case falls under a legal duty, for example to tell an authority. Stated again, the earliest awareness holds.</summary>
/// <param name="Duty">As <c>content/triage/clocks.yml</c> names it.</param>
/// <param name="AwareMs">Since when the house has known; the time that the law gives runs from there.</param>
[Fact("casework.duty_stated", Room.Triage)]
public sealed record LegalDutyStated(string CaseId, string Duty, long AwareMs, string Why) : CaseWorkFact(CaseId);

/// <summary>The duty does not hold after all: its clocks are gone, with what was said of them.</summary>
[Fact("casework.duty_withdrawn", Room.Triage)]
public sealed record LegalDutyWithdrawn(string CaseId, string Duty, string Why) : CaseWorkFact(CaseId);

/// <summary>What a legal clock asks for was done; nothing else ends it.</summary>
/// <param name="Reference">The authority's number, or what was sent to whom.</param>
[Fact("casework.legal_done", Room.Triage)]
public sealed record LegalClockDone(string CaseId, string Duty, string Clock, string Reference) : CaseWorkFact(CaseId);
