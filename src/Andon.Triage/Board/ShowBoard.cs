using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board;

static class ShowBoard
{
    public static void Map(RouteGroupBuilder board) => board.MapGet("", Handle).WithName("ShowBoard").RequireAuthorization(Policies.Cases);

    /// <param name="filter">Tokens as <see cref="BoardFilter"/> reads them.</param>
    internal static Ok<BoardView> Handle(string? filter, TriageDesk desk, Views views, DomainRules domains)
    {
        lock (desk.Gate)
        {
            var now = desk.NowMs;
            var tokens = BoardFilter.Read(filter);
            var open = desk.State.OpenCases().Where(views.Shows).ToList();
            var shown = open.Where(c => tokens.Fits(c, desk.State, now)).ToList();
            var closed = desk.State.Cases.Where(c => c.Lane == Lane.Closed && c.MergedInto is null && views.Shows(c) && now - c.ClosedMs < Limits.Day && tokens.Fits(c, desk.State, now))
                .OrderByDescending(c => c.ClosedMs).ToList();
            var lanes = Enum.GetValues<Lane>().Select(lane =>
            {
                var cases = lane == Lane.Closed ? closed
                    : [.. shown.Where(c => c.Lane == lane).Select(c => (Case: c, P: c.Priority(now, desk.State.Estate))).OrderByDescending(c => c.P).ThenBy(c => c.Case.Number).Select(c => c.Case)];
                return new LaneView(lane, desk.State.Board.LimitOf(lane), cases.Count, [.. cases.Take(Limits.CardsPerLaneMax).Select(views.Card)])
                {
                    Load = lane == Lane.Closed ? 0 : Queue.InLane(desk.State, lane, now, views.Shows),
                    // What one may not see still takes its place where places are few; elsewhere it is not told of at all.
                    Hidden = desk.State.Board.LimitOf(lane) is null ? 0 : Queue.InLane(desk.State, lane, now, c => !views.Shows(c)),
                };
            }).ToList();
            return TypedResults.Ok(new BoardView(lanes, new(desk.Testing.Last24h(now)), closed.Count, desk.State.Board.LimitOf("person"))
            {
                Flow = BoardViews.Flow(desk.State, views, open, shown.Count, now, domains.Domains),
            });
        }
    }
}
