using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Triage.Board;

/// <summary>The order of work: priority, plus up to 15 points for what belongs with what the person just worked on; then age.</summary>
internal static class Queue
{
    public const double RelationPoints = 15;

    public static double Points(TriageDesk desk, Views views, string person, CaseState c)
    {
        var points = c.Priority(desk.NowMs, desk.State.Estate);
        return desk.State.LastWorked.TryGetValue(person, out var id) && desk.State.Surviving(id) is { } worked && worked != c
            ? points + RelationPoints * views.Relation(worked, c) : points;
    }

    public static IEnumerable<CaseState> Waiting(TriageState state, string? domain) =>
        state.OpenCases().Where(c => c.Lane == Lane.New && c.Owner is null && (domain is null || c.Domain == domain));

    /// <summary>Cards of a lane. One that sleeps takes no place.</summary>
    public static int InLane(TriageState state, Lane lane, long nowMs, Func<CaseState, bool>? which = null) =>
        state.OpenCases().Count(c => c.Lane == lane && !c.Card.Asleep(nowMs) && which?.Invoke(c) != false);

    /// <summary>Cards that a person has in hand there. What sleeps or waits for someone outside is in nobody's hands.</summary>
    public static int Held(TriageState state, string person, Lane lane, long nowMs) =>
        state.OpenCases().Count(c => c.Lane == lane && c.Owner == person && c.Card.Waiting is null && !c.Card.Asleep(nowMs));
}
