using System.Globalization;

namespace Andon.Store.Query.Parsing;

/// <summary>Reads the texts of time spans and instants. Andon keeps time in milliseconds; a finer span is refused, not rounded.</summary>
internal static partial class Spans
{
    [System.Text.RegularExpressions.GeneratedRegex("(?:^|[^0-9])[0-9]{4}(?:[^0-9]|$)")]
    private static partial System.Text.RegularExpressions.Regex Year();

    const double SpanMsMax = 315_360_000_000_000;

    public static double? Unit(string word) => word switch
    {
        "d" or "day" or "days" => 86_400_000,
        "h" or "hr" or "hrs" or "hour" or "hours" => 3_600_000,
        "m" or "min" or "minute" or "minutes" => 60_000,
        "s" or "sec" or "second" or "seconds" => 1000,
        "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => 1,
        "micro" or "micros" or "microsecond" or "microseconds" => 0.001,
        "tick" or "ticks" => 0.0001,
        _ => null,
    };

    public static long? Milliseconds(double number, double unit)
    {
        var ms = number * unit;
        var whole = Math.Round(ms);
        return Math.Abs(ms - whole) < 1e-6 && Math.Abs(whole) <= SpanMsMax ? (long)whole : null;
    }

    /// <summary><c>1d</c>, <c>-2.5h</c>, <c>1.02:03:04.500</c>, or a plain number of days.</summary>
    public static long? Read(string text)
    {
        var digits = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyz").TrimEnd();
        var unit = text[digits.Length..].Trim();
        if (unit.Length > 0)
            return Unit(unit) is { } ms && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? Milliseconds(number, ms) : null;
        if (text.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && span.Ticks % TimeSpan.TicksPerMillisecond == 0 ? span.Ticks / TimeSpan.TicksPerMillisecond : null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var days) ? Milliseconds(days, 86_400_000) : null;
    }

    /// <summary>A span out of text, not written by an author: what is finer than a millisecond is cut, and hours end at 23.</summary>
    public static long? ReadCut(string text)
    {
        if (!text.Contains(':', StringComparison.Ordinal)) return Read(text);
        var hours = text.Trim().TrimStart('-').Split(':')[0].Split('.')[^1];
        return int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var h) && h < 24 && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span.Ticks / TimeSpan.TicksPerMillisecond : null;
    }

    /// <summary>ISO 8601 and near forms, UTC where no zone is named.</summary>
    public static long? ReadInstant(string text)
    {
        if (text.Length == 4 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year >= 1) text += "-01-01";
        // Without a year it is none; the library would take this year's.
        if (!Year().IsMatch(text)) return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out var at)
            ? at.ToUnixTimeMilliseconds()
            : null;
    }
}
