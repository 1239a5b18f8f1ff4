using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Bench;

/// <summary>
/// CPU seconds, in a fresh process each, of loading all active rules of sigma-rules.zip: unzip, YAML, reading of rules, compiling;
/// then one changed rule. Beside them two floors over the same bytes: reading and splitting lines, and YamlDotNet's bare scanner.
/// Arguments: data folder, --runs N.
/// </summary>
static class LoadBench
{
    public static int Run(string[] args)
    {
        if (args is ["--stage", var stage, var zip]) return Stage(stage, zip);
        if (args.Length < 1)
        {
            Console.WriteLine("load DATA-FOLDER [--runs N]");
            return 2;
        }
        var path = Path.Combine(args[0], "sigma", "sigma-rules.zip");
        var runs = Array.IndexOf(args, "--runs") is var at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : 3;
        Console.WriteLine($"load {File.ReadAllText("/proc/loadavg").Trim()}; medians of {runs} fresh processes with the runtime's default tiering");
        foreach (var name in new[] { "empty", "lines", "scanner", "library", "yaml", "load" })
        {
            var outputs = new List<(double Cpu, string Text)>();
            for (var i = 0; i < runs; i++) outputs.Add(Fresh(name, path));
            outputs.Sort();
            Console.WriteLine($"{name,-8} {outputs[runs / 2].Cpu:0.00} s CPU of the process; {outputs[runs / 2].Text}");
        }
        return 0;
    }

    static (double Cpu, string Text) Fresh(string stage, string zip)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet") { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(LoadBench).Assembly.Location);
        foreach (var arg in new[] { "load", "--stage", stage, zip }) start.ArgumentList.Add(arg);
        // As the product runs: with tiers, and whatever was compiled ahead.
        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var child = Process.Start(start) ?? throw new InvalidOperationException("The child did not start.");
        var text = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        var split = text.IndexOf(' ', StringComparison.Ordinal);
        return (double.Parse(text[..split], CultureInfo.InvariantCulture), text[(split + 1)..].Trim());
    }

    static int Stage(string stage, string path)
    {
        var content = new ContentFolder(Path.Combine(AppContext.BaseDirectory, "content"));
        var watch = new List<string>();
        var last = Cpu();
        var first = last;
        var texts = stage == "empty" ? [] : Texts(path);
        Lap("unzip");
        switch (stage)
        {
            case "lines":
                long lines = 0;
                foreach (var (_, text) in texts)
                    foreach (var _ in text.AsSpan().EnumerateLines()) lines++;
                Lap($"{lines} lines");
                break;
            case "scanner":
                long tokens = 0;
                foreach (var (_, text) in texts)
                {
                    var scanner = new YamlDotNet.Core.Scanner(new StringReader(text));
                    while (scanner.MoveNext()) tokens++;
                }
                Lap($"{tokens} tokens");
                break;
            case "library":
                var trees = new List<YamlDocument>();
                foreach (var (name, text) in texts) YamlReader.Library(text, 0, 1, trees, new FindingSink(name));
                Lap($"{trees.Sum(t => (long)t.Root.Size)} nodes by the library");
                break;
            case "yaml":
                long nodes = 0;
                foreach (var (name, text) in texts)
                    foreach (var document in YamlReader.Read(text, new FindingSink(name))) nodes += document.Root.Size;
                Lap($"{nodes} nodes by our reader");
                break;
            case "load":
                var files = texts.ConvertAll(t => SigmaReader.Read(t.Name, t.Text, PlaceholderLists.None));
                Lap("YAML and rules");
                var mappings = Mappings.Load(content.Path);
                Lap("mappings");
                var set = new RuleSet(files, mappings);
                Lap($"compile {set.Rules.Count} rules");
                watch.Add($"together {(Cpu() - first).TotalSeconds:0.00} s");
                // What each route's first event then costs: its rules compiled and indexed.
                using (var events = OneEach(mappings))
                {
                    var matcher = new RuleMatcher(set);
                    for (var i = 0; i < events.Count; i++) _ = matcher.Route(events, i).Index;
                    Lap($"the plans of {events.Count} routes when their first events come");
                    // One changed rule, as the rule book does it: its file read again, a new set that takes over the rest, its plans ready.
                    var times = new List<double>();
                    for (var round = 0; round < 9; round++)
                    {
                        var at = texts.Count * (round + 1) / 11;
                        var (name, text) = texts[at];
                        var began = Stopwatch.GetTimestamp();
                        files[at] = SigmaReader.Read(name, text.Replace("title: ", $"title: {round} ", StringComparison.Ordinal), PlaceholderLists.None);
                        set = new RuleSet(files, mappings, set);
                        times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                        set.Settle();
                    }
                    watch.Add($"one changed rule of {set.Rules.Count} live after {string.Join(", ", times.Select(t => t.ToString("0", CultureInfo.InvariantCulture)))} ms");
                }
                break;
        }
        Console.WriteLine($"{Cpu().TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture)} {string.Join(", ", watch)}");
        return 0;

        void Lap(string what)
        {
            var now = Cpu();
            watch.Add($"{what} {(now - last).TotalSeconds:0.000} s");
            last = now;
        }
    }

    // An event for every route, so that each kind of plan is made.
    static EventBatch OneEach(Mappings mappings)
    {
        var batch = new EventBatch(1 << 16);
        foreach (var route in mappings.Routes)
        {
            batch.Begin(new Record(1, 0, new("bench", "bench"), Array.Empty<byte>()));
            foreach (var (field, values) in route.When) batch.Add(FieldNames.Intern(field), Encoding.UTF8.GetBytes(values.Count > 0 ? values[0] : "x"));
        }
        return batch.Seal();
    }

    static List<(string Name, string Text)> Texts(string path)
    {
        var texts = new List<(string, string)>();
        using var zip = ZipFile.OpenRead(path);
        foreach (var entry in zip.Entries)
        {
            if (!entry.FullName.StartsWith("rules", StringComparison.Ordinal) || !RuleFiles.IsYaml(entry.FullName)) continue;
            using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
            texts.Add((entry.FullName, reader.ReadToEnd()));
        }
        return texts;
    }

    static TimeSpan Cpu() => Process.GetCurrentProcess().TotalProcessorTime;
}
