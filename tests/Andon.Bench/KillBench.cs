using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Andon.Bench;

/// <summary>
/// kill -9 in the middle of ingest, again and again: the main process and the engine worker in turn. A client posts documents with
/// numbers and writes down which were acknowledged. In the end every acknowledged one must be in the store, once. When its time is up it stops
/// killing and says how often it did; what it found stands for those.
/// </summary>
static class KillBench
{
    const int DocumentsARequest = 50;

    public static async Task<int> Run(string[] args, string root)
    {
        var kills = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50;
        var within = TimeSpan.FromMinutes(args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 12);
        var data = Directory.CreateTempSubdirectory("andon-kill-").FullName;
        using var andon = new AndonProcess(root, data, http: 18_420, syslog: 15_514);
        andon.Start();
        await andon.Ready(TimeSpan.FromSeconds(60));

        var dice = new Random(7);
        var acknowledged = new HashSet<int>();
        var sent = 0;
        var recoveries = new List<double>();
        var begun = Stopwatch.StartNew();
        var round = 0;
        for (; round < kills && begun.Elapsed < within; round++)
        {
            using var stop = new CancellationTokenSource();
            var client = Send(andon, round, () => sent += DocumentsARequest, acknowledged, stop.Token);
            await Task.Delay(dice.Next(150, 1200));
            var engine = round % 2 == 1;
            var watch = Stopwatch.StartNew();
            if (engine)
            {
                var id = andon.EngineId();
                if (id > 0) Process.GetProcessById(id).Kill();
                await Task.Delay(dice.Next(50, 400));
            }
            else
            {
                await andon.Kill();
                andon.Start();
            }
            await andon.Ready(TimeSpan.FromSeconds(60));
            recoveries.Add(watch.Elapsed.TotalSeconds);
            await stop.CancelAsync();
            await client;
            Console.Error.WriteLine($"kill {round + 1} of {kills} ({(engine ? "engine" : "main")}): {acknowledged.Count} acknowledged of {sent} sent, back after {recoveries[^1]:F1} s");
        }

        await andon.SignIn();
        var (lost, doubled, extra, stored) = await Audit(andon, acknowledged);
        recoveries.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"kills {round} of {kills} in {begun.Elapsed.TotalMinutes:F1} min, sent {sent}, acknowledged {acknowledged.Count}, stored {stored}, lost {lost}, doubled {doubled}, stored but never acknowledged {extra}; back in service median {recoveries[recoveries.Count / 2]:F1} s, worst {recoveries[^1]:F1} s"));
        await andon.Kill();
        Directory.Delete(data, recursive: true);
        return lost == 0 && doubled == 0 ? 0 : 1;
    }

    static async Task Send(AndonProcess andon, int round, Func<int> take, HashSet<int> acknowledged, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = andon.Client.BaseAddress, Timeout = TimeSpan.FromSeconds(10) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", AndonProcess.Token);
        while (!stop.IsCancellationRequested)
        {
            var last = take();
            var body = new StringBuilder();
            for (var n = last - DocumentsARequest; n < last; n++)
                body.Append("{\"create\":{\"_index\":\"kill\"}}\n").Append(CultureInfo.InvariantCulture, $"{{\"message\":\"kill test\",\"kill\":{{\"round\":{round},\"number\":{n}}}}}\n");
            try
            {
                using var content = new StringContent(body.ToString(), Encoding.UTF8, "application/x-ndjson");
                using var answer = await client.PostAsync(new Uri("/_bulk", UriKind.Relative), content, stop);
                if (!answer.IsSuccessStatusCode) continue;
                var items = JsonNode.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None))!["items"]!.AsArray();
                for (var i = 0; i < items.Count; i++)
                    if ((int?)items[i]!["create"]!["status"] == 201) acknowledged.Add(last - DocumentsARequest + i);
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
            {
                // Unknown outcome: the documents may be in, but nobody promised it. New ones get new numbers.
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    static async Task<(int Lost, int Doubled, int Extra, int Stored)> Audit(AndonProcess andon, HashSet<int> acknowledged)
    {
        var seen = new Dictionary<int, int>();
        var watch = Stopwatch.StartNew();
        while (true)
        {
            seen.Clear();
            var max = acknowledged.Count == 0 ? 0 : acknowledged.Max() + DocumentsARequest;
            for (var from = 0; from <= max; from += 5000)
            {
                var rows = (await andon.Search($"Events | where toint(['kill.number']) >= {from} and toint(['kill.number']) < {from + 5000} | project n = toint(['kill.number'])"))["rows"]!.AsArray();
                foreach (var row in rows)
                {
                    var n = (int)row![0]!.GetValue<double>();
                    seen[n] = seen.GetValueOrDefault(n) + 1;
                }
            }
            // What is acknowledged is on disk; the store may lag behind, but not for ever.
            if (acknowledged.All(seen.ContainsKey) || watch.Elapsed > TimeSpan.FromSeconds(60)) break;
            await Task.Delay(1000);
        }
        return (acknowledged.Count(n => !seen.ContainsKey(n)), seen.Values.Count(c => c > 1), seen.Keys.Count(n => !acknowledged.Contains(n)), seen.Values.Sum());
    }
}
