using System.Security.Claims;
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

    /// <summary>A finding about a case says at its place which.</summary>
    public static bool SeesFinding(this ICaseSight sight, ClaimsPrincipal user, string place) => !place.StartsWith(Case, StringComparison.Ordinal) || sight.Sees(user, place[Case.Length..]);

    const string Case = "case:";

    /// <summary>May that person read a fact? Not when it, or a part of it, is about a case that they may not see.</summary>
    public static bool Sees(this ICaseSight sight, ClaimsPrincipal user, JsonNode? body, bool names = false) => body switch
    {
        JsonObject parts => parts.All(p => sight.Sees(user, p.Value, p.Key.EndsWith("Id", StringComparison.Ordinal) || p.Key.EndsWith("Ids", StringComparison.Ordinal))),
        JsonArray many => many.All(m => sight.Sees(user, m, names)),
        JsonValue one when one.TryGetValue<string>(out var text) =>
            sight.SeesFinding(user, text) && (!names || sight.Sees(user, text)),
        _ => true,
    };
}
