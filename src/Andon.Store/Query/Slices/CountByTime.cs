using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

/// <summary>What a histogram asks.</summary>
public sealed record HistogramAsk(string Kql, long FromMs, long ToMs, int Buckets, IReadOnlyList<SearchValue>? Values = null);

static class CountByTime
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/search/histogram", Handle).WithName("SearchHistogram");

    internal static async Task<Results<Ok<HistogramAnswer>, BadRequest<SearchRefusal>, JsonHttpResult<SearchRefusal>>> Handle(HistogramAsk ask, QueryEngine engine, CancellationToken stop)
    {
        try
        {
            return TypedResults.Ok(await engine.Histogram(ask, stop));
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
