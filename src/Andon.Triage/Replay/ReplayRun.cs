using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Core;
using Andon.Triage.Grouping;
using Andon.Triage.Routing;
using Andon.Triage.Signals;

namespace Andon.Triage.Replay;

/// <summary>Triage on a virtual clock: the same core and the same fold as in the house, facts kept in memory only.</summary>
internal sealed class ReplayRun
{
    const int Top = 10;
    /// <summary>Without a new signal the order can change only by decay; so often it is looked at.</summary>
    const long LookMs = Limits.Minute;

    readonly TriageCore core;
    readonly Hit[] one = new Hit[1];
    List<string> shown = [];
    long lookedMs = long.MinValue;
    long seq;

    public ReplayRun(DomainRules domains) => core = new(State, new Linker(Salience.Default), domains);

    public TriageState State { get; } = new();
    public long NowMs { get; private set; }
    public long Facts => seq;
    public int Merges { get; private set; }

    /// <summary>The first ten changed.</summary>
    public Action<long, IReadOnlyList<(CaseState Case, double Priority)>>? QueueChanged { get; set; }
    public Action<long, CaseMerged>? Merged { get; set; }
    public Action<Hit, Signal>? Placed { set => core.Placed = value; }

    /// <summary>What a DHCP server said, before the hits that come after it.</summary>
    public void Take(Lease lease) => core.Leases.Take(lease);

    public void Apply(FactBody body) => Apply(new FactDraft("andon:replay", "file", body));

    public void Take(Hit hit)
    {
        NowMs = Math.Max(NowMs, hit.TimeMs);
        one[0] = hit;
        var drafts = core.Step(one, hit.Event.Position, NowMs);
        var moved = false;
        foreach (var draft in drafts)
        {
            Apply(draft);
            moved |= draft.Body is PriorityShifted or CaseMerged;
            if (draft.Body is not CaseMerged merge) continue;
            Merges++;
            Merged?.Invoke(NowMs, merge);
        }
        if (QueueChanged is not null && (moved || NowMs - lookedMs >= LookMs)) Look(QueueChanged);
    }

    public IEnumerable<(CaseState Case, double Priority)> Queue() => State.OpenCases()
        .Select(c => (Case: c, Priority: c.Priority(NowMs, State.Estate)))
        .OrderByDescending(c => c.Priority).ThenBy(c => c.Case.Number);

    /// <summary>The first so many of <see cref="Queue"/>, by one look at each case and without sorting them.</summary>
    public List<(CaseState Case, double Priority)> First(int count)
    {
        var first = new List<(CaseState Case, double Priority)>(count + 1);
        foreach (var c in State.OpenCases())
        {
            var p = c.Priority(NowMs, State.Estate);
            // Cases come by number, so an equal one that came earlier stays before.
            if (first.Count == count && p <= first[^1].Priority) continue;
            var at = first.Count;
            while (at > 0 && first[at - 1].Priority < p) at--;
            first.Insert(at, (c, p));
            if (first.Count > count) first.RemoveAt(count);
        }
        return first;
    }

    void Look(Action<long, IReadOnlyList<(CaseState Case, double Priority)>> tell)
    {
        lookedMs = NowMs;
        var first = First(Top);
        if (first.Count == shown.Count && first.Select(c => c.Case.Id).SequenceEqual(shown)) return;
        shown = [.. first.Select(c => c.Case.Id)];
        tell(NowMs, first);
    }

    void Apply(FactDraft draft) => State.Apply(new(++seq, draft.AtMs ?? NowMs, draft.Actor, draft.Cause, draft.Body));
}
