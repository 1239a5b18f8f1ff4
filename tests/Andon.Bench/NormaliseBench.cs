using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Bench;

/// <summary>
/// <c>normalise FOLDER [--told] [--only PART] [--wrong]</c>: what the parsers make of other people's samples, per format and in all: correct, missing, wrong
/// fields beside what those people expect. Nothing here is an expectation of ours.
/// </summary>
static class NormaliseBench
{
    // Times without a year are told by the day of reading, as their expectations were.
    static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    // Time, ends of the connection, user, host, event, process, file, URL, rule.
    static readonly string[] CoreBelow = ["source.ip", "source.port", "destination.ip", "destination.port", "user.name", "user.id", "user.domain", "user.target", "host.name", "event.action", "event.outcome", "event.category", "event.code", "process", "file", "url", "rule", "dns.question.name", "network.transport", "user_agent.original", "http.request.method", "http.response.status_code"];
    static readonly HashSet<string> Categories = ["api", "authentication", "configuration", "database", "driver", "email", "file", "host", "iam", "intrusion_detection", "library", "malware", "network", "package", "process", "registry", "session", "threat", "vulnerability", "web"];

    sealed record Sample(string Format, string Name, byte[] Raw, Dictionary<string, List<string>> Expected);

    sealed class Score
    {
        public int Cases, Known, Correct, Missing, Wrong, AllCorrect, AllMissing, AllWrong, Invented;
        public double Percent => 100.0 * Correct / Math.Max(1, Correct + Missing + Wrong);
        public double AllPercent => 100.0 * AllCorrect / Math.Max(1, AllCorrect + AllMissing + AllWrong);
        public void Add(Score s)
        {
            (Cases, Known, Correct, Missing, Wrong) = (Cases + s.Cases, Known + s.Known, Correct + s.Correct, Missing + s.Missing, Wrong + s.Wrong);
            (AllCorrect, AllMissing, AllWrong, Invented) = (AllCorrect + s.AllCorrect, AllMissing + s.AllMissing, AllWrong + s.AllWrong, Invented + s.Invented);
        }
    }

