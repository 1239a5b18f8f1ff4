using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board;

/// <summary>One gesture on many cards: each is asked as if it came alone, gets its own fact, or its own refusal.</summary>
static class BulkCards
{
    /// <param name="Act">take, move, route, snooze, wake or close.</param>
    public sealed record BulkAsk(
        IReadOnlyList<string>? CaseIds, string? Act, string? Why, Lane? To, bool Override, string? Domain, long? UntilMs, CloseCase.CloseAsk? Close);
    public sealed record BulkRefusal(string CaseId, Finding Finding);
    public sealed record BulkView(IReadOnlyList<string> Done, IReadOnlyList<BulkRefusal> Refused);

    static readonly string[] Acts = ["take", "move", "route", "snooze", "wake", "close"];

    public static void Map(RouteGroupBuilder board) => board.MapPost("/bulk", Handle).WithName("BulkCards").RequireAuthorization(Policies.Response);

    internal static async Task<Results<Ok<BulkView>, BadRequest<TriageFindings>>> Handle(
        BulkAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, DomainRules domains, ControlBook controls, CancellationToken stop)
    {
        if (Check(ask) is { Count: > 0 } findings) return TypedResults.BadRequest(new TriageFindings(findings));
        var done = new List<string>();
        var refused = new List<BulkRefusal>();
        foreach (var id in ask.CaseIds!.Distinct(StringComparer.Ordinal))
        {
            var answer = await One(id, ask, user, desk, views, domains, controls, stop);
            var no = answer switch
            {
                Conflict<Finding> c => c.Value,
                BadRequest<TriageFindings> b => b.Value?.Findings[0],
                NotFound => new("TRI572", $"There is no case {id}.", "It may have been merged; reload the board.", id),
                _ => null,
            };
            if (no is null) done.Add(id);
            else refused.Add(new(id, no));
        }
        return TypedResults.Ok(new BulkView(done, refused));
    }

    static async Task<IResult> One(string id, BulkAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, DomainRules domains, ControlBook controls, CancellationToken stop) => ask.Act switch
    {
        "take" => (await PullCard.Handle(id, new(ask.Why), user, desk, views, stop)).Result,
        "move" => (await MoveCard.Handle(id, new(ask.To ?? (Lane)(-1), ask.Why, ask.Override), user, desk, views, stop)).Result,
        "route" => (await RouteCard.Handle(id, new(ask.Domain, null, ask.Why), user, desk, views, domains, stop)).Result,
        "snooze" => (await PauseCard.Snooze(id, new(ask.UntilMs ?? 0, ask.Why), user, desk, views, stop)).Result,
        "wake" => (await PauseCard.Wake(id, new(ask.Why), user, desk, views, stop)).Result,
        _ => (await CloseCase.Handle(id, ask.Close!, user, desk, views, controls, stop)).Result,
    };

    internal static IReadOnlyList<Finding> Check(BulkAsk ask)
    {
        var findings = new List<Finding>();
        if (ask.CaseIds is not { Count: > 0 and <= Limits.BulkMax }) findings.Add(new("TRI580", "No cards are named, or too many at once.", $"Name 1 to {Limits.BulkMax} cards.", "/caseIds"));
        if (!Acts.Contains(ask.Act)) findings.Add(new("TRI581", "It is not said what to do with them.", $"One of {string.Join(", ", Acts)}.", "/act"));
        if (ask.Act == "close" && ask.Close is null) findings.Add(new("TRI220", "There is no verdict.", "Say what they were, as when closing one.", "/close"));
        return findings;
    }
}
