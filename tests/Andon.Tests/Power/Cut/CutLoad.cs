using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Andon.Tests.Power.Cut;

/// <summary>Senders at every door that acknowledges, a program that writes a followed file, and a person who changes things: all write down what they were promised.</summary>
sealed class CutLoad(CutHouse house, CutBook book, Random dice)
{
    const string Channel = "18654b28-2d5d-4d11-9c5e-7a8d2f0b5a11";
    readonly Lock gate = new();

    int Next(int min, int max) { lock (gate) return dice.Next(min, max); }

    public async Task Run(TimeSpan time, bool people, bool anew)
    {
        using var stop = new CancellationTokenSource(time);
        Func<CancellationToken, Task>[] clients = [Hec, Bulk, Otlp, Relp, Beats, File, .. people ? [Person] : (Func<CancellationToken, Task>[])[], .. anew ? [Anew] : (Func<CancellationToken, Task>[])[]];
        await Task.WhenAll(clients.Select(c => Task.Run(() => Until(c, stop.Token), CancellationToken.None)));
    }

    // A client whose house died or refused has heard nothing more.
    static async Task Until(Func<CancellationToken, Task> client, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await client(stop);
            }
            catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException or SocketException)
            {
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    (int First, List<int> Numbers) Some(int max)
    {
        var count = Next(1, max);
        var first = book.Take(count);
        return (first, [.. Enumerable.Range(first, count)]);
    }

    // From a word to a few kilobytes: frames that lie across sectors.
    string Text(int number) => CutBook.Line(number) + new string((char)('a' + number % 26), Next(0, 12) == 0 ? Next(500, 6000) : Next(0, 200));

    async Task Hec(CancellationToken stop)
    {
        using var client = house.Sender();
        client.DefaultRequestHeaders.Add("X-Splunk-Request-Channel", Channel);
        while (!stop.IsCancellationRequested)
        {
            var (_, numbers) = Some(12);
            using var body = new StringContent(string.Concat(numbers.Select(n => $"{{\"event\":\"{Text(n)}\"}}")));
            using var answer = await client.PostAsync("/services/collector/event", body, stop);
            if (answer.StatusCode != HttpStatusCode.OK) continue;
            var id = (long)JsonNode.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None))!["ackId"]!;
            using var asked = await client.PostAsJsonAsync("/services/collector/ack", new { acks = new[] { id } }, stop);
            if ((bool)JsonNode.Parse(await asked.Content.ReadAsStringAsync(CancellationToken.None))!["acks"]![id.ToString(CultureInfo.InvariantCulture)]!) book.Acknowledge("hec", numbers);
        }
    }

    async Task Bulk(CancellationToken stop)
    {
        using var client = house.Sender();
        client.DefaultRequestHeaders.Remove("Authorization");
        client.DefaultRequestHeaders.Add("Authorization", "ApiKey " + CutHouse.Token);
        while (!stop.IsCancellationRequested)
        {
            var (first, numbers) = Some(40);
            using var body = new StringContent(string.Concat(numbers.Select(n => $"{{\"create\":{{\"_index\":\"cut\"}}}}\n{{\"message\":\"{Text(n)}\"}}\n")), Encoding.UTF8, "application/x-ndjson");
            using var answer = await client.PostAsync("/_bulk", body, stop);
            if (!answer.IsSuccessStatusCode) continue;
            var items = JsonNode.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None))!["items"]!.AsArray();
            book.Acknowledge("bulk", items.Select((item, i) => (item, i)).Where(x => (int?)x.item!["create"]!["status"] == 201).Select(x => first + x.i));
        }
    }

    async Task Otlp(CancellationToken stop)
    {
        using var client = house.Sender();
        while (!stop.IsCancellationRequested)
        {
            var (_, numbers) = Some(8);
            var records = string.Join(',', numbers.Select(n => $"{{\"body\":{{\"stringValue\":\"{Text(n)}\"}}}}"));
            using var body = new StringContent($"{{\"resourceLogs\":[{{\"scopeLogs\":[{{\"logRecords\":[{records}]}}]}}]}}", Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync("/v1/logs", body, stop);
            if (answer.StatusCode == HttpStatusCode.OK) book.Acknowledge("otlp", numbers);
        }
    }

    async Task Relp(CancellationToken stop)
    {
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, house.Relp, stop);
        await using var stream = socket.GetStream();
        using var lines = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        async Task Say(int number, string command, string data) => await stream.WriteAsync(Encoding.ASCII.GetBytes($"{number} {command} {data.Length} {data}\n"), stop);
        await Say(1, "open", "relp_version=0\nrelp_software=tests\ncommands=syslog");
        while (await lines.ReadLineAsync(stop) is { } line && line != "commands=syslog") { }
        for (var frame = 2; !stop.IsCancellationRequested;)
        {
            var (_, numbers) = Some(20);
            var from = frame;
            foreach (var number in numbers) await Say(frame++, "syslog", "<13>" + Text(number));
            for (var i = 0; i < numbers.Count; i++)
            {
                var line = await lines.ReadLineAsync(stop) ?? throw new IOException("The house went away.");
                if (line.EndsWith("rsp 6 200 OK", StringComparison.Ordinal)) book.Acknowledge("relp", [numbers[int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture) - from]]);
            }
        }
    }

    async Task Beats(CancellationToken stop)
    {
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, house.Lumberjack, stop);
        await using var stream = socket.GetStream();
        while (!stop.IsCancellationRequested)
        {
            var (_, numbers) = Some(16);
            using var frames = new MemoryStream();
            frames.Write([(byte)'2', (byte)'W', .. Number(numbers.Count)]);
            for (var i = 0; i < numbers.Count; i++)
            {
                var text = Encoding.UTF8.GetBytes($"{{\"message\":\"{Text(numbers[i])}\"}}");
                frames.Write([(byte)'2', (byte)'J', .. Number(i + 1), .. Number(text.Length), .. text]);
            }
            await stream.WriteAsync(frames.ToArray(), stop);
            var answer = new byte[6];
            for (var kept = 0; kept < numbers.Count;)
            {
                await stream.ReadExactlyAsync(answer, stop);
                var upTo = (answer[2] << 24) | (answer[3] << 16) | (answer[4] << 8) | answer[5];
                book.Acknowledge("lumberjack", numbers.Skip(kept).Take(upTo - kept));
                kept = Math.Max(kept, upTo);
            }
        }

        static byte[] Number(int n) => [(byte)(n >> 24), (byte)(n >> 16), (byte)(n >> 8), (byte)n];
    }

    // The file is not the house's and survives: each of its lines is owed as soon as it stands there.
    async Task File(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var (_, numbers) = Some(20);
            await System.IO.File.AppendAllTextAsync(house.Followed, string.Concat(numbers.Select(n => Text(n) + "\n")), CancellationToken.None);
            book.Acknowledge("file", numbers);
            await Task.Delay(Next(5, 60), stop);
        }
    }

    // Rows go and come back under the same ids all the time: none may stay away, none may stand twice.
    async Task Anew(CancellationToken stop)
    {
        using var person = await house.Person();
        while (!stop.IsCancellationRequested)
        {
            using (var answer = await person.PostAsJsonAsync("/api/keep/reparse", new { fromMs = 0, toMs = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds(), why = "cut" }, stop))
                if (!answer.IsSuccessStatusCode && answer.StatusCode is not (HttpStatusCode.Conflict or HttpStatusCode.BadRequest or HttpStatusCode.ServiceUnavailable))
                    throw new InvalidOperationException($"reparse: {await answer.Content.ReadAsStringAsync(CancellationToken.None)}");
            await Task.Delay(Next(50, 400), stop);
        }
    }

    async Task Person(CancellationToken stop)
    {
        using var person = await house.Person();
        while (!stop.IsCancellationRequested)
        {
            var mark = $"mark{book.Take(1)}x";
            // A rule is a file and a fact; a search is a fact only.
            var rule = Next(0, 12) == 0;
            var path = rule ? "/api/rules/import?why=cut" : "/api/searches";
            HttpContent body = rule
                ? new StringContent($"title: {mark}\nid: {Guid.NewGuid()}\nstatus: experimental\nlogsource:\n  product: linux\n  service: sshd\ndetection:\n  a:\n    message|contains: {mark}\n  condition: a\n", Encoding.UTF8, "text/yaml")
                : JsonContent.Create(new { name = mark, kql = "Events | take 1", version = 0, why = "cut" });
            using (body)
            using (var answer = await person.PostAsync(path, body, stop))
                if (answer.IsSuccessStatusCode) book.Answer(rule ? "/api/rules" : "/api/searches", mark);
                else if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound) throw new InvalidOperationException($"{path}: {await answer.Content.ReadAsStringAsync(CancellationToken.None)}");
            await Task.Delay(Next(10, 80), stop);
        }
    }
}
