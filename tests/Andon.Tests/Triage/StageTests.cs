using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Records;
using Andon.Triage;
using Andon.Triage.Cases;
using Andon.Triage.Core;
using Andon.Triage.Grouping;
using Andon.Triage.Routing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Triage;

/// <summary>The stage between its two logs: effects and checkpoint together, reactions to facts of others, failures.</summary>
public class StageTests
{
    internal sealed class House : IAsyncDisposable
    {
        public TestClock Clock { get; } = new();
        public MemoryFactLog Facts { get; }
        public HitLog Hits { get; }
        public TriageDesk Desk { get; }
        public FindingList Findings { get; } = new();
        readonly TriageStage stage;
        ulong position;

        public House(MemoryFactLog? facts = null, HitLog? hits = null, IFactLog? front = null)
        {
            Facts = facts ?? new(Clock);
            Hits = hits ?? new(new MemoryRecordLog(), Clock);
            Desk = new(front ?? Facts, Clock);
            stage = new(Desk, new TriageCore(Desk, new Linker(Salience.Default), DomainRules.None), new FactReaction(Desk, new TriageCore(Desk, new Linker(Salience.Default), DomainRules.None)), Hits, Findings,
                NullLogger<TriageStage>.Instance, Clock);
        }

        public Task Start() => stage.StartAsync(default);

        public async Task Send(params Hit[] hits)
        {
            await Hits.Append(new(position, position + (ulong)hits.Length, hits), default);
            position += (ulong)hits.Length;
        }

