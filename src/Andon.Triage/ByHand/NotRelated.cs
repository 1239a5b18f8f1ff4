using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.ByHand;

/// <summary>Says that two cases are not related; nothing brings them together until that is withdrawn.</summary>
static class NotRelated
{
    public sealed record NotRelatedAsk(string? CaseId, string? Why);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/not-related", Handle).WithName("NotRelated").RequireAuthorization(Policies.Response);

    internal static Task<Results<Ok<Regrouped>, NotFound, Conflict<Finding>>> Handle(
        string id, NotRelatedAsk ask, ClaimsPrincipal user, TriageDesk desk, GroupingViews views, Grouping.Salience salience, CancellationToken stop) =>
        GroupingRoutes.Do(id, ask.Why, user, desk, views, (c, hand) => views.Case(ask.CaseId) is { } named && desk.State.Surviving(named.Id) is { } other ? hand.NotRelated(c, other, salience) : null, stop);
}
