using System.Diagnostics;
using System.Net.Http.Headers;
using Andon.Host.Access;
using Andon.Host.Demo;
using Andon.Host.Live;

namespace Andon.Host.Cli;

/// <summary>
/// `andon demo`: the whole product on a fresh data folder, fed by an office of our own making through the real listeners.
/// The data folder goes away at the end, unless one was named.
/// </summary>
static class DemoVerb
{
    public static async Task<int> Run(string? data, string? http, string? syslog, CancellationToken stop)
    {
        var folder = data ?? Directory.CreateTempSubdirectory("andon-demo-").FullName;
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Console.Error.WriteLine($"andon demo begins on a fresh data folder, and {folder} is not empty. Name another one with --data.");
            return 2;
        }
        try
        {
            return await Play(folder, http, syslog, stop);
        }
        finally
        {
            if (data is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    static async Task<int> Play(string folder, string? http, string? syslog, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        var webLog = Path.Combine(folder, "office", Office.WebServer, "access.log");
        Directory.CreateDirectory(Path.GetDirectoryName(webLog)!);
        await using var firewall = await OfficeFirewall.Start(stop);
        var options = ServeOptions.Read(folder, config: null, http, syslog) with { Files = [new(webLog, Tail: true, Format: "nginx", Host: Office.WebServer)], AllowedHosts = [$"{firewall.Address.Host}:{firewall.Address.Port}"], DemoFirewall = firewall.Address };

        SitePlaybook.Write(Path.Combine(folder, "playbooks"), firewall.Address, Wiring.Content().Path);
        await using var app = await Wiring.Build(options, TimeProvider.System, stop);
        var access = app.Services.GetRequiredService<AccessFile>();
        var password = Serve.FirstAccess(access);
        var token = AccessFile.NewSecret();
        access.SetToken("demo", token);
        await app.StartAsync(stop);

        var watch = Stopwatch.StartNew();
        Serve.Say($"andon: waiting for the event engine …");
        var house = app.Services.GetRequiredService<HouseBook>();
        while (!Readiness.Of(house).Ready)
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(60))
            {
                Serve.Say($"andon: still {Readiness.Of(house).Why} after 60 s; see the findings in the console");
                break;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, stop);
        }

        Console.WriteLine($"""

              console   http://{options.Http}
              name      admin
              password  {password ?? "(as set in ANDON_ADMIN_PASSWORD)"}

              Sign in and keep an eye on the board. Ctrl-C ends the demo and removes its data.

            """);

        await Inventory(options, password ?? Environment.GetEnvironmentVariable("ANDON_ADMIN_PASSWORD") ?? "", stop);
        using var feed = new DemoFeed(
            new(options.Syslog.Address.ToString(), options.Syslog.Port, new Uri($"http://{options.Http}"), token, webLog),
            TimeProvider.System,
            line => Serve.Say($"andon: {line}"));
        var playing = Keep(feed, stop);
        await app.WaitForShutdownAsync(stop);
        await playing;
        return 0;
    }

    static async Task Keep(DemoFeed feed, CancellationToken stop)
    {
        try
        {
            await feed.Run(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The demo was ended.
        }
        catch (Exception e) when (e is HttpRequestException or IOException or System.Net.Sockets.SocketException)
        {
            Serve.Say($"andon: the office fell silent: {e.Message}");
        }
    }

    /// <summary>The office's inventory, what is known to be exploited, and one scan, sent the way Operations would.</summary>
    static async Task Inventory(ServeOptions options, string password, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{options.Http}") };
        client.DefaultRequestHeaders.Add("X-Andon", "1");
        using var signedIn = await client.PostAsJsonAsync(new Uri("/api/session", UriKind.Relative), new { name = "admin", password }, stop);
        signedIn.EnsureSuccessStatusCode();
        var demo = Path.Combine(Wiring.Content().Path, "demo");
        foreach (var (path, file, type) in new[]
        {
            ("/api/exposure/inventory", "inventory.csv", "text/csv"),
            ("/api/exposure/kev", "kev-excerpt.json", "application/json"),
            ("/api/exposure/scan?asset=web01", "web01.trivy.json", "application/json"),
        })
        {
            using var content = new StreamContent(File.OpenRead(Path.Combine(demo, file)));
            content.Headers.ContentType = new MediaTypeHeaderValue(type);
            using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content, stop);
            answer.EnsureSuccessStatusCode();
        }
    }
}