        /// <summary>Waits, in real time, until a fact log says so.</summary>
        public async Task Until(Func<IReadOnlyList<Fact>, bool> true_)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (!true_(await Facts.Read(0, int.MaxValue, default)))
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(5, patience.Token);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await stage.StopAsync(default);
            stage.Dispose();
            Desk.Dispose();
        }
    }

    static Hit Hit(ulong n, string rule, string host, Level level = Level.High) => Desk.Hit(n, 0, rule, level, host);

    [Fact]
    public async Task Hits_become_a_case_and_the_checkpoint_moves_with_the_facts()
    {
        await using var house = new House();
        await house.Start();
        await house.Send(Hit(1, "a", "web01"), Hit(2, "b", "web01"));
        await house.Until(f => f.Any(x => x.Body is PriorityShifted));
        Assert.Equal(2UL, house.Facts.Checkpoint("triage"));
        Assert.Equal(["signal.opened", "case.opened", "signal.joined", "signal.opened", "signal.joined", "priority.shifted"],
            (await house.Facts.Read(0, 100, default)).Select(f => FactTypes.NameOf(f.Body)));
        Assert.All(await house.Facts.Read(0, 100, default), f => Assert.StartsWith("hit:", f.Cause, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_asset_a_window_and_a_verdict_move_priorities_with_that_fact_as_cause()
    {
        await using var house = new House();
        await house.Start();
        await house.Send(Hit(1, "a", "web01"), Hit(2, "a", "db01"));
        await house.Until(f => f.Count(x => x.Body is PriorityShifted) == 2);

        async Task<PriorityShifted> Caused(FactBody body)
        {
            var made = await house.Facts.Append([new("andon:test", "test", body)], default);
            await house.Until(f => f.Any(x => x.Cause == $"fact:{made[0].Seq}"));
            return (PriorityShifted)(await house.Facts.Read(0, 1000, default)).First(x => x.Cause == $"fact:{made[0].Seq}").Body;
        }

        var asset = await Caused(new AssetStated("a1", "web01", [], "dmz", 2, "ops", "it", true, false));
        Assert.True(asset.To > asset.From);
        Assert.Equal(2, asset.Why.I);
        Assert.Contains("criticality 2", asset.Reason, StringComparison.Ordinal);

        var window = await Caused(new WindowOpened("w1", "a1", "CVE-2025-1", "nginx", true, "test"));
        Assert.Equal(2, window.Why.X);
        Assert.StartsWith("+", window.Reason, StringComparison.Ordinal);
        var closedWindow = await Caused(new WindowClosed("w1", "patched"));
        Assert.StartsWith("−", closedWindow.Reason, StringComparison.Ordinal);

        var other = house.Desk.State.OpenCases().Single(c => c.Entities.ContainsKey("host:db01"));
        var verdict = await Caused(new CaseClosed(other.Id, Verdict.FalsePositive, [], null, "internal.detection", "a test", 1));
        Assert.True(verdict.To < verdict.From);
        Assert.Contains("false positive", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_restart_nothing_is_doubled_and_counts_go_on()
    {
        var first = new House();
        await first.Start();
        await first.Send(Hit(1, "a", "web01"), Hit(2, "a", "web01"), Hit(3, "a", "web01"));
        await first.Until(f => f.Any(x => x.Body is SignalRepeated));
        await first.DisposeAsync();
        // The third hit is in no fact yet, so the place to go on from is before it.
        Assert.Equal(1UL, first.Facts.Checkpoint("triage"));

        await using var second = new House(first.Facts, first.Hits);
        await second.Start();
        await second.Hits.Append(new(3, 4, [Hit(4, "a", "web01")]), default);
        await second.Until(f => f.Any(x => x.Body is SignalRepeated { Count: 4 }));
        Assert.Equal(1, second.Desk.State.SignalCount);
        Assert.Equal(3UL, second.Facts.Checkpoint("triage"));
    }

    [Fact]
    public async Task Hits_of_rules_in_testing_are_still_counted_after_a_restart()
    {
        var first = new House();
        await first.Start();
        var now = first.Desk.NowMs;
        Hit Tested(ulong n, long ms) => Hit(n, "t", "web01") with { Queue = RuleQueue.Testing, DetectedMs = ms };
        await first.Send(Tested(1, now), Tested(2, now), Tested(3, now - 25 * 3_600_000L), Hit(4, "a", "web01"));
        await first.Until(f => f.Any(x => x.Body is PriorityShifted));
        await first.DisposeAsync();

        await using var second = new House(first.Facts, first.Hits);
        await second.Start();
        await second.Hits.Append(new(4, 6, [Tested(5, now), Hit(6, "b", "web01")]), default);
        await second.Until(f => f.Any(x => x.Body is SignalOpened { RuleId: "rule-b" }));
        // Two of before, one of now; the third was older than a day.
        Assert.Equal(3, second.Desk.Testing.Last24h(second.Desk.NowMs));
    }

    /// <summary>A log that refuses some appends, before or after it has taken them.</summary>
    sealed class FailingLog(MemoryFactLog inner, int failures) : IFactLog
    {
        int left = failures;
        public long Last => inner.Last;

        public async ValueTask<IReadOnlyList<Fact>> Append(IReadOnlyList<FactDraft> drafts, IReadOnlyList<Checkpoint> checkpoints, CancellationToken stop)
        {
            if (drafts.Count > 0 && left-- > 0) throw new IOException("disk full");
            return await inner.Append(drafts, checkpoints, stop);
        }

        public ValueTask Attach(IFold fold, CancellationToken stop) => inner.Attach(fold, stop);
        public ValueTask<IReadOnlyList<Fact>> Read(long after, int max, CancellationToken stop) => inner.Read(after, max, stop);
        public ValueTask WaitAfter(long seq, CancellationToken stop) => inner.WaitAfter(seq, stop);
        public ValueTask<Fact?> Find(long seq, CancellationToken stop) => inner.Find(seq, stop);
        public ValueTask<IReadOnlyList<Fact>> ReadSubject(string subject, int max, CancellationToken stop) => inner.ReadSubject(subject, max, stop);
        public ulong Checkpoint(string reader) => inner.Checkpoint(reader);
        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    [Fact]
    public async Task When_the_log_refuses_the_state_is_folded_anew_and_numbers_stay_gapless()
    {
        var facts = new MemoryFactLog(new TestClock());
        await using var house = new House(facts, front: new FailingLog(facts, failures: 2));
        await house.Start();
        await house.Send(Hit(1, "a", "web01"));
        await house.Until(f => f.Any(x => x.Body is PriorityShifted));
        Assert.Equal([1], (await facts.Read(0, 100, default)).Select(f => f.Body).OfType<CaseOpened>().Select(c => c.Number));
        Assert.Single(house.Desk.State.Cases);
        Assert.Contains(house.Findings.All, f => f.Code == "TRI901");
    }

    [Fact]
    public async Task A_log_that_refuses_for_long_loses_nothing()
    {
        var facts = new MemoryFactLog(new TestClock());
        await using var house = new House(facts, front: new FailingLog(facts, failures: 6));
        await house.Start();
        await house.Send(Hit(1, "a", "web01"));
        await house.Send(Hit(2, "b", "web02"));
        await house.Until(f => f.Count(x => x.Body is PriorityShifted) == 2);
        Assert.DoesNotContain(house.Findings.All, f => f.Code == "TRI902");
    }

    [Fact]
    public async Task A_block_that_breaks_triage_three_times_is_set_aside_with_a_finding_and_the_rest_goes_on()
    {
        await using var house = new House();
        await house.Send(Hit(1, "a", "web01"));
        await house.Send(Hit(2, "poison", "web02") with { Entities = null! });
        await house.Send(Hit(3, "b", "web03"));
        await house.Start();
        await house.Until(f => f.Count(x => x.Body is PriorityShifted) == 2);
        Assert.Single(house.Findings.All, f => f.Code == "TRI902" && f.Place == "hit-log:2");
        Assert.Equal(["rule-a", "rule-b"], (await house.Facts.Read(0, 100, default)).Select(f => f.Body).OfType<SignalOpened>().Select(s => s.RuleId));
        Assert.Equal(4UL, house.Facts.Checkpoint("triage"));
        Assert.Equal([1, 2], house.Desk.State.Cases.Select(c => c.Number));
    }
}
