using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

/// <summary>A query as it is being written.</summary>
internal sealed record CheckAsk(string Kql, IReadOnlyList<SearchParameter>? Parameters);

internal sealed record CheckAnswer(IReadOnlyList<Finding> Findings);

/// <summary>All that is wrong with a query, without running it: the editor asks while one writes.</summary>
static class CheckQuery
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/search/check", Handle).WithName("CheckSearch");

    internal static Ok<CheckAnswer> Handle(CheckAsk ask, QueryEngine engine) => TypedResults.Ok(new CheckAnswer(engine.Check(ask.Kql, ask.Parameters ?? [])));
}
