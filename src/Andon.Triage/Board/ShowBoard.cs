using Andon.Model;
using Andon.Triage.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board;

static class ShowBoard
{
    public static void Map(RouteGroupBuilder board) => board.MapGet("", Handle).WithName("ShowBoard").RequireAuthorization(Policies.Read);

    internal static Ok<BoardView> Handle(TriageDesk desk, Views views)
    {
        lock (desk.Gate)
        {
            var now = desk.NowMs;
            var open = desk.State.OpenCases().Where(views.Shows).ToList();
            var closed = desk.State.Cases.Where(c => c.Lane == Lane.Closed && c.MergedInto is null && views.Shows(c) && now - c.ClosedMs < Limits.Day).OrderByDescending(c => c.ClosedMs).ToList();
            var lanes = Enum.GetValues<Lane>().Select(lane =>
            {
                var cases = lane == Lane.Closed ? closed
                    : [.. open.Where(c => c.Lane == lane).Select(c => (Case: c, P: c.Priority(now, desk.State.Estate))).OrderByDescending(c => c.P).ThenBy(c => c.Case.Number).Select(c => c.Case)];
                return new LaneView(lane, Queue.LimitOf(lane), cases.Count, [.. cases.Take(Limits.CardsPerLaneMax).Select(views.Card)]);
            }).ToList();
            return TypedResults.Ok(new BoardView(lanes, new(desk.Testing.Last24h(now)), closed.Count, Limits.PersonLaneMax));
        }
    }
}
