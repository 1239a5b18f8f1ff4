using System.Globalization;
using Andon.Model;
using CsvHelper;
using CsvHelper.Configuration;

namespace Andon.Triage.Replay;

/// <summary>
/// Foreign alerts in the columns of the AIT-ADS CSV: time (Unix seconds), name, ip, host, short. Whatever other columns there are, labels
/// among them, is never read. Where there is a column level (a word, or a number of Wazuh) it counts; the published files carry none, and
/// by name of the source a stated default stands in for it.
/// </summary>
internal static class AitCsv
{
    /// <summary>Levels that stand in: network signatures are the noisiest, host rules and anomalies speak of the host itself.</summary>
    public static Level LevelOf(string name) => name.StartsWith("Suricata:", StringComparison.Ordinal) ? Level.Low : Level.Medium;

    /// <summary>The detector's own word, or a number as Wazuh gives it: 0 to 15, from 12 on of high importance. Null when it is neither.</summary>
    public static Level? LevelIn(string? text) => text switch
    {
        null or "" => null,
        _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) => n switch
        {
            <= 3 => Level.Informational, <= 6 => Level.Low, <= 11 => Level.Medium, <= 14 => Level.High, _ => Level.Critical,
        },
        _ => Enum.TryParse<Level>(text, ignoreCase: true, out var word) ? word : null,
    };

    public static IEnumerable<Hit> Read(TextReader text, List<Finding> findings, string place)
    {
        var settings = new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = null, MissingFieldFound = null, DetectColumnCountChanges = false, CacheFields = true };
        using var csv = new CsvReader(text, settings);
        if (!csv.Read() || !csv.ReadHeader())
        {
            findings.Add(new("TRI601", "The file is empty.", "Give a CSV with the columns time, name, ip, host, short.", place));
            yield break;
        }
        int Column(string name) => Array.IndexOf(csv.HeaderRecord ?? [], name);
        var (time, title, ip, host, shortName, level) = (Column("time"), Column("name"), Column("ip"), Column("host"), Column("short"), Column("level"));
        foreach (var (name, at) in new[] { ("time", time), ("name", title), ("host", host) })
            if (at < 0) findings.Add(new("TRI602", $"The column {name} is missing.", "Give a CSV with the columns time, name, ip, host, short.", place));
        if (time < 0 || title < 0 || host < 0) yield break;

        var row = 0UL;
        var entities = new Dictionary<string, IReadOnlyList<Entity>>();
        while (csv.Read())
        {
            row++;
            var at = csv.GetField(time);
            if (!double.TryParse(at, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || seconds is < 0 or > 253402300799)
            {
                findings.Add(new("TRI603", $"Row {row} has no readable time.", "Times are Unix seconds.", $"{place}:{row + 1}"));
                continue;
            }
            var ms = (long)(seconds * 1000);
            var name = csv.GetField(title) ?? "";
            var where = (csv.GetField(host) ?? "").ToLowerInvariant();
            if (where.Length == 0 && ip >= 0) where = csv.GetField(ip) ?? "";
            // The address is the sensor's host itself and says nothing more than its name.
            if (!entities.TryGetValue(where, out var about)) entities[where] = about = [new Entity(EntityKind.Host, where, EntityRole.Target)];
            var rule = shortName >= 0 && csv.GetField(shortName) is { Length: > 0 } code ? code : name;
            yield return new(EventId.At(row, 0), ms, ms, rule, name, "", (level >= 0 ? LevelIn(csv.GetField(level)) : null) ?? LevelOf(name), RuleQueue.Production, [], "file:" + where + ":alerts", about, NoFields, []);
        }
    }

    static readonly IReadOnlyDictionary<string, string> NoFields = new Dictionary<string, string>();
}
