using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Andon.Host.Access;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Host.Facts;

/// <summary>Every number can be asked why: one fact, or all facts about a thing.</summary>
static class ReadFacts
{
    /// <param name="Body">The fact's own properties.</param>
    public sealed record FactView(long Seq, long AtMs, string Actor, string Cause, string Type, JsonNode? Body);
    public sealed record FactsView(IReadOnlyList<FactView> Facts);

    const int FactsMax = 1000;

    public static void Map(IEndpointRouteBuilder api)
    {
        var facts = api.MapGroup("/facts").WithTags("Host").RequireAuthorization(Policies.Read);
        facts.MapGet("/{seq:long}", One).WithName("ReadFact");
        facts.MapGet("", About).WithName("ReadFacts");
    }

    /// <summary>What this person may read. What Triage and Respond write is about cases, which not everybody may see, and of those not every one.</summary>
    static async Task<Func<Fact, FactView, bool>> May(ClaimsPrincipal user, IAuthorizationService may, ICaseSight sight)
    {
        var cases = (await may.AuthorizeAsync(user, Policies.Cases)).Succeeded;
        var people = (await may.AuthorizeAsync(user, Policies.Admin)).Succeeded;
        var hides = sight.Hides(user);
        return (fact, view) => (cases || !FactTypes.IsOfCases(fact.Body.GetType())) && (people || !FactTypes.IsSecret(view.Type)) && (!hides || sight.Sees(user, view.Body));
    }

    static async Task<Results<Ok<FactView>, NotFound<Finding>>> One(long seq, IFactLog log, ClaimsPrincipal user, IAuthorizationService may, ICaseSight sight, CancellationToken stop)
    {
        var found = await log.Read(seq - 1, 1, stop);
        var sees = await May(user, may, sight);
        return found is [{ } fact] && fact.Seq == seq && View(fact, user, sight) is var view && sees(fact, view)
            ? TypedResults.Ok(view)
            : TypedResults.NotFound(new Finding("FCT001", $"There is no fact {seq}.", $"The last one is {log.Last}."));
    }

    static async Task<Ok<FactsView>> About(string? subject, IFactLog log, ClaimsPrincipal user, IAuthorizationService may, ICaseSight sight, CancellationToken stop)
    {
        var facts = subject is null ? await log.Read(Math.Max(0, log.Last - FactsMax), FactsMax, stop) : await log.ReadSubject(subject, FactsMax, stop);
        var sees = await May(user, may, sight);
        return TypedResults.Ok(new FactsView([.. facts.Select(f => (Fact: f, View: View(f, user, sight))).Where(f => sees(f.Fact, f.View)).Select(f => f.View)]));
    }

    // A reason may name a case that this person may not see; what it replaces holds no sign that JSON escapes.
    static FactView View(Fact fact, ClaimsPrincipal user, ICaseSight sight) =>
        new(fact.Seq, fact.AtMs, fact.Actor, sight.Veil(user, fact.Cause), FactTypes.NameOf(fact.Body), JsonNode.Parse(sight.Veil(user, FactTypes.Write(fact.Body))));
}
