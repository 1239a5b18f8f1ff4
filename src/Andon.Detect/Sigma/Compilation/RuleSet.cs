using System.Security.Cryptography;
using System.Text;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Indexing;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.Sigma.Compilation;

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
    /// <summary>Number of each rule's log source; rules share few.</summary>
    readonly int[] sourceOf;
    readonly List<LogSource> sources = [];
    /// <summary>By the renames of routes: each rule as it runs there, once it was needed.</summary>
    readonly Dictionary<string, CompiledRule?[]> compiled = [];
    readonly Dictionary<UInt128, Plan> plans = [];
    readonly Dictionary<string, Plan> plansByRoutes = [];
    readonly Lock planTurn = new();
    volatile Dictionary<UInt128, Plan> published = [];

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
        sourceOf = SourcesOf(Rules, sources);
        var groupedOf = CorrelationFields.Of(Rules, Correlations);
        grouped = [.. Rules.Select(r => groupedOf.GetValueOrDefault(r.Header.RuleId, []))];
        filters = [.. Rules.Select(r => Filters.Count == 0 ? (IReadOnlyList<FilterDocument>)[] : [.. Filters.Where(f => DocumentSet.Applies(f, r))])];

        // Slots are made now, so that whoever reads events knows which fields any rule may ask for.
        var holding = sources.ConvertAll(s => mappings.Routes.Where(r => r.Holds(s)).ToList());
        var renaming = holding.ConvertAll(routes => routes.Where(r => r.Renames.Any).ToList());
        var known = kin is null ? [] : PlacesIn(kin);
        var named = new HashSet<(string, string)>();
        for (var i = 0; i < Rules.Count; i++)
        {
            if (known.ContainsKey(i)) continue;
            var routes = renaming[sourceOf[i]];
            RuleCompiler.FieldsOf(Rules[i], filters[i], grouped[i], field =>
            {
                named.Add((field, ""));
                foreach (var route in routes)
                    if (route.Renames.Of(field) is { Length: > 0 } renamed) named.Add((field, renamed));
            });
        }
        lock (compiler) Fields.Declare(named);
        if (kin is not null) TakeOver(kin, known);

        var unrouted = Rules.Where((_, i) => holding[sourceOf[i]].Count == 0).ToList();
        Unrouted = unrouted;
        Findings = [.. mappings.Findings, .. findings, .. DocumentSet.Idle(Filters, Rules, unrouted), .. unrouted.Select(r => new Finding("SIG110", $"No route gives the log source {r.Source} of '{r.Header.Title}'; the rule does not run.",
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
        lock (planTurn) return Compiled(rule, Renames.None, "");
    }

    public CompiledRule CompiledOf(string ruleId) => CompiledOf(Enumerable.Range(0, Rules.Count).First(i => Rules[i].Header.RuleId == ruleId));

    /// <summary>The plans made so far: one for each kind of event seen.</summary>
    public IReadOnlyList<Plan> Plans { get { lock (planTurn) return [.. plansByRoutes.Values]; } }

    CompiledRule Compiled(int rule, Renames renames, string key)
    {
        var variant = Variant(key);
        if (variant[rule] is { } known) return known;
        // Sets of one kin share the compiler.
        lock (compiler) return variant[rule] = compiler.Compile(rule, Rules[rule], filters[rule], grouped[rule], renames);
    }

    CompiledRule[] RulesOf(IReadOnlyList<Route> routes)
    {
        // A route that renames fields knows the event better than a general one beside it.
        var best = sources.ConvertAll(s => routes.Where(r => r.Holds(s)).OrderByDescending(r => r.Renames.Any).FirstOrDefault());
        var variants = best.ConvertAll(r => r is null ? null : Variant(r.RenamesKey));
        var rules = new List<CompiledRule>();
        for (var i = 0; i < Rules.Count; i++)
            if (variants[sourceOf[i]] is { } variant && best[sourceOf[i]] is { } route) rules.Add(variant[i] ?? Compiled(i, route.Renames, route.RenamesKey));
        return [.. rules];
    }

    CompiledRule?[] Variant(string renames)
    {
        if (!compiled.TryGetValue(renames, out var variant)) compiled[renames] = variant = new CompiledRule?[Rules.Count];
        return variant;
    }

    // Which rules are the other set's too, with the same filters and correlations: their places here and there.
    Dictionary<int, int> PlacesIn(RuleSet other)
    {
        var there = new Dictionary<RuleDocument, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < other.Rules.Count; i++) there[other.Rules[i]] = i;
        var places = new Dictionary<int, int>();
        for (var i = 0; i < Rules.Count; i++)
            if (there.TryGetValue(Rules[i], out var old) && other.filters[old].SequenceEqual(filters[i], ReferenceEqualityComparer.Instance) && other.grouped[old].SequenceEqual(grouped[i])) places[i] = old;
        return places;
    }

    void TakeOver(RuleSet before, Dictionary<int, int> places)
    {
        lock (before.planTurn)
        {
            foreach (var (key, variant) in before.compiled)
            {
                var mine = Variant(key);
                foreach (var (at, old) in places)
                    if (variant[old] is { } rule) mine[at] = old == at ? rule : rule with { Index = at };
            }
            var again = new Dictionary<Plan, Plan>();
            foreach (var (name, plan) in before.plansByRoutes) plansByRoutes[name] = again[plan] = plan.Again(RulesOf(plan.Routes));
            foreach (var (key, plan) in before.plans) plans[key] = again[plan];
        }
        published = new(plans);
        // Made here and not by the matcher when the next event comes.
        foreach (var plan in plansByRoutes.Values) _ = plan.Index;
    }

    /// <summary>Gives changed rules their place in the indexes that were taken over. The set is right without it, and a little slower.</summary>
    public void Settle()
    {
        foreach (var plan in Plans) plan.Settle();
    }

    Plan MakePlan(UInt128 key)
    {
        lock (planTurn)
        {
            if (plans.TryGetValue(key, out var known)) return known;
            var routes = router.RoutesOf(key);
            var name = string.Join('|', routes.Select(r => $"{r.Gives}:{r.RenamesKey}"));
            if (!plansByRoutes.TryGetValue(name, out var plan)) plansByRoutes[name] = plan = new(RulesOf(routes), routes);
            // Whoever writes the log lines chooses the keys; past the limit a plan is looked up by its routes each time.
            if (plans.Count >= Limits.PlanKeysMax) return plan;
            plans[key] = plan;
            published = new(plans);
            return plan;
        }
    }

    static int[] SourcesOf(IReadOnlyList<RuleDocument> rules, List<LogSource> sources)
    {
        var known = new Dictionary<(string?, string?, string?), int>();
        var numbers = new int[rules.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            var source = rules[i].Source;
            if (!known.TryGetValue((source.Product, source.Category, source.Service), out numbers[i]))
            {
                known[(source.Product, source.Category, source.Service)] = numbers[i] = sources.Count;
                sources.Add(source);
            }
        }
        return numbers;
    }

    static string HashOf(IReadOnlyList<SigmaDocument> documents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var digest in documents.Select(d => d.Header.Digest + d.Header.Rewriting).Order(StringComparer.Ordinal)) hash.AppendData(Encoding.UTF8.GetBytes(digest));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
