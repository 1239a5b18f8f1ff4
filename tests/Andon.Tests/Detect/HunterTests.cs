using System.Globalization;
using System.Text;
using Andon.Detect.Hunt;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Intake.Collect.Evtx;
using Andon.Intake.Normalise;
using Andon.Model;
using Record = Andon.Model.Record;

namespace Andon.Tests.Detect;

/// <summary>However a hunt reads and on however many threads, it finds what the plain way finds.</summary>
public class HunterTests(ITestOutputHelper output)
{
    static readonly string[] Rules =
    [
        "title: Field\nid: 11111111-1111-4111-8111-111111111111\nlevel: low\nlogsource: { product: test }\ndetection: { s: { F|contains: ab }, condition: s }\n",
        "title: Word\nid: 22222222-2222-4222-8222-222222222222\nlevel: low\nlogsource: { product: test }\ndetection: { k: ['need\\\\le', 'käse'], condition: k }\n",
        "title: NoWord\nid: 33333333-3333-4333-8333-333333333333\nlevel: low\nlogsource: { product: test }\ndetection: { s: { G: 1 }, k: [hay], condition: s and not k }\n",
        "title: Often\nid: 44444444-4444-4444-8444-444444444444\nlevel: low\ncorrelation: { type: event_count, rules: [11111111-1111-4111-8111-111111111111], group-by: [G], timespan: 1m, condition: { gte: 3 }, generate: true }\n",
    ];

    // What a writer of JSON may do to the same words.
    static readonly string[] Values = ["cab", "plain", "a need\\\\le here", "a NEED\\\\LE here", "\\u006eeed\\\\le", "K\\u00e4se", "KÄSE", "hay", "h\\u0061y", "\\u212a", "x\\/y", "tab\\tab"];

    [Fact]
    public void Reading_only_what_rules_read_finds_the_same()
    {
        var set = Events.Set(Rules);
        var random = new Random(17);
        var lines = Enumerable.Range(0, 3_000).Select(i => $$"""{"F":"{{Pick()}}","G":{{random.Next(3)}},"H":"{{Pick()}}","D":{"x":["{{Pick()}}",1]},"time":{{(1_700_000_000 + i).ToString(CultureInfo.InvariantCulture)}}}""").ToList();
        var normaliser = new Normaliser(Events.Content);
        var rules = new ActiveRules(set, _ => RuleDecision.None, _ => RuleQueue.Production);
        var records = lines.Select((l, i) => new Record((ulong)i + 1, 2_000_000_000_000, new("file", "f"), Encoding.UTF8.GetBytes(l))).ToList();
        var lane = new HuntLane(rules, normaliser.Normalise);
        var found = records.Chunk(500).SelectMany(c => lane.Match([.. c], 0, keepTimes: false).Hits).Select(h => Row(h.Hit)).ToList();

        var matcher = new RuleMatcher(set, indexed: false);
        using var batch = normaliser.Normalise(records).Seal();
        var plain = Enumerable.Range(0, batch.Count).SelectMany(i => matcher.Match(batch, i).Select(r => Row(Andon.Detect.Stage.HitMaker.Make(matcher.Values, r, rules.Queues[r.Index], 0)))).ToList();
        Assert.Equal(plain, found);
        output.WriteLine($"{found.Count} hits");
        Assert.True(found.Count > 1_000 && new[] { "Field", "Word", "NoWord" }.All(t => found.Count(f => f.Contains(t, StringComparison.Ordinal)) > 100));

        string Pick() => Values[random.Next(Values.Length)];
    }

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        var set = Events.Set(Rules);
        var random = new Random(23);
        var lines = Enumerable.Range(0, 9_000).Select(i => ($"file{i / 2_500}", (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(
            $$"""{"F":"{{Values[random.Next(Values.Length)]}}","G":{{random.Next(40)}},"time":{{(1_700_000_000 + i).ToString(CultureInfo.InvariantCulture)}}}"""))).ToList();
        var runs = new[] { 1, 2, 5 }.Select(threads =>
        {
            long events = 0, bytes = 0;
            var hits = new Hunter(set, new Normaliser(Events.Content).Normalise, 2_000_000_000_000, threads).Run(lines, n => events += n, n => bytes += n).Select(h => $"{h.File} {h.Record} {Row(h.Hit)}").ToList();
            Assert.Equal((9_000, lines.Sum(l => (long)l.Item2.Length)), (events, bytes));
            return hits;
        }).ToList();
        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(runs[0], runs[2]);
        Assert.Contains(runs[0], h => h.Contains("Often", StringComparison.Ordinal));
        Assert.Contains(runs[0], h => h.StartsWith("file3 ", StringComparison.Ordinal));
    }

    static string Row(Hit hit) => $"{hit.Event} {hit.Title} {hit.TimeMs} {string.Join(';', hit.Fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={f.Value}"))}";

    /// <summary>Recorded Windows events under all published Windows rules: part = whole = plain, event by event.</summary>
    [Fact]
    public void Recorded_events_match_the_same_rules_in_every_way()
    {
        using var zip = File.OpenRead(SharedData.Require("sigma/sigma-rules.zip"));
        var set = new RuleSet([.. RuleFiles.Zip(zip, "sigma.zip", PlaceholderLists.None).Where(f => f.File.StartsWith("sigma.zip/rules/windows/", StringComparison.Ordinal))], Mappings.Load(Events.Content.Path));
        var rules = new ActiveRules(set, _ => RuleDecision.None, _ => RuleQueue.Production);
        var normaliser = new Normaliser(Events.Content);
        var (indexed, plain, lane) = (new RuleMatcher(set), new RuleMatcher(set, indexed: false), new HuntLane(rules, normaliser.Normalise));
        var every = Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1" ? 1 : 60;
        long events = 0, hits = 0;
        var recorded = new HuntFiles(_ => { }, (file, found) => EvtxFile.Read(file, found, false)).Read(SharedData.Require("windows/mordor/windows")).Select(r => r.Record);
        foreach (var chunk in recorded.Where((_, i) => i % every == 0).Chunk(1_000))
        {
            var records = chunk.Select((l, i) => new Record((ulong)(events + i) + 1, 4_000_000_000_000, new("file", "f"), l)).ToList();
            using var batch = normaliser.Normalise(records).Seal();
            var found = lane.Match(records, 0, keepTimes: false).Hits.ToLookup(h => h.Event, h => h.Hit.RuleId);
            for (var i = 0; i < batch.Count; i++)
            {
                var asked = plain.Match(batch, i).Select(r => r.RuleId).ToList();
                var with = indexed.Match(batch, i).Select(r => r.RuleId).ToList();
                if (!asked.SequenceEqual(with) || !asked.SequenceEqual(found[i])) Assert.Fail($"plain {string.Join(' ', asked)}; index {string.Join(' ', with)}; part {string.Join(' ', found[i])}\n{Encoding.UTF8.GetString(batch[i].Raw)}");
                hits += asked.Count;
            }
            events += batch.Count;
        }
        output.WriteLine($"{events} events, {hits} hits");
        Assert.True(events > 4_000 && hits > 30, $"{events} events, {hits} hits");
    }
}
