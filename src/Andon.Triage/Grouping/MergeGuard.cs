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

    /// <summary>A person knows more than the ties, so these need none; what is closed, owned apart or of another kind still stays apart.</summary>
    public static Finding? RefuseByHand(CaseState into, CaseState from, Parting? parted)
    {
        if (into.Id == from.Id) return new("TRI424", $"Case {into.Number} cannot become part of itself.", "Choose another case.", from.Id);
        if (into.MergedInto is { } inner) return new("TRI210", $"Case {into.Number} became part of {inner}.", "Go on there.", inner);
        if (from.MergedInto is { } outer) return new("TRI210", $"Case {from.Number} became part of {outer}.", "Unmerge it there first.", outer);
        if (into.Lane == Lane.Closed || from.Lane == Lane.Closed)
            return new("TRI425", $"Case {(into.Lane == Lane.Closed ? into : from).Number} is closed.", "Reopen it, giving a reason, then merge.", from.Id);
        if (into.Owner is { } a && from.Owner is { } b && a != b)
            return new("TRI426", $"{a} owns case {into.Number}, and {b} owns case {from.Number}.", "Talk to each other; one of you puts the card back into New or hands it over.", from.Id);
        if (into.Authorised != from.Authorised)
            return new("TRI427", $"Case {(into.Authorised ? into : from).Number} is authorised activity, the other is not.", "Split off the signals that belong to the other case, or mend the allow-list.", from.Id);
        if (parted is { } parting)
            return new("TRI428", $"{Who(parting.Actor)} said that these are not related: {parting.Fact.Why}", "Withdraw that first, giving a reason.", parting.Fact.ConstraintId);
        return into.Signals.Count + from.Signals.Count > Limits.CaseByHandMax
            ? new("TRI429", $"Together they would have more than {Limits.CaseByHandMax} signals.", "Keep them apart; a campaign shows them together.", from.Id) : null;
    }

    public static string Who(string actor) => actor.StartsWith("user:", StringComparison.Ordinal) ? actor[5..] : actor;

    /// <summary>Which of two stays: the one someone works on, else the older.</summary>
    public static (CaseState Into, CaseState From) Order(CaseState a, CaseState b) =>
        (a.Owner is null) != (b.Owner is null) ? a.Owner is null ? (b, a) : (a, b) : a.Number < b.Number ? (a, b) : (b, a);
}
