using System.Collections.Immutable;
using System.Security.Claims;
using Andon.Model;
using Andon.Respond.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Respond.Slices;

/// <param name="Variables">Values for the playbook's external variables that the case does not give.</param>
public sealed record StartRunAsk(string PlaybookId, IReadOnlyDictionary<string, string>? Variables);

/// <param name="Outcome"><c>succeeded</c> or <c>failed</c>.</param>
public sealed record AnswerStepAsk(string Outcome, string? Text, IReadOnlyDictionary<string, string>? Variables);

/// <param name="Choice"><c>happened</c>, <c>again</c> or <c>skip</c>.</param>
public sealed record DecideDoubtAsk(string Choice);

/// <summary>Runs: start, look, answer a manual step, decide about a doubtful one, cancel.</summary>
static class RunSlices
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/cases/{id}/runs", Start).RequireAuthorization(Policies.Response).WithName("StartRun").WithTags("respond");
        api.MapGet("/cases/{id}/runs", OfCase).RequireAuthorization(Policies.Cases).WithName("GetCaseRuns").WithTags("respond");
        api.MapGet("/runs/{runId}", One).RequireAuthorization(Policies.Cases).WithName("GetRun").WithTags("respond");
        api.MapPost("/runs/{runId}/steps/{stepId}", Answer).RequireAuthorization(Policies.Response).WithName("AnswerStep").WithTags("respond");
        api.MapPost("/runs/{runId}/steps/{stepId}/doubt", Decide).RequireAuthorization(Policies.Response).WithName("DecideDoubt").WithTags("respond");
        api.MapPost("/runs/{runId}/cancel", Cancel).RequireAuthorization(Policies.Response).WithName("CancelRun").WithTags("respond");
    }

    static async Task<Results<Ok<RunView>, NotFound, Conflict<Finding>>> Start(string id, StartRunAsk ask, Runner runner, CaseBook cases, ClaimsPrincipal user, CancellationToken stop)
    {
        if (cases.Find(id) is null) return TypedResults.NotFound();
        return Told(await runner.Start(id, ask.PlaybookId, ask.Variables ?? ImmutableDictionary<string, string>.Empty, Actors.Of(user), stop));
    }

    static Ok<RunsView> OfCase(string id, RunBook runs, CaseBook cases) =>
        TypedResults.Ok(new RunsView([.. runs.OfCase(cases.Find(id)?.CaseId ?? id).Select(RunView.Of)]));

    static Results<Ok<RunView>, NotFound> One(string runId, RunBook runs) =>
        runs.Find(runId) is { } run ? TypedResults.Ok(RunView.Of(run)) : TypedResults.NotFound();

    static async Task<Results<Ok<RunView>, NotFound, Conflict<Finding>>> Answer(string runId, string stepId, AnswerStepAsk ask, Runner runner, ClaimsPrincipal user, CancellationToken stop)
    {
        if (ask.Outcome is not ("succeeded" or "failed")) return TypedResults.Conflict(new Finding("RES126", $"'{ask.Outcome}' is no outcome.", "succeeded or failed."));
        return Told(await runner.Answer(runId, stepId, ask.Outcome == "succeeded", ask.Text ?? "", ask.Variables ?? ImmutableDictionary<string, string>.Empty, Actors.Of(user), stop));
    }

    static async Task<Results<Ok<RunView>, NotFound, Conflict<Finding>>> Decide(string runId, string stepId, DecideDoubtAsk ask, Runner runner, ClaimsPrincipal user, CancellationToken stop) =>
        Told(await runner.Decide(runId, stepId, ask.Choice, Actors.Of(user), stop));

    static async Task<Results<Ok<RunView>, NotFound, Conflict<Finding>>> Cancel(string runId, Runner runner, ClaimsPrincipal user, CancellationToken stop) =>
        Told(await runner.Cancel(runId, Actors.Of(user), stop));

    static Results<Ok<RunView>, NotFound, Conflict<Finding>> Told((RunState? Run, Finding? Refused) told) => told switch
    {
        (_, { } refused) => TypedResults.Conflict(refused),
        ({ } run, _) => TypedResults.Ok(RunView.Of(run)),
        _ => TypedResults.NotFound(),
    };
}
