using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Andon.Intake.Sources.Silence;
using Andon.Tests.Intake.Traces;
using Andon.Triage.Replay;
using Calendar = Andon.Intake.Sources.Silence.Calendar;

namespace Andon.Bench;

/// <summary>
/// Silence: false alarms on a whole life and delay after it is cut, beside fixed thresholds and the 7-day rule, over kinds of sources
/// made by seeds that nothing was tried on, and over real traces. Usage: <c>silence [SEEDS [FIRST [KIND]]] [--sweep] [--each]</c>; KIND may be real, relay or first (the first fortnight of a source). With
/// <c>--sweep</c> each other rule also meets ours at the budget by which ours has as few false alarms: delays compare only there.
/// </summary>
public static partial class SilenceBench
{
    const double Budget = 0.02;
/// <summary>Budgets of the sweep; between two of them each rule is met by halving.</summary>
    static readonly double[] Sweep = [.. Enumerable.Range(0, 16).Select(i => Math.Round(0.0002 * Math.Pow(3, i), 4))];
    const int Halvings = 6;
    static readonly List<string> verdicts = [];
    static bool sweeps, each;
    /// <summary>A rule whose alarm stood before all cuts but so few says nothing of delays.</summary>
    const int CutsMin = 5;
    const int CutsEach = 60;
    const long Hour = 3_600_000, Day = 24 * Hour;

    public static int Run(string[] args)
    {
        var code = Tables(args);
        if (verdicts.Count > 0) Console.WriteLine("\nVerdicts" + (sweeps ? "" : " at one budget (with --sweep each rule meets ours at its own false alarms)"));
        foreach (var verdict in verdicts) Console.WriteLine($"  {verdict}");
        return code;
    }

    static int Tables(string[] args)
    {
        sweeps = args.Contains("--sweep");
        each = args.Contains("--each");
        args = [.. args.Where(a => a is not ("--sweep" or "--each"))];
        var seeds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 8;
        var first = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1001;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Budget: {Budget} false alarms a source and month. {seeds} seeds from {first}, {CutsEach} cuts each. Delays in minutes from the first event that did not come. 'In hindsight' is the fixed threshold, source by source, that would have had as few false alarms as ours: nobody could have set it."));
        if (args is [_, _, "real"])
        {
            Real("loghub", "normalise/loghub-2k.zip", Loghub);
            Real("AIT-ADS", "incidents/ait-ads-alerts.zip", AitAds);
            return 0;
        }
        if (args is [_, _, "first"])
        {
            First(first, seeds);
            return 0;
        }
        if (args is [_, _, "relay"])
        {
            Relays(first, seeds);
            return 0;
        }
        foreach (var kind in TraceMaker.Kinds.Where(k => args.Length < 3 || args[2] == k)) Print(kind, [.. Enumerable.Range(first, seeds).Select(seed => OfYear(kind, seed))]);
        if (args.Length > 2) return 0;
        Print("new source", [.. Enumerable.Range(first, Math.Max(2, seeds / 2)).Select(NewSource)]);
        First(first, seeds);
        Relays(first, Math.Max(2, seeds / 4));
        Real("loghub", "normalise/loghub-2k.zip", Loghub);
        Real("AIT-ADS", "incidents/ait-ads-alerts.zip", AitAds);
        return 0;
    }

    sealed record Row(string Rule, double False, IReadOnlyList<double> Delays, IReadOnlyList<bool> Stood)
    {
        public bool IsOurs => Rule.StartsWith(SilenceScore.Ours, StringComparison.Ordinal);
        public double Mean => Delays.Count == 0 ? double.NaN : Delays.Average();

        public double At(double share) => Delays.Count == 0 ? double.NaN : Delays.Order().ElementAt(Math.Min(Delays.Count - 1, (int)(share * Delays.Count)));

        /// <summary>Mean delays of both over the cuts before which neither had an alarm standing: with and without the cut those were the same.</summary>
        public (double Ours, double Theirs, int Cuts) Against(Row theirs)
        {
            var both = Enumerable.Range(0, Delays.Count).Where(i => !Stood[i] && !theirs.Stood[i]).ToList();
            return both.Count == 0 ? (double.NaN, double.NaN, 0) : (both.Average(i => Delays[i]), both.Average(i => theirs.Delays[i]), both.Count);
        }
    }

    /// <param name="Like">The rhythm of its group, if it has one.</param>
    sealed record Life(Trace Trace, IReadOnlyList<int> Cuts, Rhythm? Like = null);

