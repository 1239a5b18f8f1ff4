using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases.Work;

public sealed record MissingView(string MissingId, string CaseId, int Number, string Entity, long FromMs, long ToMs, long AtMs, string? Outcome, string Why, long? EndedMs);

public sealed record MissingsView(IReadOnlyList<MissingView> Missing, int Open);

/// <summary>Missing evidence, followed until it is found, a source is added, or someone accepts that there is none.</summary>
static class MissingSlices
{
    const int Shown = 500;
    static readonly HashSet<string> Outcomes = ["found", "sourceAdded", "moreDetail", "accepted"];

    public sealed record SettleAsk(string? MissingId, string? Outcome, string? Why);

    public static void Map(RouteGroupBuilder cases, RouteGroupBuilder triage)
    {
        triage.MapGet("/missing", Show).WithName("ShowMissing").RequireAuthorization(Policies.Read);
        cases.MapPost("/{id}/missing", Settle).WithName("SettleMissing").RequireAuthorization(Policies.Response);
    }

    static Ok<MissingsView> Show(TriageDesk desk, CaseSight sight)
    {
        lock (desk.Gate)
        {
            var all = desk.State.Cases.Where(c => c.Work.Missing.Count > 0 && desk.State.Surviving(c.Id) is { } whole && sight.Sees(whole)).SelectMany(c => c.Work.Missing.Values.Select(m => View(c, m))).ToList();
            return TypedResults.Ok(new MissingsView([.. all.OrderBy(m => m.Outcome is not null).ThenByDescending(m => m.AtMs).Take(Shown)], all.Count(m => m.Outcome is null)));
        }
    }

    internal static MissingView View(CaseState c, Missing m) => new(m.Id, c.Id, c.Number, m.Said.Entity, m.Said.FromMs, m.Said.ToMs, m.AtMs, m.Outcome, m.Why, m.EndedMs);

    static Task<Results<Ok<CaseView>, NotFound, BadRequest<TriageFindings>>> Settle(string id, SettleAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop) =>
        WorkTurn.Take(id, "missing", user, desk, c => Decide(c, desk.State, ask), views.Case, stop);

    internal static Decision Decide(CaseState c, TriageState state, SettleAsk ask)
    {
        if (state.Family(c).FirstOrDefault(m => m.Work.Missing.ContainsKey(ask.MissingId ?? "")) is not { } home || home.Work.Missing[ask.MissingId!].Outcome is not null)
            return new Finding("TRI541", "There is no such missing evidence that is open.", "Take the id from the case.", "/missingId");
        if (!Outcomes.Contains(ask.Outcome ?? "") || string.IsNullOrWhiteSpace(ask.Why) || ask.Why.Length > Limits.TextMax)
            return new Finding("TRI542", "It is not said how it ended.", "Say found, sourceAdded, moreDetail or accepted, and why.", "/outcome");
        return Decision.Of(new MissingSettled(home.Id, ask.MissingId!, ask.Outcome!, ask.Why.Trim()));
    }
}
