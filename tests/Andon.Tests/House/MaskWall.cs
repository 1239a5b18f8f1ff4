using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Tests.House;

/// <summary>
/// What is masked to a role in a search is masked to it everywhere: a person behind the mask opens every page there is, of a house in which the
/// masked values stand in events, alerts, cases, notes, tasks, evidence, runs and facts. A route made tomorrow is opened too.
/// </summary>
[Collection(RealHouses.Name)]
public sealed class MaskWall
{
    const string Secret = "zqsecret", Address = "203.0.113.77";
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Xunit.Fact]
    public async Task A_masked_value_is_on_no_page()
    {
        await using var house = await RealHouse.Start(null, o => o with { Masked = ["user.*", "source.ip"], ClearRoles = ["admin"] });
        await Fill(house);
        using var analyst = await house.Person("analyst");
        var asked = await Pages(house);
        var shows = 0;
        var leaks = new List<string>();
        foreach (var path in asked)
        {
            var clear = await Read(house.Admin, path);
            if (Says(clear.Text)) shows++;
            var masked = await Read(analyst, path);
            Assert.True((int)masked.Status < 500, $"{path}: {(int)masked.Status} {masked.Text}");
            if (Says(masked.Text)) leaks.Add($"{path}\n{Around(masked.Text)}");
        }
        foreach (var table in (string[])["Events", "Alerts", "Cases", "Signals", "Facts", "Sources"])
        {
            if (Says((await house.Post("/api/search", new { kql = table })).GetRawText())) shows++;
            var masked = (await RealHouse.Json(await analyst.PostAsJsonAsync("/api/search", new { kql = table }, Stop))).GetRawText();
            if (Says(masked)) leaks.Add($"{table}\n{Around(masked)}");
        }
        Assert.True(shows >= 10, $"Only {shows} of {asked.Count} pages show an administrator the values; this test would prove little.");
        Assert.True(leaks.Count == 0, $"{leaks.Count} pages show masked values:\n{string.Join('\n', leaks)}");

        // The pseudonym on a case's page is the one of a search, so that one leads to the other.
        var id = (await house.Get("/api/cases")).GetProperty("cases").EnumerateArray().First(c => c.GetRawText().Contains(Secret, StringComparison.Ordinal)).GetProperty("caseId").GetString();
        var found = await RealHouse.Json(await analyst.PostAsJsonAsync("/api/search", new { kql = "Events | where isnotempty(user.name) and isnotempty(source.ip) | distinct user.name, source.ip" }, Stop));
        var seen = (await Read(analyst, $"/api/cases/{id}")).Text + (await Read(analyst, $"/api/cases/{id}/alerts")).Text;
        foreach (var value in found.GetProperty("rows").EnumerateArray().First().EnumerateArray().Select(v => v.GetString() ?? "?")) Assert.Contains(value, seen, StringComparison.Ordinal);
        // What is no secret stays.
        Assert.Contains("web01", seen, StringComparison.Ordinal);

        // A case that rules made is called by them; one that a person reported is not called by what the person wrote.
        var titles = (await Json(analyst, "/api/cases")).GetProperty("cases").EnumerateArray().ToLookup(c => c.TryGetProperty("titleOfRules", out _), c => c.GetProperty("title").GetString());
        Assert.Contains(titles[true], t => t?.StartsWith("SSH", StringComparison.Ordinal) == true);
        Assert.Equal("masked", Assert.Single(titles[false].Distinct()));

        // Asking whether it is there is seeing it; bytes have no places for pseudonyms.
        foreach (var question in (string[])[$"/api/cases?q={Secret}", $"/api/board?filter=entity:{Secret}", $"/api/cases/{id}/graph?expand=user:{Secret}"])
            Assert.Equal((HttpStatusCode.Forbidden, true), await Refusal(analyst, question, "KQL137"));
        Assert.Equal((HttpStatusCode.Forbidden, true), await Refusal(analyst, asked.First(p => p.Contains("/evidence/", StringComparison.Ordinal)), "KQL136"));

        // A parser's text must not carry a value out under another name: stored samples and the stream are evidence too.
        using var operations = await house.Person("operations");
        const string Copier = "name: copier\nversion: 1\nabout: copies\ndataset: copier.log\nmatch:\n  - {program: [sshd]}\nextract:\n  - {lines: [\"%{copier.all}\"]}\n";
        var source = (await house.Get("/api/sources")).GetProperty("sources").EnumerateArray().Select(s => s.GetProperty("sourceId").GetString()).First(s => s?.EndsWith(":system.auth", StringComparison.Ordinal) == true);
        foreach (var (route, body) in new (string, object)[] { ("/api/parsers/preview", new { text = Copier, sourceId = source }), ("/api/parsers/stream", new { text = Copier }) })
        {
            Assert.True(Says((await house.Post(route, body)).GetRawText()), $"{route} shows an administrator nothing.");
            Assert.False(Says((await RealHouse.Json(await operations.PostAsJsonAsync(route, body, Stop))).GetRawText()), route);
        }

        // In clear for a while, with a reason.
        await RealHouse.Json(await analyst.PostAsJsonAsync("/api/search/unmask", new { why = "case 1", minutes = 5 }, Stop));
        Assert.True(Says((await Read(analyst, $"/api/cases/{id}")).Text));
    }

    static async Task<(HttpStatusCode, bool)> Refusal(HttpClient who, string path, string code)
    {
        var (status, text) = await Read(who, path);
        return (status, text.Contains(code, StringComparison.Ordinal));
    }

    static async Task Fill(RealHouse house)
    {
        var now = DateTimeOffset.UtcNow;
        string At(int second) => now.AddSeconds(second - 60).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        using (var tcp = new TcpClient())
        {
            await tcp.ConnectAsync("127.0.0.1", house.SyslogPort, Stop);
            var lines = Enumerable.Range(0, 20).Select(i => $"<86>1 {At(i)} web01 sshd {700 + i} - - Failed password for {Secret} from {Address} port {4000 + i} ssh2\n")
                .Append($"<86>1 {At(21)} web01 sshd 721 - - Accepted password for {Secret} from {Address} port 4021 ssh2\n");
            await tcp.GetStream().WriteAsync(Encoding.UTF8.GetBytes(string.Concat(lines)), Stop);
        }
        await RealHouse.Until(async () => await house.Count("Events") == 21, "all lines are found");
        await RealHouse.Until(async () => (await house.Get("/api/cases?state=open")).GetProperty("cases").GetArrayLength() > 0, "there is a case");
        await house.Settled();
        var id = (await house.Get("/api/cases?state=open")).GetProperty("cases")[0].GetProperty("caseId").GetString();
        await house.Post("/api/cases", new { title = $"{Secret} called", text = $"{Secret} says that {Address} is strange", entities = new[] { new { kind = "user", value = Secret }, new { kind = "ip", value = Address } } });
        await house.Post($"/api/cases/{id}/pull", new { why = $"{Secret} is mine" });
        await house.Post($"/api/cases/{id}/notes", new { text = $"Asked {Secret} at {Address}, @analyst" });
        await house.Post($"/api/cases/{id}/tasks", new { tasks = new[] { new { title = $"Call {Secret}" } } });
        using (var file = new ByteArrayContent(Encoding.UTF8.GetBytes($"mail of {Secret}")) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } })
            await RealHouse.Json(await house.Admin.PostAsync($"/api/cases/{id}/evidence?name={Secret}.txt&note={Secret}", file, Stop));
        var playbook = (await house.Get("/api/playbooks")).GetProperty("playbooks")[0].GetProperty("playbookId").GetString();
        await RealHouse.Json(await house.Admin.PostAsJsonAsync($"/api/cases/{id}/runs", new { playbookId = playbook, variables = new { } }, Stop));
        await house.Settled();
    }

    /// <summary>Every page that can be opened, each with the things that hold the values.</summary>
    static async Task<IReadOnlyList<string>> Pages(RealHouse house)
    {
        var routes = house.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Select(e => "/" + (e.RoutePattern.RawText ?? "").Trim('/'))
            .Where(p => p.StartsWith("/api", StringComparison.Ordinal) && p is not ("/api/live" or "/api/search/tail")).Distinct(StringComparer.Ordinal).ToList();
        var cases = (await house.Get("/api/cases")).GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("caseId").GetString() ?? "").ToList();
        var facts = house.Services.GetRequiredService<IFactLog>();
        var last = await facts.Read(0, 2000, Stop);
        var telling = last.Where(f => Model.FactTypes.Write(f.Body).Contains(Secret, StringComparison.Ordinal)).Select(f => f.Seq).ToList();
        var evidence = last.Select(f => f.Body).OfType<Model.EvidenceKept>().Select(e => (e.CaseId, e.EvidenceId)).ToList();
        var runs = last.Select(f => f.Body).OfType<Model.RunStarted>().Select(r => r.RunId).ToList();
        var hitRules = (await house.Get("/api/rules")).GetProperty("rules").EnumerateArray().Where(r => r.GetProperty("hitsTotal").GetInt64() > 0).Select(r => r.GetProperty("ruleId").GetString() ?? "").ToList();
        var sources = (await house.Get("/api/sources")).GetProperty("sources").EnumerateArray().Select(s => s.GetProperty("sourceId").GetString() ?? "").ToList();
        var events = (await house.Search("Events | project andon.event_id")).Select(r => r["andon.event_id"].GetString() ?? "").ToList();
        var signals = last.Select(f => f.Body).OfType<Model.SignalOpened>().Select(s => s.SignalId).ToList();
        Assert.True(telling.Count > 3 && evidence.Count > 0 && runs.Count > 0 && hitRules.Count > 0 && sources.Count > 0);

        var pages = new List<string>();
        foreach (var route in routes)
        {
            var paths = route switch
            {
                _ when route.Contains("{evidenceId}", StringComparison.Ordinal) => evidence.Select(e => route.Replace("{id}", e.CaseId, StringComparison.Ordinal).Replace("{evidenceId}", e.EvidenceId, StringComparison.Ordinal)),
                _ when route.Contains("{runId}", StringComparison.Ordinal) => runs.Select(r => route.Replace("{runId}", r, StringComparison.Ordinal)),
                _ when route.Contains("{seq:long}", StringComparison.Ordinal) => telling.Select(s => route.Replace("{seq:long}", s.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)),
                _ when route.Contains("{eventId}", StringComparison.Ordinal) => events.Take(2).Select(e => route.Replace("{eventId}", e, StringComparison.Ordinal)),
                _ when route.Contains("{searchId}", StringComparison.Ordinal) => [route.Replace("{searchId}", "who-logged-on-where", StringComparison.Ordinal)],
                _ when route.EndsWith("/falls", StringComparison.Ordinal) => cases.SelectMany(c => signals.Select(s => $"{route.Replace("{id}", c, StringComparison.Ordinal)}?signal={s}")),
                _ when route.Contains("{id}", StringComparison.Ordinal) => cases.Select(c => route.Replace("{id}", c, StringComparison.Ordinal)),
                "/api/events" => [$"{route}?ids={string.Join(',', events.Take(5))}"],
                "/api/facts" => cases.Select(c => $"{route}?subject={c}").Prepend(route),
                "/api/rules/explain" => hitRules.Select(r => $"{route}?ruleId={r}&event={events[0]}"),
                "/api/rules/one" or "/api/rules/evidence" => hitRules.Select(r => $"{route}?id={r}"),
                "/api/rules/look" or "/api/rules/backtests" => hitRules.Select(r => $"{route}?ruleId={r}&most=5"),
                _ when route.StartsWith("/api/sources/", StringComparison.Ordinal) => sources.Select(s => $"{route}?id={Uri.EscapeDataString(s)}"),
                "/api/parsers/one" or "/api/parsers/cases" => [$"{route}?name=okta"],
                "/api/playbooks/one" => [$"{route}?id=x"],
                _ => [route],
            };
            pages.AddRange(paths);
        }
        return pages;
    }

    static async Task<JsonElement> Json(HttpClient who, string path) => JsonDocument.Parse((await Read(who, path)).Text).RootElement.Clone();

    static async Task<(HttpStatusCode Status, string Text)> Read(HttpClient who, string path)
    {
        using var answer = await who.GetAsync(path, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    // Escaped, upper case or mapped into IPv6, it is still the value.
    static bool Says(string text) => text.Contains(Secret, StringComparison.OrdinalIgnoreCase) || text.Contains(Address, StringComparison.Ordinal);

    static string Around(string text)
    {
        var at = text.IndexOf(Secret, StringComparison.OrdinalIgnoreCase) is >= 0 and var first ? first : text.IndexOf(Address, StringComparison.Ordinal);
        return text[Math.Max(0, at - 160)..Math.Min(text.Length, at + 60)];
    }
}
