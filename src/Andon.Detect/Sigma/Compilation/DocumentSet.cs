using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.Sigma.Compilation;

/// <summary>Checks that need the whole set: double ids, references of correlations and filters, cycles.</summary>
static class DocumentSet
{
    public static (IReadOnlyList<SigmaDocument> Documents, IReadOnlyList<Finding> Findings, int Refused) Resolve(IReadOnlyList<SigmaFile> files)
    {
        var findings = new List<Finding>();
        var refused = files.Sum(f => f.Refused);
        var kept = new List<SigmaDocument>();
        // Ids are UUIDs in any case; names are case-sensitive.
        var ids = new Dictionary<string, SigmaDocument>();
        static string Key(Header header) => header.Id?.ToLowerInvariant() ?? header.RuleId;
        foreach (var file in files)
        {
            findings.AddRange(file.Findings);
            foreach (var document in file.Documents)
            {
                var header = document.Header;
                var clash = ids.GetValueOrDefault(Key(header)) ?? (header.Name is null ? null : ids.GetValueOrDefault(header.Name));
                if (clash is not null && document is not FilterDocument)
                {
                    refused++;
                    findings.Add(new("SIG030", $"'{header.RuleId}' is already the id or name of '{clash.Header.Title}' in {clash.Header.File}.", "Give this document an id and name of its own, or remove it.", Place(document)));
                    continue;
                }
                ids[Key(header)] = document;
                if (header.Name is not null) ids[header.Name] = document;
                kept.Add(document);
            }
        }
        // A correlation whose references are missing is refused, and then those that need it, until nothing changes.
        for (var again = true; again;)
        {
            again = false;
            var chains = new Chains(kept);
            foreach (var correlation in kept.OfType<CorrelationDocument>().ToList())
            {
                if (chains.Wrong(correlation) is not { } wrong) continue;
                findings.Add(wrong);
                refused++;
                kept.Remove(correlation);
                again = true;
            }
        }
        foreach (var filter in kept.OfType<FilterDocument>())
            foreach (var rule in filter.Rules)
                if (!kept.OfType<RuleDocument>().Any(r => r.Header.Answers(rule)))
                    findings.Add(new("SIG033", $"The filter '{filter.Header.Title}' is for '{rule}', which is not loaded.", "Load the rule, or take it from the list.", Place(filter), FindingLevel.Warning));
        return (kept, findings, refused);
    }

    public static SigmaDocument? Find(IReadOnlyList<SigmaDocument> documents, string reference) =>
        documents.FirstOrDefault(d => d is not FilterDocument && d.Header.Answers(reference));

    public static bool Applies(FilterDocument filter, RuleDocument rule) =>
        (filter.Rules.Count == 0 || filter.Rules.Any(rule.Header.Answers))
        && (filter.Source.Product is null || filter.Source.Product == rule.Source.Product)
        && (filter.Source.Category is null || filter.Source.Category == rule.Source.Category)
        && (filter.Source.Service is null || filter.Source.Service == rule.Source.Service);

    /// <summary>Filters that change nothing: no rule has their log source, or those that do have none that a route gives.</summary>
    public static IEnumerable<Finding> Idle(IReadOnlyList<FilterDocument> filters, IReadOnlyList<RuleDocument> rules, IReadOnlyList<RuleDocument> unrouted)
    {
        var silent = unrouted.ToHashSet();
        foreach (var filter in filters)
        {
            var mine = rules.Where(r => Applies(filter, r)).ToList();
            if (mine.Any(r => !silent.Contains(r))) continue;
            if (mine.Count == 0 && filter.Rules.Any(f => rules.Any(r => r.Header.Answers(f))))
                yield return new("SIG034", $"The filter '{filter.Header.Title}' states the log source {filter.Source}, which none of its rules has.", "State the log source as the rules do, or fewer parts of it.", Place(filter), FindingLevel.Warning);
            else if (mine.Count == 0 && filter.Rules.Count == 0)
                yield return new("SIG034", $"The filter '{filter.Header.Title}' is for every rule of {filter.Source}, and no such rule is loaded.", "Load the rules, or remove the filter.", Place(filter), FindingLevel.Warning);
            else if (mine.Count > 0)
                yield return new("SIG034", $"No route gives the log sources of the rules of the filter '{filter.Header.Title}'; neither runs.", "Add a route to content/mappings/logsources.yml.", Place(filter), FindingLevel.Warning);
        }
    }

    public static string Place(SigmaDocument document) => $"{document.Header.File}:{document.Header.At}";
}

/// <summary>How correlations hang on each other. Each is looked at once, however many ways lead to it.</summary>
sealed class Chains
{
    readonly Dictionary<string, SigmaDocument> named = [];
    readonly Dictionary<CorrelationDocument, int> depths = new(ReferenceEqualityComparer.Instance);
    readonly List<CorrelationDocument> path = [];

    public Chains(IEnumerable<SigmaDocument> documents)
    {
        foreach (var document in documents)
            if (document is not FilterDocument)
                foreach (var name in new[] { document.Header.Id?.ToLowerInvariant(), document.Header.Name })
                    if (name is not null) named.TryAdd(name, document);
    }

