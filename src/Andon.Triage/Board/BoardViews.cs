using Andon.Model;
using Andon.Triage.Board.Requests;
using Andon.Triage.Cases;

namespace Andon.Triage.Board;

/// <param name="OutsideMs">Time outside so far, with earlier waits; it is not Response's.</param>
public sealed record WaitView(long SinceMs, string On, string Why, bool ByRequest, long OutsideMs);

public sealed record SleepView(long UntilMs, string Why, string By);

/// <summary>How a card is served: its class and why, its date, what it waits for.</summary>
/// <param name="Work">tuning, validation or gap; null for what was discovered.</param>
/// <param name="Requests">Remediation requests that are not settled.</param>
/// <param name="Routed">Why it is in its domain.</param>
/// <param name="Chosen">Why "Next" gave it to its owner.</param>
public sealed record ServiceView(
    ServiceClass Class, string ClassWhy, bool ClassSaid, long? DueMs, long? DueSetMs, WaitView? Waiting, long OutsideMs, SleepView? Asleep, string? Work, string? Skill,
    int Requests, string? Routed, int Reroutes, PullWhy? Chosen);

public sealed record NameCount(string Name, int Count);

/// <summary>One person's load in one lane.</summary>
public sealed record LoadView(string Person, Lane Lane, int Held, int Limit);

/// <summary>The wished share of planned work and what came of it.</summary>
/// <param name="PlannedPercent">Wished, of the pulls.</param>
/// <param name="Pulls">Pulls in the last 28 days; of them planned, oldest, expedite.</param>
public sealed record SplitView(int PlannedPercent, int Pulls, int Planned, int Oldest, int Expedite, int PlannedWaiting, int DiscoveredWaiting);

/// <summary>What the head of the board shows: counts that can be clicked, limits, loads.</summary>
/// <param name="Shown">Open cards that fit the filter.</param>
/// <param name="ExpiredUnworked">Cards that ended because nobody came to them.</param>
/// <param name="Domains">Open cards by domain, whatever the filter.</param>
/// <param name="ExpediteHidden">Red expedite cards in work that whoever asks may not see: the limit counts them.</param>
public sealed record FlowView(
    int Open, int Shown, int Waiting, int Asleep, int ExpiredUnworked, int Requests, int ExpediteInWork, int ExpediteLimit, SplitView Split,
    IReadOnlyList<NameCount> Domains, IReadOnlyList<NameCount> Owners, IReadOnlyList<LoadView> Loads, IReadOnlyList<string> AllDomains, int ExpediteHidden = 0);

internal static class BoardViews
{
    public const int SplitDays = 28;

    public static ServiceView Service(CaseState c, TriageState state, long nowMs, double priority)
    {
        var card = c.Card;
        var (cls, why) = ServiceClasses.Of(c, priority);
        return new(cls, why, card.Said is not null, card.DueMs, card.DueMs is null ? null : card.DueSetMs,
            card.Waiting is { } w ? new(w.SinceMs, w.On, w.Why, w.ByRequest, card.OutsideMs(nowMs)) : null, card.OutsideMs(nowMs),
            card.Asleep(nowMs) ? new(card.Sleep!.UntilMs, card.Sleep.Why, card.Sleep.By) : null, card.Work, card.Skill,
            state.Board.Requests.All.Count(r => r.Pending && state.Surviving(r.Asked.CaseId) == c), card.Routed, card.Reroutes, c.Owner is null ? null : card.Chosen);
    }

    public static FlowView Flow(TriageState state, Views views, IReadOnlyList<CaseState> open, int shown, long nowMs, IReadOnlyList<string> domains)
    {
        var board = state.Board;
        var (pulls, planned, oldest, expedite) = board.Pulls.Since(nowMs - SplitDays * Limits.Day, Shown);
        var waiting = open.Where(c => c.Lane == Lane.New && c.Owner is null && !c.Card.Asleep(nowMs)).ToList();
        var held = open.Where(c => c.Owner is not null && c.Card.Waiting is null && !c.Card.Asleep(nowMs) && c.Lane != Lane.New)
            .GroupBy(c => (c.Owner, c.Lane)).OrderBy(g => g.Key.Owner, StringComparer.Ordinal).ThenBy(g => g.Key.Lane);
        return new(open.Count, shown, open.Count(c => c.Card.Waiting is not null), open.Count(c => c.Card.Asleep(nowMs)), state.ExpiredUnworked - views.Hidden().Count(Unworked),
            board.Requests.All.Count(r => r.Pending && Shown(r.Asked.CaseId)), ServiceClasses.InWork(state, nowMs, which: views.Shows), board.LimitOf("expedite"),
            new(board.PlannedPercent, pulls, planned, oldest, expedite, waiting.Count(c => c.Card.Work is not null), waiting.Count(c => c.Card.Work is null)),
            Count(open.Select(c => c.Domain)), Count(open.Where(c => c.Owner is not null).Select(c => c.Owner!)),
            [.. held.Select(g => new LoadView(g.Key.Owner!, g.Key.Lane, g.Count(), board.LimitOf("person")))], domains, ServiceClasses.InWork(state, nowMs, which: c => !views.Shows(c)));

        bool Shown(string caseId) => state.Surviving(caseId) is not { } c || views.Shows(c);
    }

    /// <summary>Its card ended because nobody came to it.</summary>
    public static bool Unworked(CaseState c) => c.Closed?.Discovery == Discoveries.ExpiredUnworked;

    static List<NameCount> Count(IEnumerable<string> names) =>
        [.. names.GroupBy(n => n).Select(g => new NameCount(g.Key, g.Count())).OrderByDescending(n => n.Count).ThenBy(n => n.Name, StringComparer.Ordinal)];
}
