using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Tests.House;

/// <summary>Who may what, asked of every route there is: a route that someone adds tomorrow is asked too.</summary>
[Collection(RealHouses.Name)]
public sealed class AccessWall(SharedHouse shared)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    sealed record Route(HttpMethod Method, string Path, string Content)
    {
        public HttpRequestMessage Ask() => new(Method, Path) { Content = Method == HttpMethod.Get ? null : new StringContent("{}", Encoding.UTF8, Content) };
    }

    static async Task<List<Route>> Described(RealHouse house) =>
    [
        .. (await house.Get("/openapi/v1.json")).GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(m => new Route(new(m.Name.ToUpperInvariant()), p.Name.Replace("{seq}", "1", StringComparison.Ordinal), Content(m.Value))))
            .Where(r => r.Path.StartsWith("/api/", StringComparison.Ordinal)),
    ];

    // A body of a type that the route never takes is refused before anyone is asked who sent it.
    static string Content(JsonElement operation) => operation.TryGetProperty("requestBody", out var body)
        ? body.GetProperty("content").EnumerateObject().First().Name : "application/json";

    [Xunit.Fact]
    public async Task Without_a_session_every_route_says_401_with_a_finding()
    {
        var house = await shared.Get();
        var routes = await Described(house);
        Assert.True(routes.Count > 40, $"Only {routes.Count} routes are described.");
        using var nobody = RealHouse.Anonymous(house.Address);
        nobody.DefaultRequestHeaders.Add("X-Andon", "1");
        foreach (var route in routes.Append(new(HttpMethod.Get, "/api/live", "")).Append(new(HttpMethod.Get, "/api/search/tail?q=Events", "")).Append(new(HttpMethod.Get, "/openapi/v1.json", "")))
        {
            if (route is { Path: "/api/session" } && route.Method == HttpMethod.Post) continue;
            using var request = route.Ask();
            using var answer = await nobody.SendAsync(request, Stop);
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{route.Method} {route.Path}: {(int)answer.StatusCode}");
            Assert.Equal("ACC001", (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString());
        }
    }

    [Xunit.Fact]
    public async Task Everything_under_api_that_is_served_is_described_but_the_streams()
    {
        var house = await shared.Get();
        var described = (await house.Get("/openapi/v1.json")).GetProperty("paths").EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var served = house.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Select(e => "/" + (e.RoutePattern.RawText ?? "").Trim('/').Replace(":long", "", StringComparison.Ordinal))
            .Where(p => p.StartsWith("/api/", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(served);
        // And two that clients of other products know by heart: they carry a token of their own, not a session.
        Assert.Equal(["/api/events/raw", "/api/live", "/api/prom/push", "/api/search/tail"], served.Where(p => !described.Contains(p)).Order(StringComparer.Ordinal));
    }

    [Xunit.Theory]
    [InlineData("/api/events/raw")]
    [InlineData("/api/prom/push")]
    public async Task Paths_of_clients_below_api_ask_for_a_token_and_a_session_is_none(string path)
    {
        var house = await shared.Get();
        using var admin = await house.Person("admin");
        admin.DefaultRequestHeaders.Remove("X-Andon");
        foreach (var client in new[] { admin, RealHouse.Anonymous(house.Address) })
        {
            using var answer = await client.PostAsync(path, new StringContent("{}", Encoding.UTF8, "application/json"), Stop);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        Assert.False(Andon.Intake.IntakeRoom.IsClientsOwn(path + "/more"));
    }

    [Xunit.Fact]
    public async Task Without_the_header_nothing_changes()
    {
        var house = await shared.Get();
        using var admin = await house.Person("admin");
        admin.DefaultRequestHeaders.Remove("X-Andon");
        foreach (var route in (await Described(house)).Where(r => r.Method != HttpMethod.Get))
        {
            using var request = route.Ask();
            using var answer = await admin.SendAsync(request, Stop);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{route.Method} {route.Path}: {(int)answer.StatusCode}");
            Assert.Equal("ACC003", (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString());
        }
    }

    [Xunit.Theory]
    [InlineData("operations", "/api/cases/c1/close", 403)]
    [InlineData("operations", "/api/board/pull", 403)]
    [InlineData("operations", "/api/cases/c1/merge", 403)]
    [InlineData("operations", "/api/cases/c1/unjoin", 403)]
    [InlineData("manager", "/api/cases/c1/split", 403)]
    [InlineData("operations", "/api/cases/c1/runs", 403)]
    [InlineData("operations", "/api/cases", 403)]
    [InlineData("analyst", "/api/exposure/inventory", 403)]
    [InlineData("analyst", "/api/rules/queue", 403)]
    [InlineData("analyst", "/api/rules/enabled", 403)]
    [InlineData("analyst", "/api/rules/import", 403)]
    [InlineData("analyst", "/api/sources/owner", 403)]
    [InlineData("manager", "/api/cases", 403)]
    [InlineData("manager", "/api/board/pull", 403)]
    [InlineData("manager", "/api/rules/queue", 403)]
    [InlineData("manager", "/api/playbooks/reload", 403)]
    [InlineData("nothing", "/api/search", 403)]
    [InlineData("nothing", "/api/search/export", 403)]
    [InlineData("manager", "/api/searches", 403)]
    [InlineData("manager", "/api/search/unmask", 403)]
    [InlineData("operations", "/api/search/unmask", 403)]
    [InlineData("manager", "/api/dashboards", 403)]
    [InlineData("analyst", "/api/searches/first-seen/schedule", 403)]
    public async Task A_role_may_not_what_is_not_its_task(string role, string path, int status)
    {
        var house = await shared.Get();
        using var person = await house.Person(role);
        using var request = (await Described(house)).First(r => r.Method == HttpMethod.Post && path.EndsWith(r.Path[^5..], StringComparison.Ordinal)).Ask();
        request.RequestUri = new(path, UriKind.Relative);
        using var answer = await person.SendAsync(request, Stop);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("ACC002", (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString());
    }

    [Xunit.Fact]
    public async Task And_may_what_is()
    {
        var house = await shared.Get();
        using var operations = await house.Person("operations");
        using var analyst = await house.Person("analyst");
        using var csv = new StringContent("asset_id,name,addresses,zone,criticality,owner,unit,reachable,crown_jewel\nwall01,wall01,192.0.2.4,lan,1,ops,IT,no,no\n", Encoding.UTF8, "text/csv");
        await RealHouse.Json(await operations.PostAsync("/api/exposure/inventory", csv, Stop));
        var made = await RealHouse.Json(await analyst.PostAsJsonAsync("/api/cases", new { title = "A strange call", text = "Someone asked for a password.", entities = new[] { new { kind = "user", value = "hana" } } }, Stop));
        var id = made.GetProperty("card").GetProperty("caseId").GetString();
        await RealHouse.Json(await analyst.PostAsJsonAsync($"/api/cases/{id}/pull", new { why = "mine" }, Stop));
        using var refused = await operations.PostAsJsonAsync($"/api/cases/{id}/close", new { verdict = "benignPositive", reason = "x", discovery = "internal.detection", effortMinutes = 1 }, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        await RealHouse.Json(await analyst.PostAsJsonAsync($"/api/cases/{id}/close", new { verdict = "benignPositive", reason = "a drill", discovery = "internal.detection", effortMinutes = 1, controlsFailed = Array.Empty<string>() }, Stop));
        using var manager = await house.Person("manager");
        await RealHouse.Json(await manager.GetAsync("/api/measures", Stop));
        await RealHouse.Json(await manager.GetAsync($"/api/cases/{id}", Stop));
    }

    [Xunit.Theory]
    [InlineData("ApiKey wrong-token")]
    [InlineData("Bearer ")]
    [InlineData("Basic ")]
    [InlineData("")]
    public async Task A_wrong_ingest_token_stores_nothing(string authorization)
    {
        var house = await shared.Get();
        await house.Settled();
        var before = house.Records.Next;
        using var client = RealHouse.Anonymous(house.Address);
        foreach (var path in new[] { "/_bulk", "/some-index/_bulk" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("{\"create\":{}}\n{\"a\":1}\n", Encoding.UTF8, "application/x-ndjson") };
            if (authorization.Length > 0) request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var answer = await client.SendAsync(request, Stop);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        Assert.Equal(before, house.Records.Next);
    }

    [Xunit.Fact]
    public async Task A_session_is_no_ingest_token_and_a_token_no_session()
    {
        var house = await shared.Get();
        using var bulk = await house.Admin.PostAsync("/_bulk", new StringContent("{\"create\":{}}\n{\"a\":1}\n", Encoding.UTF8, "application/x-ndjson"), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, bulk.StatusCode);
        using var client = RealHouse.Anonymous(house.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/house");
        request.Headers.TryAddWithoutValidation("Authorization", "ApiKey " + RealHouse.Token);
        using var answer = await client.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Xunit.Fact]
    public async Task After_five_wrong_passwords_a_name_waits_even_with_the_right_one()
    {
        var house = await shared.Get();
        house.Access.SetAccount("mallory", RealHouse.Password, ["analyst"]);
        using var client = RealHouse.Anonymous(house.Address);
        client.DefaultRequestHeaders.Add("X-Andon", "1");
        for (var i = 0; i < 5; i++)
            Assert.Equal("ACC101", (await RealHouse.Json(await client.PostAsJsonAsync("/api/session", new { name = "mallory", password = $"guess {i}" }, Stop), HttpStatusCode.Unauthorized)).GetProperty("code").GetString());
        var held = await RealHouse.Json(await client.PostAsJsonAsync("/api/session", new { name = "mallory", password = RealHouse.Password }, Stop), HttpStatusCode.TooManyRequests);
        Assert.Equal("ACC102", held.GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/house", Stop)).StatusCode);
        await RealHouse.Json(await house.Admin.GetAsync("/api/session", Stop)); // Another name is not held up.
    }

    [Xunit.Fact]
    public async Task Every_answer_carries_the_headers_that_keep_a_browser_safe()
    {
        var house = await shared.Get();
        using var nobody = RealHouse.Anonymous(house.Address);
        foreach (var path in new[] { "/", "/healthz", "/api/house", "/api/session", "/_bulk", "/nowhere.js" })
        {
            using var answer = await nobody.GetAsync(path, Stop);
            string Header(string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";
            Assert.Equal("nosniff", Header("X-Content-Type-Options"));
            Assert.Equal("DENY", Header("X-Frame-Options"));
            Assert.Equal("no-referrer", Header("Referrer-Policy"));
            Assert.Equal("same-origin", Header("Cross-Origin-Opener-Policy"));
            var policy = Header("Content-Security-Policy");
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
            Assert.Equal("", Header("Server"));
            if (path.StartsWith("/api/", StringComparison.Ordinal)) Assert.Equal("no-store", Header("Cache-Control"));
        }
        using var client = RealHouse.Anonymous(house.Address);
        client.DefaultRequestHeaders.Add("X-Andon", "1");
        using var signedIn = await client.PostAsJsonAsync("/api/session", new { name = "admin", password = RealHouse.Password }, Stop);
        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
    }
}
