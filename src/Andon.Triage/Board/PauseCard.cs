using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board;

/// <summary>A card waits for someone outside, or sleeps until a time or its next alert. Both have a reason and end by a fact.</summary>
static class PauseCard
{
    /// <param name="On">Who is waited for: a person, a unit, a vendor.</param>
    public sealed record WaitAsk(string? On, string? Why);
    public sealed record SnoozeAsk(long UntilMs, string? Why);
    public sealed record GoOnAsk(string? Why);

    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapPost("/{id}/wait", Wait).WithName("WaitOutside").RequireAuthorization(Policies.Response);
        cases.MapPost("/{id}/resume", Resume).WithName("ResumeCard").RequireAuthorization(Policies.Response);
        cases.MapPost("/{id}/snooze", Snooze).WithName("SnoozeCard").RequireAuthorization(Policies.Response);
        cases.MapPost("/{id}/wake", Wake).WithName("WakeCard").RequireAuthorization(Policies.Response);
    }

    internal static Task<Results<Ok<Card>, NotFound, Conflict<Finding>>> Wait(string id, WaitAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop)
    {
        var (on, why) = ((ask.On ?? "").Trim(), (ask.Why ?? "").Trim());
        return CardTurn.Take(id, "wait", user, desk, views, card =>
            card.Owner is null ? new Finding("TRI203", "Nobody has pulled this card.", "Pull it first; who waits holds the card.", card.Id)
            : card.Card.Waiting is { } w ? new Finding("TRI565", $"The card waits for {w.On} already.", "Resume it first.", card.Id)
            : on.Length is 0 or > 100 ? new Finding("TRI565", "It is not said who is waited for.", "Name a person, a unit or a firm.", "/on")
            : CardTurn.NoReason(why, "Say what they are to give.") is { } no ? no : new CardWaited(id, on, why), stop);
    }

    internal static Task<Results<Ok<Card>, NotFound, Conflict<Finding>>> Resume(string id, GoOnAsk? ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop) =>
        CardTurn.Take(id, "resume", user, desk, views, card => card.Card.Waiting switch
        {
            null => new Finding("TRI565", "The card waits for nobody.", "Nothing is to be done.", card.Id),
            { ByRequest: true } => new Finding("TRI565", "The card waits for a remediation request.", "Withdraw the request, or wait for its answer.", card.Id),
            _ => new CardResumed(id, Words(ask)),
        }, stop);

    internal static Task<Results<Ok<Card>, NotFound, Conflict<Finding>>> Snooze(string id, SnoozeAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop)
    {
        var why = (ask.Why ?? "").Trim();
        return CardTurn.Take(id, "snooze", user, desk, views, _ =>
            CardTurn.BadDate(ask.UntilMs, desk.NowMs, "/untilMs") is { } bad ? bad
            : CardTurn.NoReason(why, "Say what will be known by then.") is { } no ? no : new CardSnoozed(id, ask.UntilMs, why), stop);
    }

    internal static Task<Results<Ok<Card>, NotFound, Conflict<Finding>>> Wake(string id, GoOnAsk? ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop) =>
        CardTurn.Take(id, "wake", user, desk, views, card =>
            card.Card.Asleep(desk.NowMs) ? new CardWoken(id, Words(ask)) : new Finding("TRI566", "The card does not sleep.", "Nothing is to be done.", card.Id), stop);

    static string Words(GoOnAsk? ask) => (ask?.Why ?? "").Trim() is { Length: > 0 and <= 2000 } why ? why : "by hand";
}
