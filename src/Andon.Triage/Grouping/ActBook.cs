using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Triage.Grouping;

/// <summary>One fact of an act, with what the state no longer says once it is done.</summary>
/// <param name="Was">For a merge that was undone its tie; for a constraint that was withdrawn the constraint.</param>
internal sealed record Deeded(FactBody Body, object? Was);

/// <summary>Acts by hand, each with its facts in their order: who takes one back undoes them from the last to the first.</summary>
internal sealed class ActBook
{
    readonly Dictionary<string, List<Deeded>> acts = [];

    public IReadOnlyList<Deeded> Of(string moveId) => acts.GetValueOrDefault(moveId) ?? [];

    /// <summary>Met twice, decided and numbered, a fact is kept once.</summary>
    public void Add(string? act, FactBody body, object? was = null)
    {
        if (act is null) return;
        if (!acts.TryGetValue(act, out var of)) acts[act] = of = [];
        if (!of.Exists(d => Key(d.Body) == Key(body))) of.Add(new(body, was));
    }

    /// <summary>How a case had been tied before that act parted it from the other.</summary>
    public MergeTie? Tie(string act, string caseId) => Of(act).Where(d => d.Body is CaseUnmerged u && u.CaseId == caseId).Select(d => d.Was).OfType<MergeTie>().FirstOrDefault();

    static (Type, string) Key(FactBody body) => (body.GetType(), body switch
    {
        SignalsMoved f => f.MoveId,
        CaseMerged f => f.CaseId,
        CaseUnmerged f => f.CaseId,
        CasesParted f => f.ConstraintId,
        PartingWithdrawn f => f.ConstraintId,
        _ => throw new InvalidOperationException($"{body.GetType().Name} is no part of an act by hand."),
    });
}
