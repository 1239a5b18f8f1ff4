using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Andon.Host.Access;
using Andon.Host.Demo;
using Andon.Host.Live;
using Andon.Model;

namespace Andon.Host.Cli;

/// <summary>
/// `andon demo`: the whole product on a fresh data folder, fed by an office of our own making through the real listeners.
/// The data folder goes away at the end, unless one was named.
/// </summary>
static class DemoVerb
{
    public static async Task<int> Run(string? data, string? http, string? syslog, CancellationToken stop)
    {
        var folder = data ?? Path.Combine(Path.GetTempPath(), $"andon-demo-{Environment.ProcessId}");
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
        var options = ServeOptions.Read(folder, config: null, http, syslog) with { Files = [webLog], AllowedHosts = [$"{firewall.Address.Host}:{firewall.Address.Port}"], DemoFirewall = firewall.Address };

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

        await Inventory(options, app.Services, stop);
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

    /// <summary>The office's inventory, one scan and what is known to be exploited.</summary>
    static Task Inventory(ServeOptions options, IServiceProvider services, CancellationToken stop) => Task.CompletedTask;
}
