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
public sealed class RuleBookTests : IAsyncLifetime
{
    const string Shipped = """
        title: Failed login
        id: 22222222-2222-4222-8222-222222222222
        status: test
        author: Anna
        level: medium
        tags: [attack.t1110]
        logsource: { product: linux, service: sshd }
        detection: { s: { event.outcome: failure }, condition: s }
        """;
    const string Imported = """
        title: Any login
        id: 33333333-3333-4333-8333-333333333333
        level: low
        logsource: { product: linux, service: sshd }
        detection: { s: { process.name: sshd }, condition: s }
        """;
    const string Line = "<38>Mar  2 08:00:01 Web01 sshd[812]: Failed password for root from 203.0.113.7 port 40022 ssh2";

    readonly string folder = Path.Combine(Path.GetTempPath(), $"andon-detect-{Guid.NewGuid():N}");
    readonly MemoryRecordLog telemetry = new(), hitRecords = new();
    readonly FindingList findings = new();
    MemoryFactLog facts = new(TimeProvider.System);
    WebApplication? app;
    HttpClient http = new();

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

    async Task Start()
    {
        var content = new ContentFolder(Path.Combine(folder, "content"));
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(content).AddSingleton<IRecordLog>(telemetry).AddSingleton(new HitLog(hitRecords, TimeProvider.System))
            .AddSingleton<IFactLog>(facts).AddSingleton<IFindings>(findings).AddSingleton(new EventFeed(telemetry, new Normaliser(content).Normalise));
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase)));
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, Everyone>("test", _ => { });
        builder.Services.AddAuthorizationBuilder().AddPolicy(Policies.Read, p => p.RequireAuthenticatedUser()).AddPolicy(Policies.Operations, p => p.RequireAuthenticatedUser());
        builder.Services.AddDetect(new(Path.Combine(folder, "data")));
        app = builder.Build();
        app.MapGroup("/api").MapDetect();
        await app.StartAsync();
        http = new() { BaseAddress = new(app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (app is not null) await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    async Task Send(params string[] lines) => await telemetry.Append([.. lines.Select(l => new RecordDraft(TimeProvider.System.NowMs(), new("syslog-udp", "10.0.0.1"), Encoding.UTF8.GetBytes(l)))], default);

    async Task<List<Hit>> Hits(int count)
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

    async Task<JsonElement> Get(string path) => (await http.GetFromJsonAsync<JsonElement>(path)).Clone();

    [Fact]
    public async Task A_line_becomes_a_hit_and_the_rule_counts_it()
    {
        await Send(Line, "nothing of note");
        var hit = Assert.Single(await Hits(1));
        Assert.Equal(("22222222-2222-4222-8222-222222222222", "Anna", RuleQueue.Production, Level.Medium), (hit.RuleId, hit.Author, hit.Queue, hit.Level));
        Assert.Contains(new Entity(EntityKind.Host, "web01"), hit.Entities);
        Assert.Contains(new Entity(EntityKind.User, "root", EntityRole.Actor), hit.Entities);
        Assert.Contains(new Entity(EntityKind.Ip, "203.0.113.7", EntityRole.Actor), hit.Entities);
        Assert.Equal("failure", hit.Fields["event.outcome"]);
        Assert.NotEqual("", hit.SourceId);

        var rules = await Get("/api/rules?q=failed");
        var row = Assert.Single(rules.GetProperty("rules").EnumerateArray());
        Assert.Equal(("production", true, "linux", "sshd"), (row.GetProperty("queue").GetString(), row.GetProperty("enabled").GetBoolean(), row.GetProperty("product").GetString(), row.GetProperty("service").GetString()));
        Assert.Equal(1, row.GetProperty("hits24h").GetInt64());
        var page = await Get("/api/rules/one?id=22222222-2222-4222-8222-222222222222");
        Assert.Contains("Failed login", page.GetProperty("yaml").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, page.GetProperty("hitsPerDay")[0].GetProperty("count").GetInt64());
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/api/rules/one?id=nope")).StatusCode);
    }

    [Fact]
    public async Task An_import_stands_in_testing_until_a_person_moves_it_and_stays_after_a_restart()
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in new[] { ("r/any.yml", Imported), ("r/bad.yml", Imported.Replace("condition: s", "condition: t", StringComparison.Ordinal).Replace("3333", "4444", StringComparison.Ordinal)), ("other.yml", "a: b\n") })
            {
                await using var entry = archive.CreateEntry(name).Open();
                await entry.WriteAsync(Encoding.UTF8.GetBytes(text));
            }
        }
        var import = await http.PostAsync("/api/rules/import", new ByteArrayContent(zip.ToArray()) { Headers = { ContentType = new("application/zip") } });
        var did = await import.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((1, 1), (did.GetProperty("loaded").GetInt32(), did.GetProperty("refused").GetInt32()));
        Assert.Contains(did.GetProperty("findings").EnumerateArray(), f => f.GetProperty("code").GetString() == "SIG025");
        await Send(Line);
        Assert.Equal([RuleQueue.Production, RuleQueue.Testing], (await Hits(2)).Select(h => h.Queue));

        object Ask(string queue, string why) => new { ruleId = "33333333-3333-4333-8333-333333333333", queue, why };
        Assert.Equal(HttpStatusCode.Conflict, (await http.PostAsJsonAsync("/api/rules/queue", Ask("production", " "))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await http.PostAsJsonAsync("/api/rules/queue", Ask("input", "so"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsJsonAsync("/api/rules/queue", Ask("production", "quiet for a week"))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await http.PostAsJsonAsync("/api/rules/queue", Ask("production", "again"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsJsonAsync("/api/rules/enabled", new { ruleId = "22222222-2222-4222-8222-222222222222", enabled = false, why = "noisy" })).StatusCode);
        await Send(Line);
        Assert.Equal(["33333333-3333-4333-8333-333333333333"], (await Hits(3)).Skip(2).Select(h => h.RuleId));
        Assert.Equal(RuleQueue.Production, (await Hits(3))[2].Queue);

        // A restart: the facts and the data folder are all there is.
        await app!.StopAsync();
        await app.DisposeAsync();
        await Start();
        await Send(Line);
        var all = await Hits(4);
        Assert.Equal(4, all.Count);
        Assert.Equal("33333333-3333-4333-8333-333333333333", all[3].RuleId);
        Assert.Equal(4, all.Select(h => h.Key).Distinct().Count());
        var row = (await Get("/api/rules?queue=production&q=any")).GetProperty("rules")[0];
        Assert.Equal(3, row.GetProperty("hitsTotal").GetInt64());
        var bodies = (await facts.Read(0, 100, default)).Select(f => f.Body).ToList();
        Assert.Equal(2, bodies.OfType<RulesLoaded>().Count());
        Assert.Equal("user:tester", (await facts.Read(0, 100, default)).First(f => f.Body is RuleQueued).Actor);
    }

    [Fact]
    public async Task Check_says_all_findings_and_loads_nothing()
    {
        var answer = await http.PostAsync("/api/rules/check", new StringContent("title: X\nlogsource: { product: test }\ndetection: { a: { F|foo: x, 'G|re': '(' }, condition: a }\n", Encoding.UTF8, "text/plain"));
        var codes = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("code").GetString()).ToList();
        Assert.Contains("SIG060", codes);
        Assert.Contains("SIG067", codes);
        Assert.Single((await Get("/api/rules")).GetProperty("rules").EnumerateArray());
    }

    [Fact]
    public async Task In_quiet_times_the_place_in_the_log_moves_on_all_the_same()
    {
        await Send("nothing", "at", "all");
        await hitRecords.WaitFor(1, new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        Assert.Equal(4UL, await new HitLog(hitRecords, TimeProvider.System).MatchedTo(default));
    }

    sealed class Everyone(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
            Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, "tester")], "test")), "test")));
    }
}
