using Andon.Intake.Sources.Silence;
using Andon.Model;

namespace Andon.Intake.Sources.Quality;

/// <summary>Figures of some sources together. Events, Failures, Bytes, Lost and Repeated only grow; the rest is as it stands.</summary>
/// <param name="Rules">Rules in force that they feed; <paramref name="Techniques"/>: what those look for.</param>
/// <param name="Silent">Sources whose silence is told; <paramref name="Ailing"/>: those with any alarm.</param>
/// <param name="Broken">Contracts not kept.</param>
/// <param name="Young">Sources whose silence cannot be judged by their own habits yet.</param>
/// <param name="OldestMs">When the first of them was first heard.</param>
public sealed record QualityFigures(
    int Sources, int Datasets, int Rules, int Techniques, long Events, long Failures, int Unowned, int Unconfirmed, int Contracts, int Broken,
    int Silent, int Ailing, int Young, long OldestMs, long Bytes, long BytesPerDay, long Lost, int Counting, long Repeated)
{
    internal static QualityFigures Of(IReadOnlyCollection<Source> sources, Catalogue catalogue, IReadOnlyDictionary<string, SourceAilment[]> ill, long nowMs)
    {
        var rules = new HashSet<string>(StringComparer.Ordinal);
        var techniques = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in sources.SelectMany(Catalogue.RulesOf))
            if (rule is { Enabled: true, Queue: not RuleQueue.Input } && rules.Add(rule.RuleId)) techniques.UnionWith(rule.Techniques);
        var ailments = sources.Select(s => SourceView.AilmentsOf(s, ill)).ToList();
        return new(
            sources.Count, sources.Select(s => s.Dataset).Distinct().Count(), rules.Count, techniques.Count, sources.Sum(s => s.Events), sources.Sum(s => s.ParseFailures),
            sources.Count(s => s.Card.Owner.Length == 0), sources.Count(s => !s.Card.Confirmed), sources.Count(s => s.Contract is not null), sources.Count(s => Catalogue.Breaches(s, nowMs) is var (m, n) && m.Count + n.Count > 0),
            ailments.Count(a => a.Contains(SourceAilment.Silent)), ailments.Count(a => a.Count > 0), sources.Count(s => s.Voice is { } v && nowMs - v.Watch.Rhythm.FirstMs < 14 * Calendar.DayMs),
            sources.Count == 0 ? 0 : sources.Min(s => s.FirstMs), sources.Sum(s => s.Bytes), (long)sources.Sum(s => s.BytesPerDay(nowMs)), sources.Sum(s => s.LostEvents),
            sources.Count(s => s.Health.Counters.Tracks.Count > 0), sources.Sum(s => (long)Math.Round(s.Health.RepeatShare * s.Events)));
    }

    /// <summary>By what sources are put together; a source may be in several groups, and in none.</summary>
    internal static readonly string[] Ways = ["dataset", "group", "unit"];

    /// <summary>Figures of all (under the empty key), and of each part that sources fall into that way; the largest first. The caller holds the gate.</summary>
    internal static List<(string Key, QualityFigures Figures)> Rows(Catalogue catalogue, string by, int most, long nowMs)
    {
        var ill = SourceView.AilmentsBySubject(catalogue);
        var sources = catalogue.Sources.Where(s => s.Events > 0).ToList();
        var parts = by switch
        {
            "group" => catalogue.Groups.Select(g => (g.Key, List: sources.Where(s => Grouping.Holds(g.Value, s)).ToList())).Append((Key: "", List: [])),
            "unit" => sources.GroupBy(s => s.Card.Unit, StringComparer.Ordinal).Select(g => (g.Key, List: g.ToList())),
            _ => sources.GroupBy(s => s.Dataset, StringComparer.Ordinal).Select(g => (g.Key, List: g.ToList())),
        };
        var all = new List<(string Key, QualityFigures Figures)> { ("", Of(sources, catalogue, ill, nowMs)) };
        all.AddRange(parts.Where(p => p.List.Count > 0 || p.Key.Length > 0).OrderByDescending(p => p.List.Sum(s => s.Bytes)).ThenBy(p => p.Key, StringComparer.Ordinal).Take(most)
            .Select(p => (p.Key.Length == 0 ? Nobody : p.Key, Of(p.List, catalogue, ill, nowMs))));
        return all;
    }

    /// <summary>Sources of no unit.</summary>
    internal const string Nobody = "(none)";
}
