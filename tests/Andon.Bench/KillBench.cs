using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Andon.Bench;

/// <summary>
/// kill -9 in the middle of ingest, again and again: the main process and the engine worker in turn. A client posts documents with
/// numbers and writes down which were acknowledged. After every <see cref="KillsAnAudit"/> kills, when the time is up and at Ctrl-C the store is asked:
/// every acknowledged document must be there, once. The house and the figures stay in .run/kill, so that the next run goes on where this one ended.
/// </summary>
static class KillBench
{
    const int DocumentsARequest = 50, KillsAnAudit = 20, NumbersAPage = 5000;

    public static async Task<int> Run(string[] args, string root)
    {
        var folder = Path.Combine(root, ".run", "kill");
        if (args.Contains("--fresh", StringComparer.Ordinal) && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        args = [.. args.Where(a => a != "--fresh")];
        var kills = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50;
        var within = TimeSpan.FromMinutes(args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 12);
        Directory.CreateDirectory(folder);
        var book = KillBook.Open(Path.Combine(folder, "book.json"));
        if (book.Kills > 0) Console.Error.WriteLine($"going on after: {book}");
        var enough = false;
        Console.CancelKeyPress += (_, e) => (e.Cancel, enough) = (true, true);
        using var andon = new AndonProcess(root, Path.Combine(folder, "data"), http: 18_420, syslog: 15_514);
        andon.Start();
        await andon.Ready(TimeSpan.FromSeconds(60));

        var dice = new Random(7 + book.Kills);
        var recoveries = new List<double>();
        var begun = Stopwatch.StartNew();
        for (var round = 0; round < kills && begun.Elapsed < within && !Volatile.Read(ref enough); round++)
        {
            using var stop = new CancellationTokenSource();
            var client = Send(andon, book, stop.Token);
            await Task.Delay(dice.Next(150, 1200));
            var engine = book.Kills % 2 == 1;
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
            book.Kills++;
            book.Save();
            Console.Error.WriteLine($"kill {round + 1} of {kills} ({(engine ? "engine" : "main")}): {book.Waiting.Count} acknowledged since the last audit, back after {recoveries[^1]:F1} s");
            if (book.Kills % KillsAnAudit == 0) await Audit(andon, book);
        }
        await Audit(andon, book);
        recoveries.Sort();
        if (recoveries.Count > 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{recoveries.Count} kills in {begun.Elapsed.TotalMinutes:F1} min; back in service median {recoveries[recoveries.Count / 2]:F1} s, worst {recoveries[^1]:F1} s"));
        await andon.Kill();
        return book is { Lost: 0, Doubled: 0 } ? 0 : 1;
    }

    static async Task Send(AndonProcess andon, KillBook book, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = andon.Client.BaseAddress, Timeout = TimeSpan.FromSeconds(10) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", AndonProcess.Token);
        while (!stop.IsCancellationRequested)
        {
            var first = book.Sent;
            book.Sent += DocumentsARequest;
            var body = new StringBuilder();
            for (var n = first; n < book.Sent; n++)
                body.Append("{\"create\":{\"_index\":\"kill\"}}\n").Append(CultureInfo.InvariantCulture, $"{{\"message\":\"kill test\",\"kill\":{{\"number\":{n}}}}}\n");
            try
            {
                using var content = new StringContent(body.ToString(), Encoding.UTF8, "application/x-ndjson");
                using var answer = await client.PostAsync(new Uri("/_bulk", UriKind.Relative), content, stop);
                if (!answer.IsSuccessStatusCode) continue;
                var items = JsonNode.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None))!["items"]!.AsArray();
                for (var i = 0; i < items.Count; i++)
                    if ((int?)items[i]!["create"]!["status"] == 201) book.Waiting.Add(first + i);
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
            {
                // Unknown outcome: the documents may be in, but nobody promised it. New ones get new numbers.
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    /// <summary>Asks for every number since the last audit, and then whether what was found before still stands once.</summary>
    static async Task Audit(AndonProcess andon, KillBook book)
    {
        await andon.SignIn();
        var seen = new HashSet<int>();
        var watch = Stopwatch.StartNew();
        while (true)
        {
            seen.Clear();
            for (var from = book.Audited; from < book.Sent; from += NumbersAPage)
                foreach (var row in (await andon.Search($"Events | where toint(['kill.number']) >= {from} and toint(['kill.number']) < {Math.Min(book.Sent, from + NumbersAPage)} | summarize c = count() by n = toint(['kill.number']) | project n"))["rows"]!.AsArray())
                    seen.Add((int)row![0]!.GetValue<double>());
            // What is acknowledged is on disk; the store may lag behind, but not for ever.
            if (seen.IsSupersetOf(book.Waiting) || watch.Elapsed > TimeSpan.FromSeconds(60)) break;
            await Task.Delay(1000);
        }
        var missing = book.Waiting.Count(n => !seen.Contains(n));
        book.Acknowledged += book.Waiting.Count;
        book.Unpromised += seen.Count - (book.Waiting.Count - missing);
        var all = (await andon.Search("Events | where isnotnull(toint(['kill.number'])) | summarize c = count() by n = toint(['kill.number']) | summarize found = count(), rows = sum(c), doubled = countif(c > 1)"))["rows"]![0]!;
        var found = (long)all[0]!.GetValue<double>();
        book.Doubled = (long)all[2]!.GetValue<double>();
        // Lost before, lost now, and what an earlier audit found and this one does not.
        book.Missing += missing;
        book.Lost = Math.Max(book.Missing, book.Acknowledged + book.Unpromised - found);
        book.FoundOnce = found - book.Doubled;
        (book.Audited, book.Waiting) = (book.Sent, []);
        book.Save();
        Console.WriteLine(book);
    }
}
