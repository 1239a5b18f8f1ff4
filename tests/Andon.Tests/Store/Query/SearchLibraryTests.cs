using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Query;
using Andon.Store.Query.Parsing;
using Andon.Store.Query.Slices;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Tests.Store.Query;

/// <summary>Saved searches: values are values, state is a fold, who may change what; and questions beside a search.</summary>
public sealed class SearchLibraryTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;
    static long Ms(string iso) => DateTimeOffset.Parse(iso, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    // Values --------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("string", "root")]
    [InlineData("string", "' or 1 == 1 //")]
    [InlineData("string", "\\'; Events | take 1 //")]
    [InlineData("string", "a\nb\u202e\"")]
    [InlineData("long", "-7")]
    [InlineData("real", "1e300")]
    [InlineData("bool", "true")]
    [InlineData("datetime", "2026-03-02T08:00:00.123Z")]
    [InlineData("timespan", "90m")]
    [InlineData("list", "alice, bob")]
    [InlineData("list", """["a'b", "c\\d", "e,f"]""")]
    public void A_value_is_one_literal_whatever_it_holds(string type, string value)
    {
        const string Kql = "Events | where user.name == 'x'";
        var faults = new Faults(Kql);
        var bound = SearchValues.Bind(Parser.Parse(Kql, faults), [new("given", type, value)], faults);
        Assert.Empty(faults.All);
        // Printed and read again it is the same query: one let, one body.
        var again = Parser.Parse(bound.ToString(), faults);
        Assert.Empty(faults.All);
        Assert.Equal(bound.ToString(), again.ToString());
        Assert.Equal("given", Assert.Single(again.Lets).Name);
        Assert.Equal(Kql, again.Body.ToString());
    }

    [Theory]
    [InlineData("long", "1; drop", "KQL113")]
    [InlineData("real", "NaN", "KQL113")]
    [InlineData("bool", "yes", "KQL113")]
    [InlineData("datetime", "yesterday", "KQL113")]
    [InlineData("list", "[1", "KQL113")]
    [InlineData("text", "x", "KQL113")]
    [InlineData("string", null, "KQL112")]
    public void A_value_that_does_not_fit_is_a_finding(string type, string? value, string code)
    {
        var faults = new Faults("Events");
        SearchValues.Bind(Parser.Parse("Events", faults), [new("given", type, value)], faults);
        Assert.Equal(code, Assert.Single(faults.All).Code);
    }

    [Theory]
    [InlineData("1a")]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("message")]
    [InlineData("timestamp")]
    [InlineData("Events")]
    [InlineData("")]
    public void A_parameter_has_a_plain_name_that_no_column_has(string name) => Assert.NotNull(SearchValues.RefuseName(name));

    [Fact]
    public async Task Values_reach_the_engine_as_values()
    {
        var engine = await QueryStore.Engine();
        async Task<long> Count(string kql, params SearchValue[] values) =>
            (long)((await engine.Search(new(kql + " | count", FromMs: 0, Values: values), Stop)).Rows[0][0] ?? 0L);
        Assert.Equal(2, await Count("Events | where user.name == who", new SearchValue("who", "string", "root")));
        Assert.Equal(0, await Count("Events | where user.name == who", new SearchValue("who", "string", "root' or user.name != '")));
        Assert.Equal(3, await Count("Events | where user.name in~ (people)", new SearchValue("people", "list", "ROOT, admin")));
        Assert.Equal(2, await Count("Events | where process.pid >= least", new SearchValue("least", "long", "4242")));
        Assert.Equal(1, await Count("Events | where timestamp == at", new SearchValue("at", "datetime", "2026-03-02T08:00:30.5Z")));
        var histogram = await engine.Histogram(new HistogramAsk("Events | where user.name == who", Ms("2026-03-02T08:00:00Z"), Ms("2026-03-02T09:00:00Z"), 1, [new("who", "string", "root")]), held: null, Stop);
        Assert.Equal(1, Assert.Single(histogram.Counts).Count);
    }

    // The shelf -----------------------------------------------------------------------------------------------

    static SearchSaved Saved(string id, int version, string kql = "Events") => new(id, version, "Name", "", kql, [], [], "24h", "");

    [Fact]
    public async Task The_shelf_is_what_the_facts_say_however_often_they_are_told()
    {
        var log = new MemoryFactLog(new TestClock());
        var shelf = new SearchShelf();
        await log.Attach(shelf, Stop);
        await log.Append("user:anna", "", Saved("s1", 1), Stop);
        await log.Append("user:anna", "", Saved("s1", 2, "Events | take 1"), Stop);
        await log.Append("user:bert", "", Saved("s2", 1), Stop);
        await log.Append("user:bert", "", new SearchScheduled("s1", true, 5, 0, "T", Level.High, RuleQueue.Production, [], new Dictionary<string, string>(), ""), Stop);
        await log.Append("user:bert", "", new DashboardSaved("d1", 1, "D", "", [new("P", "s1", "number", 1, 1, new Dictionary<string, string>())], [], "24h", ""), Stop);
        await log.Append("user:bert", "", new SearchRemoved("s2", "old"), Stop);
        Assert.Equal(["s1"], shelf.Searches.Keys);
        Assert.Equal("user:anna", shelf.Search("s1")?.Owner);
        Assert.Equal([1, 2], shelf.Search("s1")?.Versions.Select(v => v.Version));
        Assert.True(shelf.Schedules["s1"].Ask.Enabled);
        var uses = new SearchViews(shelf, new ScheduleBook()).Of(shelf.Search("s1")!, "user:anna").UsedBy;
        Assert.Equal(["dashboard", "schedule"], uses.Select(u => u.Kind));

        var later = new SearchShelf();
        await log.Attach(later, Stop);
        Assert.Equal(shelf.Searches.Values.Select(s => (s.Id, s.Owner, s.Now.Kql)), later.Searches.Values.Select(s => (s.Id, s.Owner, s.Now.Kql)));
    }

    [Fact]
    public void Who_may_change_a_search_and_which()
    {
        SaveSearchAsk Ask(int version) => new("N", null, "Events", null, null, null, null, version);
        var mine = new SavedSearch("s", "user:anna", Shipped: false, [new(3, "N", "", "Events", [], [], "24h", "user:anna", 0, 1, "")]);
        Assert.Null(SaveSearch.Refuse(mine, Ask(3), "user:anna", operations: false, 1));
        Assert.Equal("LIB023", SaveSearch.Refuse(mine, Ask(2), "user:anna", operations: false, 1)?.Code);
        Assert.Equal("LIB022", SaveSearch.Refuse(mine, Ask(3), "user:bert", operations: false, 1)?.Code);
        Assert.Null(SaveSearch.Refuse(mine, Ask(3), "user:bert", operations: true, 1));
        Assert.Equal("LIB021", SaveSearch.Refuse(mine with { Shipped = true }, Ask(3), "user:anna", operations: true, 1)?.Code);
        Assert.Equal("LIB020", SaveSearch.Refuse(null, Ask(0), "user:anna", operations: true, 2_000)?.Code);
        Assert.Equal("LIB025", RemoveSearch.Refuse(mine, [new("dashboard", "d", "D")], "user:anna", operations: false)?.Code);
        Assert.Null(RemoveSearch.Refuse(mine, [], "user:anna", operations: false));
    }

    [Fact]
    public void A_history_is_bounded_is_ones_own_and_outlives_the_program()
    {
        var folder = Directory.CreateTempSubdirectory("andon-history-").FullName;
        var history = new SearchHistory(new QueryOptions { Folder = folder }, new TestClock());
        var answer = new SearchAnswer("", [], [], new(3, 0, 0, 1.5, SearchState.Complete), []);
        for (var i = 0; i < 230; i++) history.Remember("user:anna", new($"Events | take {i}"), answer);
        history.Remember("user:anna", new("Events | take 229"), answer);
        history.Remember("user:../../bert", new("Events"), answer);
        var again = new SearchHistory(new QueryOptions { Folder = folder }, new TestClock());
        Assert.Equal(200, again.Of("user:anna").Count);
        Assert.Equal("Events | take 229", again.Of("user:anna")[0].Kql);
        Assert.Equal("Events | take 228", again.Of("user:anna")[1].Kql);
        Assert.Equal("Events", Assert.Single(again.Of("user:../../bert")).Kql);
        Assert.Empty(again.Of("user:carl"));
        again.Forget("user:anna");
        Assert.Empty(new SearchHistory(new QueryOptions { Folder = folder }, new TestClock()).Of("user:anna"));
        Directory.Delete(folder, recursive: true);
    }

    // Beside a search -----------------------------------------------------------------------------------------

    [Fact]
    public async Task Values_of_a_field_are_counted_over_all_rows()
    {
        var engine = await QueryStore.Engine();
        var hosts = await engine.CountValues(new("Events | where host.name != 'ws7' | sort by timestamp desc | take 1", FromMs: 0), "host.name", 2, Stop);
        Assert.Equal((10, 9, 5), (hosts.Rows, hosts.Filled, hosts.Different));
        Assert.Equal([("web01", 4L)], hosts.Top.Take(1).Select(v => ((string?)v.Value, v.Count)));
        // A list's values are counted as they stand, a field without a column as any other.
        Assert.Equal("""["authentication"]""", (await engine.CountValues(new("Authentication", FromMs: 0), "event.category", 5, Stop)).Top[0].Value);
        Assert.Equal(3, (await engine.CountValues(new("Events", FromMs: 0), "network.protocol", 5, Stop)).Filled);
        await Assert.ThrowsAsync<QueryRefusedException>(async () => await engine.CountValues(new("Events | project x = 1", FromMs: 0), "host.name", 5, Stop));
    }

    [Theory]
    [InlineData("Events | where outcome_x != 'a' | summarize n = count() by user.name | sort by n desc", "user.name=root", 2)]
    [InlineData("Events | summarize n = count() by user.name, t = bin(timestamp, 1h)", "user.name=admin;t=2026-03-02T08:00:00.000Z", 1)]
    [InlineData("Events | distinct source.ip", "source.ip=10.0.0.5", 2)]
    [InlineData("Events | project user.name | summarize count() by user.name", "user.name=", 5)]
    [InlineData("Events | where user.name == 'root' | count", "Count=2", 2)]
    public async Task From_a_row_back_to_its_events(string kql, string row, long events)
    {
        var engine = await QueryStore.Engine();
        List<RowValue> cells = [.. row.Split(';').Select(c => c.Split('=')).Select(c => new RowValue(c[0], c[0] is "t" ? "datetime" : c[0] is "n" or "Count" ? "long" : "string", c[1]))];
        var behind = engine.Behind(new(kql), cells);
        Assert.NotNull(behind);
        Assert.Equal(events, (long)((await engine.Search(new($"{behind} | count", FromMs: 0), Stop)).Rows[0][0] ?? 0L));
    }

    [Theory]
    [InlineData("print x = 1")]
    [InlineData("Events | project who = user.name | summarize count() by who")]
    public async Task A_row_that_stands_for_no_events_says_so(string kql) => Assert.Null((await QueryStore.Engine()).Behind(new(kql), [new("who", "string", "root")]));

    [Theory]
    [InlineData("Events | where user.name == 'nosuch'", "2026-03-02", "2026-03-03", "NothingMatched", "")]
    [InlineData("Events | where user.name == 'root'", "2026-02-01", "2026-02-02", "NoData", "Events")]
    [InlineData("Events | where host.name == 'WS9' and user.name == 'root'", "2026-03-02", "2026-03-03", "Silent", "WS9")]
    [InlineData("Events | where file.hash.sha256 == 'x'", "2026-03-02", "2026-03-03", "FieldEmpty", "file.hash.sha256")]
    [InlineData("Events | where user.name == 'x' or nosuch.field == 'y'", "2026-03-02", "2026-03-03", "NothingMatched", "")]
    public async Task Nothing_comes_in_kinds(string kql, string from, string to, string kind, string subject)
    {
        var engine = await QueryStore.Engine();
        var answer = (await WhyNothing.Handle(new(kql, Ms(from + "Z"), Ms(to + "Z")), engine, null, new(), Stop)).Result;
        var nothing = Assert.IsType<Ok<Nothing>>(answer).Value!;
        Assert.Equal((kind, subject), (nothing.Kind.ToString(), nothing.Subject));
    }

    [Fact]
    public async Task A_silent_host_is_told_with_when_it_was_last_heard()
    {
        var engine = await QueryStore.Engine();
        var answer = (await WhyNothing.Handle(new("Events | where host.name == 'web01'", Ms("2026-03-02T11:00:00Z"), Ms("2026-03-02T12:00:00Z")), engine, null, new(), Stop)).Result;
        var nothing = Assert.IsType<Ok<Nothing>>(answer).Value!;
        Assert.Equal(NothingKind.Silent, nothing.Kind);
        Assert.Equal(Ms("2026-03-02T08:05:00Z"), nothing.LastMs);
        Assert.Equal(3, nothing.Looked);
    }

    // Files ---------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1")]
    [InlineData("+1", "'+1")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData(" \u200b=1", "' \u200b=1")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\uff1d1", "'\uff1d1")]
    [InlineData("plain = text", "plain = text")]
    [InlineData("", "")]
    public void A_text_that_a_spreadsheet_would_run_is_marked(string value, string expected) => Assert.Equal(expected, CsvText.Cell(value, "string"));

    [Fact]
    public void Numbers_stay_numbers_and_quotes_are_doubled()
    {
        Assert.Equal("-5", CsvText.Cell(-5L, "long"));
        Assert.Equal("'-5", CsvText.Cell("-5", "string"));
        var row = new System.Text.StringBuilder();
        CsvText.Row(row, ["a,b", "c\"d", "e\r\nf", " g", "h"]);
        Assert.Equal("\"a,b\",\"c\"\"d\",\"e\r\nf\",\" g\",h\r\n", row.ToString());
    }

    [Fact]
    public async Task What_is_more_than_one_answer_holds_comes_in_slices_of_time_each_row_once()
    {
        var engine = await QueryStore.Engine();
        var got = new List<(string Id, string Time)>();
        await foreach (var answer in ExportRows.Slices(engine, new("Events | project andon.event_id, timestamp", Ms("2026-02-01Z"), Ms("2026-04-01Z"), Limit: 3), Stop))
        {
            Assert.True(answer.Rows.Count <= 3);
            got.AddRange(answer.Rows.Select(r => ((string)r[0]!, (string)r[1]!)).OrderByDescending(r => r.Item2, StringComparer.Ordinal));
        }
        Assert.Equal(Enumerable.Range(1, 12).Select(i => $"{i}.0").Order(StringComparer.Ordinal), got.Select(r => r.Id).Order(StringComparer.Ordinal));
        Assert.Equal(got.Select(r => r.Time).OrderDescending(StringComparer.Ordinal), got.Select(r => r.Time));
    }
}
