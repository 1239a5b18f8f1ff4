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
    readonly BatchShare share = new(rules.Set.Rules.Count);
    readonly List<Firing> fired = [];
    EventFields? fields;

    public ActiveRules Rules => rules;
    public Correlator Correlator => correlator;
    public RuleMatcher Matcher => matcher;
    /// <summary>Of the last batch: what matched and made no hit, because its rule had made enough.</summary>
    public BatchShare Share => share;

    /// <summary>
    /// Blocks that together cover the batch. A block ends at a record's end, never within one, so that every block's end is a place to
    /// go on from. The list is empty when nothing matched.
    /// </summary>
    public List<HitBlock> Run(EventBatch batch, ulong from, long nowMs, Func<ulong, bool>? quarantined = null)
    {
        List<HitBlock> blocks = [];
        List<Hit>? hits = null;
        share.Begin();
        // The clock moves on before the batch, so that a recall, which knows only when hits were detected, does the same.
        correlator.Tick(nowMs, fired);
        if (fired.Count > 0) Emit(nowMs, ref hits);
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

    /// <summary>Firings of windows that the wall clock ended while no event came.</summary>
    public List<Hit> Tick(long nowMs)
    {
        List<Hit>? hits = null;
        correlator.Tick(nowMs, fired);
        Emit(nowMs, ref hits);
        return hits ?? [];
    }

    /// <summary>Firings of windows still open at the end of a hunt.</summary>
    public List<Hit> End(long nowMs)
    {
        List<Hit>? hits = null;
        correlator.End(fired);
        Emit(nowMs, ref hits);
        return hits ?? [];
    }

    void One(EventBatch batch, int index, long nowMs, ref List<Hit>? hits)
    {
        if (correlator.Any)
        {
            correlator.Advance(HitMaker.TimeOf(batch[index].Head), fired);
            if (fired.Count > 0) Emit(nowMs, ref hits);
        }
        var matched = matcher.Match(batch, index, rules.Enabled);
        if (book is not null && matcher.Plan is { } plan) plan.Seen++;
        foreach (var (rule, filter) in matcher.Suppressed) book?.Counters.Suppressed(filter.Document.Header.RuleId, rule.RuleId, nowMs);
        foreach (var rule in matched)
        {
            // A correlation counts what is beyond the limit too; only after a restart, which knows the hits alone, it is missing.
            var hit = share.May(rule.Index, matcher.Values.View) ? HitMaker.Make(matcher.Values, rule, rules.Queues[rule.Index], nowMs) : null;
            if (hit is not null) (hits ??= []).Add(hit);
            if (!correlator.Any || !correlator.Wants(rule.Index)) continue;
            ref readonly var head = ref batch[index].Head;
            matcher.Values.View.TryGet(Ecs.LogSourceId, out var source);
            correlator.Take(new MatchedEvent(rule.Index, head.Id, HitMaker.TimeOf(head), nowMs, source, (fields ??= new(matcher.Values)).Of(rule, hit?.Entities)), fired);
            if (fired.Count > 0) Emit(nowMs, ref hits);
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
