using System.Globalization;

namespace Andon.Intake.Normalise;

/// <summary>Formats that are read by the program itself and not by a parser file, so that a list of who reads what is whole.</summary>
static class BuiltIn
{
    /// <param name="windows">The Windows map in use, as <c>name@version</c>.</param>
    public static IReadOnlyList<ParserEntry> Entries(string windows) =>
    [
        Entry("windows", int.TryParse(windows.AsSpan(windows.IndexOf('@', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture, out var version) ? version : 0,
            "Windows events: EVTX, XML, Winlogbeat, NXLog and other shippers' objects, by the map windows.yml", "windows.*"),
        Entry("nginx-access", 1, "nginx access log, common and combined", "nginx.access"),
        Entry("apache-access", 1, "Apache and other web servers' access log, common and combined", "apache.access"),
        Entry("json", 1, "JSON objects that no parser knows; ECS names are taken as they are", "json.generic"),
        Entry("kv", 1, "Lines of key=value pairs that no parser knows", "kv.generic"),
        Entry("syslog", 1, "Syslog header; a message that no parser knows", "syslog.generic"),
        Entry("text", 1, "Text without a header that no parser knows", "text.generic"),
        Entry("raw", 1, "Records at which reading failed: kept as they came, with a finding", "text.generic"),
    ];

    static ParserEntry Entry(string name, int version, string about, string dataset) => new(name, version, about, dataset, Own: false) { BuiltIn = true };
}
