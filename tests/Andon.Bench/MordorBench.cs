using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Andon.Bench;

/// <summary>Every recorded Windows attack run in shared/data goes through `_bulk` while all of SigmaHQ's zip is loaded: rate, hits per rule, refused rules with reasons.</summary>
static class MordorBench
{
    public static async Task<int> Run(string[] args, string root)
    {
        var shared = Path.Combine(root, "..", "shared", "data");
        var rules = Path.Combine(shared, "sigma", "sigma-rules.zip");
        if (!File.Exists(rules))
        {
            Console.Error.WriteLine("shared/data is not on this machine.");
            return 2;
        }
        var data = Directory.CreateTempSubdirectory("andon-mordor-").FullName;
        using var andon = new AndonProcess(root, data, http: 18_422, syslog: 15_516);
        andon.Start();
        await andon.Ready(TimeSpan.FromSeconds(60));
        await andon.SignIn();

        using (var zip = new StreamContent(File.OpenRead(rules)))
        {
            zip.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
            var loading = Stopwatch.StartNew();
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/rules/import", UriKind.Relative)) { Content = zip };
            using var answer = await andon.Client.SendAsync(request);
            var loaded = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            Console.WriteLine($"rules: loaded {loaded["loaded"]}, refused {loaded["refused"]}, findings {loaded["findings"]!.AsArray().Count} in {loading.Elapsed.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)} s");
            foreach (var reason in loaded["findings"]!.AsArray().Where(f => (string?)f!["level"] == "error").GroupBy(f => (string?)f!["code"]).OrderByDescending(g => g.Count()))
                Console.WriteLine($"  refused {reason.Count(),5}  {reason.Key}  for example: {reason.First()!["message"]}");
        }

        var cpu = HouseBench.CpuSeconds(andon.Id);
        var engineCpu = HouseBench.CpuSeconds(andon.EngineId());
        var watch = Stopwatch.StartNew();
        using var sender = new BulkSender(andon.Client.BaseAddress!, AndonProcess.Token);
        foreach (var line in Lines(Path.Combine(shared, "windows", "mordor", "windows"))) await sender.Add(line);
        await sender.Flush();
        var sent = watch.Elapsed.TotalSeconds;
        await HouseBench.CaughtUp(andon, sender.Sent);
        var main = HouseBench.CpuSeconds(andon.Id) - cpu;
        var engine = HouseBench.CpuSeconds(andon.EngineId()) - engineCpu;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{sender.Sent} events, {sender.Bytes / 1e6:F0} MB: acknowledged in {sent:F0} s, stored, matched and triaged in {watch.Elapsed.TotalSeconds:F0} s; CPU main {main:F0} s, engine {engine:F0} s: {sender.Sent / (main + engine):F0} events per CPU second ({sender.Sent / main:F0} in the main process)"));

        var stored = await andon.Search("Events | count");
        var hits = await andon.Search("Alerts | summarize n = count() by rule_id, title | sort by n desc");
        var rows = hits["rows"]!.AsArray();
        Console.WriteLine($"stored {stored["rows"]![0]![0]}, hits {rows.Sum(r => r![2]!.GetValue<double>())} of {rows.Count} rules");
        foreach (var row in rows.Take(args.Contains("--all") ? int.MaxValue : 25)) Console.WriteLine($"  {row![2],7}  {row[1]}  {row[0]}");
        await andon.Kill();
        Directory.Delete(data, recursive: true);
        return 0;
    }

    /// <summary>Lines of all archives, by file name, members in archive order.</summary>
    public static IEnumerable<string> Lines(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            foreach (var line in LinesOf(file)) yield return line;
    }

    public static IEnumerable<string> LinesOf(string file)
    {
        if (file.EndsWith(".zip", StringComparison.Ordinal))
        {
            using var zip = ZipFile.OpenRead(file);
            foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith(".json", StringComparison.Ordinal)))
                using (var stream = entry.Open())
                    foreach (var line in Read(stream)) yield return line;
        }
        else if (file.EndsWith(".tar.gz", StringComparison.Ordinal))
        {
            using var gzip = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
            using var tar = new TarReader(gzip);
            while (tar.GetNextEntry() is { } entry)
                if (entry.DataStream is { } stream && entry.Name.EndsWith(".json", StringComparison.Ordinal))
                    foreach (var line in Read(stream)) yield return line;
        }
    }

    static IEnumerable<string> Read(Stream stream)
    {
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (line.AsSpan().Trim().Length > 0) yield return line.Trim();
    }
}
