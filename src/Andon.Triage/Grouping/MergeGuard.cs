using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Triage.Grouping;

/// <summary>May two cases become one? All guards of triage.md §3; stop entities never get this far, because they link nothing.</summary>
internal static class MergeGuard
{
    /// <summary>Null when they may; else why not, and they stay related.</summary>
    public static string? Refuse(CaseState into, CaseState from, Link linkToFrom)
    {
        if (into.Id == from.Id) return "same case";
        if (into.Lane == Lane.Closed || from.Lane == Lane.Closed) return "one is closed";
        if (into.Background || from.Background) return "one holds nothing but what is usual";
        if (!linkToFrom.Causal && linkToFrom.Independent < 2) return "only one entity ties them";
        if (linkToFrom.Score < Linker.MergeMin) return "the tie is weak";
        if (into.Owner is { } a && from.Owner is { } b && a != b) return "two people own them";
        if (into.Manual && from.Manual) return "both were reported by people";
        if (into.Signals.Count + from.Signals.Count > Limits.CaseSignalsMax) return "together they would be too large";
        var span = Math.Max(into.LastMs, from.LastMs) - Math.Min(into.FirstMs, from.FirstMs);
        return span > Limits.CaseSpanMsMax ? "together they would last too long" : null;
    }

    /// <summary>Which of two stays: the one someone works on, else the older.</summary>
    public static (CaseState Into, CaseState From) Order(CaseState a, CaseState b) =>
        (a.Owner is null) != (b.Owner is null) ? a.Owner is null ? (b, a) : (a, b) : a.Number < b.Number ? (a, b) : (b, a);
}
