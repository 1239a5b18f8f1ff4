using System.Security.Claims;
using Andon.Store.Query.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

/// <summary>What a histogram asks.</summary>
public sealed record HistogramAsk(string Kql, long FromMs, long ToMs, int Buckets, IReadOnlyList<SearchValue>? Values = null);

static class CountByTime
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/search/histogram",
        (HistogramAsk ask, QueryEngine engine, RunningSearches searches, Sights sights, ClaimsPrincipal user, CancellationToken stop) =>
            RunSearch.InTurn(searches, user, ask.Kql, async held => await Handle(ask, engine, held?.Stop ?? stop, held, await sights.Of(user)), stop)).WithName("SearchHistogram");

    internal static async Task<Results<Ok<HistogramAnswer>, BadRequest<SearchRefusal>, JsonHttpResult<SearchRefusal>>> Handle(HistogramAsk ask, QueryEngine engine, CancellationToken stop, RunningSearches.Held? held = null, Sight? sight = null)
    {
        try
        {
            return TypedResults.Ok(await engine.Histogram(ask, held, stop, sight));
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
