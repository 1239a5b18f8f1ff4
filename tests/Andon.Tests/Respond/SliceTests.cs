using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text;
using System.Text.Json.Nodes;
using Andon.Exposure;
using Andon.Measure;
using Andon.Model;
using Andon.Respond;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Andon.Tests.Respond;

/// <summary>The three rooms over HTTP, on a loopback port, with logs in memory: from a signal to a run, a closing, a gap and a vector.</summary>
public sealed class SliceTests
{
    [Fact]
    public async Task From_a_signal_to_a_vector()
    {
        var stop = TestContext.Current.CancellationToken;
        var clock = new TestClock();
        var facts = new MemoryFactLog(clock);
        await House.Seed(facts);
        var content = Directory.CreateTempSubdirectory("andon-content-").FullName;
        Directory.CreateDirectory(Path.Combine(content, "playbooks"));
        await File.WriteAllTextAsync(Path.Combine(content, "playbooks", "p.yml"), Books.Yaml(Books.Manual("one", "on_completion: finish", "Ask __user__:value.", ", out_args: [__was_it__]"), "__was_it__: { type: bool }"), stop);
        await File.WriteAllTextAsync(Path.Combine(content, "playbooks", "bad.yml"), "type: novel", stop);
        foreach (var name in new[] { "controls.yml", "services.yml" }) File.Copy(Path.Combine(SharedData.RepositoryRoot, "content", name), Path.Combine(content, name));

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(clock).AddSingleton<IFactLog>(facts).AddSingleton(new ContentFolder(content)).AddSingleton<IFindings, FindingList>();
        builder.Services.AddAuthorization(o => { foreach (var p in new[] { Policies.Read, Policies.Cases, Policies.Response, Policies.Operations, Policies.Lead }) o.AddPolicy(p, a => a.RequireAssertion(c => c.User.Identity?.Name == "anna")); });
        builder.Services.AddAuthentication("test").AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, AsAnna>("test", null);
        builder.Services.AddRespond(new RespondOptions()).AddMeasure(new MeasureOptions()).AddExposure(new ExposureOptions());
        await using var app = builder.Build();
        var api = app.MapGroup("/api");
        api.MapRespond();
        api.MapMeasure();
        api.MapExposure();
        await app.StartAsync(stop);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        async Task<JsonNode> Get(string path) => await client.GetFromJsonAsync<JsonNode>(path, stop) ?? throw new InvalidOperationException(path);
        async Task<(HttpStatusCode, JsonNode?)> Post(string path, object? body)
        {
            using var answer = await client.PostAsJsonAsync(path, body, stop);
            var text = await answer.Content.ReadAsStringAsync(stop);
            return (answer.StatusCode, text.Length > 0 ? JsonNode.Parse(text) : null);
        }

        var playbooks = await Get("/api/playbooks");
        Assert.Equal("A test", (string?)playbooks["playbooks"]![0]!["name"]);
        Assert.NotEmpty(playbooks["refused"]!.AsArray());
        var id = (string?)(await Get($"/api/cases/{House.Case}/playbooks"))["playbooks"]![0]!["playbookId"];
        Assert.Contains("workflow", (string?)(await Get($"/api/playbooks/one?id={id}"))["yaml"]);
        using var asked = await client.PostAsync("/api/playbooks/check", new StringContent("type: novel"), stop);
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);

