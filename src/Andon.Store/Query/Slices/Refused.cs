using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Store.Query.Slices;

/// <summary>How slices answer what cannot be answered: 400 when the query is wrong, 503 when the engine is away or over its limits.</summary>
static class Refused
{
    public static JsonHttpResult<SearchRefusal> As(QueryRefusedException refused) =>
        TypedResults.Json(new SearchRefusal(refused.Findings), statusCode: refused.Passing ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status400BadRequest);
}
