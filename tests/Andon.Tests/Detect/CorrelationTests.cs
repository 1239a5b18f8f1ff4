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
