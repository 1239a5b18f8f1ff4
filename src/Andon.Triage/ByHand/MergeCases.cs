using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.ByHand;

/// <summary>Merges any number of cases into one: a fact for each that may, a finding for each that may not.</summary>
static class MergeCases
{
    public sealed record MergeCasesAsk(IReadOnlyList<string>? CaseIds, string? Why);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/merge", Handle).WithName("MergeCases").RequireAuthorization(Policies.Response);

    internal static async Task<Results<Ok<MergedView>, NotFound, Conflict<TriageFindings>>> Handle(
        string id, MergeCasesAsk ask, ClaimsPrincipal user, TriageDesk desk, GroupingViews views, CancellationToken stop)
    {
        using var turn = await desk.TakeTurn(stop);
        var drafts = new List<FactDraft>();
        var refused = new List<Finding>();
        var merged = new List<string>();
        lock (desk.Gate)
        {
            if (desk.State.Case(id) is not { } into) return TypedResults.NotFound();
            var ids = (ask.CaseIds ?? []).Distinct().ToList();
            if (ids.Count is 0 or > Limits.MergeAtOnceMax)
                return TypedResults.Conflict(new TriageFindings([new("TRI439", ids.Count == 0 ? "No case is chosen." : $"More than {Limits.MergeAtOnceMax} cases are chosen.", $"Choose one to {Limits.MergeAtOnceMax}.", "/caseIds")]));
            foreach (var one in ids)
            {
                if (views.Case(one) is not { } from)
                {
                    refused.Add(new("TRI434", $"There is no case {one}.", "Reload the page.", one));
                    continue;
                }
                var act = new Hand(desk.State, Actors.Of(user), (ask.Why ?? "").Trim(), desk.NowMs).Merge(into, from);
                if (act.Refused is { } finding) refused.Add(finding);
                else merged.Add(one);
                drafts.AddRange(act.Drafts);
            }
        }
        if (drafts.Count == 0) return TypedResults.Conflict(new TriageFindings(refused));
        await desk.Append(drafts, [], stop);
        lock (desk.Gate) return TypedResults.Ok(new MergedView(views.Line(desk.State.Case(id)!), merged, refused));
    }
}

sealed record MergedView(CaseLine Case, IReadOnlyList<string> Merged, IReadOnlyList<Finding> Refused);
