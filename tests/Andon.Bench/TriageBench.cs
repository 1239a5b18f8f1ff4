using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Andon.Model;
using Andon.Tests.Triage.Generated;
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
        if (args is ["scale"]) return TriageScale.Run();
        if (args is ["mordor", .. var files]) return TriageMordor.Run(files);
        if (args is ["generated", .. var rest]) return TriageGenerated.Run(rest);
        var zip = args.Length > 0 ? args[0] : Path.Combine("..", "shared", "data", "incidents", "ait-ads-alerts.zip");
        Console.WriteLine("network          set    alerts attack signals fewer% incase% cases  t1min  t5min best | 6/h h  false | 1/h h false | sev-new best h false | sev-old best h false | fifo h  | s   largest true case: signals h");
        var without = new List<string>();
        var networks = new List<(string Name, string Set, List<Row> Rows, bool Severity)>();
        var pool = new Pooled();
        using var archive = ZipFile.OpenRead(zip);
        foreach (var entry in archive.Entries.Where(e => e.Name.EndsWith("_alerts.csv", StringComparison.Ordinal)).OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            var rows = Read(entry);
            var severity = HasLevel(entry);
            if (!severity) without.Add(entry.Name);
            networks.Add((entry.Name[..^11], "full", rows, severity));
            networks.Add((entry.Name[..^11], "quiet", [.. rows.Where(r => !Loud.Contains(r.EventLabel))], severity));
        }
        foreach (var (name, set, rows, severity) in networks) Score(name, set, rows, severity, pool);
        foreach (var line in pool.Lines()) Console.WriteLine(line);
        if (without.Count > 0) Console.WriteLine($"No severity order (—) for {string.Join(", ", without)}: no column level, and a severity of our own making would be no peer.");
        Console.WriteLine();
        Console.WriteLine(TriageLearning.Head);
        foreach (var perHour in new[] { 6, 1 })
        {
            var learnt = new TriageLearning.Pool();
            foreach (var (name, set, rows, severity) in networks.Where(n => n.Set == "quiet"))
                Console.WriteLine(TriageLearning.Line(name, set, [.. rows.Select(r => new Labelled(r.Hit, r.IsAttack ? 1 : 0))], perHour, learnt) + Peers(rows, perHour, severity));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"pooled, {perHour} an hour: false pulls after day 2 {learnt.None} without verdicts, {learnt.True} with: {(learnt.None == 0 ? 0 : 100.0 * (learnt.None - learnt.True) / learnt.None):0} % fewer; runs with verdicts (true or 5 % wrong) in which the attack was never pulled: {learnt.Missed} of {2 * learnt.Networks}"));
        }
        return 0;
    }

    /// <summary>The same rate on raw alerts in the order of arrival and on signals by severity: false ones until the first true one, from the first attack alert on.</summary>
    static string Peers(List<Row> rows, int perHour, bool severity)
    {
        var first = rows.FindIndex(r => r.IsAttack);
        var fifo = Fifo(rows, perHour) == "never" ? "never" : first.ToString(CultureInfo.InvariantCulture);
        string Order(bool newest) => severity ? Severity(rows, newest, perHour).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1] : "—";
        return $"  | {fifo,6} {Order(true),8} {Order(false),8}";
    }

    /// <summary>Over all networks, by set.</summary>
    sealed class Pooled
    {
        readonly Dictionary<string, (long Alerts, long Signals, long Attack, long InCase, int Wrong6, int Wrong1, int Networks, int First)> sets = [];

        public void Add(string set, long alerts, long signals, long attack, long inCase, int wrong6, int wrong1, int best)
        {
            var s = sets.GetValueOrDefault(set);
            sets[set] = (s.Alerts + alerts, s.Signals + signals, s.Attack + attack, s.InCase + inCase, s.Wrong6 + wrong6, s.Wrong1 + wrong1, s.Networks + 1, s.First + (best == 1 ? 1 : 0));
        }

        public IEnumerable<string> Lines() => sets.Select(s => string.Create(CultureInfo.InvariantCulture,
            $"{"pooled",-16} {s.Key,-5} {s.Value.Alerts,7} alerts to {s.Value.Signals} signals: {100 - 100.0 * s.Value.Signals / s.Value.Alerts:0.00} % fewer; labelled attack alerts in some case {100.0 * s.Value.InCase / s.Value.Attack:0.0} %; best rank 1 in {s.Value.First} of {s.Value.Networks}; false pulls {s.Value.Wrong6} at 6/h, {s.Value.Wrong1} at 1/h"));
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

    static void Score(string network, string set, List<Row> rows, bool severity, Pooled pool)
    {
        var watch = Stopwatch.StartNew();
        var run = new ReplayRun(DomainRules.None);
        var trueSignals = new HashSet<string>();
        var attackOf = new Dictionary<string, int>();
        var firstAttack = long.MaxValue;
        Row? current = null;
        run.Placed = (_, signal) =>
        {
            if (current?.IsAttack != true) return;
            trueSignals.Add(signal.Id);
            attackOf[signal.Id] = attackOf.GetValueOrDefault(signal.Id) + 1;
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
        var attack = rows.Count(r => r.IsAttack);
        var inCase = attackOf.Where(a => run.State.Signal(a.Key)?.CaseId is { } id && run.State.Surviving(id) is not null).Sum(a => a.Value);
        pool.Add(set, rows.Count, run.State.SignalCount, attack, inCase, six.Wrong, one.Wrong, best);
        var biggest = run.State.OpenCases().Where(c => c.Signals.Exists(s => trueSignals.Contains(s.Id))).MaxBy(c => c.Signals.Count);
        var span = biggest is null ? 0 : (biggest.LastMs - biggest.FirstMs) / 3.6e6;
        var newest = severity ? Severity(rows, newestFirst: true) : "   —     —    —";
        var oldest = severity ? Severity(rows, newestFirst: false) : "   —     —    —";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{network,-16} {set,-5} {rows.Count,7} {attack,6} {run.State.SignalCount,7} {100 - 100.0 * run.State.SignalCount / rows.Count,5:0.0} {100.0 * inCase / attack,6:0.0} {run.State.OpenCases().Count(),5} {top1,6:0.#} {top5,6:0.#} {best,4} | {six} | {one} | {newest} | {oldest} | {Fifo(rows)} | {seconds:0.0} {biggest?.Signals.Count} {span:0.0}"));
    }

    /// <summary>An analyst who takes the best item not taken yet every so often, from the first attack alert on.</summary>
    sealed class Puller(long everyMs)
    {
        readonly HashSet<string> taken = [];
        long next;
        int wrong;
        public int Wrong => wrong;
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
    static string Severity(List<Row> rows, bool newestFirst, int perHour = 6)
    {
        var signals = new List<(long First, Level Level, bool True, int Id)>();
        var open = new Dictionary<(string, string), (int Id, long Last)>();
        long first = long.MaxValue;
        var best = int.MaxValue;
        var puller = new Puller(60 * 60_000 / perHour);
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
    static string Fifo(List<Row> rows, int perHour = 6)
    {
        var first = rows.FindIndex(r => r.IsAttack);
        var hours = (rows[first].Hit.TimeMs - rows[0].Hit.TimeMs) / 3.6e6;
        return (first + 1) / (double)perHour > (rows[^1].Hit.TimeMs - rows[0].Hit.TimeMs) / 3.6e6 ? "never" : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, first / (double)perHour - hours):0.0}");
    }
}
