using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Triage.Board;

/// <summary>The order of work: priority, plus up to 15 points for what belongs with what the person just worked on; then age.</summary>
internal static class Queue
{
    public const double RelationPoints = 15;

    public static CaseState? Best(TriageDesk desk, Views views, string person, string? domain) =>
        Waiting(desk.State, domain).Where(views.Shows)
            .Select(c => (Case: c, Points: Points(desk, views, person, c)))
            .OrderByDescending(c => c.Points).ThenBy(c => c.Case.Number)
            .Select(c => c.Case).FirstOrDefault();

    public static double Points(TriageDesk desk, Views views, string person, CaseState c)
    {
        var points = c.Priority(desk.NowMs, desk.State.Estate);
        return desk.State.LastWorked.TryGetValue(person, out var id) && desk.State.Surviving(id) is { } worked && worked != c
            ? points + RelationPoints * views.Relation(worked, c) : points;
    }

    public static IEnumerable<CaseState> Waiting(TriageState state, string? domain) =>
        state.OpenCases().Where(c => c.Lane == Lane.New && c.Owner is null && (domain is null || c.Domain == domain));

    public static int InLane(TriageState state, Lane lane) => state.OpenCases().Count(c => c.Lane == lane);

    public static int Held(TriageState state, string person, Lane lane) => state.OpenCases().Count(c => c.Lane == lane && c.Owner == person);

    /// <summary>Lanes in which work is under way have limits.</summary>
    public static int? LimitOf(Lane lane) => lane is Lane.New or Lane.Closed ? null : Limits.LaneMax;
}
