using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Replay;
using Andon.Triage.Routing;
using Andon.Triage.Signals;

namespace Andon.Tests.Triage.Generated;

/// <summary>How well triage found the incidents of a generated estate.</summary>
/// <param name="Precision">Of the pairs of attack signals in one case, those of one incident.</param>
/// <param name="Recall">Of the pairs of attack signals of one incident, those in one case.</param>
/// <param name="Strangers">Of the rare signals in cases with attack signals, those of no incident.</param>
/// <param name="Largest">Signals of the largest case over those of the largest incident; the case as a whole, with all that is usual.</param>
/// <param name="LargestRare">The same, among signals that were rare when they came.</param>
/// <param name="StopMerges">Merges whose reason names an entity that all touch.</param>
/// <param name="StopJoins">Rare signals of no or another incident that joined a case through such an entity.</param>
/// <param name="Mixed">Signals that hold hits of two incidents; left out of precision and recall.</param>
/// <param name="TopMinutes">From the first attack hit until a case of an incident stands first.</param>
/// <param name="SeenMinutes">The mean over incidents: from its first hit until a case of it is among the first five; a day where that never came.</param>
internal sealed record GroupingScore(int Signals, int AttackSignals, int Cases, int Merges, double Precision, double Recall, double Strangers, double Largest,
    double LargestRare, int StopMerges, int StopJoins, int Mixed, double TopMinutes, double SeenMinutes, string Partition, int WithoutReason)
{
    public static GroupingScore Of(IReadOnlyList<Labelled> hits)
    {
        var run = new ReplayRun(DomainRules.None);
        var truth = new Dictionary<string, int>();
        var (stopMerges, current) = (0, hits[0]);
        var firstMs = new Dictionary<int, long>();
        var seenMs = new Dictionary<int, long>();
        long topMs = -1;
        var mixed = new HashSet<string>();
        run.Placed = (_, signal) =>
        {
            if (current.Incident > 0 && !truth.TryAdd(signal.Id, current.Incident) && truth[signal.Id] != current.Incident) mixed.Add(signal.Id);
        };
        run.Merged = (_, merge) => stopMerges += MadeEstate.Stops.Contains(merge.Reason.Via) ? 1 : 0;
        foreach (var hit in hits)
        {
            current = hit;
            run.Take(hit.Hit);
            if (hit.Incident > 0) firstMs.TryAdd(hit.Incident, hit.Hit.TimeMs);
            if (hit.Incident == 0 || (topMs >= 0 && seenMs.Count == firstMs.Count)) continue;
            var rank = 0;
            foreach (var (c, _) in run.Queue().Take(5))
            {
                foreach (var s in c.Signals)
                {
                    if (!truth.TryGetValue(s.Id, out var of)) continue;
                    if (rank == 0 && topMs < 0) topMs = run.NowMs;
                    seenMs.TryAdd(of, run.NowMs);
                }
                rank++;
            }
        }
        return Measure(run, truth, mixed, stopMerges, (topMs - firstMs.Values.Min()) / 60_000.0,
            firstMs.Average(f => seenMs.TryGetValue(f.Key, out var at) ? (at - f.Value) / 60_000.0 : 1440));
    }

    static GroupingScore Measure(ReplayRun run, Dictionary<string, int> truth, HashSet<string> mixed, int stopMerges, double top, double seen)
    {
        var cases = run.State.OpenCases().ToList();
        // What folded two incidents into one signal has no true place; it is counted apart.
        var clear = truth.Where(t => !mixed.Contains(t.Key)).ToDictionary();
        var sizes = clear.Values.GroupBy(i => i).ToDictionary(g => g.Key, g => g.Count());
        double together = 0, right = 0;
        var (rare, strangers, stopJoins, without) = (0, 0, 0, 0);
        foreach (var c in cases)
        {
            var labels = c.Signals.Where(s => clear.ContainsKey(s.Id)).GroupBy(s => clear[s.Id]).Select(g => g.Count()).ToList();
            together += Pairs(labels.Sum());
            right += labels.Sum(Pairs);
            if (labels.Count > 0)
            {
                rare += c.Signals.Count(s => s.Rare);
                strangers += c.Signals.Count(s => s.Rare && !truth.ContainsKey(s.Id));
            }
            stopJoins += c.Signals.Count(s => s.Rare && s.Join is { } join && MadeEstate.Stops.Contains(join.Via) && Label(truth, s.Id) != Label(truth, join.With));
            // A case is a spanning forest: each signal but those that opened a case that is now part of it has a reason.
            without += c.Signals.Count(s => s.Join is null) - 1 - c.MergedIn.Count;
        }
        var largestTrue = (double)sizes.Values.Max();
        var partition = string.Join('|', cases.Select(c => string.Join(',', c.Signals.Select(s => s.Id).Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal));
        return new(run.State.SignalCount, truth.Count, cases.Count, run.Merges, together == 0 ? 1 : right / together, right / sizes.Values.Sum(Pairs),
            rare == 0 ? 0 : (double)strangers / rare, cases.Max(c => c.Signals.Count) / largestTrue, cases.Max(c => c.Signals.Count(s => s.Rare)) / largestTrue,
            stopMerges, stopJoins, mixed.Count, top, seen, partition, without);
    }

    static int Label(Dictionary<string, int> truth, string signal) => truth.GetValueOrDefault(signal);
    static double Pairs(int n) => n * (n - 1) / 2.0;
}
