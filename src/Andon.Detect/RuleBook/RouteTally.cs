using System.Diagnostics;
using System.Runtime.CompilerServices;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>Events of a log source that rules were run on.</summary>
sealed record RouteSeen(string? Product, string? Category, string? Service, long Events, long LastMs)
{
    /// <summary>Does a rule of that log source run on these events?</summary>
    public bool Holds(LogSource asked) => Same(asked.Product, Product) && Same(asked.Category, Category) && Same(asked.Service, Service);

    static bool Same(string? asked, string? given) => asked is null || string.Equals(asked, given, StringComparison.OrdinalIgnoreCase);
}

/// <param name="SinceMs">When counting began.</param>
/// <param name="Fields">Route and field of what was seen on it, and how many of its events were looked at.</param>
sealed record TallyState(long SinceMs, IReadOnlyList<RouteSeen> Routes, IReadOnlyDictionary<string, IReadOnlyList<string>> Fields, IReadOnlyDictionary<string, long> Sampled);

/// <summary>
/// What rules meet: events of each log source, which of the fields they read are ever there, what they cost. Events are counted on the
/// plan by the matcher itself; fields and cost come from one event in <see cref="Limits.TallyEvery"/>, looked at after the batch.
/// </summary>
sealed class RouteTally
{
    sealed class Cost { public long Ticks, Samples; }

    readonly Lock gate = new();
    readonly Dictionary<(string? Product, string? Category, string? Service), (long Events, long LastMs)> routes = [];
    readonly Dictionary<string, HashSet<string>> fields = [];
    readonly Dictionary<string, long> sampled = [];
    readonly ConditionalWeakTable<Plan, StrongBox<long>> harvested = [];
    readonly ConditionalWeakTable<Plan, FieldSlot[]> slotsOf = [];
    readonly Dictionary<string, Cost> costs = [];
    int seenFields, turn;
    long lastMs;

    public long SinceMs { get; private set; }

    /// <summary>Looks at some events of a batch that was just matched. Called by the matcher, once a batch.</summary>
    public void Batch(RuleMatcher matcher, EventBatch batch, long nowMs, Func<ulong, bool>? quarantined)
    {
        if (batch.Count == 0 || (batch.Count < Limits.TallyEvery && nowMs - lastMs < 250)) return;
        lastMs = nowMs;
        for (var i = turn++ * 97 % Math.Min(batch.Count, Limits.TallyEvery); i < batch.Count; i += Limits.TallyEvery)
            if (quarantined is null || !quarantined(batch[i].Head.Id.Position)) Sample(matcher, batch, i);
        Harvest(matcher.Set, nowMs);
    }

    /// <summary>Takes what the plans counted since the last time.</summary>
    public void Harvest(RuleSet set, long nowMs)
    {
        lock (gate)
        {
            if (SinceMs == 0) SinceMs = nowMs;
            foreach (var plan in set.Plans)
            {
                var before = harvested.GetOrCreateValue(plan);
                var fresh = plan.Seen - before.Value;
                if (fresh == 0) continue;
                before.Value = plan.Seen;
                foreach (var route in plan.Routes)
                {
                    var key = (route.Gives.Product, route.Gives.Category, route.Gives.Service);
                    routes[key] = (routes.GetValueOrDefault(key).Events + fresh, nowMs);
                }
            }
        }
    }

    /// <summary>Log sources that events came from.</summary>
    public IReadOnlyList<RouteSeen> Routes
    {
        get { lock (gate) return [.. routes.Select(r => new RouteSeen(r.Key.Product, r.Key.Category, r.Key.Service, r.Value.Events, r.Value.LastMs))]; }
    }

    /// <summary>Fields of a rule that no event of its log sources had, once enough of those were looked at.</summary>
    public IReadOnlyList<string> NeverSeen(CompiledRule rule, IEnumerable<RouteSeen> of)
    {
        lock (gate)
        {
            var names = of.Select(r => NameOf(r.Product, r.Category, r.Service)).ToList();
            if (names.Sum(n => sampled.GetValueOrDefault(n)) < Limits.FieldSamplesMin) return [];
            return [.. ReadBy(rule).Select(s => s.Field).Distinct().Where(f => !names.Exists(n => fields.TryGetValue(n, out var seen) && seen.Contains(f)))];
        }
    }

    /// <summary>Mean cost of a rule on an event of its log source, in microseconds; null before there are samples.</summary>
    public (double Micros, long Samples)? CostOf(string ruleId)
    {
        lock (gate) return costs.TryGetValue(ruleId, out var cost) && cost.Samples > 0 ? (cost.Ticks * 1e6 / Stopwatch.Frequency / cost.Samples, cost.Samples) : null;
    }

    public TallyState Save()
    {
        lock (gate) return new(SinceMs, Routes, fields.ToDictionary(f => f.Key, f => (IReadOnlyList<string>)[.. f.Value]), new Dictionary<string, long>(sampled));
    }

    public void Load(TallyState state)
    {
        lock (gate)
        {
            SinceMs = state.SinceMs;
            foreach (var r in state.Routes) routes[(r.Product, r.Category, r.Service)] = (r.Events, r.LastMs);
            foreach (var (route, names) in state.Fields) { fields[route] = [.. names]; seenFields += names.Count; }
            foreach (var (route, count) in state.Sampled) sampled[route] = count;
        }
    }

    void Sample(RuleMatcher matcher, EventBatch batch, int index)
    {
        var plan = matcher.Route(batch, index);
        if (plan.Rules.Length == 0) return;
        lock (gate)
        {
            var names = plan.Routes.Select(r => NameOf(r.Gives.Product, r.Gives.Category, r.Gives.Service)).Distinct().ToList();
            var slots = slotsOf.GetValue(plan, p => [.. p.Rules.SelectMany(ReadBy).Distinct()]);
            foreach (var name in names)
            {
                sampled[name] = sampled.GetValueOrDefault(name) + 1;
                if (!fields.TryGetValue(name, out var seen)) fields[name] = seen = [];
                foreach (var slot in slots)
                    if (seenFields < Limits.SeenFieldsMax && matcher.Values.First(slot) >= 0 && seen.Add(slot.Field)) seenFields++;
            }
            // Some rules each time, in turn; what an earlier one worked out, a later one finds, as in the matcher.
            var from = turn % plan.Rules.Length;
            for (var i = 0; i < Math.Min(Limits.TallyRulesMax, plan.Rules.Length); i++)
            {
                var rule = plan.Rules[(from + i) % plan.Rules.Length];
                var begin = Stopwatch.GetTimestamp();
                rule.Root.Eval(matcher.Values);
                var ticks = Stopwatch.GetTimestamp() - begin;
                if (!costs.TryGetValue(rule.RuleId, out var cost)) costs[rule.RuleId] = cost = new();
                cost.Ticks += ticks;
                cost.Samples++;
            }
        }
    }

    static IEnumerable<FieldSlot> ReadBy(CompiledRule rule) => rule.Searches.SelectMany(s => ReadBy(s.Part));

    static IEnumerable<FieldSlot> ReadBy(CompiledPart part) =>
        part.Node is FieldPredicate field ? part.Parts.SelectMany(ReadBy).Prepend(field.Slot) : part.Parts.SelectMany(ReadBy);

    static string NameOf(string? product, string? category, string? service) => $"{product ?? "*"}/{category ?? "*"}/{service ?? "*"}";
}
