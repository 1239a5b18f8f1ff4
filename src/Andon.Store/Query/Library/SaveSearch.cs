using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query;

/// <param name="Version">The version that was looked at when it was changed; 0 for a new search.</param>
internal sealed record SaveSearchAsk(
    string Name, string? Description, string Kql, IReadOnlyList<SearchParameter>? Parameters, IReadOnlyList<string>? Tags, string? Range, string? Why, int Version);

/// <summary>Keeps a search under a name: a new one, or the next version of one's own.</summary>
static class SaveSearch
{
    public static void Map(IEndpointRouteBuilder searches)
    {
        searches.MapPost("", New).WithName("SaveSearch").RequireAuthorization(Policies.Response);
        searches.MapPost("/{searchId}", Next).WithName("ChangeSearch").RequireAuthorization(Policies.Response);
    }

    static Task<Results<Ok<SearchView>, NotFound, JsonHttpResult<SearchRefusal>>> New(
        SaveSearchAsk ask, SearchShelf shelf, SearchViews views, QueryEngine engine, IFactLog facts, TimeProvider clock, ClaimsPrincipal user, IAuthorizationService access, CancellationToken stop) =>
        Next($"search-{Guid.CreateVersion7(clock.GetUtcNow()):N}", ask with { Version = 0 }, shelf, views, engine, facts, user, access, stop);

    static async Task<Results<Ok<SearchView>, NotFound, JsonHttpResult<SearchRefusal>>> Next(
        string searchId, SaveSearchAsk ask, SearchShelf shelf, SearchViews views, QueryEngine engine, IFactLog facts, ClaimsPrincipal user, IAuthorizationService access, CancellationToken stop)
    {
        var person = Actors.Of(user);
        var operations = (await access.AuthorizeAsync(user, Policies.Operations)).Succeeded;
        using var turn = await shelf.Turn(stop);
        var known = shelf.Search(searchId);
        if (known is null && ask.Version != 0) return TypedResults.NotFound();
        if (Refuse(known, ask, person, operations, shelf.Searches.Count) is { } refusal) return TypedResults.Json(new SearchRefusal([refusal]), statusCode: StatusCodes.Status409Conflict);
        var body = new SearchSaved(searchId, ask.Version + 1, ask.Name.Trim(), ask.Description?.Trim() ?? "", ask.Kql, ask.Parameters ?? [], ask.Tags ?? [], ask.Range ?? "24h", ask.Why?.Trim() ?? "");
        var wrong = SearchRules.Check(body.Name, body.Description, body.Kql, body.Parameters, body.Tags, body.Range)
            .Concat(engine.Check(body.Kql, body.Parameters)).Where(f => f.Level == FindingLevel.Error).ToList();
        if (wrong.Count > 0) return TypedResults.Json(new SearchRefusal(wrong), statusCode: StatusCodes.Status400BadRequest);
        await facts.Append(person, body.Why, body, stop);
        return shelf.Search(searchId) is { } saved ? TypedResults.Ok(views.Of(saved, person)) : TypedResults.NotFound();
    }

    // Pure, so the rule is tested without a host.
    internal static Finding? Refuse(SavedSearch? known, SaveSearchAsk ask, string person, bool operations, int count) => known switch
    {
        null when count >= Limits.SavedSearchesMax => new("LIB020", $"{Limits.SavedSearchesMax} searches are saved (SavedSearchesMax).", "Remove some first."),
        { Shipped: true } => new("LIB021", "A search that comes with the program is not changed.", "Save it as a search of your own."),
        { } search when search.Owner != person && !operations => new("LIB022", $"This search belongs to {search.Owner}.", "Save it as a search of your own, or ask its owner."),
        { } search when search.Now.Version != ask.Version => new("LIB023", $"Someone saved version {search.Now.Version} meanwhile.", "Look at it, then save again."),
        _ => null,
    };
}
