using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Andon.Detect.Hunt;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Bench;

/// <summary>
/// Lanes D, D5 and P20 (every recorded Windows event, every fifth, process creation twenty times) with the SigmaHQ rules/windows,
/// routed. Events per second of process CPU on one thread, normalising included; beside it JsonDocument.Parse of the same lines in
/// the same run. Arguments: data folder, lane, then --rules for hits of each rule, --runs N,
/// --stages for the parts of matching, --ten for ten times the rules (letters of all literals shifted).
/// </summary>
static class DetectBench
{
    public static int Run(string[] args)
    {
        if (args.Length < 2)
        {
            Console.WriteLine("detect DATA-FOLDER D|D5|P20|W [--rules] [--runs N] [--stages] [--ten]");
            return 2;
        }
        var data = args[0];
        var content = new ContentFolder(Path.Combine(AppContext.BaseDirectory, "content"));
        var runs = Array.IndexOf(args, "--runs") is var at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : 3;

        var cpu = Cpu();
        List<SigmaFile> files;
        using (var zip = File.OpenRead(Path.Combine(data, "sigma", "sigma-rules.zip")))
            files = [.. RuleFiles.Zip(zip, "sigma-rules.zip", PlaceholderLists.None).Where(f => f.File.StartsWith("sigma-rules.zip/rules/windows/", StringComparison.Ordinal))];
        if (args.Contains("--ten")) files.AddRange(Enumerable.Range(1, 9).SelectMany(n => files.Select(f => RenamedRules.Of(f, n))).ToList());
        var set = new RuleSet(files, Mappings.Load(content.Path));
        Console.WriteLine($"rules loaded {set.Rules.Count}, refused {set.Refused}, unrouted {set.Unrouted.Count}, fields {set.Fields.FieldCount}; {(Cpu() - cpu).TotalSeconds:0.00} s CPU");
        foreach (var rule in set.Unrouted) Console.WriteLine($"  unrouted {rule.Source} {rule.Header.Title}");

        var lane = Lane(data, args[1]);
        var bytes = lane.Sum(l => (long)l.Length);
        Console.WriteLine($"lane {args[1]}: {lane.Count} events, {bytes} bytes; load {File.ReadAllText("/proc/loadavg").Trim()}");

        var parse = Median(runs, () => { foreach (var line in lane) using (JsonDocument.Parse(line)) { } });
        Console.WriteLine($"JsonDocument.Parse: {lane.Count / parse:0} events/s, {bytes / parse / 1e6:0.0} MB/s");

        var tokens = Median(runs, () =>
        {
            foreach (var line in lane)
            {
                var reader = new Utf8JsonReader(line.Span);
                while (reader.Read()) { }
            }
        });
        Console.WriteLine($"Utf8JsonReader, all tokens: {lane.Count / tokens:0} events/s, {bytes / tokens / 1e6:0.0} MB/s");

        var normaliser = new Normaliser(content);
        var normalise = Median(runs, () => Batches(lane, normaliser, _ => { }));
        Console.WriteLine($"normalise only: {lane.Count / normalise:0} events/s, {bytes / normalise / 1e6:0.0} MB/s");

        var hits = new long[set.Rules.Count];
        var matcher = new RuleMatcher(set);
        var both = Median(runs, () =>
        {
            Array.Clear(hits);
            Batches(lane, normaliser, batch =>
            {
                for (var i = 0; i < batch.Count; i++)
                    foreach (var rule in matcher.Match(batch, i)) hits[rule.Index]++;
            });
        });
        Console.WriteLine($"normalise + match: {lane.Count / both:0} events/s, {bytes / both / 1e6:0.0} MB/s, hits {hits.Sum()}, rules hit {hits.Count(h => h > 0)}, rules asked an event {matcher.Asked / (double)(runs * lane.Count):0.0}, ratio to JsonDocument.Parse {parse / both:0.000}");
        // The way of `andon hunt`: fields that rules read, and the whole event where it matches or keywords may stand in it.
        var way = new HuntLane(new ActiveRules(set, _ => RuleDecision.None, _ => RuleQueue.Production), normaliser.Normalise);
        var found = 0L;
        var hunt = Median(runs, () => found = Chunks(lane).Sum(c => (long)way.Match(c, 4_000_000_000_000, keepTimes: false).Hits.Count));
        var projected = Median(runs, () => Batches(lane, normaliser, _ => { }, set.Fields.Selection));
        Console.WriteLine($"normalise what rules read: {lane.Count / projected:0} events/s, {bytes / projected / 1e6:0.0} MB/s");
        Console.WriteLine($"hunt: {lane.Count / hunt:0} events/s, {bytes / hunt / 1e6:0.0} MB/s, hits {found}, ratio to JsonDocument.Parse {parse / hunt:0.000}");
        if (args.Contains("--stages")) Stages(lane, normaliser, set, runs);
        if (args.Contains("--rules"))
            foreach (var i in Enumerable.Range(0, hits.Length).Where(i => hits[i] > 0).OrderByDescending(i => hits[i]).ThenBy(i => set.Rules[i].Header.File, StringComparer.Ordinal))
                Console.WriteLine($"{hits[i],8} {Path.GetFileNameWithoutExtension(set.Rules[i].Header.File)}");
        return 0;
    }

