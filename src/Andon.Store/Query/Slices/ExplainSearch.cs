using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

static class ExplainSearch
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/search/explain", Handle).WithName("SearchExplain");

    internal static async Task<Results<Ok<ExplainAnswer>, BadRequest<SearchRefusal>>> Handle(SearchAsk ask, QueryEngine engine, CancellationToken stop)
    {
        try
        {
            return TypedResults.Ok(await engine.Explain(ask, stop));
        }
        catch (QueryRefusedException refused)
        {
            return TypedResults.BadRequest(new SearchRefusal(refused.Findings));
        }
    }
}
