using System.Text.Json.Nodes;
using Andon.Model;

namespace Andon.Host.Access;

/// <summary>A red case is not there for who may not see it, whichever room's route names it: one guard before all of them.</summary>
static class CaseGuard
{
    /// <summary>Every route that names a case, a signal or a run in its path answers 404 to others, as it does for one that never was.</summary>
    public static void UseCaseGuard(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) && http.User.Identity?.IsAuthenticated == true)
        {
            var sight = http.RequestServices.GetRequiredService<ICaseSight>();
            foreach (var value in http.Request.RouteValues.Values)
                if (value is string id && !sight.Sees(http.User, id))
                {
                    http.Response.StatusCode = StatusCodes.Status404NotFound;
                    return;
                }
        }
        await next(http);
    });

    /// <summary>May that person read a fact? Not when it is about a case that they may not see.</summary>
    public static bool Sees(this ICaseSight sight, System.Security.Claims.ClaimsPrincipal user, JsonNode? body)
    {
        if (body is not JsonObject fact) return true;
        foreach (var (name, value) in fact)
        {
            if (!name.EndsWith("Id", StringComparison.Ordinal) && !name.EndsWith("Ids", StringComparison.Ordinal)) continue;
            if (value is JsonValue one && one.TryGetValue<string>(out var id) && !sight.Sees(user, id)) return false;
            if (value is JsonArray many && many.Any(v => v is JsonValue item && item.TryGetValue<string>(out var each) && !sight.Sees(user, each))) return false;
        }
        return true;
    }
}
