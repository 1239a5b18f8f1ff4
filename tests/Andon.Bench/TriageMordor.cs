using System.Diagnostics;
using System.Globalization;
using System.Text;
using Andon.Detect.Hunt;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Parsing;
using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Tests.Triage.Generated;

namespace Andon.Bench;

/// <summary>
/// Recorded Windows attack runs as one estate: each file is one true incident, read by the normaliser, matched by SigmaHQ's rules and moved
/// in time so that the next begins before the last ended. Twice: all as recorded, on the same few machines and by the same few people; and
/// each at a desk of its own (machines, people and their sessions renamed by file; controllers and built-in accounts shared as they are).
/// </summary>
static class TriageMordor
{
    /// <summary>A new one begins so often.</summary>
    const long ApartMs = 20 * 60_000;
    const int ChunkMax = 2048;

    public static int Run(string[] args)
    {
        var shared = Path.Combine("..", "shared", "data");
        var folder = Path.Combine(shared, "windows", "mordor", "windows");
        var most = Array.IndexOf(args, "--files") is var at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : int.MaxValue;
        if (!Directory.Exists(folder))
        {
            Console.Error.WriteLine("shared/data is not on this machine.");
            return 2;
        }
        var watch = Stopwatch.StartNew();
        var content = new ContentFolder(Path.Combine(AppContext.BaseDirectory, "content"));
        RuleSet set;
        using (var zip = File.OpenRead(Path.Combine(shared, "sigma", "sigma-rules.zip")))
            set = new([.. RuleFiles.Zip(zip, "sigma-rules.zip", PlaceholderLists.None).Where(f => f.File.StartsWith("sigma-rules.zip/rules/windows/", StringComparison.Ordinal))], Mappings.Load(content.Path));
        var lane = new HuntLane(new ActiveRules(set, _ => RuleDecision.None, _ => RuleQueue.Production), new Normaliser(content).Normalise);
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(most).ToList();
        var found = new List<(string File, List<Hit> Hits)>();
        var events = 0L;
        foreach (var file in files)
        {
            var hits = new List<Hit>();
            foreach (var records in Chunks(file))
            {
                var match = lane.Match(records, 4_000_000_000_000, keepTimes: false);
                events += match.Events;
                hits.AddRange(match.Hits.Select(h => h.Hit));
            }
            if (hits.Count > 0) found.Add((Path.GetFileName(file), hits));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{files.Count} files, {events} events, {found.Sum(f => f.Hits.Count)} alerts of {found.SelectMany(f => f.Hits).Select(h => h.RuleId).Distinct().Count()} rules in {found.Count} files, {watch.Elapsed.TotalSeconds:0} s; one begins every {ApartMs / 60_000} min"));
        Console.WriteLine("estate          alerts signals attack cases merges | precision recall   AUC | largest/true (rare) | mixed | best rank of an incident (mean)  false pulls | alerts to signals %");
        Tell("same machines", found, own: false);
        Tell("own desks", found, own: true);
        Reachable(found);
        return 0;
    }

    static void Tell(string name, List<(string File, List<Hit> Hits)> found, bool own)
    {
        var all = new List<Labelled>();
        for (var i = 0; i < found.Count; i++)
        {
            var first = found[i].Hits.Min(h => h.TimeMs);
            foreach (var hit in found[i].Hits)
                all.Add(new(hit with
                {
                    TimeMs = MadeEstate.StartMs + i * ApartMs + (hit.TimeMs - first),
                    Entities = own ? [.. hit.Entities.Select(e => Desk(e, i))] : hit.Entities,
                }, i + 1));
        }
        var n = 0UL;
        List<Labelled> told = [.. all.OrderBy(l => l.Hit.TimeMs).Select(l => l with { Hit = l.Hit with { Event = EventId.At(++n, 0), DetectedMs = l.Hit.TimeMs } })];
        var s = GroupingScore.Of(told);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-15} {told.Count,6} {s.Signals,7} {s.AttackSignals,6} {s.Cases,5} {s.Merges,6} | {s.Precision,9:0.000} {s.Recall,6:0.000} {s.Auc,5:0.000} | {s.Largest,7:0.0} {s.LargestRare,6:0.0}       | {s.Mixed,5} | {s.BestRank,10:0.0} {s.FalsePulls,30:0} | {100 - 100.0 * s.Signals / told.Count:0.0}"));
    }

