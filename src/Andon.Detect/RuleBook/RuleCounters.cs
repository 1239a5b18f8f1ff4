using Andon.Model;

namespace Andon.Detect.RuleBook;

public sealed record DayCount(long DayMs, long Count);

/// <summary>How often each rule matched: in memory, told again by the hit log after a restart.</summary>
sealed class RuleCounters
{
    const long Hour = 3_600_000, Day = 24 * Hour;
    const int DaysMax = 400;

    sealed class Counter
    {
        public long Total, LastMs;
        public readonly SortedDictionary<long, long> Hours = [], Days = [];
    }

    readonly Lock gate = new();
    readonly Dictionary<string, Counter> counters = [];

    public void Take(HitBlock block)
    {
        lock (gate)
            foreach (var hit in block.Hits)
            {
                if (!counters.TryGetValue(hit.RuleId, out var counter)) counters[hit.RuleId] = counter = new();
                counter.Total++;
                counter.LastMs = Math.Max(counter.LastMs, hit.TimeMs);
                Add(counter.Hours, hit.DetectedMs / Hour * Hour, 26);
                Add(counter.Days, hit.DetectedMs / Day * Day, DaysMax);
            }
    }

    public (long Total, long In24h, long? LastMs, IReadOnlyList<DayCount> PerDay) Of(string ruleId, long nowMs)
    {
        lock (gate)
        {
            if (!counters.TryGetValue(ruleId, out var counter)) return (0, 0, null, []);
            return (counter.Total, counter.Hours.Where(h => h.Key > nowMs - Day - Hour).Sum(h => h.Value), counter.LastMs, [.. counter.Days.Select(d => new DayCount(d.Key, d.Value))]);
        }
    }

    static void Add(SortedDictionary<long, long> buckets, long key, int most)
    {
        buckets[key] = buckets.GetValueOrDefault(key) + 1;
        if (buckets.Count > most) buckets.Remove(buckets.Keys.First());
    }
}
