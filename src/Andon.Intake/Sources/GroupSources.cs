using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources;

/// <summary>Groups by rule: what belongs together is quiet together, and the young among them learn from the old.</summary>
static class GroupSources
{
    const int TextMax = 200;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/sources/groups", List).WithName("ListSourceGroups").WithTags("Intake").RequireAuthorization(Policies.Read);
        api.MapPost("/sources/groups", Handle).WithName("GroupSources").WithTags("Intake").RequireAuthorization(Policies.Operations);
    }

    static Ok<SourceGroupList> List(Catalogue catalogue, bool members = true)
    {
        lock (catalogue.Gate)
            return TypedResults.Ok(new SourceGroupList([.. catalogue.Groups.OrderBy(g => g.Key, StringComparer.Ordinal).Select(g =>
            {
                var held = catalogue.Sources.Where(s => Grouping.Holds(g.Value, s)).Select(s => s.Id);
                return members ? new SourceGroupView(g.Key, g.Value, [.. held.Order(StringComparer.Ordinal)]) : new SourceGroupView(g.Key, g.Value, []) { Sources = held.Count() };
            })]));
    }

    static async Task<Results<Ok<SourceGroupList>, BadRequest<Finding>, NotFound<Finding>>> Handle(SourceGroupAsk ask, Catalogue catalogue, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        if (Refuse(ask) is { } finding) return TypedResults.BadRequest(finding);
        SourceGroup? before;
        lock (catalogue.Gate)
        {
            before = catalogue.Groups.GetValueOrDefault(ask.GroupId);
            if (before is null && catalogue.Groups.Count >= Limits.GroupsMax) return TypedResults.BadRequest(new Finding("INT068", $"There are {Limits.GroupsMax} groups already.", "End one first.", ask.GroupId));
        }
        if (ask.Group is null && before is null) return TypedResults.NotFound(new Finding("INT069", $"There is no group {ask.GroupId}.", "Take an id from the list of groups.", ask.GroupId));
        await facts.Append(Actors.Of(user), ask.Why ?? "", new SourceGrouped(ask.GroupId, before, ask.Group, ask.Why ?? ""), stop);
        return List(catalogue);
    }

    internal static Finding? Refuse(SourceGroupAsk ask) =>
        string.IsNullOrWhiteSpace(ask.GroupId) || ask.GroupId.Length > TextMax ? new("INT067", "The group has no id.", "A short word, for example web.", "/groupId")
        : ask.Group is not { } g ? null
        : new[] { g.Name, g.Listener, g.Host, g.Dataset, g.Unit, g.Tag } is var texts && texts.Any(t => t is null || t.Length > TextMax) ? new("INT067", "A text of the group is missing or too long.", "An empty pattern fits everything.", ask.GroupId)
        : texts[1..].All(t => t.Length == 0) ? new("INT067", "The group's rule asks for nothing, so it would hold everything.", "Give at least one pattern; * stands for anything.", ask.GroupId)
        : null;
}

/// <summary>Planned work: what it makes silent is not told; records are kept as ever.</summary>
static class MaintainSource
{
    const long DaysMax = 92;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/sources/maintenance", (Catalogue catalogue) => List(catalogue)).WithName("ListSourceMaintenance").WithTags("Intake").RequireAuthorization(Policies.Read);
        api.MapPost("/sources/maintenance", Handle).WithName("MaintainSource").WithTags("Intake").RequireAuthorization(Policies.Operations);
    }

    static Ok<SourceMaintenanceList> List(Catalogue catalogue)
    {
        lock (catalogue.Gate) return TypedResults.Ok(new SourceMaintenanceList([.. catalogue.Maintenance.Reverse()]));
    }

    static async Task<Results<Ok<SourceMaintenanceList>, BadRequest<Finding>, NotFound<Finding>>> Handle(SourceMaintenanceAsk ask, Catalogue catalogue, IFactLog facts, TimeProvider clock, ClaimsPrincipal user, CancellationToken stop)
    {
        if (Refuse(ask, clock.NowMs()) is { } finding) return TypedResults.BadRequest(finding);
        lock (catalogue.Gate)
            if (catalogue.Voices.Find(ask.SubjectId) is null) return TypedResults.NotFound(new Finding("INT071", $"Nothing named {ask.SubjectId} speaks here.", "source:ID, host:NAME, relay:ADDRESS, group:ID or listener:NAME.", "/subjectId"));
        await facts.Append(Actors.Of(user), ask.Why, new SourceMaintained(ask.SubjectId, ask.FromMs, ask.ToMs, ask.Why), stop);
        return List(catalogue);
    }

    internal static Finding? Refuse(SourceMaintenanceAsk ask, long nowMs) =>
        string.IsNullOrWhiteSpace(ask.Why) ? new("INT070", "There is no reason.", "Say what is done there.", "/why")
        : ask.ToMs - Math.Max(ask.FromMs, nowMs) > DaysMax * 86_400_000 ? new("INT070", $"Maintenance of more than {DaysMax} days is no window.", "A shorter one; it can be made again.", "/toMs")
        : null;
}

/// <summary>Alarms about sources: which stand, which ended, and what people say they were.</summary>
static class SourceAlarms
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/sources/alarms", (Catalogue catalogue) => TypedResults.Ok(List(catalogue))).WithName("ListSourceAlarms").WithTags("Intake").RequireAuthorization(Policies.Read);
        api.MapPost("/sources/alarms/judge", Judge).WithName("JudgeSourceAlarm").WithTags("Intake").RequireAuthorization(Policies.Operations);
    }

    static SourceAlarmList List(Catalogue catalogue)
    {
        lock (catalogue.Gate)
            return new([.. catalogue.Alarms.Open.OrderByDescending(a => a.Seq).Select(a => new SourceAlarmView(a.Body, a.AtMs, a.Seq, null) { Judged = catalogue.Alarms.Judged(a.Body.AlarmId) })],
                [.. catalogue.Alarms.Past.Select(p => new SourceAlarmView(p.Alarm, p.Alarm.SinceMs, 0, p.Recovered) { Judged = catalogue.Alarms.Judged(p.Alarm.AlarmId) })], catalogue.Voices.PerMonth);
    }

    static async Task<Results<Ok<SourceAlarmList>, BadRequest<Finding>, NotFound<Finding>>> Judge(SourceJudgeAsk ask, Catalogue catalogue, IFactLog facts, TimeProvider clock, ClaimsPrincipal user, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(ask.Why)) return TypedResults.BadRequest(new Finding("INT070", "There is no reason.", "Say in a sentence what it was.", "/why"));
        OpenAlarm? alarm;
        lock (catalogue.Gate) alarm = catalogue.Alarms.Find(ask.AlarmId);
        if (alarm is null) return TypedResults.NotFound(new Finding("INT072", "No such alarm stands.", "It may have ended by itself; load the list again.", ask.AlarmId));
        var body = alarm.Body;
        var now = clock.NowMs();
        var drafts = new List<FactDraft> { new(Actors.Of(user), $"fact:{alarm.Seq}", new SourceAlarmJudged(body.AlarmId, body.SubjectId, ask.Normal, ask.Why)) };
        if (ask.Normal)
        {
            catalogue.Forgive(body.SubjectId, now);
            drafts.Add(new(Actors.Of(user), $"fact:{alarm.Seq}", new SourceRecovered(body.AlarmId, body.SubjectId, body.Ailment, body.SinceMs, now, $"Judged normal: {ask.Why}")));
        }
        await facts.Append(drafts, stop);
        return TypedResults.Ok(List(catalogue));
    }
}
