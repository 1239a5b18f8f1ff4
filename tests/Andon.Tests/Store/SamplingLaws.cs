using System.Globalization;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Query;
using Fact = Andon.Model.Fact;

namespace Andon.Tests.Store;

/// <summary>Sampling: all of a key or none of it, about one in N, the same whenever it is asked, and every kept row says for how many it stands.</summary>
public sealed class SamplingLaws
{
    const string Source = "file:test:flows";
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static Fact Set(long seq, int oneIn, long from = 0, params string[] key) =>
        new(seq, EventMaker.Noon + seq, "person:op", "less", new SourceSampled(Source, null, oneIn < 2 ? null : new(oneIn, ["flow"], key.Length > 0 ? key : ["network.community_id"]), from, "less"));

    // Each key has three events, far from each other.
    static EventBatch Flows(int keys, string action = "flow", string source = Source, int first = 1)
    {
        var batch = new EventBatch();
        for (var part = 0; part < 3; part++)
            for (var key = 0; key < keys; key++)
                EventMaker.Add(batch, (ulong)(first + part * keys + key), EventMaker.Utf8("raw"), EventMaker.Noon + key,
                    ("log.source.id", EventMaker.Utf8(source), ValueKind.Text), ("event.action", EventMaker.Utf8(action), ValueKind.Text), ("network.community_id", EventMaker.Utf8($"1:{key * 7919}"), ValueKind.Text));
        return batch.Seal();
    }

