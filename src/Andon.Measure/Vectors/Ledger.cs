using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Measure.Vectors;

/// <summary>One case and its times, as facts give them.</summary>
sealed record CaseRow(string CaseId)
{
    public int Number { get; init; }
    public bool Manual { get; init; }
    public string? Into { get; init; }
    /// <summary>t0: first evidence, by the source's clock.</summary>
    public long? OccurredMs { get; init; }
    /// <summary>t2: first signal.</summary>
    public long? DetectedMs { get; init; }
    /// <summary>t3: on the board.</summary>
    public long? QueuedMs { get; init; }
    /// <summary>t4: first touch by a person or a playbook.</summary>
    public long? EngagedMs { get; init; }
    /// <summary>t6: moved past the lane Contain.</summary>
    public long? ContainedMs { get; init; }
    /// <summary>t8: closed, by the closing that stands.</summary>
    public long? ClosedMs { get; init; }
    /// <summary>It stood in the lane Validate before it closed, so that its closing is t9 as well.</summary>
    public bool Validated { get; init; }
    public bool Owned { get; init; }
    public Verdict? Verdict { get; init; }
    public IReadOnlyList<string> Controls { get; init; } = [];
    public int EffortMinutes { get; init; }
    /// <summary>Rule of the first signal: the cell the case belongs to.</summary>
    public string Rule { get; init; } = "(none)";
    public IReadOnlyList<string> Rules { get; init; } = [];

    public bool Decided => Verdict is Model.Verdict.TruePositive or Model.Verdict.BenignPositive or Model.Verdict.FalsePositive;
}

/// <summary>Something that n of d were, at a time, in a cell.</summary>
readonly record struct Count(long AtMs, string Cell, long N, long D);

/// <summary>Such a count of a signal, which tells the case that it is in.</summary>
readonly record struct SignalCount(Count Count, string SignalId);

/// <summary>A change to what we run. An empty scope means everything.</summary>
sealed record Change(long AtMs, long Seq, string Text, IReadOnlyList<string> Rules);

/// <summary>A recorded gap, with the closing it came from.</summary>
sealed record GapRow(long AtMs, string CaseId, string Control, double Score, int EffortMinutes);

/// <summary>What Measure counts, folded from facts. The same facts give the same ledger, however they come in.</summary>
sealed class Ledger : IFold
{
    readonly Lock gate = new();
    readonly Dictionary<string, (long AtMs, long FirstMs, string RuleId)> signals = [];
    readonly Dictionary<string, long> counted = [];
    readonly Dictionary<string, CaseRow> cases = [];
    // Which signals live in which case; a case merged into another keeps its own, so that an unmerge finds them.
    readonly Dictionary<string, string> homes = [];
    readonly Dictionary<string, List<string>> living = [];
    readonly Dictionary<string, List<string>> parts = [];
    readonly List<SignalCount> alerts = [];
    readonly List<SignalCount> joined = [];
    readonly List<Change> changes = [];
    readonly Dictionary<string, string> titles = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, List<GapRow>> gaps = [];

    public void Apply(Fact fact)
    {
        lock (gate) Take(fact);
    }

