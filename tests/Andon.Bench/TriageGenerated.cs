using System.Globalization;
using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Replay;
using Andon.Triage.Routing;
using Andon.Triage.Signals;
using Andon.Tests.Triage.Generated;

namespace Andon.Bench;

/// <summary>Grouping on estates of our own making: several seeds, noise as it is and up to ten times. Labels are used for scoring only.</summary>
static class TriageGenerated
{
    static readonly int[] Noise = [1, 3, 10];

    public static int Run(string[] args)
    {
        if (args is ["tell", var which, var times]) return Tell(int.Parse(which, CultureInfo.InvariantCulture), int.Parse(times, CultureInfo.InvariantCulture));
        if (args is ["why", .. { Length: >= 4 } of]) return TriageWhy.Run(of, [.. Kinds.Select(k => (k.Name, k.Make))]);
        var seeds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10;
        var first = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
        Console.WriteLine($"Estates of our own making, seeds {first} to {first + seeds - 1}.");
        Console.WriteLine("estate noise   hits signals attack cases merges | precision recall strangers   AUC | largest/true (rare) | stop merges, joins mixed | top1 min top5 min  rank false pulls (means)");
        foreach (var (name, make, leases) in Kinds.Where(k => args.Length < 3 || k.Name == args[2]))
            foreach (var noise in Noise)
            {
                var scores = new List<GroupingScore>();
                var hits = 0;
                for (var seed = first; seed < first + seeds; seed++)
                {
                    var made = make(seed, noise);
                    hits += made.Count / seeds;
                    scores.Add(GroupingScore.Of(made, leases(seed, noise)));
                }
                double Mean(Func<GroupingScore, double> of) => scores.Average(of);
                Console.WriteLine(Line(name, noise, hits, new(
                    (int)Mean(s => s.Signals), (int)Mean(s => s.AttackSignals), (int)Mean(s => s.Cases), (int)Mean(s => s.Merges), Mean(s => s.Precision), Mean(s => s.Recall), Mean(s => s.Strangers),
                    Mean(s => s.Largest), Mean(s => s.LargestRare), scores.Sum(s => s.StopMerges), scores.Sum(s => s.StopJoins), scores.Sum(s => s.Mixed), Mean(s => s.TopMinutes), Mean(s => s.SeenMinutes),
                    Mean(s => s.Auc), Mean(s => s.BestRank), Mean(s => s.FalsePulls), "", 0)));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"       worst seed: precision {scores.Min(s => s.Precision):0.000}, recall {scores.Min(s => s.Recall):0.000}, AUC {scores.Min(s => s.Auc):0.000}, largest {scores.Max(s => s.Largest):0.0}, rare {scores.Max(s => s.LargestRare):0.0}, top1 {scores.Max(s => s.TopMinutes):0.0} min, rank {scores.Max(s => s.BestRank):0.0}, false pulls {scores.Max(s => s.FalsePulls):0}"));
            }
        return 0;
    }

    static readonly (string Name, Func<int, int, IReadOnlyList<Labelled>> Make, Func<int, int, IReadOnlyList<Lease>?> Leases)[] Kinds =
    [
        ("wide", MadeEstate.Make, (_, _) => null),
        ("leased", MadeEstate.Make, MadeEstate.Leases), // The same, where a DHCP server tells who has which address.
        ("plain", MadeLines.Make, (_, _) => null),
    ];

    /// <summary>One run in words: where each step of each intrusion went and why, and who else is in those cases.</summary>
    static int Tell(int seed, int noise)
    {
        var run = new ReplayRun(DomainRules.None);
        var truth = new Dictionary<string, int>();
        var (current, steps) = (0, new List<(Signal Signal, int Incident, string Top)>());
        run.Placed = (_, signal) =>
        {
            if (current > 0 && truth.TryAdd(signal.Id, current)) steps.Add((signal, current, ""));
        };
        foreach (var hit in MadeEstate.Make(seed, noise))
        {
            current = hit.Incident;
            var before = steps.Count;
            run.Take(hit.Hit);
            if (steps.Count > before)
                steps[^1] = steps[^1] with { Top = run.Queue().Select((q, i) => (q, i)).First() is var (q, _) ? string.Create(CultureInfo.InvariantCulture, $"{q.Priority:0} {(q.Case.Signals.Exists(s => truth.ContainsKey(s.Id)) ? "an intrusion" : Titles.Of(q.Case))}") : "" };
        }
        foreach (var of in steps.GroupBy(s => s.Incident).OrderBy(g => g.Key))
        {
            Console.WriteLine($"incident {of.Key}");
            foreach (var (s, _, top) in of)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"  {(s.Opened.FirstMs - MadeEstate.StartMs) / 60_000,5} {run.State.Surviving(s.CaseId!)!.Id,-6} u {s.Opened.Surprise:0.00}{(s.Rare ? " " : "c")} {s.Opened.Title,-28} [{string.Join(' ', s.Entities.Select(e => e.Value.Length > 18 ? e.Value[..18] : e.Value))}] {s.Join?.Text} | top {top}"));
        }
        foreach (var big in run.State.OpenCases().OrderByDescending(c => c.Signals.Count).Take(3))
        {
            Console.WriteLine($"large: {big.Id} {big.Signals.Count} signals, {big.Usual} usual, {big.MergedIn.Count} merged in, {(big.LastMs - big.FirstMs) / 3_600_000} h");
            foreach (var s in big.Signals.Take(12)) Console.WriteLine($"    {(s.Rare ? "rare" : "common")} {s.Opened.Title} [{string.Join(' ', s.Entities.Select(e => e.Value))}]: {s.Join?.Text}");
        }
        foreach (var id in steps.Select(s => run.State.Surviving(s.Signal.CaseId!)!).Distinct())
        {
            Console.WriteLine($"{id.Id}: of incidents {string.Join(',', id.Signals.Where(s => truth.ContainsKey(s.Id)).GroupBy(s => truth[s.Id]).Select(g => $"{g.Key}x{g.Count()}"))}, and");
            foreach (var s in id.Signals.Where(s => !truth.ContainsKey(s.Id))) Console.WriteLine($"    {(s.Rare ? "rare" : "common")} {s.Opened.Title}: {s.Join?.Text}");
        }
        return 0;
    }

    static string Line(string seed, int noise, int hits, GroupingScore s) => string.Create(CultureInfo.InvariantCulture,
        $"{seed,-6} {noise,4}x {hits,6} {s.Signals,7} {s.AttackSignals,6} {s.Cases,5} {s.Merges,6} | {s.Precision,9:0.000} {s.Recall,6:0.000} {s.Strangers,9:0.000} {s.Auc,5:0.000} | {s.Largest,7:0.0} {s.LargestRare,6:0.0} {"",5} | {s.StopMerges,4} {s.StopJoins,6} {s.Mixed,6} | {s.TopMinutes,8:0.0} {s.SeenMinutes,8:0.0} {s.BestRank,5:0.0} {s.FalsePulls,6:0.0}");
}
