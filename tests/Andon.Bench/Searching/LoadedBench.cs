using System.Diagnostics;
using System.Globalization;
using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Query;

namespace Andon.Bench.Searching;

/// <summary>Ingest while people search: events are offered at a steady rate, searches loop; what share of the rate holds, and how long each waits.</summary>
static class LoadedBench
{
    const int BatchRows = 10_000;

    static readonly string[] Loop =
    [
        $"Events | where event.original has '{MadeLogs.RareUnit}' | project timestamp, host.name",
        "Events | summarize n = count() by bin(timestamp, 1h), event.dataset",
        "Events | where host.name == 'lnx7' | top 200 by timestamp desc | project timestamp, event.original",
        "Events | where event.outcome == 'failure' | summarize n = count() by source.ip | top 20 by n",
    ];

    public static async Task Run(EventStore store, QueryEngine queries, int perSecond, int seconds, int users)
    {
        foreach (var searching in (int[])[0, 4, users]) await Once(store, queries, perSecond, seconds, searching);
    }

    static async Task Once(EventStore store, QueryEngine queries, int perSecond, int seconds, int searching)
    {
        using var end = new CancellationTokenSource();
        var waits = new List<double>[Loop.Length];
        for (var i = 0; i < waits.Length; i++) waits[i] = [];
        var refused = 0;
        var loops = Enumerable.Range(0, searching).Select(user => Task.Run(async () =>
        {
            for (var i = user; !end.IsCancellationRequested; i++)
            {
                var began = Stopwatch.GetTimestamp();
                try
                {
                    await queries.Search(new(Loop[i % Loop.Length]), end.Token);
                    lock (waits) waits[i % Loop.Length].Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }
                catch (OperationCanceledException) { return; }
                catch (QueryRefusedException refusal) when (refusal.Passing) { Interlocked.Increment(ref refused); }
            }
        })).ToList();

        var normaliser = new Normaliser(new(Path.Combine(AppContext.BaseDirectory, "content")));
        var made = new MadeLogs(perSecond * seconds, seed: 100 + searching);
        var address = await store.Client.Engine.Ready(default);
        var inserts = new List<double>();
        var began = Stopwatch.GetTimestamp();
        var done = 0;
        using var cut = new EventCut();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds && done < perSecond * seconds)
        {
            var due = done / (double)perSecond - Stopwatch.GetElapsedTime(began).TotalSeconds;
            if (due > 0) await Task.Delay(TimeSpan.FromSeconds(due));
            var at = Stopwatch.GetTimestamp();
            using var batch = normaliser.Normalise([.. Enumerable.Range(done, BatchRows).Select(n => made.Next(n) with { Position = (ulong)(1_000_000_000L * (1 + searching) + n) })]);
            cut.Begin(batch[0].Id.Position);
            cut.Add(batch, ulong.MaxValue, without: null);
            foreach (var (_, day) in cut.Days)
            {
                using var content = day.Block.AsContent();
                await store.Client.Insert(address, EventTables.Events.InsertSql, "", content, default);
            }
            inserts.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            done += BatchRows;
        }
        var rate = done / Stopwatch.GetElapsedTime(began).TotalSeconds;
        await end.CancelAsync();
        await Task.WhenAll(loops);
        inserts.Sort();
        Console.WriteLine(PeerFiles.Text($"{searching,2} searching  {rate,8:0} events/s of {perSecond} = {rate / perSecond:0.00}; batch of {BatchRows} p50 {inserts[inserts.Count / 2]:0} ms, most {inserts[^1]:0}; searches {waits.Sum(w => w.Count) / (double)seconds:0.0} a second, p50 ms {string.Join(" ", waits.Where(w => w.Count > 0).Select(w => w.Order().ElementAt(w.Count / 2).ToString("0", CultureInfo.InvariantCulture)))}, refused {refused}"));
    }
}
