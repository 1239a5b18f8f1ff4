using System.Net;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Query;
using Andon.Store.Query.Known;
using Andon.Store.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Store.Query;

/// <summary>Findings that searching tells of its own working: schedules that fail or are too large, an engine that is away, a server that is none.</summary>
public sealed class StageCodes
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A clock on which every wait is over at once.</summary>
    sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan) callback(state);
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    static async Task<(ScheduleRunner Runner, SearchShelf Shelf, FindingList Findings, ScheduleBook Book)> Scheduled(string kql, int events, TimeProvider clock)
    {
        var store = await EngineHouse.Store();
        var batch = new EventBatch();
        for (var i = 1; i <= events; i++) EventMaker.Add(batch, (ulong)i, EventMaker.Utf8("raw"), 1000 * i, ("user.name", EventMaker.Utf8($"u{i}"), ValueKind.Text));
        await EventMaker.Insert(store, batch.Seal());
        var (shelf, findings, book, facts) = (new SearchShelf(), new FindingList(), new ScheduleBook(), new MemoryFactLog(new TestClock()));
        await facts.Attach(shelf, Stop);
        await facts.Append("user:anna", "", new SearchSaved("s1", 1, "All", "", kql, [], [], "24h", ""), Stop);
        await facts.Append("user:anna", "", new SearchScheduled("s1", true, 5, 0, "T", Level.High, RuleQueue.Production, [], new Dictionary<string, string>(), ""), Stop);
        var step = new ScheduleStep(new QueryEngine(store, TimeProvider.System), TimeProvider.System);
        return (new(shelf, step, book, () => (ulong)events + 1, new MemoryRecordLog(), new(new MemoryRecordLog(), TimeProvider.System), facts, findings, clock, NullLogger<ScheduleRunner>.Instance), shelf, findings, book);
    }

    [Fact]
    public async Task A_run_of_too_many_rows_or_of_too_long_says_so()
    {
        var (runner, shelf, _, _) = await Scheduled("Events | project andon.event_id", ScheduleLimits.RowsMax + 1, TimeProvider.System);
        using (runner) Assert.Equal("SCH003", (await runner.RunNew("s1", shelf.Schedules["s1"], Stop)).Finding?.Code);
        var (hasty, again, _, _) = await Scheduled("Events | project andon.event_id", 3, new HastyClock());
        using (hasty) Assert.Equal("SCH002", (await hasty.RunNew("s1", again.Schedules["s1"], Stop)).Finding?.Code);
        using (hasty) Assert.Equal("SCH005", (await hasty.RunNew("gone", again.Schedules["s1"], Stop)).Finding?.Code);
    }

    [Fact]
    public async Task A_search_that_fails_is_told_with_its_reason_and_one_schedule_more_than_may_be_is_refused()
    {
        var clock = new TestClock();
        var (runner, shelf, findings, _) = await Scheduled("Events | where nofunction(user.name)", 3, clock);
        using (runner)
        {
            await runner.StartAsync(Stop);
            for (var i = 0; findings.All.Count == 0 && i < 3000; i++)
            {
                clock.Advance(ScheduleLimits.LookEvery);
                await Task.Delay(5, Stop);
            }
            await runner.StopAsync(Stop);
        }
        var told = findings.All[0];
        Assert.Equal("SCH001", told.Code);
        Assert.Contains("nofunction", told.Message, StringComparison.Ordinal);
        var ask = new ScheduleAsk(true, 5, 0, "T", Level.High, RuleQueue.Production, [], new Dictionary<string, string>(), "");
        Assert.Equal(["SCH010"], ScheduleSearch.Refuse(ask, shelf.Search("s1")!, ScheduleLimits.SchedulesMax).Select(f => f.Code));
        Assert.Empty(ScheduleSearch.Refuse(ask, shelf.Search("s1")!, ScheduleLimits.SchedulesMax - 1));
    }

    sealed class Gateway : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent("<html>") });
    }

    [Fact]
    public async Task An_answer_of_something_that_is_not_Andon_is_a_finding()
    {
        using var client = new HttpClient(new Gateway()) { BaseAddress = new("http://127.0.0.1/") };
        var (output, errors) = (new StringWriter(), new StringWriter());
        Assert.Equal(1, await QueryCli.Run(new("Events", Json: false), (ask, stop) => QueryCli.Remote(client, ask, stop), output, errors, Stop));
        Assert.Contains("KQL052", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_without_its_tables_says_what_is_not_known()
    {
        var nowhere = new EventStore(await EngineHouse.Shared(), new("never_made"), TimeProvider.System);
        var plan = await new QueryEngine(nowhere, TimeProvider.System).Explain(new("Events | where user.name == 'x'", FromMs: 0), Stop);
        Assert.Contains("KQL095", plan.Findings.Select(f => f.Code));
    }

    /// <summary>Facts that cannot be waited for.</summary>
    sealed class TornFactLog(IFactLog inner) : IFactLog
    {
        public long Last => inner.Last;
        public ValueTask<IReadOnlyList<Fact>> Append(IReadOnlyList<FactDraft> drafts, IReadOnlyList<Checkpoint> checkpoints, CancellationToken stop) => inner.Append(drafts, checkpoints, stop);
        public ValueTask Attach(IFold fold, CancellationToken stop) => inner.Attach(fold, stop);
        public ValueTask<IReadOnlyList<Fact>> Read(long after, int max, CancellationToken stop) => inner.Read(after, max, stop);
        public ValueTask WaitAfter(long seq, CancellationToken stop) => throw new IOException("torn");
        public ValueTask<Fact?> Find(long seq, CancellationToken stop) => inner.Find(seq, stop);
        public ValueTask<IReadOnlyList<Fact>> ReadSubject(string subject, int max, CancellationToken stop) => inner.ReadSubject(subject, max, stop);
        public ulong Checkpoint(string reader) => inner.Checkpoint(reader);
        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    [Fact]
    public async Task Facts_that_do_not_come_into_their_table_are_told()
    {
        var findings = new FindingList();
        using var mirror = new FactMirror(new TornFactLog(new MemoryFactLog(new TestClock())), await EngineHouse.Store(), findings, TimeProvider.System, NullLogger<FactMirror>.Instance);
        await mirror.StartAsync(Stop);
        for (var i = 0; findings.All.Count == 0 && i < 3000; i++) await Task.Delay(10, Stop);
        await mirror.StopAsync(Stop);
        Assert.Equal("KQL132", findings.All[0].Code);
    }
}
