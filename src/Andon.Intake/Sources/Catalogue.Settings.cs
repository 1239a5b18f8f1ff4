using Andon.Intake.Sources.Settings;
using Andon.Intake.Sources.Silence;
using Andon.Model;

namespace Andon.Intake.Sources;

/// <summary>A setting as it stands, and the fact that made it.</summary>
sealed record Setting<T>(T Value, string Why, string Actor, long AtMs, long Seq);

sealed partial class Catalogue
{
    public static readonly string HouseKey = Voice.KeyOf(SilenceScope.House, "house");

    readonly Dictionary<string, Setting<double>> budgets = new(StringComparer.Ordinal);
    readonly Dictionary<string, Setting<HolidayCalendar>> calendars = new(StringComparer.Ordinal);
    readonly Dictionary<string, Setting<SamplingTerms>> samplings = new(StringComparer.Ordinal);
    // Sources that keep the same calendars share their days.
    readonly Dictionary<string, IReadOnlySet<DateOnly>> daysOff = new(StringComparer.Ordinal);
    // Between a signal's opening and its joining a case.
    readonly Dictionary<string, Source> opened = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, Setting<double>> Budgets => budgets;
    public IReadOnlyDictionary<string, Setting<HolidayCalendar>> Calendars => calendars;

    public IReadOnlyDictionary<string, Setting<SamplingTerms>> Samplings => samplings;

    void ApplySetting(Fact fact)
    {
        switch (fact.Body)
        {
            case SourceBudgeted f:
                if (f.After is { } perMonth) budgets[f.SubjectId] = new(perMonth, f.Why, fact.Actor, fact.AtMs, fact.Seq);
                else budgets.Remove(f.SubjectId);
                Voices.PerMonth = budgets.TryGetValue(HouseKey, out var house) ? house.Value : Limits.FalseAlarmsPerMonth;
                if (f.After is { } own && f.SubjectId != HouseKey) Voices.Budgets[f.SubjectId] = own;
                else Voices.Budgets.Remove(f.SubjectId);
                break;
            case SourceSampled f:
                if (f.After is { } terms) samplings[f.SourceId] = new(terms, f.Why, fact.Actor, fact.AtMs, fact.Seq);
                else samplings.Remove(f.SourceId);
                break;
            case SourceCalendarSet f:
                if (f.After is { } calendar) calendars[f.CalendarId] = new(calendar, f.Why, fact.Actor, fact.AtMs, fact.Seq);
                else calendars.Remove(f.CalendarId);
                daysOff.Clear();
                foreach (var source in byId.Values) Rest(source);
                break;
            case SourceGrouped when calendars.Count > 0:
                foreach (var source in byId.Values) source.Calendar = null;
                break;
            case SourceOwned f when Find(f.SourceId) is { } source:
                source.Calendar = null;
                break;
            case SignalOpened f when Find(f.SourceId) is { } source:
                if (opened.Count >= Limits.SignalsWaitingMax) opened.Clear();
                opened[f.SignalId] = source;
                break;
            case SignalJoined f when opened.Remove(f.SignalId, out var source):
                if (source.Cases.Contains(f.CaseId)) break;
                source.Cases.Insert(0, f.CaseId);
                if (source.Cases.Count > Limits.CasesPerSourceMax) source.Cases.RemoveAt(source.Cases.Count - 1);
                break;
        }
    }

    /// <summary>Ids of the calendars that a source keeps.</summary>
    public IEnumerable<string> CalendarsOf(Source source) =>
        calendars.Where(c => c.Value.Value.Groups.Count == 0 || c.Value.Value.Groups.Any(g => groups.TryGetValue(g, out var group) && Grouping.Holds(group, source))).Select(c => c.Key).Order(StringComparer.Ordinal);

    /// <summary>Its people's time: zone and days off.</summary>
    Calendar CalendarOf(Source source)
    {
        if (calendars.Count == 0) return CalendarOf(source.Card.Zone);
        return CalendarOf(source.Card.Zone, DaysOff([.. CalendarsOf(source)]));
    }

    // At once, not with its next event: on a day off there may be none.
    void Rest(Source source)
    {
        source.Calendar = CalendarOf(source);
        if (source.Voice is not { } voice) return;
        voice.Calendar = source.Calendar;
        foreach (var wider in voice.Within) wider.Calendar = CalendarOf(wider);
    }

    // What is wider than a source keeps the days that all keep, a group its own besides.
    Calendar CalendarOf(Voice wider)
    {
        if (calendars.Count == 0) return Calendar.Utc;
        return CalendarOf("", DaysOff([.. calendars.Where(c => c.Value.Value.Groups.Count == 0 || (wider.Scope == SilenceScope.Group && c.Value.Value.Groups.Contains(wider.Name))).Select(c => c.Key).Order(StringComparer.Ordinal)]));
    }

    IReadOnlySet<DateOnly>? DaysOff(string[] ids)
    {
        if (ids.Length == 0) return null;
        var key = string.Join('\n', ids);
        if (!daysOff.TryGetValue(key, out var days)) daysOff[key] = days = Holidays.Of(ids.Select(i => calendars[i].Value));
        return days;
    }
}
