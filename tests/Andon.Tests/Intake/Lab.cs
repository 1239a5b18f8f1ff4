using System.Text;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>Records in, events out, for tests of parsers.</summary>
static class Lab
{
    public const long ReceivedMs = 1_772_438_400_000; // 2026-03-02T08:00:00Z
    public static readonly ContentFolder Content = new(Path.Combine(SharedData.RepositoryRoot, "content"));
    public static readonly Normaliser Normaliser = new(Content);
    public static readonly Origin Udp = new("syslog-udp", "10.9.8.7");
    public static readonly Origin Bulk = new("bulk", "10.9.8.7", "logs");
    public static readonly Origin File = new("file", "/var/log/x.log");

    public static Andon.Model.Record Record(Origin origin, byte[] raw, ulong position = 1) => new(position, ReceivedMs, origin, raw);

    public static List<Andon.Model.Record> Records(Origin origin, params string[] lines) =>
        [.. lines.Select((line, i) => Record(origin, Encoding.UTF8.GetBytes(line), (ulong)i + 1))];

    public static Dictionary<string, List<string>> Parse(Origin origin, string line) => Parse(origin, Encoding.UTF8.GetBytes(line));

    public static Dictionary<string, List<string>> Parse(Origin origin, byte[] raw)
    {
        using var batch = Normaliser.Normalise([Record(origin, raw)]);
        Assert.Equal(1, batch.Count);
        Assert.Equal(raw, batch[0].Raw.ToArray());
        return Fields(batch[0]);
    }

    public static Dictionary<string, List<string>> Fields(EventView view)
    {
        var fields = new Dictionary<string, List<string>>();
        foreach (var cell in view.Cells)
        {
            var name = Encoding.UTF8.GetString(view.Name(cell));
            if (!fields.TryGetValue(name, out var list)) fields[name] = list = [];
            list.Add(Encoding.UTF8.GetString(view.Value(cell)));
        }
        fields["@timestamp"] = [UnixMs.ToIso(view.TimeMs)];
        return fields;
    }

    public static string Print(EventView view) =>
        string.Join('\n', Fields(view).OrderBy(f => f.Key, StringComparer.Ordinal).SelectMany(f => f.Value.Select(v => $"{f.Key} = {v.Replace("\n", "\\n", StringComparison.Ordinal)}")));

    /// <summary>Codes of the findings that stand with the event.</summary>
    public static string[] Codes(Dictionary<string, List<string>> fields) => fields.TryGetValue("andon.findings", out var found) ? [.. found.Select(f => f[..6])] : [];
}
