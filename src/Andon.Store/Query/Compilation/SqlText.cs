namespace Andon.Store.Query.Compilation;

/// <summary>Small pieces of engine text that several places need.</summary>
internal static class SqlText
{
    /// <summary>An address as people write it: IPv4 without its IPv6 prefix.</summary>
    public static string IpText(string ip, bool nullable, bool keepNull)
    {
        var text = $@"replaceRegexpOne(toString({ip}), '^::ffff:([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)$', '\1')";
        return nullable && !keepNull ? $"ifNull({text}, '')" : text;
    }

    /// <summary>An address of either family as the engine compares them; null where the text is none.</summary>
    public static string IpOf(string text) => $"toIPv6OrNull({text})";

    /// <summary>Text of a JSON value: a string without its quotes, null as nothing, everything else as it stands.</summary>
    public static string JsonText(string json) =>
        $"multiIf({json} = '' OR {json} = 'null', '', startsWith({json}, '\"'), JSONExtractString({json}), {json})";

    public const string InstantForm = "'UTC'";

    public static string Instant(string ms) => $"fromUnixTimestamp64Milli(toInt64({ms}), 'UTC')";
    public static string Ms(string instant) => $"toUnixTimestamp64Milli({instant})";
    /// <summary>Text as an instant; month before day where slashes part them. Without a year it is none: the engine would take this one.
    /// Neither is one of the hour 25, of the month 13 or of an hour without minutes: the engine would make something of them.</summary>
    public static string InstantOf(string text) => $"if(match({text}, '(?:^|[^0-9])[0-9]{{4}}(?:[^0-9]|$)') AND NOT match({text}, '[T ](?:2[4-9]|[3-9][0-9]):|^\\\\s*(?:1[3-9]|[2-9][0-9])/|[0-9][T ][0-9]{{1,2}}$'), parseDateTime64BestEffortUSOrNull({text}, 3, 'UTC'), NULL)";

    /// <summary>Text as a span in milliseconds: 1.02:03:04.5, 02:03:04 or 5m; a plain number is days.</summary>
    public static string SpanOf(string text)
    {
        const string Clock = @"'^\\s*(-?)(?:(\\d+)\\.)?(\\d{1,2}):(\\d{1,2})(?::(\\d{1,2})(?:\\.(\\d{1,7}))?)?\\s*$'";
        const string Unit = @"'^\\s*(-?\\d+(?:\\.\\d+)?)\\s*(d|h|m|s|ms|)\\s*$'";
        var (clock, unit) = ($"extractGroups({text}, {Clock})", $"extractGroups({text}, {Unit})");
        string Part(int i) => $"ifNull(toInt64OrNull(arrayElement({clock}, {i})), 0)";
        var whole = $"({Part(2)} * 86400000 + {Part(3)} * 3600000 + {Part(4)} * 60000 + {Part(5)} * 1000 + ifNull(toInt64OrNull(substring(rightPad(arrayElement({clock}, 6), 3, '0'), 1, 3)), 0))";
        var by = $"transform(arrayElement({unit}, 2), ['d', '', 'h', 'm', 's', 'ms'], [86400000., 86400000., 3600000., 60000., 1000., 1.], 1.)";
        // Hours beyond 23 and minutes beyond 59 are none.
        var real = $"{Part(3)} < 24 AND {Part(4)} < 60 AND {Part(5)} < 60";
        return $"multiIf(notEmpty({clock}) AND NOT ({real}), NULL, notEmpty({clock}), if(arrayElement({clock}, 1) = '-', -{whole}, {whole}), notEmpty({unit}), accurateCastOrNull(round(toFloat64OrNull(arrayElement({unit}, 1)) * {by}), 'Int64'), NULL)";
    }

    /// <summary>ASCII lower case only, as the engine's lower() does it.</summary>
    public static string Lower(string value) => string.Create(value.Length, value, static (to, from) =>
    {
        for (var i = 0; i < from.Length; i++) to[i] = from[i] is >= 'A' and <= 'Z' ? (char)(from[i] | 0x20) : from[i];
    });
}
