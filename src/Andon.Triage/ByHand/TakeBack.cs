using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Grouping;
using Andon.Triage.Signals;

namespace Andon.Triage.ByHand;

/// <summary>
/// Taking an act back: what it did is undone from the last to the first, so that each signal lives where it lived and hangs where it hung,
/// and what stood alone or together does so again. Taking back is such an act itself, and can be taken back.
/// </summary>
internal sealed partial class Hand
{
    public Act Undo(SignalsMoved move)
    {
        if (Unreasoned() is { } refused) return new([], refused);
        if (move.Act is not null) return No("TRI432", "That went along with another act.", "Take that one back.", move.MoveId);
        if (state.Moves.Any(m => m.UndoesId == move.MoveId && m.Act is null)) return No("TRI433", "That was taken back already.", "Take the taking back back.", move.MoveId);
        if (state.Case(move.CaseId) is not { } old || state.Surviving(old.Id) is not { } seen || state.Surviving(move.ToCaseId) is not { } from) return No("TRI434", "The case is not known.", "Reload the page.", move.MoveId);
        // Taking back left it empty, and so part of the other: it will stand again.
        var stands = Emptied(move.MoveId, old);
        var home = stands ? old : seen;
        if ((Fixed(seen) ?? Fixed(from)) is { } closed) return new([], closed);
        if (move.SignalIds.Select(state.Signal).OfType<Signal>().Any(s => s.CaseId != move.HomeOf(s.Id)))
            return No("TRI435", "Some of these signals have been moved on since.", "Take the later move back first.", move.MoveId);
        if (home == from) return No("TRI436", "The two cases are one again.", "Nothing is left to do.", move.MoveId);

        var act = NextMove(null);
        // What was said of one of these signals no longer holds once it is back.
        foreach (var parting in state.Partings.Active.Where(p => state.Sides(p) is var (l, r) && ((l == from && r == home) || (l == home && r == from))).ToList())
            Put(new PartingWithdrawn(parting.Fact.ConstraintId, parting.Fact.CaseId, parting.Fact.OtherCaseId, why) { Act = act });
        foreach (var done in state.Acts.Of(move.MoveId).Reverse().ToList()) Reverse(done, move, act);
        touched[home.Id] = $"{Count(move.SignalIds.Count)} came back";
        touched[from.Id] = $"{Count(move.SignalIds.Count)} went back";
        if (state.Case(move.ToCaseId) is { Signals.Count: 0, MergedInto: null, Lane: not Lane.Closed } left && left != home && home.MergedInto is null)
            Put(new CaseMerged(left.Id, home.Id, new("by hand", "", 0, 1, $"nothing is left in case {left.Number}: {why}")) { Act = act });
        return Done(home.Id, act);
    }

    /// <summary>Did that act leave the case empty, and is it still as it left it?</summary>
    bool Emptied(string moveId, CaseState old) =>
        old is { MergedInto: not null, Signals.Count: 0 } && state.Acts.Of(moveId).Any(d => d.Body is CaseMerged m && m.CaseId == old.Id && m.IntoCaseId == old.MergedInto);

    void Reverse(Deeded done, SignalsMoved move, string act)
    {
        switch (done.Body)
        {
            case SignalsMoved f: MoveBack(f, f == move ? act : NextMove(act), f == move ? null : act); break;
            case CaseUnmerged f when done.Was is MergeTie tie: Again(f, tie, move.MoveId, act); break;
            case CaseMerged f when state.Case(f.CaseId) is { MergedInto: { } at } part && at == f.IntoCaseId && state.Surviving(part.Id) is { } shownIn: Part(part, shownIn, act, Was(f.Joins)); break;
            case CasesParted f when state.Partings.Find(f.ConstraintId) is not null: Put(new PartingWithdrawn(f.ConstraintId, f.CaseId, f.OtherCaseId, why) { Act = act }); break;
            case PartingWithdrawn when done.Was is CasesParted f && state.Partings.Active.Count < Limits.PartingsMax && state.Surviving(f.CaseId) != state.Surviving(f.OtherCaseId) | f.SignalId is not null:
                Put(f with { ConstraintId = $"p{state.Partings.Ever + 1}", Act = act });
                break;
            default: break; // Someone did something else with it since; their word is the later one.
        }
    }

    /// <summary>Every signal returns to where it lived, with the reason it had.</summary>
    void MoveBack(SignalsMoved f, string id, string? act)
    {
        if (state.Surviving(f.ToCaseId) is not { } from || state.Surviving(f.CaseId) is not { } to) return;
        var signals = f.SignalIds.Select(state.Signal).OfType<Signal>().Where(s => s.CaseId == f.HomeOf(s.Id)).ToList();
        if (signals.Count == 0) return;
        var lived = f.Homes?.Where(h => state.Surviving(h.Value) == to).ToDictionary();
        var homes = signals.Where(s => s.CaseId is { } home && home != from.Id).ToDictionary(s => s.Id, s => s.CaseId ?? "");
        var joins = from == to ? [] : Joins(from, to, signals, Was(f.Joins));
        Put(new SignalsMoved(id, from.Id, f.CaseId, Regrouping.Undone, [.. signals.Select(s => s.Id)], joins, why)
        {
            UndoesId = f.MoveId, Act = act, ToHomes = lived?.Count > 0 ? lived : null, Homes = homes.Count > 0 ? homes : null,
        });
    }

    /// <summary>A case that the act had parted from another is part of it again, by what tied it then; unless it closed or went elsewhere since.</summary>
    void Again(CaseUnmerged f, MergeTie tie, string undoes, string act)
    {
        if (state.Case(f.CaseId) is not { MergedInto: null, Lane: not Lane.Closed } part || state.Surviving(tie.IntoId) is not { Lane: not Lane.Closed } into || into == part) return;
        if ((part.Owner is { } a && into.Owner is { } b && a != b) || state.PartedBy(part, into) is not null) return;
        var joins = Joins(part, into, [.. part.Signals], Was(f.Joins));
        Put(new CaseMerged(part.Id, tie.IntoId, tie.Reason) { Act = act, UndoesId = undoes, Joins = joins.Count > 0 ? joins : null });
        touched[into.Id] = $"case {part.Number} is part of it again";
        touched.Remove(part.Id);
    }

    /// <summary>Reasons as they were before, of those that nobody changed since.</summary>
    Dictionary<Signal, JoinReason?> Was(IReadOnlyList<JoinChange>? joins) => (joins ?? []).Select(j => (Signal: state.Signal(j.SignalId), Join: j))
        .Where(j => j.Signal is not null && j.Signal.Join == j.Join.Now).ToDictionary(j => j.Signal!, j => j.Join.Was);
}
