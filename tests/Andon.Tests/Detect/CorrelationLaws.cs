using System.Globalization;
using Andon.Detect.Correlate;
using Andon.Detect.Sigma.Compilation;
using Andon.Model;
using FsCheck;
using FsCheck.Fluent;

namespace Andon.Tests.Detect;

/// <summary>What holds for every stream; and the fast correlator beside the naive one.</summary>
public class CorrelationLaws(ITestOutputHelper output)
{
    /// <summary>One event: seconds since the one before, how late it comes, rule, group, value, source.</summary>
    public readonly record struct Step(int Gap, int Behind, int Rule, int Group, int Value, int Source);

    static readonly string[] Rules = [.. "abc".Select(n => $"title: {n}\nname: {n}\nlevel: low\nlogsource: {{ product: test }}\ndetection: {{ s: {{ r: {n} }}, condition: s }}\n")];

    static readonly string[] Monotone =
    [
        "{ type: event_count, rules: [a, b], group-by: [u], timespan: SPAN, condition: { gte: 4 } }",
        "{ type: value_count, rules: [a, b], group-by: [u], timespan: SPAN, condition: { field: v, gte: 3 } }",
        "{ type: temporal, rules: [a, b, c], group-by: [u], timespan: SPAN }",
        "{ type: temporal, rules: [a, b, c], group-by: [u], timespan: SPAN, condition: { gte: 2 } }",
        "{ type: temporal, rules: [a, b, c], group-by: [u], timespan: SPAN, condition: a and (b or c) }",
        "{ type: temporal_ordered, rules: [c, a, b], group-by: [u], timespan: SPAN }",
        "{ type: event_count, rules: [c], group-by: [u], timespan: SPAN, window: tumbling, condition: { gt: 2 } }",
        "{ type: value_count, rules: [a], group-by: [u], timespan: SPAN, window: session, condition: { field: v, gte: 3 } }",
    ];

    static readonly string[] AtEnd =
    [
        "{ type: event_count, rules: [a, b], group-by: [u], timespan: SPAN, condition: { gte: 2, lte: 3 } }",
        "{ type: event_count, rules: [a], group-by: [u], timespan: SPAN, condition: { neq: 2 } }",
        "{ type: value_count, rules: [a, b], group-by: [u], timespan: SPAN, condition: { field: v, eq: 2 } }",
        "{ type: temporal, group-by: [u], timespan: SPAN, condition: a and not b }",
        "{ type: temporal, rules: [a, b, c], group-by: [u], timespan: SPAN, condition: { lt: 3 } }",
        "{ type: value_sum, rules: [a, b], group-by: [u], timespan: SPAN, condition: { field: v, lte: 4 } }",
        "{ type: value_percentile, rules: [a, c], group-by: [u], timespan: SPAN, condition: { field: v, percentile: 75, lt: 3 } }",
        "{ type: event_count, rules: [a], group-by: [u], timespan: SPAN, window: tumbling, condition: { eq: 2 } }",
        "{ type: event_count, rules: [a, c], group-by: [u], timespan: SPAN, window: session, condition: { lte: 3 } }",
    ];

    static readonly string[] Others =
    [
        "{ type: value_sum, rules: [a, b], group-by: [u], timespan: SPAN, condition: { field: v, gt: 6 } }",
        "{ type: value_avg, rules: [a, c], group-by: [u], timespan: SPAN, condition: { field: v, gte: 2.5 } }",
        "{ type: value_median, rules: [a, b, c], group-by: [u], timespan: SPAN, condition: { field: v, gt: 2 } }",
        "{ type: event_count, rules: [a], group-by: [u], timespan: SPAN, refire: every, condition: { gte: 3 } }",
        "{ type: value_count, rules: [a], group-by: [u, v], timespan: SPAN, condition: { field: v, gte: 1 } }",
    ];

    static readonly Gen<Step[]> Streams =
        from size in Gen.Choose(1, 60)
        from steps in (from gap in Gen.Choose(0, 40)
                       from behind in Gen.Frequency((5, Gen.Constant(0)), (2, Gen.Choose(0, 90)), (1, Gen.Choose(0, 700)))
                       from rule in Gen.Choose(0, 2)
                       from @group in Gen.Choose(0, 2)
                       from value in Gen.Choose(0, 4)
                       from source in Gen.Choose(0, 1)
                       select new Step(gap, behind, rule, @group, value, source)).ArrayOf(size)
        select steps;

    static RuleSet SetOf(string body, int seconds) => Events.Set([.. Rules, $"title: C\nname: C\nlevel: high\ncorrelation: {body.Replace("SPAN", $"{seconds}s", StringComparison.Ordinal)}\n"]);

