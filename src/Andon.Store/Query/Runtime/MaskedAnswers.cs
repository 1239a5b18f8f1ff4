using System.Text.Json;
using System.Text.Json.Nodes;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Store.Query;

/// <summary>
/// The mask over every answer but those that are masked at their source: whoever sees pseudonyms in a search sees them on every page (0032).
/// What is no JSON has no places for pseudonyms and is refused.
/// </summary>
static class MaskedAnswers
{
    /// <summary>Masked where they read their tables, and streamed; live says ids only.</summary>
    static readonly string[] AtSource = ["/api/search", "/api/events", "/api/live"];

    /// <summary>What authors and the house itself wrote. Everything else holds evidence, a route made tomorrow too.</summary>
    static readonly string[] Authored =
    [
        "/api/session", "/api/users", "/api/house", "/api/searches", "/api/dashboards", "/api/parsers", "/api/playbooks", "/api/measures", "/api/gaps", "/api/controls", "/api/services", "/api/keep",
        "/api/board/settings", "/api/exposure", "/api/sources", "/api/rules", "/api/triage/templates",
    ];

    static readonly string[] Evidence =
    [
        "/api/sources/profile", "/api/sources/usage", "/api/sources/drift", "/api/sources/backlog", "/api/sources/alarms", "/api/rules/look", "/api/rules/explain", "/api/rules/backtest", "/api/rules/backtests",
        "/api/rules/evidence", "/api/rules/one", "/api/parsers/cases", "/api/parsers/preview", "/api/parsers/stream",
    ];

    static readonly Finding NoPlaces = new("KQL136", "This holds values that are masked to you, and it cannot be shown without them.", "Ask for them in clear and say why (search, masked fields), or ask someone who sees them.");

    /// <summary>Asking whether a value is there is seeing it.</summary>
    static bool AsksForValues(IQueryCollection asked) =>
        asked["q"].ToString().Length > 0 || asked["expand"].ToString().Length > 0
        || asked["filter"].ToString() is var filter && (filter.Contains("entity:", StringComparison.OrdinalIgnoreCase) || filter.Contains("text:", StringComparison.OrdinalIgnoreCase));

    static readonly Finding NoQuestions = new("KQL137", "Some fields are masked to you, so cases cannot be looked through by what they hold.", "Search for the pseudonym (table Cases or Alerts), or ask for the fields in clear and say why.");

    public static void UseMask(IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        var path = http.Request.Path;
        if (!path.StartsWithSegments("/api", StringComparison.Ordinal) || http.User.Identity?.IsAuthenticated != true || Under(AtSource, path)
            || (await http.RequestServices.GetRequiredService<Sights>().Of(http.User)).Mask is not { } mask)
        {
            await next(http);
            return;
        }
        var authored = Under(Authored, path) && !Under(Evidence, path);
        if (!authored && AsksForValues(http.Request.Query))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            await http.Response.WriteAsJsonAsync(NoQuestions, FactTypes.Json, http.RequestAborted);
            return;
        }
        var body = http.Response.Body;
        using var held = new MemoryStream();
        http.Response.Body = held;
        try { await next(http); }
        finally { http.Response.Body = body; }
        if (held.Length == 0) return;
        http.Response.ContentLength = null;
        http.Response.Headers.ContentDisposition = default;
        if (http.Response.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) != true)
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            await http.Response.WriteAsJsonAsync(NoPlaces, FactTypes.Json, http.RequestAborted);
            return;
        }
        var shown = new MaskedJson(mask, authored).Over(JsonNode.Parse(held.GetBuffer().AsSpan(0, (int)held.Length)));
        await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(shown, FactTypes.Json), http.RequestAborted);
    });

    static bool Under(string[] roots, PathString path) => Array.Exists(roots, r => path.StartsWithSegments(r, StringComparison.Ordinal));
}
