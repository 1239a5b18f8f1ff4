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
    public static string InstantOf(string text) => $"parseDateTime64BestEffortOrNull({text}, 3, 'UTC')";

    /// <summary>ASCII lower case only, as the engine's lower() does it.</summary>
    public static string Lower(string value) => string.Create(value.Length, value, static (to, from) =>
    {
        for (var i = 0; i < from.Length; i++) to[i] = from[i] is >= 'A' and <= 'Z' ? (char)(from[i] | 0x20) : from[i];
    });
}
