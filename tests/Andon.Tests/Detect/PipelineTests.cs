using System.Collections.Immutable;
using Andon.Detect.Hunt;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Parsing;
using Andon.Detect.Sigma.Pipelines;
using Andon.Model;

namespace Andon.Tests.Detect;

public sealed class PipelineTests(ITestOutputHelper output)
{
    static readonly Dictionary<string, ImmutableArray<ListMember>> Lists = new() { ["Admins"] = [new("root", false), new("adm*", false)], ["Empty"] = [] };

    static string Whole(string rule) => $"title: T\n{(rule.Contains("level:", StringComparison.Ordinal) ? "" : "level: low\n")}{(rule.Contains("logsource:", StringComparison.Ordinal) ? "" : "logsource: { product: test }\n")}{rule}";

    static Reading With(params string[] pipelines)
    {
        var lists = new PlaceholderLists();
        lists.Replace(Lists);
        List<Finding> findings = [];
        return new(lists, new([.. pipelines.Select((p, i) => PipelineReader.Read($"p{i}.yml", p, findings)).OfType<Pipeline>()], findings));
    }

    // Values of lists as the matcher would see them now.
    static Search Filled(Search search) => search switch
    {
        AllOf all => new AllOf([.. all.Parts.Select(Filled)]),
        AnyOf any => new AnyOf([.. any.Parts.Select(Filled)]),
        Item item when item.Values.Any(v => v.Any(t => t is ListTest)) => item with
        {
            Values = [.. item.Values.SelectMany(v => v).SelectMany(t => t is ListTest list ? Placeholders.Fill(list, [.. list.Placeholders.Select(p => p.List!.Now)]) : [t]).Select(t => (IReadOnlyList<ValueTest>)[t])],
        },
        _ => search,
    };

    static string Text(string rule, Reading reading)
    {
        var file = SigmaReader.Read("r.yml", Whole(rule), reading);
        if (file.Documents is not [RuleDocument read]) return "refused " + string.Join(' ', file.Findings.Where(f => f.Level == FindingLevel.Error).Select(f => f.Code).Distinct());
        List<string> parts = [.. read.Detection.Searches.Select(s => $"{s.Name}: {Filled(s.Search)}"), .. read.Detection.Conditions.Select(c => c.ToString()!)];
        if (read.Source.ToString() != "test/*/*") parts.Insert(0, read.Source.ToString());
        if (read.Header.Fields.Count > 0) parts.Add($"fields {string.Join(", ", read.Header.Fields)}");
        return string.Join(" · ", parts);
    }

    [Fact]
    public void Pipelines_rewrite_rules_as_their_cases_say()
    {
        var (wrong, cases) = (new List<string>(), 0);
        foreach (var block in File.ReadAllText(Path.Combine(Events.Here, "pipelines.txt")).Split("===\n"))
        {
            var text = string.Join('\n', block.Split('\n').Where(l => !l.StartsWith('#')));
            var parts = text.Split("---\n");
            var (rule, expected) = (parts[1].Split("⇒ ")[0], parts[1].Split("⇒ ")[1].Trim());
            cases++;
            var reading = With(parts[0]);
            var got = expected.StartsWith("pipeline ", StringComparison.Ordinal)
                ? $"pipeline {string.Join(' ', reading.Pipelines.Findings.Select(f => f.Code).Distinct())}{(reading.Pipelines.Pipelines.Count > 0 ? " and was used" : "")}"
                : reading.Pipelines.Findings.Count > 0 ? string.Join(' ', reading.Pipelines.Findings) : Text(rule, reading);
            if (got != expected) wrong.Add($"{text}got      {got}");
            if (reading.Pipelines.Findings.Any(f => f.Hint.Length == 0 || f.Place.Length == 0)) wrong.Add($"{text}a finding has no place or no hint");
        }
        output.WriteLine($"{cases} cases");
        Assert.True(wrong.Count == 0 && cases > 60, string.Join("\n---\n", wrong));
    }

