using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;
using Andon.Store.Facts;

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
    string lastHash = "";
    volatile ActiveRules active = ActiveRules.Empty;

    /// <summary>The rules in use. A batch takes it once.</summary>
    public ActiveRules Active => active;
    public RuleCounters Counters { get; } = new();
    /// <summary>State of correlations, for views; set by the matcher.</summary>
    public Correlate.Correlator? Correlator { get; set; }

    string ImportFolder => Path.Combine(options.DataFolder, "rules");

    /// <summary>Commands take turns.</summary>
    public async ValueTask<Turn> TakeTurn(CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        return new(turn);
    }

    public void Apply(Fact fact)
    {
        lock (gate)
        {
            switch (fact.Body)
            {
                case RuleQueued queued: decisions[queued.RuleId] = Decided(queued.RuleId) with { Queue = queued.Queue }; break;
                case RuleSwitched switched: decisions[switched.RuleId] = Decided(switched.RuleId) with { Enabled = switched.Enabled }; break;
                case RulesLoaded loaded: lastHash = loaded.SetHash; return;
                default: return;
            }
            active = Activate(active.Set);
        }
    }

    /// <summary>Reads all rules again and takes them into use. A fact says so when the set is another one.</summary>
    public async ValueTask<RuleSet> Load(CancellationToken stop)
    {
        var lists = PlaceholderLists.None;
        var files = RuleFiles.Load(Path.Combine(content.Path, "rules"), Shipped, lists);
        if (!Directory.Exists(Path.Combine(content.Path, "rules"))) files.Clear();
        if (Directory.Exists(ImportFolder)) files.AddRange(RuleFiles.Load(ImportFolder, Imported, lists));
        var set = new RuleSet(files, Mappings.Load(content.Path));
        bool changed;
        lock (gate)
        {
            active = Activate(set);
            changed = set.Hash != lastHash;
        }
        if (changed) await facts.Append(Actor, "rules read", new RulesLoaded(set.Hash, set.Rules.Count + set.Correlations.Count + set.Filters.Count, set.Refused, set.Unrouted.Count), stop);
        return set;
    }

    /// <summary>Keeps an import and takes it into use. The caller holds the turn.</summary>
    public async ValueTask<RuleImported> Import(ReadOnlyMemory<byte> body, bool zip, CancellationToken stop)
    {
        var name = $"import-{RuleFiles.Digest(body.Span)}.{(zip ? "zip" : "yml")}";
        var read = zip
            ? RuleFiles.Zip(new MemoryStream(body.ToArray()), name, PlaceholderLists.None)
            : [SigmaReader.Read(name, System.Text.Encoding.UTF8.GetString(body.Span), PlaceholderLists.None)];
        var before = active.Set;
        if (read.Sum(f => f.Documents.Count) == 0) return new(0, read.Sum(f => f.Refused), Errors(read.SelectMany(f => f.Findings)));
        Directory.CreateDirectory(ImportFolder);
        var path = Path.Combine(ImportFolder, name);
        await File.WriteAllBytesAsync(path + ".new", body, stop);
        File.Move(path + ".new", path, overwrite: true);
        var set = await Load(stop);
        var mine = set.Findings.Where(f => f.Place.Contains(name, StringComparison.Ordinal)).ToList();
        var loaded = set.Rules.Count + set.Correlations.Count + set.Filters.Count - before.Rules.Count - before.Correlations.Count - before.Filters.Count;
        return new(Math.Max(0, loaded), Math.Max(0, set.Refused - before.Refused), Errors(mine));
    }

    public SigmaDocument? Find(string ruleId)
    {
        var set = active.Set;
        return (SigmaDocument?)set.Rules.FirstOrDefault(r => r.Header.RuleId == ruleId) ?? set.Correlations.FirstOrDefault(c => c.Header.RuleId == ruleId);
    }

    public void Dispose() => turn.Dispose();

    ActiveRules Activate(RuleSet set) => new(set, Decided, h => h.File.StartsWith(Shipped, StringComparison.Ordinal) ? RuleQueue.Production : options.ImportQueue);

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
