using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board;

/// <summary>A person says how a card is served, against the rule, or gives it a date. The reason is kept.</summary>
static class ClassCard
{
    /// <param name="Class">Null: by rule.</param>
    public sealed record ClassAsk(ServiceClass? Class, long? DueMs, string? Why);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/class", Handle).WithName("ClassCard").RequireAuthorization(Policies.Response);

    internal static Task<Results<Ok<Card>, NotFound, Conflict<Finding>>> Handle(string id, ClassAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop)
    {
        var why = (ask.Why ?? "").Trim();
        return CardTurn.Take(id, "class", user, desk, views, card =>
            Refuse(ask, why, card.Card.DueMs, desk.NowMs) is { } no ? no : new CardClassed(id, ask.Class, ask.DueMs, why), stop);
    }

    internal static Finding? Refuse(ClassAsk ask, string why, long? dueBefore, long nowMs) =>
        ask.Class is { } c && !Enum.IsDefined(c) ? new("TRI561", "There is no such class.", "standard, expedite, fixedDate or intangible.", "/class")
        : ask.Class == ServiceClass.FixedDate && ask.DueMs is null ? new("TRI563", "A card of fixed date needs its date.", "Give the time by which it must be done.", "/dueMs")
        : ask.DueMs != dueBefore && CardTurn.BadDate(ask.DueMs, nowMs, "/dueMs") is { } bad ? bad
        : CardTurn.NoReason(why, "Say why this card is served otherwise than the rule says.");
}
