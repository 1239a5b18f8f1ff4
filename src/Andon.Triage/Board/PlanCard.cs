using System.Globalization;
using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Cases.Work;
using Andon.Triage.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board;

/// <summary>Planned work stands beside what was discovered: a card that people make, without alerts, served by its guaranteed share.</summary>
static class PlanCard
{
    /// <param name="Work">tuning, validation or gap.</param>
    public sealed record PlanAsk(string? Title, string? Text, string? Work, string? Domain, string? Skill, long? DueMs);
    public sealed record DoneAsk(string? Reason, int EffortMinutes);

    public static void Map(RouteGroupBuilder board, RouteGroupBuilder cases)
    {
        board.MapPost("/planned", Handle).WithName("PlanCard").RequireAuthorization(Policies.Response);
        cases.MapPost("/{id}/done", Done).WithName("FinishPlanned").RequireAuthorization(Policies.Response);
    }

    internal static async Task<Results<Ok<Card>, BadRequest<TriageFindings>>> Handle(PlanAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, DomainRules domains, CancellationToken stop)
    {
        var findings = Check(ask, domains, desk.NowMs);
        if (findings.Count > 0) return TypedResults.BadRequest(new TriageFindings(findings));
        using var turn = await desk.TakeTurn(stop);
        int number;
        lock (desk.Gate) number = desk.State.NextNumber;
        var id = "c" + number.ToString(CultureInfo.InvariantCulture);
        var actor = Actors.Of(user);
        List<FactDraft> drafts =
        [
            new(actor, "plan", new CaseOpened(id, number, ask.Title!.Trim(), ask.Domain!, Manual: true) { Routed = "chosen by who planned it" }),
            new(actor, "plan", new CardPlanned(id, ask.Work!, string.IsNullOrWhiteSpace(ask.Skill) ? null : ask.Skill.Trim().ToLowerInvariant(), ask.DueMs)),
        ];
        if (!string.IsNullOrWhiteSpace(ask.Text)) drafts.Add(new(actor, "plan", new CaseNoted(id, ask.Text.Trim())));
        await desk.Append(drafts, [], stop);
        lock (desk.Gate) return TypedResults.Ok(views.Card(desk.State.Case(id)!));
    }

    internal static IReadOnlyList<Finding> Check(PlanAsk ask, DomainRules domains, long nowMs)
    {
        var findings = new List<Finding>();
        if (string.IsNullOrWhiteSpace(ask.Title) || ask.Title.Length > 300) findings.Add(new("TRI567", "A planned card needs a title of at most 300 characters.", "Say in a few words what is to be done.", "/title"));
        if (ask.Text?.Length > Limits.TextMax) findings.Add(new("TRI213", "The text is too long.", $"Say it in {Limits.TextMax} characters.", "/text"));
        if (!ServiceClasses.Works.Contains(ask.Work ?? "")) findings.Add(new("TRI568", "It is not said what kind of work it is.", $"One of {string.Join(", ", ServiceClasses.Works)}.", "/work"));
        if (!domains.Domains.Contains(ask.Domain ?? "")) findings.Add(new("TRI560", $"There is no domain {ask.Domain}.", $"One of {string.Join(", ", domains.Domains)}.", "/domain"));
        if (ask.Skill?.Length > 64) findings.Add(new("TRI582", "A skill has at most 64 characters.", "Name it in a word or two.", "/skill"));
        if (CardTurn.BadDate(ask.DueMs, nowMs, "/dueMs") is { } bad) findings.Add(bad);
        return findings;
    }

    /// <summary>Planned work has no verdict; it is done, with what came of it.</summary>
    internal static Task<Results<Ok<Card>, NotFound, Conflict<Finding>>> Done(string id, DoneAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop)
    {
        var reason = (ask.Reason ?? "").Trim();
        return CardTurn.Take(id, "close", user, desk, views, card =>
            card.Card.Work is null ? new Finding("TRI568", "This card was discovered, not planned.", "Close it with a verdict.", card.Id)
            : (CloseCase.Refuse(card) ?? desk.State.BeforeClose(card) ?? Requests.Separation.BeforeClose(desk, card, user)) is { } no ? no
            : CardTurn.NoReason(reason, "Say what came of it.") is { } none ? none with { Place = "/reason" }
            : ask.EffortMinutes is < 0 or > 100_000 ? new Finding("TRI223", "The effort cannot be right.", "Give the minutes of hands-on work.", "/effortMinutes")
            : new CaseClosed(id, Verdict.Undecided, [], null, "planned." + card.Card.Work, reason, ask.EffortMinutes), stop);
    }
}
