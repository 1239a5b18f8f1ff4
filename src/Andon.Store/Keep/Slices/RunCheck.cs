using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Keep.Verify;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Keep.Slices;

static class RunCheck
{
    public static void Map(IEndpointRouteBuilder keep) =>
        keep.MapPost("/check", Handle).WithName("CheckStore").RequireAuthorization(Policies.Operations);

    static async Task<Results<Ok<CheckReport>, JsonHttpResult<Finding>>> Handle(Func<StoreCheck> check, KeepTurn turn, CancellationToken stop)
    {
        try
        {
            // What retention or reading anew has just taken away would look like a loss.
            using var held = await turn.Take("a check", stop);
            return TypedResults.Ok(await check().Run(stop));
        }
        catch (EngineException failed)
        {
            return TypedResults.Json(failed.AsFinding(), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
