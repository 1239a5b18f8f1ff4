using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Records;

namespace Andon.Detect.RuleBook;

/// <summary>
/// Which rules there are, which queue each stands in, and whether it is switched on. Rules come from content/rules and from the
/// <c>rules</c> folder of the data folder, where imports are kept; decisions are facts.
/// </summary>
sealed class RuleBook(ContentFolder content, DetectOptions options, IFactLog facts) : IFold, IDisposable
{
    const string Shipped = "content/rules", Imported = "rules";
    static readonly string Actor = Actors.Of(Room.Detect);

    readonly SemaphoreSlim turn = new(1, 1);
    readonly Lock gate = new();
    readonly Dictionary<string, RuleDecision> decisions = [];
    readonly CaseVerdicts verdicts = new();
    string lastHash = "";
    HashSet<string> unrouted = [];
    volatile ActiveRules active = ActiveRules.Empty;
    Mappings? mappings;

    /// <summary>The rules in use. A batch takes it once.</summary>
    public ActiveRules Active => active;
    public RuleCounters Counters { get; } = new();
    public RouteTally Tally { get; } = new();
    public RuleHistory History { get; } = new();
    public RuleScopes Scopes { get; } = new();
    public RuleTexts Texts { get; } = new(Path.Combine(options.DataFolder, "rule-texts"));
    /// <summary>Lists and pipelines, for whoever reads a rule.</summary>
    public ReadingDesk Desk => Shelf.Desk;
    public RuleShelf Shelf { get; } = new([(Path.Combine(content.Path, "rules"), Shipped), (Path.Combine(options.DataFolder, "rules"), Imported)], new ReadingDesk(content.Path, options.DataFolder));
    public ContentFolder Content => content;
    public DetectOptions Options => options;
    /// <summary>State of correlations, for views; set by the matcher.</summary>
    public Correlate.Correlator? Correlator { get; set; }

    string ImportFolder => Path.Combine(options.DataFolder, Imported);

    /// <summary>Commands take turns.</summary>
    public async ValueTask<Turn> TakeTurn(CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        return new(turn);
    }

    public void Apply(Fact fact)
    {
        History.Apply(fact);
        verdicts.Apply(fact.Body);
        lock (gate)
        {
            switch (fact.Body)
            {
                case RuleQueued queued: decisions[queued.RuleId] = Decided(queued.RuleId) with { Queue = queued.Queue }; break;
                case RuleSwitched switched: decisions[switched.RuleId] = Decided(switched.RuleId) with { Enabled = switched.Enabled }; break;
                case ScopeSwitched scope: Scopes.Apply(fact, scope); break;
                case AssetStated asset: Desk.State(asset); return;
                case RulesLoaded loaded: lastHash = loaded.SetHash; return;
                default: return;
            }
            active = Activate(active.Set);
        }
    }

    /// <summary>Reads all rules again and takes them into use. A fact says so when the set is another one.</summary>
    public ValueTask<RuleSet> Load(CancellationToken stop) => Load(Actor, "rules read", stop);

    public async ValueTask<RuleSet> Load(string actor, string cause, CancellationToken stop)
    {
        var inUse = History.InUse();
        var set = new RuleSet(Shelf.Read(file => [.. inUse.Values.Where(r => r.File == file).Select(r => Texts.Read(r.Version)).OfType<string>()]), mappings = Mappings.Load(content.Path, mappings), active.Set);
        var changes = Changes(set, inUse, actor, cause);
        bool changed;
        lock (gate)
        {
            active = Activate(set);
            unrouted = [.. set.Unrouted.Select(r => r.Header.RuleId)];
            changed = set.Hash != lastHash;
        }
        if (changed) changes.Insert(0, new(Actor, cause, new RulesLoaded(set.Hash, set.Rules.Count + set.Correlations.Count + set.Filters.Count, set.Refused, set.Unrouted.Count)));
        foreach (var some in changes.Chunk(1_000)) await facts.Append(some, stop);
        // The rules are in use already; this only makes the next events cheaper.
        set.Settle();
        return set;
    }

