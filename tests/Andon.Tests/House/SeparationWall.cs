using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Andon.Host.Access;
using Andon.Model;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Tests.House;

/// <summary>
/// Who changes a control does not close its gap. Every route that changes something is asked which permission it wants; the table below
/// says which side each belongs to, so that a new route is put on a side before it ships.
/// </summary>
[Collection(RealHouses.Name)]
public sealed class SeparationWall
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Routes that say that something holds, or end a case: Response alone.</summary>
    static readonly string[] Judging =
    [
        "POST /api/cases/{id}/close", "POST /api/cases/{id}/reopen", "POST /api/cases/{id}/done", "POST /api/board/bulk", "POST /api/cases/{id}/lane",
        "POST /api/cases/{id}/requests", "POST /api/requests/{id}/verify", "POST /api/requests/{id}/return", "POST /api/requests/{id}/withdraw", "POST /api/rules/judge",
    ];

    /// <summary>Routes that change a control, or say that one was changed: Operations alone.</summary>
    static readonly string[] Changing =
    [
        "POST /api/requests/{id}/accept", "POST /api/requests/{id}/done", "POST /api/requests/{id}/refuse", "POST /api/rules/queue", "POST /api/rules/enabled",
        "POST /api/rules/promote", "POST /api/rules/promote/decide", "POST /api/rules/scopes", "POST /api/sources/owner", "POST /api/exposure/inventory", "POST /api/playbooks/reload",
    ];

    static Dictionary<string, IReadOnlyList<string>> Wanted(RealHouse house) => house.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
        .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(m => (Key: $"{m} /{(e.RoutePattern.RawText ?? "").Trim('/')}",
            Policies: (IReadOnlyList<string>)[.. e.Metadata.OfType<IAuthorizeData>().Select(a => a.Policy).OfType<string>()])))
        .GroupBy(e => e.Key).ToDictionary(g => g.Key, g => g.First().Policies, StringComparer.Ordinal);

    [Xunit.Fact]
    public async Task Each_side_has_its_routes_and_no_route_stands_on_both()
    {
        await using var house = await RealHouse.WithoutEngine();
        var wanted = Wanted(house);
        Assert.All(Judging.Concat(Changing), r => Assert.Contains(r, wanted.Keys));
        Assert.All(Judging, r => Assert.Contains(Policies.Response, wanted[r]));
        Assert.All(Changing, r => Assert.Contains(Policies.Operations, wanted[r]));
        Assert.All(wanted, r => Assert.False(r.Value.Contains(Policies.Response) && r.Value.Contains(Policies.Operations), r.Key));

        // A role of one side reaches no route of the other. Roles of both sides are held apart by person; see below.
        foreach (var (role, may) in AccessWiring.Roles)
        {
            bool Reaches(string route) => wanted[route].All(may.Contains);
            if (may.Contains(Policies.Response) && may.Contains(Policies.Operations)) continue;
            Assert.False(Judging.Any(Reaches) && Changing.Any(Reaches), $"{role} alone reaches both sides.");
        }
        Assert.Equal(["admin", "champion"], AccessWiring.Roles.Where(r => r.Value.Contains(Policies.Response) && r.Value.Contains(Policies.Operations)).Select(r => r.Key).Order(StringComparer.Ordinal));
    }

    // Rows: what is asked. Columns: the answer for admin, analyst, champion, operations, manager. 403 is the policy; everything else passed it.
    static readonly (string Method, string Path, string May)[] Matrix =
    [
        ("GET", "/api/board", "admin analyst champion manager"),
        ("GET", "/api/cases", "admin analyst champion manager"),
        ("GET", "/api/cases/c1", "admin analyst champion manager"),
        ("GET", "/api/cases/c1/alerts", "admin analyst champion manager"),
        ("GET", "/api/cases/c1/runs", "admin analyst champion manager"),
        ("GET", "/api/cases/c1/requests", "admin analyst champion manager"),
        ("GET", "/api/inbox", "admin analyst champion operations manager"),
        ("GET", "/api/board/settings", "admin analyst champion operations manager"),
        ("POST", "/api/board/pull", "admin analyst champion"),
        ("POST", "/api/board/bulk", "admin analyst champion"),
        ("POST", "/api/board/planned", "admin analyst champion"),
        ("POST", "/api/cases/c1/close", "admin analyst champion"),
        ("POST", "/api/cases/c1/route", "admin analyst champion"),
        ("POST", "/api/cases/c1/class", "admin analyst champion"),
        ("POST", "/api/cases/c1/wait", "admin analyst champion"),
        ("POST", "/api/cases/c1/snooze", "admin analyst champion"),
        ("POST", "/api/cases/c1/requests", "admin analyst champion"),
        ("POST", "/api/requests/r1/verify", "admin analyst champion"),
        ("POST", "/api/requests/r1/return", "admin analyst champion"),
        ("POST", "/api/requests/r1/withdraw", "admin analyst champion"),
        ("POST", "/api/requests/r1/accept", "admin champion operations"),
        ("POST", "/api/requests/r1/done", "admin champion operations"),
        ("POST", "/api/requests/r1/refuse", "admin champion operations"),
        ("POST", "/api/rules/enabled", "admin champion operations"),
        ("POST", "/api/board/settings/limits", "admin champion manager"),
        ("POST", "/api/board/settings/split", "admin champion manager"),
        ("POST", "/api/board/settings/people", "admin champion manager"),
    ];

    [Xunit.Fact]
    public async Task The_matrix_of_roles_and_routes_holds_on_the_server()
    {
        await using var house = await RealHouse.WithoutEngine();
        var wrong = new List<string>();
        foreach (var role in AccessWiring.Roles.Keys)
        {
            using var person = await house.Person(role);
            foreach (var (method, path, may) in Matrix)
            {
                using var ask = new HttpRequestMessage(new(method), path) { Content = method == "GET" ? null : new StringContent("{}", Encoding.UTF8, "application/json") };
                using var answer = await person.SendAsync(ask, Stop);
                var allowed = answer.StatusCode != HttpStatusCode.Forbidden;
                if (allowed != may.Split(' ').Contains(role)) wrong.Add($"{role} {method} {path}: {(int)answer.StatusCode}");
                // Alerts need the engine, which this house has not; other rooms answer an empty body for themselves.
                if ((int)answer.StatusCode >= 500 && !path.EndsWith("/alerts", StringComparison.Ordinal)) wrong.Add($"{role} {method} {path}: {(int)answer.StatusCode}");
            }
        }
        Assert.Empty(wrong);
    }

    [Xunit.Fact]
    public async Task A_person_of_both_sides_does_not_verify_or_close_over_what_they_did_while_there_is_another()
    {
        await using var house = await RealHouse.WithoutEngine();
        using var champion = await house.Person("champion");
        using var analyst = await house.Person("analyst");
        var made = await RealHouse.Json(await champion.PostAsJsonAsync("/api/cases", new { title = "A port is open", text = "secret of the board", entities = new[] { new { kind = "host", value = "fw01" } } }, Stop));
        var id = made.GetProperty("card").GetProperty("caseId").GetString();
        await RealHouse.Json(await champion.PostAsJsonAsync($"/api/cases/{id}/pull", new { why = "mine" }, Stop));
        var asked = await RealHouse.Json(await champion.PostAsJsonAsync($"/api/cases/{id}/requests", new { what = "Close port 23", where = new[] { "fw01" }, why = "Nobody needs it." }, Stop));
        var request = asked.GetProperty("requestId").GetString();
        await RealHouse.Json(await champion.PostAsJsonAsync($"/api/requests/{request}/done", new { text = "closed, ticket 1" }, Stop));
        async Task<string?> Refused(HttpClient who, string path, object body) => (await RealHouse.Json(await who.PostAsJsonAsync(path, body, Stop), HttpStatusCode.Conflict)).GetProperty("code").GetString();
        Assert.Equal("TRI575", await Refused(champion, $"/api/requests/{request}/verify", new { note = "I saw it" }));
        var close = new { verdict = "benignPositive", controlsFailed = Array.Empty<string>(), discovery = "internal.audit", reason = "closed", effortMinutes = 5 };
        Assert.Equal("TRI577", await Refused(champion, $"/api/cases/{id}/close", close));
        await RealHouse.Json(await analyst.PostAsJsonAsync($"/api/requests/{request}/verify", new { note = "no answer on 23" }, Stop));
        Assert.Equal("TRI578", await Refused(champion, $"/api/cases/{id}/close", close));
        await RealHouse.Json(await analyst.PostAsJsonAsync($"/api/cases/{id}/close", close, Stop));

        // Operations read the request; neither the inbox nor the facts tell them of the case.
        using var operations = await house.Person("operations");
        Assert.DoesNotContain("secret of the board", (await RealHouse.Json(await operations.GetAsync("/api/facts", Stop))).GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("A port is open", (await RealHouse.Json(await operations.GetAsync("/api/inbox", Stop))).GetRawText(), StringComparison.Ordinal);
        Assert.Contains("secret of the board", (await RealHouse.Json(await analyst.GetAsync("/api/facts", Stop))).GetRawText(), StringComparison.Ordinal);
    }
}
