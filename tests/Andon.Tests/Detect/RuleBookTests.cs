using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Tests.Detect;

/// <summary>The rule book over HTTP: import, queues, restart.</summary>
public sealed class RuleBookTests : RuleBookRoom
{
    [Fact]
    public async Task A_line_becomes_a_hit_and_the_rule_counts_it()
    {
        await Send(Line, "nothing of note");
        var hit = Assert.Single(await Hits(1));
        Assert.Equal(("22222222-2222-4222-8222-222222222222", "Anna", RuleQueue.Production, Level.Medium), (hit.RuleId, hit.Author, hit.Queue, hit.Level));
        Assert.Contains(new Entity(EntityKind.Host, "web01"), hit.Entities);
        Assert.Contains(new Entity(EntityKind.User, "root", EntityRole.Actor), hit.Entities);
        Assert.Contains(new Entity(EntityKind.Ip, "203.0.113.7", EntityRole.Actor), hit.Entities);
        Assert.Equal("failure", hit.Fields["event.outcome"]);
        Assert.NotEqual("", hit.SourceId);

        var rules = await Get("/api/rules?q=failed");
        var row = Assert.Single(rules.GetProperty("rules").EnumerateArray());
        Assert.Equal(("production", true, "linux", "sshd"), (row.GetProperty("queue").GetString(), row.GetProperty("enabled").GetBoolean(), row.GetProperty("product").GetString(), row.GetProperty("service").GetString()));
        Assert.Equal(1, row.GetProperty("hits24h").GetInt64());
        var page = await Get("/api/rules/one?id=22222222-2222-4222-8222-222222222222");
        Assert.Contains("Failed login", page.GetProperty("yaml").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, page.GetProperty("hitsPerDay")[0].GetProperty("count").GetInt64());
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("/api/rules/one?id=nope")).StatusCode);
    }

    [Fact]
    public async Task An_import_stands_in_testing_until_a_person_moves_it_and_stays_after_a_restart()
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in new[] { ("r/any.yml", Imported), ("r/bad.yml", Imported.Replace("condition: s", "condition: t", StringComparison.Ordinal).Replace("3333", "4444", StringComparison.Ordinal)), ("other.yml", "a: b\n") })
            {
                await using var entry = archive.CreateEntry(name).Open();
                await entry.WriteAsync(Encoding.UTF8.GetBytes(text));
            }
        }
        var import = await Http.PostAsync("/api/rules/import", new ByteArrayContent(zip.ToArray()) { Headers = { ContentType = new("application/zip") } });
        var did = await import.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((1, 1), (did.GetProperty("loaded").GetInt32(), did.GetProperty("refused").GetInt32()));
        Assert.Contains(did.GetProperty("findings").EnumerateArray(), f => f.GetProperty("code").GetString() == "SIG025");
        await Send(Line);
        Assert.Equal([RuleQueue.Production, RuleQueue.Testing], (await Hits(2)).Select(h => h.Queue));

        object Ask(string queue, string why) => new { ruleId = "33333333-3333-4333-8333-333333333333", queue, why };
        Assert.Equal(HttpStatusCode.Conflict, (await Http.PostAsJsonAsync("/api/rules/queue", Ask("production", " "))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Http.PostAsJsonAsync("/api/rules/queue", Ask("input", "so"))).StatusCode);
        Assert.Equal(["DET025"], Codes((await Post("/api/rules/queue", Ask("production", "quiet for a week"))).Body));
        Assert.Equal(HttpStatusCode.OK, (await Post("/api/rules/promote", new { ruleId = ImportedId, why = "quiet for a week", @override = "seen elsewhere" })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await Post("/api/rules/promote", new { ruleId = ImportedId, why = "again" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await Http.PostAsJsonAsync("/api/rules/enabled", new { ruleId = "22222222-2222-4222-8222-222222222222", enabled = false, why = "noisy" })).StatusCode);
        await Send(Line);
        Assert.Equal(["33333333-3333-4333-8333-333333333333"], (await Hits(3)).Skip(2).Select(h => h.RuleId));
        Assert.Equal(RuleQueue.Production, (await Hits(3))[2].Queue);

        // A restart: the facts and the data folder are all there is.
        await Restart();
        await Send(Line);
        var all = await Hits(4);
        Assert.Equal(4, all.Count);
        Assert.Equal("33333333-3333-4333-8333-333333333333", all[3].RuleId);
        Assert.Equal(4, all.Select(h => h.Key).Distinct().Count());
        var row = (await Get("/api/rules?queue=production&q=any")).GetProperty("rules")[0];
        Assert.Equal(3, row.GetProperty("hitsTotal").GetInt64());
        var bodies = (await Facts.Read(0, 100, default)).Select(f => f.Body).ToList();
        Assert.Equal(2, bodies.OfType<RulesLoaded>().Count());
        Assert.Equal("user:tester", (await Facts.Read(0, 100, default)).First(f => f.Body is RuleQueued).Actor);
    }

    [Fact]
    public async Task Check_says_all_findings_and_loads_nothing()
    {
        var answer = await Http.PostAsync("/api/rules/check", new StringContent("title: X\nlogsource: { product: test }\ndetection: { a: { F|foo: x, 'G|re': '(' }, condition: a }\n", Encoding.UTF8, "text/plain"));
        var codes = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("code").GetString()).ToList();
        Assert.Contains("SIG060", codes);
        Assert.Contains("SIG067", codes);
        Assert.Single((await Get("/api/rules")).GetProperty("rules").EnumerateArray());
    }

    [Fact]
    public async Task In_quiet_times_the_place_in_the_log_moves_on_all_the_same()
    {
        await Send("nothing", "at", "all");
        await HitRecords.WaitFor(1, new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        Assert.Equal(4UL, await new HitLog(HitRecords, TimeProvider.System).MatchedTo(default));
    }
}
