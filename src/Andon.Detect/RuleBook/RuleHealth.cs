using Andon.Detect.Sigma.Ast;
using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>What ails a rule.</summary>
public enum HealthMark { NeverFired, Noisy, NoRoute, MissingSource, FieldNeverSeen, Slow, Suppressed }

/// <param name="Text">The figures, for people.</param>
/// <param name="Grave">Worth a finding of the house; otherwise only shown.</param>
public sealed record HealthSign(HealthMark Mark, string Text, bool Grave);

/// <summary>What is known about a rule that its health follows from.</summary>
/// <param name="InForceMs">Since when this version is in use; null when not known.</param>
/// <param name="SourceEvents">Events of its log source; null for a correlation.</param>
sealed record RuleFigures(
    bool Enabled, bool Routed, long NowMs, long WatchedSinceMs, long? InForceMs, long Hits, long Hits24h, long All24h, long? SourceEvents, long SourceLastMs,
    IReadOnlyList<string> NeverSeen, double? Micros, long CostSamples, long SuppressedWeek);

static class RuleHealth
{
    const long Day = 86_400_000;

    /// <summary>Pure: the same figures give the same signs.</summary>
    public static IReadOnlyList<HealthSign> Of(RuleFigures f)
    {
        var signs = new List<HealthSign>();
        if (!f.Enabled) return signs;
        if (!f.Routed) signs.Add(new(HealthMark.NoRoute, "No route gives its log source: it does not run.", Grave: true));
        else if (f.SourceEvents is { } events)
        {
            var days = (f.NowMs - Math.Max(f.SourceLastMs, f.WatchedSinceMs)) / (double)Day;
            if (events == 0) signs.Add(new(HealthMark.MissingSource, $"No event of its log source since {Days(f.NowMs - f.WatchedSinceMs)}, when counting began.", days >= Limits.MissingSourceDays));
            else if (days >= Limits.MissingSourceDays) signs.Add(new(HealthMark.MissingSource, $"The last event of its log source came {Days(f.NowMs - f.SourceLastMs)} ago.", Grave: true));
        }
        if (f.Hits == 0 && f.Routed)
        {
            var inForce = f.NowMs - (f.InForceMs ?? f.NowMs);
            // In its first hours that says nothing.
            if (inForce >= Day) signs.Add(new(HealthMark.NeverFired, $"It never fired; in force for {Days(inForce)}.", inForce >= Limits.NeverFiredDays * Day));
        }
        var share = f.All24h == 0 ? 0 : (double)f.Hits24h / f.All24h;
        if (f.Hits24h > Limits.NoisyHitsPerDay || (share >= Limits.NoisyShare && f.Hits24h >= Limits.NoisyShareHitsMin))
            signs.Add(new(HealthMark.Noisy, $"{f.Hits24h} hits in 24 h, {share:P0} of all.", Grave: true));
        if (f.NeverSeen.Count > 0) signs.Add(new(HealthMark.FieldNeverSeen, $"No event of its log source had {string.Join(", ", f.NeverSeen.Take(5))}{(f.NeverSeen.Count > 5 ? $" and {f.NeverSeen.Count - 5} more" : "")}.", Grave: false));
        if (f.Micros > Limits.SlowMicros && f.CostSamples >= Limits.SlowSamplesMin) signs.Add(new(HealthMark.Slow, $"{f.Micros:0.#} µs an event, in {f.CostSamples} samples.", Grave: true));
        if (f.SuppressedWeek > 0) signs.Add(new(HealthMark.Suppressed, $"Filters took back {f.SuppressedWeek} matches in 7 days.", Grave: false));
        return signs;
    }

    static string Days(long ms) => ms < Day ? $"{Math.Max(0, ms) / 3_600_000} h" : $"{ms / Day} days";

    public static IReadOnlyList<HealthSign> Of(RuleBook book, SigmaDocument document, long nowMs, IReadOnlyList<RouteSeen> seen)
    {
        var active = book.Active;
        var id = document.Header.RuleId;
        var (total, in24h, _, _) = book.Counters.Of(id, nowMs);
        IReadOnlyList<RouteSeen> mine = document is RuleDocument rule ? [.. seen.Where(r => r.Holds(rule.Source))] : [];
        var index = active.IndexOf(id);
        var cost = book.Tally.CostOf(id);
        var week = book.Counters.SuppressedOf(id).Sum(s => s.PerDay.Where(d => d.DayMs > nowMs - 7 * Day).Sum(d => d.Count));
        return Of(new(
            active.Of(id).Enabled, !book.IsUnrouted(id), nowMs, book.Tally.SinceMs == 0 ? nowMs : book.Tally.SinceMs, book.History.VersionMs(id), total, in24h, book.Counters.All24h(nowMs),
            document is RuleDocument ? mine.Sum(r => r.Events) : null, mine.Select(r => r.LastMs).DefaultIfEmpty(0).Max(),
            index < 0 || mine.Count == 0 ? [] : book.Tally.NeverSeen(active.Set.CompiledOf(index), mine), cost?.Micros, cost?.Samples ?? 0, week));
    }
}
