using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Stage;
using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary>What one chunk of records gave: hits with the event's place in the chunk, and every event's time where correlations need it.</summary>
sealed record HuntFound(int Events, long Bytes, List<(int Event, Hit Hit)> Hits, List<long> Times);

/// <summary>One thread's way from records to hits. Used again for chunk after chunk.</summary>
sealed class HuntLane(ActiveRules rules, Func<IReadOnlyList<Record>, EventBatch> normalise)
{
    readonly RuleMatcher matcher = new(rules.Set);

    public HuntFound Match(List<Record> records, long nowMs, bool keepTimes)
    {
        var hits = new List<(int, Hit)>();
        var times = new List<long>();
        using var batch = normalise(records).Seal();
        for (var i = 0; i < batch.Count; i++)
        {
            if (keepTimes) times.Add(HitMaker.TimeOf(batch[i].Head));
            foreach (var rule in matcher.Match(batch, i, rules.Enabled)) hits.Add((i, HitMaker.Make(matcher.Values, rule, rules.Queues[rule.Index], nowMs)));
        }
        return new(batch.Count, records.Sum(r => (long)r.Raw.Length), hits, times);
    }
}