    static Row RowOf(IReadOnlyList<Score> scores) =>
        new(scores[0].Rule, scores.Sum(s => s.False) / (double)scores.Count, [.. scores.SelectMany(s => s.DelaysMin)], [.. scores.SelectMany(s => s.Stood)]);

    static void Print(string kind, IReadOnlyList<Life> lives)
    {
        var scores = lives.Select(l => SilenceScore.All(l.Trace, l.Cuts, Budget, l.Like)).ToList();
        var rows = Enumerable.Range(0, scores[0].Count).Select(rule => RowOf([.. scores.Select(t => t[rule])])).ToList();
        var ours = new SortedDictionary<double, Row> { [Budget] = rows[0] };
        Row At(double budget)
        {
            if (!ours.TryGetValue(budget, out var row))
                ours[budget] = row = RowOf([.. lives.Select(l => SilenceScore.Rhythm(l.Trace, l.Cuts, budget, l.Like))]) with { Rule = FormattableString.Invariant($"{SilenceScore.Ours}, {budget:0.####} a month") };
            return row;
        }
        if (sweeps)
        {
            foreach (var budget in Sweep) At(budget);
            foreach (var rule in rows.Where(r => !r.IsOurs))
            {
                var low = ours.Where(o => o.Value.False <= rule.False).Select(o => o.Key).DefaultIfEmpty(0).Max();
                var high = ours.Keys.Where(b => b > low).DefaultIfEmpty(0).Min();
                for (var i = 0; i < Halvings && low > 0 && high > 0; i++)
                {
                    var budget = Math.Sqrt(low * high);
                    if (At(budget).False <= rule.False) low = budget;
                    else high = budget;
                }
            }
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{kind}: {lives.Count} traces, {lives.Sum(l => l.Cuts.Count)} cuts\n  {"rule",-32}{"false/trace",12}{"stood",8}{"median",10}{"mean",10}{"p90",10}"));
        if (each) Alarms(lives.Select(l => l.Trace));
        if (each)
            foreach (var trace in scores.Select((t, i) => (t, i)))
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  trace {trace.i}: {string.Join(" | ", trace.t.Where(r => r.Rule is SilenceScore.Ours or "fixed 24 h" or "in hindsight").Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Rule} {r.False} false, median {r.Median:0}, mean {r.Mean:0}")))}"));
        foreach (var row in ours.Values) Console.WriteLine(Line(row));
        var (met, unmet, always, stood) = (new List<string>(), new List<string>(), new List<string>(), new List<string>());
        foreach (var row in rows.Where(r => !r.IsOurs))
        {
            // Ours at a budget by which it has as few false alarms as that rule: the earliest of them.
            var fewer = ours.Values.Where(o => o.False <= row.False).ToList();
            var best = fewer.Where(o => o.Against(row).Cuts > 0).OrderBy(o => o.Against(row).Ours - o.Against(row).Theirs).FirstOrDefault();
            var plain = fewer.OrderBy(o => o.Mean).FirstOrDefault();
            var verdict = fewer.Count == 0 ? "no budget of ours has so few false alarms" : "no cut without an alarm standing";
            var earlier = false;
            if (best is not null && plain is not null)
            {
                var (mine, theirs, cuts) = best.Against(row);
                earlier = mine <= theirs;
                verdict = string.Create(CultureInfo.InvariantCulture, $"ours with {best.False:0.00} false: {mine:0.0} | {theirs:0.0} on {cuts} cuts{(earlier ? " earlier" : " LATER")}; standing ones as none {plain.Mean:0.0}{(plain.Mean <= row.Mean ? " earlier" : " LATER")}");
            }
            Console.WriteLine($"{Line(row)}  {verdict}");
            // What is tuned in hindsight nobody could have set: it is a measure, not a rule.
            if (row.Rule == "in hindsight") continue;
            if (row.Stood.Count(t => !t) < CutsMin) always.Add(row.Rule);
            else if (earlier) met.Add(row.Rule);
            else unmet.Add(string.Create(CultureInfo.InvariantCulture, $"{row.Rule} ({row.False:0.0} false; {verdict})"));
            if (plain is not null && plain.Mean <= row.Mean) stood.Add(row.Rule);
        }
        verdicts.Add($"{kind}: earlier than {(met.Count > 0 ? string.Join(", ", met) : "none")}; not than {(unmet.Count > 0 ? string.Join(", ", unmet) : "none")}.{(always.Count > 0 ? $" Stood before nearly every cut: {string.Join(", ", always)}." : "")} With standing alarms as detections: {(stood.Count > 0 ? string.Join(", ", stood) : "none")}");
    }