        Assert.Equal(HttpStatusCode.NotFound, (await Post("/api/cases/none/runs", new { playbookId = id })).Item1);
        var (status, run) = await Post($"/api/cases/{House.Case}/runs", new { playbookId = id });
        Assert.Equal(HttpStatusCode.OK, status);
        var (again, refused) = await Post($"/api/cases/{House.Case}/runs", new { playbookId = id });
        Assert.Equal((HttpStatusCode.Conflict, "RES107"), (again, (string?)refused?["code"]));
        var runId = (string?)run?["runId"];
        while ((string?)(run = await Get($"/api/runs/{runId}"))["state"] != "waiting") await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, stop);
        var step = run["steps"]!.AsArray()[^1]!;
        Assert.Equal("Ask anna.", (string?)step["prompt"]);
        Assert.Equal(HttpStatusCode.Conflict, (await Post($"/api/runs/{runId}/steps/{step["stepId"]}", new { outcome = "perhaps" })).Item1);
        Assert.Equal(HttpStatusCode.OK, (await Post($"/api/runs/{runId}/steps/{step["stepId"]}", new { outcome = "succeeded", text = "No.", variables = new { __was_it__ = "false" } })).Item1);
        while ((string?)(run = await Get($"/api/runs/{runId}"))["state"] == "running") await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, stop);
        Assert.Equal("succeeded", (string?)run["state"]);
        Assert.Contains(run["variables"]!.AsArray(), v => (string?)v!["name"] == "__was_it__" && (string?)v["value"] == "false");
        Assert.Single((await Get($"/api/cases/{House.Case}/runs"))["runs"]!.AsArray());
        Assert.Equal(HttpStatusCode.Conflict, (await Post($"/api/runs/{runId}/cancel", null)).Item1);

        clock.Advance(TimeSpan.FromMinutes(30));
        await facts.Append("user:anna", "x", new CaseClosed(House.Case, Verdict.TruePositive, ["PR.AA-03"], "initial-access", "internal.detection", "x", 25), stop);
        JsonNode gaps;
        while ((gaps = await Get("/api/gaps"))["gaps"]!.AsArray().Count == 0) await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, stop);
        Assert.Equal("Strong sign-in", (string?)gaps["gaps"]![0]!["name"]);
        Assert.Equal(265, (double?)gaps["gaps"]![0]!["score"]);
        var metrics = (await Get("/api/measures"))["metrics"]!.AsArray();
        var tte = metrics.Single(m => (string?)m!["key"] == "tte")!;
        Assert.Equal((1, 1, true), ((int?)tte["n"], (int?)tte["d"], (bool?)tte["smallN"]));
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("/api/measures?fromMs=5&toMs=5", stop)).StatusCode);
        Assert.Equal(27, (await Get("/api/controls"))["controls"]!.AsArray().Count);
        Assert.Equal(21, (await Get("/api/services"))["services"]!.AsArray().Count);

        var csv = new StringContent("asset_id,name,reachable,unit,owner\nweb01,Web,yes,shop,ops\n,,,,\n", Encoding.UTF8, "text/csv");
        var taken = JsonNode.Parse(await (await client.PostAsync("/api/exposure/inventory", csv, stop)).Content.ReadAsStringAsync(stop))!;
        Assert.Equal((1, "EXP008"), ((int?)taken["accepted"], (string?)taken["findings"]![0]!["code"]));
        Assert.Equal(HttpStatusCode.OK, (await Post("/api/exposure/kev", JsonNode.Parse("""{"vulnerabilities":[{"cveID":"CVE-2026-1","dateAdded":"2026-03-01"}]}"""))).Item1);
        Assert.Equal(HttpStatusCode.OK, (await Post("/api/exposure/scan?asset=web01", JsonNode.Parse("""{"Results":[{"Vulnerabilities":[{"VulnerabilityID":"CVE-2026-1","PkgName":"openssl","InstalledVersion":"1"}]}]}"""))).Item1);
        clock.Advance(TimeSpan.FromMinutes(3));
        var window = (await Get("/api/exposure/windows"))["windows"]!.AsArray().Single()!;
        Assert.Equal(("web01", true, 3.0, "shop"), ((string?)window["assetId"], (bool?)window["kev"], (double?)window["exposedMinutes"], (string?)window["unit"]));
        Assert.Equal(1, (int?)(await Get("/api/exposure/assets"))["assets"]![0]!["openWindows"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await Post("/api/exposure/scan?asset=web01", new { x = 1 })).Item1);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync("/api/exposure/kev", new StringContent("{", Encoding.UTF8, "application/json"), stop)).StatusCode);
        await app.StopAsync(stop);
    }

    sealed class AsAnna(
        Microsoft.Extensions.Options.IOptionsMonitor<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
        : Microsoft.AspNetCore.Authentication.AuthenticationHandler<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<Microsoft.AspNetCore.Authentication.AuthenticateResult> HandleAuthenticateAsync()
        {
            var anna = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "anna")], "test"));
            return Task.FromResult(Microsoft.AspNetCore.Authentication.AuthenticateResult.Success(new(anna, "test")));
        }
    }
}
