using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Andon.Host;
using Andon.Host.Access;
using Andon.Host.Cli;
using Andon.Store.Engine;
using Andon.Store.Records;
using Andon.Tests.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Tests.House;

/// <summary>The tests that run the real house: one after the other, and those that change nothing for others on a shared one.</summary>
[CollectionDefinition(Name)]
public sealed class RealHouses : ICollectionFixture<SharedHouse>
{
    public const string Name = "real houses";
}

/// <summary>One house for many tests; begun by the first that asks.</summary>
public sealed class SharedHouse : IAsyncDisposable
{
    RealHouse? house;

    public async Task<RealHouse> Get() => house ??= await RealHouse.Start();

    public ValueTask DisposeAsync() => house?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>The product as it ships (wiring, listeners, disk logs, engine worker, HTTP), in this process, on free loopback ports and a folder of its own.</summary>
public sealed class RealHouse : IAsyncDisposable
{
    public const string Password = "correct horse battery", Token = "token-of-the-tests";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    readonly WebApplication app;
    readonly bool ownsFolder;

    RealHouse(WebApplication app, string folder, bool ownsFolder, int syslogPort, HttpClient admin) =>
        (this.app, Folder, this.ownsFolder, SyslogPort, Admin) = (app, folder, ownsFolder, syslogPort, admin);

    public string Folder { get; }
    public int SyslogPort { get; }
    /// <summary>Signed in as admin.</summary>
    public HttpClient Admin { get; }
    public Uri Address => Admin.BaseAddress ?? throw new InvalidOperationException();
    public IServiceProvider Services => app.Services;
    internal AccessFile Access => Services.GetRequiredService<AccessFile>();
    public IRecordLog Records => Services.GetRequiredService<IRecordLog>();
    internal EngineSupervisor Engine => Services.GetRequiredService<EngineSupervisor>();
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Builds and starts it; waits until it says that it is ready. Skips the test where there is no engine.</summary>
    public static Task<RealHouse> Start(string? folder = null) => Start(folder, o => o);

    internal static async Task<RealHouse> Start(string? folder, Func<ServeOptions, ServeOptions> with)
    {
        EngineHouse.Require();
        var house = await Build(folder, EngineHouse.Options("/").Command, with);
        await Until(async () => (await house.Admin.GetAsync("/healthz", Stop)).StatusCode == HttpStatusCode.OK, "healthz says 200");
        return house;
    }

    /// <summary>Without an engine: for what needs none.</summary>
    public static Task<RealHouse> WithoutEngine() => Build(null, ["true"], o => o);

    static async Task<RealHouse> Build(string? folder, IReadOnlyList<string> engine, Func<ServeOptions, ServeOptions> with)
    {
        var at = folder ?? Directory.CreateTempSubdirectory("andon-house-").FullName;
        var port = FreePort();
        var app = await Wiring.Build(with(Options(at, port) with { EngineCommand = engine }), TimeProvider.System, Stop);
        var access = app.Services.GetRequiredService<AccessFile>();
        access.SetAccount("admin", Password, ["admin"]);
        access.SetToken("tests", Token);
        await app.StartAsync(Stop);
        var admin = await SignedIn(new(app.Urls.First()), "admin", Password);
        return new(app, at, ownsFolder: folder is null, port, admin);
    }

    internal static ServeOptions Options(string folder, int syslogPort) =>
        new(folder, new(IPAddress.Loopback, 0), new(IPAddress.Loopback, syslogPort), [], EventsUrl: null, AllowedHosts: []);

    /// <summary>Free for TCP and UDP alike.</summary>
    static int FreePort()
    {
        while (true)
        {
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
            try
            {
                using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                udp.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Another has it over UDP.
            }
        }
    }

    // People -----------------------------------------------------------------------------------------------------

    public static HttpClient Anonymous(Uri address) => new(new SocketsHttpHandler { UseCookies = true, AllowAutoRedirect = false }) { BaseAddress = address };

    static async Task<HttpClient> SignedIn(Uri address, string name, string password)
    {
        var client = Anonymous(address);
        client.DefaultRequestHeaders.Add("X-Andon", "1");
        await Json(await client.PostAsJsonAsync("/api/session", new { name, password }, Stop));
        return client;
    }

    /// <summary>A person with that role, signed in.</summary>
    public Task<HttpClient> Person(string role)
    {
        Access.SetAccount(role, Password, [role]);
        return SignedIn(Address, role, Password);
    }

    public static async Task<JsonElement> Json(HttpResponseMessage answer, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == expected, $"{answer.RequestMessage?.RequestUri?.PathAndQuery}: {(int)answer.StatusCode}, expected {(int)expected}: {(text.Length > 500 ? text[..500] : text)}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public async Task<JsonElement> Get(string path) => await Json(await Admin.GetAsync(path, Stop));

    public async Task<JsonElement> Post(string path, object body) => await Json(await Admin.PostAsJsonAsync(path, body, Stop));

    // Telemetry --------------------------------------------------------------------------------------------------

    public HttpRequestMessage BulkRequest(string body, string token = Token) => new(HttpMethod.Post, new Uri(Address, "/_bulk"))
    {
        Content = new StringContent(body, Encoding.UTF8, "application/x-ndjson"),
        Headers = { Authorization = new AuthenticationHeaderValue("ApiKey", token) },
    };

    /// <summary>Sends documents and returns how many were acknowledged.</summary>
    public async Task<int> Bulk(IEnumerable<string> documents)
    {
        var body = string.Concat(documents.Select(d => "{\"create\":{\"_index\":\"house\"}}\n" + d + "\n"));
        using var request = BulkRequest(body);
        var answer = await Json(await Admin.SendAsync(request, Stop));
        return answer.GetProperty("items").EnumerateArray().Count(i => i.GetProperty("create").GetProperty("status").GetInt32() == 201);
    }

    // Search -----------------------------------------------------------------------------------------------------

    public async Task<IReadOnlyList<Dictionary<string, JsonElement>>> Search(string kql)
    {
        var answer = await Post("/api/search", new { kql });
        var columns = answer.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("name").GetString() ?? "").ToList();
        return [.. answer.GetProperty("rows").EnumerateArray().Select(row => row.EnumerateArray().Select((v, i) => (columns[i], v)).ToDictionary(p => p.Item1, p => p.v))];
    }

    public async Task<long> Count(string kql) => (await Search(kql + " | count")) is [{ } row] ? row.Values.First().GetInt64() : 0;

    /// <summary>Waits until the event store has read everything that is in the record log.</summary>
    public Task Settled() => Until(async () =>
    {
        var house = await Get("/api/house");
        return house.GetProperty("engine").GetProperty("state").GetString() == "ready"
            && house.GetProperty("stages").EnumerateArray().All(s => s.GetProperty("lag").GetUInt64() == 0);
    }, "every stage has read everything");

    public static async Task Until(Func<Task<bool>> holds, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(watch.Elapsed < Patience, $"After {Patience.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s it still does not hold that {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
        }
    }

    /// <summary>Ends the program as a stop signal does; the folder stays.</summary>
    public async Task End()
    {
        Admin.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await End();
        if (ownsFolder) Directory.Delete(Folder, recursive: true);
    }
}
