using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

internal sealed record ValuesAsk(string Kql, long? FromMs, long? ToMs, string Field, int? Top, IReadOnlyList<SearchValue>? Values);

/// <summary>The most frequent values of a field, counted over all rows of a query.</summary>
static class CountValues
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/search/values", Handle).WithName("SearchValues");

    internal static async Task<Results<Ok<FieldValues>, JsonHttpResult<SearchRefusal>>> Handle(ValuesAsk ask, QueryEngine engine, Sights sights, ClaimsPrincipal user, CancellationToken stop)
    {
        try
        {
            var top = Math.Clamp(ask.Top ?? 10, 1, Limits.TopValuesMax);
            return TypedResults.Ok(await engine.CountValues(new(ask.Kql, ask.FromMs, ask.ToMs, Values: ask.Values), ask.Field, top, stop, await sights.Of(user)));
        }
        catch (QueryRefusedException refused)
        {
            return Refused.As(refused);
        }
    }
}
