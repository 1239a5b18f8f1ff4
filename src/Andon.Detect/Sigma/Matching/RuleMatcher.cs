using Andon.Detect.Sigma.Compilation;
using Andon.Model;

namespace Andon.Detect.Sigma.Matching;

/// <summary>Runs a rule set over events; one object a thread. The list of matches is reused: read it before the next event.</summary>
sealed class RuleMatcher(RuleSet set)
{
    readonly EventValues values = new();
    readonly List<CompiledRule> found = [];

    public RuleSet Set => set;
    public EventValues Values => values;
    /// <summary>Matches that a filter took back.</summary>
    public long Filtered { get; private set; }

    /// <summary>Rules that match the event, in the order of the set. <paramref name="enabled"/> by rule index; empty = all.</summary>
    public List<CompiledRule> Match(EventBatch batch, int index, ReadOnlySpan<bool> enabled = default)
    {
        found.Clear();
        values.Load(batch, index, set.Fields, set.PredicateCount);
        var plan = set.PlanOf(values);
        plan.Seen++;
        foreach (var rule in plan.Rules)
            if ((enabled.IsEmpty || enabled[rule.Index]) && rule.Root.Eval(values) && Kept(rule)) found.Add(rule);
        return found;
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
