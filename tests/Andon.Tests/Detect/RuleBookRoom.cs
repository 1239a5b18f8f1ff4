using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Andon.Detect;
using Andon.Detect.RuleBook;
using Andon.Detect.Stage;
using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Andon.Tests.Detect;

/// <summary>The room as it stands in the house: stage, rule book and slices over logs in memory, on a loopback port.</summary>
public abstract class RuleBookRoom : IAsyncLifetime
{
    protected const string Shipped = """
        title: Failed login
        id: 22222222-2222-4222-8222-222222222222
        status: test
        author: Anna
        level: medium
        tags: [attack.t1110]
        logsource: { product: linux, service: sshd }
        detection: { s: { event.outcome: failure }, condition: s }
        """;
    protected const string Imported = """
        title: Any login
        id: 33333333-3333-4333-8333-333333333333
        level: low
        logsource: { product: linux, service: sshd }
        detection: { s: { process.name: sshd }, condition: s }
        """;
    protected const string Line = "<38>Mar  2 08:00:01 Web01 sshd[812]: Failed password for root from 203.0.113.7 port 40022 ssh2";

    protected const string ShippedId = "22222222-2222-4222-8222-222222222222", ImportedId = "33333333-3333-4333-8333-333333333333";

    readonly string folder = Path.Combine(Path.GetTempPath(), $"andon-detect-{Guid.NewGuid():N}");
    readonly MemoryRecordLog telemetry = new(), hitRecords = new();
    readonly MemoryFactLog facts = new(TimeProvider.System);
    readonly List<string> approvers = ["tester"];
    WebApplication? app;
    HttpClient http = new();

    protected MemoryRecordLog HitRecords => hitRecords;
    protected FindingList Findings { get; } = new();
    protected IFactLog Facts => facts;
    protected HttpClient Http => http;
    /// <summary>Who may approve a promotion.</summary>
    protected IList<string> Approvers => approvers;
    protected string Rules => Path.Combine(folder, "content", "rules");
    protected IServiceProvider Services => app!.Services;
    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var content = Path.Combine(folder, "content");
        Directory.CreateDirectory(Path.Combine(content, "rules"));
        await File.WriteAllTextAsync(Path.Combine(content, "rules", "failed.yml"), Shipped);
        foreach (var part in new[] { "mappings", "parsers" })
        {
            Directory.CreateDirectory(Path.Combine(content, part));
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Events.Content.Path, part))) File.Copy(file, Path.Combine(content, part, Path.GetFileName(file)));
        }
        await Start();
    }

    /// <summary>Stops and begins again; facts, logs and the data folder are all there is.</summary>
    protected async Task Restart()
    {
        await app!.StopAsync();
        await app.DisposeAsync();
        await Start();
    }

    async Task Start()
    {
        var content = new ContentFolder(Path.Combine(folder, "content"));
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(content).AddSingleton<IRecordLog>(telemetry).AddSingleton(new HitLog(hitRecords, TimeProvider.System))
            .AddSingleton<IFactLog>(facts).AddSingleton<IFindings>(Findings).AddSingleton(new EventFeed(telemetry, new Normaliser(content).Normalise));
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase)));
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, Everyone>("test", _ => { });
        builder.Services.AddAuthorizationBuilder().AddPolicy(Policies.Read, p => p.RequireAuthenticatedUser()).AddPolicy(Policies.Operations, p => p.RequireAuthenticatedUser()).AddPolicy(Policies.Response, p => p.RequireAuthenticatedUser());
        builder.Services.AddDetect(new(Path.Combine(folder, "data")) { Approvers = () => approvers });
        app = builder.Build();
        app.MapGroup("/api").MapDetect();
        await app.StartAsync();
        http = new() { BaseAddress = new(app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        http.Dispose();
        if (app is not null) await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    protected async Task Send(params string[] lines) => await telemetry.Append([.. lines.Select(l => new RecordDraft(TimeProvider.System.NowMs(), new("syslog-udp", "10.0.0.1"), Encoding.UTF8.GetBytes(l)))], default);

    protected async Task<List<Hit>> Hits(int count)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (ulong at = 1; ; at++)
        {
            var blocks = await new HitLog(hitRecords, TimeProvider.System).Read(1, 1000, stop.Token);
            var hits = blocks.SelectMany(b => b.Block.Hits).ToList();
            if (hits.Count >= count) return hits;
            await hitRecords.WaitFor((ulong)blocks.Count + 1, stop.Token);
        }
    }

    protected async Task<JsonElement> Get(string path) => (await http.GetFromJsonAsync<JsonElement>(path)).Clone();

    /// <summary>A command by some person: its status and what it said.</summary>
    protected async Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, object ask, string by = "tester")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(ask), Headers = { { "X-User", by } } };
        using var answer = await http.SendAsync(request, Stop);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).Clone());
    }

    protected async Task<JsonElement> Import(string yaml)
    {
        var answer = await http.PostAsync("/api/rules/import", new StringContent(yaml, Encoding.UTF8, "text/yaml"), Stop);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).Clone();
    }

    protected static string[] Codes(JsonElement body) => body.TryGetProperty("findings", out var all)
        ? [.. all.EnumerateArray().Select(f => f.GetProperty("code").GetString() ?? "")] : [body.GetProperty("code").GetString() ?? ""];

    protected static async Task Until(Func<Task<bool>> met, string otherwise)
    {
        for (var i = 0; i < 600; i++)
        {
            if (await met()) return;
            await Task.Delay(50, Stop);
        }
        Assert.Fail(otherwise);
    }

    sealed class Everyone(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
            Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, Request.Headers.TryGetValue("X-User", out var user) ? user.ToString() : "tester")], "test")), "test")));
    }
}
