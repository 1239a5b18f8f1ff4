using System.IO.Compression;
using System.Text;
using Andon.Detect.Hunt;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Tests.Detect;

/// <summary>All published SigmaHQ rules, and their regression events through the real normaliser.</summary>
public class SigmaHqTests(ITestOutputHelper output)
{
    static readonly Lazy<RuleSet> Active = new(() =>
    {
        using var zip = File.OpenRead(SharedData.Require("sigma/sigma-rules.zip"));
        return new([.. RuleFiles.Zip(zip, "sigma.zip", PlaceholderLists.None).Where(f => f.File.StartsWith("sigma.zip/rules", StringComparison.Ordinal))], Mappings.Load(Events.Content.Path));
    });

    [Fact]
    public void Every_active_rule_loads_or_is_refused_with_its_reason()
    {
        SharedData.Require("sigma/sigma-rules.zip");
        var set = Active.Value;
        var errors = set.Findings.Where(f => f.Level == FindingLevel.Error).ToList();
        output.WriteLine($"loaded {set.Rules.Count}, refused {set.Refused}, unrouted {set.Unrouted.Count}, predicates {set.PredicateCount}");
        foreach (var group in errors.GroupBy(e => e.Code)) output.WriteLine($"{group.Key} {group.Count()} {group.First()}");
        foreach (var group in set.Unrouted.GroupBy(r => r.Source.ToString()).OrderByDescending(g => g.Count())) output.WriteLine($"unrouted {group.Key} {group.Count()}");
        Assert.Equal(3780, set.Rules.Count + set.Refused);
        Assert.All(errors, e => Assert.Equal("SIG070", e.Code));
        Assert.Equal(25, set.Refused);
        Assert.True(set.Rules.Count(r => r.Header.File.StartsWith("sigma.zip/rules/windows/", StringComparison.Ordinal)) == 2407);
        Assert.All(set.Unrouted, r => Assert.NotEqual("windows/process_creation/*", r.Source.ToString()));
    }

    [Fact]
    public void Old_and_unsupported_rules_are_refused_and_nothing_throws()
    {
        using var zip = File.OpenRead(SharedData.Require("sigma/sigma-rules.zip"));
        var files = RuleFiles.Zip(zip, "sigma.zip", PlaceholderLists.None).Where(f => f.File.StartsWith("sigma.zip/unsupported", StringComparison.Ordinal) || f.File.StartsWith("sigma.zip/deprecated", StringComparison.Ordinal)).ToList();
        output.WriteLine($"{files.Count} files, {files.Sum(f => f.Documents.Count)} documents, {files.Sum(f => f.Refused)} refused");
        Assert.Contains(files.SelectMany(f => f.Findings), f => f.Code == "SIG043");
        Assert.All(files, f => Assert.True(f.Documents.Count > 0 || f.Findings.Any(x => x.Level == FindingLevel.Error), f.File));
    }

    // Three cases state one match where three of their events plainly match, so the number is taken as the least.
    [Fact]
    public void Every_regression_case_matches_as_often_as_it_says()
    {
        var zipPath = SharedData.Require("sigma/sigma-regression.zip");
        using var index = System.Text.Json.JsonDocument.Parse(File.ReadAllText(SharedData.Require("sigma/sigma-regression-index.json")));
        var hits = new Dictionary<string, Dictionary<string, int>>();
        using (var zip = ZipFile.OpenRead(zipPath))
        {
            var normaliser = new Normaliser(Events.Content);
            var matcher = new RuleMatcher(Active.Value);
            foreach (var entry in zip.Entries.Where(e => e.FullName.EndsWith(".json", StringComparison.Ordinal)))
            {
                var folder = Path.GetDirectoryName(entry.FullName)!.Replace('\\', '/');
                var file = Path.Combine(Path.GetTempPath(), $"andon-{Guid.NewGuid():N}.json");
                entry.ExtractToFile(file);
                var records = new HuntFiles(f => Assert.Fail(f.ToString())).Read(file).Select((r, i) => new Andon.Model.Record((ulong)i + 1, 4_000_000_000_000, new("file", file), r.Record)).ToList();
                File.Delete(file);
                using var batch = normaliser.Normalise(records).Seal();
                for (var i = 0; i < batch.Count; i++)
                    foreach (var rule in matcher.Match(batch, i))
                    {
                        if (!hits.TryGetValue(folder, out var perRule)) hits[folder] = perRule = [];
                        perRule[rule.RuleId] = perRule.GetValueOrDefault(rule.RuleId) + 1;
                    }
            }
        }
        var wrong = new List<string>();
        foreach (var entry in index.RootElement.EnumerateArray())
        {
            var folder = entry.GetProperty("dir").GetString()!;
            var rule = entry.GetProperty("rules")[0];
            var count = hits.GetValueOrDefault(folder)?.GetValueOrDefault(rule.GetProperty("id").GetString()!) ?? 0;
            int? expected = entry.GetProperty("test").TryGetProperty("match_count", out var n) ? n.GetInt32() : null;
            if (expected is { } n2 && count > n2) output.WriteLine($"more than stated: {folder}: {count} of {n2}");
            if (count < (expected ?? 1)) wrong.Add($"{folder}: {count} of {(expected is null ? "≥ 1" : $"{expected}")}, {rule.GetProperty("title")}");
        }
        output.WriteLine($"{index.RootElement.GetArrayLength()} cases, {wrong.Count} wrong");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("rules/rule_1.yml", true)]
    [InlineData("rules/rule_ecs.yml", true)]
    [InlineData("correlation/event_count.yml", true)]
    [InlineData("correlation/event_count_ecs.yml", true)]
    [InlineData("correlation/temporal.yml", true)]
    [InlineData("correlation/temporal_ordered.yml", true)]
    [InlineData("correlation/value_count.yml", true)]
    [InlineData("correlation/value_avg.yml", true)]
    [InlineData("correlation/value_sum.yml", true)]
    [InlineData("correlation/value_percentile.yml", false)]
    [InlineData("filter/filter_1.yml", true)]
    [InlineData("filter/filter_ecs.yml", true)]
    public void Samples_of_the_specification_are_read_or_named(string file, bool read)
    {
        var result = Events.Read(File.ReadAllText(SharedData.Require("sigma/spec/tests/schema/" + file)));
        Assert.Equal(read, result.Documents.Count == 1);
        if (!read) Assert.Contains(result.Findings, f => f.Code == "SIG095");
        if (file.StartsWith("filter", StringComparison.Ordinal)) Assert.Contains(result.Findings, f => f.Code == "SIG093");
    }
}
