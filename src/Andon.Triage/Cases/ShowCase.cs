using Andon.Model;
using Andon.Triage.Grouping;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases;

static class ShowCase
{
    public static void Map(RouteGroupBuilder cases) => cases.MapGet("/{id}", Handle).WithName("ShowCase").RequireAuthorization(Policies.Read);

    /// <summary>A case that became part of another is answered with that other.</summary>
    internal static Results<Ok<CaseView>, NotFound> Handle(string id, TriageDesk desk, Views views)
    {
        lock (desk.Gate)
            return desk.State.Surviving(id) is { } c ? TypedResults.Ok(views.Case(c)) : TypedResults.NotFound();
    }
}

static class ShowStops
{
    public static void Map(RouteGroupBuilder triage) => triage.MapGet("/stops", Handle).WithName("ShowStops").RequireAuthorization(Policies.Read);

    internal static Ok<StopsView> Handle(TriageDesk desk, Salience salience)
    {
        lock (desk.Gate)
            return TypedResults.Ok(new StopsView([
                .. desk.State.Entities.LearnedStops().Select(s => new StopView(s.Key, s.Why, Learned: true)),
                .. salience.HardStops.Order(StringComparer.Ordinal).Select(s => new StopView(s, "every machine has it", Learned: false)),
            ]));
    }
}
