using System.Security.Cryptography;
using System.Text;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Indexing;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.Sigma.Compilation;

/// <summary>Rules that run on the events of one route, with the index that finds those worth asking.</summary>
sealed class Plan(CompiledRule[] rules, IReadOnlyList<Route> routes)
{
    readonly Lazy<PlanIndex> index = new(() => new(rules));

    public CompiledRule[] Rules => rules;
    public IReadOnlyList<Route> Routes => routes;
    public PlanIndex Index => index.Value;
    /// <summary>Events of the live stream that had this plan; counted by the one thread that matches them.</summary>
    public long Seen;
}

/// <summary>
/// An immutable set of rules, compiled together. Swapped as a whole; a batch takes it once. The only thing that grows is the
/// cache of plans, one for each kind of event seen.
/// </summary>
sealed class RuleSet
{
    readonly Router router;
    readonly Dictionary<string, CompiledRule[]> variants = [];
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
    public int PredicateCount { get; }

    public static readonly RuleSet Empty = new([], Mappings.Read("", ""));

    public RuleSet(IReadOnlyList<SigmaFile> files, Mappings mappings)
    {
        var (documents, findings, refused) = DocumentSet.Resolve(files);
        Rules = [.. documents.OfType<RuleDocument>()];
        Correlations = [.. documents.OfType<CorrelationDocument>()];
        Filters = [.. documents.OfType<FilterDocument>()];
        Refused = refused;

        Fields = new(mappings.Aliases);
        router = new(mappings.Routes, Fields);
        var compiler = new RuleCompiler(Fields);
        var grouped = CorrelationFields.Of(Rules, Correlations);
        var filters = Rules.Select(r => (IReadOnlyList<FilterDocument>)[.. Filters.Where(f => DocumentSet.Applies(f, r))]).ToList();
        CompiledRule Make(int i, IReadOnlyDictionary<string, string>? renames) => compiler.Compile(i, Rules[i], filters[i], grouped.GetValueOrDefault(Rules[i].Header.RuleId, []), renames);

        variants[""] = [.. Rules.Select((_, i) => Make(i, null))];
        // Rules that meet a route which renames fields are compiled once more for it, now: the field table must not grow later.
        foreach (var renaming in mappings.Routes.Where(r => r.Renames.Count > 0).GroupBy(r => Key(r.Renames)).ToList())
            variants[renaming.Key] = [.. Rules.Select((r, i) => renaming.Any(x => x.Holds(r.Source)) ? Make(i, renaming.First().Renames) : variants[""][i])];
        PredicateCount = compiler.PredicateCount;
        Fields.Complete();

        var unrouted = Rules.Where(r => !mappings.Routes.Any(x => x.Holds(r.Source))).ToList();
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

    public IReadOnlyList<CompiledRule> Compiled => variants[""];

    /// <summary>The plans made so far: one for each kind of event seen.</summary>
    public IReadOnlyList<Plan> Plans { get { lock (planTurn) return [.. plansByRoutes.Values]; } }

    Plan MakePlan(UInt128 key)
    {
        lock (planTurn)
        {
            if (plans.TryGetValue(key, out var known)) return known;
            var routes = router.RoutesOf(key);
            var name = string.Join('|', routes.Select(r => $"{r.Gives}:{Key(r.Renames)}"));
            if (!plansByRoutes.TryGetValue(name, out var plan))
            {
                var rules = new List<CompiledRule>();
                for (var i = 0; i < Rules.Count; i++)
                {
                    // A route that renames fields knows the event better than a general one beside it.
                    var holding = routes.Where(r => r.Holds(Rules[i].Source)).ToList();
                    if (holding.Count > 0) rules.Add(variants[Key((holding.Find(r => r.Renames.Count > 0) ?? holding[0]).Renames)][i]);
                }
                plansByRoutes[name] = plan = new([.. rules], routes);
            }
            // Whoever writes the log lines chooses the keys; past the limit a plan is looked up by its routes each time.
            if (plans.Count >= Limits.PlanKeysMax) return plan;
            plans[key] = plan;
            published = new(plans);
            return plan;
        }
    }

    static string Key(IReadOnlyDictionary<string, string> renames) => string.Join(';', renames.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Key}={r.Value}"));

    static string HashOf(IReadOnlyList<SigmaDocument> documents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var yaml in documents.Select(d => d.Header.Yaml + d.Header.Rewriting).Order(StringComparer.Ordinal)) hash.AppendData(Encoding.UTF8.GetBytes(yaml));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
