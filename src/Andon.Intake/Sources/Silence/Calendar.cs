namespace Andon.Intake.Sources.Silence;

/// <summary>Time as the people live by who make the events: the hour of the week in their zone, and the days on which they rest.</summary>
sealed class Calendar(TimeZoneInfo zone, IReadOnlySet<DateOnly>? holidays = null)
{
    public const int Hours = 168;
    public const int Sunday = 144;
    public const long HourMs = 3_600_000, DayMs = 24 * HourMs, WeekMs = 7 * DayMs;
    const long MondayMs = 4 * DayMs; // 1970-01-05

    public static readonly Calendar Utc = new(TimeZoneInfo.Utc);

    readonly bool plain = zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime;
    long offsetHour = long.MinValue, offset;

    public string Zone => zone.Id;

    public long Local(long ms)
    {
        if (plain) return ms;
        // Zones shift on whole quarters of an hour; asked hour after hour.
        var hour = ms / (HourMs / 4);
        if (hour != offsetHour) (offset, offsetHour) = ((long)zone.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(ms)).TotalMilliseconds, hour);
        return ms + offset;
    }

    /// <summary>Hour of the week of a local time, 0 = Monday 00:00.</summary>
    public static int HourOf(long localMs) => (int)(((localMs - MondayMs) % WeekMs + WeekMs) % WeekMs / HourMs);

    public static long WeekOf(long localMs) => Math.DivRem(localMs - MondayMs, WeekMs).Quotient;

    public static DateOnly DateOf(long localMs) => DateOnly.FromDayNumber((int)(localMs / DayMs) + 719_162);

    public bool Rests(long localMs) => holidays is { Count: > 0 } && holidays.Contains(DateOf(localMs));

    /// <summary>Days from Easter Sunday of its year (Gauss, as Butcher wrote it): many holidays keep their distance to it.</summary>
    public static int FromEaster(DateOnly day)
    {
        int y = day.Year, a = y % 19, b = y / 100, c = y % 100, d = b / 4, e = b % 4, g = (8 * b + 13) / 25;
        int h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 19 * l) / 433;
        var month = (h + l - 7 * m + 90) / 25;
        return day.DayNumber - new DateOnly(y, month, (h + l - 7 * m + 33 * month + 19) % 32).DayNumber;
    }
}
