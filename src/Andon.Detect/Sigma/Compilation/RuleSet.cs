using System.Security.Cryptography;
using System.Text;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Indexing;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.Sigma.Compilation;

/// <summary>Rules that run on the events of one route, with the index that finds those worth asking.</summary>
sealed class Plan(CompiledRule[] rules, IReadOnlyList<Route> routes, Lazy<PlanIndex>? index = null)
{
    readonly Lazy<PlanIndex> index = index ?? new(() => new(rules));

    public CompiledRule[] Rules => rules;
    public IReadOnlyList<Route> Routes => routes;
    public PlanIndex Index => index.Value;
    /// <summary>Events of the live stream that had this plan; counted by the one thread that matches them.</summary>
    public long Seen;

    /// <summary>A plan of another set: the same index serves where the rules are the same in the same order.</summary>
    public Plan Again(CompiledRule[] others) =>
        new(others, routes, others.Length == rules.Length && others.Zip(rules).All(r => ReferenceEquals(r.First.Root, r.Second.Root)) ? index : null);
}

/// <summary>
/// An immutable set of rules, swapped as a whole; a batch takes it once. Rules are compiled when the first event of their kind comes.
/// The only things that grow are the caches of what was compiled; a set made after another one of the same mappings takes over what did not change.
/// </summary>
sealed class RuleSet
{
    readonly Mappings mappings;
    readonly Router router;
    readonly RuleCompiler compiler;
    readonly IReadOnlyList<FilterDocument>[] filters;
    readonly IReadOnlyList<string>[] grouped;
    readonly Dictionary<(RuleDocument Rule, string Renames), CompiledRule> compiled;
    readonly Dictionary<ulong, Plan> plans = [];
    readonly Dictionary<string, Plan> plansByRoutes = [];
    readonly Lock planTurn = new();
    volatile Dictionary<ulong, Plan> published = [];

    public IReadOnlyList<RuleDocument> Rules { get; }
    public IReadOnlyList<CorrelationDocument> Correlations { get; }
    public IReadOnlyList<FilterDocument> Filters { get; }
    /// <summary>Errors of what was not loaded, and everything else that was found.</summary>
    public IReadOnlyList<Finding> Findings { get; }
    public int Refused { get; }
    /// <summary>Rules whose log source no route gives: shown, never run on everything.</summary>
    public IReadOnlyList<RuleDocument> Unrouted { get; }
    public string Hash { get; }
    public FieldTable Fields { get; }
    /// <summary>Predicates made so far. Those of a plan are counted before the plan is given out.</summary>
    public int PredicateCount => compiler.PredicateCount;

    public static readonly RuleSet Empty = new([], Mappings.Read("", ""));

    /// <param name="before">The set in use until now, whose compiled rules and plans serve on where nothing changed.</param>
    public RuleSet(IReadOnlyList<SigmaFile> files, Mappings mappings, RuleSet? before = null)
    {
        this.mappings = mappings;
        var (documents, findings, refused) = DocumentSet.Resolve(files);
        Rules = [.. documents.OfType<RuleDocument>()];
        Correlations = [.. documents.OfType<CorrelationDocument>()];
        Filters = [.. documents.OfType<FilterDocument>()];
        Refused = refused;

        // What is taken over keeps what removed rules left behind; past a bound a set begins anew.
        var kin = before is not null && ReferenceEquals(before.mappings, mappings) && before.PredicateCount < Limits.PredicatesKeptMax ? before : null;
        Fields = kin?.Fields ?? new(mappings.Aliases);
        router = kin?.router ?? new(mappings.Routes, Fields);
        compiler = kin?.compiler ?? new(Fields);
        compiled = [];
        var groupedOf = CorrelationFields.Of(Rules, Correlations);
        grouped = [.. Rules.Select(r => groupedOf.GetValueOrDefault(r.Header.RuleId, []))];
        filters = [.. Rules.Select(r => Filters.Count == 0 ? (IReadOnlyList<FilterDocument>)[] : [.. Filters.Where(f => DocumentSet.Applies(f, r))])];

        // Slots are made now, so that whoever reads events knows which fields any rule may ask for.
        var holding = new HoldingRoutes(mappings.Routes);
        var named = new HashSet<(string, string)>();
        for (var i = 0; i < Rules.Count; i++)
        {
            var renamings = holding.Of(Rules[i].Source).Where(r => r.Renames.Count > 0).ToList();
            RuleCompiler.FieldsOf(Rules[i], filters[i], grouped[i], field =>
            {
                named.Add((field, ""));
                foreach (var route in renamings)
                    if (route.Renames.TryGetValue(field, out var renamed)) named.Add((field, renamed));
            });
        }
        lock (compiler) Fields.Declare(named);
        if (kin is not null) TakeOver(kin);

        var unrouted = Rules.Where(r => holding.Of(r.Source).Count == 0).ToList();
        Unrouted = unrouted;
        Findings = [.. mappings.Findings, .. findings, .. unrouted.Select(r => new Finding("SIG110", $"No route gives the log source {r.Source} of '{r.Header.Title}'; the rule does not run.",
            "Add a route to content/mappings/logsources.yml.", $"{r.Header.File}:{r.Header.At}", FindingLevel.Warning))];
        Hash = HashOf(documents);
    }

