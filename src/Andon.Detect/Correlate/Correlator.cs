using System.Globalization;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Model;

namespace Andon.Detect.Correlate;

/// <summary>
/// Correlations as a fold over hits in the order of the hit log. All state follows from those hits alone, so a restart that reads the
/// log again stands where it stood. Windows slide by event time and are closed: newest and oldest at most <c>timespan</c> apart.
/// </summary>
sealed class Correlator
{
    readonly Dictionary<string, List<(CorrelationState State, int Rule)>> inputs = [];
    readonly List<CorrelationState> states = [];
    long newestMs = long.MinValue;

    public Correlator(RuleSet set, Correlator? before = null)
    {
        var all = new List<SigmaDocument>([.. set.Rules, .. set.Correlations]);
        foreach (var document in set.Correlations)
        {
            // Unchanged but for its threshold or texts: what was gathered stays.
            var state = before?.states.Find(s => s.Signature == CorrelationState.SignatureOf(document))?.With(document) ?? new CorrelationState(document);
            states.Add(state);
            for (var i = 0; i < document.Rules.Count; i++)
            {
                if (DocumentSet.Find(all, document.Rules[i]) is not { } input) continue;
                if (!inputs.TryGetValue(input.Header.RuleId, out var list)) inputs[input.Header.RuleId] = list = [];
                list.Add((state, i));
                state.Inputs[i] = input.Header;
            }
        }
        if (before is not null) newestMs = before.newestMs;
    }

    public bool Any => states.Count > 0;
    public IReadOnlyList<CorrelationState> States => states;

    /// <summary>Takes a hit in, in order; firings are added to <paramref name="fired"/>, inner ones before the outer ones they feed.</summary>
    public void Take(Hit hit, List<Firing> fired)
    {
        Advance(hit.TimeMs, fired);
        Feed(hit, fired);
    }

    /// <summary>Moves event time on: windows whose condition waits for their end are decided.</summary>
    public void Advance(long timeMs, List<Firing> fired)
    {
        if (timeMs <= newestMs) return;
        newestMs = timeMs;
        foreach (var state in states)
        {
            if (state.NextCloseMs > newestMs - Limits.LatenessMs) continue;
            var from = fired.Count;
            state.Close(newestMs - Limits.LatenessMs, fired);
            for (var i = from; i < fired.Count; i++) Feed(fired[i].AsHit(), fired);
        }
    }

    /// <summary>
    /// Takes in a hit that stands in the hit log already; what it fires stands there too. A firing of a window that waited for its end
    /// tells how far event time had come.
    /// </summary>
    public void Recall(Hit hit)
    {
        var past = new List<Firing>();
        if (states.Find(s => s.Document.Header.RuleId == hit.RuleId) is not { } state) Take(hit, past);
        else if (!state.Document.Monotone && hit.Fields.TryGetValue("correlation.first", out var first)
            && DateTimeOffset.TryParse(first, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            Advance(at.ToUnixTimeMilliseconds() + state.Document.TimespanMs + Limits.LatenessMs + 1, past);
    }

    void Feed(Hit hit, List<Firing> fired)
    {
        if (!inputs.TryGetValue(hit.RuleId, out var takers)) return;
        foreach (var (state, rule) in takers)
        {
            var from = fired.Count;
            state.Take(hit, rule, fired);
            for (int i = from, to = fired.Count; i < to; i++) Feed(fired[i].AsHit(), fired);
        }
    }
}

/// <summary>A correlation came true.</summary>
sealed record Firing(
    CorrelationDocument Document, EventId Event, long TimeMs, IReadOnlyList<(string Field, string Value)> Group, long Count,
    long FirstMs, IReadOnlyList<EventId> Contributing, IReadOnlyList<Entity> Entities, string SourceId, IReadOnlyList<string> Values)
{
    public Hit AsHit(RuleQueue queue = RuleQueue.Input, long nowMs = 0)
    {
        var header = Document.Header;
        var fields = new Dictionary<string, string>();
        foreach (var (field, value) in Group) fields[field] = value;
        fields["correlation.count"] = Count.ToString(CultureInfo.InvariantCulture);
        fields["correlation.first"] = UnixMs.ToIso(FirstMs);
        fields["correlation.last"] = UnixMs.ToIso(TimeMs);
        if (Values.Count > 0) fields["correlation.values"] = string.Join(", ", Values.Take(20));
        return new(Event, TimeMs, nowMs, header.RuleId, header.Title, header.Author, header.Level, queue, header.Tags, SourceId, Entities, fields, Contributing);
    }
}

/// <summary>Folded group values; equal when every part is, never by joining them.</summary>
readonly record struct GroupKey(string[] Parts)
{
    public bool Equals(GroupKey other) => Parts.AsSpan().SequenceEqual(other.Parts);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var part in Parts) hash.Add(part);
        return hash.ToHashCode();
    }

    public static GroupKey Of(IEnumerable<string> values) => new([.. values.Select(Fold.Text)]);
}