    public static int Run(string[] args, string root)
    {
        var folder = args.FirstOrDefault(a => !a.StartsWith("--", StringComparison.Ordinal)) ?? Path.Combine(root, "..", "shared", "data", "normalise");
        var told = args.Contains("--told");
        var wrong = args.Contains("--wrong");
        var only = args.SkipWhile(a => a != "--only").Skip(1).FirstOrDefault() ?? "";
        if (args.Contains("--speed")) return NormaliseSpeed.Run(root, only);
        if (only.Length > 0) folder = args.First(a => !a.StartsWith("--", StringComparison.Ordinal));
        var normaliser = new Normaliser(new(Path.Combine(root, "content")));
        var intake = Board("ecs-intake-samples", Intake(Path.Combine(folder, "ecs-intake-samples.zip")), normaliser, told, only, wrong);
        var elastic = Board("elastic-pipeline-samples", Elastic(Path.Combine(folder, "elastic-pipeline-samples.zip")), normaliser, told, only, wrong);
        if (only.Length > 0) return 0;
        Wazuh(Path.Combine(folder, "wazuh-rule-tests.zip"), normaliser);
        LogHub(Path.Combine(folder, "loghub-2k.zip"), normaliser);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"in all: core {intake.Percent:F1} % (intake), {elastic.Percent:F1} % (elastic); all leaves {intake.AllPercent:F1} %, {elastic.AllPercent:F1} %; wrong core {intake.Wrong}, {elastic.Wrong}"));
        return 0;
    }

    static Score Board(string title, IEnumerable<Sample> samples, Normaliser normaliser, bool told, string only, bool wrong)
    {
        var scores = new SortedDictionary<string, Score>(StringComparer.Ordinal);
        var kept = 0;
        var all = new Score();
        var wrongs = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var sample in samples)
        {
            if (!sample.Format.Contains(only, StringComparison.OrdinalIgnoreCase)) continue;
            var score = scores.TryGetValue(sample.Format, out var s) ? s : scores[sample.Format] = new();
            var origin = new Origin("file", "/sample", told ? "format=" + FormatName(sample.Format) : "");
            using var batch = normaliser.Normalise([new(1, Now, origin, sample.Raw)]);
            if (batch.Count == 1 && batch[0].Raw.SequenceEqual(sample.Raw)) kept++;
            Compare(sample, Fields(batch[0]), score, wrong, wrongs);
        }
        foreach (var score in scores.Values) all.Add(score);
        Console.WriteLine($"{title}: {all.Cases} records, {kept} kept byte for byte{(told ? ", format told" : "")}");
        Console.WriteLine("  format                                        cases known%  core: correct%  ok/missing/wrong    all: correct%  ok/missing/wrong   invented");
        foreach (var (name, s) in scores.Append(new("in all", all)))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-44} {s.Cases,6} {100.0 * s.Known / Math.Max(1, s.Cases),5:F0}  {s.Percent,10:F1}  {s.Correct,6}/{s.Missing}/{s.Wrong,-8} {s.AllPercent,12:F1}  {s.AllCorrect,6}/{s.AllMissing}/{s.AllWrong,-8} {s.Invented,6}"));
        if (wrong) foreach (var (line, n) in wrongs.OrderByDescending(w => w.Value).Take(4000)) Console.WriteLine($"  {n,4} {line}");
        return all;
    }

    static void Compare(Sample sample, Dictionary<string, List<string>> ours, Score score, bool wrong, SortedDictionary<string, int> wrongs)
    {
        score.Cases++;
        var dataset = ours.TryGetValue("event.dataset", out var d) ? d[0] : "";
        if (!dataset.EndsWith(".generic", StringComparison.Ordinal) && !(ours.TryGetValue("andon.findings", out var f) && f.Exists(x => x.StartsWith("INT141", StringComparison.Ordinal)))) score.Known++;
        foreach (var (name, values) in sample.Expected)
        {
            if (name is "message" or "event.original" or "ecs.version" || name.StartsWith("related.", StringComparison.Ordinal) || name.StartsWith("sekoiaio.", StringComparison.Ordinal)) continue;
            if (name.StartsWith("action.", StringComparison.Ordinal) || name.StartsWith("os.", StringComparison.Ordinal) || name == "log.hostname") continue;
            // What is no category of ECS cannot be agreed with.
            if (name == "event.category" && values.Exists(v => !Categories.Contains(v))) continue;
            var core = IsCore(name);
            var result = !ours.TryGetValue(name, out var mine) ? 1 : Same(name, values, mine) ? 0 : 2;
            if (core) _ = result == 0 ? score.Correct++ : result == 1 ? score.Missing++ : score.Wrong++;
            if (Ecs.Field(name) is not null || core || !name.Contains('.', StringComparison.Ordinal) || IsEcs(name)) _ = result == 0 ? score.AllCorrect++ : result == 1 ? score.AllMissing++ : score.AllWrong++;
            if (wrong && result != 0 && (core || IsEcs(name)))
            {
                var line = $"{(result == 2 ? "WRONG  " : "missing")} {(core ? "core" : "    ")} {name}: expected {string.Join(',', values)}{(mine is null ? "" : " ours " + string.Join(',', mine))} [{sample.Format}/{sample.Name}]";
                wrongs[line.Length > 260 ? line[..260] : line] = wrongs.GetValueOrDefault(line) + 1;
            }
        }
        foreach (var name in ours.Keys)
            if (IsCore(name) && name is not ("@timestamp" or "host.name" or "process.name" or "process.pid" or "event.category" or "event.code" or "event.action" or "event.outcome" or "network.transport" or "rule.id") && !sample.Expected.ContainsKey(name)) score.Invented++;
    }

    static bool IsCore(string name) => name == "@timestamp" || Array.Exists(CoreBelow, c => name == c || (name.StartsWith(c, StringComparison.Ordinal) && name[c.Length] == '.')) && name is not ("url.registered_domain" or "url.top_level_domain" or "url.subdomain");

    static readonly string[] Sets = ["agent", "as", "client", "cloud", "code_signature", "container", "data_stream", "destination", "device", "dll", "dns", "ecs", "email", "error", "event", "faas", "file", "geo", "group", "hash", "host", "http", "log", "network", "observer", "orchestrator", "organization", "package", "process", "registry", "rule", "server", "service", "source", "threat", "tls", "url", "user", "user_agent", "vlan", "vulnerability", "x509", "labels", "tags"];
    static bool IsEcs(string name) => Array.IndexOf(Sets, name.Split('.')[0]) >= 0;

    static bool Same(string name, List<string> expected, List<string> ours)
    {
        if (DateTimeOffset.TryParse(expected[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var e) && expected[0].Contains(':', StringComparison.Ordinal) && expected[0].Contains('-', StringComparison.Ordinal) && DateTimeOffset.TryParse(ours[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var o)) return Math.Abs((e - o).TotalMilliseconds) <= 1;
        var (a, b) = (expected.Select(Canonical).ToHashSet(StringComparer.Ordinal), ours.Select(Canonical).ToHashSet(StringComparer.Ordinal));
        return a.SetEquals(b);
    }

    static string Canonical(string value)
    {
        if ((value.Contains('.', StringComparison.Ordinal) || value.Contains(':', StringComparison.Ordinal)) && IPAddress.TryParse(value, out var ip)) return ip.ToString();
        if (value is "True" or "False") return value.ToLowerInvariant();
        return decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && value.Length < 25 ? number.ToString("0.############", CultureInfo.InvariantCulture) : value;
    }

    static Dictionary<string, List<string>> Fields(EventView view)
    {
        var fields = new Dictionary<string, List<string>>();
        foreach (var cell in view.Cells)
        {
            if (cell.Kind == ValueKind.Null) continue;
            var name = Encoding.UTF8.GetString(view.Name(cell));
            if (!fields.TryGetValue(name, out var list)) fields[name] = list = [];
            list.Add(Encoding.UTF8.GetString(view.Value(cell)));
        }
        fields["@timestamp"] = [UnixMs.ToIso(view.TimeMs)];
        return fields;
    }

    // Folder names of the samples are not ours: their last part, in small letters.
    internal static string FormatName(string format) => Told.TryGetValue(format, out var name) ? name : format.Split('/')[^1].ToLowerInvariant().Replace(' ', '-');
    static readonly Dictionary<string, string> Told = new() { ["OpenSSH/openssh"] = "sshd", ["Windows/windows"] = "json" };

    static IEnumerable<Sample> Intake(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        foreach (var entry in zip.Entries.Where(e => e.FullName.EndsWith(".json", StringComparison.Ordinal) && e.FullName.Contains("/tests/", StringComparison.Ordinal)))
        {
            using var json = JsonDocument.Parse(entry.Open());
            if (!json.RootElement.TryGetProperty("input", out var input)) continue;
            yield return new(entry.FullName[..entry.FullName.IndexOf("/tests/", StringComparison.Ordinal)], entry.Name, Encoding.UTF8.GetBytes(input.GetProperty("message").GetString() ?? ""), Flat(json.RootElement.GetProperty("expected")));
        }
    }

    static IEnumerable<Sample> Elastic(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        foreach (var entry in zip.Entries.Where(e => e.FullName.EndsWith("-expected.json", StringComparison.Ordinal)))
        {
            using var json = JsonDocument.Parse(entry.Open());
            var folder = Path.GetDirectoryName(entry.FullName) ?? "";
            if (!json.RootElement.TryGetProperty("expected", out var list)) continue;
            foreach (var document in list.EnumerateArray())
            {
                if (document.ValueKind != JsonValueKind.Object) continue;
                var expected = Flat(document);
                // The document's own line; where the pipeline took it away there is nothing to compare with.
                var raw = expected.TryGetValue("event.original", out var original) ? original[0] : null;
                if (raw is null) continue;
                yield return new(folder, entry.Name, Encoding.UTF8.GetBytes(raw), expected);
            }
        }
    }

    static Dictionary<string, List<string>> Flat(JsonElement node)
    {
        var flat = new Dictionary<string, List<string>>();
        void Walk(JsonElement e, string path)
        {
            switch (e.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var p in e.EnumerateObject()) Walk(p.Value, path.Length == 0 ? p.Name : path + "." + p.Name);
                    break;
                case JsonValueKind.Array:
                    foreach (var item in e.EnumerateArray()) Walk(item, path);
                    break;
                case JsonValueKind.Null: break;
                default:
                    if (!flat.TryGetValue(path, out var values)) flat[path] = values = [];
                    values.Add(e.ToString());
                    break;
            }
        }
        Walk(node, "");
        return flat;
    }

    static void Wazuh(string path, Normaliser normaliser)
    {
        using var zip = ZipFile.OpenRead(path);
        int lines = 0, known = 0;
        var unknown = new SortedDictionary<string, (int Lines, int Unknown, string Example)>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith(".ini", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(entry.Open());
            var waiting = new List<string>();
            while (reader.ReadLine() is { } line)
            {
                if (line.StartsWith("log ", StringComparison.Ordinal) && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var at) waiting.Add(line[(at + 1)..].Trim());
                if (!line.StartsWith("decoder", StringComparison.Ordinal)) continue;
                var decoder = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim();
                foreach (var log in waiting)
                {
                    lines++;
                    using var batch = normaliser.Normalise([new(1, Now, new("file", "/sample"), Encoding.UTF8.GetBytes(log))]);
                    var fields = Fields(batch[0]);
                    // A program or product is known when the event names it: by its dataset, or by the program that the header told.
                    var told = (fields.TryGetValue("event.dataset", out var set) && !set[0].EndsWith(".generic", StringComparison.Ordinal)) || fields.ContainsKey("process.name");
                    if (told) known++;
                    var was = unknown.GetValueOrDefault(entry.Name, (0, 0, ""));
                    unknown[entry.Name] = (was.Item1 + 1, was.Item2 + (told ? 0 : 1), told ? was.Item3 : $"{decoder}: {log[..Math.Min(140, log.Length)]}");
                }
                waiting.Clear();
            }
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wazuh-rule-tests: {lines} lines, program or product known of {known} ({100.0 * known / Math.Max(1, lines):F1} %)"));
        foreach (var (name, (n, missed, example)) in unknown.Where(u => u.Value.Unknown > 0)) Console.WriteLine($"  {name}: {missed} of {n} not known, such as {example}");
    }

    static void LogHub(string path, Normaliser normaliser)
    {
        using var zip = ZipFile.OpenRead(path);
        foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith(".log", StringComparison.Ordinal)).OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            using var reader = new StreamReader(entry.Open());
            int lines = 0, times = 0, hosts = 0, programs = 0;
            while (reader.ReadLine() is { } line)
            {
                if (line.Length == 0) continue;
                lines++;
                using var batch = normaliser.Normalise([new(1, Now, new("file", "/sample"), Encoding.UTF8.GetBytes(line))]);
                var fields = Fields(batch[0]);
                if (batch[0].TimeMs != Now) times++;
                if (fields.ContainsKey("host.name")) hosts++;
                if (fields.ContainsKey("process.name") || fields.ContainsKey("log.logger")) programs++;
            }
            Console.WriteLine($"loghub {entry.Name}: {lines} lines, time {times}, host {hosts}, program {programs}");
        }
    }
}

