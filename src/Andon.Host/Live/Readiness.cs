using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Host.Live;

/// <summary>`GET /healthz`: 200 when records can be taken in, searched and matched; 503 with the reason until then.</summary>
static class Readiness
{
    public sealed record Health(bool Ready, string Why);

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapMethods("/healthz", [HttpMethods.Get, HttpMethods.Head], Answer).AllowAnonymous().ExcludeFromDescription();

    static JsonHttpResult<Health> Answer(HouseBook house)
    {
        var health = Of(house);
        return TypedResults.Json(health, statusCode: health.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    public static Health Of(HouseBook house)
    {
        var now = house.Now();
        var waiting = now.Stages.Where(s => s.State is "starting" or "stopped" or "waiting").Select(s => s.Name).ToList();
        if (now.Engine.State != "ready") waiting.Insert(0, "event engine");
        return new(waiting.Count == 0, waiting.Count == 0 ? "" : $"waiting for {string.Join(", ", waiting)}");
    }
}
