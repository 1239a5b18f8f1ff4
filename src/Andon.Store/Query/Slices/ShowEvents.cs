using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

static class ShowEvents
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/events/{eventId}", One).WithName("GetEvent");
        api.MapGet("/events", Many).WithName("GetEvents");
    }

    internal static async Task<Results<Ok<StoredEvent>, NotFound<Finding>, BadRequest<SearchRefusal>, JsonHttpResult<SearchRefusal>>> One(string eventId, QueryEngine engine, Sights sights, ClaimsPrincipal user, CancellationToken stop)
    {
        if (!EventId.TryParse(eventId, out var id)) return TypedResults.BadRequest(new SearchRefusal([NoId(eventId)]));
        try
        {
            return await engine.Events([id], await sights.Of(user), stop) is [var found] ? TypedResults.Ok(found)
                : TypedResults.NotFound(new Finding("KQL051", $"Event {id} is not in the store.", "It is not there yet, or its retention has ended."));
        }
        catch (QueryRefusedException refused)
        {
            return TypedResults.Json(new SearchRefusal(refused.Findings), statusCode: refused.Passing ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status400BadRequest);
        }
    }

    internal static async Task<Results<Ok<IReadOnlyList<StoredEvent>>, BadRequest<SearchRefusal>, JsonHttpResult<SearchRefusal>>> Many(string ids, QueryEngine engine, Sights sights, ClaimsPrincipal user, CancellationToken stop)
    {
        if (ids.Length > Limits.EventsByIdMax * 24)
            return TypedResults.BadRequest(new SearchRefusal([new("KQL050", "The list of events is too long.", $"{Limits.EventsByIdMax} at most (EventsByIdMax).", "/ids")]));
        var asked = new List<EventId>();
        var wrong = new List<Finding>();
        foreach (var text in ids.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (EventId.TryParse(text, out var id)) asked.Add(id);
            else wrong.Add(NoId(text));
        }
        if (wrong.Count > 0) return TypedResults.BadRequest(new SearchRefusal(wrong));
        try
        {
            return TypedResults.Ok(await engine.Events(asked, await sights.Of(user), stop));
        }
        catch (QueryRefusedException refused)
        {
            return TypedResults.Json(new SearchRefusal(refused.Findings), statusCode: refused.Passing ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status400BadRequest);
        }
    }

    static Finding NoId(string text) => new("KQL051", $"'{text}' names no event.", "An event's name is position.number, for example 4711.0.");
}
