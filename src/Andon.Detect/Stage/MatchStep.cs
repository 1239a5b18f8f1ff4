using Andon.Detect.Correlate;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Matching;
using Andon.Model;

namespace Andon.Detect.Stage;

/// <summary>An event that stopped the matcher: our fault, not the event's.</summary>
sealed class EventStoppedException(ulong position, Exception inner) : Exception($"Record {position} stopped the matcher.", inner)
{
    public ulong Position { get; } = position;
}

/// <summary>The pure step of the matcher: rules, state and a batch in; hit blocks out. It knows neither logs nor clocks.</summary>
/// <param name="book">Told what rules meet: events, fields, cost, what filters took back. Null where nobody asks.</param>
sealed class MatchStep(ActiveRules rules, Correlator correlator, RuleBook.RuleBook? book = null)
{
    readonly RuleMatcher matcher = new(rules.Set);
    readonly int[] hitsOfRule = new int[rules.Set.Rules.Count];
    readonly List<Firing> fired = [];

    public ActiveRules Rules => rules;
    public Correlator Correlator => correlator;
    public RuleMatcher Matcher => matcher;
    /// <summary>Hits beyond what one rule may make in one batch.</summary>
    public long Overflow { get; private set; }

    /// <summary>
    /// Blocks that together cover the batch. A block ends at a record's end, never within one, so that every block's end is a place to
    /// go on from. The list is empty when nothing matched.
    /// </summary>
    public List<HitBlock> Run(EventBatch batch, ulong from, long nowMs, Func<ulong, bool>? quarantined = null)
    {
        List<HitBlock> blocks = [];
        List<Hit>? hits = null;
        Array.Clear(hitsOfRule);
        for (var i = 0; i < batch.Count; i++)
        {
            ref readonly var head = ref batch[i].Head;
            var position = head.Id.Position;
            if (hits is { Count: >= Limits.HitsPerBlockMax } && position > from && (i == 0 || batch[i - 1].Head.Id.Position != position))
            {
                blocks.Add(new(from, position, hits));
                (from, hits) = (position, null);
            }
            if (quarantined is not null && quarantined(position)) continue;
            try
            {
                One(batch, i, nowMs, ref hits);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                throw new EventStoppedException(position, e);
            }
        }
        book?.Tally.Batch(matcher, batch, nowMs, quarantined);
        if (hits is not null) blocks.Add(new(from, batch.To, hits));
        else if (blocks.Count > 0) blocks[^1] = blocks[^1] with { To = batch.To };
        return blocks;
    }

    void One(EventBatch batch, int index, long nowMs, ref List<Hit>? hits)
    {
        if (correlator.Any)
        {
            ref readonly var head = ref batch[index].Head;
            correlator.Advance(head.TimeMs > head.ReceivedMs + Limits.FutureMs ? head.ReceivedMs : head.TimeMs, fired);
            if (fired.Count > 0) Emit(nowMs, ref hits);
        }
        var filtered = matcher.Filtered;
        var matched = matcher.Match(batch, index, rules.Enabled);
        if (matcher.Filtered != filtered && book is not null) TellSuppressed(book, nowMs);
        foreach (var rule in matched)
        {
            if (hitsOfRule[rule.Index]++ >= Limits.HitsPerRuleAndBatchMax) { Overflow++; continue; }
            var hit = HitMaker.Make(matcher.Values, rule, rules.Queues[rule.Index], nowMs);
            (hits ??= []).Add(hit);
            if (!correlator.Any) continue;
            correlator.Take(hit, fired);
            if (fired.Count > 0) Emit(nowMs, ref hits);
        }
    }

    // Rare, so it may ask the filters again: which of them took back which rule.
    void TellSuppressed(RuleBook.RuleBook book, long nowMs)
    {
        foreach (var rule in rules.Set.PlanOf(matcher.Values).Rules)
        {
            if (rule.Filters.Count == 0 || !rules.Enabled[rule.Index] || !rule.Root.Eval(matcher.Values)) continue;
            foreach (var filter in rule.Filters)
                if (!filter.Root.Eval(matcher.Values)) book.Counters.Suppressed(filter.Document.Header.RuleId, rule.RuleId, nowMs);
        }
    }

    void Emit(long nowMs, ref List<Hit>? hits)
    {
        foreach (var firing in fired)
        {
            var (queue, enabled) = rules.Of(firing.Document);
            if (enabled) (hits ??= []).Add(firing.AsHit(queue, nowMs));
        }
        fired.Clear();
    }
}