    /// <summary>
    /// What there is to tell recordings on the same machines apart: things made by or for one activity (sessions, processes, files, outside
    /// addresses and domains). How many alerts name one, how many of those are met in other recordings too, and which pairs of alerts of a
    /// recording hang together by them alone: whoever knows the truth but may tie by these only reaches that recall.
    /// </summary>
    static void Reachable(List<(string File, List<Hit> Hits)> found)
    {
        static List<string> Own(Hit hit) => [.. hit.Entities.Where(e => Andon.Triage.Grouping.Salience.IsOwn(e) && Andon.Triage.Grouping.Salience.Default.TypeWeight(e) > 0).Select(e => e.Key)];
        var files = found.Select(f => f.Hits.Select(Own).ToList()).ToList();
        var met = files.SelectMany((f, i) => f.SelectMany(k => k).Distinct().Select(k => (k, i))).GroupBy(p => p.k).ToDictionary(g => g.Key, g => g.Count());
        var (naming, shared, all) = (0, 0, found.Sum(f => f.Hits.Count));
        double together = 0, pairs = 0;
        foreach (var hits in files)
        {
            naming += hits.Count(k => k.Count > 0);
            shared += hits.Count(k => k.Exists(e => met[e] > 1));
            var group = new Dictionary<string, string>();
            string Root(string key)
            {
                while (group.TryGetValue(key, out var up) && up != key) key = up;
                return key;
            }
            foreach (var keys in hits.Where(k => k.Count > 0))
                foreach (var key in keys) group[Root(key)] = Root(keys[0]);
            together += hits.Where(k => k.Count > 0).GroupBy(k => Root(k[0])).Sum(g => g.Count() * (g.Count() - 1) / 2.0);
            pairs += hits.Count * (hits.Count - 1) / 2.0;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"same machines, told apart by what is one activity's own: {100.0 * naming / all:0} % of the alerts name such a thing, {100.0 * shared / all:0} % one that other recordings have too; pairs of alerts of a recording that hang together so: {together / pairs:0.000}"));
    }

    /// <summary>The same thing at another desk. What belongs to all stays.</summary>
    static Entity Desk(Entity e, int n) => e.Kind switch
    {
        EntityKind.Host when !IsController(e.Value) => e with { Value = Named(e.Value, n) },
        EntityKind.Session when e.Value.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at && !IsController(e.Value[(at + 1)..]) => e with { Value = e.Value[..(at + 1)] + Named(e.Value[(at + 1)..], n) },
        EntityKind.User or EntityKind.Principal when Andon.Triage.Grouping.Salience.Default.TypeWeight(e) > 0 => e with { Value = e.Value + n.ToString(CultureInfo.InvariantCulture) },
        EntityKind.Ip when Andon.Triage.Grouping.Salience.Default.TypeWeight(e) > 0 && Andon.Triage.Grouping.Salience.IsInternal(e.Value) => e with { Value = e.Value + "/" + n.ToString(CultureInfo.InvariantCulture) },
        _ => e,
    };

    // A machine's first label; the rest is its domain.
    static string Named(string host, int n) => host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
        ? string.Create(CultureInfo.InvariantCulture, $"{host[..dot]}-{n}{host[dot..]}") : string.Create(CultureInfo.InvariantCulture, $"{host}-{n}");

    static bool IsController(string host) => host.Split('.')[0].Contains("dc", StringComparison.OrdinalIgnoreCase);

    static IEnumerable<List<Record>> Chunks(string file)
    {
        var origin = new Origin("file", "bench");
        var records = new List<Record>(ChunkMax);
        var position = 0UL;
        foreach (var line in MordorBench.LinesOf(file))
        {
            records.Add(new(++position, 0, origin, Encoding.UTF8.GetBytes(line)));
            if (records.Count < ChunkMax) continue;
            yield return records;
            records.Clear();
        }
        if (records.Count > 0) yield return records;
    }
}
