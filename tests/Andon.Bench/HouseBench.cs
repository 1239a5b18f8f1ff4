using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Andon.Bench;

/// <summary>The whole program with one million generated events: memory at rest and after, rate, lag, time to each screen's first answer.</summary>
static class HouseBench
{
    public static async Task<int> Run(string[] args, string root)
    {
        var events = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        var data = Directory.CreateTempSubdirectory("andon-house-").FullName;
        using var andon = new AndonProcess(root, data, http: 18_421, syslog: 15_515);
        andon.Start();
        var ready = await andon.Ready(TimeSpan.FromSeconds(60));
        await andon.SignIn();
        await Task.Delay(TimeSpan.FromSeconds(3));
        Print($"ready after {ready.TotalSeconds:F1} s; at rest: {Memory(andon)}");

        var cpu = CpuSeconds(andon.Id);
        var engineCpu = CpuSeconds(andon.EngineId());
        var watch = Stopwatch.StartNew();
        using var sender = new BulkSender(andon.Client.BaseAddress!, AndonProcess.Token);
        var dice = new Random(11);
        for (var n = 0; n < events; n++) await sender.Add(Document(dice, n));
        await sender.Flush();
        var acknowledged = watch.Elapsed;
        await CaughtUp(andon, sender.Sent);
        Print($"{sender.Sent:N0} events, {sender.Bytes / 1e6:F0} MB: acknowledged in {acknowledged.TotalSeconds:F1} s ({sender.Sent / acknowledged.TotalSeconds:N0}/s), everything stored and matched after {watch.Elapsed.TotalSeconds:F1} s; pushed back {sender.PushedBack} times");
        Print($"CPU: main {CpuSeconds(andon.Id) - cpu:F1} s, engine {CpuSeconds(andon.EngineId()) - engineCpu:F1} s; {sender.Sent / (CpuSeconds(andon.Id) - cpu + CpuSeconds(andon.EngineId()) - engineCpu):N0} events per CPU second");
        Print($"after: {Memory(andon)}");

        foreach (var screen in new[] { "/api/board", "/api/cases?state=open", "/api/sources", "/api/rules", "/api/measures", "/api/gaps", "/api/playbooks", "/api/exposure/windows", "/api/house" })
        {
            var times = new List<double>();
            for (var i = 0; i < 5; i++)
            {
                var one = Stopwatch.StartNew();
                await andon.Get(screen);
                times.Add(one.Elapsed.TotalMilliseconds);
            }
            Print($"{screen}: first {times[0]:F0} ms, median {times.Order().ElementAt(2):F0} ms");
        }
        foreach (var kql in new[] { "Events | take 100", "Events | where event.outcome == \"failure\" | summarize n = count() by host.name | top 10 by n", "Events | where message has \"needle4711\" | take 100" })
        {
            var one = Stopwatch.StartNew();
            var answer = await andon.Search(kql);
            Print($"{kql}: {one.Elapsed.TotalMilliseconds:F0} ms, {answer["rows"]!.AsArray().Count} rows, {answer["stats"]!.ToJsonString()}");
        }
        await andon.Kill();
        Print($"disk: {new DirectoryInfo(data).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length) / 1e6:F0} MB for {sender.Bytes / 1e6:F0} MB of raw");
        Directory.Delete(data, recursive: true);
        return 0;
    }

    /// <summary>Waits until every stage is level with the record log.</summary>
    public static async Task CaughtUp(AndonProcess andon, long records)
    {
        while (true)
        {
            var house = await andon.Get("/api/house");
            var lag = house["stages"]!.AsArray().Max(s => s!["lag"]!.GetValue<double>());
            if (house["records"]!.GetValue<double>() >= records && lag <= 0) return;
            await Task.Delay(250);
        }
    }

    public static double CpuSeconds(int id)
    {
        var text = File.ReadAllText($"/proc/{id}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / 100;
    }

    static string Memory(AndonProcess andon) =>
        string.Create(CultureInfo.InvariantCulture, $"main {AndonProcess.MemoryOf(andon.Id) / 1e6:F0} MB, engine {AndonProcess.MemoryOf(andon.EngineId()) / 1e6:F0} MB resident");

    static string Document(Random dice, int n)
    {
        var host = $"host{dice.Next(200):D3}";
        var ms = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return (n % 4) switch
        {
            0 => $"{{\"@timestamp\":\"{ms}\",\"message\":\"session {dice.Next()} opened needle{dice.Next(1_000_000)}\",\"host\":{{\"name\":\"{host}\"}},\"event\":{{\"action\":\"session-opened\",\"outcome\":\"success\"}},\"user\":{{\"name\":\"user{dice.Next(500)}\"}}}}",
            1 => $"{{\"EventTime\":\"{ms}\",\"Hostname\":\"{host}\",\"Channel\":\"Security\",\"EventID\":4624,\"SourceName\":\"Microsoft-Windows-Security-Auditing\",\"TargetUserName\":\"user{dice.Next(500)}\",\"LogonType\":\"3\",\"IpAddress\":\"10.{dice.Next(4)}.{dice.Next(256)}.{dice.Next(256)}\",\"TargetLogonId\":\"0x{dice.Next():x}\"}}",
            2 => $"{{\"EventTime\":\"{ms}\",\"Hostname\":\"{host}\",\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"EventID\":1,\"SourceName\":\"Microsoft-Windows-Sysmon\",\"Image\":\"C:\\\\Windows\\\\System32\\\\svchost.exe\",\"CommandLine\":\"svchost.exe -k netsvcs -p -s {dice.Next(9999)}\",\"ParentImage\":\"C:\\\\Windows\\\\System32\\\\services.exe\",\"ProcessId\":\"{dice.Next(9999)}\",\"User\":\"NT AUTHORITY\\\\SYSTEM\"}}",
            _ => $"{{\"@timestamp\":\"{ms}\",\"host\":{{\"name\":\"{host}\"}},\"source\":{{\"ip\":\"198.51.100.{dice.Next(256)}\",\"port\":{dice.Next(1024, 65535)}}},\"http\":{{\"request\":{{\"method\":\"GET\"}},\"response\":{{\"status_code\":{(dice.Next(20) == 0 ? 404 : 200)}}}}},\"url\":{{\"original\":\"/products/{dice.Next(5000)}?ref={dice.Next()}\"}},\"event\":{{\"outcome\":\"{(dice.Next(20) == 0 ? "failure" : "success")}\"}}}}",
        };
    }

    static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
