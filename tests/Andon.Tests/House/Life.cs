using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Andon.Host;
using Andon.Store.Facts;
using Andon.Store.Records;
using Andon.Tests.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Tests.House;

/// <summary>The house from its first minute on an empty folder, over a restart, to a second program that wants the same folder.</summary>
[Collection(RealHouses.Name)]
public sealed class Life
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static List<string> Gets(RealHouse house) =>
    [
        .. house.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Select(e => "/" + (e.RoutePattern.RawText ?? "").Trim('/'))
            .Where(p => p.StartsWith("/api", StringComparison.Ordinal) && p is not ("/api/live" or "/api/search/tail")).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    [Xunit.Fact]
    public async Task Every_page_opens_on_a_fresh_house()
    {
        await using var house = await RealHouse.Start();
        var gets = Gets(house);
        Assert.True(gets.Count >= 25, $"Only {gets.Count} GET routes are served: {string.Join(' ', gets)}");

        // Nothing has happened yet: every page that needs no name.
        foreach (var path in gets.Where(p => !Named(p)))
            await house.Get(path == "/api/events" ? "/api/events?ids=" : path);
        using (var live = await house.Admin.GetAsync("/api/live", HttpCompletionOption.ResponseHeadersRead, Stop))
            Assert.Equal("text/event-stream", live.Content.Headers.ContentType?.MediaType);

        // One document and one case, so that there is one of each to open.
        Assert.Equal(1, await house.Bulk(["{\"message\":\"first\"}"]));
        await RealHouse.Until(async () => await house.Count("Events") == 1, "the document is found");
        var made = await house.Post("/api/cases", new { title = "By hand", text = "A report.", entities = new[] { new { kind = "host", value = "web01" } } });
        var caseId = made.GetProperty("card").GetProperty("caseId").GetString();
        using (var file = new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new("application/octet-stream") } })
            await RealHouse.Json(await house.Admin.PostAsync($"/api/cases/{caseId}/evidence?name=a.bin", file, Stop));
        var playbook = (await house.Get("/api/playbooks")).GetProperty("playbooks")[0].GetProperty("playbookId").GetString();
        var rule = (await house.Get("/api/rules")).GetProperty("rules")[0].GetProperty("ruleId").GetString();
        await RealHouse.Until(async () => (await house.Get("/api/sources")).GetProperty("sources").GetArrayLength() == 1, "the source is in the catalogue");
        var source = (await house.Get("/api/sources")).GetProperty("sources")[0].GetProperty("sourceId").GetString();
        using var started = await house.Admin.PostAsJsonAsync($"/api/cases/{caseId}/runs", new { playbookId = playbook, variables = new { } }, Stop);
        var run = (await RealHouse.Json(started)).GetProperty("runId").GetString();

        var correlation = (await house.Get("/api/rules")).GetProperty("rules").EnumerateArray().First(r => r.GetProperty("kind").GetString() == "correlation").GetProperty("ruleId").GetString();
        var version = (await house.Get("/api/rules")).GetProperty("rules")[0].GetProperty("version").GetString();
        var backtest = (await house.Post("/api/rules/backtest", new { ruleId = rule, from = 1, to = 2 })).GetProperty("backtestId").GetString();

        foreach (var path in gets.Where(Named))
            await house.Get(path switch
            {
                "/api/rules/one" or "/api/rules/evidence" => $"{path}?id={rule}",
                "/api/rules/version" => $"{path}?hash={version}",
                "/api/rules/explain" => $"{path}?ruleId={rule}&event=1.0",
                "/api/rules/backtest" => $"{path}?id={backtest}",
                "/api/rules/look" => $"{path}?ruleId={correlation}&most=5",
                "/api/sources/one" or "/api/sources/profile" or "/api/sources/usage" or "/api/sources/contract" => $"{path}?id={Uri.EscapeDataString(source ?? "")}",
                "/api/parsers/one" or "/api/parsers/cases" => $"{path}?name=okta",
                "/api/cases/{id}/evidence/{evidenceId}" or "/api/cases/{id}/evidence-export" => $"/api/cases/{caseId}/evidence",
                "/api/playbooks/one" => $"{path}?id={playbook}",
                _ => path.Replace("{seq:long}", "1", StringComparison.Ordinal).Replace("{searchId}", "who-logged-on-where", StringComparison.Ordinal).Replace("{eventId}", "1.0", StringComparison.Ordinal)
                    .Replace("{runId}", run, StringComparison.Ordinal).Replace("{id}", caseId, StringComparison.Ordinal),
            });
        // The report named a host of which nothing was ever heard.
        Assert.Equal(["TRI540"], (await house.Get("/api/house")).GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("code").GetString()));

        // A page that shows one thing, and so asks which.
        static bool Named(string path) => path.Contains('{', StringComparison.Ordinal) || path.EndsWith("/one", StringComparison.Ordinal)
            || path is "/api/rules/evidence" or "/api/rules/version" or "/api/rules/explain" or "/api/rules/backtest" or "/api/rules/look" or "/api/sources/profile" or "/api/sources/usage" or "/api/sources/contract" or "/api/parsers/cases";
    }

    [Xunit.Fact]
    public async Task After_a_restart_everything_is_still_there()
    {
        var folder = Directory.CreateTempSubdirectory("andon-life-").FullName;
        try
        {
            string caseId, ruleId, sources, hits;
            long lastFact;
            var first = await RealHouse.Start(folder);
            try
            {
                // A guessed password, so that there are hits, a correlation, a case.
                var now = DateTimeOffset.UtcNow;
                string At(int second) => now.AddSeconds(second - 60).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
                using (var tcp = new System.Net.Sockets.TcpClient())
                {
                    await tcp.ConnectAsync("127.0.0.1", first.SyslogPort, Stop);
                    var lines = Enumerable.Range(0, 20).Select(i => $"<86>1 {At(i)} web01 sshd {700 + i} - - Failed password for root from 203.0.113.9 port {4000 + i} ssh2\n")
                        .Append($"<86>1 {At(21)} web01 sshd 721 - - Accepted password for root from 203.0.113.9 port 4021 ssh2\n");
                    await tcp.GetStream().WriteAsync(System.Text.Encoding.UTF8.GetBytes(string.Concat(lines)), Stop);
                }
                await RealHouse.Until(async () => await first.Count("Events") == 21, "all lines are found");
                await RealHouse.Until(async () => (await first.Get("/api/cases?state=open")).GetProperty("cases").GetArrayLength() > 0, "there is a case");
                await RealHouse.Until(async () => (await first.Get("/api/sources")).GetProperty("sources").EnumerateArray().Sum(s => s.GetProperty("events").GetInt64()) == 21, "the source has counted all");
                await first.Settled();
                var pulled = await first.Post("/api/board/pull", new { });
                caseId = pulled.GetProperty("caseId").GetString() ?? "";
                await first.Post($"/api/cases/{caseId}/notes", new { text = "remember me" });
                ruleId = (await first.Get("/api/rules")).GetProperty("rules").EnumerateArray().First(r => r.GetProperty("title").GetString() == "Crontab Replaced").GetProperty("ruleId").GetString() ?? "";
                await first.Post("/api/rules/queue", new { ruleId, queue = "testing", why = "too loud" });
                sources = Counts(await first.Get("/api/sources"));
                await RealHouse.Until(async () => await first.Count("Alerts") > 20, "the alerts are found");
                hits = Hits(await first.Get("/api/rules"));
                lastFact = first.Services.GetRequiredService<IFactLog>().Last;
            }
            finally
            {
                await first.End();
            }

            await using var second = await RealHouse.Start(folder);
            await second.Settled();
            var shown = await second.Get($"/api/cases/{caseId}");
            Assert.Equal("admin", shown.GetProperty("card").GetProperty("owner").GetString());
            Assert.Equal("remember me", shown.GetProperty("notes")[0].GetProperty("text").GetString());
            Assert.Equal("testing", (await second.Get($"/api/rules/one?id={ruleId}")).GetProperty("queue").GetString());
            Assert.Equal(sources, Counts(await second.Get("/api/sources")));
            Assert.Equal(hits, Hits(await second.Get("/api/rules")));
            Assert.Equal(21, await second.Count("Events"));
            Assert.Equal(20, await second.Count("Events | where ['event.outcome'] == 'failure' and ['source.ip'] == '203.0.113.9'"));
            var alerts = await second.Count("Alerts");
            Assert.Equal(alerts, await second.Count("Alerts | distinct event_id, rule_id"));
            var facts = second.Services.GetRequiredService<IFactLog>();
            Assert.True(facts.Last >= lastFact);
            Assert.Null(Assert.IsType<SqliteFactLog>(facts).Verify());

            // And it goes on: a further failure joins the numbers, not a second world.
            Assert.Equal(1, await second.Bulk(["{\"message\":\"afterwards\"}"]));
            await RealHouse.Until(async () => await second.Count("Events") == 22, "what comes later is found");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static string Counts(JsonElement sources) => string.Join('\n', sources.GetProperty("sources").EnumerateArray()
        .Select(s => $"{s.GetProperty("sourceId").GetString()} {s.GetProperty("events").GetInt64()} {s.GetProperty("bytes").GetInt64()} {s.GetProperty("firstMs").GetInt64()} {s.GetProperty("lastMs").GetInt64()}").Order(StringComparer.Ordinal));

    static string Hits(JsonElement rules) => string.Join('\n', rules.GetProperty("rules").EnumerateArray()
        .Where(r => r.GetProperty("hitsTotal").GetInt64() > 0)
        .Select(r => $"{r.GetProperty("ruleId").GetString()} {r.GetProperty("hitsTotal").GetInt64()} {r.GetProperty("hits24h").GetInt64()}").Order(StringComparer.Ordinal));

    [Xunit.Fact]
    public async Task A_second_program_on_the_same_folder_is_refused_by_name()
    {
        await using var house = await RealHouse.WithoutEngine();
        var refused = await Assert.ThrowsAsync<FolderInUseException>(() => Wiring.Build(RealHouse.Options(house.Folder, 0), TimeProvider.System, Stop));
        Assert.Contains(house.Folder, refused.Message, StringComparison.Ordinal);

        // As an operator meets it: another process, one sentence, exit code 1.
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "andon.dll"), "serve", "--data", house.Folder, "--http", "127.0.0.1:0", "--syslog", "127.0.0.1:0"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var other = Process.Start(start) ?? throw new InvalidOperationException();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            var said = await other.StandardError.ReadToEndAsync(limit.Token);
            await other.WaitForExitAsync(limit.Token);
            Assert.Equal(1, other.ExitCode);
            Assert.Contains($"The folder {house.Folder}", said, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        }
        finally
        {
            if (!other.HasExited) other.Kill();
        }
        // The first did not notice.
        Assert.Equal(HttpStatusCode.OK, (await house.Admin.GetAsync("/api/session", Stop)).StatusCode);
    }
}
