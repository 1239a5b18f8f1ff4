using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Board;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases.Work;

/// <summary>A legal duty stated or withdrawn, and what it asks for done.</summary>
static class LegalSlices
{
    public sealed record DutyAsk(string? Duty, long? AwareMs, string? Why, bool Withdrawn = false);
    public sealed record LegalDoneAsk(string? Reference);

    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapPost("/{id}/duties", State).WithName("StateDuty").RequireAuthorization(Policies.Response);
        cases.MapPost("/{id}/legal/{clockId}/done", Done).WithName("EndLegalClock").RequireAuthorization(Policies.Response);
    }

    static Task<Results<Ok<CaseView>, NotFound, BadRequest<TriageFindings>>> State(string id, DutyAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop) =>
        WorkTurn.Take(id, "duty", user, desk, c => Decide(c, desk.State, ask, desk.NowMs), views.Case, stop);

    internal static Decision Decide(CaseState c, TriageState state, DutyAsk ask, long nowMs)
    {
        var (duty, why) = ((ask.Duty ?? "").Trim(), (ask.Why ?? "").Trim());
        var findings = new List<Finding>();
        if (!state.LegalRules.Any(r => r.Duty == duty))
            findings.Add(new("TRI629", $"There is no legal duty {duty}.", state.LegalRules.Count == 0 ? "Duties are written in content/triage/clocks.yml, under legal:." : $"There are {string.Join(", ", state.LegalRules.Select(r => r.Duty).Distinct())}.", "/duty"));
        if (why.Length is 0 or > Limits.TextMax) findings.Add(new("TRI630", "A legal duty is stated and withdrawn for a reason.", $"Say in up to {Limits.TextMax} characters why it holds, or why not.", "/why"));
        if (!ask.Withdrawn && ask.AwareMs is { } told && (told > nowMs || told < nowMs - Limits.AwareMsMax))
            findings.Add(new("TRI631", "Nobody can have known then.", "Give a time of the past year.", "/awareMs"));
        if (findings.Count > 0) return findings;
        var known = state.Duties(c, duty);
        if (ask.Withdrawn)
            return known.Count > 0 ? Decision.Of([.. known.Select(d => new LegalDutyWithdrawn(d.Case.Id, duty, why))])
                : new Finding("TRI632", $"The case is not under {duty}.", "There is nothing to withdraw.", "/duty");
        if (PullCard.Gone(c) is { } gone) return gone;
        var aware = ask.AwareMs ?? nowMs;
        if (known.Any(d => d.Duty.AwareMs <= aware)) return new Finding("TRI632", $"The case is under {duty} already, and known since no later.", "The earliest time holds. When that one was wrong, withdraw the duty and state it anew.", "/awareMs");
        return Decision.Of(new LegalDutyStated(c.Id, duty, aware, why));
    }

    static Task<Results<Ok<CaseView>, NotFound, BadRequest<TriageFindings>>> Done(string id, string clockId, LegalDoneAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop) =>
        WorkTurn.Take(id, "legal", user, desk, c => Decide(c, desk.State, clockId, ask), views.Case, stop);

    /// <summary>Each part of the case that is under the duty keeps it, so that it stays done when they are taken apart.</summary>
    internal static Decision Decide(CaseState c, TriageState state, string clockId, LegalDoneAsk ask)
    {
        var reference = (ask.Reference ?? "").Trim();
        if (state.Legal(c).FirstOrDefault(l => l.Rule.Id == clockId) is not { } clock) return new Finding("TRI633", $"No legal clock {clockId} runs on this case.", "State the duty first; a clock that begins after another begins when that one is done.", "/clockId");
        if (clock.Done is { } done) return new Finding("TRI633", $"It was done already: {done.Reference}.", "To take that back withdraw the duty and state it anew.", "/clockId");
        if (reference.Length is 0 or > Limits.TextMax) return new Finding("TRI635", "There is no reference, or it is too long.", "Give the authority's number, or say what was sent to whom.", "/reference");
        return Decision.Of([.. state.Duties(c, clock.Rule.Duty).Select(d => new LegalClockDone(d.Case.Id, clock.Rule.Duty, clockId, reference))]);
    }
}
