using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources;

static class ListSources
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/sources", Handle).WithName("ListSources").WithTags("Intake").RequireAuthorization(Policies.Read);

    static Ok<SourceList> Handle(Catalogue catalogue, TimeProvider clock) => TypedResults.Ok(new SourceList(catalogue.List(clock.NowMs())));
}
