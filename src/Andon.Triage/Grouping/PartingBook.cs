using Andon.Model;

namespace Andon.Triage.Grouping;

/// <summary>A constraint that stands, and who set it.</summary>
internal sealed record Parting(CasesParted Fact, string Actor, long AtMs, long Seq);

/// <summary>What people said does not belong together. Kept until withdrawn, whatever is merged or moved meanwhile.</summary>
internal sealed class PartingBook
{
    readonly Dictionary<string, Parting> active = [];
    readonly Dictionary<(string Entity, string Rule, string Other), int> halved = [];
    readonly HashSet<string> known = [];

    public IReadOnlyCollection<Parting> Active => active.Values;
    public int Ever => known.Count;
    public Parting? Find(string id) => active.GetValueOrDefault(id);

    public void Add(CasesParted f, Fact fact)
    {
        if (!known.Add(f.ConstraintId))
        {
            if (active.TryGetValue(f.ConstraintId, out var told)) active[f.ConstraintId] = told with { Seq = fact.Seq };
            return;
        }
        active[f.ConstraintId] = new(f, fact.Actor, fact.AtMs, fact.Seq);
        foreach (var tie in f.Halved) Count(tie, +1);
    }

    public void Withdraw(string id)
    {
        if (!active.Remove(id, out var parting)) return;
        foreach (var tie in parting.Fact.Halved) Count(tie, -1);
    }

    /// <summary>1, or what is left of an entity's weight between two rules after it misled.</summary>
    public double Trust(string entity, string rule, string? otherRule) =>
        halved.Count == 0 || otherRule is null || !halved.TryGetValue(Pair(entity, rule, otherRule), out var times) ? 1 : Math.Pow(0.5, times);

    void Count(HalvedTie tie, int by)
    {
        var pair = Pair(tie.Entity, tie.RuleId, tie.OtherRuleId);
        var times = halved.GetValueOrDefault(pair) + by;
        if (times > 0) halved[pair] = times; else halved.Remove(pair);
    }

    static (string, string, string) Pair(string entity, string a, string b) =>
        string.CompareOrdinal(a, b) <= 0 ? (entity, a, b) : (entity, b, a);
}