/// <summary>Megabytes a second of each format, beside a plain parse of the same bytes (JSON) or a search for line ends (text).</summary>
static class NormaliseSpeed
{
    public static int Run(string root, string only)
    {
        var folder = Path.Combine(root, "content", "parsers");
        var normaliser = new Normaliser(new(Path.Combine(root, "content")));
        Console.WriteLine("format                    events/s     MB/s   floor MB/s  ratio  bytes allocated an event");
        foreach (var file in Directory.GetFiles(folder, $"*{only}*.cases").Order(StringComparer.Ordinal))
        {
            var lines = File.ReadLines(file).Where(l => l.StartsWith("> ", StringComparison.Ordinal)).Select(l => Encoding.UTF8.GetBytes(l[2..])).ToArray();
            if (lines.Length == 0) continue;
            var origin = new Origin("bulk", "10.0.0.1", "x");
            var records = Enumerable.Range(0, 4096).Select(i => new Record((ulong)i + 1, 1_772_438_400_000, origin, lines[i % lines.Length])).ToArray();
            var bytes = records.Sum(r => (long)r.Raw.Length);
            var json = lines.Count(l => l[0] == '{') * 2 > lines.Length;
            var ours = Best(() => normaliser.Normalise(records).Dispose());
            var floor = Best(() =>
            {
                var n = 0;
                foreach (var r in records)
                    if (json && r.Raw.Span[0] == '{') using (JsonDocument.Parse(r.Raw)) n++;
                    else n += r.Raw.Span.Count((byte)' ') + r.Raw.Span.Count((byte)'\n') + r.Raw.Span.Count((byte)'=');
                GC.KeepAlive(n);
            });
            var before = GC.GetAllocatedBytesForCurrentThread();
            normaliser.Normalise(records).Dispose();
            var each = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)records.Length;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(file),-24} {records.Length / ours,9:F0} {bytes / ours / 1e6,8:F1} {bytes / floor / 1e6,12:F1} {floor / ours,6:F2}  {each,6:F1}"));
        }
        return 0;
    }

    static double Best(Action work)
    {
        for (var i = 0; i < 3; i++) work();
        var best = double.MaxValue;
        for (var i = 0; i < 7; i++)
        {
            var watch = Stopwatch.StartNew();
            work();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }
        return best;
    }
}
