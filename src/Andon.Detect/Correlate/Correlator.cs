using System.Globalization;
using System.Text;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Model;

namespace Andon.Detect.Correlate;

/// <summary>
/// Correlations as a fold over hits in the order of the hit log. All state follows from those hits alone and from when they were
/// detected, so a restart that reads the log again stands where it stood.
/// </summary>
sealed class Correlator
{
    sealed record Taker(CorrelationState State, RuleInput Input);

    readonly Lock gate;
    readonly CorrelationMemory memory;
    readonly CorrelatorOptions options;
    readonly KeyTable sources;
    readonly Watermark watermark;
    readonly List<CorrelationState> states = [];
    readonly Dictionary<string, List<Taker>> takers = [];
    readonly List<Taker>?[] takersOfRule;
    readonly Dictionary<string, IReadOnlyList<string>> fields = [];
    readonly HitFields hitFields = new();
    readonly HashSet<(string Rule, EventId Event)> recalled = [];
    byte[] sourceBytes = new byte[256];

    public Correlator(RuleSet set, Correlator? before = null, CorrelatorOptions? options = null)
    {
        this.options = options ?? before?.options ?? new();
        gate = before?.gate ?? new();
        memory = before?.memory ?? new();
        sources = before?.sources ?? new(memory.Bytes);
        watermark = before?.watermark ?? new(this.options, sources);
        fields = CorrelationFields.Needs(set.Rules, set.Correlations);
        takersOfRule = new List<Taker>?[set.Rules.Count];
        var all = new Dictionary<string, SigmaDocument>();
        foreach (var document in set.Rules.Concat<SigmaDocument>(set.Correlations))
            foreach (var name in new[] { document.Header.Id?.ToLowerInvariant(), document.Header.Name })
                if (name is not null) all.TryAdd(name, document);
        SigmaDocument? Find(string reference) => all.GetValueOrDefault(reference) ?? all.GetValueOrDefault(reference.ToLowerInvariant());

        lock (gate)
        {
            var kept = new HashSet<CorrelationState>();
            foreach (var document in set.Correlations)
            {
                // Unchanged but for its threshold or texts: what was gathered stays.
                var carried = CorrelationFields.CarriedBy(document, fields);
                var signature = CorrelationState.SignatureOf(document, carried);
                var known = before?.states.Find(s => s.Signature == signature);
                var state = new CorrelationState(document, carried, Extra(document, 0), memory, watermark, this.options, known);
                if (known is not null) kept.Add(known);
                else if (before?.states.Exists(s => s.Document.Header.RuleId == document.Header.RuleId && s.Groups > 0) ?? false) state.Counters.StartAnew(document);
                states.Add(state);
                for (var i = 0; i < document.Rules.Count; i++)
                {
                    if (Find(document.Rules[i]) is not { } input) continue;
                    var names = fields[input.Header.RuleId];
                    int Place(string name) => names.ToList().IndexOf(CorrelationFields.FieldOf(document, name, input.Header));
                    Taker taker = new(state, new(i, [.. document.GroupBy.Select(Place)], [.. document.ValueFields.Select(Place)], [.. carried.Select(Place)]));
                    if (!takers.TryGetValue(input.Header.RuleId, out var list)) takers[input.Header.RuleId] = list = [];
                    list.Add(taker);
                }
            }
            for (var i = 0; i < takersOfRule.Length; i++) takersOfRule[i] = takers.GetValueOrDefault(set.Rules[i].Header.RuleId);
            foreach (var gone in before?.states.Where(s => !kept.Contains(s)) ?? []) gone.Clear();
        }

        // Firings of an inner correlation that waits for a window's end come that much later than other hits.
        long Extra(CorrelationDocument of, int depth) => depth > 8 ? 0 : of.Rules.Select(Find).OfType<CorrelationDocument>()
            .Select(inner => Extra(inner, depth + 1) + (inner.AtOnce ? 0 : inner.TimespanMs + this.options.LatenessMs)).DefaultIfEmpty(0).Max();
    }

    public CorrelatorOptions Options => options;
    public bool Any => states.Count > 0;
    public IReadOnlyList<CorrelationState> States => states;
    public int Groups => states.Sum(s => s.Groups);
    /// <summary>Bytes of keys, rows and notes in use, and of the tables over them.</summary>
    public long Bytes => memory.Taken + states.Sum(s => s.TableBytes);

    /// <summary>Names of the fields that correlations read of that rule's events; <see cref="MatchedFields"/> goes by their places.</summary>
    public IReadOnlyList<string> FieldsOf(string ruleId) => fields.GetValueOrDefault(ruleId, []);

    /// <summary>Do correlations read that rule's events?</summary>
    public bool Wants(int rule) => takersOfRule[rule] is not null;

    /// <summary>Takes a matched event in, in order; firings are added to <paramref name="fired"/>, inner ones before the outer ones they feed.</summary>
    public void Take(in MatchedEvent e, List<Firing> fired)
    {
        lock (gate)
        {
            watermark.Clock(options.Wall ? e.DetectedMs : e.TimeMs);
            Close(fired);
            if (takersOfRule[e.Rule] is not { } list) return;
            var source = watermark.See(e.Source, e.TimeMs);
            Close(fired);
            Feed(list, e.Event, e.TimeMs, source, e.Fields, fired);
        }
    }

    /// <summary>Takes a hit in: the other door, for the hit log and for those who have hits only.</summary>
    public void Take(Hit hit, List<Firing> fired)
    {
        lock (gate)
        {
            watermark.Clock(options.Wall ? hit.DetectedMs : hit.TimeMs);
            Close(fired);
            if (!takers.TryGetValue(hit.RuleId, out var list)) return;
            var source = Move(hit, fired);
            Feed(list, hit.Event, hit.TimeMs, source, hitFields.Of(hit, FieldsOf(hit.RuleId)), fired);
        }
    }