    // Times in whole seconds from a thousand on; arrival is the order of the list.
    static List<Hit> Hits(Step[] steps, int scale = 1)
    {
        var now = 10_000L;
        var hits = new List<Hit>();
        foreach (var step in steps)
        {
            now += step.Gap;
            var rule = "abc"[step.Rule].ToString();
            hits.Add(new(EventId.At((ulong)hits.Count + 1, 0), (now - step.Behind) * 1000 * scale, 0, rule, rule, "", Level.Low, RuleQueue.Input, [], $"s{step.Source}", [],
                new Dictionary<string, string> { ["u"] = "xyz"[step.Group].ToString(), ["v"] = $"{step.Value}" }, []));
        }
        return hits;
    }

    static List<string> Fired(RuleSet set, IEnumerable<Hit> hits, CorrelatorOptions? options = null)
    {
        var correlator = new Correlator(set, null, options);
        var fired = new List<Firing>();
        foreach (var hit in hits) correlator.Take(hit, fired);
        correlator.End(fired);
        return [.. fired.Select(Text)];
    }

    static string Text(Firing f) => $"{string.Join(',', f.Group.Select(g => g.Value))} {Math.Round(f.Value, 6)} {f.FirstMs}..{f.TimeMs} [{string.Join(' ', f.Contributing)}] by {f.Event}";

    void Holds(int most, IEnumerable<string> bodies, int seconds, Func<RuleSet, Step[], string?> law)
    {
        foreach (var body in bodies)
        {
            var set = SetOf(body, seconds);
            Assert.True(set.Correlations.Count == 1, string.Join('\n', set.Findings));
            Check.One(Config.QuickThrowOnFailure.WithMaxTest(most).WithQuietOnSuccess(true), Prop.ForAll(Streams.ToArbitrary(), steps => law(set, steps) is { } wrong ? Prop.ToProperty(false).Label($"{body}: {wrong}") : Prop.ToProperty(true)));
        }
        output.WriteLine($"{most} streams for each of {bodies.Count()} correlations");
    }

    /// <summary>Straight from the reference's text, with lists: the same firings, and as many late ones.</summary>
    [Fact]
    public void The_fast_one_fires_as_the_naive_one() => Holds(150, Monotone.Concat(AtEnd).Concat(Others), 60, (set, steps) =>
    {
        var document = set.Correlations[0];
        var naive = new CorrelationNaive(document);
        var fast = new Correlator(set);
        var fired = new List<Firing>();
        foreach (var hit in Hits(steps))
        {
            fast.Take(hit, fired);
            if (document.Rules.ToList().IndexOf(hit.RuleId) is var rule and >= 0) naive.Take(hit, rule);
            else naive.Clock(hit.TimeMs);
        }
        fast.End(fired);
        naive.End();
        var left = naive.All.Select(f => f.ToString()).ToList();
        var right = fired.Select(f => new CorrelationNaive.Fired(string.Concat(f.Group.Select(g => $"|{g.Value.Length}:{g.Value}")), f.Value, f.FirstMs, f.TimeMs, (int)f.Events).ToString()).ToList();
        if (!left.SequenceEqual(right)) return $"naive {string.Join("; ", left)} — fast {string.Join("; ", right)}";
        return naive.Late == fast.States[0].Counters.Late ? null : $"late: naive {naive.Late}, fast {fast.States[0].Counters.Late}";
    });

    /// <summary>Windows that are decided at their end do not care in which order events came, within the bound.</summary>
    [Fact]
    public void Order_of_arrival_within_the_bound_does_not_matter_at_the_end_of_a_window() => Holds(60, AtEnd, 60, (set, steps) =>
    {
        var inTime = Hits([.. steps.Select(s => s with { Behind = 0, Source = 0 })]);
        // Each at most the bound later than its place: the order of time plus a delay is such an order.
        var delays = steps.Select((s, i) => (s.Behind * 7 + i * 31) % 300).ToList();
        var late = inTime.Zip(delays).OrderBy(p => p.First.TimeMs + p.Second * 1000).Select(p => p.First).ToList();
        return Same(Fired(set, inTime).Order(), Fired(set, late).Order());
    });

    /// <summary>
    /// A condition that fires at once fires for the same groups and the same stretches of events (parted by more than a timespan),
    /// in whatever order they came within the bound. Which event was the last straw may differ.
    /// </summary>
    [Fact]
    public void Order_of_arrival_within_the_bound_does_not_change_which_stretches_fire() => Holds(60, Monotone, 60, (set, steps) =>
    {
        var inTime = Hits([.. steps.Select(s => s with { Behind = 0, Source = 0, Gap = s.Gap * 2 })]);
        var delays = steps.Select((s, i) => (s.Behind * 7 + i * 31) % 300).ToList();
        var late = inTime.Zip(delays).OrderBy(p => p.First.TimeMs + p.Second * 1000).Select(p => p.First).ToList();
        return Same(Stretches(set, inTime, inTime), Stretches(set, late, inTime));
    });

