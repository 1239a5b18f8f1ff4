using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Stage;
using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary>Makes events of records, with the fields that a reader looks at.</summary>
public delegate EventBatch Normalising(IReadOnlyList<Record> records, FieldSelection only);

/// <summary>What one chunk of records gave: hits with the event's place in the chunk, and every event's time where correlations need it.</summary>
sealed record HuntFound(int Events, long Bytes, List<(int Event, Hit Hit)> Hits, List<long> Times);

/// <summary>
/// One thread's way from records to hits. Records are read for the fields that rules look at; the few that match, or whose keywords
/// cannot be ruled out, are read whole. Used again for chunk after chunk.
/// </summary>
sealed class HuntLane(ActiveRules rules, Normalising normalise)
{
    /// <summary>Where one in so many of a chunk must be read whole after all, the next chunks are read whole at once.</summary>
    const int WholeOneIn = 4, WholeChunks = 15;

    readonly RuleMatcher part = new(rules.Set), whole = new(rules.Set);
    readonly List<Record> one = new(1);
    int wholly;

    public HuntFound Match(List<Record> records, long nowMs, bool keepTimes)
    {
        var hits = new List<(int, Hit)>();
        var times = new List<long>();
        int again = 0, record = 0;
        using var batch = normalise(records, wholly > 0 ? FieldSelection.Everything : rules.Set.Fields.Selection).Seal();
        for (var i = 0; i < batch.Count; i++)
        {
            if (keepTimes) times.Add(HitMaker.TimeOf(batch[i].Head));
            if (wholly > 0)
            {
                Add(hits, i, whole.Match(batch, i, rules.Enabled), nowMs);
                continue;
            }
            var found = part.MatchPart(batch, i, rules.Enabled);
            if (found is { Count: 0 }) continue;
            again += found is null ? 1 : 0;
            one.Clear();
            // A record may hold several events.
            while (records[record].Position != batch[i].Id.Position) record++;
            one.Add(records[record]);
            using var alone = normalise(one, FieldSelection.Everything).Seal();
            var number = batch[i].Id.Number;
            if (found is null) found = whole.Match(alone, number, rules.Enabled);
            else whole.Route(alone, number);
            Add(hits, i, found, nowMs);
        }
        wholly = again * WholeOneIn > batch.Count ? WholeChunks : Math.Max(0, wholly - 1);
        return new(batch.Count, records.Sum(r => (long)r.Raw.Length), hits, times);
    }

    void Add(List<(int, Hit)> hits, int at, List<CompiledRule> found, long nowMs)
    {
        foreach (var rule in found) hits.Add((at, HitMaker.Make(whole.Values, rule, rules.Queues[rule.Index], nowMs)));
    }
}
