using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.ByHand;

/// <summary>Puts chosen signals into another case.</summary>
static class MoveSignals
{
    public sealed record MoveSignalsAsk(IReadOnlyList<string>? SignalIds, string? To, string? Why);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/move-signals", Handle).WithName("MoveSignals").RequireAuthorization(Policies.Response);

    internal static Task<Results<Ok<Regrouped>, NotFound, Conflict<Finding>>> Handle(
        string id, MoveSignalsAsk ask, ClaimsPrincipal user, TriageDesk desk, GroupingViews views, CancellationToken stop) =>
        GroupingRoutes.Do(id, ask.Why, user, desk, views, (c, hand) => views.Case(ask.To) is { } to ? hand.Move(c, ask.SignalIds ?? [], to) : null, stop);
}
