using System.Net;
using Andon.Detect.RuleBook;
using Andon.Model;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Tests.Detect;

/// <summary>Rules change on disk while events run; versions, broken files, scopes, counters.</summary>
public sealed class RuleBookReload : RuleBookRoom
{
    string ShippedFile => Path.Combine(Rules, "failed.yml");

    RuleBook Book => Services.GetRequiredService<RuleBook>();
    RuleKeeper Keeper => Services.GetRequiredService<RuleKeeper>();

    [Xunit.Fact]
    public async Task A_changed_file_comes_into_use_by_itself_and_both_texts_can_be_read()
    {
        var before = Book.VersionOf(Book.Find(ShippedId)!);
        await File.WriteAllTextAsync(ShippedFile, Shipped.Replace("Failed login", "Failed sign-in", StringComparison.Ordinal), Stop);
        await Until(() => Task.FromResult(Book.Find(ShippedId)?.Header.Title == "Failed sign-in"), "the watcher did not see the change");
        await Until(async () => (await Get($"/api/rules/one?id={ShippedId}")).GetProperty("versions").GetArrayLength() == 2, "no second version");
        var versions = (await Get($"/api/rules/one?id={ShippedId}")).GetProperty("versions");
        Assert.Equal(before, versions[1].GetProperty("before").GetString());
        Assert.Contains("Failed login", (await Get($"/api/rules/version?hash={before}")).GetProperty("yaml").GetString(), StringComparison.Ordinal);
        Assert.Contains("Failed sign-in", (await Get($"/api/rules/version?hash={versions[1].GetProperty("version").GetString()}")).GetProperty("yaml").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync($"/api/rules/version?hash={new string('a', 64)}", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("/api/rules/version?hash=../../x", Stop)).StatusCode);
    }

    [Xunit.Fact]
    public async Task A_broken_file_stays_in_force_as_it_was_also_over_a_restart()
    {
        await File.WriteAllTextAsync(ShippedFile, Shipped.Replace("condition: s", "condition: nowhere", StringComparison.Ordinal), Stop);
        await Keeper.Reload(Stop);
        Assert.Contains("DET040", Book.Active.Set.Findings.Select(f => f.Code));
        await Send(Line);
        Assert.Single(await Hits(1));

        await Restart();
        Assert.Contains((await Get("/api/rules")).GetProperty("refused").EnumerateArray(), f => f.GetProperty("code").GetString() == "DET040");
        await Send(Line);
        Assert.Equal([ShippedId, ShippedId], (await Hits(2)).Select(h => h.RuleId));

        File.Delete(ShippedFile);
        await Keeper.Reload(Stop);
        Assert.Null(Book.Find(ShippedId));
        Assert.Equal(ShippedId, (await Facts.Read(0, 1000, Stop)).Select(f => f.Body).OfType<RuleGone>().Single().RuleId);
    }

    [Xunit.Fact]
    public async Task While_rules_are_swapped_no_event_is_lost_or_matched_twice()
    {
        // One line in five matches: a batch may hold 2,048 lines and a rule makes 500 hits of a batch at most.
        const int Lines = 6_000, Matching = Lines / 5;
        // Each part is sent while the rules are read again, so the swap falls somewhere into it.
        const int Reloads = 12, Part = Lines / Reloads;
        for (var reload = 0; reload < Reloads; reload++)
        {
            var first = reload * Part;
            var sending = Task.Run(async () =>
            {
                for (var i = first; i < first + Part; i += 20) await Send([.. Enumerable.Range(i, 20).Select(n => n % 5 == 0 ? Line.Replace("sshd[812]", $"sshd[{n}]", StringComparison.Ordinal) : $"<38>Mar  2 08:00:01 Web01 cron[{n}]: nothing")]);
            }, Stop);
            await File.WriteAllTextAsync(ShippedFile, Shipped.Replace("Failed login", $"Failed login {reload}", StringComparison.Ordinal), Stop);
            await Keeper.Reload(Stop);
            await sending;
            await Hits((first + Part) / 5);
        }
        var hits = await Hits(Matching);
        Assert.Equal(Matching, hits.Count);
        Assert.Equal(Matching, hits.Select(h => h.Event).Distinct().Count());
        // A part is matched by the rules of before it or by its own; older ones were no longer in use when it was sent.
        var titles = hits.OrderBy(h => h.Event.Value).Select(h => h.Title).ToList();
        for (var i = 0; i < titles.Count; i++)
        {
            var part = i * 5 / Part;
            Assert.Contains(titles[i], new[] { part == 0 ? "Failed login" : $"Failed login {part - 1}", $"Failed login {part}" });
        }
    }

