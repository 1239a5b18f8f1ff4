using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board;

/// <summary>"Next": the best card that this person may take now.</summary>
static class PullNext
{
    public sealed record PullNextAsk(string? Domain);

    public static void Map(RouteGroupBuilder board) => board.MapPost("/pull", Handle).WithName("PullNext").RequireAuthorization(Policies.Response);

    internal static async Task<Results<Ok<Card>, Conflict<Finding>>> Handle(PullNextAsk? ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop)
    {
        var person = user.Identity?.Name ?? "?";
        using var turn = await desk.TakeTurn(stop);
        CaseState? best;
        lock (desk.Gate)
        {
            best = Queue.Best(desk, views, person, ask?.Domain);
            if (Refuse(best, Queue.Held(desk.State, person, Lane.Triage), Queue.InLane(desk.State, Lane.Triage)) is { } finding) return TypedResults.Conflict(finding);
        }
        await desk.Append([new(Actors.Of(user), "pull", new CardPulled(best!.Id, person, null))], [], stop);
        lock (desk.Gate) return TypedResults.Ok(views.Card(desk.State.Case(best.Id)!));
    }

    internal static Finding? Refuse(CaseState? best, int held, int inLane) =>
        best is null ? new("TRI200", "There is no card to pull.", "New cases come up by themselves; look at the lanes that wait for someone.", "", FindingLevel.Note)
        : PullCard.Full(held, inLane);
}
