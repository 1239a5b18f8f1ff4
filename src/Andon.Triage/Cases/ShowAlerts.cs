using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases;

static class ShowAlerts
{
    public static void Map(RouteGroupBuilder cases) => cases.MapGet("/{id}/alerts", Handle).WithName("ShowAlerts").RequireAuthorization(Policies.Read);

    internal static Results<Ok<AlertsView>, NotFound, JsonHttpResult<Finding>> Handle(string id, int? skip, int? take, TriageDesk desk)
    {
        lock (desk.Gate)
            if (desk.State.Surviving(id) is null) return TypedResults.NotFound();
        return TypedResults.Json(new Finding("TRI501", "The alerts table is not there yet.", "Try again in a moment."), statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
