using System.Net;
using Andon.Host.Live;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Query;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Host.Cli;

/// <summary>`andon search`: asks a running Andon, or opens the data folder of one that is not running.</summary>
static class SearchVerb
{
    public static Task<int> Run(QueryCliOptions query, string? data, Uri? server, CancellationToken stop) =>
        server is not null ? Remote(query, server, stop)
        : data is not null ? Local(query, data, stop)
        : Remote(query, new Uri($"http://{ServeOptions.DefaultHttp}"), stop);

    static async Task<int> Remote(QueryCliOptions query, Uri server, CancellationToken stop)
    {
        using var handler = new SocketsHttpHandler { CookieContainer = new CookieContainer() };
        using var client = new HttpClient(handler) { BaseAddress = server.AbsoluteUri.EndsWith('/') ? server : new Uri($"{server.AbsoluteUri}/") };
        client.DefaultRequestHeaders.Add("X-Andon", "1");
        var password = Environment.GetEnvironmentVariable("ANDON_ADMIN_PASSWORD");
        if (string.IsNullOrEmpty(password))
        {
            await Console.Error.WriteLineAsync("andon search: set ANDON_ADMIN_PASSWORD (and ANDON_USER for another name) to sign in to the server.");
            return 2;
        }
        using var signedIn = await client.PostAsJsonAsync("api/session", new { name = Environment.GetEnvironmentVariable("ANDON_USER") ?? "admin", password }, stop);
        if (!signedIn.IsSuccessStatusCode)
        {
            await Console.Error.WriteLineAsync($"andon search: {server} refused the sign-in ({(int)signedIn.StatusCode}).");
            return 1;
        }
        if (query.Explain) return await QueryCli.RunExplain(query, (ask, token) => QueryCli.RemoteExplain(client, ask, token), Console.Out, Console.Error, stop);
        return await QueryCli.Run(query, (ask, token) => QueryCli.Remote(client, ask, token), Console.Out, Console.Error, stop);
    }

    static async Task<int> Local(QueryCliOptions query, string data, CancellationToken stop)
    {
        var folder = Path.Combine(Path.GetFullPath(data), "events");
        if (!Directory.Exists(folder))
        {
            await Console.Error.WriteLineAsync($"andon search: {data} holds no events.");
            return 2;
        }
        var findings = new FindingList();
        using var engine = new EngineSupervisor(
            new EngineOptions { DataFolder = folder, Command = EngineOptions.ThisProgram() }, findings, TimeProvider.System, NullLogger<EngineSupervisor>.Instance);
        await engine.StartAsync(stop);
        try
        {
            var store = new EventStore(engine, new EventStoreOptions(), TimeProvider.System);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(TimeSpan.FromSeconds(30));
            try
            {
                await store.Ready(patience.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                foreach (var finding in findings.All) await Console.Error.WriteLineAsync(finding.ToString());
                await Console.Error.WriteLineAsync("andon search: the event engine does not open this folder; if Andon is running on it, ask it with --server.");
                return 1;
            }
            var asked = new QueryEngine(store, TimeProvider.System);
            if (query.Explain) return await QueryCli.RunExplain(query, asked.Explain, Console.Out, Console.Error, stop);
            return await QueryCli.Run(query, asked.Search, Console.Out, Console.Error, stop);
        }
        finally
        {
            await engine.StopAsync(CancellationToken.None);
        }
    }
}
