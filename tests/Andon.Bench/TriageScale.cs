using System.Diagnostics;
using System.Globalization;
using Andon.Model;
using Andon.Triage.Replay;
using Andon.Triage.Routing;

namespace Andon.Bench;

/// <summary>Many open cases: what a hit costs from its arrival to the new order; alerts a second in a mixed stream and in a storm; memory in both.</summary>
static class TriageScale
{
    const int Signals = 100_000, Hosts = 10_000, Rules = 60;
    const long Start = 1_772_438_400_000;

    public static int Run()
    {
        var (run, random, n) = (new ReplayRun(DomainRules.None), new Random(1), 0UL);
        Hit Next(int rule, int host, int user, long ms) => new(EventId.At(++n, 0), ms, ms, $"r{rule}", $"Rule {rule}", "", (Level)(1 + rule % 4), RuleQueue.Production, ["attack.t1059", "attack.execution"],
            $"syslog:h{host}:system.auth", [new(EntityKind.Host, $"h{host}", EntityRole.Target), new(EntityKind.User, $"u{user}"), new(EntityKind.Ip, $"203.0.113.{host % 250}", EntityRole.Actor)], NoFields, []);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Signals; i++) run.Take(Next(random.Next(Rules), random.Next(Hosts), random.Next(3000), Start + i * 4000L));
        var built = watch.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{run.State.SignalCount} signals, {run.State.OpenCases().Count()} open cases built in {built:0.0} s ({Signals / built:0} hits/s, each a new signal), heap {Heap()} MiB, {run.Facts} facts"));

        var times = new List<double>();
        for (var i = 0; i < 2000; i++)
        {
            var hit = Next(random.Next(Rules), random.Next(Hosts), random.Next(3000), Start + (Signals + i) * 4000L);
            var began = Stopwatch.GetTimestamp();
            run.Take(hit);
            _ = run.First(10);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hit to the new first ten of all open cases: median {times[1000]:0.00} ms, p99 {times[1980]:0.00} ms (goal 100)"));

        // As a house sees it: most alerts repeat what fired within the half hour, on few of the hosts; some are new.
        const int Mixed = 1_000_000;
        var now = Start + (Signals + 2000) * 4000L;
        var (signals, heap) = (run.State.SignalCount, Heap());
        watch.Restart();
        for (var i = 0; i < Mixed; i++)
        {
            var host = (int)(Hosts * Math.Pow(random.NextDouble(), 6));
            run.Take(Next(host * 7 % 5 + random.Next(6), host, host % 3000, now + i * 3L));
            if (i % 10_000 == 0) _ = run.First(10);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"mixed stream of {Mixed}: {Mixed / watch.Elapsed.TotalSeconds:0} alerts/s (goal 20,000), {run.State.SignalCount - signals} new signals among them, heap {heap} to {Heap()} MiB"));

        now += Mixed * 3L;
        const int Storm = 1_000_000;
        var before = Heap();
        watch.Restart();
        for (var i = 0; i < Storm; i++) run.Take(Next(1, 1, random.Next(3000), now + i));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"storm of one rule, {Storm}: {Storm / watch.Elapsed.TotalSeconds:0} alerts/s, heap {before} to {Heap()} MiB"));
        return 0;
    }

    static readonly IReadOnlyDictionary<string, string> NoFields = new Dictionary<string, string>();

    static long Heap() => GC.GetTotalMemory(forceFullCollection: true) >> 20;
}
