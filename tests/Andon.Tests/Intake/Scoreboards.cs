using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>Other people's samples: nothing may be lost, and how much agrees is printed, not asserted (parsers must not be fitted to them).</summary>
public sealed class Scoreboards(ITestOutputHelper output)
{
    static readonly string[] Core =
    [
        "@timestamp", "source.ip", "source.port", "destination.ip", "destination.port", "user.name", "user.target.name", "user.domain", "user.id", "host.name", "event.action", "event.outcome", "event.category",
        "event.code", "event.provider", "process.name", "process.executable", "process.pid", "process.command_line", "process.parent.executable", "process.parent.name", "process.parent.command_line", "process.working_directory",
        "file.path", "file.name", "file.hash.sha256", "registry.path", "dns.question.name", "url.original", "url.path", "url.query", "http.request.method", "http.response.status_code", "user_agent.original", "rule.name",
        "network.transport", "source.domain", "destination.domain",
    ];

    [Theory]
    [InlineData("/openssh/", "sshd")]
    [InlineData("/windows/", "")]
    [InlineData("/winlogbeat/", "")]
    [InlineData("/nginx/", "nginx")]
    [InlineData("/apache/", "apache")]
    public void Agreement_with_foreign_expectations(string part, string format)
    {
        using var zip = ZipFile.OpenRead(SharedData.Require("normalise/ecs-intake-samples.zip"));
        var tally = new SortedDictionary<string, int[]>(StringComparer.Ordinal);
        var wrongs = new List<string>();
        var recognised = 0;
        var cases = 0;
        foreach (var entry in zip.Entries.Where(e => e.FullName.Contains(part, StringComparison.OrdinalIgnoreCase) && e.FullName.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var json = JsonDocument.Parse(entry.Open());
            var raw = Encoding.UTF8.GetBytes(json.RootElement.GetProperty("input").GetProperty("message").GetString() ?? "");
            var fields = Lab.Parse(format.Length > 0 ? new Origin("file", "/sample", "format=" + format) : Lab.Bulk, raw);
            Assert.DoesNotContain("INT199", Lab.Codes(fields));
            cases++;
            if (!fields["event.dataset"][0].EndsWith(".generic", StringComparison.Ordinal) && fields.ContainsKey("event.action")) recognised++;
            foreach (var (name, values) in Flat(json.RootElement.GetProperty("expected"), ""))
            {
                if (Array.IndexOf(Core, name) < 0) continue;
                if (!tally.TryGetValue(name, out var counts)) tally[name] = counts = new int[3];
                if (!fields.TryGetValue(name, out var ours)) counts[1]++;
                else if (Same(name, values, ours)) counts[0]++;
                else
                {
                    counts[2]++;
                    if (wrongs.Count < 60) wrongs.Add($"{Path.GetFileName(entry.FullName)} {name}: expected {string.Join(',', values)} ours {string.Join(',', ours)}"[..Math.Min(250, $"{Path.GetFileName(entry.FullName)} {name}: expected {string.Join(',', values)} ours {string.Join(',', ours)}".Length)]);
                }
            }
        }
        Assert.True(cases > 0);
        var sum = tally.Values.Aggregate(new int[3], (a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
        var all = Math.Max(1, sum.Sum());
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{part} cases {cases}, recognised {100.0 * recognised / cases:F0} %, core leaves {all}: correct {100.0 * sum[0] / all:F1} %, missing {100.0 * sum[1] / all:F1} %, wrong {100.0 * sum[2] / all:F1} %"));
        foreach (var (name, c) in tally) output.WriteLine($"  {name}: {c[0]} correct, {c[1]} missing, {c[2]} wrong");
        foreach (var wrong in wrongs) output.WriteLine("  ! " + wrong);
    }

    static bool Same(string name, List<string> expected, List<string> ours)
    {
        if (name == "@timestamp") return DateTimeOffset.TryParse(expected[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var e) && DateTimeOffset.TryParse(ours[0], CultureInfo.InvariantCulture, out var o) && Math.Abs((e - o).TotalMilliseconds) < 1;
        return expected.Select(Canonical).ToHashSet(StringComparer.Ordinal).SetEquals(ours.Select(Canonical));
    }

    static string Canonical(string value) => value.Contains('.', StringComparison.Ordinal) || value.Contains(':', StringComparison.Ordinal) ? IPAddress.TryParse(value, out var ip) ? ip.ToString() : value : value;

    static IEnumerable<(string Name, List<string> Values)> Flat(JsonElement node, string path)
    {
        if (node.ValueKind == JsonValueKind.Object)
        {
            foreach (var p in node.EnumerateObject())
                foreach (var leaf in Flat(p.Value, path.Length == 0 ? p.Name : path + "." + p.Name)) yield return leaf;
        }
        else if (node.ValueKind == JsonValueKind.Array) yield return (path, [.. node.EnumerateArray().Select(e => e.ToString())]);
        else yield return (path, [node.ToString()]);
    }

    [Xunit.Fact]
    public void Every_mordor_line_is_a_windows_event()
    {
        var folder = SharedData.Require("windows/mordor/windows");
        var records = new List<Andon.Model.Record>();
        ulong position = 0;
        long lines = 0, findings = 0;
        var datasets = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
            foreach (var line in Lines(file))
            {
                records.Add(Lab.Record(Lab.Bulk, line, ++position));
                if (records.Count == 2048) Flush();
            }
        Flush();
        output.WriteLine($"{lines} lines, {findings} with findings; " + string.Join(", ", datasets.Select(d => $"{d.Key} {d.Value}")));
        Assert.Equal(315_615, lines);

        void Flush()
        {
            using var batch = Lab.Normaliser.Normalise(records);
            Assert.Equal(records.Count, batch.Count);
            for (var i = 0; i < batch.Count; i++)
            {
                var view = batch[i];
                Assert.True(view.Raw.SequenceEqual(records[i].Raw.Span));
                var dataset = view.Text(Ecs.EventDataset) ?? "";
                Assert.StartsWith("windows.", dataset, StringComparison.Ordinal);
                Assert.True(view.Find(Ecs.HostName) >= 0 && view.Find(Ecs.EventCode) >= 0 && view.Find(Ecs.WinlogChannel) >= 0);
                if (view.Text(Ecs.AndonFindings) is { } finding)
                {
                    Assert.True(finding.StartsWith("INT132", StringComparison.Ordinal) || finding.StartsWith("INT114", StringComparison.Ordinal), finding + Encoding.UTF8.GetString(view.Raw));
                    findings++;
                }
                datasets[dataset] = datasets.GetValueOrDefault(dataset) + 1;
            }
            lines += records.Count;
            records.Clear();
        }
    }

    static IEnumerable<byte[]> Lines(string file)
    {
        if (file.EndsWith(".zip", StringComparison.Ordinal))
        {
            using var zip = ZipFile.OpenRead(file);
            foreach (var entry in zip.Entries)
            {
                using var reader = new StreamReader(entry.Open());
                while (reader.ReadLine() is { } line)
                    if (line.Length > 0) yield return Encoding.UTF8.GetBytes(line);
            }
            yield break;
        }
        using var gzip = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is not { } data || entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) continue;
            using var reader = new StreamReader(data);
            while (reader.ReadLine() is { } line)
                if (line.Length > 0) yield return Encoding.UTF8.GetBytes(line);
        }
    }
}
