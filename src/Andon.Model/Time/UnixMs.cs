namespace Andon.Model;

/// <summary>Time travels as Unix milliseconds, UTC; people see ISO 8601 with its zone.</summary>
public static class UnixMs
{
    public static long NowMs(this TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public static string ToIso(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
