using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.ByHand;

/// <summary>A merged case stands on its own again, as it was.</summary>
static class UnmergeCase
{
    public sealed record UnmergeCaseAsk(string? Why);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/unmerge", Handle).WithName("UnmergeCase").RequireAuthorization(Policies.Response);

    internal static Task<Results<Ok<Regrouped>, NotFound, Conflict<Finding>>> Handle(
        string id, UnmergeCaseAsk ask, ClaimsPrincipal user, TriageDesk desk, GroupingViews views, CancellationToken stop) =>
        GroupingRoutes.Do(id, ask.Why, user, desk, views, (c, hand) => hand.Unmerge(c), stop);
}
