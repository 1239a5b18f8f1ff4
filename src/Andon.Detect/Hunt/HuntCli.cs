using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Andon.Detect.Correlate;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Parsing;
using Andon.Detect.Stage;
using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary>
/// <c>andon hunt --rules PATH... [--json] FILE...</c>: rules over files, no server. The same matcher as the house's own.
/// </summary>
public static class HuntCli
{
    sealed record HitLine(string RuleId, string Title, string Level, string File, long Record, string Time, IReadOnlyDictionary<string, string> Fields);
    sealed record Summary(long Events, long Bytes, double Seconds, double CpuSeconds, int RulesLoaded, int RulesRefused, long Hits);
    sealed record SummaryLine(Summary Summary);

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs the verb; <paramref name="args"/> without the verb itself. 0 = done, 1 = some file or rule could not be read, 2 = wrong call.</summary>
    /// <param name="normalise">Intake's normaliser.</param>
    public static int Run(IReadOnlyList<string> args, ContentFolder content, Func<IReadOnlyList<Record>, EventBatch> normalise, TimeProvider clock, TextWriter output, TextWriter errors)
    {
        if (!TryRead(args, out var rulePaths, out var files, out var json) || rulePaths.Count == 0 || files.Count == 0)
        {
            errors.WriteLine("andon hunt --rules PATH... [--json] FILE...");
            errors.WriteLine("Rules and files may be folders and zips. Write '--' before the files where --rules has several paths: --rules a.yml b.yml -- logs.json");
            return 2;
        }
        var watch = Stopwatch.StartNew();
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var problems = 0;
        void Problem(Finding finding)
        {
            errors.WriteLine(finding);
            if (finding.Level == FindingLevel.Error) problems++;
        }

        var set = new RuleSet([.. rulePaths.SelectMany(p => RuleFiles.Load(p, p, PlaceholderLists.None))], Mappings.Load(content.Path));
        foreach (var finding in set.Findings.Where(f => f.Level == FindingLevel.Error)) Problem(finding);
        var hunt = new Hunter(set, normalise, clock.NowMs());
        long events = 0, bytes = 0, hits = 0;
        foreach (var path in files)
            foreach (var (file, record, hit) in hunt.Run(new HuntFiles(Problem).Read(path), n => events += n, n => bytes += n))
            {
                hits++;
                var line = new HitLine(hit.RuleId, hit.Title, hit.Level.ToString().ToLowerInvariant(), file, record, UnixMs.ToIso(hit.TimeMs), hit.Fields);
                if (json) output.WriteLine(JsonSerializer.Serialize(line, Json));
                else output.WriteLine($"{line.Time}  {line.Level,-13}  {line.Title}  [{line.RuleId}]  {file}:{record}");
            }
        process.Refresh();
        var summary = new Summary(events, bytes, Math.Round(watch.Elapsed.TotalSeconds, 3), Math.Round((process.TotalProcessorTime - cpu).TotalSeconds, 3),
            set.Rules.Count + set.Correlations.Count + set.Filters.Count, set.Refused, hits);
        if (json) output.WriteLine(JsonSerializer.Serialize(new SummaryLine(summary), Json));
        else
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{summary.Hits} hits in {summary.Events} events ({summary.Bytes} bytes) by {summary.RulesLoaded} rules ({summary.RulesRefused} refused, {set.Unrouted.Count} without a route); {summary.CpuSeconds} s CPU, {summary.Seconds} s"));
        return problems > 0 ? 1 : 0;
    }

    static bool TryRead(IReadOnlyList<string> args, out List<string> rules, out List<string> files, out bool json)
    {
        rules = [];
        files = [];
        json = false;
        var toRules = false;
        foreach (var arg in args)
        {
            if (arg == "--json") { json = true; toRules = false; }
            else if (arg == "--rules") toRules = true;
            else if (arg == "--") toRules = false;
            else if (arg.StartsWith("--", StringComparison.Ordinal)) return false;
            else (toRules ? rules : files).Add(arg);
        }
        // "--rules DIR FILE": without a mark between them the last path is the file to look into.
        if (files.Count == 0 && rules.Count > 1)
        {
            files.AddRange(rules.Skip(1).Where(r => !RuleFiles.IsYaml(r)));
            rules.RemoveAll(files.Contains);
        }
        return true;
    }
}

/// <summary>Batches of records through matcher and correlator.</summary>
sealed class Hunter
{
    readonly MatchStep step;
    readonly Func<IReadOnlyList<Record>, EventBatch> normalise;
    readonly long nowMs;
    ulong position = 1;

    public Hunter(RuleSet set, Func<IReadOnlyList<Record>, EventBatch> normalise, long nowMs)
    {
        this.normalise = normalise;
        this.nowMs = nowMs;
        step = new(new ActiveRules(set, _ => RuleDecision.None, _ => RuleQueue.Production), new Correlator(set));
    }

    public IEnumerable<(string File, long Record, Hit Hit)> Run(IEnumerable<(string File, ReadOnlyMemory<byte> Record)> source, Action<long> events, Action<long> bytes)
    {
        var names = new List<(string File, long Number)>();
        var records = new List<Record>();
        var size = 0L;
        string last = "";
        long number = 0;
        Origin origin = new("file", "");
        foreach (var (file, raw) in source)
        {
            if (file != last)
            {
                (last, number) = (file, 0);
                origin = new("file", file);
            }
            records.Add(new(position + (ulong)records.Count, nowMs, origin, raw));
            names.Add((file, ++number));
            size += raw.Length;
            if (records.Count < 2048 && size < 8 << 20) continue;
            foreach (var hit in Batch()) yield return hit;
        }
        if (records.Count > 0)
            foreach (var hit in Batch()) yield return hit;
        // Nothing follows: windows that wait for their end are over.
        foreach (var hit in step.End(nowMs))
            if (hit.Queue != RuleQueue.Input || hit.Level == Level.Informational) yield return (last, number, hit);

        IEnumerable<(string, long, Hit)> Batch()
        {
            var first = position;
            using var batch = normalise(records).Seal();
            batch.From = first;
            batch.To = position += (ulong)records.Count;
            events(batch.Count);
            bytes(size);
            var blocks = step.Run(batch, first, nowMs);
            foreach (var block in blocks)
                foreach (var hit in block.Hits)
                {
                    if (hit.Queue == RuleQueue.Input && hit.Level != Level.Informational) continue;
                    // A window that closed late may end in an earlier batch; its record is then that batch's last known.
                    var (file, record) = hit.Event.Position >= first ? names[(int)(hit.Event.Position - first)] : names[0];
                    yield return (file, record, hit);
                }
            records.Clear();
            names.Clear();
            size = 0;
        }
    }
}
