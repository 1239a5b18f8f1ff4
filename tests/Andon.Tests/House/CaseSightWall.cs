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
        var beside = await Report(house, "Plain matter");
        await RealHouse.Until(async () => Says(await house.Get("/api/triage/missing"), beside), "the missing evidence of the plain one is recorded");
        var told = await Told(outsider);
        var red = await Report(house, "Zebra affair", "zebra-alone");
        var ended = await Report(house, "Zebra affair ended", "zebra-alone");
        // It was part of the plain one for a while, which the reasons of that one tell.
        var left = await Report(house, "Zebra affair that left", "zebra-alone");
        await house.Post($"/api/cases/{beside}/merge", new { caseIds = new[] { left }, why = "same" });
        await house.Post($"/api/cases/{left}/unmerge", new { why = "not the same" });
        await house.Post($"/api/cases/{red}/pull", new { why = "mine" });
        var playbook = (await house.Get("/api/playbooks")).GetProperty("playbooks")[0].GetProperty("playbookId").GetString();
        var run = (await RealHouse.Json(await house.Admin.PostAsJsonAsync($"/api/cases/{red}/runs", new { playbookId = playbook, variables = new { } }, Stop))).GetProperty("runId").GetString();
        await house.Post($"/api/cases/{red}/tasks", new { tasks = new[] { new { title = "Zebra task" } } });
        using var file = new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new("application/octet-stream") } };
        await RealHouse.Json(await house.Admin.PostAsync($"/api/cases/{red}/evidence?name=zebra.bin", file, Stop));
        await house.Post("/api/keep/holds", new { holdId = "zebra", scope = new { caseId = red }, why = "court" });
        await house.Post($"/api/cases/{ended}/pull", new { why = "mine" });
        var control = (await house.Get("/api/controls")).GetProperty("controls")[0].GetProperty("id").GetString();
        await house.Post($"/api/cases/{ended}/close", new { verdict = "truePositive", controlsFailed = new[] { control }, earliestMissedStage = "initial-access", discovery = "internal.detection", reason = "it was", effortMinutes = 5 });
        await RealHouse.Until(async () => Says(await house.Get("/api/gaps"), ended), "the gap is recorded");
        await RealHouse.Until(async () => Says(await house.Get("/api/triage/missing"), red), "the missing evidence is recorded");
        await RealHouse.Until(async () => (await house.Get("/api/house")).GetRawText().Contains("zebra-alone", StringComparison.Ordinal), "the finding of missing evidence is shown");
        Assert.Contains(Named(left), (await RealHouse.Json(await outsider.GetAsync($"/api/cases/{beside}", Stop))).GetRawText(), StringComparison.Ordinal);
        foreach (var id in new[] { red, ended, left }) await house.Post($"/api/cases/{id}/mark", new { tlp = "red", people = new[] { "champion" } });

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

        // Every list there is, also one that nobody thought of: no title, no entity, no number of them.
        foreach (var path in described.GetProperty("paths").EnumerateObject().Where(p => p.Value.TryGetProperty("get", out _) && !p.Name.Contains('{', StringComparison.Ordinal)).Select(p => p.Name).Append($"/api/cases/{beside}").Append($"/api/cases/{beside}/timeline").Append($"/api/cases/{beside}/grouping").Append($"/api/facts?subject={beside}"))
        {
            var text = await (await outsider.GetAsync(path, Stop)).Content.ReadAsStringAsync(Stop);
            foreach (var word in new[] { "Zebra", "zebra-alone", Named(red), Named(ended), Named(left) })
                Assert.False(text.Contains(word, StringComparison.Ordinal), $"{path} says “{word}” to an outsider. Hide what is about a red case (ICaseSight.Sees), and veil reasons that name one (ICaseSight.Veil): {text[Math.Max(0, text.IndexOf(word, StringComparison.Ordinal) - 200)..]}");
        }
        Assert.Contains("another case", (await RealHouse.Json(await outsider.GetAsync($"/api/cases/{beside}/timeline", Stop))).GetRawText(), StringComparison.Ordinal);
        foreach (var search in new[] { "Facts | where type == 'finding.raised'", "Facts | project body" })
            Assert.DoesNotContain("zebra-alone", (await RealHouse.Json(await outsider.PostAsJsonAsync("/api/search", new { kql = search }, Stop))).GetRawText(), StringComparison.Ordinal);
        // And every number is the one that it was before there were any.
        var now = await Told(outsider);
        foreach (var (what, number) in now)
            Assert.True(told.TryGetValue(what, out var before) && before == number, $"{what} is {number} for an outsider, and was {(told.TryGetValue(what, out var was) ? was : "not there")} before there was a red case.");
        Assert.True((await RealHouse.Json(await outsider.GetAsync("/api/board", Stop))).GetProperty("lanes").EnumerateArray().Single(l => l.GetProperty("lane").GetString() == "triage").GetProperty("hidden").GetInt32() == 1, "The limit of the lane counts a card that is not told of.");

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

    /// <summary>Whole numbers that people are told about cases together, by where they stand; not times, not what decays, not what a limit counts.</summary>
    static async Task<Dictionary<string, string>> Told(HttpClient who)
    {
        var told = new Dictionary<string, string>(StringComparer.Ordinal);
        void Take(string at, JsonElement part)
        {
            // Of what is measured in time the counts alone: the rest grows while one looks.
            if (part.ValueKind == JsonValueKind.Object)
                foreach (var p in part.EnumerateObject().Where(p => (!IsTime(part) || p.Name is "n" or "d") && !p.Name.EndsWith("Ms", StringComparison.Ordinal) && p.Name is not ("ms" or "cards" or "history" or "spark" or "hidden" or "expediteHidden"))) Take($"{at}.{p.Name}", p.Value);
            else if (part.ValueKind == JsonValueKind.Array)
                foreach (var (i, p) in part.EnumerateArray().Index()) Take($"{at}[{i}]", p);
            else if (part.ValueKind == JsonValueKind.Number && part.TryGetInt64(out var whole)) told[at] = whole.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        foreach (var path in new[] { "/api/board", "/api/cases", "/api/gaps", "/api/inbox", "/api/measures", "/api/triage/missing", "/api/triage/unworked" })
            Take(path, await RealHouse.Json(await who.GetAsync(path, Stop)));
        return told;
    }

    static bool IsTime(JsonElement metric) => metric.TryGetProperty("unit", out var unit) && unit.ValueEquals("ms");

    static string Named(string caseId) => $"case {caseId[1..]} ";

    static async Task<string> Report(RealHouse house, string title, params string[] besides) =>
        (await house.Post("/api/cases", new { title, text = "", entities = besides.Prepend("zebra-host").Select(value => new { kind = "host", value }).ToArray() })).GetProperty("card").GetProperty("caseId").GetString() ?? "";

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