    /// <summary>Moves event time on where the stream is the clock (a hunt): windows that wait for their end may be over.</summary>
    public void Advance(long timeMs, List<Firing> fired)
    {
        if (options.Wall || timeMs <= watermark.ClockMs) return;
        lock (gate)
        {
            watermark.Clock(timeMs);
            Close(fired);
        }
    }

    /// <summary>Moves the wall clock on where it is the clock (live): idle sources hold no window open.</summary>
    public void Tick(long nowMs, List<Firing> fired)
    {
        if (!options.Wall) return;
        lock (gate)
        {
            watermark.Clock(nowMs);
            Close(fired);
        }
    }

    /// <summary>The stream is at its end (a hunt): every window still open is decided.</summary>
    public void End(List<Firing> fired)
    {
        lock (gate)
        {
            while (Next(long.MaxValue) is { } state) CloseOne(state, fired);
        }
    }

    /// <summary>Takes in a hit that stands in the hit log already; what it fires stands there too.</summary>
    public void Recall(Hit hit)
    {
        var past = new List<Firing>();
        if (states.Find(s => s.Document.Header.RuleId == hit.RuleId) is not { } state)
        {
            Take(hit, past);
            foreach (var firing in past) recalled.Add((firing.Document.Header.RuleId, firing.Event));
            if (recalled.Count > 100_000) recalled.Clear();
            return;
        }
        lock (gate)
        {
            watermark.Clock(options.Wall ? hit.DetectedMs : long.MinValue);
            Close(past);
            foreach (var firing in past) recalled.Add((firing.Document.Header.RuleId, firing.Event));
            past.Clear();
            var first = hit.Fields.TryGetValue("correlation.first", out var text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUnixTimeMilliseconds() : hit.TimeMs;
            state.Recall(hit, first);
            // Its events may lie before what was read again; the firing itself is known for certain.
            if (!recalled.Remove((hit.RuleId, hit.Event)) && takers.TryGetValue(hit.RuleId, out var list))
                Feed(list, hit.Event, hit.TimeMs, source: -1, new HitFields().Of(hit, FieldsOf(hit.RuleId)), past);
        }
    }

    /// <summary>
    /// Hits detected before this do not matter any more, when the newest was detected at <paramref name="newestMs"/>: where a stage
    /// that starts again begins to recall. Twice the timespan, so that the phase of firings is known too.
    /// </summary>
    public long RecallFromMs(long newestMs)
    {
        var longest = states.Select(s => 2 * s.Document.TimespanMs + s.ExtraMs * 2).DefaultIfEmpty(0).Max();
        // A chain needs what its inner correlations need before its own time begins.
        var chain = takers.Values.SelectMany(t => t).Any(t => t.State.Document.Rules.Any(r => states.Exists(s => s.Document.Header.Answers(r)))) ? states.Sum(s => 2 * s.Document.TimespanMs) : 0;
        return newestMs - Math.Max(longest, chain) - options.LatenessMs - options.SourceIdleMs - options.SourceLagMs;
    }

    /// <summary>A read-only view of one correlation and of the groups nearest to firing; null when there is none of that id.</summary>
    public CorrelationLook? Look(string ruleId, int most)
    {
        lock (gate) return states.Find(s => s.Document.Header.RuleId == ruleId)?.Look(most);
    }

    /// <summary>Findings since the last call: limits reached, late and missing hits, state begun anew. The stage raises them.</summary>
    public IReadOnlyList<Finding> Drain()
    {
        List<Finding> all = [];
        lock (gate)
            foreach (var state in states) state.Counters.Drain(all);
        return all;
    }

    int Move(Hit hit, List<Firing> fired)
    {
        var room = Encoding.UTF8.GetMaxByteCount(hit.SourceId.Length);
        if (sourceBytes.Length < room) sourceBytes = new byte[room];
        var source = watermark.See(sourceBytes.AsSpan(0, Encoding.UTF8.GetBytes(hit.SourceId, sourceBytes)), hit.TimeMs);
        Close(fired);
        return source;
    }

    void Feed(List<Taker> list, EventId id, long timeMs, int source, MatchedFields of, List<Firing> fired)
    {
        foreach (var (state, input) in list)
        {
            var from = fired.Count;
            state.Take(id, timeMs, source, of, input, fired);
            for (int i = from, to = fired.Count; i < to; i++) Chain(fired[i], fired);
            while (memory.Taken * 5 > options.BytesMax && memory.Taken + Groups * 100L > options.BytesMax && Largest() is { Groups: > 0 } largest) largest.EvictOne();
        }
    }

    void Chain(Firing firing, List<Firing> fired)
    {
        if (!takers.TryGetValue(firing.Document.Header.RuleId, out var outer)) return;
        Feed(outer, firing.Event, firing.TimeMs, -1, new HitFields().Of(firing.AsHit(), FieldsOf(firing.Document.Header.RuleId)), fired);
    }

    void Close(List<Firing> fired)
    {
        while (Next(watermark.Ms) is { } state) CloseOne(state, fired);
    }

    void CloseOne(CorrelationState state, List<Firing> fired)
    {
        var from = fired.Count;
        state.Close(fired);
        for (int i = from, to = fired.Count; i < to; i++) Chain(fired[i], fired);
    }

    // Whose window ends first, before that time.
    CorrelationState? Next(long beforeMs)
    {
        CorrelationState? next = null;
        foreach (var state in states)
            if (state.NextCloseMs < beforeMs)
            {
                next = state;
                beforeMs = state.NextCloseMs;
            }
        return next;
    }

    CorrelationState Largest() => states.MaxBy(s => s.Groups)!;
}
