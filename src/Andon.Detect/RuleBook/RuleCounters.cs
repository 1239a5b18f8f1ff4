using Andon.Model;

namespace Andon.Detect.RuleBook;

public sealed record DayCount(long DayMs, long Count);

/// <summary>A hit kept to be looked at.</summary>
public sealed record HitSample(string Event, long TimeMs, long DetectedMs, RuleQueue Queue, string SourceId, IReadOnlyList<string> Entities, IReadOnlyDictionary<string, string> Fields, IReadOnlyList<string> Contributing);

/// <summary>Matches of a rule that a filter took back.</summary>
public sealed record SuppressedCount(string FilterId, string RuleId, long Total, long LastMs, IReadOnlyList<DayCount> PerDay);

/// <summary>What the counters know, for the file that outlives a restart.</summary>
/// <param name="Position">Last block of the hit log that is counted in it.</param>
/// <param name="NewestMs">When the newest hit in it was detected.</param>
sealed record CountersState(ulong Position, IReadOnlyDictionary<string, CounterState> Rules, CounterState All, CounterState InTesting, IReadOnlyList<SuppressedCount> Suppressed, long NewestMs = 0);

/// <summary>The last hits of each rule, for another file: they are many more bytes, and change with every hit.</summary>
/// <param name="Position">Last block of the hit log whose hits are among them.</param>
sealed record SamplesState(ulong Position, IReadOnlyDictionary<string, IReadOnlyList<HitSample>> Rules);

sealed record CounterState(long Total, long LastMs, IReadOnlyDictionary<long, long> Hours, IReadOnlyDictionary<long, long> Days);

/// <summary>How often each rule matched, and its last hits. What is older than the hit log comes from the saved state, the rest from the log.</summary>
sealed class RuleCounters
{
    const long Hour = 3_600_000, Day = 24 * Hour;
    const int HoursMax = 26, DaysMax = 400;

    sealed class Counter
    {
        public long Total, LastMs;
        public readonly SortedDictionary<long, long> Hours = [], Days = [];
        public readonly Queue<HitSample> Samples = [];
    }

    // What one filter took back of one rule.
    sealed class Taken
    {
        public long Total, LastMs;
        public SortedDictionary<long, long> Days = [];
    }

    readonly Lock gate = new();
    readonly Dictionary<string, Counter> counters = [];
    readonly Dictionary<string, Dictionary<string, Taken>> suppressed = [];
    int pairs;
    readonly Counter all = new(), testing = new();
    ulong counted, sampled;
    long newestMs;

    /// <summary>Pairs of filter and rule beyond <see cref="Limits.SuppressedPairsMax"/>; counted here alone.</summary>
    public long SuppressedElsewhere { get; private set; }

    /// <summary>The first block of the hit log that is not counted, or whose hits are not among the samples.</summary>
    public ulong Next { get { lock (gate) return Math.Min(counted, sampled) + 1; } }

    /// <summary>When the newest hit was detected that is counted; 0 when it is not known.</summary>
    public long NewestMs { get { lock (gate) return newestMs; } }

    /// <summary>Takes in a block of the hit log: counted once, sampled once, however often it is read.</summary>
    public void Take(HitBlock block, ulong position)
    {
        lock (gate)
        {
            var (count, sample) = (position > counted, position > sampled);
            if (count) counted = position;
            if (sample) sampled = position;
            foreach (var hit in block.Hits)
            {
                if (!counters.TryGetValue(hit.RuleId, out var counter)) counters[hit.RuleId] = counter = new();
                if (sample)
                {
                    if (counter.Samples.Count == Limits.SamplesPerRuleMax) counter.Samples.Dequeue();
                    counter.Samples.Enqueue(HitSamples.Of(hit));
                }
                if (!count) continue;
                newestMs = Math.Max(newestMs, hit.DetectedMs);
                One(counter, hit);
                One(all, hit);
                if (hit.Queue == RuleQueue.Testing) One(testing, hit);
            }
        }
    }

    /// <summary>A filter took back a match of that rule. Called by the matcher; rare, so the lock is cheap.</summary>
    public void Suppressed(string filterId, string ruleId, long nowMs)
    {
        lock (gate)
        {
            if (!suppressed.TryGetValue(ruleId, out var filters)) suppressed[ruleId] = filters = [];
            if (!filters.TryGetValue(filterId, out var taken))
            {
                if (pairs >= Limits.SuppressedPairsMax) { SuppressedElsewhere++; return; }
                filters[filterId] = taken = new();
                pairs++;
            }
            taken.Total++;
            taken.LastMs = nowMs;
            Add(taken.Days, nowMs / Day * Day, DaysMax);
        }
    }

    public (long Total, long In24h, long? LastMs, IReadOnlyList<DayCount> PerDay) Of(string ruleId, long nowMs)
    {
        lock (gate)
        {
            if (!counters.TryGetValue(ruleId, out var counter) || counter.Total == 0) return (0, 0, null, []);
            return (counter.Total, In24h(counter, nowMs), counter.LastMs, [.. counter.Days.Select(d => new DayCount(d.Key, d.Value))]);
        }
    }

    /// <summary>Hits of all rules in the last 24 hours.</summary>
    public long All24h(long nowMs)
    {
        lock (gate) return In24h(all, nowMs);
    }

    /// <summary>Hits of rules in testing in the last 24 hours.</summary>
    public long Testing24h(long nowMs)
    {
        lock (gate) return In24h(testing, nowMs);
    }

