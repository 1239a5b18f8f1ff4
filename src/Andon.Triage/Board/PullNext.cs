using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board;

/// <summary>"Next": the best card that this person may take now, and why it is this one.</summary>
static class PullNext
{
    public sealed record PullNextAsk(string? Domain);

    public static void Map(RouteGroupBuilder board) => board.MapPost("/pull", Handle).WithName("PullNext").RequireAuthorization(Policies.Response);

    internal static async Task<Results<Ok<Card>, Conflict<Finding>>> Handle(PullNextAsk? ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop)
    {
        var person = user.Identity?.Name ?? "?";
        using var turn = await desk.TakeTurn(stop);
        (CaseState Case, PullWhy Why)? next;
        lock (desk.Gate)
        {
            next = NextCard.Of(desk, views, person, ask?.Domain);
            if (Refuse(next?.Case, Queue.Waiting(desk.State, ask?.Domain).Any(), desk, person) is { } finding) return TypedResults.Conflict(finding);
        }
        var (card, why) = next!.Value;
        await desk.Append([new(Actors.Of(user), "pull", new CardPulled(card.Id, person, null) { Chosen = why })], [], stop);
        lock (desk.Gate) return TypedResults.Ok(views.Card(desk.State.Case(card.Id)!));
    }

    static Finding? Refuse(CaseState? best, bool anyWaits, TriageDesk desk, string person) =>
        best is not null ? PullCard.Full(WorkInHand.Of(desk, best, person, Lane.Triage))
        : anyWaits ? new("TRI579", "There is no card that you may take: what waits needs other domains or skills, or sleeps.",
            "Help in a lane that is full, or ask whoever leads to add the domain or the skill.", "", FindingLevel.Note)
        : new("TRI200", "There is no card to pull.", "New cases come up by themselves; look at the lanes that wait for someone.", "", FindingLevel.Note);
}
