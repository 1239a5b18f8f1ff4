namespace Andon.Model;

/// <summary>A closed case showed that a control failed, is absent or could not see.</summary>
[Fact("gap.recorded", Room.Measure)]
public sealed record GapRecorded(string CaseId, string Control, string? EarliestMissedStage, string Verdict, double Score, int EffortMinutes) : FactBody;
