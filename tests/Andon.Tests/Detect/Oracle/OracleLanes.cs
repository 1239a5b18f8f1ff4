using System.IO.Compression;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Intake.Normalise;

namespace Andon.Tests.Detect.Oracle;

/// <summary>Recorded Windows attack runs under all of SigmaHQ's rules/windows: matcher and reference agree on each event and rule.</summary>
public class OracleLanes(ITestOutputHelper output)
{
    static readonly bool Nightly = Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1";

    [Fact]
    public void Matcher_and_reference_agree_on_recorded_events()
    {
        var folder = SharedData.Require("windows/mordor/windows");
        var mappings = Mappings.Load(Events.Content.Path);
        List<SigmaFile> files;
        using (var zip = File.OpenRead(SharedData.Require("sigma/sigma-rules.zip")))
            files = [.. RuleFiles.Zip(zip, "s.zip", PlaceholderLists.None).Where(f => f.File.StartsWith("s.zip/rules/windows/", StringComparison.Ordinal))];
        var set = new RuleSet(files, mappings);
        var rules = set.Rules.Select(r => (r.Source, Rule: new OracleRule(r.Header.Yaml))).ToList();
        var matcher = new RuleMatcher(set);
        var normaliser = new Normaliser(Events.Content);
        var origin = new Andon.Model.Origin("file", "lane");
        long events = 0, pairs = 0, hits = 0;
        var wrong = new List<string>();
        foreach (var lines in Lines(folder, Nightly ? 1 : 100).Chunk(1_000))
        {
            using var batch = normaliser.Normalise([.. lines.Select((l, i) => new Andon.Model.Record((ulong)i + 1, 4_000_000_000_000, origin, l))]).Seal();
            for (var i = 0; i < batch.Count; i++)
            {
                events++;
                var e = OracleEvent.Of(batch, i);
                var holding = mappings.Routes.Where(r => r.When.All(w => Holds(e, w.Key, w.Value))).ToList();
                var found = matcher.Match(batch, i).Select(r => r.Index).ToHashSet();
                for (var k = 0; k < rules.Count; k++)
                {
                    var routes = holding.Where(r => r.Holds(rules[k].Source)).ToList();
                    if (routes.Count == 0)
                    {
                        if (found.Contains(k)) wrong.Add($"{rules[k].Rule.Title} ran on an event that is not its log source's");
                        continue;
                    }
                    pairs++;
                    var renames = (routes.Find(r => r.Renames.Any) ?? routes[0]).Renames;
                    var expected = rules[k].Rule.Matches(e, field => Order(field, renames, mappings.Aliases));
                    if (expected) hits++;
                    if (expected != found.Contains(k) && wrong.Count < 20) wrong.Add($"{rules[k].Rule.Title}: the reference says {expected} on {System.Text.Encoding.UTF8.GetString(lines[Math.Min(i, lines.Length - 1)])}");
                }
            }
        }
        output.WriteLine($"{events} events, {pairs} routed pairs, {hits} hits");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(hits > 0 && events > 1_000);
    }

    static bool Holds(OracleEvent e, string field, IReadOnlyList<string> wanted) =>
        e.Find([field]) is [var value, ..] && (wanted.Count == 0 || wanted.Any(w => value.Folded.AsSpan().SequenceEqual(OracleText.Folded(OracleText.Scalars(w)))));

    static IEnumerable<string> Order(string field, Renames renames, FieldAliases aliases)
    {
        yield return $"winlog.event_data.{field}";
        yield return field;
        if (renames.Of(field) is { Length: > 0 } renamed)
        {
            yield return $"winlog.event_data.{renamed}";
            yield return renamed;
        }
        foreach (var alias in aliases.Of(field)) yield return alias;
    }

    static IEnumerable<byte[]> Lines(string folder, int every)
    {
        var number = 0;
        foreach (var archive in Directory.EnumerateFiles(folder, "*.zip", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var zip = ZipFile.OpenRead(archive);
            foreach (var entry in zip.Entries.Where(e => e.FullName.EndsWith(".json", StringComparison.Ordinal)))
            {
                using var reader = new StreamReader(entry.Open());
                while (reader.ReadLine() is { } line)
                    if (line.AsSpan().Trim().Length > 0 && ++number % every == 0) yield return System.Text.Encoding.UTF8.GetBytes(line.Trim());
            }
        }
    }
}
