using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.ByHand;

/// <summary>Takes a split, a move or an undone join back.</summary>
static class UndoMove
{
    public sealed record UndoMoveAsk(string? MoveId, string? Why);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/undo-move", Handle).WithName("UndoMove").RequireAuthorization(Policies.Response);

    internal static Task<Results<Ok<Regrouped>, NotFound, Conflict<Finding>>> Handle(
        string id, UndoMoveAsk ask, ClaimsPrincipal user, TriageDesk desk, GroupingViews views, CancellationToken stop) =>
        GroupingRoutes.Do(id, ask.Why, user, desk, views, (_, hand) => desk.State.Move(ask.MoveId ?? "") is { } move ? hand.Undo(move) : null, stop);
}
