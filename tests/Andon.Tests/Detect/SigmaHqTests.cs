using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Tests.Detect;

/// <summary>All published SigmaHQ rules.</summary>
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
        output.WriteLine($"loaded {set.Rules.Count}, refused {set.Refused}, unrouted {set.Unrouted.Count}");
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