    /// <summary>The plan for the event that is loaded.</summary>
    public Plan PlanOf(EventValues values)
    {
        var key = router.KeyOf(values);
        return published.TryGetValue(key, out var plan) ? plan : MakePlan(key);
    }

    /// <summary>The rule as it runs where no route renames fields.</summary>
    public CompiledRule CompiledOf(int rule)
    {
        lock (planTurn) return Compiled(rule, NoRenames, "");
    }

    public CompiledRule CompiledOf(string ruleId) => CompiledOf(Enumerable.Range(0, Rules.Count).First(i => Rules[i].Header.RuleId == ruleId));

    /// <summary>The plans made so far: one for each kind of event seen.</summary>
    public IReadOnlyList<Plan> Plans { get { lock (planTurn) return [.. plansByRoutes.Values]; } }

    static readonly Dictionary<string, string> NoRenames = [];

    CompiledRule Compiled(int rule, IReadOnlyDictionary<string, string> renames, string key)
    {
        if (compiled.TryGetValue((Rules[rule], key), out var known)) return known;
        // Sets of one kin share the compiler.
        lock (compiler) return compiled[(Rules[rule], key)] = compiler.Compile(rule, Rules[rule], filters[rule], grouped[rule], renames);
    }

    void TakeOver(RuleSet before)
    {
        var places = new Dictionary<RuleDocument, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < Rules.Count; i++) places[Rules[i]] = i;
        List<ulong> keys;
        lock (before.planTurn)
        {
            foreach (var ((rule, key), old) in before.compiled)
                if (places.TryGetValue(rule, out var at) && before.filters[old.Index].SequenceEqual(filters[at]) && before.grouped[old.Index].SequenceEqual(grouped[at]))
                    compiled[(rule, key)] = old.Index == at ? old : old with { Index = at };
            keys = [.. before.plans.Keys];
        }
        // Made here and not by the matcher when the next event comes.
        foreach (var key in keys) _ = MakePlan(key, before).Index;
    }

    Plan MakePlan(ulong key, RuleSet? before = null)
    {
        lock (planTurn)
        {
            if (plans.TryGetValue(key, out var known)) return known;
            var routes = router.RoutesOf(key);
            var name = string.Join('|', routes.Select(r => $"{r.Gives}:{r.RenamesKey}"));
            if (!plansByRoutes.TryGetValue(name, out var plan))
            {
                var rules = new List<CompiledRule>();
                var holding = new HoldingRoutes(routes);
                for (var i = 0; i < Rules.Count; i++)
                    // A route that renames fields knows the event better than a general one beside it.
                    if (holding.Best(Rules[i].Source) is { } route) rules.Add(Compiled(i, route.Renames, route.RenamesKey));
                plan = before?.plansByRoutes.GetValueOrDefault(name)?.Again([.. rules]) ?? new([.. rules], routes);
                plansByRoutes[name] = plan;
            }
            // Whoever writes the log lines chooses the keys; past the limit a plan is looked up by its routes each time.
            if (plans.Count >= Limits.PlanKeysMax) return plan;
            plans[key] = plan;
            published = new(plans);
            return plan;
        }
    }

    static string HashOf(IReadOnlyList<SigmaDocument> documents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var yaml in documents.Select(d => d.Header.Yaml).Order(StringComparer.Ordinal)) hash.AppendData(Encoding.UTF8.GetBytes(yaml));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
