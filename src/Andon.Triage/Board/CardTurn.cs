using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Triage.Board;

/// <summary>What was decided about a card: a fact, or why not.</summary>
internal readonly record struct Decided(FactBody? Body, Finding? Refusal)
{
    public static implicit operator Decided(FactBody body) => new(body, null);
    public static implicit operator Decided(Finding refusal) => new(null, refusal);
}

/// <summary>One command on one open card: take the turn, decide on what is there, append, show the card.</summary>
static class CardTurn
{
    public static async Task<Results<Ok<Card>, NotFound, Conflict<Finding>>> Take(
        string id, string cause, ClaimsPrincipal user, TriageDesk desk, Views views, Func<CaseState, Decided> decide, CancellationToken stop)
    {
        using var turn = await desk.TakeTurn(stop);
        Decided decided;
        lock (desk.Gate)
        {
            if (desk.State.Case(id) is not { } card) return TypedResults.NotFound();
            decided = PullCard.Gone(card) is { } gone ? gone : decide(card);
        }
        if (decided.Refusal is { } finding) return TypedResults.Conflict(finding);
        await desk.Append([new(Actors.Of(user), cause, decided.Body!)], [], stop);
        lock (desk.Gate) return TypedResults.Ok(views.Card(desk.State.Case(id)!));
    }

    /// <summary>A reason that must be there, or one that is too long.</summary>
    public static Finding? NoReason(string why, string hint) =>
        why.Length == 0 ? new("TRI562", "There is no reason.", hint, "/why")
        : why.Length > Limits.TextMax ? new("TRI213", "The reason is too long.", $"Say it in {Limits.TextMax} characters.", "/why") : null;

    public static Finding? BadDate(long? ms, long nowMs, string place) =>
        ms is { } at && (at <= nowMs || at > nowMs + Limits.AheadMsMax) ? new("TRI563", "That time is past, or more than a year ahead.", "Choose a time between now and a year from now.", place) : null;
}
