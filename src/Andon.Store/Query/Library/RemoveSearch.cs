using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query;

/// <summary>Takes a search off the shelf; its facts stay. One that something is made of stays too.</summary>
static class RemoveSearch
{
    public static void Map(IEndpointRouteBuilder searches) => searches.MapDelete("/{searchId}", Handle).WithName("RemoveSearch").RequireAuthorization(Policies.Response);

    static async Task<Results<NoContent, NotFound, Conflict<Finding>>> Handle(
        string searchId, string? why, SearchShelf shelf, SearchViews views, IFactLog facts, ClaimsPrincipal user, IAuthorizationService access, CancellationToken stop)
    {
        var person = Actors.Of(user);
        var operations = (await access.AuthorizeAsync(user, Policies.Operations)).Succeeded;
        using var turn = await shelf.Turn(stop);
        if (shelf.Search(searchId) is not { } saved) return TypedResults.NotFound();
        if (Refuse(saved, views.Of(saved, person).UsedBy, person, operations) is { } finding) return TypedResults.Conflict(finding);
        await facts.Append(person, why ?? "", new SearchRemoved(searchId, why ?? ""), stop);
        return TypedResults.NoContent();
    }

    internal static Finding? Refuse(SavedSearch saved, IReadOnlyList<SearchUse> uses, string person, bool operations)
    {
        if (saved.Shipped) return new("LIB021", "A search that comes with the program is not removed.", "It needs no room; leave it.");
        if (saved.Owner != person && !operations) return new("LIB022", $"This search belongs to {saved.Owner}.", "Ask its owner.");
        return uses.Count > 0 ? new("LIB025", $"It is in use: {string.Join(", ", uses.Take(5).Select(u => $"{u.Kind} {u.Name}"))}.", "Take it out there first.") : null;
    }
}
