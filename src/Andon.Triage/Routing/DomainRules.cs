using Andon.Model;
using YamlDotNet.RepresentationModel;

namespace Andon.Triage.Routing;

/// <summary>Which domain a case belongs to: the first rule that fits decides. No tiers.</summary>
internal sealed class DomainRules(IReadOnlyList<DomainRules.Rule> rules, IReadOnlyList<Finding> findings)
{
    public const string Fallback = "endpoint";

    /// <summary>All that is given must fit; within one list any value does. A trailing <c>*</c> stands for anything.</summary>
    internal sealed record Rule(string Domain, IReadOnlyList<string> Tags, IReadOnlyList<string> Entities, IReadOnlyList<string> Datasets)
    {
        public string Says => string.Join(" and ", new[] { ("tag", Tags), ("entity", Entities), ("dataset", Datasets) }.Where(p => p.Item2.Count > 0).Select(p => $"{p.Item1} {string.Join(" or ", p.Item2.Take(4))}{(p.Item2.Count > 4 ? " …" : "")}"));
    }

    public IReadOnlyList<Finding> Findings => findings;

    public static DomainRules None { get; } = new([], []);

    /// <summary>Domains that rules name, and the one for what fits none.</summary>
    public IReadOnlyList<string> Domains { get; } = [.. rules.Select(r => r.Domain).Append(Fallback).Append("identity").Append("network").Append("sources").Append("ot").Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The domain and why: the first rule that fits, else what people taught by re-routing, else the fallback.</summary>
    public (string Domain, string Why) Of(Hit hit, LearnedRoutes learned) =>
        Match(hit) is { } rule ? (rule.Domain, $"routing rule: {rule.Says}")
        : learned.Of(hit.RuleId, DatasetOf(hit.SourceId)) is { } taught ? taught
        : (Fallback, "no routing rule fits");

    public static string DatasetOf(string sourceId) => sourceId[(sourceId.LastIndexOf(':') + 1)..];

    Rule? Match(Hit hit)
    {
        foreach (var rule in rules)
        {
            if (rule.Tags.Count > 0 && !hit.Tags.Any(t => Fits(rule.Tags, t.ToLowerInvariant()))) continue;
            if (rule.Entities.Count > 0 && !hit.Entities.Any(e => Fits(rule.Entities, e.Kind.ToString().ToLowerInvariant()))) continue;
            if (rule.Datasets.Count > 0 && !Fits(rule.Datasets, DatasetOf(hit.SourceId))) continue;
            return rule;
        }
        return null;
    }

    static bool Fits(IReadOnlyList<string> patterns, string value)
    {
        foreach (var pattern in patterns)
            if (pattern.EndsWith('*') ? value.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : value == pattern) return true;
        return false;
    }

    public static DomainRules Load(string contentPath)
    {
        var path = Path.Combine(contentPath, "triage", "domains.yml");
        return File.Exists(path) ? Parse(File.ReadAllText(path), "content/triage/domains.yml") : None;
    }

    public static DomainRules Parse(string yaml, string place)
    {
        var rules = new List<Rule>();
        var findings = new List<Finding>();
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            var list = stream.Documents.Count > 0 ? stream.Documents[0].RootNode as YamlSequenceNode : null;
            if (list is null) findings.Add(new("TRI401", "The routing rules are no list.", "Write a list of entries with domain and when.", place));
            foreach (var node in list ?? [])
            {
                var at = $"{place}:{node.Start.Line}";
                if (node is not YamlMappingNode entry || Text(entry, "domain") is not { Length: > 0 } domain)
                {
                    findings.Add(new("TRI402", "An entry has no domain.", "Name the domain that it routes to.", at));
                    continue;
                }
                rules.Add(new(domain, Words(entry, "tags"), Words(entry, "entities"), Words(entry, "datasets")));
            }
        }
        catch (YamlDotNet.Core.YamlException wrong)
        {
            findings.Add(new("TRI403", $"The routing rules are no YAML: {wrong.Message}", "Mend the file; until then everything goes to the domain endpoint.", $"{place}:{wrong.Start.Line}"));
        }
        return new(rules, findings);
    }

    static string? Text(YamlMappingNode entry, string key) => entry.Children.TryGetValue(new YamlScalarNode(key), out var v) ? (v as YamlScalarNode)?.Value : null;

    static List<string> Words(YamlMappingNode entry, string key) => !entry.Children.TryGetValue(new YamlScalarNode(key), out var v) ? [] : v switch
    {
        YamlSequenceNode many => [.. many.OfType<YamlScalarNode>().Select(s => (s.Value ?? "").ToLowerInvariant())],
        YamlScalarNode one => [(one.Value ?? "").ToLowerInvariant()],
        _ => [],
    };
}
