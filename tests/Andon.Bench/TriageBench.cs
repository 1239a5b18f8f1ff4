using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Andon.Model;
using Andon.Triage.Priority;
using Andon.Triage.Replay;
using Andon.Triage.Routing;
using Andon.Triage.Signals;

namespace Andon.Bench;

/// <summary>
/// The scoreboard of triage.md §5: four networks, full and quiet, one setting (<c>triage generated [SEEDS]</c>: estates of our own making;
/// <c>triage scale</c>: many open cases). Labels are read here, for scoring and for leaving out the
/// loud rows, and never reach triage.
/// </summary>
public static class TriageBench
{
    static readonly string[] Loud = ["dirb", "wpscan", "service_scan", "dns_scan"];

    sealed record Row(Hit Hit, string TimeLabel, string EventLabel)
    {
        public bool IsAttack => EventLabel is not ("-" or "dnsteal");
    }

    public static int Run(string[] args)
    {
        if (args is ["scale"]) return Scale();
        if (args is ["generated", .. var rest]) return TriageGenerated.Run(rest);
        var zip = args.Length > 0 ? args[0] : Path.Combine("..", "shared", "data", "incidents", "ait-ads-alerts.zip");
        Console.WriteLine("network          set    alerts attack signals cases  t1min  t5min best | 6/h h  false | 1/h h false | sev-new best h false | sev-old best h false | fifo h  | s   largest true case: signals h");
        var without = new List<string>();
        using var archive = ZipFile.OpenRead(zip);
        foreach (var entry in archive.Entries.Where(e => e.Name.EndsWith("_alerts.csv", StringComparison.Ordinal)).OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            var rows = Read(entry);
            var severity = HasLevel(entry);
            if (!severity) without.Add(entry.Name);
            Score(entry.Name[..^11], "full", rows, severity);
            Score(entry.Name[..^11], "quiet", [.. rows.Where(r => !Loud.Contains(r.EventLabel))], severity);
        }
        if (without.Count > 0) Console.WriteLine($"No severity order (—) for {string.Join(", ", without)}: no column level, and a severity of our own making would be no peer.");
        return 0;
    }

