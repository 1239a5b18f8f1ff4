using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

internal sealed record BehindAsk(string Kql, IReadOnlyList<SearchValue>? Values, IReadOnlyList<RowValue> Row);

/// <param name="Kql">Null when the row stands for no events.</param>
internal sealed record BehindAnswer(string? Kql);

/// <summary>The query whose rows are the events behind a row of a result: from a number to its events.</summary>
static class ShowBehind
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/search/behind", Handle).WithName("SearchBehind");

    internal static Results<Ok<BehindAnswer>, JsonHttpResult<SearchRefusal>> Handle(BehindAsk ask, QueryEngine engine)
    {
        try
        {
            return TypedResults.Ok(new BehindAnswer(engine.Behind(new(ask.Kql, Values: ask.Values), ask.Row)));
        }
        catch (QueryRefusedException refused)
        {
            return Refused.As(refused);
        }
    }
}