    void Take(Fact fact)
    {
        switch (fact.Body)
        {
            case SignalOpened f:
                signals[f.SignalId] = (fact.AtMs, f.FirstMs, f.RuleId);
                counted[f.SignalId] = 1;
                titles[f.RuleId] = f.Title;
                alerts.Add(new(new(fact.AtMs, f.RuleId, 1, 1), f.SignalId));
                break;
            case SignalRepeated f when signals.TryGetValue(f.SignalId, out var signal):
                var more = f.Count - counted[f.SignalId];
                if (more <= 0) break;
                counted[f.SignalId] = f.Count;
                alerts.Add(new(new(fact.AtMs, signal.RuleId, 0, more), f.SignalId));
                break;
            case CaseOpened f:
                Put(f.CaseId, c => c with { Number = f.Number, Manual = f.Manual, QueuedMs = Least(c.QueuedMs, fact.AtMs) });
                break;
            case SignalJoined f when signals.TryGetValue(f.SignalId, out var signal):
                joined.Add(new(new(fact.AtMs, signal.RuleId, Row(f.CaseId).Rules.Count == 0 ? 1 : 0, 1), f.SignalId));
                Live(f.SignalId, f.CaseId);
                Put(f.CaseId, c => With(c, signal));
                break;
            case SignalsMoved f:
                var changed = f.SignalIds.Select(s => homes.GetValueOrDefault(s)).OfType<string>().Concat(f.SignalIds.Select(f.HomeOf)).Distinct().ToList();
                foreach (var id in f.SignalIds) Live(id, f.HomeOf(id));
                foreach (var id in changed)
                    Put(id, c => living.GetValueOrDefault(id, []).Select(s => signals[s]).Aggregate(c with { OccurredMs = null, DetectedMs = null, Rule = new CaseRow(id).Rule, Rules = [] }, With));
                break;
            case CaseMerged f:
                if (!parts.TryGetValue(f.IntoCaseId, out var inside)) parts[f.IntoCaseId] = inside = [];
                inside.Add(f.CaseId);
                Put(f.CaseId, c => c with { Into = f.IntoCaseId });
                break;
            case CaseUnmerged f when Row(f.CaseId).Into is { } into:
                parts[into].Remove(f.CaseId);
                Put(f.CaseId, c => c with { Into = null });
                break;
            case CardPulled f:
                Put(f.CaseId, c => c with { EngagedMs = Least(c.EngagedMs, fact.AtMs), Owned = true });
                break;
            case CardMoved f:
                Put(f.CaseId, c => c with
                {
                    EngagedMs = Least(c.EngagedMs, fact.AtMs),
                    ContainedMs = f.To is > Lane.Contain and not Lane.Closed ? Least(c.ContainedMs, fact.AtMs) : c.ContainedMs,
                    Validated = c.Validated || f.To == Lane.Validate,
                });
                break;
            case RunStarted f:
                Put(f.CaseId, c => c with { EngagedMs = Least(c.EngagedMs, fact.AtMs) });
                break;
            case CaseNoted f when fact.Actor.StartsWith("user:", StringComparison.Ordinal):
                Put(f.CaseId, c => c with { EngagedMs = Least(c.EngagedMs, fact.AtMs) });
                break;
            case CaseClosed f:
                Put(f.CaseId, c => c with { ClosedMs = fact.AtMs, Verdict = f.Verdict, Controls = f.ControlsFailed, EffortMinutes = f.EffortMinutes, EngagedMs = f.Discovery == Discoveries.ExpiredUnworked ? c.EngagedMs : Least(c.EngagedMs, fact.AtMs) });
                break;
            case CaseReopened f:
                Put(f.CaseId, c => c with { ClosedMs = null, Verdict = null, Controls = [], EffortMinutes = 0, Validated = false });
                gaps.Remove(f.CaseId);
                break;
            case GapRecorded f:
                if (!gaps.TryGetValue(f.CaseId, out var rows)) gaps[f.CaseId] = rows = [];
                rows.Add(new(fact.AtMs, f.CaseId, f.Control, f.Score, f.EffortMinutes));
                break;
            default:
                TakeChange(fact);
                break;
        }
    }

    void TakeChange(Fact fact)
    {
        void Add(string text, params IReadOnlyList<string> rules) => changes.Add(new(fact.AtMs, fact.Seq, text, rules));
        switch (fact.Body)
        {
            case RuleQueued f:
                titles[f.RuleId] = f.Title;
                Add($"rule '{f.Title}' entered {f.Queue.ToString().ToLowerInvariant()} ({f.Why})", f.RuleId);
                break;
            case RuleSwitched f:
                Add($"rule '{Title(f.RuleId)}' was switched {(f.Enabled ? "on" : "off")} ({f.Why})", f.RuleId);
                break;
            case PlaybookLoaded f:
                Add($"playbook '{f.Name}' version {f.Version} was loaded", f.RuleIds);
                break;
            case RulesLoaded f:
                Add($"a rule set was loaded ({f.Loaded} rules)");
                break;
            case SourceDiscovered f:
                Add($"source '{f.SourceId}' appeared");
                break;
        }
    }

