using System.Net;
using System.Text.Json;
using Andon.Detect;
using Andon.Detect.RuleBook;
using Andon.Model;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Tests.Detect;

/// <summary>Rules over stored history, and why a rule matched or not.</summary>
public sealed class RuleBookBacktest : RuleBookRoom
{
    const string Storm = """
        title: Storm
        id: 55555555-5555-4555-8555-555555555555
        level: high
        correlation: { type: event_count, rules: [22222222-2222-4222-8222-222222222222], group-by: [source.ip], timespan: 10m, condition: { gte: 3 } }
        """;

    static long Now => TimeProvider.System.NowMs();

    async Task<JsonElement> Ended(string id)
    {
        var view = default(JsonElement);
        await Until(async () => (view = await Get($"/api/rules/backtest?id={id}")).GetProperty("state").GetString() is not ("waiting" or "running"), "the backtest did not end");
        return view;
    }

    [Xunit.Fact]
    public async Task A_text_that_is_not_in_use_is_run_over_what_is_stored_and_the_live_rules_do_not_notice()
    {
        await Send([.. Enumerable.Repeat(Line, 700), .. Enumerable.Repeat("nothing of note", 50)]);
        await Until(() => Task.FromResult(Services.GetRequiredService<Andon.Detect.Stage.MatcherStage>().Position == 751), "not all is matched");
        var live = (await Hits(1)).Count;
        var from = Now - 3_600_000;
        var (status, taken) = await Post("/api/rules/backtest", new { yaml = Imported, from, to = Now + 60_000 });
        Assert.Equal(HttpStatusCode.OK, status);
        var view = await Ended(taken.GetProperty("backtestId").GetString()!);
        // Every hit counts, more than the 500 that the live matcher keeps of one batch.
        Assert.Equal(("done", 750L, 700L), (view.GetProperty("state").GetString(), view.GetProperty("events").GetInt64(), view.GetProperty("hits").GetInt64()));
        Assert.Equal(700, view.GetProperty("perHour").EnumerateArray().Sum(h => h.GetProperty("count").GetInt64()));
        Assert.Equal(("web01", 700L), (view.GetProperty("hosts")[0].GetProperty("host").GetString(), view.GetProperty("hosts")[0].GetProperty("hits").GetInt64()));
        Assert.Equal(20, view.GetProperty("samples").GetArrayLength());
        Assert.True(view.GetProperty("figures").GetProperty("complete").GetBoolean());
        Assert.Equal(live, (await Hits(1)).Count);
        Assert.Null(Services.GetRequiredService<RuleBook>().Find(ImportedId));
        var fact = (await Facts.Read(0, 1000, Stop)).Single(f => f.Body is RuleBacktested);
        Assert.Equal(("user:tester", 700L), (fact.Actor, ((RuleBacktested)fact.Body).Figures.Hits));
    }

    [Xunit.Fact]
    public async Task A_correlation_brings_the_live_rules_that_it_is_made_of()
    {
        await Send([.. Enumerable.Repeat(Line, 5)]);
        var (_, taken) = await Post("/api/rules/backtest", new { yaml = Storm, from = Now - 3_600_000, to = Now + 60_000 });
        var view = await Ended(taken.GetProperty("backtestId").GetString()!);
        Assert.Equal(1, view.GetProperty("hits").GetInt64());
        Assert.Equal("3", view.GetProperty("samples")[0].GetProperty("fields").GetProperty("correlation.count").GetString());
    }

    [Xunit.Fact]
    public async Task It_says_which_range_was_really_read()
    {
        await Send(Line);
        var (_, taken) = await Post("/api/rules/backtest", new { ruleId = ShippedId, from = 1, to = 1_000_000 });
        var figures = (await Ended(taken.GetProperty("backtestId").GetString()!)).GetProperty("figures");
        Assert.Equal((false, "there are no records of that time"), (figures.GetProperty("complete").GetBoolean(), figures.GetProperty("note").GetString()));
        // It is not evidence for a promotion.
        Assert.Contains("DET063", (await Get($"/api/rules/evidence?id={ShippedId}")).GetProperty("missing").EnumerateArray().Select(f => f.GetProperty("code").GetString()));
    }

