using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Andon.Store.Keep;
using Andon.Store.Query;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Tests.House;

/// <summary>What searching and keeping refuse over HTTP, each refusal met by its code.</summary>
[Collection(RealHouses.Name)]
public sealed partial class SearchAndKeepCodes(SharedHouse shared)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [GeneratedRegex("\"code\":\\s*\"([A-Z]{3}[0-9]{3})\"")]
    private static partial Regex Code();

    static async Task<string> Refused(HttpClient who, string path, object body, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        var answer = await who.PostAsJsonAsync(path, body, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == status, $"{path}: {(int)answer.StatusCode} {text}");
        return string.Join(' ', Code().Matches(text).Select(m => m.Groups[1].Value));
    }

    static string Long(int characters) => new('x', characters);

    [Xunit.Fact]
    public async Task Terms_of_keeping_are_refused_with_everything_that_is_wrong()
    {
        var house = await shared.Get();
        using var operations = await house.Person("operations");
        Task<string> State(string classId, object? terms, string why = "tried") => Refused(operations, "/api/keep/classes", new { classId, terms, why });
        object Terms(int? days = 30, long? bytesMax = null, string[]? sources = null, string contract = "") => new { order = 1, days, bytesMax, sources = sources ?? ["a/*"], datasets = Array.Empty<string>(), types = Array.Empty<string>(), contract };
        Assert.Equal("KEP010 KEP012 KEP013 KEP016 KEP022", await State("No Name", Terms(days: 0, bytesMax: 0, contract: Long(KeepLimits.TextCharsMax + 1)), why: ""));
        Assert.Equal("KEP015", await State("codes", Terms(sources: [""])));
        Assert.Equal("KEP014", await State("codes", Terms(sources: [.. Enumerable.Range(0, KeepLimits.PatternsMax + 1).Select(i => $"s{i}")])));
        Assert.Equal("KEP017", await State("default", Terms()));
        Assert.Equal("KEP018", await State("codes", Terms(sources: [])));
        Assert.Equal("KEP019", await State("records", Terms(days: null, sources: [])));
        Assert.Equal("KEP020", await State("never-stated", null));
        Assert.Equal("KEP021", await State("default", null));
        Assert.Contains("KEP011", Store.Keep.KeepCodes.AtTheLimit());
    }

    [Xunit.Fact]
    public async Task Holds_and_readings_anew_are_refused_by_code()
    {
        var house = await shared.Get();
        using var analyst = await house.Person("analyst");
        Task<string> Hold(object? scope, string why = "a court asks") => Refused(analyst, "/api/keep/holds", new { why, scope });
        Assert.Equal("KEP022 KEP032", await Hold(new { }, why: " "));
        Assert.Equal("KEP033", await Hold(new { fromMs = 10, toMs = 10 }));
        Assert.Equal("KEP034", await Hold(new { caseId = "case-of-nobody" }));
        Assert.Equal("KEP022", await Refused(house.Admin, "/api/keep/holds/hold-0/release", new { why = "" }));
        Assert.Equal("KEP030", await Refused(house.Admin, "/api/keep/holds/hold-0/release", new { why = "over" }, HttpStatusCode.NotFound));

        using var operations = await house.Person("operations");
        Task<string> Anew(long fromMs, long toMs, string why = "a better parser", HttpStatusCode status = HttpStatusCode.BadRequest) => Refused(operations, "/api/keep/reparse", new { fromMs, toMs, why }, status);
        Assert.Equal("KEP022", await Anew(0, 1, why: ""));
        Assert.Equal("KEP041", await Anew(5, 5));
        Assert.Equal("KEP042", await Anew(1, 2));
        Assert.Equal(1, await house.Bulk(["{\"message\":\"readanewmark\"}"]));
        await RealHouse.Until(async () => await house.Count("Events | where event.original has 'readanewmark'") == 1, "the document is found");
        // One reading waits for its turn as long as another keeps it.
        using (await house.Services.GetRequiredService<KeepTurn>().Take("a test", Stop))
        {
            await RealHouse.Json(await operations.PostAsJsonAsync("/api/keep/reparse", new { fromMs = 0, toMs = long.MaxValue / 2, why = "first" }, Stop));
            Assert.Equal("KEP043", await Anew(0, long.MaxValue / 2, status: HttpStatusCode.Conflict));
        }
        await RealHouse.Until(async () => (await house.Get("/api/keep/reparse")).GetProperty("state").GetString() == "idle", "the reading anew ended");
    }

    [Xunit.Fact]
    public async Task Searches_exports_and_tails_are_refused_by_code()
    {
        var house = await shared.Get();
        Task<string> Search(params object[] values) => Refused(house.Admin, "/api/search", new { kql = "Events | take 1", values });
        Assert.Equal("KQL110", await Search([.. Enumerable.Range(0, 31).Select(i => new { name = $"v{i}", type = "long", value = "1" })]));
        Assert.Equal("KQL111", await Search(new { name = "1a", type = "long", value = "1" }));
        Assert.Equal("KQL112", await Search(new { name = "a", type = "long", value = (string?)null }));
        Assert.Equal("KQL072", await Refused(house.Admin, "/api/search/running/9999/end", new { }, HttpStatusCode.NotFound));

        Task<string> Export(string format, HttpStatusCode status) => Refused(house.Admin, "/api/search/export", new { kql = "Events | take 1", format }, status);
        Assert.Equal("KQL120", await Export("xml", HttpStatusCode.BadRequest));
        var exports = house.Services.GetRequiredService<ExportGate>();
        var entered = 0;
        while (exports.TryEnter()) entered++;
        Assert.Equal("KQL121", await Export("csv", HttpStatusCode.ServiceUnavailable));
        for (; entered > 0; entered--) exports.Leave();

        async Task<string> Tail(string kql) => string.Join(' ', Code().Matches(await house.Admin.GetStringAsync($"/api/search/tail?q={Uri.EscapeDataString(kql)}", Stop)).Select(m => m.Groups[1].Value));
        Assert.Equal("KQL126", await Tail(Long(Limits.TailCharsMax + 1)));
        var tails = house.Services.GetRequiredService<TailGate>();
        while (tails.TryEnter()) entered++;
        Assert.Equal("KQL125", await Tail("Events"));
        for (; entered > 0; entered--) tails.Leave();
    }

    [Xunit.Fact]
    public async Task Schedules_are_refused_with_everything_that_is_wrong()
    {
        var house = await shared.Get();
        var saved = await house.Post("/api/searches", new { name = "Codes", description = "", kql = "Events | where host.name == who", parameters = new[] { new { name = "who", type = "string", @default = (string?)null, about = "" } }, tags = Array.Empty<string>(), range = "24h", why = "", version = 0 });
        using var operations = await house.Person("operations");
        var ask = new { enabled = true, everyMinutes = 0, lookBackMinutes = -1, title = " ", level = "high", queue = "input", entities = Array.Empty<object>(), values = new { }, why = "tried" };
        var codes = await Refused(operations, $"/api/searches/{saved.GetProperty("searchId").GetString()}/schedule", ask);
        Assert.StartsWith("SCH011 SCH012 SCH013 SCH014 SCH015", codes, StringComparison.Ordinal);
    }
}
