using Andon.Triage.Cases;
using Andon.Triage.Signals;

namespace Andon.Triage.Grouping;

/// <summary>What goes when one reason to join is undone.</summary>
/// <param name="Signals">The signal and all that hangs on it.</param>
/// <param name="Cases">Cases that were merged in through one of them, and stand on their own again.</param>
internal sealed record FallsAway(IReadOnlyList<Signal> Signals, IReadOnlyList<CaseState> Cases);

/// <summary>The spanning forest of reasons of a case: each signal hangs on the one that it was joined with.</summary>
internal static class Forest
{
    /// <summary>Signals by the one that they hang on; under "" the first of each tree. A merged case hangs where it was tied.</summary>
    public static Dictionary<string, List<Signal>> Children(CaseState c, TriageState state)
    {
        var here = c.Signals.Select(s => s.Id).ToHashSet();
        var roots = state.Family(c).Skip(1).Where(p => p.Signals.Count > 0)
            .ToDictionary(p => Root(p, state)?.Id ?? "", p => HangsOn(p, state), StringComparer.Ordinal);
        var children = new Dictionary<string, List<Signal>>();
        foreach (var signal in c.Signals.OrderBy(s => s.Opened.FirstMs).ThenBy(s => s.Id, StringComparer.Ordinal))
        {
            var on = signal.Join?.With ?? roots.GetValueOrDefault(signal.Id) ?? "";
            if (!here.Contains(on) || on == signal.Id) on = "";
            if (!children.TryGetValue(on, out var list)) children[on] = list = [];
            list.Add(signal);
        }
        return children;
    }

    /// <summary>The first signal that lives in a case itself.</summary>
    static Signal? Root(CaseState part, TriageState state) => part.Signals.Find(s => s.Join is null && s.CaseId == part.Id) ?? part.Signals.Find(s => s.CaseId == part.Id);

    // A merge ties the signal that brought it about with one of the other case; the part hangs on the end that is not its own.
    static string? HangsOn(CaseState part, TriageState state)
    {
        var own = part.Signals.Select(s => s.Id).ToHashSet();
        foreach (var end in Ends(part, state))
            if (!own.Contains(end.Id)) return end.Id;
        return null;
    }

    static IEnumerable<Signal> Ends(CaseState part, TriageState state)
    {
        if (part.Tie is not { ByHand: false } tie) yield break;
        if (state.Signal(tie.Reason.With) is { } with) yield return with;
        if (!tie.Cause.StartsWith("hit:", StringComparison.Ordinal)) yield break;
        foreach (var c in state.Chain(tie.IntoId))
            if (c.Signals.Find(s => s.Opened.FirstHit == tie.Cause[4..]) is { } bridge)
            {
                yield return bridge;
                yield break;
            }
    }

    public static FallsAway Of(CaseState c, Signal signal, TriageState state)
    {
        var gone = Under(c, [signal]);
        var cases = state.Family(c).Skip(1).Where(p => Ends(p, state).Any(gone.Contains)).ToList();
        return new([.. c.Signals.Where(gone.Contains)], cases);
    }

    /// <summary>Signals that joined later through those of a merged case, and leave with it.</summary>
    public static IReadOnlyList<Signal> Along(CaseState shownIn, CaseState part)
    {
        var own = part.Signals.ToHashSet();
        var under = Under(shownIn, own);
        return [.. shownIn.Signals.Where(s => under.Contains(s) && !own.Contains(s))];
    }

    // Cycles cannot be: a signal hangs on one that was there before. Moves keep that; a set stops the walk in any case.
    static HashSet<Signal> Under(CaseState c, IEnumerable<Signal> tops)
    {
        var by = c.Signals.Where(s => s.Join is not null).ToLookup(s => s.Join?.With ?? "");
        var found = new HashSet<Signal>();
        var open = new Queue<Signal>(tops);
        while (open.TryDequeue(out var one))
            if (found.Add(one))
                foreach (var child in by[one.Id]) open.Enqueue(child);
        return found;
    }
}
