using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Andon.Tests.Detect.Oracle;

/// <summary>Values that are times (SG38) and addresses (SG33), read with the runtime's own types.</summary>
static class OracleTime
{
    public static readonly string[] Parts = ["minute", "hour", "day", "week", "month", "year"];

    /// <summary>The part of an ISO 8601 time as it is written; null where it is no time or has no such part.</summary>
    public static long? Part(string text, string part)
    {
        var found = Regex.Match(text, @"\A([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt ]([0-9]{2}:[0-9]{2}))?");
        if (!found.Success || !DateTime.TryParseExact(found.Groups[1].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return null;
        TimeSpan? clock = TimeSpan.TryParseExact(found.Groups[2].Value, @"hh\:mm", CultureInfo.InvariantCulture, out var t) ? t : null;
        return part switch
        {
            "year" => day.Year,
            "month" => day.Month,
            "day" => day.Day,
            "week" => ISOWeek.GetWeekOfYear(day),
            "hour" => clock?.Hours,
            _ => clock?.Minutes,
        };
    }

    /// <summary>4 bytes or 16; null where the text is no address. The runtime reads more forms than Sigma means, so those are cut off first.</summary>
    public static byte[]? Address(string text)
    {
        if (text.IndexOf('%', StringComparison.Ordinal) is var zone and >= 0) text = text[..zone];
        if (Regex.IsMatch(text, @"\A[0-9]{1,3}(\.[0-9]{1,3}){3}\z"))
            return text.Split('.').Select(p => int.Parse(p, CultureInfo.InvariantCulture)).ToArray() is var parts && parts.All(p => p < 256) ? [.. parts.Select(p => (byte)p)] : null;
        if (!Regex.IsMatch(text, @"\A[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\z") || !IPAddress.TryParse(text, out var address)) return null;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
    }
}
