using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using Andon.Tests.Store;
using Andon.Triage;
using Andon.Triage.Cases;
using Andon.Triage.Core;
using Andon.Triage.Grouping;
using Andon.Triage.Routing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Triage;

/// <summary>A case's alerts, out of the real alerts table.</summary>
public sealed class AlertTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_case_shows_its_own_alerts_a_page_at_a_time()
    {
        var store = await EngineHouse.Store();
        var clock = new TestClock();
        var hits = new HitLog(new MemoryRecordLog(), clock);
        await using var facts = new MemoryFactLog(clock);
        using var desk = new TriageDesk(facts, clock);
        await facts.Attach(desk, Stop);
        var core = new TriageCore(desk, new Linker(Salience.Default), DomainRules.None);

        // A burst with a rule id that would break a careless query, another rule on the same host, and strangers.
        List<Hit> all =
        [
            .. Enumerable.Range(1, 120).Select(n => Desk.Hit((ulong)n, n / 10.0, "it's \\ a rule", Level.High, "web01", "root")),
            Desk.Hit(200, 13, "second", Level.High, "web01"),
            .. Enumerable.Range(300, 40).Select(n => Desk.Hit((ulong)n, 13.5, "it's \\ a rule", Level.High, $"other{n}")),
            Desk.Hit(400, 14, "second", Level.High, "web01", queue: RuleQueue.Testing),
        ];
        all[120] = all[120] with { Fields = new Dictionary<string, string> { ["process.name"] = "sh" }, Contributing = [EventId.At(3, 1)] };
        await hits.Append(new(0, 401, all), Stop);
        await desk.Append(core.Step(all, 1, desk.NowMs), [], Stop);
        using var reader = new AlertsReader(hits, store, new FindingList(), TimeProvider.System, NullLogger<AlertsReader>.Instance);
        await reader.StartAsync(Stop);
        while (hits.Log.Checkpoint(AlertsReader.Checkpoint) < 2) await Task.Delay(20, Stop);
        await reader.StopAsync(Stop);

        var id = desk.State.OpenCases().Single(c => c.Entities.ContainsKey("host:web01")).Id;
        var first = Assert.IsType<Ok<AlertsView>>((await ShowAlerts.Handle(id, 0, 50, desk, store, Stop)).Result).Value!;
        Assert.Equal(121, first.Total);
        Assert.Equal(50, first.Alerts.Count);
        Assert.Equal("rule-second", first.Alerts[0].RuleId);
        Assert.Equal(("200.0", Level.High, "sh", "3.1"), (first.Alerts[0].EventId, first.Alerts[0].Level, first.Alerts[0].Fields["process.name"], first.Alerts[0].Contributing.Single()));
        var last = Assert.IsType<Ok<AlertsView>>((await ShowAlerts.Handle(id, 100, 50, desk, store, Stop)).Result).Value!;
        Assert.Equal(21, last.Alerts.Count);
        Assert.Equal("1.0", last.Alerts[^1].EventId);
        Assert.Contains("host:web01", last.Alerts[^1].Entities);
        Assert.IsType<NotFound>((await ShowAlerts.Handle("c999", 0, 50, desk, store, Stop)).Result);
    }
}
