using System.Diagnostics;
using System.Security.Claims;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Query;
using Andon.Store.Query.Runtime;

namespace Andon.Tests.Store.Keep;

/// <summary>Searches cost what their owner's role may cost, wait in a line, and end at once when someone ends them.</summary>
public sealed class SearchLimitTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static ClaimsPrincipal Person(string name, string role) => new(new ClaimsIdentity([new(ClaimTypes.Name, name), new(ClaimTypes.Role, role)], "test"));

    static RunningSearches Searches(Andon.Store.Events.EventStore store, int atOnce = 3, int waiting = 2) => new(new()
    {
        AtOnceMax = atOnce,
        WaitingMax = waiting,
        Budgets = new Dictionary<string, SearchBudget> { ["manager"] = new(SecondsMax: 60, RowsMax: 10, MemoryBytesMax: 20_000_000, AtOnceMax: 1), ["analyst"] = new(AtOnceMax: 2) },
    }, store, TimeProvider.System);

    [Fact]
    public async Task A_person_has_so_many_at_once_others_pass_and_too_many_waiting_are_refused()
    {
        EngineHouse.Require();
        var searches = Searches(await EngineHouse.Store());
        var (ann, bob) = (Person("ann", "analyst"), Person("bob", "manager"));
        var one = await searches.Enter(ann, "a", Stop);
        var two = await searches.Enter(ann, "b", Stop);
        var third = searches.Enter(ann, "c", Stop);
        Assert.False(third.IsCompleted);
        using var bobs = await searches.Enter(bob, "d", Stop); // Passes her third.
        var waiting = searches.Enter(bob, "e", Stop);
        var refused = await Assert.ThrowsAsync<QueryRefusedException>(() => searches.Enter(bob, "f", Stop));
        Assert.True(refused.Passing);
        Assert.Equal("KQL070", refused.Findings[0].Code);
        Assert.Equal(["a", "b", "c", "d", "e"], (await searches.List(Stop)).Select(s => s.Kql));
        Assert.Equal(["c", "e"], (await searches.List(Stop)).Where(s => s.Waiting).Select(s => s.Kql));
        one.Dispose();
        using var came = await third.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        // One that waits can be ended too.
        Assert.Null(searches.End((await searches.List(Stop)).Single(s => s.Kql == "e").SearchId, "user:ann", owner => owner == "user:ann"));
        Assert.NotNull(searches.End((await searches.List(Stop)).Single(s => s.Kql == "e").SearchId, "user:bob", owner => owner == "user:bob"));
        Assert.Equal("KQL071", (await Assert.ThrowsAsync<QueryRefusedException>(() => waiting)).Findings[0].Code);
        two.Dispose();
    }

    [Fact]
    public async Task Over_its_budget_a_search_ends_with_a_finding_that_names_the_cause()
    {
        EngineHouse.Require();
        var store = await EngineHouse.Store();
        for (var batch = 0; batch < 4; batch++)
            await store.Client.Execute($"INSERT INTO events (id, timestamp, event_ingested, raw) SELECT number + {batch} * 250000, toDateTime64('2026-03-02 00:00:00', 3, 'UTC'), now64(3), concat('line ', toString(cityHash64(number, {batch}))) FROM numbers(250000)", Stop);
        var searches = Searches(store);
        var engine = new QueryEngine(store, TimeProvider.System);
        using var held = await searches.Enter(Person("bob", "manager"), "q", Stop);
        var rows = await engine.Search(new("Events | take 1000"), new(held), held.Stop);
        Assert.Equal((10, SearchState.Limited), (rows.Rows.Count, rows.Stats.State));
        var memory = await Assert.ThrowsAsync<QueryRefusedException>(async () => await engine.Search(new("Events | summarize n = count() by event.original | count"), new(held), held.Stop));
        Assert.Equal("ENG014", memory.Findings[0].Code);
        // And harms nobody.
        Assert.Single((await engine.Search(new("Events | count"), new(held), held.Stop)).Rows);
    }

    [Fact]
    public async Task Ended_by_someone_it_ends_and_its_cost_is_listed_meanwhile()
    {
        EngineHouse.Require();
        var store = await EngineHouse.Store();
        var searches = Searches(store);
        using var held = await searches.Enter(Person("ann", "analyst"), "endless", Stop);
        var running = store.Query(held.Mark + "SELECT sum(cityHash64(number)) FROM numbers(100000000000)", new Dictionary<string, string>(), new(TimeMsMax: 60_000), held.Stop).AsTask();
        var watch = Stopwatch.StartNew();
        RunningSearch listed;
        while ((listed = (await searches.List(Stop))[0]).ReadRows == 0)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "Its cost was never listed.");
            await Task.Delay(50, Stop);
        }
        Assert.Equal("user:ann", listed.Owner);
        watch.Restart();
        searches.End(listed.SearchId, "user:root", _ => true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal("user:root", held.EndedBy);
        var told = watch.Elapsed;
        while (await store.Number("SELECT count() FROM system.processes WHERE query LIKE '%numbers(100000000000)%' AND query NOT LIKE '%processes%'", Stop) > 0)
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "The engine goes on with it.");
        TestContext.Current.SendDiagnosticMessage($"ended for the caller after {told.TotalMilliseconds:0} ms, in the engine after {watch.Elapsed.TotalMilliseconds:0} ms");
    }

    [Fact]
    public async Task A_worker_that_stands_still_is_replaced()
    {
        EngineHouse.Require();
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGSTOP.");
        using var folder = new TestFolder();
        var findings = new FindingList();
        var options = EngineHouse.Options(folder.Path) with { HealthEvery = TimeSpan.FromMilliseconds(200), HealthMax = TimeSpan.FromSeconds(1), QueryThreads = 2 };
        using var engine = await EngineHouse.Start(options, findings);
        var store = new Andon.Store.Events.EventStore(engine, new(), TimeProvider.System);
        await store.Ready(Stop);
        Assert.Equal("2", (await store.Query("SELECT value FROM system.settings WHERE name = 'max_threads'", new Dictionary<string, string>(), QueryLimits.Standard, Stop)).Rows[0][0]);
        var stopped = engine.WorkerId ?? throw new InvalidOperationException();
        using (var signal = Process.Start("kill", ["-STOP", $"{stopped}"])) await signal.WaitForExitAsync(Stop);
        var watch = Stopwatch.StartNew();
        while (engine.WorkerId is null || engine.WorkerId == stopped || engine.State.Condition != EngineCondition.Ready)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(90), "It was never replaced.");
            await Task.Delay(50, Stop);
        }
        Assert.Contains(findings.All, f => f.Code == "ENG021");
        Assert.Equal(0UL, await store.Number("SELECT count() FROM events", Stop));
        await engine.StopAsync(Stop);
    }
}
