using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Respond.Runs;

/// <summary>What Respond needs to know of cases, from facts: their rules, their entities, whether they are open.</summary>
sealed class CaseBook : IFold
{
    sealed class CaseEntry
    {
        public int Number;
        public bool Closed;
        public string? Into;
        /// <summary>What lives in it; cases merged into it keep their own.</summary>
        public readonly List<SignalOpened> Signals = [];
        public readonly List<string> Parts = [];
    }

    readonly Lock gate = new();
    readonly Dictionary<string, SignalOpened> signals = [];
    readonly Dictionary<string, string> homes = [];
    readonly Dictionary<string, CaseEntry> cases = [];
    readonly Dictionary<string, string> rules = new(StringComparer.OrdinalIgnoreCase);

    public void Apply(Fact fact)
    {
        lock (gate)
        {
            switch (fact.Body)
            {
                case SignalOpened f:
                    signals[f.SignalId] = f;
                    rules.TryAdd(f.RuleId, f.Title);
                    break;
                case CaseOpened f:
                    Entry(f.CaseId).Number = f.Number;
                    break;
                case SignalJoined f when signals.TryGetValue(f.SignalId, out var signal):
                    Live(signal, f.CaseId);
                    break;
                case SignalsMoved f:
                    foreach (var id in f.SignalIds)
                        if (signals.TryGetValue(id, out var moved)) Live(moved, f.HomeOf(id));
                    break;
                case CaseMerged f:
                    Entry(f.CaseId).Into = f.IntoCaseId;
                    Entry(f.IntoCaseId).Parts.Add(f.CaseId);
                    break;
                case CaseUnmerged f when Entry(f.CaseId).Into is { } into:
                    Entry(f.CaseId).Into = null;
                    Entry(into).Parts.Remove(f.CaseId);
                    break;
                case CaseClosed f:
                    Entry(f.CaseId).Closed = true;
                    break;
                case CaseReopened f:
                    Entry(f.CaseId).Closed = false;
                    break;
                case RuleQueued { Queue: RuleQueue.Production } f:
                    rules[f.RuleId] = f.Title;
                    break;
                case RuleQueued f:
                    rules.Remove(f.RuleId);
                    break;
            }
        }
    }

    // A signal lives in one case at a time.
    void Live(SignalOpened signal, string caseId)
    {
        if (homes.TryGetValue(signal.SignalId, out var old)) Entry(old).Signals.Remove(signal);
        homes[signal.SignalId] = caseId;
        Entry(caseId).Signals.Add(signal);
    }

    IEnumerable<SignalOpened> All(string id)
    {
        foreach (var signal in Entry(id).Signals) yield return signal;
        foreach (var part in Entry(id).Parts)
            foreach (var signal in All(part)) yield return signal;
    }

    CaseEntry Entry(string id) => cases.TryGetValue(id, out var entry) ? entry : cases[id] = new();

    /// <summary>What is known of a case; a merged one answers as the case it went into.</summary>
    public CaseSeen? Find(string caseId)
    {
        lock (gate)
        {
            for (var hops = 0; cases.TryGetValue(caseId, out var entry) && hops < 100; hops++)
            {
                if (entry.Into is null) return new(caseId, entry.Number, entry.Closed, [.. All(caseId)]);
                caseId = entry.Into;
            }
            return null;
        }
    }

    /// <summary>Rules that make cases: in production, or seen in a signal.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Rules()
    {
        lock (gate) return [.. rules.OrderBy(r => r.Value, StringComparer.Ordinal).ThenBy(r => r.Key, StringComparer.Ordinal)];
    }
}

/// <summary>A case as Respond sees it.</summary>
sealed record CaseSeen(string CaseId, int Number, bool Closed, IReadOnlyList<SignalOpened> Signals)
{
    public bool HasRule(IEnumerable<string> ruleIds) =>
        Signals.Any(s => ruleIds.Contains(s.RuleId, StringComparer.OrdinalIgnoreCase));

    /// <summary>Variables given to every run; what the case does not know stays unset.</summary>
    public IReadOnlyDictionary<string, string> Variables(IReadOnlyList<string> playbookRules)
    {
        var given = new Dictionary<string, string>
        {
            ["__case_id__"] = CaseId,
            ["__case_number__"] = Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        bool Own(SignalOpened signal) => playbookRules.Contains(signal.RuleId, StringComparer.OrdinalIgnoreCase);
        void Give(string name, string? value) { if (value is not null) given[name] = value; }
        Give("__host__", Most(EntityKind.Host, EntityRole.Target, Own));
        Give("__user__", Most(EntityKind.User, EntityRole.Target, Own));
        Give("__source_ip__", Most(EntityKind.Ip, EntityRole.Actor, Own));
        Give("__rule_id__", (Signals.FirstOrDefault(Own) ?? (Signals is [var first, ..] ? first : null))?.RuleId);
        return given;
    }

    public static readonly IReadOnlyList<string> Given = ["__case_id__", "__case_number__", "__host__", "__user__", "__source_ip__", "__rule_id__"];

    // What the playbook's own rule named comes first: it is about that account, not about the one that the intruder made later. Of those the
    // one in the fitting role, then the one named by most signals, then the one seen first.
    string? Most(EntityKind kind, EntityRole role, Func<SignalOpened, bool> own) => Signals
        .SelectMany((s, at) => s.Entities.Where(e => e.Kind == kind).DistinctBy(e => e.Value).Select(e => (e.Value, Own: own(s), Fits: e.Role == role, At: at)))
        .GroupBy(e => e.Value, StringComparer.Ordinal)
        .OrderByDescending(g => g.Any(e => e.Own)).ThenByDescending(g => g.Any(e => e.Fits)).ThenByDescending(g => g.Count()).ThenBy(g => g.Min(e => e.At))
        .FirstOrDefault()?.Key;
}
