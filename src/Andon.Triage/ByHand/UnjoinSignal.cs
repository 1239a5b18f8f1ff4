using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.ByHand;

/// <summary>Undoes a join: the signal, and all that hangs on it, become a case of their own; said to be not related, they never come back by themselves.</summary>
static class UnjoinSignal
{
    public sealed record UnjoinSignalAsk(string? SignalId, string? Why, bool NotRelated = false);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/unjoin", Handle).WithName("UnjoinSignal").RequireAuthorization(Policies.Response);

    internal static Task<Results<Ok<Regrouped>, NotFound, Conflict<Finding>>> Handle(
        string id, UnjoinSignalAsk ask, ClaimsPrincipal user, TriageDesk desk, GroupingViews views, CancellationToken stop) =>
        GroupingRoutes.Do(id, ask.Why, user, desk, views, (c, hand) => hand.Unjoin(c, ask.SignalId ?? "", ask.NotRelated), stop);
}
