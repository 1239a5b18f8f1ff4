namespace Andon.Triage.Routing;

/// <summary>What people taught by re-routing: to which domain cards of a rule, or of a dataset, were sent. Counts of facts, nothing hidden.</summary>
internal sealed class LearnedRoutes
{
    /// <summary>So often, and by most of them, before it counts.</summary>
    public const int LeastTimes = 2;

    readonly Dictionary<string, Dictionary<string, int>> taught = new(StringComparer.Ordinal);

    public int Count { get; private set; }

    public void Add(IEnumerable<string> ruleIds, IEnumerable<string> datasets, string to)
    {
        Count++;
        foreach (var key in ruleIds.Select(r => "rule " + r).Concat(datasets.Where(d => d.Length > 0).Select(d => "dataset " + d)).Distinct())
        {
            if (!taught.TryGetValue(key, out var counts)) taught[key] = counts = new(StringComparer.Ordinal);
            counts[to] = counts.GetValueOrDefault(to) + 1;
        }
    }

    /// <summary>The rule says more than where it ran; so it is asked first.</summary>
    public (string Domain, string Why)? Of(string ruleId, string dataset) => Taught("rule " + ruleId, "this rule") ?? Taught("dataset " + dataset, $"the dataset {dataset}");

    (string, string)? Taught(string key, string said)
    {
        if (!taught.TryGetValue(key, out var counts)) return null;
        var all = counts.Values.Sum();
        var (domain, times) = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).First();
        return times >= LeastTimes && times * 2 > all ? (domain, $"learned: {times} of {all} re-routed cards of {said} went to {domain}") : null;
    }

    public IReadOnlyList<(string What, string Domain, int Times)> All =>
        [.. taught.SelectMany(t => t.Value.Select(v => (t.Key, v.Key, v.Value))).OrderByDescending(t => t.Value).ThenBy(t => t.Item1, StringComparer.Ordinal)];
}
