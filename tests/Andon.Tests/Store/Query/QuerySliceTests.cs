using System.Text.Json;
using Finding = Andon.Model.Finding;
using Andon.Store.Query;
using Andon.Store.Query.Slices;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Tests.Store.Query;

/// <summary>What the slices answer, over a real engine; the routes themselves are one line each.</summary>
public sealed class QuerySliceTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;
    static Sights Nobody => MaskTests.Seen([], []);
    static long Ms(string iso) => DateTimeOffset.Parse(iso, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    [Fact]
    public async Task A_search_tells_its_state_and_its_cost()
    {
        var engine = await QueryStore.Engine();
        var whole = await engine.Search(new("Events | where user.name == 'root'", FromMs: 0), Stop);
        Assert.Equal(SearchState.Complete, whole.Stats.State);
        Assert.Equal(2, whole.Stats.Rows);
        Assert.True(whole.Stats.ScannedRows > 0 && whole.Stats.ScannedBytes > 0, "nothing was read");
        Assert.Empty(whole.Findings);

        var limited = await engine.Search(new("Events", FromMs: 0, Limit: 3), Stop);
        Assert.Equal(SearchState.Limited, limited.Stats.State);
        Assert.Equal(3, limited.Rows.Count);
        Assert.Contains(limited.Findings, f => f.Code == "KQL060");

        var unbounded = await engine.Search(new("Events | count"), Stop);
        Assert.Contains(unbounded.Findings, f => f.Code == "KQL061");
        var bounded = await engine.Search(new("Events | where timestamp > ago(3d) | count"), Stop);
        Assert.DoesNotContain(bounded.Findings, f => f.Code == "KQL061");
    }

    [Fact]
    public async Task The_request_bounds_time()
    {
        var engine = await QueryStore.Engine();
        var answer = await engine.Search(new("Events | count", Ms("2026-03-02T08:00:00Z"), Ms("2026-03-02T09:00:00Z")), Stop);
        Assert.Equal(3L, answer.Rows[0][0]);
    }

    [Fact]
    public async Task All_faults_of_a_query_come_at_once()
    {
        var engine = await QueryStore.Engine();
        var answer = await RunSearch.Handle(new("Events | where user.name haas 'a' | wher x"), engine, new SearchHistory(new QueryOptions(), TimeProvider.System), new System.Security.Claims.ClaimsPrincipal(), Stop);
        var refusal = Assert.IsType<BadRequest<SearchRefusal>>(answer.Result).Value;
        Assert.NotNull(refusal);
        Assert.Equal(["KQL005", "KQL004"], refusal.Findings.Select(f => f.Code));
        Assert.Equal("1:26", refusal.Findings[0].Place);
    }

    [Fact]
    public async Task Bounds_of_a_request_are_kept()
    {
        var engine = await QueryStore.Engine();
        await Assert.ThrowsAsync<QueryRefusedException>(async () => await engine.Search(new("Events", Limit: 1_000_000), Stop));
        await Assert.ThrowsAsync<QueryRefusedException>(async () => await engine.Search(new("Events", FromMs: 5, ToMs: 1), Stop));
        await Assert.ThrowsAsync<QueryRefusedException>(async () => await engine.Histogram("Events", 0, 10, 100_000, Stop));
        await Assert.ThrowsAsync<QueryRefusedException>(async () => await engine.Search(new(new string('x', 100_000)), Stop));
    }

    [Fact]
    public async Task A_histogram_counts_what_the_leading_tests_keep()
    {
        var engine = await QueryStore.Engine();
        var from = Ms("2026-03-02T08:00:00Z");
        var answer = await engine.Histogram("Events | where host.name != 'ws7' | extend x = 1 | summarize count() by host.name", from, from + 4 * 3_600_000, 4, Stop);
        Assert.Equal(3_600_000, answer.BucketMs);
        Assert.Equal([3L, 2, 2, 1], answer.Counts.Select(b => b.Count));
        Assert.Equal(from, answer.Counts[0].Ms);
    }

    [Fact]
    public async Task An_event_comes_with_all_its_fields()
    {
        var engine = await QueryStore.Engine();
        var found = Assert.IsType<Ok<StoredEvent>>((await ShowEvents.One("4.0", engine, Nobody, new(), Stop)).Result).Value;
        Assert.NotNull(found);
        Assert.Equal("4.0", found.EventId);
        Assert.Equal(Ms("2026-03-02T09:00:00Z"), found.TimeMs);
        Assert.True(found.RawIsUtf8);
        Assert.Equal(["whoami.exe /all"], found.Fields["process.command_line"]);
        Assert.Equal(["process"], found.Fields["event.category"]);
        Assert.Equal(["a", "b"], found.Fields["many"]);
        Assert.Equal(["4242"], found.Fields["process.pid"]);
        Assert.False(found.Fields.ContainsKey("source.ip"));

        Assert.IsType<NotFound<Finding>>((await ShowEvents.One("999.0", engine, Nobody, new(), Stop)).Result);
        Assert.IsType<BadRequest<SearchRefusal>>((await ShowEvents.One("x", engine, Nobody, new(), Stop)).Result);
        var several = Assert.IsType<Ok<IReadOnlyList<StoredEvent>>>((await ShowEvents.Many("6.0,1.0,999.0", engine, Nobody, new(), Stop)).Result).Value;
        Assert.Equal(["6.0", "1.0"], several?.Select(e => e.EventId));
        Assert.Equal(["203.0.113.9"], several?[0].Fields["source.ip"]);
    }

    [Fact]
    public void The_schema_names_tables_operators_and_functions()
    {
        var schema = ShowSchema.Handle().Value;
        Assert.NotNull(schema);
        Assert.Contains(schema.Tables, t => t.Name == "Authentication");
        Assert.Contains(schema.Tables.Single(t => t.Name == "Events").Columns, c => c is { Name: "source.ip", Type: "string" });
        Assert.Contains("summarize", schema.Operators);
        Assert.Contains(schema.Functions, f => f is { Name: "dcount", Aggregate: true });
        Assert.Contains(schema.Functions, f => f is { Name: "prev", Aggregate: false });
        Assert.Contains("mv-expand", schema.Operators);
    }

    [Fact]
    public async Task The_command_line_prints_rows_and_a_summary()
    {
        var engine = await QueryStore.Engine();
        var output = new StringWriter();
        var errors = new StringWriter();
        Assert.Equal(0, await QueryCli.Run(new("Events | where user.name == 'root' | sort by timestamp asc | project timestamp, source.ip, event.category", Json: true, FromMs: 0), engine.Search, output, errors, Stop));
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Equal("""{"timestamp":"2026-03-02T08:00:00.000Z","source.ip":"10.0.0.5","event.category":["authentication"]}""", lines[1]);
        using var summary = JsonDocument.Parse(lines[2]);
        Assert.Equal(2, summary.RootElement.GetProperty("summary").GetProperty("rows").GetInt32());
        Assert.True(summary.RootElement.GetProperty("summary").TryGetProperty("scanned_bytes", out _));

        Assert.Equal(1, await QueryCli.Run(new("Events | wher", Json: false), engine.Search, output, errors, Stop));
        Assert.Contains("KQL004", errors.ToString(), StringComparison.Ordinal);
    }
}
