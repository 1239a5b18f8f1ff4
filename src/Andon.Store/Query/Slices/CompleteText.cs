using Andon.Store.Query.Editing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

static class CompleteText
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/search/complete", Handle).WithName("SearchComplete");

    internal static Ok<CompletionAnswer> Handle(CompletionAsk ask) => TypedResults.Ok(Completion.At(ask.Text, ask.Caret));
}
