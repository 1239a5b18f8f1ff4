using System.Globalization;
using Andon.Model;
using Calendar = Andon.Intake.Sources.Silence.Calendar;

namespace Andon.Intake.Sources.Settings;

/// <summary>Days of calendars as dates. Years are written out once: asking for a day is then one look.</summary>
static class Holidays
{
    const int FirstYear = 2000, LastYear = 2099;

    /// <summary>Dates of a day as people write it; null when it is none.</summary>
    public static IEnumerable<DateOnly>? Dates(string day)
    {
        if (DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var one)) return [one];
        // 02-29 is a day too, in some years.
        if (DateOnly.TryParseExact("2000-" + day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var yearly))
            return Years().Where(y => yearly.Day <= DateTime.DaysInMonth(y, yearly.Month)).Select(y => new DateOnly(y, yearly.Month, yearly.Day));
        if (!day.StartsWith("easter", StringComparison.Ordinal)) return null;
        var rest = day["easter".Length..];
        var days = 0;
        if (rest.Length > 0 && (rest[0] is not ('+' or '-') || !int.TryParse(rest, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out days) || Math.Abs(days) > 100)) return null;
        return Years().Select(y => Easter(y).AddDays(days));
    }

    public static IReadOnlySet<DateOnly> Of(IEnumerable<HolidayCalendar> calendars) => calendars.SelectMany(c => c.Days).SelectMany(d => Dates(d) ?? []).ToHashSet();

    /// <summary>Everything that is wrong with a calendar, at once.</summary>
    public static IReadOnlyList<Finding> Check(HolidayCalendar calendar, string place)
    {
        if (calendar.Name is null || calendar.Days is null || calendar.Groups is null || calendar.Days.Any(d => d is null) || calendar.Groups.Any(string.IsNullOrWhiteSpace))
            return [new("INT231", "A part of the calendar is missing.", "Send its name, its days and its groups; no group means all sources.", place)];
        var findings = new List<Finding>();
        if (calendar.Name.Length > Limits.CalendarTextMax) findings.Add(new("INT231", $"The name is longer than {Limits.CalendarTextMax} characters.", "Shorten it.", place));
        if (calendar.Days.Count is 0 or > Limits.CalendarDaysMax) findings.Add(new("INT232", $"A calendar holds 1 to {Limits.CalendarDaysMax} days.", "Split it, or take it away.", place));
        for (var i = 0; i < calendar.Days.Count && findings.Count < 20; i++)
            if (Dates(calendar.Days[i]) is null) findings.Add(new("INT233", $"'{calendar.Days[i]}' is no day.", "Write 2026-05-15, or 12-25 for each year's, or easter-2, easter, easter+39.", $"/days/{i}"));
        return findings;
    }

    static IEnumerable<int> Years() => Enumerable.Range(FirstYear, LastYear - FirstYear + 1);

    static DateOnly Easter(int year)
    {
        var april = new DateOnly(year, 4, 1);
        return april.AddDays(-Calendar.FromEaster(april));
    }
}
