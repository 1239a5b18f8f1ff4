using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.ByHand;

/// <summary>Makes a case of chosen signals.</summary>
static class SplitCase
{
    public sealed record SplitCaseAsk(IReadOnlyList<string>? SignalIds, string? Why);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/split", Handle).WithName("SplitCase").RequireAuthorization(Policies.Response);

    internal static Task<Results<Ok<Regrouped>, NotFound, Conflict<Finding>>> Handle(
        string id, SplitCaseAsk ask, ClaimsPrincipal user, TriageDesk desk, GroupingViews views, CancellationToken stop) =>
        GroupingRoutes.Do(id, ask.Why, user, desk, views, (c, hand) => hand.Split(c, ask.SignalIds ?? []), stop);
}
