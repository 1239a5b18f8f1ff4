using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
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

    static async Task<Results<Ok<FactView>, NotFound<Finding>>> One(long seq, IFactLog log, IAuthorizationService may, ClaimsPrincipal user, CancellationToken stop)
    {
        var found = await log.Read(seq - 1, 1, stop);
        return found is [{ } fact] && fact.Seq == seq && (!OfPeople(fact) || await Admin(may, user))
            ? TypedResults.Ok(View(fact))
            : TypedResults.NotFound(new Finding("FCT001", $"There is no fact {seq}.", $"The last one is {log.Last}."));
    }

    static async Task<Ok<FactsView>> About(string? subject, IFactLog log, IAuthorizationService may, ClaimsPrincipal user, CancellationToken stop)
    {
        var admin = await Admin(may, user);
        var facts = subject is null ? await log.Read(Math.Max(0, log.Last - FactsMax), FactsMax, stop) : await log.ReadSubject(subject, FactsMax, stop);
        return TypedResults.Ok(new FactsView(facts.Where(f => admin || !OfPeople(f)).Select(View).ToList()));
    }

    static async Task<bool> Admin(IAuthorizationService may, ClaimsPrincipal user) => (await may.AuthorizeAsync(user, Policies.Admin)).Succeeded;

    // Facts about people and keys: the searchable table of facts withholds the same ones.
    static bool OfPeople(Fact fact) => FactTypes.NameOf(fact.Body) is var name && (name.StartsWith("user.", StringComparison.Ordinal) || name.StartsWith("token.", StringComparison.Ordinal));

    internal static FactView View(Fact fact) =>
        new(fact.Seq, fact.AtMs, fact.Actor, fact.Cause, FactTypes.NameOf(fact.Body), JsonNode.Parse(FactTypes.Write(fact.Body)));
}
