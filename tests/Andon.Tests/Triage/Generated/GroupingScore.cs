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
/// <param name="Largest">Signals of the largest case over those of the largest true story, lawful ones too; the case as a whole, with all that is usual.</param>
/// <param name="LargestRare">The same, among signals that were rare when they came.</param>
/// <param name="StopMerges">Merges whose reason names an entity that all touch.</param>
/// <param name="StopJoins">Rare signals of no or another incident that joined a case through such an entity.</param>
/// <param name="Mixed">Signals that hold hits of two incidents; left out of precision and recall.</param>
/// <param name="TopMinutes">From the first attack hit until a case of an incident stands first.</param>
/// <param name="Auc">Macro mean over incidents that ran at the same time as another: for pairs of their signals, how well "one case" tells
/// "one incident" from "another's": half of (share of own pairs together + share of strange pairs apart).</param>
/// <param name="BestRank">The best place that a case of quiet steps ever had, the mean over incidents.</param>
/// <param name="FalsePulls">Cards of others that someone who takes one every ten minutes takes before the first of quiet steps.</param>
/// <param name="SeenMinutes">The mean over incidents: from its first hit until a case of it is among the first five; a day where that never came.</param>
internal sealed record GroupingScore(int Signals, int AttackSignals, int Cases, int Merges, double Precision, double Recall, double Strangers, double Largest,
    double LargestRare, int StopMerges, int StopJoins, int Mixed, double TopMinutes, double SeenMinutes, double Auc, double BestRank, double FalsePulls, string Partition, int WithoutReason)
{
    public static GroupingScore Of(IReadOnlyList<Labelled> hits, IReadOnlyList<Lease>? leases = null)
    {
        var run = new ReplayRun(DomainRules.None);
        var truth = new Dictionary<string, int>();
        var (stopMerges, current) = (0, hits[0]);
        var firstMs = new Dictionary<int, long>();
        var seenMs = new Dictionary<int, long>();
        long topMs = -1;
        var mixed = new HashSet<string>();
        var loud = new HashSet<string>();
        var lawful = new Dictionary<string, int>();
        run.Placed = (_, signal) =>
        {
            if (current.Lawful > 0) lawful.TryAdd(signal.Id, current.Lawful);
            if (current.Loud && !truth.ContainsKey(signal.Id)) loud.Add(signal.Id);
            if (current.Incident > 0 && !truth.TryAdd(signal.Id, current.Incident) && truth[signal.Id] != current.Incident) mixed.Add(signal.Id);
        };
        run.Merged = (_, merge) => stopMerges += MadeEstate.Stops.Contains(merge.Reason.Via) ? 1 : 0;
        var best = new Dictionary<int, int>();
        var analyst = new Analyst(run, 10 * 60_000, c => c.Signals.Exists(s => truth.ContainsKey(s.Id) && !loud.Contains(s.Id)));
        var looked = 0L;
        var told = 0;
        foreach (var hit in hits)
        {
            for (; told < leases?.Count && leases[told].AtMs <= hit.Hit.TimeMs; told++) run.Take(leases[told]);
            current = hit;
            var facts = run.Facts;
            run.Take(hit.Hit);
            if (hit.Incident > 0 && !hit.Loud) firstMs.TryAdd(hit.Incident, hit.Hit.TimeMs);
            if (firstMs.Count == 0) continue;
            if (!analyst.Pulls.Exists(p => p.True)) analyst.Tick(firstMs.Values.First());
            if (run.Facts == facts && run.NowMs - looked < 60_000) continue;
            if (firstMs.Keys.All(i => best.GetValueOrDefault(i) == 1) || run.NowMs - looked < 60_000) { if (hit.Incident == 0) continue; }
            looked = run.NowMs;
            var rank = 0;
            foreach (var (c, _) in run.First(RankMax))
            {
                rank++;
                foreach (var s in c.Signals)
                {
                    if (!truth.TryGetValue(s.Id, out var of) || loud.Contains(s.Id)) continue;
                    if (rank == 1 && topMs < 0) topMs = run.NowMs;
                    if (rank <= 5) seenMs.TryAdd(of, run.NowMs);
                    best[of] = Math.Min(best.GetValueOrDefault(of, RankMax), rank);
                }
            }
        }
        var spans = hits.Where(h => h.Incident > 0).GroupBy(h => h.Incident).ToDictionary(g => g.Key, g => (g.Min(h => h.Hit.TimeMs), g.Max(h => h.Hit.TimeMs)));
        return Measure(run, truth, mixed, lawful.Values.GroupBy(l => l).Select(g => g.Count()).DefaultIfEmpty().Max(), stopMerges, topMs < 0 ? 1440 : (topMs - firstMs.Values.Min()) / 60_000.0,
            firstMs.Average(f => seenMs.TryGetValue(f.Key, out var at) ? (at - f.Value) / 60_000.0 : 1440)) with
        {
            Auc = AucOf(run, truth, mixed, spans),
            BestRank = firstMs.Keys.Average(i => (double)best.GetValueOrDefault(i, RankMax)),
            FalsePulls = analyst.False,
        };
    }

    const int RankMax = 20;

    static double AucOf(ReplayRun run, Dictionary<string, int> truth, HashSet<string> mixed, Dictionary<int, (long From, long To)> spans)
    {
        var placed = truth.Where(t => !mixed.Contains(t.Key)).Select(t => (Incident: t.Value, Case: run.State.Surviving(run.State.Signal(t.Key)!.CaseId!)!.Id)).ToList();
        var scores = new List<double>();
        foreach (var (id, span) in spans)
        {
            var mine = placed.Where(p => p.Incident == id).ToList();
            var others = placed.Where(p => p.Incident != id && spans[p.Incident].From <= span.To && spans[p.Incident].To >= span.From).ToList();
            if (others.Count == 0 || mine.Count < 2) continue;
            var together = mine.GroupBy(m => m.Case).Sum(g => Pairs(g.Count())) / Pairs(mine.Count);
            var wrong = (double)mine.Sum(m => others.Count(o => o.Case == m.Case)) / (mine.Count * others.Count);
            scores.Add((together + 1 - wrong) / 2);
        }
        return scores.Count == 0 ? 1 : scores.Average();
    }

    static GroupingScore Measure(ReplayRun run, Dictionary<string, int> truth, HashSet<string> mixed, int lawful, int stopMerges, double top, double seen)
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
        var largestTrue = (double)Math.Max(lawful, sizes.Values.Max());
        var partition = string.Join('|', cases.Select(c => string.Join(',', c.Signals.Select(s => s.Id).Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal));
        return new(run.State.SignalCount, truth.Count, cases.Count, run.Merges, together == 0 ? 1 : right / together, right / sizes.Values.Sum(Pairs),
            rare == 0 ? 0 : (double)strangers / rare, cases.Max(c => c.Signals.Count) / largestTrue, cases.Max(c => c.Signals.Count(s => s.Rare)) / largestTrue,
            stopMerges, stopJoins, mixed.Count, top, seen, 1, 0, 0, partition, without);
    }

    static int Label(Dictionary<string, int> truth, string signal) => truth.GetValueOrDefault(signal);
    static double Pairs(int n) => n * (n - 1) / 2.0;
}