    static string Line(Row row) => string.Create(CultureInfo.InvariantCulture, $"  {row.Rule,-32}{row.False,12:0.00}{row.Stood.Count(s => s) / (double)Math.Max(1, row.Stood.Count),8:P0}{row.At(0.5),10:0.0}{row.Mean,10:0.0}{row.At(0.9),10:0.0}");

    static Life OfYear(string kind, int seed)
    {
        var trace = TraceMaker.Make(kind, seed);
        return new(trace, SilenceScore.Cuts(trace, CutsEach, seed));
    }

    /// <summary>A fortnight in the life of a new source that has no like: from any day of the year on, cut from its second day on.</summary>
    static Trace Youth(string kind, int seed)
    {
        var whole = TraceMaker.Make(kind, seed);
        var from = TraceMaker.Start + new Random(seed).Next(0, 340) * Day + seed % 24 * Hour;
        var times = whole.Times.Where(t => t >= from && t < from + 14 * Day).ToArray();
        return whole with { Kind = "first days", FromMs = from, ToMs = from + 14 * Day, Times = times, TrainDays = 1 };
    }

    /// <summary>The youngest of a group of servers: its like have told how they live.</summary>
    static Life NewSource(int seed)
    {
        var group = TraceMaker.Group(seed, 12, 60);
        var young = group[^1];
        var all = new Voice(SilenceScope.Group, "servers");
        var merged = group.Take(11).SelectMany(t => t.Times).Where(t => t < young.FromMs).Order();
        foreach (var t in merged) all.Watch.Rhythm.Beat(t, Calendar.Utc);
        foreach (var old in group.Take(11))
        {
            var voice = new Voice(SilenceScope.Source, old.Source);
            foreach (var t in old.Times) if (t < young.FromMs) voice.Watch.Rhythm.Beat(t, Calendar.Utc);
            all.Sources.Add(voice);
        }
        return new(young, SilenceScore.Cuts(young, CutsEach, seed, 14), all.Pooled(young.FromMs));
    }

    static void First(int first, int seeds)
    {
        foreach (var kind in TraceMaker.Kinds.Where(k => k != "weekly"))
            Print($"first fortnight, {kind}", [.. Enumerable.Range(first, seeds).Select(seed => Youth(kind, seed)).Where(t => t.Times.Length > 10).Select(t => new Life(t, SilenceScore.Cuts(t, CutsEach / 2, 7)))]);
    }

