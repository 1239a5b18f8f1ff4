using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board;

static class MoveCard
{
    /// <param name="Override">Move although the lane is full; needs a reason.</param>
    public sealed record MoveAsk(Lane To, string? Why, bool Override = false);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/lane", Handle).WithName("MoveCard").RequireAuthorization(Policies.Response);

    internal static async Task<Results<Ok<Card>, NotFound, Conflict<Finding>>> Handle(
        string id, MoveAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop)
    {
        using var turn = await desk.TakeTurn(stop);
        var why = (ask.Why ?? "").Trim();
        Lane from;
        lock (desk.Gate)
        {
            if (desk.State.Case(id) is not { } card) return TypedResults.NotFound();
            from = card.Lane;
            if (Refuse(card, ask with { Why = why }, Enum.IsDefined(ask.To) ? WorkInHand.Of(desk, card, card.Owner, ask.To) : default) is { } finding) return TypedResults.Conflict(finding);
        }
        var kept = ask.Override ? $"over the limit: {why}" : why;
        await desk.Append([new(Actors.Of(user), kept.Length > 0 ? kept : "move", new CardMoved(id, from, ask.To, kept))], [], stop);
        lock (desk.Gate) return TypedResults.Ok(views.Card(desk.State.Case(id)!));
    }

    internal static Finding? Refuse(CaseState card, MoveAsk ask, WorkInHand load)
    {
        var reasoned = !string.IsNullOrWhiteSpace(ask.Why);
        if (PullCard.Gone(card) is { } gone) return gone;
        if (!Enum.IsDefined(ask.To)) return new("TRI214", "There is no such lane.", "Use one of the lanes of the board.", "/to");
        if (ask.To == Lane.Closed) return new("TRI208", "A card is not dragged into Closed.", "Close the case with a verdict.", "/to");
        if (ask.To == card.Lane) return new("TRI209", "The card is in that lane already.", "Choose another lane.", "/to");
        if ((ask.Why?.Length ?? 0) > Limits.TextMax) return new("TRI213", "The reason is too long.", $"Say it in {Limits.TextMax} characters.", "/why");
        if (card.Owner is null && ask.To != Lane.New) return new("TRI203", "Nobody has pulled this card.", "Pull it first; work is pulled, never pushed.", card.Id);
        if (ask.To < card.Lane && !reasoned) return new("TRI211", "The card goes back.", "Say why.", "/why");
        if (ask.To == Lane.New) return null;
        var full = load.PersonFull
            ? new Finding("TRI201", $"{card.Owner} holds {load.Held} cards in that lane; the limit is {load.PersonMax}.", "Finish one first, or override with a reason.", "/override")
            : load.LaneFull
                ? new("TRI202", $"That lane holds {load.InLane} cards; its limit is {load.LaneMax}.", "Finish one first, or override with a reason.", "/override")
                : null;
        return full is null || (ask.Override && reasoned) ? null : full;
    }
}