    [Fact]
    public void Lower_priority_goes_first_and_a_rewritten_rule_says_by_whom()
    {
        var late = "name: late\npriority: 20\ntransformations: [{ type: field_name_suffix, suffix: .late }]\n";
        var early = "name: early\npriority: 10\ntransformations: [{ type: field_name_mapping, mapping: { A: b } }]\n";
        var reading = With(late, early);
        var rule = (RuleDocument)SigmaReader.Read("r.yml", Whole("detection: { s: { A: 1 }, condition: s }\n"), reading).Documents[0];
        Assert.Equal("b.late ~ 1", rule.Detection.Searches[0].Search.ToString());
        Assert.Matches("^early [0-9a-f]{16}, late [0-9a-f]{16}$", rule.Header.Rewriting);
        Assert.Contains("rewritten by early", CanonicalText.Of(rule), StringComparison.Ordinal);
        // The set is another one when what rewrites its rules is.
        string Hash(Reading with) => new Andon.Detect.Sigma.Compilation.RuleSet([SigmaReader.Read("r.yml", Whole("detection: { s: { A: 1 }, condition: s }\n"), with)], Andon.Detect.Sigma.Compilation.Mappings.Read(Events.TestRoutes, "")).Hash;
        Assert.NotEqual(Hash(reading), Hash(With(late)));
        Assert.NotEqual(Hash(With()), Hash(With(late)));
    }

    [Fact]
    public void Correlations_and_filters_are_rewritten_too()
    {
        var reading = With("transformations: [{ type: field_name_mapping, mapping: { User: user.name, Two: [a, b] } }]\n");
        var file = SigmaReader.Read("c.yml", """
            title: Many
            level: high
            correlation: { type: value_count, rules: [x], group-by: [User, u], timespan: 5m, aliases: { u: { x: User } }, condition: { field: User, gte: 3 } }
            ---
            title: Not them
            logsource: { product: test }
            filter: { rules: any, s: { User: svc }, condition: not s }
            ---
            title: Both
            level: high
            correlation: { type: event_count, rules: [x], group-by: [Two], timespan: 5m, aliases: { Two: { x: Two } }, condition: { gte: 3 } }
            """, reading);
        var correlation = Assert.Single(file.Documents.OfType<CorrelationDocument>());
        Assert.Equal("user.name u user.name user.name", string.Join(' ', [.. correlation.GroupBy, .. correlation.ValueFields, correlation.Aliases["u"]["x"]]));
        Assert.Equal("user.name ~ 'svc'", Assert.Single(file.Documents.OfType<FilterDocument>()).Detection.Searches[0].Search.ToString());
        Assert.Equal("SIG149", Assert.Single(file.Findings, f => f.Level == FindingLevel.Error).Code);
    }

    /// <summary>A renaming that is undone gives the rule back; so does one to itself.</summary>
    [Fact]
    public void Renaming_there_and_back_changes_nothing()
    {
        using var zip = File.OpenRead(SharedData.Require("sigma/sigma-rules.zip"));
        using var again = File.OpenRead(zip.Name);
        var reading = With("transformations: [{ type: field_name_prefix, prefix: zz. }, { type: field_name_prefix_mapping, mapping: { zz.: '' } }]\n");
        var files = Andon.Detect.RuleBook.RuleFiles.Zip(zip, "s.zip", PlaceholderLists.None).Take(800).ToList();
        var there = Andon.Detect.RuleBook.RuleFiles.Zip(again, "s.zip", reading with { Lists = PlaceholderLists.None }).Take(800).ToList();
        var compared = 0;
        foreach (var (a, b) in files.SelectMany(f => f.Documents).OfType<RuleDocument>().Zip(there.SelectMany(f => f.Documents).OfType<RuleDocument>()))
        {
            compared++;
            Assert.Equal(a.Detection.Searches.Select(s => s.Search.ToString()), b.Detection.Searches.Select(s => s.Search.ToString()));
            Assert.Equal(a.Detection.Conditions.Select(c => c.ToString()), b.Detection.Conditions.Select(c => c.ToString()));
        }
        Assert.True(compared > 500);
    }
}
