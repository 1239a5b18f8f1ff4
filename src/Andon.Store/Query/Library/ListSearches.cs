using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query;

/// <summary>All saved searches, and one with its versions.</summary>
static class ListSearches
{
    public static void Map(IEndpointRouteBuilder searches)
    {
        searches.MapGet("", All).WithName("GetSearches");
        searches.MapGet("/{searchId}", One).WithName("GetSavedSearch");
    }

    static Ok<IReadOnlyList<SearchView>> All(SearchShelf shelf, SearchViews views, ClaimsPrincipal user) =>
        TypedResults.Ok<IReadOnlyList<SearchView>>([.. shelf.Searches.Values.Select(s => views.Of(s, Actors.Of(user))).OrderBy(s => s.Name, StringComparer.OrdinalIgnoreCase)]);

    static Results<Ok<SearchDetail>, NotFound<Finding>> One(string searchId, SearchShelf shelf, SearchViews views, ClaimsPrincipal user) =>
        shelf.Search(searchId) is { } saved
            ? TypedResults.Ok(SearchViews.Detail(views.Of(saved, Actors.Of(user)), saved))
            : TypedResults.NotFound(new Finding("LIB024", $"There is no saved search '{searchId}'.", "Its owner may have removed it."));
}
