using System.Numerics;
using Andon.Detect.Sigma.Compilation;
using Andon.Model;

namespace Andon.Detect.Sigma.Matching;

/// <summary>Runs a rule set over events; one object a thread. The list of matches is reused: read it before the next event.</summary>
/// <param name="indexed">False asks every rule of the plan, one by one: the plain reading, against which the index is tested.</param>
sealed class RuleMatcher(RuleSet set, bool indexed = true)
{
    readonly EventValues values = new();
    readonly List<CompiledRule> found = [];
    ulong[] candidates = [];

    public RuleSet Set => set;
    public EventValues Values => values;
    /// <summary>Matches that a filter took back.</summary>
    public long Filtered { get; private set; }
    /// <summary>Rules that were asked, over all events.</summary>
    public long Asked { get; private set; }

    /// <summary>Rules that match the event, in the order of the set. <paramref name="enabled"/> by rule index; empty = all.</summary>
    public List<CompiledRule> Match(EventBatch batch, int index, ReadOnlySpan<bool> enabled = default)
    {
        found.Clear();
        values.Load(batch, index, set.Fields, set.PredicateCount);
        var plan = set.PlanOf(values);
        if (plan.Rules.Length == 0) return found;
        if (!indexed)
        {
            foreach (var rule in plan.Rules) Ask(rule, enabled);
            return found;
        }
        var witnesses = plan.Index;
        if (candidates.Length < witnesses.Words) candidates = new ulong[witnesses.Words];
        witnesses.Mark(values, candidates);
        for (var word = 0; word < witnesses.Words; word++)
            for (var bits = candidates[word]; bits != 0; bits &= bits - 1)
                Ask(plan.Rules[word << 6 | BitOperations.TrailingZeroCount(bits)], enabled);
        return found;
    }

    void Ask(CompiledRule rule, ReadOnlySpan<bool> enabled)
    {
        if (!enabled.IsEmpty && !enabled[rule.Index]) return;
        Asked++;
        if (rule.Root.Eval(values) && Kept(rule)) found.Add(rule);
    }

    /// <summary>Loads an event and tells its plan, without matching.</summary>
    public Plan Route(EventBatch batch, int index)
    {
        values.Load(batch, index, set.Fields, set.PredicateCount);
        return set.PlanOf(values);
    }

    bool Kept(CompiledRule rule)
    {
        foreach (var filter in rule.Filters)
            if (!filter.Root.Eval(values))
            {
                Filtered++;
                return false;
            }
        return true;
    }
}
