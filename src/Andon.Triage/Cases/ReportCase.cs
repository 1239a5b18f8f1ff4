using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases;

/// <summary>A person reports something: a case with one signal, so that alerts on the same things join it.</summary>
static class ReportCase
{
    public sealed record ReportEntity(EntityKind Kind, string? Value);
    public sealed record ReportAsk(string? Title, string? Text, IReadOnlyList<ReportEntity>? Entities);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("", Handle).WithName("ReportCase").RequireAuthorization(Policies.Response);

    internal static async Task<Results<Ok<CaseView>, BadRequest<TriageFindings>>> Handle(
        ReportAsk ask, ClaimsPrincipal user, TriageDesk desk, TriageCore core, Views views, CancellationToken stop)
    {
        var findings = Check(ask);
        if (findings.Count > 0) return TypedResults.BadRequest(new TriageFindings(findings));
        var entities = (ask.Entities ?? []).Select(e => new Entity(e.Kind, e.Value!.Trim().ToLowerInvariant())).Distinct().ToList();
        using var turn = await desk.TakeTurn(stop);
        IReadOnlyList<FactDraft> drafts;
        string id;
        lock (desk.Gate) (drafts, id) = core.Report(ask.Title!.Trim(), (ask.Text ?? "").Trim(), entities, Actors.Of(user), desk.NowMs);
        await desk.Append(drafts, [], stop);
        lock (desk.Gate) return TypedResults.Ok(views.Case(desk.State.Case(id)!));
    }

    internal static IReadOnlyList<Finding> Check(ReportAsk ask)
    {
        var findings = new List<Finding>();
        if (string.IsNullOrWhiteSpace(ask.Title)) findings.Add(new("TRI230", "The report has no title.", "Say in a few words what happened.", "/title"));
        if (ask.Title?.Length > 300) findings.Add(new("TRI231", "The title is too long.", "Put the rest into the text.", "/title"));
        if (ask.Text?.Length > Limits.TextMax) findings.Add(new("TRI213", "The text is too long.", $"Say it in {Limits.TextMax} characters.", "/text"));
        if (ask.Entities?.Count > Limits.SignalEntitiesMax) findings.Add(new("TRI232", "There are too many entities.", $"Name the {Limits.SignalEntitiesMax} that matter most.", "/entities"));
        foreach (var (entity, i) in (ask.Entities ?? []).Select((e, i) => (e, i)))
            if (!Enum.IsDefined(entity.Kind) || string.IsNullOrWhiteSpace(entity.Value))
                findings.Add(new("TRI233", "An entity has no kind or no value.", "Give both, for example host and web01.", $"/entities/{i}"));
        return findings;
    }
}
