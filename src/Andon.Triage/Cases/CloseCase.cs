using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Board;
using Andon.Triage.Board.Requests;
using Andon.Triage.Cases.Work;
using Andon.Triage.Signals;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases;

/// <summary>Ends a case: what it was, and for a true positive which control failed and where it could have been stopped first.</summary>
static class CloseCase
{
    const int EffortMinutesMax = 100_000;

    public sealed record CloseAsk(
        Verdict? Verdict, IReadOnlyList<string>? ControlsFailed, string? EarliestMissedStage, string? Discovery, string? Reason, int EffortMinutes);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/close", Handle).WithName("CloseCase").RequireAuthorization(Policies.Response);

    internal static async Task<Results<Ok<CaseView>, NotFound, Conflict<Finding>, BadRequest<TriageFindings>>> Handle(
        string id, CloseAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, ControlBook controls, CancellationToken stop)
    {
        using var turn = await desk.TakeTurn(stop);
        lock (desk.Gate)
        {
            if (desk.State.Case(id) is not { } card) return TypedResults.NotFound();
            if ((Refuse(card) ?? desk.State.BeforeClose(card) ?? Separation.BeforeClose(desk, card, user)) is { } finding) return TypedResults.Conflict(finding);
        }
        var findings = Check(ask, controls);
        if (findings.Count > 0) return TypedResults.BadRequest(new TriageFindings(findings));
        var fact = new CaseClosed(id, ask.Verdict!.Value, [.. (ask.ControlsFailed ?? []).Distinct()], Blank(ask.EarliestMissedStage) ? null : Tactic(ask.EarliestMissedStage!),
            ask.Discovery!.Trim(), ask.Reason!.Trim(), ask.EffortMinutes);
        await desk.Append([new(Actors.Of(user), "close", fact)], [], stop);
        lock (desk.Gate) return TypedResults.Ok(views.Case(desk.State.Case(id)!));
    }

    internal static Finding? Refuse(CaseState card) =>
        PullCard.Gone(card) ?? (card.Owner is null ? new("TRI203", "Nobody has pulled this card.", "Pull it first; who closes a case has worked on it.", card.Id) : null);

    /// <summary>Everything that is missing, at once.</summary>
    internal static IReadOnlyList<Finding> Check(CloseAsk ask, ControlBook controls)
    {
        var findings = new List<Finding>();
        if (ask.Verdict is not { } verdict || !Enum.IsDefined(verdict))
            findings.Add(new("TRI220", "There is no verdict.", "Say what it was: truePositive, benignPositive, falsePositive or undecided.", "/verdict"));
        if (Blank(ask.Reason)) findings.Add(new("TRI221", "There is no reason.", "Say in a sentence why this is the verdict.", "/reason"));
        if (Blank(ask.Discovery)) findings.Add(new("TRI222", "It is not said how it was discovered.", "Name the way, for example internal.detection.", "/discovery"));
        if (ask.EffortMinutes is < 0 or > EffortMinutesMax) findings.Add(new("TRI223", "The effort cannot be right.", "Give the minutes of hands-on work.", "/effortMinutes"));
        if ((ask.Reason?.Length ?? 0) > Limits.TextMax) findings.Add(new("TRI213", "The reason is too long.", $"Say it in {Limits.TextMax} characters.", "/reason"));
        foreach (var control in ask.ControlsFailed ?? [])
            if (!controls.Knows(control)) findings.Add(new("TRI224", $"There is no control {control}.", "Choose from the control catalogue.", "/controlsFailed"));
        if (!Blank(ask.EarliestMissedStage) && Attack.Rank(Tactic(ask.EarliestMissedStage!)) < 0)
            findings.Add(new("TRI225", $"{ask.EarliestMissedStage} is no ATT&CK tactic.", "Name one, for example initial-access.", "/earliestMissedStage"));
        if (ask.Verdict != Verdict.TruePositive) return findings;
        if (ask.ControlsFailed is null or { Count: 0 })
            findings.Add(new("TRI226", "A true positive means that a control failed.", "Name at least one: failed, absent, or unable to see.", "/controlsFailed"));
        if (Blank(ask.EarliestMissedStage))
            findings.Add(new("TRI227", "It is not said where it could have been stopped first.", "Name the earliest tactic that was missed.", "/earliestMissedStage"));
        return findings;
    }

    static string Tactic(string text) => text.Trim().ToLowerInvariant().Replace('_', '-').Replace(' ', '-');
    static bool Blank(string? text) => string.IsNullOrWhiteSpace(text);
}