    /// <summary>Keeps an import and takes it into use. The caller holds the turn.</summary>
    public async ValueTask<RuleImported> Import(ReadOnlyMemory<byte> body, bool zip, string actor, string why, CancellationToken stop)
    {
        var name = $"import-{RuleFiles.Digest(body.Span)}.{(zip ? "zip" : "yml")}";
        var read = zip
            ? RuleFiles.Zip(new MemoryStream(body.ToArray()), name, Desk.Now)
            : [SigmaReader.Read(name, System.Text.Encoding.UTF8.GetString(body.Span), Desk.Now)];
        var findings = read.SelectMany(f => f.Findings).ToList();
        if (!read.Any(f => f.Documents.Count > 0)) return new(0, read.Sum(f => f.Refused), Errors(findings));

        DurableFiles.MakeFolder(ImportFolder);
        DurableFiles.Replace(Path.Combine(ImportFolder, name), body.Span);
        var set = await Load(actor, why.Length > 0 ? why : "imported", stop);
        var mine = set.Findings.Where(f => f.Place.Contains(name, StringComparison.Ordinal)).ToList();
        var loaded = set.Rules.Cast<SigmaDocument>().Concat(set.Correlations).Concat(set.Filters).Count(d => d.Header.File.Contains(name, StringComparison.Ordinal));
        var refused = Math.Max(0, read.Sum(f => f.Documents.Count + f.Refused) - loaded);
        await facts.Append(actor, why, new RulesImported(name, loaded, refused, why), stop);
        return new(loaded, refused, Errors(mine));
    }

    public SigmaDocument? Find(string ruleId) => active.Find(ruleId);

    public bool IsUnrouted(string ruleId) => unrouted.Contains(ruleId);

    public string VersionOf(SigmaDocument document) => History.VersionOf(document.Header.RuleId) ?? document.Header.Digest;

    public RuleVerdicts VerdictsOf(string ruleId) => verdicts.Of(ruleId, History.Read(ruleId).Judged.Values);

    public void Dispose() => turn.Dispose();

    // Texts first: a fact never names a version that nobody can read.
    List<FactDraft> Changes(RuleSet set, Dictionary<string, (string Version, string File, string Title)> before, string actor, string cause)
    {
        var drafts = new List<FactDraft>();
        var here = new HashSet<string>(StringComparer.Ordinal);
        foreach (var document in set.Rules.Cast<SigmaDocument>().Concat(set.Correlations).Concat(set.Filters))
        {
            var header = document.Header;
            if (!here.Add(header.RuleId)) continue;
            var version = header.Digest;
            var known = before.TryGetValue(header.RuleId, out var last);
            if (known && last.Version == version && last.File == header.File) continue;
            Texts.Keep(version, header.Yaml, ours: header.File.StartsWith(Shipped, StringComparison.Ordinal));
            drafts.Add(new(actor, cause, new RuleVersioned(header.RuleId, header.Title, version, known ? last.Version : null, header.File)));
        }
        foreach (var (ruleId, last) in before)
            if (!here.Contains(ruleId)) drafts.Add(new(actor, cause, new RuleGone(ruleId, last.Title, last.Version, last.File)));
        Texts.Flush();
        return drafts;
    }

    ActiveRules Activate(RuleSet set) => new(set, Decided, h => h.File.StartsWith(Shipped, StringComparison.Ordinal) ? RuleQueue.Production : options.ImportQueue, Scopes);

    RuleDecision Decided(string ruleId) => decisions.TryGetValue(ruleId, out var decision) ? decision : RuleDecision.None;

    static IReadOnlyList<Finding> Errors(IEnumerable<Finding> findings) => [.. findings.OrderByDescending(f => f.Level).Take(1_000)];

    /// <summary>Ends the turn when disposed.</summary>
    public readonly struct Turn(SemaphoreSlim held) : IDisposable
    {
        public void Dispose() => held.Release();
    }
}

/// <summary>What an import did.</summary>
public sealed record RuleImported(int Loaded, int Refused, IReadOnlyList<Finding> Findings);
