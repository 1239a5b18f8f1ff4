using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using Andon.Triage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Andon.Tests.Triage;

/// <summary>The room as it is wired, over HTTP on a loopback port, with logs in memory and no event engine.</summary>
public sealed class SliceTests : IAsyncLifetime
{
    readonly DirectoryInfo content = Directory.CreateTempSubdirectory("andon-content");
    readonly HitLog hits = new(new MemoryRecordLog(), TimeProvider.System);
    WebApplication app = null!;
    HttpClient anna = null!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(content.FullName, "triage"));
        await File.WriteAllTextAsync(Path.Combine(content.FullName, "controls.yml"), "- {id: mfa, name: Second factor, meaning: none}\n");
        File.Copy(Path.Combine(SharedData.RepositoryRoot, "content", "triage", "domains.yml"), Path.Combine(content.FullName, "triage", "domains.yml"));

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase)));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IFactLog>(new MemoryFactLog(TimeProvider.System));
        builder.Services.AddSingleton(hits);
        builder.Services.AddSingleton<IFindings>(new FindingList());
        builder.Services.AddSingleton(new ContentFolder(content.FullName));
        // Never started, so it is not ready: what the alerts page must say then.
        builder.Services.AddSingleton(new EngineOptions { DataFolder = content.FullName, Command = ["true"] }).AddSingleton(new EventStoreOptions());
        builder.Services.AddSingleton<EngineSupervisor>().AddSingleton<EventStore>();
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, Named>("test", null);
        builder.Services.AddAuthorizationBuilder().AddPolicy(Policies.Read, p => p.RequireAuthenticatedUser()).AddPolicy(Policies.Response, p => p.RequireRole("response"))
            .AddPolicy(Policies.Cases, p => p.RequireRole("response")).AddPolicy(Policies.Operations, p => p.RequireRole("operations")).AddPolicy(Policies.Lead, p => p.RequireRole("lead"));
        builder.Services.AddTriage(new TriageOptions());
        app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGroup("/api").MapTriage();
        await app.StartAsync();
        anna = Client("anna:response");
    }

    HttpClient Client(string who)
    {
        var client = new HttpClient { BaseAddress = new(app.Urls.First()) };
        client.DefaultRequestHeaders.Add("X-Who", who);
        return client;
    }

    sealed class Named(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var who = Request.Headers["X-Who"].ToString().Split(':');
            var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, who[0]), new(ClaimTypes.Role, who[1])], "test"));
            return Task.FromResult(AuthenticateResult.Success(new(user, "test")));
        }
    }

    static async Task<JsonElement> Json(HttpResponseMessage answer, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{(int)answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    [Fact]
    public async Task From_a_hit_to_a_closed_case_over_http()
    {
        await hits.Append(new(0, 3, [
            Desk.Hit(1, 0, "SSH brute force", Level.High, "web01", "webadmin", "203.0.113.9", ["attack.credential-access", "attack.t1110"]),
            Desk.Hit(2, 5, "New user created", Level.High, "web01", "support2", null, ["attack.persistence", "attack.t1136"])]), default);
        JsonElement board = default;
        for (var i = 0; i < 500; i++)
        {
            board = await Json(await anna.GetAsync("/api/board"));
            if (board.GetProperty("lanes")[0].GetProperty("cards").GetArrayLength() > 0) break;
            await Task.Delay(20);
        }
        var card = board.GetProperty("lanes")[0].GetProperty("cards")[0];
        Assert.Equal("new", card.GetProperty("lane").GetString());
        Assert.Equal("identity", card.GetProperty("domain").GetString());
        Assert.Equal(24, card.GetProperty("spark").GetArrayLength());
        Assert.Equal("SSH brute force, then new user created on web01 by support2", card.GetProperty("title").GetString());
        Assert.Equal(7, board.GetProperty("lanes").GetArrayLength());

        var pulled = await Json(await anna.PostAsync("/api/board/pull", null));
        Assert.Equal("anna", pulled.GetProperty("owner").GetString());
        Assert.Equal("triage", pulled.GetProperty("lane").GetString());
        Assert.Equal("TRI200", (await Json(await anna.PostAsJsonAsync("/api/board/pull", new { domain = "identity" }), HttpStatusCode.Conflict)).GetProperty("code").GetString());
        Assert.Equal("TRI206", (await Json(await anna.PostAsync("/api/cases/c1/pull", null), HttpStatusCode.Conflict)).GetProperty("code").GetString());

        await Json(await anna.PostAsJsonAsync("/api/cases/c1/lane", new { to = "investigate", why = "" }));
        await Json(await anna.PostAsJsonAsync("/api/cases/c1/notes", new { text = "<b>it was real</b>" }));
        var alerts = await Json(await anna.GetAsync("/api/cases/c1/alerts?skip=0&take=10"), HttpStatusCode.ServiceUnavailable);
        Assert.Equal("ENG010", alerts.GetProperty("code").GetString());

        var refused = await Json(await anna.PostAsJsonAsync("/api/cases/c1/close", new { verdict = "truePositive", controlsFailed = new[] { "nope" }, effortMinutes = 3 }), HttpStatusCode.BadRequest);
        Assert.Equal(["TRI221", "TRI222", "TRI224", "TRI227"], refused.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("code").GetString()).Order());
        var closed = await Json(await anna.PostAsJsonAsync("/api/cases/c1/close", new
        {
            verdict = "truePositive", controlsFailed = new[] { "mfa" }, earliestMissedStage = "credential-access", discovery = "internal.detection", reason = "a break-in", effortMinutes = 30,
        }));
        Assert.Equal("truePositive", closed.GetProperty("closed").GetProperty("verdict").GetString());
        Assert.Equal("<b>it was real</b>", closed.GetProperty("notes")[0].GetProperty("text").GetString());
        Assert.Equal("mfa", closed.GetProperty("controls")[0].GetProperty("id").GetString());
        var why = closed.GetProperty("why");
        Assert.Equal(why.GetProperty("lnOdds").GetDouble(),
            Math.Log(Math.Exp(why.GetProperty("l").GetDouble()) - 1) + Math.Log(why.GetProperty("k").GetDouble() * why.GetProperty("i").GetDouble() * why.GetProperty("x").GetDouble()), 1e-9);

        Assert.Equal(1, (await Json(await anna.GetAsync("/api/cases?state=closed&q=web01"))).GetProperty("total").GetInt32());
        Assert.Equal(0, (await Json(await anna.GetAsync("/api/cases?state=open&q=web01"))).GetProperty("total").GetInt32());
        await Json(await anna.PostAsJsonAsync("/api/cases/c1/reopen", new { why = "more came" }));
        var made = await Json(await anna.PostAsJsonAsync("/api/cases", new { title = "Lost key", text = "", entities = new[] { new { kind = "user", value = "Bob" } } }));
        Assert.Equal(2, made.GetProperty("card").GetProperty("number").GetInt32());
        Assert.True((await Json(await anna.GetAsync("/api/triage/stops"))).GetProperty("stops").GetArrayLength() > 10);
        Assert.Equal(HttpStatusCode.NotFound, (await anna.GetAsync("/api/cases/c77")).StatusCode);
        Assert.Equal("running", app.Services.GetServices<IStage>().Single(s => s.Stage.Name == "triage").Stage.State);
    }

    [Theory]
    [InlineData("/api/board/pull")]
    [InlineData("/api/cases")]
    [InlineData("/api/cases/c1/pull")]
    [InlineData("/api/cases/c1/lane")]
    [InlineData("/api/cases/c1/notes")]
    [InlineData("/api/cases/c1/close")]
    [InlineData("/api/cases/c1/reopen")]
    public async Task Who_may_only_read_changes_nothing(string path) =>
        Assert.Equal(HttpStatusCode.Forbidden, (await Client("otto:operations").PostAsJsonAsync(path, new { })).StatusCode);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        content.Delete(recursive: true);
    }
}
