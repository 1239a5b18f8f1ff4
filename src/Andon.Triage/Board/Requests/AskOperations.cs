using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board.Requests;

/// <summary>Response's part: asks for a change, looks whether it holds, sends it back, or takes the request back.</summary>
static class AskOperations
{
    /// <param name="To">A person; null for whoever in Operations takes it.</param>
    /// <param name="Why">For eyes that may not see the case: leave out what is confidential.</param>
    /// <param name="DueMs">Null: by the tier of the case, three days for expedite and else fourteen.</param>
    public sealed record RequestAsk(string? To, string? What, IReadOnlyList<string>? Where, string? Why, long? DueMs, AcceptanceCheck? Check);
    public sealed record RequestNote(string? Note);

    const int AssetsMax = 50;

    public static void Map(RouteGroupBuilder cases, RouteGroupBuilder requests)
    {
        cases.MapPost("/{id}/requests", Ask).WithName("AskOperations").RequireAuthorization(Policies.Response);
        cases.MapGet("/{id}/requests", OfCase).WithName("ShowCaseRequests").RequireAuthorization(Policies.Cases);
        requests.MapPost("/{id}/verify", Verify).WithName("VerifyRequest").RequireAuthorization(Policies.Response);
        requests.MapPost("/{id}/return", Return).WithName("ReturnRequest").RequireAuthorization(Policies.Response);
        requests.MapPost("/{id}/withdraw", Withdraw).WithName("WithdrawRequest").RequireAuthorization(Policies.Response);
    }

    internal static Results<Ok<RequestsView>, NotFound> OfCase(string id, TriageDesk desk, AcceptanceRunner runner)
    {
        lock (desk.Gate)
        {
            if (desk.State.Surviving(id) is not { } card) return TypedResults.NotFound();
            var all = desk.State.Board.Requests.All.Where(r => desk.State.Surviving(r.Asked.CaseId) == card).ToList();
            return TypedResults.Ok(new RequestsView([.. all.Select(r => RequestViews.Of(r, desk.State, desk.NowMs, runner.LastLook(r.Id), mayCases: true))], all.Count(r => r.Pending)));
        }
    }

    internal static async Task<Results<Ok<RequestView>, NotFound, Conflict<Finding>, BadRequest<TriageFindings>>> Ask(
        string id, RequestAsk ask, ClaimsPrincipal user, TriageDesk desk, AcceptanceChecks checks, AcceptanceRunner runner, CancellationToken stop)
    {
        var check = ask.Check is { } c ? c with { Kind = c.Kind ?? "none", Subject = (c.Subject ?? "").Trim() } : new("none", "", 0);
        List<Finding> findings = [.. Check(ask, desk.NowMs), .. await checks.Refuse(check, stop)];
        if (findings.Count > 0) return TypedResults.BadRequest(new TriageFindings(findings));
        using var turn = await desk.TakeTurn(stop);
        RemediationRequested asked;
        lock (desk.Gate)
        {
            if (desk.State.Case(id) is not { } card) return TypedResults.NotFound();
            if (PullCard.Gone(card) is { } gone) return TypedResults.Conflict(gone);
            if (card.Owner is null) return TypedResults.Conflict(new Finding("TRI203", "Nobody has pulled this card.", "Pull it first; who asks Operations works on the case.", card.Id));
            var days = ServiceClasses.Of(card, card.Priority(desk.NowMs, desk.State.Estate)).Class == ServiceClass.Expedite ? 3 : 14;
            asked = new(desk.State.Board.Requests.NextId, id, string.IsNullOrWhiteSpace(ask.To) ? null : ask.To.Trim(), ask.What!.Trim(),
                [.. (ask.Where ?? []).Select(w => w.Trim()).Where(w => w.Length > 0).Distinct()], ask.Why!.Trim(), ask.DueMs ?? desk.NowMs + days * Limits.Day, check);
        }
        await desk.Append([new(Actors.Of(user), "request", asked)], [], stop);
        lock (desk.Gate) return TypedResults.Ok(RequestViews.Of(desk.State.Board.Requests.Find(asked.RequestId)!, desk.State, desk.NowMs, runner.LastLook(asked.RequestId), mayCases: true));
    }

    internal static IReadOnlyList<Finding> Check(RequestAsk ask, long nowMs)
    {
        var findings = new List<Finding>();
        if (string.IsNullOrWhiteSpace(ask.What) || ask.What.Length > 500) findings.Add(new("TRI570", "It is not said what is to be changed, or not in 500 characters.", "For example: block 203.0.113.9 at the edge firewall.", "/what"));
        if (string.IsNullOrWhiteSpace(ask.Why) || ask.Why.Length > 2000) findings.Add(new("TRI570", "It is not said why, or not in 2000 characters.", "Words for Operations, without what is confidential in the case.", "/why"));
        if (ask.Where is null || !ask.Where.Any(w => !string.IsNullOrWhiteSpace(w)) || ask.Where.Count > AssetsMax || ask.Where.Any(w => w.Length > 200))
            findings.Add(new("TRI570", "It is not said where.", $"Name the assets, at most {AssetsMax}.", "/where"));
        if (CardTurn.BadDate(ask.DueMs, nowMs, "/dueMs") is { } bad) findings.Add(bad);
        return findings;
    }

    internal static Task<Results<Ok<RequestView>, NotFound, Conflict<Finding>>> Verify(string id, RequestNote? ask, ClaimsPrincipal user, TriageDesk desk, AcceptanceRunner runner, CancellationToken stop)
    {
        var (note, person) = ((ask?.Note ?? "").Trim(), user.Identity?.Name ?? "?");
        return RequestTurn.Take(id, user, desk, runner, mayCases: true, r =>
            r.State != RequestState.Done ? RequestTurn.NotNow(r, "verified")
            : (RequestTurn.TooLong(note) ?? Separation.BeforeVerify(desk, r, person, note)) is { } no ? no
            : new RemediationVerified(id, r.Asked.CaseId, note, SamePerson: r.DoneBy == person), stop);
    }

    internal static Task<Results<Ok<RequestView>, NotFound, Conflict<Finding>>> Return(string id, RequestNote? ask, ClaimsPrincipal user, TriageDesk desk, AcceptanceRunner runner, CancellationToken stop)
    {
        var why = (ask?.Note ?? "").Trim();
        return RequestTurn.Take(id, user, desk, runner, mayCases: true, r =>
            r.State != RequestState.Done ? RequestTurn.NotNow(r, "sent back")
            : RequestTurn.Missing(why, "Say what you saw that is not as asked.") is { } no ? no : new RemediationReturned(id, r.Asked.CaseId, why), stop);
    }

    internal static Task<Results<Ok<RequestView>, NotFound, Conflict<Finding>>> Withdraw(string id, RequestNote? ask, ClaimsPrincipal user, TriageDesk desk, AcceptanceRunner runner, CancellationToken stop)
    {
        var why = (ask?.Note ?? "").Trim();
        return RequestTurn.Take(id, user, desk, runner, mayCases: true, r =>
            !r.Pending ? RequestTurn.NotNow(r, "withdrawn")
            : RequestTurn.Missing(why, "Say why it is no longer wanted.") is { } no ? no : new RemediationWithdrawn(id, r.Asked.CaseId, why), stop);
    }
}
