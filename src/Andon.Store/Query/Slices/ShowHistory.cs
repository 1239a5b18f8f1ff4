using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

/// <summary>One's own searches; nobody else's.</summary>
static class ShowHistory
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/search/history", (SearchHistory history, ClaimsPrincipal user) => TypedResults.Ok(history.Of(Actors.Of(user)))).WithName("SearchHistory");
        api.MapDelete("/search/history", Forget).WithName("ForgetSearches");
    }

    static NoContent Forget(SearchHistory history, ClaimsPrincipal user)
    {
        history.Forget(Actors.Of(user));
        return TypedResults.NoContent();
    }
}
