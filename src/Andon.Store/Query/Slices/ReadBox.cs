using Andon.Model;
using Andon.Store.Query.Parsing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

/// <summary>The text of the plain search box.</summary>
public sealed record BoxAsk(string Text);

/// <summary>The query that it means.</summary>
public sealed record BoxAnswer(string Kql, IReadOnlyList<Finding> Findings);

static class ReadBox
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/search/box", Handle).WithName("SearchBox");

    internal static Ok<BoxAnswer> Handle(BoxAsk ask)
    {
        var faults = new Faults(ask.Text);
        return TypedResults.Ok(new BoxAnswer(Box.ToKql(ask.Text, faults), faults.All));
    }
}
