using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>Verdicts of closed cases, brought back to the rules whose signals belong to them. A case counts once for each of its rules.</summary>
sealed class CaseVerdicts
{
    readonly Lock gate = new();
    readonly Dictionary<string, string> ruleOfSignal = [];
    readonly Dictionary<string, HashSet<string>> rulesOfCase = [];
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
                case SignalJoined f when ruleOfSignal.TryGetValue(f.SignalId, out var rule): Join(f.CaseId, [rule]); break;
                case CaseMerged f when rulesOfCase.Remove(f.CaseId, out var rules):
                    Count(f.CaseId, rules, -1);
                    Join(f.IntoCaseId, rules);
                    break;
                case CaseClosed f:
                    var known = rulesOfCase.GetValueOrDefault(f.CaseId, []);
                    Count(f.CaseId, known, -1);
                    closed[f.CaseId] = f.Verdict;
                    Count(f.CaseId, known, +1);
                    break;
                case CaseReopened f:
                    Count(f.CaseId, rulesOfCase.GetValueOrDefault(f.CaseId, []), -1);
                    closed.Remove(f.CaseId);
                    break;
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

    void Join(string caseId, IEnumerable<string> rules)
    {
        if (!rulesOfCase.TryGetValue(caseId, out var here)) rulesOfCase[caseId] = here = [];
        foreach (var rule in rules)
            if (here.Add(rule)) Count(caseId, [rule], +1);
    }

    void Count(string caseId, IEnumerable<string> rules, int by)
    {
        if (!closed.TryGetValue(caseId, out var verdict)) return;
        foreach (var rule in rules)
        {
            if (!counts.TryGetValue(rule, out var sums)) counts[rule] = sums = new int[4];
            sums[(int)verdict] += by;
        }
    }
}
