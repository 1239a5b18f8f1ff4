using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.ByHand;

/// <summary>Two cases may be related after all; what tied them weighs in full again.</summary>
static class WithdrawParting
{
    public sealed record WithdrawPartingAsk(string? Why);

    public static void Map(RouteGroupBuilder triage) => triage.MapPost("/constraints/{id}/withdraw", Handle).WithName("WithdrawParting").RequireAuthorization(Policies.Response);

    internal static async Task<Results<Ok<PartingsView>, NotFound, Conflict<Finding>>> Handle(
        string id, WithdrawPartingAsk ask, ClaimsPrincipal user, TriageDesk desk, GroupingViews views, CancellationToken stop)
    {
        using var turn = await desk.TakeTurn(stop);
        Act act;
        lock (desk.Gate)
        {
            if (desk.State.Partings.Find(id) is not { } parting) return TypedResults.NotFound();
            act = new Hand(desk.State, Actors.Of(user), (ask.Why ?? "").Trim(), desk.NowMs).Withdraw(parting);
        }
        if (act.Refused is { } finding) return TypedResults.Conflict(finding);
        await desk.Append(act.Drafts, [], stop);
        lock (desk.Gate) return TypedResults.Ok(new PartingsView([.. views.Partings(_ => true)]));
    }
}