    /// <summary>Hits since the day that holds this moment.</summary>
    public long Since(string ruleId, long sinceMs)
    {
        lock (gate) return counters.TryGetValue(ruleId, out var counter) ? counter.Days.Where(d => d.Key >= sinceMs / Day * Day).Sum(d => d.Value) : 0;
    }

    /// <summary>The last hits, newest first.</summary>
    public IReadOnlyList<HitSample> Samples(string ruleId)
    {
        lock (gate) return counters.TryGetValue(ruleId, out var counter) ? [.. counter.Samples.Reverse()] : [];
    }

    public IReadOnlyList<SuppressedCount> SuppressedOf(string ruleId)
    {
        lock (gate) return suppressed.TryGetValue(ruleId, out var filters) ? [.. filters.Select(f => Shown(ruleId, f))] : [];
    }

    public CountersState Save()
    {
        lock (gate)
            return new(counted, counters.Where(c => c.Value.Total > 0).ToDictionary(c => c.Key, c => State(c.Value)), State(all), State(testing), [.. suppressed.SelectMany(s => s.Value.Select(f => Shown(s.Key, f)))], newestMs);
    }

    /// <summary>The samples; with very many rules the newest of each only.</summary>
    public SamplesState SaveSamples()
    {
        lock (gate)
        {
            var rules = counters.Where(c => c.Value.Samples.Count > 0).ToList();
            var each = Math.Clamp(Limits.SamplesSavedMax / Math.Max(1, rules.Count), 1, Limits.SamplesPerRuleMax);
            return new(sampled, rules.ToDictionary(c => c.Key, c => (IReadOnlyList<HitSample>)[.. c.Value.Samples.TakeLast(each)]));
        }
    }

    /// <summary>Takes in the samples of an earlier run; of another hit log none.</summary>
    public void LoadSamples(SamplesState state, ulong hitLogNext)
    {
        if (state.Position >= hitLogNext) return;
        lock (gate)
        {
            sampled = state.Position;
            foreach (var (ruleId, samples) in state.Rules)
            {
                if (!counters.TryGetValue(ruleId, out var counter)) counters[ruleId] = counter = new();
                foreach (var sample in samples.TakeLast(Limits.SamplesPerRuleMax)) counter.Samples.Enqueue(sample);
            }
        }
    }

    /// <summary>Takes in what an earlier run counted. A hit log that ends before it is another log: then only what that log says counts.</summary>
    public void Load(CountersState state, ulong hitLogNext)
    {
        if (state.Position >= hitLogNext && state.Position > 0) return;
        lock (gate)
        {
            (counted, newestMs) = (state.Position, state.NewestMs);
            foreach (var (ruleId, saved) in state.Rules) Put(counters[ruleId] = new(), saved);
            Put(all, state.All);
            Put(testing, state.InTesting);
            foreach (var s in state.Suppressed)
            {
                if (!suppressed.TryGetValue(s.RuleId, out var filters)) suppressed[s.RuleId] = filters = [];
                filters[s.FilterId] = new() { Total = s.Total, LastMs = s.LastMs, Days = new(s.PerDay.ToDictionary(d => d.DayMs, d => d.Count)) };
                pairs++;
            }
        }
    }

    static void One(Counter counter, Hit hit)
    {
        counter.Total++;
        counter.LastMs = Math.Max(counter.LastMs, hit.TimeMs);
        Add(counter.Hours, hit.DetectedMs / Hour * Hour, HoursMax);
        Add(counter.Days, hit.DetectedMs / Day * Day, DaysMax);
    }

    static void Put(Counter counter, CounterState saved)
    {
        (counter.Total, counter.LastMs) = (saved.Total, saved.LastMs);
        foreach (var (hour, count) in saved.Hours) counter.Hours[hour] = count;
        foreach (var (day, count) in saved.Days) counter.Days[day] = count;
    }

    static long In24h(Counter counter, long nowMs) => counter.Hours.Where(h => h.Key > nowMs - Day - Hour).Sum(h => h.Value);

    static CounterState State(Counter c) => new(c.Total, c.LastMs, new Dictionary<long, long>(c.Hours), new Dictionary<long, long>(c.Days));

    static SuppressedCount Shown(string ruleId, KeyValuePair<string, Taken> filter) =>
        new(filter.Key, ruleId, filter.Value.Total, filter.Value.LastMs, [.. filter.Value.Days.Select(d => new DayCount(d.Key, d.Value))]);

    static void Add(SortedDictionary<long, long> buckets, long key, int most)
    {
        buckets[key] = buckets.GetValueOrDefault(key) + 1;
        if (buckets.Count > most) buckets.Remove(buckets.Keys.First());
    }
}

static class HitSamples
{
    public static HitSample Of(Hit hit) => new(hit.Event.ToString(), hit.TimeMs, hit.DetectedMs, hit.Queue, hit.SourceId, [.. hit.Entities.Take(Limits.SampleFieldsMax).Select(e => e.Key)],
        hit.Fields.Take(Limits.SampleFieldsMax).ToDictionary(f => f.Key, f => f.Value.Length <= Limits.SampleCharsMax ? f.Value : f.Value[..(Limits.SampleCharsMax - 1)] + "…"),
        [.. hit.Contributing.Take(Limits.SamplesPerRuleMax).Select(e => e.ToString())]);
}
