using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Tests.House;

/// <summary>
/// A red case is not there for who may not see it, asked of every route that gives a case: whoever adds one meets this wall, and lists it
/// here with what it shows of a red case.
/// </summary>
[Collection(RealHouses.Name)]
public sealed class CaseSightWall
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Routes that give cases without naming one in their path, and whether an administrator meets the red ones in them here.</summary>
    static readonly Dictionary<string, bool> Lists = new(StringComparer.Ordinal)
    {
        ["/api/board"] = true,
        ["/api/cases"] = true,
        ["/api/gaps"] = true,
        ["/api/keep/retention"] = true,
        ["/api/triage/missing"] = true,
        ["/api/facts"] = true,
        ["/api/inbox"] = false,
        ["/api/triage/campaigns"] = false,
        ["/api/triage/constraints"] = false,
    };

    [Xunit.Fact]
    public async Task A_red_case_is_there_for_its_people_alone_whichever_route_is_asked()
    {
        await using var house = await RealHouse.Start();
        var described = (await house.Get("/openapi/v1.json"));
        var gives = Giving(described);
        var unlisted = gives.Where(p => !p.StartsWith("/api/cases/{id}", StringComparison.Ordinal) && p is not "/api/runs/{runId}" && !Lists.ContainsKey(p)).ToList();
        Assert.True(unlisted.Count == 0, $"These routes give cases: {string.Join(' ', unlisted)}. Hide red ones in them (ICaseSight), then list them here.");

        // Two red cases, one open, one closed with a gap; and one beside them that shares their host.
        using var named = await house.Person("champion");
        using var outsider = await house.Person("analyst");
        var red = await Report(house, "Zebra affair");
        var ended = await Report(house, "Zebra affair ended");
        var beside = await Report(house, "Plain matter");
        var playbook = (await house.Get("/api/playbooks")).GetProperty("playbooks")[0].GetProperty("playbookId").GetString();
        var run = (await RealHouse.Json(await house.Admin.PostAsJsonAsync($"/api/cases/{red}/runs", new { playbookId = playbook, variables = new { } }, Stop))).GetProperty("runId").GetString();
        await house.Post($"/api/cases/{red}/tasks", new { tasks = new[] { new { title = "Zebra task" } } });
        await house.Post("/api/keep/holds", new { holdId = "zebra", scope = new { caseId = red }, why = "court" });
        await house.Post($"/api/cases/{ended}/pull", new { why = "mine" });
        var control = (await house.Get("/api/controls")).GetProperty("controls")[0].GetProperty("id").GetString();
        await house.Post($"/api/cases/{ended}/close", new { verdict = "truePositive", controlsFailed = new[] { control }, earliestMissedStage = "initial-access", discovery = "internal.detection", reason = "it was", effortMinutes = 5 });
        await RealHouse.Until(async () => Says(await house.Get("/api/gaps"), ended), "the gap is recorded");
        await RealHouse.Until(async () => Says(await house.Get("/api/triage/missing"), red), "the missing evidence is recorded");
        foreach (var id in new[] { red, ended }) await house.Post($"/api/cases/{id}/mark", new { tlp = "red", people = new[] { "champion" } });

        foreach (var (path, shown) in Lists)
        {
            Assert.True(!shown || Says(await house.Get(path), red) || Says(await house.Get(path), ended), $"{path} shows an administrator nothing of a red case, so this test would prove nothing.");
            var text = (await RealHouse.Json(await outsider.GetAsync(path, Stop))).GetRawText();
            Assert.True(!text.Contains("Zebra", StringComparison.Ordinal) && !text.Contains($"\"{red}\"", StringComparison.Ordinal) && !text.Contains($"\"{ended}\"", StringComparison.Ordinal), $"{path} tells an outsider of a red case: {text}");
        }
        foreach (var path in gives.Where(p => p.Contains('{', StringComparison.Ordinal)).Append("/api/cases/{id}/alerts"))
        {
            var asked = path.Replace("{id}", red, StringComparison.Ordinal).Replace("{runId}", run, StringComparison.Ordinal).Replace("{evidenceId}", "x", StringComparison.Ordinal);
            Assert.True((await outsider.GetAsync(asked, Stop)).StatusCode == HttpStatusCode.NotFound, $"{path} answers an outsider.");
            if (!asked.EndsWith("/x", StringComparison.Ordinal)) Assert.True((await named.GetAsync(asked, Stop)).StatusCode == HttpStatusCode.OK, $"{path} does not answer whom the case names.");
        }
        // Commands too, before they look at what is asked.
        foreach (var (path, methods) in described.GetProperty("paths").EnumerateObject().Select(p => (p.Name, p.Value)))
            if (path.StartsWith("/api/cases/{id}", StringComparison.Ordinal))
                foreach (var method in methods.EnumerateObject().Where(m => m.Name != "get"))
                {
                    var asked = path.Replace("{id}", red, StringComparison.Ordinal).Replace("{evidenceId}", "x", StringComparison.Ordinal).Replace("{taskId}", "x", StringComparison.Ordinal);
                    using var request = new HttpRequestMessage(new(method.Name.ToUpperInvariant()), asked) { Content = new StringContent("{}", Encoding.UTF8, path.EndsWith("/evidence", StringComparison.Ordinal) ? "application/octet-stream" : "application/json") };
                    Assert.True((await outsider.SendAsync(request, Stop)).StatusCode == HttpStatusCode.NotFound, $"{method.Name} {path} takes a command of an outsider.");
                }

        // Beside it: no chip counts it, nothing is similar to it, the graph has no grey node of it, the search by its host does not find it.
        foreach (var part in new[] { "", "/similar", "/graph", "/grouping", "/observables", "/timeline" })
            Assert.False(Says(await RealHouse.Json(await outsider.GetAsync($"/api/cases/{beside}{part}", Stop)), red), $"{part} of another case tells of it.");
        Assert.True(Says(await house.Get($"/api/cases/{beside}/graph"), red) || Says(await house.Get($"/api/cases/{beside}/graph"), "case:" + red), "The graph draws it for an administrator.");
        var found = await RealHouse.Json(await outsider.GetAsync("/api/cases?q=zebra-host", Stop));
        Assert.Equal((1, beside), (found.GetProperty("total").GetInt32(), found.GetProperty("cases")[0].GetProperty("caseId").GetString()));
        Assert.Equal(1, found.GetProperty("cases")[0].GetProperty("entities")[0].GetProperty("seenIn").GetInt32());
        Assert.Equal(0, (await RealHouse.Json(await outsider.GetAsync($"/api/facts?subject={red}", Stop))).GetProperty("facts").GetArrayLength());
        var fact = (await house.Services.GetRequiredService<IFactLog>().ReadSubject(red, 1000, Stop)).First(f => f.Body is TaskAdded);
        Assert.Equal(HttpStatusCode.NotFound, (await outsider.GetAsync($"/api/facts/{fact.Seq}", Stop)).StatusCode);
        await RealHouse.Json(await named.GetAsync($"/api/facts/{fact.Seq}", Stop));
        await Silent(house, outsider, red, beside);

        // Marked down again it is there for all.
        await house.Post($"/api/cases/{red}/mark", new { tlp = "amber" });
        Assert.True(Says(await RealHouse.Json(await outsider.GetAsync("/api/cases", Stop)), red));
    }

    /// <summary>The live stream names no red case to an outsider.</summary>
    static async Task Silent(RealHouse house, HttpClient outsider, string red, string beside)
    {
        using var live = await outsider.GetAsync("/api/live", HttpCompletionOption.ResponseHeadersRead, Stop);
        using var lines = new StreamReader(await live.Content.ReadAsStreamAsync(Stop));
        await house.Post($"/api/cases/{red}/notes", new { text = "hush" });
        await house.Post($"/api/cases/{beside}/notes", new { text = "aloud" });
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (await lines.ReadLineAsync(patience.Token) is { } line)
        {
            Assert.DoesNotContain($"\"subject\":\"{red}\"", line, StringComparison.Ordinal);
            if (line.Contains($"\"subject\":\"{beside}\"", StringComparison.Ordinal)) return;
        }
        Assert.Fail("The stream ended before it told of the other case.");
    }

    static async Task<string> Report(RealHouse house, string title) =>
        (await house.Post("/api/cases", new { title, text = "", entities = new[] { new { kind = "host", value = "zebra-host" } } })).GetProperty("card").GetProperty("caseId").GetString() ?? "";

    static bool Says(JsonElement answer, string id) => answer.GetRawText().Contains($"\"{id}\"", StringComparison.Ordinal);

    /// <summary>GET routes that lie under a case, or whose answer has a property that speaks of one; and the facts, which may be about anything.</summary>
    static List<string> Giving(JsonElement document)
    {
        var schemas = document.GetProperty("components").GetProperty("schemas");
        return [.. document.GetProperty("paths").EnumerateObject().Where(p => p.Value.TryGetProperty("get", out _))
            .Where(p => p.Name.StartsWith("/api/cases", StringComparison.Ordinal) || p.Name == "/api/facts" || Speaks(p.Value.GetProperty("get").GetProperty("responses"), schemas, []))
            .Select(p => p.Name).Where(p => p is not ("/api/facts/{seq}" or "/api/sources/one" or "/api/parsers/cases" or "/api/triage/unworked"))]; // One is asked for by its name; a parser has cases of its own; the last counts.
    }

    static bool Speaks(JsonElement part, JsonElement schemas, HashSet<string> seen) => part.ValueKind switch
    {
        JsonValueKind.Array => part.EnumerateArray().Any(p => Speaks(p, schemas, seen)),
        JsonValueKind.Object => part.EnumerateObject().Any(p =>
            (p.Name == "properties" && p.Value.EnumerateObject().Any(q => q.Name is "case" or "cases" or "caseId" or "caseIds"))
            || (p is { Name: "$ref", Value.ValueKind: JsonValueKind.String } && p.Value.GetString()!.Split('/')[^1] is var name && seen.Add(name) && Speaks(schemas.GetProperty(name), schemas, seen))
            || Speaks(p.Value, schemas, seen)),
        _ => false,
    };
}
