using Andon.Model;

namespace Andon.Triage.Cases.Work;

/// <summary>A case and all that became part of it, as one: nothing is copied, so that taking them apart again needs no mending.</summary>
internal static class WorkUnion
{
    public static IEnumerable<CaseTask> Tasks(this TriageState state, CaseState c) =>
        state.Family(c).SelectMany(m => m.Work.Tasks.Values).OrderBy(t => t.Order).ThenBy(t => t.AtMs).ThenBy(t => t.Id, StringComparer.Ordinal);

    public static CaseTask? Task(this TriageState state, CaseState c, string taskId) =>
        state.Family(c).Select(m => m.Work.Tasks.GetValueOrDefault(taskId)).FirstOrDefault(t => t is not null);

    public static IEnumerable<Exhibit> Exhibits(this TriageState state, CaseState c) =>
        state.Family(c).SelectMany(m => m.Work.Evidence.Values).OrderBy(e => e.AtMs).ThenBy(e => e.Id, StringComparer.Ordinal);

    public static Exhibit? Exhibit(this TriageState state, CaseState c, string evidenceId) =>
        state.Family(c).Select(m => m.Work.Evidence.GetValueOrDefault(evidenceId)).FirstOrDefault(e => e is not null);

    public static IEnumerable<Missing> Missing(this TriageState state, CaseState c) => state.Family(c).SelectMany(m => m.Work.Missing.Values).OrderBy(m => m.AtMs);

    /// <summary>The strictest of its parts: joining never widens who may know.</summary>
    public static (Tlp Tlp, Pap Pap, string Classification, IReadOnlyList<string> People) Mark(this TriageState state, CaseState c)
    {
        var marks = state.Family(c).Select(m => m.Work.Mark).OfType<CaseMarked>().ToList();
        if (marks.Count == 0) return (Tlp.Amber, Pap.Amber, "", []);
        return (marks.Max(m => m.Tlp), marks.Max(m => m.Pap), c.Work.Mark?.Classification ?? marks[0].Classification,
            [.. marks.Where(m => m.Tlp == Tlp.Red).SelectMany(m => m.People).Distinct().Order(StringComparer.Ordinal)]);
    }

    /// <summary>Numbers of a case of a new item: t3, o5. The count over all members, so that a union never shows two of a name.</summary>
    public static string NewId(string prefix, string caseId, int had) => $"{prefix}{caseId}.{had + 1}";
}
