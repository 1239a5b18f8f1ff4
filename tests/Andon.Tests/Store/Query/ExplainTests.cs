using Andon.Store.Query;
using Andon.Store.Query.Slices;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Tests.Store.Query;

/// <summary>What is said of a query without running it.</summary>
public sealed class ExplainTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>query ⇒ tests in the order in which they run, each as class, cost and index, and the codes of what could be cheaper.</summary>
    [Fact]
    public async Task Plans()
    {
        var engine = await QueryStore.Engine();
        await Corpus.Check("explain.cases", 25, async query =>
        {
            var plan = await engine.Explain(new(query, FromMs: 0), Stop);
            var tests = plan.Tests.Select(t => $"{t.Test} : {t.Class} {t.Cost}{(t.Index is null ? "" : $" {t.Index}")}");
            return $"{string.Join(" / ", tests)} ## {string.Join(' ', plan.Findings.Select(f => f.Code))}";
        });
    }

    [Fact]
    public async Task A_plan_names_steps_columns_and_what_the_indexes_leave()
    {
        var engine = await QueryStore.Engine();
        var answer = await ExplainSearch.Handle(new("Events | where event.original has 'password' and user.name == 'root' | project host.name | take 5", FromMs: 0), engine, Stop);
        var plan = Assert.IsType<Ok<ExplainAnswer>>(answer.Result).Value;
        Assert.NotNull(plan);
        Assert.Equal(["Events", "where event.original has 'password' and user.name == 'root'", "project host.name", "take 5"], plan.Steps);
        Assert.Equal(["host_name", "raw", "timestamp", "user_name"], plan.Columns);
        Assert.Equal(["ix_user", "ix_raw"], plan.Indexes);
        Assert.True(plan.TimeBounded);
        // The engine itself says that it uses them.
        Assert.Contains(plan.Chosen, c => c is { Index: "ix_raw", GranulesOf: > 0 });
        Assert.Contains(plan.Chosen, c => c.Index == "ix_user" && c.Granules <= c.GranulesOf);

        var unbounded = await engine.Explain(new("Events | count"), Stop);
        Assert.False(unbounded.TimeBounded);
        Assert.Contains(unbounded.Findings, f => f.Code == "KQL061");
        Assert.IsType<BadRequest<SearchRefusal>>((await ExplainSearch.Handle(new("Events | wher"), engine, Stop)).Result);
    }

    [Fact]
    public async Task The_command_line_explains()
    {
        var engine = await QueryStore.Engine();
        var (output, errors) = (new StringWriter(), new StringWriter());
        Assert.Equal(0, await QueryCli.RunExplain(new("Events | where event.original matches regex 'a.b' | count", Json: false), engine.Explain, output, errors, Stop));
        Assert.Contains("| where event.original matches regex 'a.b'", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("regex", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("KQL090", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await QueryCli.RunExplain(new("Events | wher", Json: true), engine.Explain, output, errors, Stop));
    }
}
