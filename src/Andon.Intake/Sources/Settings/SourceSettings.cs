using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources.Settings;

/// <summary>How many false alarms about silence are bearable, and on which days nobody is expected to speak.</summary>
static class SourceSettings
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/sources/settings", (Catalogue catalogue) => Show(catalogue)).WithName("ShowSourceSettings").WithTags("Intake").RequireAuthorization(Policies.Read);
        api.MapPost("/sources/budget", Budget).WithName("BudgetSource").WithTags("Intake").RequireAuthorization(Policies.Operations);
        api.MapPost("/sources/calendars", SetCalendar).WithName("SetSourceCalendar").WithTags("Intake").RequireAuthorization(Policies.Operations);
    }

    static Ok<SourceSettingsView> Show(Catalogue catalogue)
    {
        lock (catalogue.Gate)
            return TypedResults.Ok(new SourceSettingsView(Limits.FalseAlarmsPerMonth, catalogue.Voices.PerMonth,
                [.. catalogue.Budgets.OrderBy(b => b.Key, StringComparer.Ordinal).Select(b => new SourceBudgetView(b.Key, b.Value.Value, b.Value.Why, b.Value.Actor, b.Value.AtMs, b.Value.Seq))],
                [.. catalogue.Calendars.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => new SourceCalendarView(c.Key, c.Value.Value, c.Value.Why, c.Value.Actor, c.Value.AtMs, c.Value.Seq))])
            {
                Judged = catalogue.Voices.All.Count(v => v.Judged),
                InAll = Math.Round(catalogue.Voices.All.Where(v => v.Judged).Sum(catalogue.Voices.BudgetOf), 4),
            });
    }

    static async Task<Results<Ok<SourceSettingsView>, BadRequest<Finding>, NotFound<Finding>>> Budget(SourceBudgetAsk ask, Catalogue catalogue, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        if (Refuse(ask) is { } finding) return TypedResults.BadRequest(finding);
        double? before;
        lock (catalogue.Gate)
        {
            before = catalogue.Budgets.TryGetValue(ask.SubjectId, out var was) ? was.Value : null;
            if (ask.SubjectId != Catalogue.HouseKey && before is null && catalogue.Voices.Find(ask.SubjectId) is null)
                return TypedResults.NotFound(new Finding("INT071", $"Nothing named {ask.SubjectId} speaks here.", "source:ID, host:NAME, relay:ADDRESS, group:ID, listener:NAME, or house:house for all.", "/subjectId"));
            if (before is null && catalogue.Budgets.Count >= Limits.BudgetsMax) return TypedResults.BadRequest(new Finding("INT235", $"There are {Limits.BudgetsMax} budgets already.", "Give one to a group instead of each of its sources.", "/subjectId"));
        }
        if (before != ask.PerMonth) await facts.Append(Actors.Of(user), ask.Why, new SourceBudgeted(ask.SubjectId, before, ask.PerMonth, ask.Why), stop);
        return Show(catalogue);
    }

    internal static Finding? Refuse(SourceBudgetAsk ask) =>
        string.IsNullOrWhiteSpace(ask.Why) ? new("INT070", "There is no reason.", "Say why so many are bearable there.", "/why")
        : string.IsNullOrWhiteSpace(ask.SubjectId) ? new("INT071", "Nothing is named.", "source:ID, group:ID, or house:house for all.", "/subjectId")
        : ask.PerMonth is { } n && (double.IsNaN(n) || n < Limits.BudgetMin || n > Limits.BudgetMax) ? new("INT230", $"{n} false alarms a month are no budget.", $"{Limits.BudgetMin} to {Limits.BudgetMax}; 0.02 is one in four years.", "/perMonth")
        : null;

    static async Task<Results<Ok<SourceSettingsView>, BadRequest<SourceFindings>, NotFound<Finding>>> SetCalendar(SourceCalendarAsk ask, Catalogue catalogue, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        var findings = new List<Finding>();
        if (string.IsNullOrWhiteSpace(ask.Why)) findings.Add(new("INT070", "There is no reason.", "Say whose days these are.", "/why"));
        if (string.IsNullOrWhiteSpace(ask.CalendarId) || ask.CalendarId.Length > Limits.CalendarTextMax) findings.Add(new("INT231", "The calendar has no id.", "A short word, for example bavaria.", "/calendarId"));
        if (ask.Calendar is { } calendar) findings.AddRange(Holidays.Check(calendar, ask.CalendarId ?? ""));
        if (findings.Count > 0) return TypedResults.BadRequest(new SourceFindings(findings));
        HolidayCalendar? before;
        lock (catalogue.Gate)
        {
            before = catalogue.Calendars.GetValueOrDefault(ask.CalendarId!)?.Value;
            if (before is null && ask.Calendar is null) return TypedResults.NotFound(new Finding("INT234", $"There is no calendar {ask.CalendarId}.", "Take an id from the list.", "/calendarId"));
            if (before is null && catalogue.Calendars.Count >= Limits.CalendarsMax) return TypedResults.BadRequest(new SourceFindings([new("INT235", $"There are {Limits.CalendarsMax} calendars already.", "Take one away first.", "/calendarId")]));
            foreach (var group in ask.Calendar?.Groups ?? [])
                if (!catalogue.Groups.ContainsKey(group)) findings.Add(new("INT069", $"There is no group {group}.", "Take ids from the list of groups; no group means all sources.", "/groups"));
        }
        if (findings.Count > 0) return TypedResults.BadRequest(new SourceFindings(findings));
        await facts.Append(Actors.Of(user), ask.Why, new SourceCalendarSet(ask.CalendarId!, before, ask.Calendar, ask.Why), stop);
        return Show(catalogue);
    }
}

/// <param name="Shipped">False alarms about silence a source and month, where nobody said anything.</param>
/// <param name="PerMonth">The same for all that have no budget of their own.</param>
public sealed record SourceSettingsView(double Shipped, double PerMonth, IReadOnlyList<SourceBudgetView> Budgets, IReadOnlyList<SourceCalendarView> Calendars)
{
    /// <summary>Sources, hosts, relays, groups and listeners whose silence is judged now: each has a budget.</summary>
    public int Judged { get; init; }
    /// <summary>False alarms a month that all budgets together allow.</summary>
    public double InAll { get; init; }
}

public sealed record SourceBudgetView(string SubjectId, double PerMonth, string Why, string Actor, long AtMs, long Fact);

public sealed record SourceCalendarView(string CalendarId, HolidayCalendar Calendar, string Why, string Actor, long AtMs, long Fact);

/// <summary>Set (or with null end) how many false alarms a month are bearable.</summary>
public sealed record SourceBudgetAsk(string SubjectId, double? PerMonth, string Why);

/// <summary>Make, change or (null) end a calendar.</summary>
public sealed record SourceCalendarAsk(string CalendarId, HolidayCalendar? Calendar, string Why);
