using Andon.Detect.Sigma.Compilation;
using Andon.Model;

namespace Andon.Detect.Correlate;

/// <summary>
/// Correlations over stored hits, late ones in their places: the same engine, in order of event time. What fired already does not
/// fire a second time: a firing of the same correlation and group whose window has an event in common with it.
/// </summary>
static class Backfill
{
    /// <param name="stored">Hits of the time in question, firings of correlations among them.</param>
    public static IReadOnlyList<Firing> Run(RuleSet set, IEnumerable<Hit> stored, CorrelatorOptions options)
    {
        var correlations = set.Correlations.Select(c => c.Header.RuleId).ToHashSet();
        var hits = stored.ToList();
        var known = hits.Where(h => correlations.Contains(h.RuleId)).ToLookup(h => h.RuleId);
        var correlator = new Correlator(set, null, options with { Wall = false });
        var fired = new List<Firing>();
        foreach (var hit in hits.Where(h => !correlations.Contains(h.RuleId)).OrderBy(h => h.TimeMs).ThenBy(h => h.Event)) correlator.Take(hit, fired);
        correlator.End(fired);
        return [.. fired.Where(f => !known[f.Document.Header.RuleId].Any(h => Same(f, h)))];
    }

    static bool Same(Firing firing, Hit known)
    {
        foreach (var (field, value) in firing.Group)
            if (!known.Fields.TryGetValue(field, out var other) || !Sigma.Matching.Fold.Text(other).Equals(Sigma.Matching.Fold.Text(value), StringComparison.Ordinal)) return false;
        return known.Contributing.Intersect(firing.Contributing).Any();
    }
}
