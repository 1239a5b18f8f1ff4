using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Query.Compilation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query;

internal sealed record ScheduleAsk(
    bool Enabled, int EveryMinutes, int LookBackMinutes, string Title, Level Level, RuleQueue Queue,
    IReadOnlyList<ScheduledEntity>? Entities, IReadOnlyDictionary<string, string>? Values, string? Why);

/// <summary>Lets a saved search run by itself, its rows becoming alerts; or ends that. It is a detection, so it wants Operations as rules do.</summary>
static class ScheduleSearch
{
    public static void Map(IEndpointRouteBuilder searches) => searches.MapPost("/{searchId}/schedule", Handle).WithName("ScheduleSearch").RequireAuthorization(Policies.Operations);

    static async Task<Results<Ok<SearchView>, NotFound, JsonHttpResult<SearchRefusal>>> Handle(
        string searchId, ScheduleAsk ask, SearchShelf shelf, SearchViews views, QueryEngine engine, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        var person = Actors.Of(user);
        using var turn = await shelf.Turn(stop);
        if (shelf.Search(searchId) is not { } saved) return TypedResults.NotFound();
        var wrong = Refuse(ask, saved, shelf.Schedules.Values.Count(s => s.Ask.Enabled && s.Ask.SearchId != searchId)).ToList();
        if (ask.Enabled) wrong.AddRange(engine.Check(saved.Now.Kql, SearchValues.Of(saved.Now.Parameters, ask.Values), new Stretch(0, 1)).Where(f => f.Level == FindingLevel.Error));
        if (wrong.Count > 0) return TypedResults.Json(new SearchRefusal(wrong), statusCode: StatusCodes.Status400BadRequest);
        await facts.Append(person, ask.Why ?? "", new SearchScheduled(
            searchId, ask.Enabled, ask.EveryMinutes, ask.LookBackMinutes, ask.Title.Trim(), ask.Level, ask.Queue, ask.Entities ?? [], ask.Values ?? new Dictionary<string, string>(), ask.Why?.Trim() ?? ""), stop);
        return TypedResults.Ok(views.Of(saved, person));
    }

    // Pure, so the rule is tested without a host.
    internal static IEnumerable<Finding> Refuse(ScheduleAsk ask, SavedSearch saved, int others)
    {
        if (!ask.Enabled) yield break;
        if (others >= ScheduleLimits.SchedulesMax) yield return new("SCH010", $"{ScheduleLimits.SchedulesMax} searches are scheduled (SchedulesMax).", "End one first.");
        if (ask.EveryMinutes is < ScheduleLimits.EveryMinutesMin or > ScheduleLimits.EveryMinutesMax)
            yield return new("SCH011", $"Every {ask.EveryMinutes} minutes is not offered.", $"{ScheduleLimits.EveryMinutesMin} to {ScheduleLimits.EveryMinutesMax} (EveryMinutesMax).", "/everyMinutes");
        if (ask.LookBackMinutes is < 0 or > ScheduleLimits.LookBackMinutesMax)
            yield return new("SCH012", $"A look back of {ask.LookBackMinutes} minutes is not offered.", $"0 to {ScheduleLimits.LookBackMinutesMax} (LookBackMinutesMax).", "/lookBackMinutes");
        if (ask.Title.Trim().Length is 0 or > Limits.NameCharsMax) yield return new("SCH013", "The alert needs a title.", $"1 to {Limits.NameCharsMax} characters (NameCharsMax).", "/title");
        if (ask.Queue == RuleQueue.Input) yield return new("SCH014", "Rows of a search feed no correlation.", "testing or production", "/queue");
        foreach (var value in SearchValues.Of(saved.Now.Parameters, ask.Values))
            if (value.Value is null || SearchValues.Read(value.Type, value.Value) is null) yield return new("SCH015", $"The parameter '{value.Name}' has no value of type {value.Type}.", "Give one, or give the parameter a default.", "/values");
    }
}
