using Andon.Model;
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

    /// <summary>
    /// Makes trees of signals that are one case from now on: who hangs on one that is elsewhere is hung on what that one hung on, or else on
    /// the first of the case.
    /// </summary>
    /// <param name="wish">Reasons as they shall be, where not as they are; what this changes is added.</param>
    public static void Mend(IReadOnlyCollection<Signal> set, Dictionary<Signal, JoinReason?> wish, Func<string, Signal?> find, string why)
    {
        var here = set.ToDictionary(s => s.Id);
        JoinReason? Of(Signal s) => wish.TryGetValue(s, out var wished) ? wished : s.Join;
        var order = set.OrderBy(s => s.Opened.FirstMs).ThenBy(s => s.Id, StringComparer.Ordinal).ToList();
        var root = order.Find(s => Of(s) is null);
        void Hang(Signal signal, Signal? on, JoinReason was)
        {
            root ??= on is null ? signal : null;
            wish[signal] = on is null ? null : was with { With = on.Id, GapMs = Math.Abs(signal.Opened.FirstMs - on.Opened.FirstMs), Text = $"{why}; was {was.Text}" };
        }
        foreach (var signal in order)
        {
            if (Of(signal) is not { } join || here.ContainsKey(join.With)) continue;
            var above = find(join.With);
            for (var steps = 0; above is not null && !here.ContainsKey(above.Id) && steps < set.Count; steps++) above = Of(above) is { } up ? find(up.With) : null;
            Hang(signal, above is not null && above != signal && here.ContainsKey(above.Id) ? above : root, join);
        }
        // An older reason, taken up again, may lead back to the signal itself by a newer one.
        foreach (var signal in order.Where(wish.ContainsKey))
        {
            var (at, steps) = (signal, 0);
            while (Of(at) is { } join && here.TryGetValue(join.With, out var up) && up != signal && steps++ <= set.Count) at = up;
            if (Of(at) is { } last && (last.With == signal.Id || steps > set.Count) && Of(signal) is { } own) Hang(signal, root == signal ? null : root, own);
        }
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