    [Fact]
    public void One_more_event_never_takes_a_stretch_away() => Holds(60, Monotone, 60, (set, steps) =>
    {
        var more = Hits([.. steps.Select(s => s with { Behind = 0, Source = 0, Gap = s.Gap * 2 })]);
        var without = more.Where((_, i) => i != more.Count / 2).ToList();
        // Stretches of the longer stream, so that both are told by the same names.
        var lost = Stretches(set, without, more).Except(Stretches(set, more, more)).ToList();
        return lost.Count == 0 ? null : $"lost {string.Join("; ", lost)}";
    });

    [Fact]
    public void Twice_the_times_and_twice_the_timespan_is_the_same() => Holds(40, Monotone.Concat(AtEnd).Concat(Others), 30, (set, steps) =>
    {
        var twice = SetOf(set.Correlations[0].Header.Yaml.Split("correlation: ")[1].Replace("30s", "SPAN", StringComparison.Ordinal), 60);
        var wide = new CorrelatorOptions { LatenessMs = 2 * 300_000, SourceIdleMs = 2 * 300_000, SourceLagMs = 2 * 3_600_000 };
        // Pieces of the clock begin at the epoch: that is the same place after doubling.
        return Same(Fired(set, Hits(steps)), Fired(twice, Hits(steps, scale: 2), wide).Select(Halve));
    });

    /// <summary>Everything but the hit log is forgotten after any event.</summary>
    [Fact]
    public void A_restart_anywhere_changes_nothing() => Holds(60, Monotone.Concat(AtEnd).Concat(Others), 60, (set, steps) =>
    {
        var hits = Hits(steps);
        var log = new List<Hit>();
        var fired = new List<Firing>();
        var correlator = new Correlator(set);
        for (var i = 0; i < hits.Count; i++)
        {
            var from = fired.Count;
            log.Add(hits[i]);
            correlator.Take(hits[i], fired);
            log.AddRange(fired.Skip(from).Select(f => f.AsHit()));
            if ((i * 7 + steps[0].Gap) % 11 != 0) continue;
            correlator = new(set);
            foreach (var hit in log) correlator.Recall(hit);
        }
        correlator.End(fired);
        return Same(Fired(set, hits), fired.Select(Text));
    });

    /// <summary>The matcher's door and the hit log's door lead to the same state.</summary>
    [Fact]
    public void Both_doors_are_one() => Holds(40, Monotone.Concat(AtEnd).Concat(Others), 60, (set, steps) =>
    {
        var hits = Hits(steps);
        var correlator = new Correlator(set);
        var fired = new List<Firing>();
        var values = new HitFields();
        foreach (var hit in hits)
            correlator.Take(new MatchedEvent("abc".IndexOf(hit.RuleId[0], StringComparison.Ordinal), hit.Event, hit.TimeMs, 0, System.Text.Encoding.UTF8.GetBytes(hit.SourceId), values.Of(hit, correlator.FieldsOf(hit.RuleId))), fired);
        correlator.End(fired);
        return Same(Fired(set, hits), fired.Select(Text));
    });

    // Which stretch of a group's events each firing lies in: stretches are parted by more than a timespan without any.
    static List<string> Stretches(RuleSet set, List<Hit> hits, List<Hit> naming)
    {
        var document = set.Correlations[0];
        var times = naming.Where(h => document.Rules.Contains(h.RuleId)).GroupBy(h => h.Fields["u"]).ToDictionary(g => g.Key, g => g.Select(h => h.TimeMs).Order().ToList());
        var correlator = new Correlator(set);
        var fired = new List<Firing>();
        foreach (var hit in hits) correlator.Take(hit, fired);
        return [.. fired.Select(f =>
        {
            var of = times[f.Group[0].Value];
            var at = of.IndexOf(f.TimeMs);
            while (at > 0 && of[at] - of[at - 1] <= document.TimespanMs) at--;
            return $"{f.Group[0].Value} {of[at]}";
        }).Distinct().Order()];
    }

    static string Halve(string fired)
    {
        var parts = fired.Split(' ');
        var times = parts[2].Split("..");
        parts[2] = $"{long.Parse(times[0], CultureInfo.InvariantCulture) / 2}..{long.Parse(times[1], CultureInfo.InvariantCulture) / 2}";
        return string.Join(' ', parts);
    }

    static string? Same(IEnumerable<string> left, IEnumerable<string> right)
    {
        var (a, b) = (left.ToList(), right.ToList());
        return a.SequenceEqual(b) ? null : $"{string.Join("; ", a)} — {string.Join("; ", b)}";
    }
}
