using System.Globalization;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases;

/// <summary>The alerts of a case, newest first, a page at a time. They are rows of the event store, however many there are.</summary>
static class ShowAlerts
{
    const int PageDefault = 50;
    static readonly QueryLimits Cost = new(RowsMax: Limits.AlertsPageMax, TimeMsMax: 15_000);

    public static void Map(RouteGroupBuilder cases) => cases.MapGet("/{id}/alerts", Handle).WithName("ShowAlerts")
        .Produces<Finding>(StatusCodes.Status503ServiceUnavailable).RequireAuthorization(Policies.Read);

    internal static async Task<Results<Ok<AlertsView>, NotFound, JsonHttpResult<Finding>>> Handle(
        string id, int? skip, int? take, TriageDesk desk, EventStore store, CancellationToken stop)
    {
        Dictionary<string, string> parameters;
        lock (desk.Gate)
        {
            if (desk.State.Surviving(id) is not { } c) return TypedResults.NotFound();
            if (c.Signals.TrueForAll(s => s.Opened.RuleId == "manual")) return TypedResults.Ok(new AlertsView(0, []));
            parameters = AlertQuery.Parameters(c, skip ?? 0, take ?? PageDefault);
        }
        try
        {
            var count = await store.Query(AlertQuery.Count, AlertQuery.Without(parameters, "skip", "take"), Cost, stop);
            var page = await store.Query(AlertQuery.Page, parameters, Cost, stop);
            return TypedResults.Ok(new AlertsView(Convert.ToInt64(count.Rows[0][0], CultureInfo.InvariantCulture), [.. page.Rows.Select(r => Read(page, r))]));
        }
        catch (EngineException wrong)
        {
            return TypedResults.Json(wrong.AsFinding("alerts"), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    static AlertView Read(QueryAnswer answer, object?[] row)
    {
        string Text(string column) => row[answer.Place(column)] as string ?? "";
        var fields = row[answer.Place("fields")] is IReadOnlyDictionary<string, object?> map
            ? map.ToDictionary(p => p.Key, p => p.Value as string ?? "") : [];
        return new(Id(row[answer.Place("event_id")]), Convert.ToInt64(row[answer.Place("time_ms")], CultureInfo.InvariantCulture), Text("rule_id"), Text("title"),
            Enum.TryParse<Level>(Text("level"), ignoreCase: true, out var level) ? level : Level.Informational, Text("author"), Text("source_id"), fields,
            Many(row[answer.Place("entities")], v => v as string ?? ""), Many(row[answer.Place("contributing")], Id));
    }

    static List<string> Many(object? value, Func<object?, string> read) => value is object?[] list ? [.. list.Select(read)] : [];

    static string Id(object? value) => new EventId(Convert.ToUInt64(value, CultureInfo.InvariantCulture)).ToString();
}