    /// <summary>Many open cases: what a hit costs from its arrival to the new order, and alerts a second in a storm.</summary>
    static int Scale()
    {
        const int Signals = 100_000, Hosts = 10_000;
        var run = new ReplayRun(DomainRules.None);
        var random = new Random(1);
        var n = 0UL;
        Hit Next(int rule, int host, long ms) => new(EventId.At(++n, 0), ms, ms, $"r{rule}", $"Rule {rule}", "", (Level)random.Next(1, 5), RuleQueue.Production, ["attack.t1059", "attack.execution"],
            $"syslog:h{host}:system.auth", [new(EntityKind.Host, $"h{host}", EntityRole.Target), new(EntityKind.User, $"u{random.Next(3000)}"), new(EntityKind.Ip, $"203.0.113.{host % 250}", EntityRole.Actor)], new Dictionary<string, string>(), []);
        var watch = Stopwatch.StartNew();
        const long Start = 1_772_438_400_000;
        for (var i = 0; i < Signals; i++) run.Take(Next(random.Next(60), random.Next(Hosts), Start + i * 4000L));
        var built = watch.Elapsed.TotalSeconds;
        GC.Collect();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.State.SignalCount} signals, {run.State.OpenCases().Count()} open cases built in {built:0.0} s ({Signals / built:0} new-signal hits/s), heap {GC.GetTotalMemory(true) >> 20} MiB, {run.Facts} facts"));
        var times = new List<double>();
        for (var i = 0; i < 500; i++)
        {
            var hit = Next(random.Next(60), random.Next(Hosts), Start + (Signals + i) * 4000L);
            var began = Stopwatch.GetTimestamp();
            run.Take(hit);
            _ = run.Queue().Take(10).ToList();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hit to new order of all cases: median {times[250]:0.00} ms, p99 {times[495]:0.00} ms"));
        watch.Restart();
        const int Storm = 1_000_000;
        for (var i = 0; i < Storm; i++) run.Take(Next(1, 1, Start + (Signals + 500) * 4000L + i));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"storm of one rule: {Storm / watch.Elapsed.TotalSeconds:0} alerts/s"));
        return 0;
    }

    /// <summary>Order by severity needs the detector's own; one that we made up would decide the comparison.</summary>
    static bool HasLevel(ZipArchiveEntry entry)
    {
        using var text = new StreamReader(entry.Open());
        return text.ReadLine()?.Split(',').Contains("level") == true;
    }

    static List<Row> Read(ZipArchiveEntry entry)
    {
        using var memory = new MemoryStream();
        using (var stream = entry.Open()) stream.CopyTo(memory);
        var lines = System.Text.Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length).Split('\n');
        var hits = AitCsv.Read(new StringReader(string.Join('\n', lines)), [], entry.Name).ToList();
        return [.. hits.Select(h => (h, f: lines[(int)h.Event.Position].TrimEnd('\r').Split(','))).Select(p => new Row(p.h, p.f[^2], p.f[^1]))];
    }

    static void Score(string network, string set, List<Row> rows, bool severity)
    {
        var watch = Stopwatch.StartNew();
        var run = new ReplayRun(DomainRules.None);
        var trueSignals = new HashSet<string>();
        var firstAttack = long.MaxValue;
        Row? current = null;
        run.Placed = (_, signal) =>
        {
            if (current?.IsAttack != true) return;
            trueSignals.Add(signal.Id);
            firstAttack = Math.Min(firstAttack, current.Hit.TimeMs);
        };
        double top1 = double.NaN, top5 = double.NaN;
        var best = int.MaxValue;
        var six = new Puller(10 * 60_000);
        var one = new Puller(60 * 60_000);
        var looked = 0L;
        foreach (var row in rows)
        {
            current = row;
            var facts = run.Facts;
            run.Take(row.Hit);
            if (firstAttack == long.MaxValue) continue;
            if (run.Facts != facts || run.NowMs - looked >= 60_000)
            {
                looked = run.NowMs;
                var rank = run.Queue().Select((q, i) => (q.Case, i)).FirstOrDefault(q => q.Case.Signals.Exists(s => trueSignals.Contains(s.Id)), (null!, int.MaxValue - 1)).Item2 + 1;
                best = Math.Min(best, rank);
                var minutes = (run.NowMs - firstAttack) / 60_000.0;
                if (rank == 1 && double.IsNaN(top1)) top1 = minutes;
                if (rank <= 5 && double.IsNaN(top5)) top5 = minutes;
            }
            foreach (var puller in new[] { six, one })
                puller.Pull(firstAttack, run.NowMs, taken => run.Queue().Select(q => q.Case).FirstOrDefault(c => !taken.Contains(c.Id)) is { } c
                    ? (c.Id, c.Signals.Exists(s => trueSignals.Contains(s.Id))) : null);
        }
        var seconds = watch.Elapsed.TotalSeconds;
        var biggest = run.State.OpenCases().Where(c => c.Signals.Exists(s => trueSignals.Contains(s.Id))).MaxBy(c => c.Signals.Count);
        var span = biggest is null ? 0 : (biggest.LastMs - biggest.FirstMs) / 3.6e6;
        var newest = severity ? Severity(rows, newestFirst: true) : "   —     —    —";
        var oldest = severity ? Severity(rows, newestFirst: false) : "   —     —    —";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{network,-16} {set,-5} {rows.Count,7} {rows.Count(r => r.IsAttack),6} {run.State.SignalCount,7} {run.State.OpenCases().Count(),5} {top1,6:0.#} {top5,6:0.#} {best,4} | {six} | {one} | {newest} | {oldest} | {Fifo(rows)} | {seconds:0.0} {biggest?.Signals.Count} {span:0.0}"));
    }

    /// <summary>An analyst who takes the best item not taken yet every so often, from the first attack alert on.</summary>
    sealed class Puller(long everyMs)
    {
        readonly HashSet<string> taken = [];
        long next;
        int wrong;
        double hours = double.NaN;

        public void Pull(long firstAttack, long now, Func<HashSet<string>, (string Id, bool True)?> best)
        {
            if (!double.IsNaN(hours)) return;
            if (next == 0) next = firstAttack;
            while (next <= now && double.IsNaN(hours))
            {
                next += everyMs;
                if (best(taken) is not { } found) continue;
                taken.Add(found.Id);
                if (found.True) hours = (now - firstAttack) / 3.6e6;
                else wrong++;
            }
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{hours,5:0.00} {wrong,4}");
    }

    /// <summary>Severity order over signals of the last 24 hours (30 minute gap, as above), six an hour; best rank of a true one.</summary>
    static string Severity(List<Row> rows, bool newestFirst)
    {
        var signals = new List<(long First, Level Level, bool True, int Id)>();
        var open = new Dictionary<(string, string), (int Id, long Last)>();
        long first = long.MaxValue;
        var best = int.MaxValue;
        var puller = new Puller(10 * 60_000);
        foreach (var row in rows)
        {
            var key = (row.Hit.RuleId, MainEntity.Key(row.Hit));
            var now = row.Hit.TimeMs;
            var fresh = !open.TryGetValue(key, out var at) || now - at.Last > 30 * 60_000;
            if (fresh) signals.Add((now, row.Hit.Level, false, at.Id = signals.Count));
            open[key] = (at.Id, now);
            if (row.IsAttack)
            {
                first = Math.Min(first, now);
                if (!signals[at.Id].True) { signals[at.Id] = signals[at.Id] with { True = true }; fresh = true; }
            }
            if (first == long.MaxValue) continue;
            IEnumerable<(long First, Level Level, bool True, int Id)> Order() => signals.Where(s => now - s.First < 24 * 3_600_000L)
                .OrderByDescending(s => Formula.Base(s.Level)).ThenBy(s => newestFirst ? -s.First : s.First);
            if (fresh)
            {
                var rank = Order().Select((s, i) => (s.True, i)).FirstOrDefault(s => s.Item1, (false, int.MaxValue - 1)).Item2 + 1;
                best = Math.Min(best, rank);
            }
            puller.Pull(first, now, taken => Order().Where(s => !taken.Contains(s.Id.ToString(CultureInfo.InvariantCulture))).Select(s => ((string, bool)?)(s.Id.ToString(CultureInfo.InvariantCulture), s.True)).FirstOrDefault());
        }
        return $"{best,4} {puller}";
    }

    /// <summary>First in, first out over raw alerts, six an hour.</summary>
    static string Fifo(List<Row> rows)
    {
        var first = rows.FindIndex(r => r.IsAttack);
        var hours = (rows[first].Hit.TimeMs - rows[0].Hit.TimeMs) / 3.6e6;
        return (first + 1) / 6.0 > (rows[^1].Hit.TimeMs - rows[0].Hit.TimeMs) / 3.6e6 ? "never" : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, first / 6.0 - hours):0.0}");
    }
}