    static void Relays(int first, int seeds)
    {
        const int Hosts = 200;
        var all = new List<double>();
        Console.WriteLine($"\nrelay with {Hosts} hosts: {seeds} traces of 90 days, the relay is cut once");
        for (var seed = first; seed < first + seeds; seed++)
        {
            var traces = TraceMaker.Relay(seed, Hosts);
            var cut = TraceMaker.Start + 60 * Day + seed % 24 * Hour;
            var told = VoicesScore.Run(traces, SilenceScope.Relay, "relay", Budget, cut, _ => true, cut + 2 * Day, TraceMaker.Start);
            var after = told.Where(t => t.Ms >= cut).ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  hour of week   {told.Count - after.Count,6} false in all, {after.Count} alarm(s) for the cut, {(after.Count > 0 ? (after[0].Ms - cut) / 60_000.0 : double.NaN):0.0} min after it: {string.Join(", ", after.Take(2).Select(t => $"{t.Scope} {t.Name}"))}"));
            var before = told.Where(t => t.Ms < cut).ToList();
            all.Add(before.Count / ((cut - TraceMaker.Start) / (30.0 * Day)) / Hosts);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"                 {all[^1]:0.0000} a source and month (budget {Budget}); by week of age: {string.Join(' ', Enumerable.Range(0, (int)((cut - TraceMaker.Start) / (7 * Day)) + 1).Select(w => before.Count(t => (t.Ms - TraceMaker.Start) / (7 * Day) == w)))}"));
            foreach (var (minutes, name) in new[] { (15, "fixed 15 min"), (30, "fixed 30 min"), (60, "fixed 1 h"), (1440, "fixed 24 h") })
            {
                long limit = minutes * 60_000L, wrong = 0, alarms = 0, soonest = long.MaxValue;
                foreach (var trace in traces)
                {
                    for (var i = 1; i < trace.Times.Length && trace.Times[i] < cut; i++) if (trace.Times[i] - trace.Times[i - 1] > limit) wrong++;
                    var last = trace.Times.Last(t => t < cut);
                    soonest = Math.Min(soonest, Math.Max(cut, last + limit));
                    alarms++;
                }
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-14}{wrong,7} false in all, {alarms} alarms for the cut, the first {(soonest - cut) / 60_000.0:0.0} min after it"));
            }
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  over {all.Count} relays: {all.Average():0.0000} false alarms a source and month"));
    }

    static void Real(string name, string file, Func<ZipArchive, IEnumerable<Trace>> read)
    {
        var path = Path.Combine("..", "shared", "data", file);
        if (!File.Exists(path))
        {
            Console.WriteLine($"\n{name}: {path} is not here.");
            return;
        }
        using var zip = ZipFile.OpenRead(path);
        var traces = read(zip).Where(t => t.Times.Length > 100).ToList();
        Console.WriteLine($"\n{name}: {string.Join(", ", traces.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Source} {(t.ToMs - t.FromMs) / (double)Day:0.0} d {t.Times.Length}")))}");
        if (traces.Count > 0) Print(name, [.. traces.Select(t => new Life(t, SilenceScore.Cuts(t, CutsEach, 7)))]);
    }

    /// <summary>Each false alarm of ours with the pause that it was about.</summary>
    static void Alarms(IEnumerable<Trace> traces)
    {
        foreach (var trace in traces)
        {
            var watch = new SilenceWatch();
            foreach (var now in trace.Times)
            {
                if (watch.Look(now, Calendar.Utc, null, Budget) is { } told)
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {trace.Source}: silent since {DateTimeOffset.FromUnixTimeMilliseconds(told.SinceMs):ddd HH:mm}, at the age of {(told.SinceMs - trace.FromMs) / (double)Day:0.0} days, told after {(told.ToldMs - told.SinceMs) / 60_000.0:0} min, back after {(now - told.SinceMs) / 60_000.0:0}{(told.NotBegun ? ", not begun" : "")}; limit {told.Limit:0.0}, {watch.Rhythm}"));
                watch.Hear(now, Calendar.Utc, null);
            }
        }
    }

    static Trace OfTimes(string kind, string source, List<long> times)
    {
        times.Sort();
        var days = (times[^1] - times[0]) / (double)Day;
        // Cuts lie in the second half: what came before taught the profile, as much as there is.
        return new(kind, source, times[0], times[^1] + 1, [.. times], days / 2);
    }

    [GeneratedRegex(@"^(?:\[?)(?:(?<w>\w{3} )?(?<m>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +(?<d>\d+) (?<t>\d\d:\d\d:\d\d)(?: (?<y>\d{4}))?|(?<iso>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d))", RegexOptions.ExplicitCapture)]
    private static partial Regex Stamp();

    static IEnumerable<Trace> Loghub(ZipArchive zip)
    {
        foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith(".log", StringComparison.Ordinal)))
        {
            var times = new List<long>();
            using var text = new StreamReader(entry.Open());
            while (text.ReadLine() is { } line)
            {
                var m = Stamp().Match(line);
                if (!m.Success) continue;
                var stamp = m.Groups["iso"].Success ? m.Groups["iso"].Value : $"{(m.Groups["y"].Success ? m.Groups["y"].Value : "2005")} {m.Groups["m"].Value} {m.Groups["d"].Value} {m.Groups["t"].Value}";
                if (DateTime.TryParse(stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)) times.Add(new DateTimeOffset(at).ToUnixTimeMilliseconds());
            }
            if (times.Count > 100) yield return OfTimes("loghub", entry.Name.Replace("_2k.log", "", StringComparison.Ordinal), times);
        }
    }

    static IEnumerable<Trace> AitAds(ZipArchive zip)
    {
        foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith("_alerts.csv", StringComparison.Ordinal)))
        {
            using var text = new StreamReader(entry.Open());
            var hits = AitCsv.Read(text, [], entry.Name).ToList();
            foreach (var host in hits.GroupBy(h => h.Entities.FirstOrDefault(e => e.Kind == Model.EntityKind.Host)?.Value ?? "").Where(g => g.Key.Length > 0 && g.Count() > 500))
                yield return OfTimes("AIT-ADS", $"{entry.Name.Split('_')[0]}/{host.Key}", [.. host.Select(h => h.TimeMs)]);
        }
    }
}