    [Xunit.Fact]
    public async Task One_at_a_time_for_each_person_and_so_many_in_all()
    {
        await Send([.. Enumerable.Repeat(Line, 40_000)]);
        object ask = new { ruleId = ShippedId, from = Now - 3_600_000, to = Now + 60_000 };
        var (_, first) = await Post("/api/rules/backtest", ask);
        Assert.Equal(["DET091"], Codes((await Post("/api/rules/backtest", ask)).Body));
        var others = new List<(HttpStatusCode Status, JsonElement Body)>();
        for (var i = 0; i <= Limits.BacktestQueueMax + 1; i++) others.Add(await Post("/api/rules/backtest", ask, $"person{i}"));
        Assert.Contains(others, o => o.Status == HttpStatusCode.Conflict && Codes(o.Body)[0] == "DET092");
        var waits = others.First(o => o.Status == HttpStatusCode.OK).Body.GetProperty("backtestId").GetString();
        Assert.Equal(HttpStatusCode.OK, (await Post("/api/rules/backtest/cancel", new { backtestId = first.GetProperty("backtestId").GetString() })).Status);
        Assert.Equal("cancelled", (await Ended(first.GetProperty("backtestId").GetString()!)).GetProperty("state").GetString());
        Assert.Equal("done", (await Ended(waits!)).GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("{\"from\":1,\"to\":2}", "DET090")]
    [InlineData("{\"yaml\":\"a: b\",\"from\":1,\"to\":2}", "SIG008")]
    [InlineData("{\"yaml\":\"x\",\"from\":2,\"to\":1}", "DET096")]
    public async Task A_wrong_ask_is_told_why(string ask, string code) =>
        Assert.Contains(code, Codes((await Post("/api/rules/backtest", JsonSerializer.Deserialize<JsonElement>(ask))).Body));

    [Xunit.Fact]
    public async Task Why_and_why_not_are_told_of_any_event_and_any_rule()
    {
        await Send(Line, Line.Replace("Failed password", "Accepted password", StringComparison.Ordinal), "nothing of note");
        await Hits(1);
        async Task<JsonElement> Why(string @event, string rule = ShippedId) => await Get($"/api/rules/explain?ruleId={rule}&event={@event}");
        var why = await Why("1.0");
        Assert.Equal((true, true), (why.GetProperty("routed").GetBoolean(), why.GetProperty("matched").GetBoolean()));
        Assert.Equal("failure", why.GetProperty("searches")[0].GetProperty("items")[0].GetProperty("values")[0].GetString());

        var not = await Why("2.0");
        var item = not.GetProperty("searches")[0].GetProperty("items")[0];
        Assert.Equal((true, false, false, "success"), (not.GetProperty("routed").GetBoolean(), not.GetProperty("matched").GetBoolean(), item.GetProperty("met").GetBoolean(), item.GetProperty("values")[0].GetString()));
        // Another log source: named, and still every item told.
        var other = await Why("3.0");
        Assert.Equal((false, "linux/*/sshd"), (other.GetProperty("routed").GetBoolean(), other.GetProperty("asks").GetString()));

        Assert.Equal(HttpStatusCode.BadRequest, (await Http.GetAsync($"/api/rules/explain?ruleId={ShippedId}&event=x", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync($"/api/rules/explain?ruleId={ShippedId}&event=99.0", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync($"/api/rules/explain?ruleId={ShippedId}&event=1.7", Stop)).StatusCode);
    }

    [Xunit.Fact]
    public async Task A_correlation_is_explained_by_the_events_it_was_made_of()
    {
        await Import(Storm);
        await Send(Line, Line, Line);
        var firing = (await Hits(4)).Single(h => h.RuleId.StartsWith("5555", StringComparison.Ordinal));
        await Until(async () => (await Get($"/api/rules/one?id={firing.RuleId}")).GetProperty("samples").GetArrayLength() == 1, "no sample");
        var why = await Get($"/api/rules/explain?ruleId={firing.RuleId}&event={firing.Event}");
        Assert.Equal(["1.0", "2.0", "3.0"], why.GetProperty("contributing").EnumerateArray().Select(e => e.GetString()));
        Assert.True(why.GetProperty("matched").GetBoolean());
        var page = await Get($"/api/rules/one?id={firing.RuleId}");
        Assert.Equal((1, ShippedId), (page.GetProperty("standing").GetProperty("groups").GetInt32(), page.GetProperty("parts")[0].GetString()));
    }
}
