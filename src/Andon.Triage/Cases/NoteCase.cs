using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases;

static class NoteCase
{
    public sealed record NoteAsk(string? Text);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/notes", Handle).WithName("NoteCase").RequireAuthorization(Policies.Response);

    internal static async Task<Results<Ok<CaseView>, NotFound, Conflict<Finding>>> Handle(
        string id, NoteAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop)
    {
        using var turn = await desk.TakeTurn(stop);
        string target;
        lock (desk.Gate)
        {
            if (desk.State.Surviving(id) is not { } c) return TypedResults.NotFound();
            if (Refuse(ask) is { } finding) return TypedResults.Conflict(finding);
            target = c.Id;
        }
        await desk.Append([new(Actors.Of(user), "note", new CaseNoted(target, (ask.Text ?? "").Trim()))], [], stop);
        lock (desk.Gate) return TypedResults.Ok(views.Case(desk.State.Case(target)!));
    }

    // A closed case may still be noted on: what is learned later belongs to it.
    internal static Finding? Refuse(NoteAsk ask) =>
        string.IsNullOrWhiteSpace(ask.Text) ? new("TRI212", "The note is empty.", "Write what the next reader should know.", "/text")
        : ask.Text.Length > Limits.TextMax ? new("TRI213", "The note is too long.", $"Say it in {Limits.TextMax} characters.", "/text")
        : null;
}
