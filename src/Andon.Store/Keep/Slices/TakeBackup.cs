using System.Security.Claims;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Keep.Backup;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Keep.Slices;

static class BackupSlice
{
    /// <param name="Place">A folder of the server's machine: new, or one that holds backups.</param>
    public sealed record Ask(string Place);

    // An administrator's: the copy holds everything, and the server writes it where it is told.
    public static void Map(IEndpointRouteBuilder keep) =>
        keep.MapPost("/backups", Handle).WithName("TakeBackup").RequireAuthorization(Policies.Admin);

    internal static async Task<Results<Ok<BackupReport>, BadRequest<Finding>, JsonHttpResult<Finding>>> Handle(Ask ask, BackupTaker taker, ClaimsPrincipal user, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(ask.Place) || !Path.IsPathFullyQualified(ask.Place))
            return TypedResults.BadRequest(new Finding("BAK014", "A backup's place is the full path of a folder on the server.", "For example /backup/andon.", "/place"));
        try
        {
            return TypedResults.Ok(await taker.Take(ask.Place, Actors.Of(user), stop));
        }
        catch (BackupRefusedException refused)
        {
            return TypedResults.BadRequest(refused.Finding);
        }
        catch (EngineException failed)
        {
            return TypedResults.Json(failed.AsFinding(), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return TypedResults.BadRequest(new Finding("BAK015", $"The backup could not be written: {failed.Message}", "Look at the place's disk and rights. What was begun there is marked as unfinished.", ask.Place));
        }
    }
}
