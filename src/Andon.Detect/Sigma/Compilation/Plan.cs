using Andon.Detect.Sigma.Indexing;

namespace Andon.Detect.Sigma.Compilation;

/// <summary>Rules that run on the events of one route, with the index that finds those worth asking.</summary>
sealed class Plan(CompiledRule[] rules, IReadOnlyList<Route> routes)
{
    volatile PlanIndex? index;

    public CompiledRule[] Rules => rules;
    public IReadOnlyList<Route> Routes => routes;
    /// <summary>Built when first asked for; two threads that ask at once build the same.</summary>
    public PlanIndex Index => index ??= new(rules);
    /// <summary>Events of the live stream that had this plan; counted by the one thread that matches them.</summary>
    public long Seen;

    /// <summary>
    /// The plan of a newer set. The same index serves where the rules are the same in the same order; where a few of them were changed
    /// in place it serves too, and those few are asked of every event until <see cref="Settle"/>.
    /// </summary>
    public Plan Again(CompiledRule[] others)
    {
        var plan = new Plan(others, routes);
        if (index is not { } mine || others.Length != rules.Length) return plan;
        var changed = new List<int>();
        for (var i = 0; i < others.Length; i++)
            if (!ReferenceEquals(others[i].Root, rules[i].Root)) changed.Add(i);
        if (changed.Count <= Limits.IndexChangesMax) plan.index = mine.Asking(changed);
        return plan;
    }

    public void Settle()
    {
        if (index is { Asks: > 0 }) index = new(rules);
    }
}
