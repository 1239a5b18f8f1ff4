using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Query;
using Andon.Store.Query.Compilation;
using Andon.Store.Records;

namespace Andon.Tests.Store.Query;

/// <summary>Searches that run by themselves: what is new, once; alerts that lead to their events; the hit log's two writers.</summary>
public sealed class ScheduleTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static SavedSearch Search(string kql) => new("s1", "user:anna", Shipped: false, [new(1, "Failures", "", kql, [], ["attack.t1110"], "24h", "user:anna", 0, 1, "")]);

    static SearchSchedule Schedule(params ScheduledEntity[] entities) =>
        new(new("s1", true, 5, 0, "Many failures", Level.High, RuleQueue.Production, entities, new Dictionary<string, string>(), ""), "user:anna", 0, 1, 0);

    static async Task<ScheduleStep> Step(params (ulong Position, long TimeMs, string User, string Ip)[] events)
    {
        var store = await EngineHouse.Store();
        var batch = new EventBatch();
        foreach (var (position, timeMs, user, ip) in events)
            EventMaker.Add(batch, position, EventMaker.Utf8("raw"), timeMs,
                ("user.name", EventMaker.Utf8(user), ValueKind.Text), ("source.ip", EventMaker.Utf8(ip), ValueKind.Text), ("event.outcome", EventMaker.Utf8("failure"), ValueKind.Text), ("log.source.id", EventMaker.Utf8("src"), ValueKind.Text));
        await EventMaker.Insert(store, batch.Seal());
        var clock = new TestClock(DateTimeOffset.FromUnixTimeMilliseconds(EventMaker.Noon));
        return new(new QueryEngine(store, clock), clock);
    }

    [Fact]
    public async Task A_row_that_is_an_event_becomes_its_alert()
    {
        var step = await Step((1, 100_000, "CORP\\Root", "203.0.113.9"), (2, 50_000, "bob", "203.0.113.10"), (3, 300_000, "carl", "203.0.113.9"));
        var result = await step.Run(Search("Events | where source.ip == '203.0.113.9'"), Schedule(), new(1, 3), 1, Stop);
        var hit = Assert.Single(result.Hits);
        Assert.Equal(("1.0", "search:s1", "Many failures", Level.High, "anna"), (hit.Event.ToString(), hit.RuleId, hit.Title, hit.Level, hit.Author));
        Assert.Equal(100_000, hit.TimeMs);
        Assert.Equal("src", hit.SourceId);
        Assert.Equal(["user:root", "ip:203.0.113.9"], hit.Entities.Select(e => e.Key).OrderDescending(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_counted_row_links_to_its_events_and_is_told_once()
    {
        var step = await Step((1, 1000, "a", "203.0.113.9"), (2, 2000, "b", "203.0.113.9"), (3, 500, "c", "203.0.113.9"), (4, 4000, "d", "198.51.100.1"));
        var search = Search("Events | where event.outcome == 'failure' | summarize failures = count(), users = make_set(user.name) by source.ip | where failures >= 3");
        var result = await step.Run(search, Schedule(new ScheduledEntity("source.ip", EntityKind.Ip, EntityRole.Actor), new ScheduledEntity("users", EntityKind.User, EntityRole.Target)), new(1, 5), 2, Stop);
        var hit = Assert.Single(result.Hits);
        // The newest by arrival completes it, also when its own time is old.
        Assert.Equal("3.0", hit.Event.ToString());
        Assert.Equal(["1.0", "2.0"], hit.Contributing.Select(e => e.ToString()));
        Assert.Equal("3", hit.Fields["failures"]);
        Assert.Equal(["ip:203.0.113.9", "user:a", "user:b", "user:c"], hit.Entities.Select(e => e.Key).Order(StringComparer.Ordinal));
        // A later run that looks back over the same events has nothing new to say.
        Assert.Empty((await step.Run(search, Schedule(), new(1, 5), 4, Stop)).Hits);
    }

    [Fact]
    public async Task Rows_without_events_make_a_finding_and_no_alert()
    {
        var step = await Step((1, 1000, "a", "203.0.113.9"));
        var result = await step.Run(Search("Events | project who = user.name | summarize n = count() by who"), Schedule(), new(1, 2), 1, Stop);
        Assert.Empty(result.Hits);
        Assert.Equal("SCH004", result.Finding?.Code);
    }

    [Fact]
    public async Task However_arrival_is_cut_into_runs_each_event_is_told_once()
    {
        var step = await Step([.. Enumerable.Range(1, 12).Select(i => ((ulong)i, (long)(1000 * (i * 7 % 12)), "u" + i, "203.0.113.9"))]);
        var random = new Random(5);
        for (var round = 0; round < 6; round++)
        {
            var told = new List<string>();
            for (ulong from = 1; from < 13;)
            {
                var to = Math.Min(13, from + (ulong)random.Next(1, 6));
                told.AddRange((await step.Run(Search("Events | where user.name startswith 'u'"), Schedule(), new(from > 3 ? from - 3 : 1, to), from, Stop)).Hits.Select(h => h.Event.ToString()));
                from = to;
            }
            Assert.Equal(Enumerable.Range(1, 12).Select(i => $"{i}.0"), told);
        }
    }

    [Fact]
    public async Task What_joins_tables_or_alerts_cannot_be_followed()
    {
        var engine = new QueryEngine(await EngineHouse.Store(), TimeProvider.System);
        Assert.Contains(engine.Check("Alerts | take 1", [], new Stretch(0, 1)), f => f.Code == "KQL114");
        Assert.DoesNotContain(engine.Check("Events | take 1", [], new Stretch(0, 1)), f => f.Level == FindingLevel.Error);
        Assert.Contains(TailEvents.Refuse("Events | count", null, engine, out _), f => f.Code == "KQL127");
        Assert.Empty(TailEvents.Refuse("Events | where user.name == who | project user.name", """[{"name":"who","type":"string","value":"x"}]""", engine, out _));
    }

    [Fact]
    public async Task A_tail_shows_what_is_new_and_says_of_how_many()
    {
        var store = await EngineHouse.Store();
        var batch = new EventBatch();
        for (var i = 1; i <= 400; i++) EventMaker.Add(batch, (ulong)i, EventMaker.Utf8("raw"), i, ("user.name", EventMaker.Utf8(i % 2 == 0 ? "even" : "odd"), ValueKind.Text));
        await EventMaker.Insert(store, batch.Seal());
        var engine = new QueryEngine(store, TimeProvider.System);
        var step = await TailEvents.Step(new("Events | where user.name == 'even'", Limit: 50), new(1, 401), engine, TimeProvider.System, Stop);
        Assert.Equal((50, 200L), (step.Rows.Count, step.Matched));
        Assert.Equal(5, (await TailEvents.Step(new("Events | where user.name == 'even'", Limit: 50), new(391, 401), engine, TimeProvider.System, Stop)).Matched);
    }

    [Fact]
    public async Task The_matchers_place_stays_where_it_is_when_others_write_hits()
    {
        var log = new MemoryRecordLog();
        var hits = new HitLog(log, TimeProvider.System);
        await hits.Append(new(1, 40, []), Stop);
        await hits.AppendBeside([], Stop);
        Assert.Equal(40UL, await hits.MatchedTo(Stop));
        await hits.Append(new(40, 90, []), Stop);
        await hits.AppendBeside([], Stop);
        // Also in a program that begins anew.
        var again = new HitLog(log, TimeProvider.System);
        await again.AppendBeside([], Stop);
        Assert.Equal(90UL, await again.MatchedTo(Stop));
        Assert.Equal(1UL, (await again.Read(1, 1, Stop))[0].Block.From);
    }

    [Fact]
    public void A_schedule_begins_when_it_is_switched_on()
    {
        var shelf = new SearchShelf();
        SearchScheduled Ask(bool on) => new("s1", on, 5, 0, "T", Level.High, RuleQueue.Production, [], new Dictionary<string, string>(), "");
        shelf.Apply(new(1, 100, "user:a", "", Ask(true)));
        shelf.Apply(new(2, 200, "user:a", "", Ask(true)));
        Assert.Equal(100, shelf.Schedules["s1"].SinceMs);
        shelf.Apply(new(3, 300, "user:a", "", Ask(false)));
        shelf.Apply(new(4, 400, "user:a", "", Ask(true)));
        Assert.Equal(400, shelf.Schedules["s1"].SinceMs);
    }

    // Deaths --------------------------------------------------------------------------------------------------

    /// <summary>A fact log that dies at the n-th append that saves checkpoints.</summary>
    sealed class DyingFactLog(IFactLog inner) : IFactLog
    {
        public int DieAt { get; set; } = int.MaxValue;
        public long Last => inner.Last;
        public ValueTask<IReadOnlyList<Fact>> Append(IReadOnlyList<FactDraft> drafts, IReadOnlyList<Checkpoint> checkpoints, CancellationToken stop) =>
            checkpoints.Count > 0 && --DieAt <= 0 ? throw new IOException("power cut") : inner.Append(drafts, checkpoints, stop);
        public ValueTask Attach(IFold fold, CancellationToken stop) => inner.Attach(fold, stop);
        public ValueTask<IReadOnlyList<Fact>> Read(long after, int max, CancellationToken stop) => inner.Read(after, max, stop);
        public ValueTask WaitAfter(long seq, CancellationToken stop) => inner.WaitAfter(seq, stop);
        public ValueTask<Fact?> Find(long seq, CancellationToken stop) => inner.Find(seq, stop);
        public ValueTask<IReadOnlyList<Fact>> ReadSubject(string subject, int max, CancellationToken stop) => inner.ReadSubject(subject, max, stop);
        public ulong Checkpoint(string reader) => inner.Checkpoint(reader);
        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    [Theory]
    [InlineData(1)] // Before the plan was saved: nothing is written.
    [InlineData(2)] // The plan is saved and the alerts are written; that they are is not.
    [InlineData(int.MaxValue)]
    public async Task Whenever_it_dies_each_event_is_told_once(int dieAt)
    {
        var step = await Step([.. Enumerable.Range(1, 8).Select(i => ((ulong)i, 1000L * i, "u" + i, "203.0.113.9"))]);
        var facts = new DyingFactLog(new MemoryFactLog(new TestClock()));
        var hits = new HitLog(new MemoryRecordLog(), TimeProvider.System);
        var shelf = new SearchShelf();
        await facts.Attach(shelf, Stop);
        await facts.Append("user:anna", "", new SearchSaved("s1", 1, "Failures", "", "Events | where user.name startswith 'u'", [], [], "24h", ""), Stop);
        await facts.Append("user:anna", "", new SearchScheduled("s1", true, 5, 0, "T", Level.High, RuleQueue.Production, [], new Dictionary<string, string>(), ""), Stop);
        var (searchable, records) = (3UL, new MemoryRecordLog());
        ScheduleRunner Runner() => new(shelf, step, new ScheduleBook(), () => searchable, records, hits, facts, new FindingList(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<ScheduleRunner>.Instance);
        async Task Run()
        {
            try
            {
                await Runner().RunNew("s1", shelf.Schedules["s1"], Stop);
            }
            catch (IOException)
            {
                // Dead; the next one is a new program.
            }
        }
        await Run();
        searchable = 6;
        facts.DieAt = dieAt;
        await Run();
        facts.DieAt = int.MaxValue;
        searchable = 9;
        await Run();
        await Run();
        var told = (await hits.Read(1, 100, Stop)).SelectMany(b => b.Block.Hits).Select(h => h.Event.ToString());
        Assert.Equal(Enumerable.Range(1, 8).Select(i => $"{i}.0"), told);
    }

    [Fact]
    public async Task Facts_older_than_the_hit_log_tell_nothing_twice()
    {
        // As a restore finds them: facts were copied after the first run, the hit log after the third.
        var step = await Step([.. Enumerable.Range(1, 8).Select(i => ((ulong)i, 1000L * i, "u" + i, "203.0.113.9"))]);
        var hits = new HitLog(new MemoryRecordLog(), TimeProvider.System);
        var (searchable, records) = (0UL, new MemoryRecordLog());
        async Task<(MemoryFactLog, SearchShelf)> Begun()
        {
            var (facts, shelf) = (new MemoryFactLog(new TestClock()), new SearchShelf());
            await facts.Attach(shelf, Stop);
            await facts.Append("user:anna", "", new SearchSaved("s1", 1, "Failures", "", "Events | where user.name startswith 'u'", [], [], "24h", ""), Stop);
            await facts.Append("user:anna", "", new SearchScheduled("s1", true, 5, 0, "T", Level.High, RuleQueue.Production, [], new Dictionary<string, string>(), ""), Stop);
            return (facts, shelf);
        }
        async Task Run(MemoryFactLog facts, SearchShelf shelf, params ulong[] ends)
        {
            var runner = new ScheduleRunner(shelf, step, new ScheduleBook(), () => searchable, records, hits, facts, new FindingList(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<ScheduleRunner>.Instance);
            foreach (var end in ends)
            {
                searchable = end;
                await runner.RunNew("s1", shelf.Schedules["s1"], Stop);
            }
        }
        var (living, shelf) = await Begun();
        var (copied, copiedShelf) = await Begun();
        await Run(living, shelf, 3);
        var mark = ScheduleBook.RuleId("s1");
        await copied.Append([], [.. ((string[])["", ":plan", ":hits"]).Select(part => new Checkpoint(mark + part, living.Checkpoint(mark + part)))], Stop);
        await Run(living, shelf, 5, 7);
        await Run(copied, copiedShelf, 3, 6, 8, 9); // The tables are behind as well, and catch up.
        var told = (await hits.Read(1, 100, Stop)).SelectMany(b => b.Block.Hits).Select(h => h.Event.ToString());
        Assert.Equal(Enumerable.Range(1, 8).Select(i => $"{i}.0"), told);
    }
}
