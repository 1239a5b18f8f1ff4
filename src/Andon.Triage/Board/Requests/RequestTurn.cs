using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Triage.Board.Requests;

/// <summary>One command on one request: take the turn, decide on what is there, append, show it.</summary>
static class RequestTurn
{
    public static async Task<Results<Ok<RequestView>, NotFound, Conflict<Finding>>> Take(
        string id, ClaimsPrincipal user, TriageDesk desk, AcceptanceRunner runner, bool mayCases, Func<Request, Decided> decide, CancellationToken stop)
    {
        using var turn = await desk.TakeTurn(stop);
        Decided decided;
        lock (desk.Gate)
        {
            if (desk.State.Board.Requests.Find(id) is not { } request) return TypedResults.NotFound();
            decided = decide(request);
        }
        if (decided.Refusal is { } finding) return TypedResults.Conflict(finding);
        await desk.Append([new(Actors.Of(user), $"request:{id}", decided.Body!)], [], stop);
        lock (desk.Gate) return TypedResults.Ok(RequestViews.Of(desk.State.Board.Requests.Find(id)!, desk.State, desk.NowMs, runner.LastLook(id), mayCases));
    }

    public static Finding NotNow(Request r, string what) =>
        new("TRI573", $"Request {r.Id} is {r.State.ToString().ToLowerInvariant()} and cannot be {what}.", "Reload; somebody may have been faster.", r.Id);

    public static Finding? Missing(string text, string hint) => text.Length == 0 ? new("TRI574", "There are no words with it.", hint, "/note") : TooLong(text);

    public static Finding? TooLong(string text) => text.Length > Limits.TextMax ? new("TRI213", "The text is too long.", $"Say it in {Limits.TextMax} characters.", "/note") : null;
}
