using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases;

/// <summary>A closed case goes on; its verdict no longer counts for its rules.</summary>
static class ReopenCase
{
    public sealed record ReopenAsk(string? Why);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/reopen", Handle).WithName("ReopenCase").RequireAuthorization(Policies.Response);

    internal static async Task<Results<Ok<CaseView>, NotFound, Conflict<Finding>>> Handle(
        string id, ReopenAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop)
    {
        using var turn = await desk.TakeTurn(stop);
        lock (desk.Gate)
        {
            if (desk.State.Case(id) is not { } card) return TypedResults.NotFound();
            if (Refuse(card, ask) is { } finding) return TypedResults.Conflict(finding);
        }
        await desk.Append([new(Actors.Of(user), "reopen", new CaseReopened(id, (ask.Why ?? "").Trim()))], [], stop);
        lock (desk.Gate) return TypedResults.Ok(views.Case(desk.State.Case(id)!));
    }

    internal static Finding? Refuse(CaseState card, ReopenAsk ask) =>
        card.Lane != Lane.Closed ? new("TRI215", "This case is not closed.", "Only a closed case is reopened.", card.Id)
        : string.IsNullOrWhiteSpace(ask.Why) ? new("TRI216", "There is no reason.", "Say what is new.", "/why")
        : ask.Why.Length > Limits.TextMax ? new("TRI213", "The reason is too long.", $"Say it in {Limits.TextMax} characters.", "/why")
        : null;
}
