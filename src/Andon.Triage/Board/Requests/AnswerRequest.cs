using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board.Requests;

/// <summary>Operations' part: accept, done with evidence, refuse with a reason. Done starts the validation; it closes nothing.</summary>
static class AnswerRequest
{
    public sealed record AnswerAsk(string? Text);

    public static void Map(RouteGroupBuilder requests)
    {
        requests.MapPost("/{id}/accept", Accept).WithName("AcceptRequest").RequireAuthorization(Policies.Operations);
        requests.MapPost("/{id}/done", Done).WithName("FinishRequest").RequireAuthorization(Policies.Operations);
        requests.MapPost("/{id}/refuse", Refuse).WithName("RefuseRequest").RequireAuthorization(Policies.Operations);
    }

    internal static Task<Results<Ok<RequestView>, NotFound, Conflict<Finding>>> Accept(string id, ClaimsPrincipal user, TriageDesk desk, AcceptanceRunner runner, CancellationToken stop) =>
        RequestTurn.Take(id, user, desk, runner, mayCases: false, r =>
            NotYours(r, user) is { } no ? no : r.State != RequestState.Open ? RequestTurn.NotNow(r, "accepted") : new RemediationAccepted(id, r.Asked.CaseId), stop);

    internal static async Task<Results<Ok<RequestView>, NotFound, Conflict<Finding>>> Done(string id, AnswerAsk? ask, ClaimsPrincipal user, TriageDesk desk, AcceptanceRunner runner, CancellationToken stop)
    {
        var evidence = (ask?.Text ?? "").Trim();
        var answer = await RequestTurn.Take(id, user, desk, runner, mayCases: false, r =>
            NotYours(r, user) is { } no ? no
            : !r.Outside ? RequestTurn.NotNow(r, "done")
            : RequestTurn.Missing(evidence, "Say how one sees that it was done: a ticket, a setting, a line of a log.") is { } none ? none
            : new RemediationDone(id, r.Asked.CaseId, evidence), stop);
        runner.Want();
        return answer;
    }

    internal static Task<Results<Ok<RequestView>, NotFound, Conflict<Finding>>> Refuse(string id, AnswerAsk? ask, ClaimsPrincipal user, TriageDesk desk, AcceptanceRunner runner, CancellationToken stop)
    {
        var why = (ask?.Text ?? "").Trim();
        return RequestTurn.Take(id, user, desk, runner, mayCases: false, r =>
            NotYours(r, user) is { } no ? no
            : !r.Outside ? RequestTurn.NotNow(r, "refused")
            : RequestTurn.Missing(why, "Say why it cannot be done so, and what could be done instead.") is { } none ? none
            : new RemediationRefused(id, r.Asked.CaseId, why), stop);
    }

    static Finding? NotYours(Request r, ClaimsPrincipal user) =>
        r.IsFor(user.Identity?.Name ?? "?") ? null : new("TRI572", $"Request {r.Id} is {r.AcceptedBy ?? r.Asked.To}'s.", "Talk to them, or to who asked.", r.Id);
}
