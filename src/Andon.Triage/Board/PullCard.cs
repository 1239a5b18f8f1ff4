using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board;

/// <summary>Takes one certain card; another than the best needs a reason, which is kept.</summary>
static class PullCard
{
    public sealed record PullAsk(string? Why);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/pull", Handle).WithName("PullCard").RequireAuthorization(Policies.Response);

    internal static async Task<Results<Ok<Card>, NotFound, Conflict<Finding>>> Handle(
        string id, PullAsk? ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop)
    {
        var person = user.Identity?.Name ?? "?";
        var why = (ask?.Why ?? "").Trim();
        using var turn = await desk.TakeTurn(stop);
        bool best;
        PullWhy chosen;
        lock (desk.Gate)
        {
            if (desk.State.Case(id) is not { } card) return TypedResults.NotFound();
            var next = NextCard.Of(desk, views, person, null);
            best = next is { } first && first.Case.Id == id;
            chosen = best ? next!.Value.Why : NextCard.Taken(desk, views, person, card);
            var lane = card.Lane == Lane.New ? Lane.Triage : card.Lane;
            if (Refuse(card, person, why, best, WorkInHand.Of(desk, card, person, lane)) is { } finding) return TypedResults.Conflict(finding);
        }
        await desk.Append([new(Actors.Of(user), why.Length > 0 ? why : "pull", new CardPulled(id, person, best ? null : why) { Chosen = chosen })], [], stop);
        lock (desk.Gate) return TypedResults.Ok(views.Card(desk.State.Case(id)!));
    }

    internal static Finding? Refuse(CaseState card, string person, string why, bool best, WorkInHand load)
    {
        if (Gone(card) is { } gone) return gone;
        if (card.Owner == person) return new("TRI206", "This card is yours already.", "Move it on, or put it back into New.", card.Id);
        if (Full(load) is { } full) return full;
        if (why.Length > Limits.TextMax) return new("TRI213", "The reason is too long.", $"Say it in {Limits.TextMax} characters.", "/why");
        if (card.Owner is not null && why.Length == 0) return new("TRI205", $"{card.Owner} works on this card.", "Talk to them; to take it over give a reason.", "/why");
        if (!best && why.Length == 0) return new("TRI204", "This is not the best card now.", "Pull the next one, or give a reason why this one comes first.", "/why");
        return null;
    }

    /// <summary>Work in hand has a limit; nobody pulls over theirs, unless the card is expedite.</summary>
    internal static Finding? Full(WorkInHand load) =>
        load.PersonFull ? new("TRI201", $"You hold {load.Held} cards in this lane; the limit is {load.PersonMax}.", "Move one on, close one, or put one back first.")
        : load.LaneFull ? new("TRI202", $"The lane holds {load.InLane} cards; its limit is {load.LaneMax}.", "Help to finish one of them first.")
        : null;

    internal static Finding? Gone(CaseState card) =>
        card.MergedInto is { } into ? new("TRI210", $"This case became part of {into}.", "Go on there.", into)
        : card.Lane == Lane.Closed ? new("TRI207", "This case is closed.", "Reopen it, giving a reason.", card.Id)
        : null;
}