    // What each part of matching costs on batches that are normalised already, microseconds an event.
    static void Stages(List<ReadOnlyMemory<byte>> lane, Normaliser normaliser, RuleSet set, int runs)
    {
        var batches = new List<EventBatch>();
        Batches(lane, normaliser, b => batches.Add(b.Hold()));
        var values = new EventValues();
        var bits = new ulong[1024];
        Time("load", (b, i) => values.Load(b, i, set.Fields));
        Time("load + plan", (b, i) => { values.Load(b, i, set.Fields); set.PlanOf(values); });
        Time("load + plan + mark", (b, i) => { values.Load(b, i, set.Fields); set.PlanOf(values).Index.Mark(values, bits); });
        var matcher = new RuleMatcher(set);
        Time("match", (b, i) => matcher.Match(b, i));
        foreach (var batch in batches) batch.Dispose();

        void Time(string name, Action<EventBatch, int> each)
        {
            var seconds = Median(runs, () =>
            {
                foreach (var batch in batches)
                    for (var i = 0; i < batch.Count; i++) each(batch, i);
            });
            Console.WriteLine($"{name}: {seconds * 1e6 / lane.Count:0.00} us an event");
        }
    }

    internal static void Batches(List<ReadOnlyMemory<byte>> lane, Normaliser normaliser, Action<EventBatch> each, FieldSelection? only = null)
    {
        foreach (var records in Chunks(lane))
        {
            using var batch = normaliser.Normalise(records, only ?? FieldSelection.Everything).Seal();
            each(batch);
        }
    }

    static IEnumerable<List<Record>> Chunks(List<ReadOnlyMemory<byte>> lane)
    {
        var origin = new Origin("file", "bench");
        var records = new List<Record>(2048);
        for (var at = 0; at < lane.Count;)
        {
            records.Clear();
            var size = 0;
            for (; at < lane.Count && records.Count < 2048 && size < 8 << 20; at++)
            {
                records.Add(new((ulong)at + 1, 0, origin, lane[at]));
                size += lane[at].Length;
            }
            yield return records;
        }
    }

    internal static double Median(int runs, Action work)
    {
        var seconds = new List<double>();
        for (var i = 0; i < runs; i++)
        {
            var start = Cpu();
            work();
            seconds.Add((Cpu() - start).TotalSeconds);
        }
        seconds.Sort();
        return seconds[runs / 2];
    }

    static TimeSpan Cpu() => Process.GetCurrentProcess().TotalProcessorTime;

    internal static List<ReadOnlyMemory<byte>> Lane(string data, string name)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        foreach (var archive in Directory.EnumerateFiles(Path.Combine(data, "windows", "mordor", "windows"), "*", SearchOption.AllDirectories).OrderBy(Path.GetFileName, StringComparer.Ordinal))
        {
            if (archive.EndsWith(".zip", StringComparison.Ordinal))
            {
                using var zip = ZipFile.OpenRead(archive);
                foreach (var entry in zip.Entries)
                    if (entry.FullName.EndsWith(".json", StringComparison.Ordinal)) Lines(entry.Open(), lines);
            }
            else if (archive.EndsWith(".tar.gz", StringComparison.Ordinal))
            {
                using var tar = new TarReader(new GZipStream(File.OpenRead(archive), CompressionMode.Decompress));
                while (tar.GetNextEntry() is { } entry)
                    if (entry.Name.EndsWith(".json", StringComparison.Ordinal) && entry.DataStream is { } stream) Lines(stream, lines);
            }
        }
        var windows = lines.Where(l => HasBoth(l.Span, out _, out _)).ToList();
        return name switch
        {
            "D" => windows,
            "D5" => [.. windows.Where((_, i) => i % 5 == 4)],
            "W" => [.. lines.Where(l => !HasBoth(l.Span, out _, out _))],
            "P20" => [.. Enumerable.Repeat(windows.Where(IsProcess).ToList(), 20).SelectMany(x => x)],
            _ => throw new ArgumentException($"No lane {name}."),
        };
    }

    static bool IsProcess(ReadOnlyMemory<byte> line)
    {
        HasBoth(line.Span, out var channel, out var id);
        channel = channel.ToLowerInvariant();
        return (id == "1" && channel.Contains("sysmon", StringComparison.Ordinal)) || (id == "4688" && channel == "security");
    }

    static bool HasBoth(ReadOnlySpan<byte> line, out string channel, out string id)
    {
        channel = id = "";
        var reader = new Utf8JsonReader(line);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1) continue;
            var isChannel = reader.ValueTextEquals("Channel"u8);
            var isId = reader.ValueTextEquals("EventID"u8);
            reader.Read();
            if (isChannel) channel = reader.GetString() ?? "";
            if (isId) id = reader.TokenType == JsonTokenType.String ? reader.GetString() ?? "" : System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
            if (channel.Length > 0 && id.Length > 0) return true;
            reader.TrySkip();
        }
        return false;
    }

    static void Lines(Stream stream, List<ReadOnlyMemory<byte>> into)
    {
        using var copy = new MemoryStream();
        using (stream) stream.CopyTo(copy);
        ReadOnlyMemory<byte> all = copy.ToArray();
        while (!all.IsEmpty)
        {
            var end = all.Span.IndexOf((byte)'\n');
            var line = end < 0 ? all : all[..end];
            all = end < 0 ? default : all[(end + 1)..];
            var first = line.Span.IndexOfAnyExcept(" \t\r"u8);
            if (first < 0) continue;
            into.Add(line[first..(line.Span.LastIndexOfAnyExcept(" \t\r"u8) + 1)]);
        }
    }
}
