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
    /// <summary>What filters took back of the event asked last.</summary>
    public List<(CompiledRule Rule, CompiledFilter Filter)> Suppressed { get; } = [];
    /// <summary>The plan of the event asked last.</summary>
    public Compilation.Plan? Plan { get; private set; }
    /// <summary>Rules that were asked, over all events.</summary>
    public long Asked { get; private set; }

    /// <summary>Rules that match the event, in the order of the set. <paramref name="enabled"/> by rule index; empty = all.</summary>
    public List<CompiledRule> Match(EventBatch batch, int index, ReadOnlySpan<bool> enabled = default)
    {
        var plan = Route(batch, index);
        found.Clear();
        if (plan.Rules.Length == 0) return found;
        if (!indexed)
        {
            foreach (var rule in plan.Rules) Ask(rule, enabled);
            return found;
        }
        var bits = Bits(plan);
        plan.Index.Mark(values, bits);
        for (var word = 0; word < bits.Length; word++)
            for (var rest = bits[word]; rest != 0; rest &= rest - 1)
                Ask(plan.Rules[word << 6 | BitOperations.TrailingZeroCount(rest)], enabled);
        return found;
    }

    /// <summary>
    /// The same for an event of which only <see cref="FieldTable.Selection"/> was kept; null where that does not tell and the event must
    /// be read whole (keywords look at everything).
    /// </summary>
    public List<CompiledRule>? MatchPart(EventBatch batch, int index, ReadOnlySpan<bool> enabled = default)
    {
        var plan = Route(batch, index);
        found.Clear();
        if (plan.Rules.Length == 0) return found;
        var bits = Bits(plan);
        if (!plan.Index.TryMarkPart(values, bits)) return null;
        for (var word = 0; word < bits.Length; word++)
            for (var rest = bits[word]; rest != 0; rest &= rest - 1)
            {
                var rule = plan.Rules[word << 6 | BitOperations.TrailingZeroCount(rest)];
                if (rule.ReadsEverything) return null;
                Ask(rule, enabled);
            }
        return found;
    }

    Span<ulong> Bits(Compilation.Plan plan)
    {
        if (candidates.Length < plan.Index.Words) candidates = new ulong[plan.Index.Words];
        return candidates.AsSpan(0, plan.Index.Words);
    }

    void Ask(CompiledRule rule, ReadOnlySpan<bool> enabled)
    {
        if (!enabled.IsEmpty && !enabled[rule.Index]) return;
        Asked++;
        if (rule.Root.Eval(values) && Kept(rule)) found.Add(rule);
    }

    /// <summary>Loads an event and tells its plan, without matching.</summary>
    public Compilation.Plan Route(EventBatch batch, int index)
    {
        values.Load(batch, index, set.Fields);
        Suppressed.Clear();
        Plan = set.PlanOf(values);
        // Asked after the plan, whose rules it was made for.
        values.Room(set.PredicateCount);
        return Plan;
    }

    bool Kept(CompiledRule rule)
    {
        var kept = true;
        foreach (var filter in rule.Filters)
        {
            if (filter.Root.Eval(values)) continue;
            Suppressed.Add((rule, filter));
            kept = false;
        }
        if (!kept) Filtered++;
        return kept;
    }
}
