using System.Security.Claims;
using Andon.Model;
using Andon.Store.Query.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

static class RunSearch
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/search",
        (SearchAsk ask, QueryEngine engine, SearchHistory history, RunningSearches searches, Sights sights, ClaimsPrincipal user, CancellationToken stop) =>
            InTurn(searches, user, ask.Kql, async held => await Handle(ask, engine, history, user, held?.Stop ?? stop, held, await sights.Of(user)), stop)).WithName("Search");

    internal static async Task<Results<Ok<SearchAnswer>, BadRequest<SearchRefusal>, JsonHttpResult<SearchRefusal>>> Handle(SearchAsk ask, QueryEngine engine, SearchHistory history, ClaimsPrincipal user, CancellationToken stop, RunningSearches.Held? held = null, Sight? sight = null)
    {
        try
        {
            var answer = await engine.Search(ask, new(held, Sight: sight), stop);
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

    /// <summary>Waits for a turn among the running searches, and says who ended one that was ended.</summary>
    internal static async Task<Results<Ok<T>, BadRequest<SearchRefusal>, JsonHttpResult<SearchRefusal>>> InTurn<T>(
        RunningSearches searches, ClaimsPrincipal user, string kql, Func<RunningSearches.Held?, Task<Results<Ok<T>, BadRequest<SearchRefusal>, JsonHttpResult<SearchRefusal>>>> run, CancellationToken stop)
    {
        RunningSearches.Held? held = null;
        try
        {
            held = await searches.Enter(user, kql ?? "", stop);
            return await run(held);
        }
        catch (QueryRefusedException refused) when (refused.Passing)
        {
            return TypedResults.Json(new SearchRefusal(refused.Findings), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (QueryRefusedException refused)
        {
            return TypedResults.BadRequest(new SearchRefusal(refused.Findings));
        }
        catch (OperationCanceledException) when (held?.EndedBy is { } by)
        {
            return TypedResults.BadRequest(new SearchRefusal(RunningSearches.EndedBy(by).Findings));
        }
        finally
        {
            held?.Dispose();
        }
    }
}
