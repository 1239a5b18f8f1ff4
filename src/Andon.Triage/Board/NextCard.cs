using System.Globalization;
using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Triage.Board;

/// <summary>A card that waits, with what decides about it.</summary>
internal sealed record Candidate(CaseState Case, double Points, double Priority, ServiceClass Class)
{
    public bool Planned => Case.Card.Work is not null;
}

/// <summary>
/// Which card a person gets next. The order is <see cref="Queue.Points"/>; this page only says whose turn it is: one pull in ten belongs to
/// the oldest standard card, an expedite card goes first (but never takes that one pull twice), a date that is near comes next, planned
/// work gets its share, and else the best is the best.
/// </summary>
internal static class NextCard
{
    /// <summary>A date is near.</summary>
    public const long NearMs = Limits.Day;

    public static (CaseState Case, PullWhy Why)? Of(TriageDesk desk, Views views, string person, string? domain)
    {
        var (state, now) = (desk.State, desk.NowMs);
        var may = state.Board.Of(person);
        var waiting = new List<Candidate>();
        foreach (var c in Queue.Waiting(state, domain))
        {
            if (!views.Shows(c) || c.Card.Asleep(now) || c.Card.Waiting is not null || !may.May(c.Domain, c.Card.Skill)) continue;
            var priority = c.Priority(now, state.Estate);
            waiting.Add(new(c, Queue.Points(desk, views, person, c), priority, ServiceClasses.Of(c, priority).Class));
        }
        var freeExpedite = waiting.Exists(c => c.Class == ServiceClass.Expedite) && ServiceClasses.InWork(state, now) < state.Board.LimitOf("expedite");
        return Choose(waiting, state.Board.Pulls, person, state.Board.PlannedPercent, freeExpedite, now);
    }

    /// <summary>Pure: the same cards and the same pulls so far give the same card.</summary>
    internal static (CaseState Case, PullWhy Why)? Choose(IReadOnlyList<Candidate> waiting, PullMemory pulls, string person, int plannedPercent, bool expediteFree, long nowMs)
    {
        if (waiting.Count == 0) return null;
        var oldest = First(waiting.Where(c => c.Class == ServiceClass.Standard), c => -c.Case.OpenedMs);
        var expedite = expediteFree ? First(waiting.Where(c => c.Class == ServiceClass.Expedite), c => c.Points) : null;
        var due = First(waiting.Where(c => c.Class == ServiceClass.FixedDate && c.Case.Card.NextDueMs - nowMs <= NearMs), c => -(c.Case.Card.NextDueMs ?? 0));
        var planned = First(waiting.Where(c => c.Planned), c => c.Points);
        var best = First(waiting, c => c.Points)!;
        var since = pulls.SinceOldest(person);

        // The last pull of ten is the oldest's whatever waits; the one before it already, when nothing is urgent.
        var (card, share) = (oldest, expedite, due, planned) switch
        {
            ({ } o, _, _, _) when since >= PullMemory.OldestEvery - 1 || (expedite is null && since >= PullMemory.OldestEvery - 2) => (o, "oldest"),
            (_, { } e, _, _) => (e, "expedite"),
            (_, _, { } d, _) => (d, "due"),
            (_, _, _, { } p) when pulls.PlannedDue(plannedPercent) => (p, "planned"),
            _ => (best, best.Points > best.Priority ? "related" : "best"),
        };
        return (card.Case, Why(card, share, card == oldest, since, plannedPercent));
    }

    /// <summary>Why a person took that one, when it was not given.</summary>
    public static PullWhy Taken(TriageDesk desk, Views views, string person, CaseState c)
    {
        var (state, now) = (desk.State, desk.NowMs);
        var priority = c.Priority(now, state.Estate);
        var cls = ServiceClasses.Of(c, priority).Class;
        var older = Queue.Waiting(state, null).Any(o => o != c && views.Shows(o) && (o.OpenedMs, o.Number).CompareTo((c.OpenedMs, c.Number)) < 0 && ServiceClasses.Of(o, o.Priority(now, state.Estate)).Class == ServiceClass.Standard);
        return Why(new(c, Queue.Points(desk, views, person, c), priority, cls), "taken", cls == ServiceClass.Standard && c.Owner is null && !older, 0, 0);
    }

    static Candidate? First(IEnumerable<Candidate> cards, Func<Candidate, double> by)
    {
        Candidate? found = null;
        foreach (var c in cards)
            if (found is null || by(c) > by(found) || (by(c).Equals(by(found)) && c.Case.Number < found.Case.Number)) found = c;
        return found;
    }

    static PullWhy Why(Candidate c, string share, bool oldest, int since, int percent)
    {
        var relation = Math.Max(0, c.Points - c.Priority);
        string P(double points) => points.ToString("0", CultureInfo.InvariantCulture);
        var text = share switch
        {
            "oldest" => $"the oldest standard card: {since} pulls went by without it, and one in {PullMemory.OldestEvery} is its own",
            "expedite" => $"expedite, priority {P(c.Priority)}: it goes before all others",
            "due" => "its date is less than a day away",
            "planned" => $"planned work has had less than its share of {percent} %",
            "related" => $"priority {P(c.Priority)} and {P(relation)} points for belonging to what you last worked on",
            "taken" => "chosen by hand",
            _ => $"priority {P(c.Priority)} is the highest that you may take",
        };
        return new(share, Math.Round(c.Priority, 3), Math.Round(relation, 3), c.Class, oldest, c.Planned, text);
    }
}
