using System.Text.Json;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Andon.Host.Access;
using Andon.Model;
using Andon.Store.Facts;
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

    static async Task<Results<Ok<FactView>, NotFound<Finding>>> One(long seq, ClaimsPrincipal user, ICaseSight sight, IFactLog log, CancellationToken stop)
    {
        var found = await log.Read(seq - 1, 1, stop);
        return found is [{ } fact] && fact.Seq == seq && View(fact) is var view && sight.Sees(user, view.Body)
            ? TypedResults.Ok(view)
            : TypedResults.NotFound(new Finding("FCT001", $"There is no fact {seq}.", $"The last one is {log.Last}."));
    }

    static async Task<Ok<FactsView>> About(string? subject, ClaimsPrincipal user, ICaseSight sight, IFactLog log, CancellationToken stop)
    {
        var facts = subject is null ? await log.Read(Math.Max(0, log.Last - FactsMax), FactsMax, stop) : await log.ReadSubject(subject, FactsMax, stop);
        var views = facts.Select(View);
        return TypedResults.Ok(new FactsView([.. sight.Hides(user) ? views.Where(v => sight.Sees(user, v.Body)) : views]));
    }

    internal static FactView View(Fact fact) =>
        new(fact.Seq, fact.AtMs, fact.Actor, fact.Cause, FactTypes.NameOf(fact.Body), JsonNode.Parse(FactTypes.Write(fact.Body)));
}
