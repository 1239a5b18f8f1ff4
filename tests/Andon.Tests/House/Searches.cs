using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Andon.Tests.House;

/// <summary>Searches that people keep, in the real house: over a restart, into a case, out of the house as a file, along as a stream.</summary>
[Collection(RealHouses.Name)]
public sealed class Searches(SharedHouse shared)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static object Saving(string name, string kql, int version = 0, object[]? parameters = null) =>
        new { name, description = "", kql, parameters = parameters ?? [], tags = new[] { "attack.t1110" }, range = "24h", why = "", version };

    static object Scheduling(string title, bool enabled = true, int lookBackMinutes = 0) =>
        new { enabled, everyMinutes = 1, lookBackMinutes, title, level = "high", queue = "production", entities = Array.Empty<object>(), values = new { }, why = "tried" };

    [Xunit.Fact]
    public async Task A_schedule_tells_each_event_once_over_a_restart_and_its_alerts_make_a_case()
    {
        var folder = Directory.CreateTempSubdirectory("andon-schedule-").FullName;
        try
        {
            string id;
            var first = await RealHouse.Start(folder);
            try
            {
                await first.Bulk(["{\"message\":\"schedulemark\",\"user\":{\"name\":\"before\"},\"host\":{\"name\":\"web01\"}}"]);
                await RealHouse.Until(async () => await first.Count("Events | where event.original has 'schedulemark'") == 1, "the first document is found");
                var saved = await first.Post("/api/searches", Saving("Marks", "Events | where event.original has 'schedulemark' | project andon.event_id, timestamp, user.name, host.name"));
                id = saved.GetProperty("searchId").GetString() ?? "";
                await Task.Delay(5, Stop); // What arrived in the millisecond of its making is neither before nor after.
                await first.Post($"/api/searches/{id}/schedule", Scheduling("Marked"));
                await first.Bulk(["{\"message\":\"schedulemark\",\"user\":{\"name\":\"after\"},\"host\":{\"name\":\"web01\"}}"]);
                await RealHouse.Until(async () => await first.Count("Events | where event.original has 'schedulemark'") == 2, "the second document is found");
                await first.Settled();
                await first.Post($"/api/searches/{id}/schedule", Scheduling("Marked")); // A changed schedule runs at once, and goes on where it was.
                await RealHouse.Until(async () => await first.Count("Alerts | where title == 'Marked'") == 1, "what came after the schedule was made is an alert");
                await RealHouse.Until(async () => (await first.Get("/api/cases?state=open")).GetProperty("cases").GetArrayLength() == 1, "the alert made a case");
            }
            finally
            {
                await first.End();
            }

            await using var second = await RealHouse.Start(folder);
            var again = (await second.Get($"/api/searches/{id}")).GetProperty("search");
            Assert.True(again.GetProperty("schedule").GetProperty("enabled").GetBoolean());
            await second.Bulk(["{\"message\":\"schedulemark\",\"user\":{\"name\":\"later\"},\"host\":{\"name\":\"web01\"}}"]);
            await RealHouse.Until(async () => await second.Count("Events | where event.original has 'schedulemark'") == 3, "the third document is found");
            await second.Settled();
            await second.Post($"/api/searches/{id}/schedule", Scheduling("Marked"));
            await RealHouse.Until(async () => await second.Count("Alerts | where title == 'Marked'") >= 2, "what came after the restart is an alert");
            var users = (await second.Search("Alerts | where title == 'Marked' | project who = tostring(fields['user.name']) | sort by who asc")).Select(r => r["who"].GetString());
            Assert.Equal(["after", "later"], users);
            // An alert leads to its event.
            var alert = Assert.Single(await second.Search("Alerts | where title == 'Marked' | where tostring(fields['user.name']) == 'later' | project event_id, rule_id, entities"));
            Assert.Equal($"search:{id}", alert["rule_id"].GetString());
            Assert.Contains("host:web01", alert["entities"].EnumerateArray().Select(e => e.GetString()));
            Assert.Contains("later", (await second.Get($"/api/events/{alert["event_id"].GetString()}")).GetProperty("raw").GetString(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Xunit.Fact]
    public async Task A_search_has_versions_an_owner_and_uses()
    {
        var house = await shared.Get();
        using var analyst = await house.Person("analyst");
        async Task<HttpResponseMessage> Post(HttpClient who, string path, object body) => await who.PostAsJsonAsync(path, body, Stop);
        var mine = await RealHouse.Json(await Post(analyst, "/api/searches", Saving("Mine", "Events | where user.name == who", parameters: [new { name = "who", type = "string", about = "" }])));
        var id = mine.GetProperty("searchId").GetString();
        Assert.Equal(1, mine.GetProperty("version").GetInt32());
        var wrong = await RealHouse.Json(await Post(analyst, "/api/searches", Saving("", "Events | wher x")), HttpStatusCode.BadRequest);
        Assert.Equal(["KQL004", "LIB005"], wrong.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("code").GetString()).Order());
        await RealHouse.Json(await Post(analyst, $"/api/searches/{id}", Saving("Mine", "Events | take 5", version: 1)));
        var late = await RealHouse.Json(await Post(analyst, $"/api/searches/{id}", Saving("Mine", "Events | take 6", version: 1)), HttpStatusCode.Conflict);
        Assert.Equal("LIB023", late.GetProperty("findings")[0].GetProperty("code").GetString());
        await house.Post("/api/dashboards", new { name = "Board", description = "", panels = new[] { new { title = "P", searchId = id, chart = "table", width = 2, height = 2, values = new { } } }, parameters = Array.Empty<object>(), range = "24h", why = "", version = 0 });
        var detail = await house.Get($"/api/searches/{id}");
        Assert.Equal([2, 1], detail.GetProperty("versions").EnumerateArray().Select(v => v.GetProperty("version").GetInt32()));
        Assert.Equal("dashboard", Assert.Single(detail.GetProperty("search").GetProperty("usedBy").EnumerateArray()).GetProperty("kind").GetString());
        using var used = await analyst.DeleteAsync($"/api/searches/{id}", Stop);
        Assert.Equal("LIB025", (await RealHouse.Json(used, HttpStatusCode.Conflict)).GetProperty("code").GetString());
        using var shipped = await analyst.DeleteAsync("/api/searches/first-seen", Stop);
        Assert.Equal("LIB021", (await RealHouse.Json(shipped, HttpStatusCode.Conflict)).GetProperty("code").GetString());
    }

    [Xunit.Fact]
    public async Task A_file_is_safe_whole_and_written_down_and_a_history_is_ones_own()
    {
        var house = await shared.Get();
        await house.Bulk(Enumerable.Range(0, 40).Select(i => $"{{\"message\":\"=1+{i} exportmark\",\"process\":{{\"pid\":{i}}}}}"));
        await RealHouse.Until(async () => await house.Count("Events | where event.original has 'exportmark'") == 40, "forty documents are found");
        var to = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds();
        using var csv = await house.Admin.PostAsJsonAsync("/api/search/export", new { kql = "Events | where event.original has mark | project process.pid, message", fromMs = 0, toMs = to, format = "csv", values = new[] { new { name = "mark", type = "string", value = "exportmark" } } }, Stop);
        Assert.Equal("complete", csv.Headers.GetValues("X-Andon-State").Single());
        var lines = Encoding.UTF8.GetString(await csv.Content.ReadAsByteArrayAsync(Stop)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(41, lines.Length);
        Assert.Equal("\ufeffprocess.pid,message", lines[0]);
        Assert.Contains("7,'=1+7 exportmark", lines);
        using var json = await house.Admin.PostAsJsonAsync("/api/search/export", new { kql = "Events | where event.original has 'exportmark' | count", fromMs = 0, toMs = to, format = "jsonl" }, Stop);
        Assert.Equal("{\"Count\":40}\n", await json.Content.ReadAsStringAsync(Stop));
        using var refused = await house.Admin.PostAsJsonAsync("/api/search/export", new { kql = "Events | wher", fromMs = 0, toMs = to, format = "csv" }, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        // Search facts name no subject, so they are looked for from the first on.
        var facts = house.Services.GetService(typeof(Andon.Store.Facts.IFactLog)) as Andon.Store.Facts.IFactLog;
        var told = (await facts!.Read(0, 100_000, Stop)).Select(f => f.Body).OfType<Andon.Model.SearchExported>().ToList();
        Assert.Equal([("csv", 40L, true), ("jsonl", 1L, true)], told.Select(f => (f.Format, f.Rows, f.Complete)));

        await house.Post("/api/search", new { kql = "Events | where event.original has 'historymark'", remember = true });
        Assert.Contains("historymark", (await house.Get("/api/search/history")).GetRawText(), StringComparison.Ordinal);
        using var manager = await house.Person("manager");
        Assert.DoesNotContain("historymark", await manager.GetStringAsync("/api/search/history", Stop), StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public async Task A_tail_shows_what_comes_after_it_was_opened()
    {
        var house = await shared.Get();
        await house.Bulk(["{\"message\":\"tailmark early\"}"]);
        await RealHouse.Until(async () => await house.Count("Events | where event.original has 'tailmark'") == 1, "the early document is found");
        await house.Settled();
        using var answer = await house.Admin.GetAsync("/api/search/tail?q=" + Uri.EscapeDataString("Events | where event.original has 'tailmark' | project message"), HttpCompletionOption.ResponseHeadersRead, Stop);
        using var stream = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop), Encoding.UTF8);
        async Task<(string Event, JsonElement Data)> Next()
        {
            string name = "", data = "";
            while (await stream.ReadLineAsync(Stop) is { } line)
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal)) data = line[6..];
                else if (line.Length == 0) break;
            }
            return (name, JsonDocument.Parse(data).RootElement);
        }
        Assert.Equal("begun", (await Next()).Event);
        await house.Bulk(["{\"message\":\"tailmark late\"}"]);
        (string Event, JsonElement Data) rows;
        do rows = await Next(); while (rows.Event == "pulse");
        Assert.Equal("rows", rows.Event);
        Assert.Equal("tailmark late", Assert.Single(rows.Data.GetProperty("rows").EnumerateArray())[0].GetString());
        Assert.Equal(1, rows.Data.GetProperty("matched").GetInt64());

        var refused = await house.Admin.GetStringAsync("/api/search/tail?q=" + Uri.EscapeDataString("Events | wher x"), Stop);
        Assert.StartsWith("event: refused", refused, StringComparison.Ordinal);
    }
}
