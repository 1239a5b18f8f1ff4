using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Andon.Host.Demo;

/// <summary>Where the demo sends to.</summary>
sealed record DemoTargets(string SyslogHost, int SyslogPort, Uri Http, string Token, string WebLogFile);

/// <summary>
/// Plays the office through the real listeners: octet-counted syslog over TCP, syslog over UDP, Elasticsearch bulk requests with a
/// token, and a log file that Andon tails. First two past days in one go, then live, one second a second.
/// </summary>
sealed class DemoFeed(DemoTargets to, TimeProvider clock, Action<string> say) : IDisposable
{
    const int Seed = 20_26;
    const double HistoryPace = 0.06, LivePace = 4;
    /// <summary>The intrusion begins so long after the live part.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);

    readonly HttpClient http = new() { BaseAddress = to.Http };
    readonly UdpClient udp = new();
    readonly TcpClient tcp = new();

    public async Task Run(CancellationToken stop)
    {
        var office = new Office(Seed);
        await tcp.ConnectAsync(to.SyslogHost, to.SyslogPort, stop);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", to.Token);

        var now = clock.GetUtcNow();
        var history = new List<DemoLine>();
        var today = new DateTimeOffset(now.Date, TimeSpan.Zero);
        for (var at = today.AddDays(-2); at < now.AddMinutes(-1); at = at.AddSeconds(1))
            history.AddRange(office.Second(at, HistoryPace * Office.Busy(at)));
        say($"sending two past days of the office: {history.Count.ToString("N0", CultureInfo.InvariantCulture)} lines …");
        foreach (var chunk in history.OrderBy(l => l.At).Chunk(500)) await Send(chunk, stop);

        var start = clock.GetUtcNow();
        var planned = new Queue<DemoLine>(Intrusion.Lines(office, start + Quiet).OrderBy(l => l.At));
        say("the office is live; something happens in about half a minute …");
        for (var second = start; !stop.IsCancellationRequested; second = second.AddSeconds(1))
        {
            var until = second.AddSeconds(1);
            var lines = office.Second(second, LivePace).ToList();
            while (planned.TryPeek(out var next) && next.At < until) lines.Add(planned.Dequeue());
            await Send(lines.OrderBy(l => l.At).ToList(), stop);
            var rest = until - clock.GetUtcNow();
            if (rest > TimeSpan.Zero) await Task.Delay(rest, clock, stop);
        }
    }

    async Task Send(IReadOnlyList<DemoLine> lines, CancellationToken stop)
    {
        var stream = new StringBuilder();
        var bulk = new StringBuilder();
        var file = new StringBuilder();
        foreach (var line in lines)
            switch (line.Road)
            {
                case DemoRoad.SyslogTcp:
                    stream.Append(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(line.Text)} {line.Text}");
                    break;
                case DemoRoad.SyslogUdp:
                    await udp.SendAsync(Encoding.UTF8.GetBytes(line.Text), to.SyslogHost, to.SyslogPort, stop);
                    break;
                case DemoRoad.Bulk:
                    bulk.Append("{\"create\":{\"_index\":\"winlogbeat\"}}\n").Append(line.Text).Append('\n');
                    break;
                case DemoRoad.File:
                    file.Append(line.Text).Append('\n');
                    break;
            }
        if (stream.Length > 0) await tcp.GetStream().WriteAsync(Encoding.UTF8.GetBytes(stream.ToString()), stop);
        if (file.Length > 0) await File.AppendAllTextAsync(to.WebLogFile, file.ToString(), stop);
        if (bulk.Length > 0) await PostBulk(bulk.ToString(), stop);
    }

    async Task PostBulk(string body, CancellationToken stop)
    {
        while (true)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/x-ndjson");
            using var answer = await http.PostAsync(new Uri("/_bulk", UriKind.Relative), content, stop);
            // 429 is the listener's way to say "not now"; a shipper waits and sends the same again.
            if ((int)answer.StatusCode != 429)
            {
                answer.EnsureSuccessStatusCode();
                return;
            }
            await Task.Delay(TimeSpan.FromSeconds(1), clock, stop);
        }
    }

    public void Dispose()
    {
        http.Dispose();
        udp.Dispose();
        tcp.Dispose();
    }
}