    void Live(string signalId, string caseId)
    {
        if (!signals.ContainsKey(signalId)) return;
        if (homes.TryGetValue(signalId, out var old)) living[old].Remove(signalId);
        homes[signalId] = caseId;
        if (!living.TryGetValue(caseId, out var here)) living[caseId] = here = [];
        here.Add(signalId);
    }

    static CaseRow With(CaseRow c, (long AtMs, long FirstMs, string RuleId) signal) => c with
    {
        OccurredMs = Least(c.OccurredMs, signal.FirstMs),
        DetectedMs = Least(c.DetectedMs, signal.AtMs),
        Rule = c.Rules.Count == 0 ? signal.RuleId : c.Rule,
        Rules = c.Rules.Contains(signal.RuleId) ? c.Rules : [.. c.Rules, signal.RuleId],
    };

    /// <summary>A case with all that is part of it now.</summary>
    CaseRow Whole(CaseRow row) => !parts.TryGetValue(row.CaseId, out var inside) ? row : inside.Select(id => Whole(Row(id))).Aggregate(row, (c, from) => c with
    {
        OccurredMs = Least(c.OccurredMs, from.OccurredMs), DetectedMs = Least(c.DetectedMs, from.DetectedMs), QueuedMs = Least(c.QueuedMs, from.QueuedMs),
        EngagedMs = Least(c.EngagedMs, from.EngagedMs), Rules = [.. c.Rules, .. from.Rules.Except(c.Rules)], Owned = c.Owned || from.Owned,
    });

    static long? Least(long? a, long? b) => a is null ? b : b is null ? a : Math.Min(a.Value, b.Value);

    CaseRow Row(string id) => cases.GetValueOrDefault(id) ?? new(id);

    void Put(string id, Func<CaseRow, CaseRow> change) => cases[id] = change(Row(id));

    string Title(string ruleId) => titles.GetValueOrDefault(ruleId, ruleId);

    /// <summary>One consistent picture; merged cases are part of the case they went into.</summary>
    public Picture Look() => Look(null);

    /// <summary>The same without the cases that someone may not see: what is missing from a sum tells as much as a name.</summary>
    public Picture Look(Func<string, bool>? sees)
    {
        // Who may see what is asked with nothing held, and once a case.
        HashSet<string> hidden = sees is null ? [] : [.. Ids().Where(id => !sees(id))];
        bool Shown(SignalCount c) => !homes.TryGetValue(c.SignalId, out var home) || !hidden.Contains(home);
        lock (gate)
            return new([.. cases.Values.Where(c => c.Into is null && !hidden.Contains(c.CaseId)).Select(Whole)], [.. alerts.Where(Shown).Select(c => c.Count)], [.. joined.Where(Shown).Select(c => c.Count)], [.. changes],
                new Dictionary<string, string>(titles, StringComparer.OrdinalIgnoreCase), [.. gaps.Where(g => !hidden.Contains(g.Key)).SelectMany(g => g.Value)]);
    }

    List<string> Ids()
    {
        lock (gate) return [.. cases.Keys];
    }

    public CaseRow? Find(string caseId) { lock (gate) return cases.TryGetValue(caseId, out var row) ? Whole(row) : null; }
}

/// <param name="Alerts">N: signals opened, D: alerts, by rule.</param>
/// <param name="Joined">N: cases begun, D: signals joined, by rule.</param>
sealed record Picture(
    IReadOnlyList<CaseRow> Cases, IReadOnlyList<Count> Alerts, IReadOnlyList<Count> Joined, IReadOnlyList<Change> Changes,
    IReadOnlyDictionary<string, string> Titles, IReadOnlyList<GapRow> Gaps)
{
    public string Title(string ruleId) => Titles.GetValueOrDefault(ruleId, ruleId);
}
