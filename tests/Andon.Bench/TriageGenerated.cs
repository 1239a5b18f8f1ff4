using System.Globalization;
using Andon.Tests.Triage.Generated;

namespace Andon.Bench;

/// <summary>Grouping on estates of our own making: several seeds, noise as it is and up to ten times. Labels are used for scoring only.</summary>
static class TriageGenerated
{
    static readonly int[] Noise = [1, 3, 10];

    public static int Run(string[] args)
    {
        var seeds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10;
        var first = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
        Console.WriteLine("seed noise   hits signals attack cases merges | precision recall strangers | largest/true (rare) | stop merges, joins | top1 min  top5 min (mean)");
        foreach (var noise in Noise)
        {
            var scores = new List<GroupingScore>();
            for (var seed = first; seed < first + seeds; seed++)
            {
                var hits = MadeEstate.Make(seed, noise);
                var score = GroupingScore.Of(hits);
                scores.Add(score);
                Console.WriteLine(Line(seed.ToString(CultureInfo.InvariantCulture), noise, hits.Count, score));
            }
            Console.WriteLine(Line("mean", noise, 0, new(
                (int)scores.Average(s => s.Signals), (int)scores.Average(s => s.AttackSignals), (int)scores.Average(s => s.Cases), (int)scores.Average(s => s.Merges),
                scores.Average(s => s.Precision), scores.Average(s => s.Recall), scores.Average(s => s.Strangers), scores.Average(s => s.Largest), scores.Average(s => s.LargestRare),
                scores.Sum(s => s.StopMerges), scores.Sum(s => s.StopJoins), scores.Average(s => s.TopMinutes), scores.Average(s => s.SeenMinutes), "", 0)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"least: precision {scores.Min(s => s.Precision):0.000}, recall {scores.Min(s => s.Recall):0.000}; most: largest {scores.Max(s => s.Largest):0.0}, rare {scores.Max(s => s.LargestRare):0.0}, top1 {scores.Max(s => s.TopMinutes):0.0} min"));
        }
        return 0;
    }

    static string Line(string seed, int noise, int hits, GroupingScore s) => string.Create(CultureInfo.InvariantCulture,
        $"{seed,4} {noise,4}x {hits,6} {s.Signals,7} {s.AttackSignals,6} {s.Cases,5} {s.Merges,6} | {s.Precision,9:0.000} {s.Recall,6:0.000} {s.Strangers,9:0.000} | {s.Largest,7:0.0} {s.LargestRare,6:0.0} {"",5} | {s.StopMerges,4} {s.StopJoins,6} {"",6} | {s.TopMinutes,8:0.0} {s.SeenMinutes,8:0.0}");
}