    [Xunit.Fact]
    public async Task A_log_source_out_of_scope_takes_its_rules_along_with_the_reason()
    {
        object Ask(bool inScope, string why, string? product = "Linux") => new { product, service = "sshd", inScope, why };
        Assert.Equal(["DET020"], Codes((await Post("/api/rules/scopes", Ask(false, ""))).Body));
        Assert.Equal(["DET028"], Codes((await Post("/api/rules/scopes", Ask(false, "no such", "plan9"))).Body));
        Assert.Equal(["DET027"], Codes((await Post("/api/rules/scopes", new { inScope = false, why = "all" })).Body));
        var (status, list) = await Post("/api/rules/scopes", Ask(false, "no Linux here"));
        Assert.Equal((HttpStatusCode.OK, 1), (status, list.GetProperty("affected").GetInt32()));
        var row = (await Get("/api/rules")).GetProperty("rules")[0];
        Assert.Equal((false, "out of scope: no Linux here"), (row.GetProperty("enabled").GetBoolean(), row.GetProperty("off").GetString()));
        Assert.Equal(["DET026"], Codes((await Post("/api/rules/enabled", new { ruleId = ShippedId, enabled = true, why = "but I want it" })).Body));

        await Restart();
        Assert.False(Book.Active.Of(ShippedId).Enabled);
        Assert.Equal(HttpStatusCode.OK, (await Post("/api/rules/scopes", Ask(true, "a server came"))).Status);
        Assert.True(Book.Active.Of(ShippedId).Enabled);
        Assert.Equal([false, true], (await Facts.Read(0, 1000, Stop)).Select(f => f.Body).OfType<ScopeSwitched>().Select(s => s.InScope));
    }

    [Xunit.Fact]
    public async Task Hits_of_testing_are_counted_sampled_and_survive_a_restart()
    {
        await Import(Imported);
        await Send([.. Enumerable.Repeat(Line, 25)]);
        await Hits(50);
        async Task<System.Text.Json.JsonElement> Page() => await Get($"/api/rules/one?id={ImportedId}");
        await Until(async () => (await Page()).GetProperty("hits24h").GetInt64() == 25, "not all counted");
        Assert.Equal(20, (await Page()).GetProperty("samples").GetArrayLength());
        Assert.Equal(25, (await Get("/api/rules")).GetProperty("testingHits24h").GetInt64());
        await Restart();
        await Until(async () => (await Page()).GetProperty("samples").GetArrayLength() == 20, "the samples are gone");
        Assert.Equal((25L, 25L), ((await Page()).GetProperty("hits24h").GetInt64(), (await Get("/api/rules")).GetProperty("testingHits24h").GetInt64()));
    }

    [Xunit.Fact]
    public async Task A_newer_import_takes_the_place_of_an_older_one_rule_by_rule_and_back()
    {
        var newer = Imported.Replace("level: low", "level: high", StringComparison.Ordinal);
        foreach (var (text, level) in new[] { (Imported, Level.Low), (newer, Level.High), (Imported, Level.Low) })
        {
            var did = await Import(text);
            Assert.Equal((1, 0), (did.GetProperty("loaded").GetInt32(), did.GetProperty("refused").GetInt32()));
            Assert.Equal(level, Book.Find(ImportedId)?.Header.Level);
        }
        Assert.Equal(3, (await Get($"/api/rules/one?id={ImportedId}")).GetProperty("versions").GetArrayLength());
        // A rule that the program ships is not replaced by an import; that is said.
        Assert.Equal(1, (await Import(Shipped.Replace("level: medium", "level: low", StringComparison.Ordinal))).GetProperty("refused").GetInt32());
        Assert.Equal(Level.Medium, Book.Find(ShippedId)?.Header.Level);
    }

    [Xunit.Fact]
    public void Saved_counts_and_the_hit_log_are_never_added_twice()
    {
        Hit One(string rule) => new(EventId.At(1, 0), 0, 86_400_000, rule, "", "", Level.Low, RuleQueue.Testing, [], "", [], new Dictionary<string, string>(), []);
        var first = new RuleCounters();
        first.Take(new(1, 2, [One("a")]), 1);
        first.Take(new(2, 3, [One("a")]), 2);
        first.Suppressed("f", "a", 86_400_000);
        var state = first.Save();

        var second = new RuleCounters();
        second.Load(state, hitLogNext: 4);
        for (ulong at = 1; at <= 3; at++) second.Take(new(at, at + 1, [One("a")]), at);
        Assert.Equal((3L, 3L), (second.Of("a", 86_400_000).Total, second.Testing24h(86_400_000)));
        Assert.Equal(("f", 1L), (second.SuppressedOf("a").Single().FilterId, second.SuppressedOf("a").Single().Total));

        // Another hit log, which ends before: only what it says counts.
        var third = new RuleCounters();
        third.Load(state, hitLogNext: 2);
        third.Take(new(1, 2, [One("a")]), 1);
        Assert.Equal(1, third.Of("a", 86_400_000).Total);
    }

    [Xunit.Fact]
    public async Task Author_licence_and_change_are_known_of_an_imported_rule()
    {
        await Import(Imported.Replace("level: low", "level: low\nauthor: Anna\nlicense: DRL-1.1\nrelated: [{ id: 77777777-7777-4777-8777-777777777777, type: derived }]", StringComparison.Ordinal));
        var credit = (await Get($"/api/rules/one?id={ImportedId}")).GetProperty("credit");
        Assert.Equal(("Anna", "DRL-1.1", "derived from 77777777-7777-4777-8777-777777777777"), (credit.GetProperty("author").GetString(), credit.GetProperty("license").GetString(), credit.GetProperty("modified").GetString()));
        Assert.False((await Get($"/api/rules/one?id={ShippedId}")).GetProperty("credit").TryGetProperty("modified", out var modified) && modified.ValueKind != System.Text.Json.JsonValueKind.Null);
    }
}
