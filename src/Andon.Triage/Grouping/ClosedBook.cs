using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Signals;

namespace Andon.Triage.Grouping;

/// <summary>Closed cases by what was met in them, so that what comes back is known as such. The newest are remembered.</summary>
internal sealed class ClosedBook
{
    const int CasesPerKeyMax = 4;
    readonly Dictionary<string, List<string>> byKey = [];
    readonly Dictionary<string, List<string>> keysOf = [];
    readonly LinkedList<string> order = [];

    public IReadOnlyList<string> Of(string key) => byKey.TryGetValue(key, out var list) ? list : [];

    public static string RuleKey(Signal signal) => $"{signal.Opened.RuleId}|{signal.Opened.Entity}";

    public void Add(CaseState c)
    {
        Remove(c.Id);
        List<string> keys = [.. c.Entities.Keys, .. c.Signals.Select(RuleKey).Distinct()];
        keysOf[c.Id] = keys;
        order.AddLast(c.Id);
        foreach (var key in keys)
        {
            if (!byKey.TryGetValue(key, out var list)) byKey[key] = list = new(1);
            list.Add(c.Id);
            if (list.Count > CasesPerKeyMax) list.RemoveAt(0);
        }
        if (order.Count > Limits.ClosedCasesMax && order.First is { } oldest) Remove(oldest.Value);
    }

    public void Remove(string caseId)
    {
        if (!keysOf.Remove(caseId, out var keys)) return;
        order.Remove(caseId);
        foreach (var key in keys)
            if (byKey.TryGetValue(key, out var list) && list.Remove(caseId) && list.Count == 0) byKey.Remove(key);
    }
}

/// <summary>Would what opens a case have joined a closed one?</summary>
internal static class Recurrence
{
    public static CaseRecurred? Of(string caseId, Signal signal, TriageState state, Linker linker)
    {
        // Had it not been closed: the very same tie.
        if (linker.Find(signal, state, state.ClosedBook) is [var best, ..])
        {
            var reason = Linker.Reason(best, state);
            return Make(caseId, best.Case, reason with { Text = reason.Text.Replace("joined because ", "", StringComparison.Ordinal) });
        }
        // What lasts is known again after days, when no tie by time would hold: the same rule on the same thing, a file, a stranger's address.
        if (Recent(state.ClosedBook.Of(ClosedBook.RuleKey(signal)), signal, state) is { } same)
            return Make(caseId, same, new(signal.Opened.Entity, Last(same, signal), Gap(same, signal), 1, $"the same rule on the same {signal.Opened.Entity.Replace(":", " ", StringComparison.Ordinal)}"));
        foreach (var entity in signal.Entities)
        {
            if (!Salience.IsOwn(entity) || entity.Role == EntityRole.Tool || linker.Salience.TypeWeight(entity) is not (> 0 and var weight)) continue;
            var key = Salience.LinkKey(entity, signal.Entities);
            if (state.Entities.Find(key) is { StopReason: not null }) continue;
            if (Recent(state.ClosedBook.Of(key), signal, state) is { } met)
                return Make(caseId, met, new(Keys.Of(entity), met.Entities.GetValueOrDefault(key)?.First.SignalId ?? "", Gap(met, signal), weight, $"the same {Linker.Name(entity)}"));
        }
        return null;
    }

    static CaseRecurred Make(string caseId, CaseState of, JoinReason reason) =>
        new(caseId, of.Id, reason with { Text = $"recurrence of case {of.Number} ({Word(of)}): {reason.Text}" });

    static string Word(CaseState of) => of.Closed switch
    {
        { Discovery: Discoveries.ExpiredUnworked } => "expired unworked",
        { Verdict: Verdict.TruePositive } => "true positive",
        { Verdict: Verdict.FalsePositive } => "false positive",
        { Verdict: Verdict.BenignPositive } => "benign",
        _ => "undecided",
    };

    static CaseState? Recent(IReadOnlyList<string> ids, Signal signal, TriageState state)
    {
        for (var i = ids.Count - 1; i >= 0; i--)
            if (state.Case(ids[i]) is { Closed: not null } c && signal.AtMs - c.ClosedMs <= Limits.RecurrenceMsMax) return c;
        return null;
    }

    static string Last(CaseState of, Signal signal) => of.Signals.FindLast(s => s.Opened.RuleId == signal.Opened.RuleId && s.Opened.Entity == signal.Opened.Entity)?.Id ?? "";

    static long Gap(CaseState of, Signal signal) => Math.Max(0, signal.Opened.FirstMs - of.LastMs);
}
