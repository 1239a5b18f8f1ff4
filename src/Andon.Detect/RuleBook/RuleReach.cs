using System.Runtime.CompilerServices;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>Tells whoever watches sources which rules look at an event: the matcher's own routes, and the fields that each rule names.</summary>
sealed class RuleReach(RuleBook book) : IRuleReach
{
    sealed record State(ActiveRules Rules, RuleMatcher Matcher, ConditionalWeakTable<Plan, IReadOnlyList<RuleReading>> OfPlan, Lazy<IReadOnlyList<RuleReading>> All, int Number);

    readonly Lock gate = new();
    State? state;

    public string Version
    {
        get { lock (gate) { var now = Now(); return $"{now.Rules.Set.Hash}.{now.Number}"; } }
    }

    public IReadOnlyList<RuleReading> All { get { lock (gate) return Now().All.Value; } }

    public IReadOnlyList<RuleReading> Of(EventBatch batch, int index)
    {
        lock (gate)
        {
            var now = Now();
            var plan = now.Matcher.Route(batch, index);
            return now.OfPlan.GetValue(plan, p => [.. p.Rules.Select(r => Read(now.Rules, r.Document)).DistinctBy(r => r.RuleId)]);
        }
    }

    public IReadOnlyList<string> NamesOf(string field) => book.Active.Set.Fields.NamesOf(field);

    State Now()
    {
        var active = book.Active;
        if (state is { } known && ReferenceEquals(known.Rules, active)) return known;
        return state = new(active, new(active.Set), [], new(() => [.. active.Set.Rules.Select(r => Read(active, r))]), (state?.Number ?? 0) + 1);
    }

    static RuleReading Read(ActiveRules active, RuleDocument rule)
    {
        var fields = new HashSet<string>(StringComparer.Ordinal);
        foreach (var search in rule.Detection.Searches) Fields(search.Search, fields);
        var (queue, enabled) = active.Of(rule.Header.RuleId);
        var source = rule.Source;
        return new(rule.Header.RuleId, rule.Header.Title, queue, enabled, rule.Header.Level,
            [.. rule.Header.Tags.Where(t => t.StartsWith("attack.t", StringComparison.OrdinalIgnoreCase) && t.Length > 8 && char.IsAsciiDigit(t[8])).Select(t => t[7..].ToUpperInvariant()).Distinct()],
            [.. fields.Order(StringComparer.Ordinal)], CodesOf(rule.Detection), $"{source.Product ?? "*"}/{source.Category ?? "*"}/{source.Service ?? "*"}")
        {
            Correlated = active.Set.Correlations.Any(c => active.Of(c).Enabled && c.Rules.Any(rule.Header.Answers)),
        };
    }

    // Event numbers that every way to match asks for. Unsure means none: then it may match any.
    static IReadOnlyList<string> CodesOf(Detection detection)
    {
        if (detection.Conditions.Any(c => c.ToString()?.StartsWith("not", StringComparison.Ordinal) != false)) return [];
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var search in detection.Searches)
        {
            if (search.Name.StartsWith("filter", StringComparison.OrdinalIgnoreCase)) continue;
            if (CodesOf(search.Search) is not { } codes) return [];
            all.UnionWith(codes);
        }
        return [.. all.Order(StringComparer.Ordinal)];
    }

    static IEnumerable<string>? CodesOf(Search search) => search switch
    {
        AllOf all => all.Parts.Select(CodesOf).FirstOrDefault(c => c is not null),
        AnyOf any => any.Parts.Select(CodesOf).ToList() is var parts && parts.TrueForAll(p => p is not null) ? parts.SelectMany(p => p!).ToList() : null,
        Item { Field: "EventID" or "event.code", Negated: false } item when item.Values.All(v => v is [NumberTest]) => [.. item.Values.Select(v => ((NumberTest)v[0]).Source)],
        _ => null,
    };

    static void Fields(Search search, HashSet<string> into)
    {
        switch (search)
        {
            case AllOf all: foreach (var part in all.Parts) Fields(part, into); break;
            case AnyOf any: foreach (var part in any.Parts) Fields(part, into); break;
            case Item { Field: { } field }: into.Add(field); break;
            // A keyword may stand anywhere in the record.
            case Item: into.Add("*"); break;
        }
    }
}
