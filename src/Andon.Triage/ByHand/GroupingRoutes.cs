using System.Globalization;
using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Board;
using Andon.Triage.Cases;
using Andon.Triage.Grouping;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.ByHand;

/// <summary>What is looked at; what is done stands in the slices beside.</summary>
static class GroupingRoutes
{
    public static void Map(IEndpointRouteBuilder api, RouteGroupBuilder cases)
    {
        cases.MapGet("/{id}/grouping", Show).WithName("ShowGrouping");
        cases.MapGet("/{id}/falls", Falls).WithName("ShowFalls");
        UnjoinSignal.Map(cases);
        SplitCase.Map(cases);
        MoveSignals.Map(cases);
        MergeCases.Map(cases);
        UnmergeCase.Map(cases);
        UndoMove.Map(cases);
        NotRelated.Map(cases);
        var triage = api.MapGroup("/triage").WithTags("Triage").RequireAuthorization(Policies.Cases);
        triage.MapGet("/campaigns", ShowCampaigns).WithName("ShowCampaigns");
        triage.MapGet("/constraints", ShowPartings).WithName("ShowConstraints");
        triage.MapGet("/unworked", ShowUnworked).WithName("ShowUnworked");
        WithdrawParting.Map(triage);
    }

    internal static Results<Ok<GroupingView>, NotFound> Show(string id, TriageDesk desk, GroupingViews views)
    {
        lock (desk.Gate) return desk.State.Surviving(id) is { } c ? TypedResults.Ok(views.Of(c)) : TypedResults.NotFound();
    }

    /// <summary>What would fall away if this signal's join were undone. Nothing is done.</summary>
    internal static Results<Ok<FallsView>, NotFound> Falls(string id, string? signal, TriageDesk desk, GroupingViews views)
    {
        lock (desk.Gate) return desk.State.Surviving(id) is { } c ? TypedResults.Ok(views.Falls(c, signal ?? "")) : TypedResults.NotFound();
    }

    internal static Ok<CampaignsView> ShowCampaigns(TriageDesk desk, GroupingViews views)
    {
        lock (desk.Gate) return TypedResults.Ok(new CampaignsView([.. views.CampaignsOf(_ => true)]));
    }

    internal static Ok<PartingsView> ShowPartings(TriageDesk desk, GroupingViews views)
    {
        lock (desk.Gate) return TypedResults.Ok(new PartingsView([.. views.Partings(_ => true)]));
    }

    internal static Ok<UnworkedView> ShowUnworked(TriageDesk desk, Views views)
    {
        lock (desk.Gate)
        {
            var hidden = views.Hidden();
            var unworked = hidden.Where(BoardViews.Unworked).CountBy(c => EntityBook.DayOf(c.ClosedMs)).ToDictionary();
            var days = desk.State.Expired.Reverse().Select(d => (Day: DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(d.Key)), Cases: d.Value - unworked.GetValueOrDefault(d.Key))).Where(d => d.Cases > 0);
            return TypedResults.Ok(new UnworkedView([.. days.Take(90).Select(d => new UnworkedDay(d.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), d.Cases))],
                desk.State.AuthorisedCases - hidden.Count(c => c is { Open: true, Authorised: true }), Limits.FloorPoints, (int)(Limits.UnworkedMsMax / Limits.Day)));
        }
    }

    /// <summary>One act on one case: under the turn, its facts appended together, answered with what the case now is.</summary>
    internal static async Task<Results<Ok<Regrouped>, NotFound, Conflict<Finding>>> Do(
        string id, string? why, ClaimsPrincipal user, TriageDesk desk, GroupingViews views, Func<CaseState, Hand, Act?> act, CancellationToken stop)
    {
        using var turn = await desk.TakeTurn(stop);
        Act done;
        lock (desk.Gate)
        {
            if (desk.State.Case(id) is not { } c) return TypedResults.NotFound();
            if (act(c, new Hand(desk.State, Actors.Of(user), (why ?? "").Trim(), desk.NowMs)) is not { } made) return TypedResults.NotFound();
            done = made;
        }
        if (done.Refused is { } finding) return TypedResults.Conflict(finding);
        await desk.Append(done.Drafts, [], stop);
        lock (desk.Gate) return TypedResults.Ok(new Regrouped(views.Line(desk.State.Case(id)!), views.Line(desk.State.Surviving(done.CaseId)!), done.MoveId));
    }
}

/// <param name="Case">The case that was acted on.</param>
/// <param name="Next">The case that came of it.</param>
/// <param name="MoveId">To take it back; empty where another word does that.</param>
sealed record Regrouped(CaseLine Case, CaseLine Next, string MoveId);
