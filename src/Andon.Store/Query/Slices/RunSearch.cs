using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

static class RunSearch
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/search", Handle).WithName("Search");

    internal static async Task<Results<Ok<SearchAnswer>, BadRequest<SearchRefusal>, JsonHttpResult<SearchRefusal>>> Handle(SearchAsk ask, QueryEngine engine, SearchHistory history, ClaimsPrincipal user, CancellationToken stop)
    {
        try
        {
            var answer = await engine.Search(ask, stop);
            if (ask.Remember) history.Remember(Actors.Of(user), ask, answer);
            return TypedResults.Ok(answer);
        }
        catch (QueryRefusedException refused) when (refused.Passing)
        {
            return TypedResults.Json(new SearchRefusal(refused.Findings), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (QueryRefusedException refused)
        {
            return TypedResults.BadRequest(new SearchRefusal(refused.Findings));
        }
    }
}
