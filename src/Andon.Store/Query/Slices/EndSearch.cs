using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Query.Runtime;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

/// <summary>The searches that run now, and the end of one: one's own, or any for an administrator, which is a fact.</summary>
static class EndSearch
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/search/running", List).WithName("ListRunningSearches");
        api.MapPost("/search/running/{searchId}/end", End).WithName("EndSearch");
    }

    static async Task<Ok<IReadOnlyList<RunningSearch>>> List(RunningSearches searches, CancellationToken stop) => TypedResults.Ok(await searches.List(stop));

    static async Task<Results<NoContent, NotFound<Finding>>> End(string searchId, RunningSearches searches, IAuthorizationService may, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        var actor = Actors.Of(user);
        var any = (await may.AuthorizeAsync(user, Policies.Admin)).Succeeded;
        if (searches.End(searchId, actor, owner => any || owner == actor) is not { } ended)
            return TypedResults.NotFound(new Finding("KQL072", $"No search {searchId} of yours runs.", "It may have ended; another's is ended by an administrator.", searchId));
        if (ended.Owner != actor) await facts.Append(actor, "", new SearchEnded(ended.SearchId, ended.Owner, ended.Kql), stop);
        return TypedResults.NoContent();
    }
}
