using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>Verdicts of closed cases, brought back to the rules whose signals belong to them. A case counts once for each of its rules.</summary>
sealed class CaseVerdicts
{
    readonly Lock gate = new();
    readonly Dictionary<string, string> ruleOfSignal = [];
    // Where each signal lives, and which case is part of which: a verdict is about all that its case shows.
    readonly Dictionary<string, string> homes = [];
    readonly Dictionary<string, HashSet<string>> living = [];
    readonly Dictionary<string, string> into = [];
    readonly Dictionary<string, List<string>> parts = [];
    readonly Dictionary<string, Verdict> closed = [];
    // Rule → how often each verdict; kept as it changes, since a page asks for many rules at once.
    readonly Dictionary<string, int[]> counts = [];

    public void Apply(FactBody body)
    {
        lock (gate)
        {
            switch (body)
            {
                case SignalOpened f: ruleOfSignal[f.SignalId] = f.RuleId; break;
                case SignalJoined f when ruleOfSignal.ContainsKey(f.SignalId) && !homes.ContainsKey(f.SignalId): Change([f.CaseId], () => Live(f.SignalId, f.CaseId)); break;
                case SignalsMoved f:
                    Change([.. f.SignalIds.Select(s => homes.GetValueOrDefault(s)).OfType<string>(), .. f.SignalIds.Select(f.HomeOf)], () =>
                    {
                        foreach (var id in f.SignalIds) Live(id, f.HomeOf(id));
                    });
                    break;
                case CaseMerged f when f.CaseId != f.IntoCaseId && !into.ContainsKey(f.CaseId): Change([f.CaseId, f.IntoCaseId], () => Merge(f.CaseId, f.IntoCaseId)); break;
                case CaseUnmerged f when into.TryGetValue(f.CaseId, out var parent):
                    Change([f.CaseId], () =>
                    {
                        into.Remove(f.CaseId);
                        parts[parent].Remove(f.CaseId);
                    });
                    break;
                // Nobody looked at it: that says nothing about its rules.
                case CaseClosed { Discovery: Discoveries.ExpiredUnworked }: break;
                case CaseClosed f: Change([f.CaseId], () => closed[f.CaseId] = f.Verdict); break;
                case CaseReopened f: Change([f.CaseId], () => closed.Remove(f.CaseId)); break;
            }
        }
    }

    public RuleVerdicts Of(string ruleId, IEnumerable<Verdict> judged)
    {
        var sums = new int[4];
        lock (gate)
            if (counts.TryGetValue(ruleId, out var known)) known.CopyTo(sums, 0);
        foreach (var verdict in judged) sums[(int)verdict]++;
        return new(sums[(int)Verdict.TruePositive], sums[(int)Verdict.BenignPositive], sums[(int)Verdict.FalsePositive], sums[(int)Verdict.Undecided]);
    }

    // What closed cases counted before is taken back, what they count now is added.
    void Change(IReadOnlyList<string> cases, Action change)
    {
        var tops = cases.Select(Top).ToHashSet();
        foreach (var top in tops) Count(top, -1);
        change();
        tops.UnionWith(cases.Select(Top));
        foreach (var top in tops)
            if (!into.ContainsKey(top)) Count(top, +1);
    }

    void Live(string signalId, string caseId)
    {
        if (homes.TryGetValue(signalId, out var old)) living[old].Remove(signalId);
        homes[signalId] = caseId;
        if (!living.TryGetValue(caseId, out var here)) living[caseId] = here = [];
        here.Add(signalId);
    }

    void Merge(string caseId, string intoId)
    {
        into[caseId] = intoId;
        if (!parts.TryGetValue(intoId, out var inside)) parts[intoId] = inside = [];
        inside.Add(caseId);
    }

    string Top(string id)
    {
        for (var hops = 0; into.TryGetValue(id, out var next) && hops <= into.Count; hops++) id = next;
        return id;
    }

    void Rules(string caseId, HashSet<string> found)
    {
        foreach (var signal in living.GetValueOrDefault(caseId, []))
            if (ruleOfSignal.TryGetValue(signal, out var rule)) found.Add(rule);
        foreach (var part in parts.GetValueOrDefault(caseId, [])) Rules(part, found);
    }

    void Count(string caseId, int by)
    {
        if (!closed.TryGetValue(caseId, out var verdict)) return;
        var rules = new HashSet<string>();
        Rules(caseId, rules);
        foreach (var rule in rules)
        {
            if (!counts.TryGetValue(rule, out var sums)) counts[rule] = sums = new int[4];
            sums[(int)verdict] += by;
        }
    }
}