    public Finding? Wrong(CorrelationDocument correlation)
    {
        foreach (var reference in correlation.Rules)
            if (Find(reference) is null)
                return new("SIG031", $"The correlation '{correlation.Header.Title}' needs the rule '{reference}', which is not loaded.", "Load it too, or spell its id or name as it stands there.", DocumentSet.Place(correlation));
        path.Clear();
        var depth = Depth(correlation);
        if (depth > 0) return null;
        var names = string.Join(" → ", (path.Count <= 8 ? path : path.Take(7).Append(path[^1])).Select(p => p.Header.Title));
        return depth == Circle
            ? new("SIG032", $"The correlation needs itself: {names}.", "Break the circle.", DocumentSet.Place(correlation))
            : new("SIG035", $"More than {Limits.CorrelationChainMax} correlations stand on each other: {names} …", "Build on fewer of them.", DocumentSet.Place(correlation));
    }

    const int Circle = 0, TooDeep = -1;

    // How many correlations stand on each other from here down.
    int Depth(CorrelationDocument at)
    {
        if (depths.TryGetValue(at, out var known) && known > 0) return known;
        if (path.Contains(at)) { path.Add(at); return Circle; }
        path.Add(at);
        if (path.Count > Limits.CorrelationChainMax) return TooDeep;
        var deepest = 0;
        foreach (var reference in at.Rules)
        {
            if (Find(reference) is not CorrelationDocument inner) continue;
            var below = Depth(inner);
            if (below <= 0) return below;
            deepest = Math.Max(deepest, below);
        }
        path.RemoveAt(path.Count - 1);
        if (deepest >= Limits.CorrelationChainMax) return TooDeep;
        return depths[at] = deepest + 1;
    }

    SigmaDocument? Find(string reference) => named.GetValueOrDefault(reference) ?? named.GetValueOrDefault(reference.ToLowerInvariant());
}

/// <summary>
/// Which fields correlations need: of a base rule's events, so that they go into its hits, and of an inner correlation's events, so
/// that its firings carry them to the outer one.
/// </summary>
static class CorrelationFields
{
    public static Dictionary<string, IReadOnlyList<string>> Of(IReadOnlyList<RuleDocument> rules, IReadOnlyList<CorrelationDocument> correlations) =>
        Needs(rules, correlations).Where(n => rules.Any(r => r.Header.RuleId == n.Key)).ToDictionary(n => n.Key, n => n.Value);

    /// <summary>For each rule and correlation that is listed somewhere, the names that are read of it.</summary>
    public static Dictionary<string, IReadOnlyList<string>> Needs(IReadOnlyList<RuleDocument> rules, IReadOnlyList<CorrelationDocument> correlations)
    {
        var all = new Dictionary<string, SigmaDocument>();
        foreach (var document in rules.Concat<SigmaDocument>(correlations))
            foreach (var name in new[] { document.Header.Id, document.Header.Id?.ToLowerInvariant(), document.Header.Name })
                if (name is not null) all.TryAdd(name, document);
        var needs = new Dictionary<string, List<string>>();
        foreach (var correlation in correlations) Add(correlation, [.. correlation.GroupBy, .. correlation.ValueFields, .. correlation.Header.Fields.Take(Limits.CorrelationCarriedMax)]);
        return needs.ToDictionary(f => f.Key, f => (IReadOnlyList<string>)f.Value);

        // An outer correlation reads its fields from the inner one's firings, and those come from the rules below.
        void Add(CorrelationDocument at, IReadOnlyList<string> names)
        {
            foreach (var reference in at.Rules)
            {
                if ((all.GetValueOrDefault(reference) ?? all.GetValueOrDefault(reference.ToLowerInvariant())) is not { } input) continue;
                if (!needs.TryGetValue(input.Header.RuleId, out var known)) needs[input.Header.RuleId] = known = [];
                var news = names.Select(n => FieldOf(at, n, input.Header)).Distinct().Except(known).ToList();
                known.AddRange(news);
                // What is known already has gone further down already.
                if (news.Count > 0 && input is CorrelationDocument inner) Add(inner, news);
            }
        }
    }

    /// <summary>Fields whose value a firing carries when all its events share it: what outer correlations ask for, and the author's <c>fields</c>.</summary>
    public static IReadOnlyList<string> CarriedBy(CorrelationDocument correlation, IReadOnlyDictionary<string, IReadOnlyList<string>> needs) =>
        [.. needs.GetValueOrDefault(correlation.Header.RuleId, []).Concat(correlation.Header.Fields.Take(Limits.CorrelationCarriedMax)).Distinct().Except(correlation.GroupBy)
            .Where(f => !f.StartsWith("correlation.", StringComparison.Ordinal))];

    /// <summary>The field that a group-by or value name means for one listed rule.</summary>
    public static string FieldOf(CorrelationDocument correlation, string name, Header rule)
    {
        if (correlation.Aliases.TryGetValue(name, out var perRule))
            foreach (var (reference, field) in perRule)
                if (rule.Answers(reference)) return field;
        return name;
    }
}
