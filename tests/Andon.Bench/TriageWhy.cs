using System.Globalization;
using Andon.Model;
using Andon.Tests.Triage.Generated;
using Andon.Triage.Cases;
using Andon.Triage.Grouping;
using Andon.Triage.Replay;
using Andon.Triage.Routing;
using Andon.Triage.Signals;

namespace Andon.Bench;

/// <summary>
/// Why a score is what it is: which ties made the largest case, which true pairs are apart and what they share, and what could be reached at
/// all by someone who knows the truth but may only tie signals that have something in common.
/// </summary>
static class TriageWhy
{
    public static int Run(string[] args, IReadOnlyList<(string Name, Func<int, int, IReadOnlyList<Labelled>> Make)> kinds)
    {
        var (seeds, first, estate, noise) = (Number(args[0]), Number(args[1]), args[2], Number(args[3]));
        var make = kinds.First(k => k.Name == estate).Make;
        var (ties, missed) = (new Dictionary<string, int>(), new Dictionary<string, double>());
        double reachable = 0, own = 0;
        for (var seed = first; seed < first + seeds; seed++) Tell(make(seed, noise), args.Length > 4, ties, missed, ref reachable, ref own);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{estate} x{noise}, seeds {first} to {first + seeds - 1}: recall that knowing the truth would reach {reachable / seeds:0.000} (one host, address … or one rule in common), without rules {own / seeds:0.000}"));
        Console.WriteLine("ties of the largest case, a seed:");
        foreach (var (tie, n) in ties.OrderByDescending(t => t.Value).Take(25)) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(double)n / seeds,6:0.0} {tie}"));
        Console.WriteLine("true pairs that are apart, share of all true pairs, mean of seeds:");
        foreach (var (what, n) in missed.OrderByDescending(t => t.Value).Take(25)) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {n / seeds,6:0.000} {what}"));
        return 0;
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    static void Tell(IReadOnlyList<Labelled> hits, bool inFull, Dictionary<string, int> ties, Dictionary<string, double> missed, ref double reachable, ref double own)
    {
        var run = new ReplayRun(DomainRules.None);
        var truth = new Dictionary<Signal, int>();
        var (mixed, lawful) = (new HashSet<Signal>(), new Dictionary<Signal, int>());
        Labelled now = hits[0];
        run.Placed = (_, signal) =>
        {
            if (now.Lawful > 0) lawful.TryAdd(signal, now.Lawful);
            if (now.Incident > 0 && !truth.TryAdd(signal, now.Incident) && truth[signal] != now.Incident) mixed.Add(signal);
        };
        foreach (var hit in hits)
        {
            now = hit;
            run.Take(hit.Hit);
        }
        foreach (var signal in mixed) truth.Remove(signal);

        var big = run.State.OpenCases().MaxBy(c => c.Signals.Count)!;
        foreach (var s in big.Signals)
        {
            var via = s.Join is null ? "opens" : s.Join.Via.StartsWith("rule:", StringComparison.Ordinal) ? "sweep" : s.Join.Via[..s.Join.Via.IndexOf(':', StringComparison.Ordinal)];
            var what = truth.TryGetValue(s, out var i) ? "attack" : lawful.ContainsKey(s) ? "lawful story" : "noise";
            var day = (s.Opened.FirstMs - MadeEstate.StartMs) / 86_400_000;
            var tie = $"{(s.Rare ? "rare" : "usual"),-5} {what,-12} by {via}{(s.Join?.Text.Contains(", also", StringComparison.Ordinal) == true ? "+" : "")}, day {day}";
            ties[tie] = ties.GetValueOrDefault(tie) + 1;
        }

        if (inFull)
        {
            Console.WriteLine("the largest case:");
            foreach (var s in big.Signals) Console.WriteLine(Line(s, run));
            foreach (var incident in truth.GroupBy(t => t.Value))
            {
                Console.WriteLine($"incident {incident.Key}:");
                foreach (var s in incident.Select(t => t.Key).OrderBy(s => s.Opened.FirstMs)) Console.WriteLine(Line(s, run));
            }
        }
        var all = truth.GroupBy(t => t.Value).Sum(g => Pairs(g.Count()));
        foreach (var incident in truth.GroupBy(t => t.Value))
        {
            List<Signal> members = [.. incident.Select(t => t.Key)];
            foreach (var (a, b) in from i in Enumerable.Range(0, members.Count) from j in Enumerable.Range(i + 1, members.Count - i - 1) select (members[i], members[j]))
            {
                if (run.State.CaseOf(a) == run.State.CaseOf(b)) continue;
                var shares = string.Join('+', a.Entities.Where(e => Salience.Default.TypeWeight(e) > 0 && b.Entities.Exists(o => o.Key == e.Key)).Select(e => e.Kind.ToString().ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal));
                if (a.Opened.RuleId == b.Opened.RuleId) shares += "+rule";
                var gap = Math.Abs(a.Opened.FirstMs - b.Opened.FirstMs) / 60_000;
                var what = $"{(a.Rare && b.Rare ? "rare, rare" : a.Rare || b.Rare ? "rare, usual" : "usual, usual"),-12} share [{shares}], {(gap < 30 ? "< 30 min" : gap < 120 ? "< 2 h" : "more")}";
                missed[what] = missed.GetValueOrDefault(what) + 1 / all;
            }
        }
        reachable += Reach(truth, rules: true) / all;
        own += Reach(truth, rules: false) / all;
    }

    static string Line(Signal s, ReplayRun run) => string.Create(CultureInfo.InvariantCulture,
        $"  {(s.Opened.FirstMs - MadeEstate.StartMs) / 60_000,5} {run.State.CaseOf(s)?.Id,-6} u {s.Opened.Surprise:0.00} {(s.Rare ? "rare " : "usual")} {s.Opened.Title,-24} [{string.Join(' ', s.Entities.Select(e => e.Value.Length > 18 ? e.Value[..18] : e.Value))}] {s.Join?.Text}");

    /// <summary>Pairs of one incident that hang together by what its signals share, whatever their time.</summary>
    static double Reach(Dictionary<Signal, int> truth, bool rules)
    {
        double sum = 0;
        foreach (var incident in truth.GroupBy(t => t.Value))
        {
            List<Signal> members = [.. incident.Select(t => t.Key)];
            var group = Enumerable.Range(0, members.Count).ToArray();
            for (var i = 0; i < members.Count; i++)
                for (var j = 0; j < i; j++)
                    if (group[i] != group[j] && ((rules && members[i].Opened.RuleId == members[j].Opened.RuleId) || members[i].Entities.Exists(e => Salience.Default.TypeWeight(e) > 0 && members[j].Entities.Exists(o => o.Key == e.Key))))
                    {
                        var (from, to) = (group[i], group[j]);
                        for (var k = 0; k < group.Length; k++)
                            if (group[k] == from) group[k] = to;
                    }
            sum += group.GroupBy(g => g).Sum(g => Pairs(g.Count()));
        }
        return sum;
    }

    static double Pairs(int n) => n * (n - 1) / 2.0;
}
