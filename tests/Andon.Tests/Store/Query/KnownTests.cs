using System.Security.Claims;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Query;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Known;
using Andon.Store.Query.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Store.Query;

/// <summary>The tables of what the house knows: facts in, rows of KQL out.</summary>
public sealed class KnownTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal sealed class Known(MemoryFactLog facts, EventStore store, FactMirror mirror, QueryEngine engine)
    {
        public MemoryFactLog Facts => facts;
        public EventStore Store => store;
        public FactMirror Mirror => mirror;

        public static async Task<Known> Make(params FactBody[] bodies)
        {
            var clock = new TestClock(DateTimeOffset.FromUnixTimeMilliseconds(EventMaker.Noon));
            var facts = new MemoryFactLog(clock);
            var store = await EngineHouse.Store();
            var mirror = new FactMirror(facts, store, new FindingList(), TimeProvider.System, NullLogger<FactMirror>.Instance);
            var known = new Known(facts, store, mirror, new QueryEngine(store, clock) { Mirror = mirror });
            await mirror.Find(Stop);
            await known.Say(bodies);
            return known;
        }

        public async Task Say(params FactBody[] bodies)
        {
            foreach (var body in bodies) await facts.Append("user:anna", "", body, Stop);
            await Follow();
        }

        public async Task Follow()
        {
            var address = await store.Client.Engine.Ready(Stop);
            while (mirror.Position < facts.Last) await mirror.Step(address, Stop);
        }

        public async Task<SearchAnswer> Ask(string kql, Sight? sight = null) => await engine.Search(new(kql), new SearchHow(Sight: sight), Stop);

        public async Task<string> Rows(string kql, Sight? sight = null) =>
            string.Join("; ", (await Ask(kql, sight)).Rows.Select(r => string.Join(", ", r.Select(v => v?.ToString() ?? "null"))));
    }

    static SignalOpened Opened(string id, string rule = "r-1", string host = "web01") =>
        new(id, rule, "Brute force", Level.High, $"host:{host}", [new(EntityKind.Host, host), new(EntityKind.User, "root")], ["TA0006"], ["T1110"], "1.0", "src", EventMaker.Noon, 1, 0.5, 0.25, 0.7);

    static CaseOpened Case(string id, int number) => new(id, number, $"Case {number}", "identity", false);
    static readonly PriorityWhy Why = new(1, 1, 1, 1, 0, [], []);
    static readonly JoinReason Reason = new("host:web01", "s1", 0, 1, "same host");

    [Fact]
    public async Task A_signal_is_what_its_facts_say()
    {
        var known = await Known.Make(Opened("s1"), Case("c1", 1), new SignalJoined("c1", "s1", null), new SignalRepeated("s1", 40, EventMaker.Noon + 5000, "9.0") { Entities = [new(EntityKind.Ip, "10.0.0.5")] });
        Assert.Equal("s1, c1, r-1, high, host:web01, 40, 0.25, 0.5, T1110", await known.Rows("Signals | project signal_id, case_id, rule_id, level, entity, alerts, surprise, reliability, t = tostring(techniques[0])"));
        Assert.Equal("host:web01, ip:10.0.0.5, user:root", await known.Rows("Signals | mv-expand entities | summarize x = strcat_array(make_list(tostring(entities)), ', ')"));
        Assert.Equal("00:00:05", await known.Rows("Signals | project x = tostring(last - first)"));
    }

    [Fact]
    public async Task A_case_follows_pulling_moving_closing_and_reopening()
    {
        var known = await Known.Make(Case("c1", 1), new PriorityShifted("c1", 0, 42.5, "new", Why));
        const string Kql = "Cases | project state, lane, owner, priority, verdict, closed = isnotnull(closed)";
        Assert.Equal("open, new, , 42.5, , False", await known.Rows(Kql));
        await known.Say(new CardPulled("c1", "bob", null), new PriorityShifted("c1", 42.5, 60, "more", Why));
        Assert.Equal("open, triage, bob, 60, , False", await known.Rows(Kql));
        await known.Say(new CardMoved("c1", Lane.Triage, Lane.Contain, ""), new CardPulled("c1", "eve", null));
        Assert.Equal("open, contain, eve, 60, , False", await known.Rows(Kql));
        await known.Say(new CaseClosed("c1", Verdict.TruePositive, ["mfa"], "TA0001", "internal.detection", "seen", 30));
        Assert.Equal("closed, closed, eve, 60, truePositive, True", await known.Rows(Kql));
        Assert.Equal("mfa, TA0001, 30", await known.Rows("Cases | project tostring(controls_failed[0]), earliest_missed_stage, effort_minutes"));
        await known.Say(new CaseReopened("c1", "again"));
        Assert.Equal("open, triage, eve, 60, , False", await known.Rows(Kql));
        await known.Say(new CardMoved("c1", Lane.Triage, Lane.New, ""));
        Assert.Equal("open, new, , 60, , False", await known.Rows(Kql));
    }

    [Fact]
    public async Task Merged_cases_count_where_they_went()
    {
        var known = await Known.Make(
            Opened("s1"), Opened("s2", "r-2"), Opened("s3", "r-3", "db01"), Case("c1", 1), Case("c2", 2), Case("c3", 3),
            new SignalJoined("c1", "s1", null), new SignalJoined("c2", "s2", null), new SignalJoined("c3", "s3", null), new CardPulled("c1", "bob", null),
            new CaseMerged("c1", "c2", Reason), new CaseMerged("c2", "c3", Reason), new SignalRepeated("s1", 9, EventMaker.Noon, "2.0"));
        Assert.Equal("c1, merged, , c3, 0; c2, merged, , c3, 0; c3, open, bob, , 3", await known.Rows("Cases | sort by case_id asc | project case_id, state, owner = iff(state == 'merged', '', owner), merged_into, signals"));
        Assert.Equal("11, 3, 4", await known.Rows("Cases | where case_id == 'c3' | project alerts, array_length(rules), 1 + array_length(entities)"));
        Assert.Equal("c3, 3", await known.Rows("Signals | summarize count() by case_id"));
    }

    [Fact]
    public async Task Sources_assets_and_windows_are_told()
    {
        var known = await Known.Make(
            new SourceDiscovered("src-1", "syslog", "web01", "nginx"), new SourceDiscovered("src-2", "syslog", "db01", "auth"), new SourceOwned("src-1", "Web", "anna", "Shop"),
            new SourceDescribed("src-1", SourceCard.Empty, SourceCard.Empty with { Name = "Web front", Owner = "carl", Tags = ["pci"], Criticality = 1.5 }, ""),
            new SourceAlarmed("a1", "src-1", SourceAilment.Silent, 0, "t", "e", Level.High, ["src-1"], 1, ["web01"], SourceBlindness.None),
            new SourceAlarmed("a2", "src-1", SourceAilment.Late, 0, "t", "e", Level.High, ["src-1"], 1, ["web01"], SourceBlindness.None),
            new SourceRecovered("a2", "src-1", SourceAilment.Late, 0, 1, "e"),
            new AssetStated("as-1", "web01", ["10.0.0.5"], "dmz", 2, "ops", "Shop", true, true), new AssetStated("as-1", "web01", ["10.0.0.6"], "dmz", 2, "ops", "Shop", true, false),
            new WindowOpened("w1", "as-1", "CVE-1", "nginx", true, "reachable"), new WindowOpened("w2", "as-1", "CVE-2", "ssl", false, "reachable"), new WindowClosed("w2", "patched"));
        Assert.Equal("src-1, Web front, carl, 1.5, ailing, silent, pci; src-2, , , 0, well, , ", await known.Rows("Sources | sort by source_id asc | project source_id, name, owner, criticality, state, strcat_array(ailments, ','), strcat_array(tags, ',')"));
        Assert.Equal("as-1, 10.0.0.6, False, 1", await known.Rows("Assets | project asset_id, tostring(addresses[0]), crown_jewel, open_windows"));
        Assert.Equal("w1, open, web01, 2, True, False; w2, closed, web01, 2, False, True", await known.Rows("Exposure | sort by window_id asc | project window_id, state, asset, criticality, kev, isnotnull(closed)"));
    }

    [Theory]
    [InlineData("inner", "web01, 1")]
    [InlineData("innerunique", "web01, 1")]
    [InlineData("leftouter", ", null; web01, 1")]
    [InlineData("rightouter", ", 2; web01, 1")]
    [InlineData("fullouter", ", null; , 2; web01, 1")]
    public async Task They_join_with_events(string kind, string expected)
    {
        var known = await Known.Make(Opened("s1"), Opened("s2", host: "db09"), Case("c1", 1), Case("c2", 2), new SignalJoined("c1", "s1", null), new SignalJoined("c2", "s2", null));
        var batch = new EventBatch();
        EventMaker.Add(batch, 1, EventMaker.Utf8("raw"), 1000, ("host.name", EventMaker.Utf8("web01"), ValueKind.Text));
        EventMaker.Add(batch, 2, EventMaker.Utf8("raw"), 1000, ("host.name", EventMaker.Utf8("other"), ValueKind.Text));
        await EventMaker.Insert(known.Store, batch.Seal());
        var kql = $"Events | extend entity = strcat('host:', host.name) | join kind={kind} (Signals | join kind=inner (Cases | project case_id, number) on case_id | project entity, number) on entity | extend h = iff(isnull(number) or isempty(entity), '', host.name) | project h, number | sort by h asc, number asc";
        Assert.Equal(expected, await known.Rows(kql));
        Assert.Equal("1.0", await known.Rows("Events | extend entity = strcat('host:', host.name) | join kind=leftsemi Signals on entity | project andon.event_id"));
        Assert.Equal("2.0", await known.Rows("Events | extend entity = strcat('host:', host.name) | join kind=leftanti Signals on entity | project andon.event_id"));
        Assert.Equal("db09", await known.Rows("Events | extend entity = strcat('host:', host.name) | join kind=rightanti Signals on entity | project replace_string(entity, 'host:', '')"));
    }

    [Fact]
    public async Task Facts_are_the_journal_also_those_of_a_newer_program()
    {
        var known = await Known.Make(Case("c1", 1), new CaseNoted("c1", "a \"note\"\nof two lines"), new UnknownFact("case.dreamed", """{"caseId":"c1","depth":{"level":7}}"""));
        Assert.Equal("1, case.opened, c1; 2, case.noted, c1; 3, case.dreamed, c1", await known.Rows("Facts | where subjects has 'c1' | sort by seq asc | project seq, type, subject"));
        Assert.Equal("7, user:anna", await known.Rows("Facts | where type == 'case.dreamed' | project toint(body.depth.level), actor"));
        Assert.Equal("a \"note\"\nof two lines", await known.Rows("Facts | where type == 'case.noted' | project tostring(body.text)"));
        var later = await known.Ask("Facts | where timestamp > ago(1h) | count");
        Assert.Equal(SearchState.Complete, later.Stats.State);
    }

    [Fact]
    public async Task Facts_about_people_and_keys_are_for_administrators()
    {
        var known = await Known.Make(new UserStated("anna", ["admin"], true), new TokenStated("feed"), Case("c1", 1));
        Assert.Equal("case.opened", await known.Rows("Facts | project type"));
        Assert.Equal("3", await known.Rows("Facts | count", Sight.Whole));
        Assert.Equal("0", await known.Rows("Facts | where type startswith 'user' or body has 'anna' | count"));
    }

    sealed class Guard(Func<ClaimsPrincipal?, IReadOnlyCollection<string>> hidden) : IRowGuard
    {
        public IReadOnlyCollection<string> Hidden(ClaimsPrincipal? who) => hidden(who);
    }

    [Fact]
    public async Task A_restricted_case_is_as_if_it_were_not_there()
    {
        FactBody[] open = [Opened("s1"), Case("c1", 1), new SignalJoined("c1", "s1", null)];
        FactBody[] restricted = [Opened("s2", "r-9", "vip01"), Case("c2", 2), new SignalJoined("c2", "s2", null), new CaseNoted("c2", "vip"), new RunStarted("run-1", "pb", "1", "h", "c2", new Dictionary<string, string>()), new StepAsked("run-1", "st", "isolate vip01?"), new UnknownFact("case.restricted", """{"caseId":"c2","tlp":"red"}""")];
        var known = await Known.Make([.. open, .. restricted]);
        var without = await Known.Make(open);
        var marked = (await known.Facts.Read(0, 100, Stop)).Where(f => f.Body is UnknownFact { Name: "case.restricted" }).Select(f => Subjects.Of(FactTypes.Write(f.Body))[0]).ToList();
        var options = new QueryOptions();
        var sights = new Sights([new Guard(who => who?.Identity?.Name == "vera" ? [] : marked)], null!, options, new Unmasking(options, known.Facts, TimeProvider.System));
        string[] asked = ["Cases | project case_id, title, signals", "Cases | count", "Signals | project signal_id, entity", "Signals | summarize sum(alerts) by rule_id", "Facts | project type, subject", "Facts | where body has 'vip' | count", "union Cases, Signals | count"];
        foreach (var kql in asked) Assert.Equal(await without.Rows(kql), await known.Rows(kql, sights.Own));
        // Who may not see cases at all sees none, and none of the facts about them.
        Assert.Equal("0", await known.Rows("Cases | count", sights.Least));
        Assert.Equal("0", await known.Rows("Facts | where type startswith 'case.' or type startswith 'signal.' | count", sights.Least));
        Assert.Equal("2", await known.Rows("Cases | count", Sight.Whole));
    }

    [Fact]
    public async Task Signals_are_where_merges_moves_and_their_undoing_left_them()
    {
        FactBody[] begun = [Opened("s1"), Case("c1", 1), new SignalJoined("c1", "s1", null), Opened("s2"), Case("c2", 2), new SignalJoined("c2", "s2", null)];
        FactBody merged = new CaseMerged("c2", "c1", Reason), apart = new CaseUnmerged("c2", "c1", "not its story");
        FactBody moved = new SignalsMoved("m1", "c1", "c2", Regrouping.Moved, ["s1"], [], "its story");
        FactBody back = new SignalsMoved("m2", "c2", "c1", Regrouping.Undone, ["s1"], [], "no") { UndoesId = "m1" };
        const string Where = "Signals | sort by signal_id asc | project case_id";
        async Task<string> After(params FactBody[] more) => await (await Known.Make([.. begun, .. more])).Rows(Where);
        Assert.Equal("c1; c1", await After(merged));
        Assert.Equal("c1; c2", await After(merged, apart));
        Assert.Equal("c1; c1", await After(merged, apart, merged));
        Assert.Equal("c2; c2", await After(moved));
        Assert.Equal("c1; c1", await After(moved, merged)); // Where it lives is part of where it is shown.
        Assert.Equal("c1; c2", await After(moved, back));
    }

    [Fact]
    public async Task The_mirror_goes_on_where_it_was_and_fills_anew_what_is_not_its_own()
    {
        var known = await Known.Make(Case("c1", 1), Case("c2", 2));
        var again = new FactMirror(known.Facts, known.Store, new FindingList(), TimeProvider.System, NullLogger<FactMirror>.Instance);
        await again.Find(Stop);
        Assert.Equal(2, again.Position);
        await again.Refill(Stop);
        await again.Step(await known.Store.Client.Engine.Ready(Stop), Stop);
        Assert.Equal("2", await known.Rows("Facts | count"));

        // The same store beside another log: its facts are not these.
        var other = new MemoryFactLog(new TestClock(DateTimeOffset.FromUnixTimeMilliseconds(EventMaker.Noon + 1)));
        await other.Append("user:anna", "", Case("c7", 7), Stop);
        await other.Append("user:anna", "", Case("c8", 8), Stop);
        var foreign = new FactMirror(other, known.Store, new FindingList(), TimeProvider.System, NullLogger<FactMirror>.Instance);
        await foreign.Find(Stop);
        Assert.Equal(0, foreign.Position);
        await foreign.Step(await known.Store.Client.Engine.Ready(Stop), Stop);
        Assert.Equal("c7; c8", await known.Rows("Cases | sort by case_id asc | project case_id"));
    }

    [Fact]
    public async Task What_is_not_in_the_table_yet_makes_an_answer_partial()
    {
        var known = await Known.Make(Case("c1", 1));
        await known.Facts.Append("user:anna", "", Case("c2", 2), Stop);
        var answer = await known.Ask("Cases | count");
        Assert.Equal(SearchState.Partial, answer.Stats.State);
        Assert.Contains(answer.Findings, f => f.Code == "KQL131" && f.Message.StartsWith("1 facts", StringComparison.Ordinal));
        Assert.Equal(SearchState.Complete, (await known.Ask("Events | count")).Stats.State);
        await known.Follow();
        Assert.Equal(SearchState.Complete, (await known.Ask("Cases | count")).Stats.State);
    }

    [Fact]
    public async Task What_is_now_is_not_bounded_by_a_range()
    {
        var known = await Known.Make(Case("c1", 1));
        var engine = new QueryEngine(known.Store, TimeProvider.System);
        var answer = await engine.Search(new("Cases", FromMs: 0, ToMs: 1), Stop);
        Assert.Single(answer.Rows);
        Assert.Contains(answer.Findings, f => f.Code == "KQL130");
        Assert.Empty((await engine.Search(new("Facts", FromMs: 0, ToMs: 1), Stop)).Rows);
    }

    [Fact]
    public void Every_column_has_its_meaning() =>
        Assert.All(KnownTables.All, t => Assert.All(t.Columns, c => Assert.True(c.Meaning.Length > 3, $"{t.Name}.{c.Name}")));
}