    static Dictionary<string, List<int>> Rates(Sampling sampling, EventBatch batch)
    {
        var rates = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < batch.Count; i++)
        {
            var key = batch[i].Text(FieldNames.Intern("network.community_id")) ?? "";
            if (!rates.TryGetValue(key, out var of)) rates[key] = of = [];
            of.Add(sampling.RateOf(batch[i]));
        }
        return rates;
    }

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(97)]
    public void About_one_in_n_keys_is_kept_whole(int oneIn)
    {
        const int Keys = 20_000;
        var sampling = new Sampling();
        sampling.Apply(Set(1, oneIn));
        using var batch = Flows(Keys);
        var rates = Rates(sampling, batch);
        Assert.All(rates.Values, r => Assert.Single(r.Distinct()));
        Assert.All(rates.Values, r => Assert.True(r[0] == 0 || r[0] == oneIn));
        var kept = rates.Values.Count(r => r[0] > 0);
        var (mean, deviation) = (Keys / (double)oneIn, Math.Sqrt(Keys * (1.0 / oneIn) * (1 - 1.0 / oneIn)));
        Assert.InRange(kept, mean - 5 * deviation, mean + 5 * deviation);
        Assert.Equal(new SamplingCount(3 * kept, 3 * (Keys - kept)), sampling.CountOf(Source));
    }

    [Xunit.Fact]
    public void Neighbouring_keys_are_as_likely_as_any()
    {
        // A weak hash keeps every tenth of keys that count up, or all that end alike.
        var sampling = new Sampling();
        sampling.Apply(Set(1, 10));
        using var batch = Flows(5000);
        var kept = Rates(sampling, batch).Values.Select(r => r[0] > 0).ToList();
        for (var residue = 0; residue < 10; residue++)
            Assert.InRange(kept.Where((_, i) => i % 10 == residue).Count(k => k), 15, 90);
    }

    [Xunit.Fact]
    public void A_coarser_rate_keeps_a_part_of_what_a_finer_one_kept()
    {
        var (two, eight) = (new Sampling(), new Sampling());
        two.Apply(Set(1, 2));
        eight.Apply(Set(1, 8));
        using var batch = Flows(4000);
        var fine = Rates(two, batch).Where(r => r.Value[0] > 0).Select(r => r.Key).ToHashSet();
        Assert.Subset(fine, Rates(eight, batch).Where(r => r.Value[0] > 0).Select(r => r.Key).ToHashSet());
    }

    [Xunit.Fact]
    public void Each_record_is_decided_by_the_rate_of_its_own_place_whenever_it_is_read()
    {
        var sampling = new Sampling();
        sampling.Apply(Set(1, 4));
        using var early = Flows(1000);
        using var late = Flows(1000, first: 10_000);
        var before = Rates(sampling, early);
        sampling.Apply(Set(2, 16, from: 10_000));
        Assert.Equal(before, Rates(sampling, early));
        Assert.Equal([0, 16], Rates(sampling, late).Values.SelectMany(r => r).Distinct().Order());
        sampling.Apply(Set(3, 0, from: 20_000));
        using var whole = Flows(10, first: 20_000);
        Assert.Equal([1], Rates(sampling, whole).Values.SelectMany(r => r).Distinct());
        Assert.Equal(before, Rates(sampling, early));
        // A fold that is given its facts again is as before.
        sampling.Apply(Set(2, 16, from: 10_000));
        Assert.Equal(before, Rates(sampling, early));
    }

    [Xunit.Fact]
    public void Other_kinds_other_sources_and_events_without_a_key_stay_whole()
    {
        var sampling = new Sampling();
        sampling.Apply(Set(1, 100));
        foreach (var batch in new[] { Flows(300, action: "alert"), Flows(300, source: "file:test:other") })
            using (batch) Assert.Equal([1], Rates(sampling, batch).Values.SelectMany(r => r).Distinct());
        var keyed = new Sampling();
        keyed.Apply(Set(1, 100, 0, "user.name"));
        using var without = Flows(300);
        Assert.Equal([1], Rates(keyed, without).Values.SelectMany(r => r).Distinct());
    }

    [Xunit.Fact]
    public void Sources_are_told_for_the_time_in_which_they_were_sampled()
    {
        var sampling = new Sampling();
        Assert.False(sampling.Any);
        sampling.Apply(Set(10, 4));
        sampling.Apply(Set(20, 0));
        Assert.Equal([Source], sampling.Within(EventMaker.Noon, EventMaker.Noon + 11));
        Assert.Empty(sampling.Within(EventMaker.Noon, EventMaker.Noon + 10));
        Assert.Empty(sampling.Within(EventMaker.Noon + 20, null));
    }

    [Xunit.Fact]
    public async Task Rows_carry_the_rate_and_an_answer_says_for_how_many_they_stand()
    {
        var store = await EngineHouse.Store();
        store.Sampling.Apply(Set(1, 10));
        using var batch = Flows(2000);
        using (var cut = new EventCut(store.Sampling))
        {
            cut.Begin(1);
            cut.Add(batch, ulong.MaxValue, without: null);
            Assert.Equal(store.Sampling.CountOf(Source).Kept, cut.Rows);
            foreach (var (_, day) in cut.Days)
            {
                using var content = day.Block.AsContent();
                await store.Client.Insert(await store.Client.Engine.Ready(Stop), EventTables.Events.InsertSql, "", content, Stop);
            }
        }
        var engine = new QueryEngine(store, TimeProvider.System);
        var rows = store.Sampling.CountOf(Source).Kept;
        var counted = await engine.SearchOwn(new("Events | where event.action == 'flow' | summarize rows = count(), stand = sum(coalesce(tolong(['event.sampling.rate']), 1))"), Stop);
        Assert.Equal([rows, rows * 10], counted.Rows[0].Select(v => Convert.ToInt64(v, CultureInfo.InvariantCulture)));
        var note = Assert.Single(counted.Findings, f => f.Code == "INT330");
        Assert.Contains($"about {rows * 10} events", note.Message, StringComparison.Ordinal);
        // What nobody sampled is told as it was.
        Assert.DoesNotContain((await engine.SearchOwn(new("Events | where event.action == 'flow' and timestamp < datetime(2020-01-01)", ToMs: EventMaker.Noon), Stop)).Findings, f => f.Code == "INT330");
        Assert.Contains((await engine.SearchOwn(new("Events | where network.community_id == '1:nothing'"), Stop)).Findings, f => f.Code == "INT330" && f.Level == FindingLevel.Note);
        await EveryCountSaysIt(engine, rows);
    }

    // The same note stands wherever rows are counted: bars, tops of fields, series, other tables, rows from two places.
    static async Task EveryCountSaysIt(QueryEngine engine, long rows)
    {
        const string Flow = "Events | where event.action == 'flow'";
        var (from, to) = (EventMaker.Noon - 1000, EventMaker.Noon + 10_000);
        var bars = await engine.Histogram(Flow, from, to, 20, Stop);
        Assert.Equal((rows, rows * 10), (bars.Counts.Sum(b => b.Count), bars.Counts.Sum(b => b.Stand)));
        Assert.Contains($"about {rows * 10} events", Assert.Single(bars.Findings, f => f.Code == "INT330").Message, StringComparison.Ordinal);
        // Bars of rows that all stand for themselves have no estimate beside them.
        var whole = await engine.Histogram("Events | where event.action == 'nothing of the kind'", from, to, 20, Stop);
        Assert.All(whole.Counts, b => Assert.Null(b.Stand));
        var early = await engine.Histogram(Flow, 1000, 2000, 20, Stop);
        Assert.Empty(early.Findings);

        var top = await engine.CountValues(new(Flow, from, to), "event.action", 5, Stop, engine.Own);
        Assert.Contains($"about {rows * 10} events", Assert.Single(top.Findings, f => f.Code == "INT330").Message, StringComparison.Ordinal);

        foreach (var kql in new[] { $"{Flow} | make-series n = count() on timestamp step 1s", $"{Flow} | summarize n = count() by bin(timestamp, 1s) | render timechart" })
            Assert.Single((await engine.SearchOwn(new(kql, from, to), Stop)).Findings, f => f.Code == "INT330" && f.Level == FindingLevel.Warning);
        foreach (var kql in new[]
        {
            "union Network, Dns | summarize count()", $"let flows = {Flow}; flows | summarize count()", "search 'raw' | summarize count()",
            "Events | where event.action == 'none' | summarize n = count() | extend all = toscalar(Events | count)", "Network | summarize count()",
        })
            Assert.Single((await engine.SearchOwn(new(kql, from, to), Stop)).Findings, f => f.Code == "INT330");
        foreach (var kql in new[] { "print 1", "Alerts | count", "Cases | count" })
            Assert.DoesNotContain((await engine.SearchOwn(new(kql, from, to), Stop)).Findings, f => f.Code == "INT330");
    }
}
