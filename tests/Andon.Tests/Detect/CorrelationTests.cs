using System.Globalization;
using Andon.Detect.Correlate;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Stage;
using Andon.Model;

namespace Andon.Tests.Detect;

public class CorrelationTests(ITestOutputHelper output)
{
    static string Rule(string name) => $"title: {name}\nname: {name}\nlevel: low\nlogsource: {{ product: test }}\ndetection: {{ s: {{ r: {name} }}, condition: s }}\n";
    static string Correlation(string body) => $"title: C\nname: C\nlevel: high\ncorrelation: {body}\n";
    static readonly string[] Rules = [Rule("a"), Rule("b"), Rule("c")];

    [Fact]
    public void Timelines_fire_where_they_say()
    {
        var run = new CorrelationTimelines();
        foreach (var file in Directory.EnumerateFiles(Events.Here, "timelines*.txt").Order(StringComparer.Ordinal)) run.Run(File.ReadAllLines(file));
        output.WriteLine($"{run.Count} timelines");
        Assert.True(run.Wrong.Count == 0, string.Join('\n', run.Wrong));
        Assert.True(run.Count >= 120);
    }

    [Fact]
    public void The_examples_of_the_page_for_users_are_true()
    {
        var inside = false;
        var lines = new List<string>();
        foreach (var line in File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "docs", "reference", "correlations.md")))
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) inside = line == "```timeline";
            else if (inside) lines.Add(line);
        }
        var run = new CorrelationTimelines().Run(lines);
        Assert.True(run.Wrong.Count == 0, string.Join('\n', run.Wrong));
        Assert.True(run.Count >= 12);
    }

    /// <summary>No list of groups is walked, and no object is made, for an event that does not fire.</summary>
    [Fact]
    public void A_known_group_costs_no_memory_for_another_event()
    {
        var correlator = new Correlator(Events.Set(Rule("a"), Correlation("{ type: event_count, rules: [a], group-by: [u], timespan: 60s, condition: { gte: 100 } }")));
        var fields = new HitFields().Of(new(EventId.At(1, 0), 0, 0, "a", "a", "", Level.Low, RuleQueue.Input, [], "s", [], new Dictionary<string, string> { ["u"] = "x" }, []), correlator.FieldsOf("a"));
        var fired = new List<Firing>();
        ulong n = 0;
        void Some(int count)
        {
            // A minute is never full of them, so the same rows are used again and again.
            for (var i = 0; i < count; i++) correlator.Take(new MatchedEvent(0, EventId.At(++n, 0), (long)n * 5_000, 0, "s"u8, fields), fired);
        }
        Some(2_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Some(2_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Empty(fired);
        Assert.Equal(1, correlator.Groups);
    }

    [Fact]
    public void A_look_inside_shows_value_threshold_and_time_left()
    {
        var correlator = new Correlator(Events.Set(Rule("a"), Correlation("{ type: event_count, rules: [a], group-by: [u], timespan: 60s, condition: { gte: 3 } }")));
        var fired = new List<Firing>();
        void At(ulong n, int second, string u) => correlator.Take(new Hit(EventId.At(n, 0), second * 1000, 0, "a", "a", "", Level.Low, RuleQueue.Input, [], "s", [], new Dictionary<string, string> { ["u"] = u }, []), fired);
        for (var i = 0; i < 3; i++) At((ulong)i + 1, i, "x");
        At(4, 20, "y");
        At(5, 30, "y");
        var look = correlator.Look("C", 1)!;
        Assert.Equal(("gte 3", 2, true, 30_000 - 300_000L), (look.Threshold, look.Groups, look.AtOnce, look.WatermarkMs));
        var nearest = Assert.Single(look.Nearest);
        Assert.Equal(("x", 3, true, 2_000L, 2_000L), (nearest.Group[0].Value, (int)nearest.Value, nearest.Holds, nearest.LastMs, nearest.FiredMs));
        var second = correlator.Look("C", 2)!.Nearest[1];
        Assert.Equal(("y", 2.0, false, 50_000L, null), (second.Group[0].Value, second.Value, second.Holds, second.LeftMs, second.FiredMs));
        Assert.Null(correlator.Look("nowhere", 1));
    }

    [Theory]
    [InlineData("{ type: event_count, rules: [a], group-by: [u], timespan: 60s, condition: { gt: 3 } }", 4.0, "x 2", "y 1")]
    [InlineData("{ type: event_count, rules: [a], group-by: [u], timespan: 60s, condition: { lte: 3 } }", null, "y 1", "x 2")]
    [InlineData("{ type: temporal_ordered, rules: [b, a, c], group-by: [u], timespan: 60s }", 3.0, "y 2", "x 1")]
    public void A_look_inside_begins_with_who_is_nearest(string correlation, double? wanted, string first, string second)
    {
        var correlator = new Correlator(Events.Set([.. Rules, Correlation(correlation)]));
        void At(ulong n, string rule, string u) => correlator.Take(new Hit(EventId.At(n, 0), (long)n * 1000, 0, rule, rule, "", Level.Low, RuleQueue.Input, [], "s", [], new Dictionary<string, string> { ["u"] = u }, []), []);
        At(1, "b", "y");
        At(2, "a", "y");
        At(3, "a", "x");
        At(4, "b", "x");
        if (!correlation.Contains("[a]", StringComparison.Ordinal)) At(5, "b", "x");
        else At(5, "a", "x");
        var look = correlator.Look("C", 5)!;
        Assert.Equal(wanted, look.Wanted);
        Assert.Equal([first, second], look.Nearest.Select(g => $"{g.Group[0].Value} {g.Value}"));
    }

    /// <summary>What a restart may leave out does not change what comes after it.</summary>
    [Fact]
    public void Hits_before_the_recall_point_do_not_matter()
    {
        var set = Events.Set([.. Rules, Correlation("{ type: event_count, rules: [a], group-by: [u], timespan: 10m, condition: { gte: 3 } }"),
            "title: O\nname: O\nlevel: high\ncorrelation: { type: temporal_ordered, rules: [C, b], group-by: [u], timespan: 10m }\n"]);
        var options = new CorrelatorOptions(Wall: true);
        var random = new Random(5);
        var whole = new Correlator(set, null, options);
        var fired = new List<Firing>();
        var log = new List<Hit>();
        Hit Next(int i, long ms) => new(EventId.At((ulong)i + 1, 0), ms - random.Next(100_000), ms, random.Next(8) == 0 ? "b" : "a", "", "", Level.Low, RuleQueue.Input, [], $"s{random.Next(2)}", [], new Dictionary<string, string> { ["u"] = "xyz"[random.Next(3)].ToString() }, []);
        long now = 1_000_000_000;
        void Go(Correlator correlator, Hit hit, List<Firing> into)
        {
            var from = into.Count;
            correlator.Take(hit, into);
            if (ReferenceEquals(correlator, whole)) log.AddRange([hit, .. into.Skip(from).Select(f => f.AsHit(nowMs: hit.DetectedMs))]);
        }
        for (var i = 0; i < 2_000; i++) Go(whole, Next(i, now += random.Next(60_000)), fired);
        var bounded = new Correlator(set, null, options);
        var start = bounded.RecallFromMs(now);
        Assert.InRange(log.Count(h => h.DetectedMs >= start), 50, log.Count / 2);
        foreach (var hit in log.Where(h => h.DetectedMs >= start)) bounded.Recall(hit);
        List<Firing> left = [], right = [];
        for (var i = 2_000; i < 2_500; i++)
        {
            var hit = Next(i, now += random.Next(60_000));
            Go(whole, hit, left);
            Go(bounded, hit, right);
        }
        Assert.True(left.Count > 50);
        Assert.Equal(left.Select(f => $"{f.Document.Header.Name} {f.Event} {f.Value} {f.TimeMs}"), right.Select(f => $"{f.Document.Header.Name} {f.Event} {f.Value} {f.TimeMs}"));
    }

    [Fact]
    public void References_that_are_missing_or_circular_are_named()
    {
        var set = Events.Set(Rule("a"),
            "title: One\nname: one\nlevel: low\ncorrelation: { type: temporal, rules: [a, two], group-by: [u], timespan: 5m }\n",
            "title: Two\nname: two\nlevel: low\ncorrelation: { type: temporal, rules: [a, one], group-by: [u], timespan: 5m }\n",
            "title: Three\nname: three\nlevel: low\ncorrelation: { type: temporal, rules: [a, nowhere], group-by: [u], timespan: 5m }\n");
        Assert.Empty(set.Correlations);
        Assert.Equal(3, set.Refused);
        Assert.Contains(set.Findings, f => f.Code == "SIG032" && f.Message.Contains("One → Two → One", StringComparison.Ordinal));
        Assert.Contains(set.Findings, f => f.Code == "SIG031" && f.Message.Contains("'nowhere'", StringComparison.Ordinal));
    }

    [Fact]
    public void A_chain_reads_the_inner_firing()
    {
        var set = Events.Set(Rule("a"), Rule("b"),
            "title: In\nname: in\nlevel: low\ncorrelation: { type: event_count, rules: [a], group-by: [u, v], timespan: 60s, condition: { gte: 2 } }\n",
            "title: Out\nname: out\nlevel: high\ncorrelation: { type: temporal_ordered, rules: [in, b], group-by: [u], timespan: 60s }\n");
        var hits = Run(set, [Line(0, "a", "x"), Line(1, "a", "x"), Line(2, "b", "y"), Line(3, "b", "x")]);
        Assert.Equal(["a", "a", "in", "b", "b", "out"], hits.Select(h => h.RuleId));
        Assert.Equal(RuleQueue.Input, hits[2].Queue);
        Assert.Equal(RuleQueue.Production, hits[5].Queue);
        Assert.Equal(3_000, hits[5].TimeMs);
        Assert.Equal(("x", "2"), (hits[5].Fields["u"], hits[5].Fields["correlation.count"]));
        Assert.Equal([EventId.At(1, 0), EventId.At(2, 0)], hits[2].Contributing);
    }

    [Fact]
    public void Base_rules_alert_only_when_generate_or_a_person_says_so()
    {
        string C(bool generate) => Correlation($"{{ type: event_count, rules: [a], group-by: [u], timespan: 60s, condition: {{ gte: 2 }}, generate: {(generate ? "true" : "false")} }}");
        RuleQueue Of(bool generate, RuleQueue? decided) => new ActiveRules(Events.Set(Rule("a"), C(generate)), id => new(id == "a" ? decided : null, true), _ => RuleQueue.Production).Queues[0];
        Assert.Equal(RuleQueue.Input, Of(generate: false, decided: null));
        Assert.Equal(RuleQueue.Production, Of(generate: true, decided: null));
        Assert.Equal(RuleQueue.Testing, Of(generate: false, decided: RuleQueue.Testing));
    }

    [Fact]
    public void A_new_threshold_keeps_what_was_gathered_and_a_new_group_does_not()
    {
        string Body(int n, string by) => Correlation($"{{ type: event_count, rules: [a], group-by: [{by}], timespan: 60s, condition: {{ gte: {n} }} }}");
        Hit At(ulong n) => new(EventId.At(n, 0), (long)n * 1000, 0, "a", "a", "", Level.Low, RuleQueue.Input, [], "s", [], new Dictionary<string, string> { ["u"] = "x", ["v"] = "x" }, []);
        foreach (var (by, fires) in new[] { ("u", 1), ("v", 0) })
        {
            var fired = new List<Firing>();
            var first = new Correlator(Events.Set(Rule("a"), Body(9, "u")));
            first.Take(At(1), fired);
            first.Take(At(2), fired);
            Assert.Empty(fired);
            new Correlator(Events.Set(Rule("a"), Body(3, by)), first).Take(At(3), fired);
            Assert.Equal(fires, fired.Count);
        }
    }

    /// <summary>Any cut into batches, any restart that reads the hit log again: the same hits.</summary>
    [Fact]
    public void However_the_stream_is_cut_the_hits_are_the_same()
    {
        string[] bodies =
        [
            "{ type: event_count, rules: [a], group-by: [u], timespan: 60s, condition: { gte: 4 } }",
            "{ type: event_count, rules: [a, b], group-by: [u], timespan: 90s, condition: { gte: 2, lte: 3 } }",
            "{ type: value_count, rules: [b], group-by: [u], timespan: 60s, condition: { field: v, gte: 3 } }",
            "{ type: temporal, rules: [a, b, c], group-by: [u], timespan: 20s }",
            "{ type: temporal_ordered, rules: [c, a, b], group-by: [u], timespan: 30s }",
        ];
        var set = Events.Set([.. Rules, .. bodies.Select((b, i) => $"title: C{i}\nname: C{i}\nlevel: high\ncorrelation: {b}\n"),
            "title: Outer\nname: outer\nlevel: high\ncorrelation: { type: event_count, rules: [C0, C3], group-by: [u], timespan: 10m, condition: { gte: 2 } }\n"]);
        Assert.Equal(6, set.Correlations.Count);
        for (var seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            var at = 0;
            var lines = Enumerable.Range(0, 700).Select(_ => Line((at += random.Next(9)) - (random.Next(6) == 0 ? random.Next(200) : 0), "abc"[random.Next(3)].ToString(), "xyz"[random.Next(3)].ToString(), random.Next(5))).ToList();
            var whole = Run(set, lines);
            Assert.True(whole.Count(h => h.RuleId.StartsWith('C')) > 20 && whole.Exists(h => h.RuleId == "outer"));
            var cut = Run(set, lines, random);
            Assert.Equal(whole.Select(Text), cut.Select(Text));
        }

        static string Text(Hit h) => $"{h.Key} {h.TimeMs} {string.Join(',', h.Fields.OrderBy(f => f.Key, StringComparer.Ordinal))} {string.Join(',', h.Contributing)}";
    }

    static string Line(int second, string rule, string u, int v = 0) => $$"""{"t":{{Math.Max(0, second) * 1000}},"r":"{{rule}}","u":"{{u}}","v":{{v}}}""";

    // With a Random the stream is cut anywhere, and now and then everything but the hits is forgotten.
    static List<Hit> Run(RuleSet set, List<string> lines, Random? cuts = null)
    {
        var rules = new ActiveRules(set, _ => RuleDecision.None, _ => RuleQueue.Production);
        var step = new MatchStep(rules, new(set));
        var log = new List<Hit>();
        for (var at = 0; at < lines.Count;)
        {
            var take = cuts is null ? lines.Count : Math.Min(lines.Count - at, 1 + cuts.Next(80));
            using var batch = Events.Batch((ulong)at + 1, [.. lines.Skip(at).Take(take)]);
            var blocks = step.Run(batch, batch.From, 0);
            log.AddRange(blocks.SelectMany(b => b.Hits));
            at += take;
            if (cuts is null || cuts.Next(3) > 0) continue;
            var again = new Correlator(set);
            foreach (var hit in log) again.Recall(hit);
            step = new(rules, again);
        }
        return log;
    }
}
