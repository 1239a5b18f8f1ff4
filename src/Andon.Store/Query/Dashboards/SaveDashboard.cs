using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query;

/// <param name="Version">The version that was looked at when it was changed; 0 for a new dashboard.</param>
internal sealed record SaveDashboardAsk(
    string Name, string? Description, IReadOnlyList<DashboardPanel> Panels, IReadOnlyList<SearchParameter>? Parameters, string? Range, string? Why, int Version);

/// <summary>Dashboards: pictures of saved searches side by side. All, one, a new one, its next version, none any more.</summary>
static class SaveDashboard
{
    public static void Map(IEndpointRouteBuilder dashboards)
    {
        dashboards.MapGet("", All).WithName("GetDashboards");
        dashboards.MapPost("", New).WithName("SaveDashboard").RequireAuthorization(Policies.Response);
        dashboards.MapPost("/{dashboardId}", Next).WithName("ChangeDashboard").RequireAuthorization(Policies.Response);
        dashboards.MapDelete("/{dashboardId}", Remove).WithName("RemoveDashboard").RequireAuthorization(Policies.Response);
    }

    static Ok<IReadOnlyList<DashboardView>> All(SearchShelf shelf, ClaimsPrincipal user) =>
        TypedResults.Ok<IReadOnlyList<DashboardView>>([.. shelf.Dashboards.Values.Select(d => SearchViews.Of(d, Actors.Of(user))).OrderBy(d => d.Name, StringComparer.OrdinalIgnoreCase)]);

    static Task<Results<Ok<DashboardView>, NotFound, JsonHttpResult<SearchRefusal>>> New(
        SaveDashboardAsk ask, SearchShelf shelf, IFactLog facts, TimeProvider clock, ClaimsPrincipal user, IAuthorizationService access, CancellationToken stop) =>
        Next($"dashboard-{Guid.CreateVersion7(clock.GetUtcNow()):N}", ask with { Version = 0 }, shelf, facts, user, access, stop);

    static async Task<Results<Ok<DashboardView>, NotFound, JsonHttpResult<SearchRefusal>>> Next(
        string dashboardId, SaveDashboardAsk ask, SearchShelf shelf, IFactLog facts, ClaimsPrincipal user, IAuthorizationService access, CancellationToken stop)
    {
        var person = Actors.Of(user);
        var operations = (await access.AuthorizeAsync(user, Policies.Operations)).Succeeded;
        using var turn = await shelf.Turn(stop);
        var known = shelf.Dashboard(dashboardId);
        if (known is null && ask.Version != 0) return TypedResults.NotFound();
        if (Refuse(known, ask.Version, person, operations, shelf.Dashboards.Count) is { } refusal) return TypedResults.Json(new SearchRefusal([refusal]), statusCode: StatusCodes.Status409Conflict);
        var body = new DashboardSaved(dashboardId, ask.Version + 1, ask.Name.Trim(), ask.Description?.Trim() ?? "", ask.Panels, ask.Parameters ?? [], ask.Range ?? "24h", ask.Why?.Trim() ?? "");
        var wrong = SearchRules.CheckBoard(body.Name, body.Description, body.Panels, body.Parameters, body.Range, id => shelf.Search(id) is not null).ToList();
        if (wrong.Count > 0) return TypedResults.Json(new SearchRefusal(wrong), statusCode: StatusCodes.Status400BadRequest);
        await facts.Append(person, body.Why, body, stop);
        return shelf.Dashboard(dashboardId) is { } saved ? TypedResults.Ok(SearchViews.Of(saved, person)) : TypedResults.NotFound();
    }

    static async Task<Results<NoContent, NotFound, Conflict<Finding>>> Remove(
        string dashboardId, string? why, SearchShelf shelf, IFactLog facts, ClaimsPrincipal user, IAuthorizationService access, CancellationToken stop)
    {
        var person = Actors.Of(user);
        var operations = (await access.AuthorizeAsync(user, Policies.Operations)).Succeeded;
        using var turn = await shelf.Turn(stop);
        if (shelf.Dashboard(dashboardId) is not { } saved) return TypedResults.NotFound();
        if (Refuse(saved, saved.Now.Version, person, operations, 0) is { } finding) return TypedResults.Conflict(finding);
        await facts.Append(person, why ?? "", new DashboardRemoved(dashboardId, why ?? ""), stop);
        return TypedResults.NoContent();
    }

    internal static Finding? Refuse(SavedDashboard? known, int version, string person, bool operations, int count) => known switch
    {
        null when count >= Limits.DashboardsMax => new("LIB030", $"{Limits.DashboardsMax} dashboards are kept (DashboardsMax).", "Remove some first."),
        { Shipped: true } => new("LIB031", "A dashboard that comes with the program is not changed.", "Copy it to one of your own."),
        { } board when board.Owner != person && !operations => new("LIB032", $"This dashboard belongs to {board.Owner}.", "Copy it to one of your own, or ask its owner."),
        { } board when board.Now.Version != version => new("LIB033", $"Someone saved version {board.Now.Version} meanwhile.", "Look at it, then save again."),
        _ => null,
    };
}
