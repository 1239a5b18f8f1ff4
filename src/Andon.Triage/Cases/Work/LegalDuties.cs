using Andon.Model;

namespace Andon.Triage.Cases.Work;

internal sealed record LegalEnd(long AtMs, string Actor, string Reference);

/// <summary>A duty as the facts of one case say.</summary>
internal sealed class LegalDuty(LegalDutyStated said, string actor, long atMs)
{
    public long AwareMs { get; set; } = said.AwareMs;
    public string Why { get; set; } = said.Why;
    public string Actor { get; set; } = actor;
    public long AtMs => atMs;
    public Dictionary<string, LegalEnd> Done { get; } = [];
}

/// <summary>A legal clock that has begun.</summary>
internal sealed record LegalClock(LegalRule Rule, long StartMs, long DueMs, LegalEnd? Done);

internal static class LegalUnion
{
    /// <summary>
    /// The legal clocks of a case and all that became part of it. Nothing that holds the other clocks is asked here, and closing ends none:
    /// an authority waits for nobody. The earliest awareness counts, and what was done for one part was done.
    /// </summary>
    public static IEnumerable<LegalClock> Legal(this TriageState state, CaseState c)
    {
        if (state.EverLegal.Count == 0) yield break;
        foreach (var rule in state.LegalRules)
        {
            var duties = state.Duties(c, rule.Duty);
            if (duties.Count == 0) continue;
            if ((rule.After is { } after ? End(duties, after)?.AtMs : duties.Min(d => d.Duty.AwareMs)) is not { } start) continue;
            yield return new(rule, start, rule.Due(start), End(duties, rule.Id));
        }
    }

    /// <summary>Where that duty was stated: the case, and parts of it.</summary>
    public static IReadOnlyList<(CaseState Case, LegalDuty Duty)> Duties(this TriageState state, CaseState c, string duty) =>
        [.. state.Family(c).Where(m => m.Work.Duties.ContainsKey(duty)).Select(m => (m, m.Work.Duties[duty]))];

    /// <summary>The breach of that date was told. After a duty was withdrawn and stated anew another date can run out.</summary>
    public static bool Told(this TriageState state, CaseState c, string clock, long dueMs) =>
        state.Family(c).Any(m => m.Work.LegalTold.TryGetValue(clock, out var atMs) && atMs >= dueMs);

    /// <summary>A case ends when the law has what it asks for.</summary>
    public static Finding? BeforeClose(this TriageState state, CaseState c)
    {
        var open = state.Legal(c).Where(l => l.Done is null).ToList();
        return open.Count == 0 ? null
            : new("TRI634", $"The law still waits: {string.Join(", ", open.Select(l => $"{l.Rule.Name} ({l.Rule.Source})"))}.", "Say that it is done, with its reference, or withdraw the duty with a reason.", c.Id);
    }

    static LegalEnd? End(IReadOnlyList<(CaseState Case, LegalDuty Duty)> duties, string clock) =>
        duties.Select(d => d.Duty.Done.GetValueOrDefault(clock)).OfType<LegalEnd>().MinBy(e => e.AtMs);
}
