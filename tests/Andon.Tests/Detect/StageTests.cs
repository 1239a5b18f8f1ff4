using System.Text.Json;
using Andon.Detect;
using Andon.Detect.RuleBook;
using Andon.Model;

namespace Andon.Tests.Detect;

/// <summary>The matcher stage itself: quiet times, restarts, swapped rules, limits, and a record that stops it.</summary>
public sealed class StageTests
{
    static readonly string Failed = StageRig.Rule("failed", "{ F: failed }"), Good = StageRig.Rule("good", "{ F: good }");
    static readonly string Many = StageRig.Correlation("many", "{ type: event_count, rules: [failed], group-by: [u], timespan: 60s, generate: true, condition: { gte: 3 } }");
    static readonly string Alone = StageRig.Correlation("alone", "{ type: temporal, group-by: [u], timespan: 60s, condition: failed and not good }");

    static string Line(string f, string u) => $$"""{"F":"{{f}}","u":"{{u}}"}""";

    [Xunit.Fact]
    public async Task In_quiet_times_the_clock_alone_ends_a_window()
    {
        await using var rig = new StageRig(Failed, Good, Alone);
        await rig.Start();
        var begun = rig.Clock.NowMs();
        await rig.Match(Line("failed", "x"), Line("failed", "y"), Line("good", "y"));
        Assert.Empty(await rig.Hits("alone"));
        List<Hit> hits = [];
        await rig.Run(TimeSpan.FromMinutes(30), () => (hits = rig.Hits("alone").GetAwaiter().GetResult()).Count > 0);
        var hit = Assert.Single(hits);
        Assert.Equal(("x", begun), (hit.Fields["u"], hit.TimeMs));
        // Not before the window is over and its source, idle since, is no longer waited for.
        Assert.True(hit.DetectedMs > begun + 60_000 + Limits.LatenessMs, $"fired {hit.DetectedMs - begun} ms after the event");
        await rig.Run(TimeSpan.FromMinutes(5));
        Assert.Single(await rig.Hits("alone"));
    }

    [Xunit.Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restart_in_mid_window_neither_loses_nor_repeats_a_firing(bool kept)
    {
        await using var rig = new StageRig(Failed, Good, Many, Alone);
        await rig.Start();
        await rig.Match(Line("failed", "x"), Line("good", "x"));
        await rig.Run(TimeSpan.FromSeconds(10));
        await rig.Match(Line("failed", "x"));
        await rig.Restart(kept);
        Assert.Empty(await rig.Hits("many"));
        await rig.Match(Line("failed", "x"));
        var fired = Assert.Single(await rig.Hits("many"));
        Assert.Equal(3, fired.Contributing.Count);
        await rig.Restart(kept);
        await rig.Run(TimeSpan.FromSeconds(10));
        await rig.Match(Line("failed", "x"), Line("failed", "x"));
        Assert.Single(await rig.Hits("many"));

        // A window that ends while nobody runs is decided when someone does, once.
        await rig.Match(Line("failed", "z"));
        await rig.Stop(kept);
        rig.Clock.Advance(TimeSpan.FromMinutes(20));
        await rig.Start();
        List<Hit> alone = [];
        await rig.Run(TimeSpan.FromMinutes(5), () => (alone = rig.Hits("alone").GetAwaiter().GetResult()).Count > 0);
        Assert.Equal("z", Assert.Single(alone).Fields["u"]);
        await rig.Restart(kept);
        await rig.Run(TimeSpan.FromMinutes(10));
        Assert.Single(await rig.Hits("alone"));
        Assert.Single(await rig.Hits("many"));
    }

    [Xunit.Fact]
    public async Task A_set_swapped_between_batches_loses_and_doubles_neither_hits_nor_firings()
    {
        const int Groups = 40, Each = 5;
        await using var rig = new StageRig(Failed, StageRig.Correlation("many", "{ type: event_count, rules: [failed], group-by: [u], timespan: 1h, generate: true, condition: { gte: 5 } }"));
        await rig.Start();
        var sending = Task.Run(async () =>
        {
            for (var n = 0; n < Each; n++)
                for (var g = 0; g < Groups; g++)
                {
                    await rig.Send(Line("failed", $"g{g}"), Line("good", $"g{g}"));
                    if (g % 8 == 0) await Task.Delay(5, TestContext.Current.CancellationToken);
                }
        }, TestContext.Current.CancellationToken);
        var sets = new HashSet<string>();
        for (var i = 0; !sending.IsCompleted || i < 10; i++)
        {
            rig.Write(0, Failed.Replace("title: failed", $"title: failed {i}", StringComparison.Ordinal));
            sets.Add((await rig.Book!.Load(TestContext.Current.CancellationToken)).Hash);
        }
        await sending;
        await rig.Matched();
        var hits = await rig.Hits("failed");
        Assert.Equal((Groups * Each, Groups * Each), (hits.Count, hits.Select(h => h.Event).Distinct().Count()));
        Assert.Equal(Groups, (await rig.Hits("many")).Select(h => h.Fields["u"]).Distinct().Count());
        Assert.Equal(Groups, (await rig.Hits("many")).Count);
        Assert.True(sets.Count >= 10 && hits.Select(h => h.Title).Distinct().Count() > 1, "nothing was swapped while events ran");
    }

    [Xunit.Fact]
    public async Task Beyond_the_limit_of_a_batch_hits_are_counted_for_correlations_and_it_is_said_once_a_batch()
    {
        const int More = Limits.HitsPerRuleAndBatchMax + 100;
        await using var rig = new StageRig(Failed, StageRig.Correlation("many", $"{{ type: event_count, rules: [failed], group-by: [u], timespan: 60s, generate: true, condition: {{ gte: {More} }} }}"));
        await rig.Send([.. Enumerable.Range(0, More).Select(_ => Line("failed", "x"))]);
        await rig.Start();
        await rig.Matched();
        Assert.Equal(Limits.HitsPerRuleAndBatchMax, (await rig.Hits("failed")).Count);
        Assert.Equal(More.ToString(System.Globalization.CultureInfo.InvariantCulture), Assert.Single(await rig.Hits("many")).Fields["correlation.count"]);
        Assert.Single(rig.Findings.All, f => f.Code == "DET001");

        await rig.Match([.. Enumerable.Range(0, More).Select(_ => Line("failed", "y"))]);
        Assert.Equal(2, rig.Findings.All.Count(f => f.Code == "DET001"));
        Assert.Equal(["x", "y"], (await rig.Hits("many")).Select(h => h.Fields["u"]));
        await rig.Match(Line("failed", "z"));
        Assert.Equal(2, rig.Findings.All.Count(f => f.Code == "DET001"));
    }

    [Xunit.Fact]
    public async Task A_flood_from_one_machine_hides_no_other()
    {
        static string On(string host, string user) => $$"""{"F":"failed","host":{"name":"{{host}}"},"user":{"name":"{{user}}"} }""";
        const int Flood = Limits.HitsPerRuleAndBatchMax + 50;
        await using var rig = new StageRig(Failed);
        await rig.Send([.. Enumerable.Range(0, Flood).Select(_ => On("noisy", "x")), On("quiet", "x"), On("noisy", "y"), On("quiet", "x")]);
        await rig.Start();
        await rig.Matched();
        var hits = await rig.Hits("failed");
        Assert.Equal(Limits.HitsPerRuleAndBatchMax + 2, hits.Count);
        Assert.Contains(hits, h => h.Entities.Any(e => e.Value == "quiet"));
        Assert.Contains(hits, h => h.Entities.Any(e => e.Value == "y"));
        var said = Assert.Single(rig.Findings.All, f => f.Code == "DET001");
        Assert.Equal($"rule:{hits[0].RuleId}", said.Place);
        Assert.StartsWith($"failed matched {Flood + 3} events of one batch; 51 of them", said.Message);

        // One that names a new machine each time is bounded as well.
        const int Many = Limits.HitsPerRuleAndBatchMax + Limits.NewHitsPerRuleAndBatchMax + 10;
        await using var other = new StageRig(Failed);
        await other.Send([.. Enumerable.Range(0, Many).Select(i => On($"h{i}", "x"))]);
        await other.Start();
        await other.Matched();
        Assert.Equal(Many - 10, (await other.Hits("failed")).Count);
    }

    [Xunit.Fact]
    public async Task A_record_that_stops_the_matcher_three_times_is_left_out_and_its_neighbours_are_whole()
    {
        await using var rig = new StageRig(Failed, Many);
        // The event's text points beyond the batch: whoever reads it fails. No record can do that; our own fault could.
        await rig.Send(Line("failed", "x"), Line("failed", "x"), """{"broken":1,"u":"x"}""", Line("failed", "x"), Line("failed", "y"));
        await rig.Start();
        await rig.Run(TimeSpan.FromSeconds(30), () => rig.Findings.All.Any(f => f.Code == "DET002"));
        await rig.Run(TimeSpan.FromSeconds(30), () => rig.Stage!.Position == 6);
        await rig.Matched();
        Assert.Equal("record:3", Assert.Single(rig.Findings.All, f => f.Code == "DET002").Place);
        Assert.Equal([1UL, 2, 4, 5], (await rig.Hits("failed")).Select(h => h.Event.Position));
        Assert.Equal([1UL, 2, 4], Assert.Single(await rig.Hits("many")).Contributing.Select(e => e.Position));
        await rig.Match(Line("failed", "y"), Line("failed", "y"));
        Assert.Equal(["x", "y"], (await rig.Hits("many")).Select(h => h.Fields["u"]));
    }

    [Xunit.Fact]
    public async Task Numbers_after_a_restart_are_those_before_and_little_is_read_again()
    {
        await using var rig = new StageRig(Failed, Good, Many);
        await rig.Start();
        for (var hour = 0; hour < 300; hour++)
        {
            await rig.Match(Line("failed", $"u{hour % 7}"), Line(hour % 3 == 0 ? "good" : "other", "x"));
            rig.Clock.Advance(TimeSpan.FromHours(1));
        }
        await rig.Match(Line("failed", "last"), Line("failed", "last"));
        await Same(kept: true);
        Assert.True(rig.HitRecords.Records < 60, $"{rig.HitRecords.Records} of {rig.HitRecords.Next - 1} blocks were read");
        // Three together with two from before the restart: what correlations need was read again.
        await rig.Match(Line("failed", "last"));
        Assert.Equal("last", Assert.Single(await rig.Hits("many")).Fields["u"]);

        // As after a power cut: what came since the last save is counted from the log.
        await rig.Match(Line("good", "x"), Line("failed", "x"));
        await Same(kept: false);
        await Same(kept: false);
        Assert.True(rig.HitRecords.Records < 60, $"{rig.HitRecords.Records} of {rig.HitRecords.Next - 1} blocks were read");

        async Task Same(bool kept)
        {
            var before = Numbers();
            await rig.Stop(kept);
            rig.HitRecords.Records = 0;
            await rig.Start();
            Assert.Equal(before, Numbers());
            Assert.Contains("\"failed\"", before, StringComparison.Ordinal);
        }

        string Numbers()
        {
            var (counters, now) = (rig.Book!.Counters, rig.Clock.NowMs());
            return JsonSerializer.Serialize(new { all = counters.All24h(now), of = new[] { "failed", "good", "many" }.Select(n => new { n, is_ = counters.Of(StageRig.IdOf(n), now).ToString(), days = counters.Of(StageRig.IdOf(n), now).PerDay, samples = counters.Samples(StageRig.IdOf(n)) }) });
        }
    }

    [Xunit.Fact]
    public async Task Without_saved_counters_the_whole_hit_log_is_counted()
    {
        await using var rig = new StageRig(Failed);
        await rig.Start();
        for (var i = 0; i < 30; i++) await rig.Match(Line("failed", "x"));
        await rig.Restart(kept: false);
        Assert.Equal(30, rig.Book!.Counters.Of(StageRig.IdOf("failed"), rig.Clock.NowMs()).Total);
        Assert.Equal(Limits.SamplesPerRuleMax, rig.Book.Counters.Samples(StageRig.IdOf("failed")).Count);
    }

    [Xunit.Fact]
    public void With_very_many_rules_each_keeps_its_newest_samples()
    {
        var counters = new RuleCounters();
        const int Rules = Limits.SamplesSavedMax / 4;
        Hit Of(int rule, ulong n) => new(EventId.At(n, 0), 0, 0, $"r{rule}", "", "", Level.Low, RuleQueue.Production, [], "", [], new Dictionary<string, string>(), []);
        for (var n = 1UL; n <= 6; n++) counters.Take(new(n, n + 1, [.. Enumerable.Range(0, Rules).Select(r => Of(r, n))]), n);
        var saved = counters.SaveSamples();
        Assert.Equal((6UL, Rules, Limits.SamplesSavedMax), (saved.Position, saved.Rules.Count, saved.Rules.Sum(r => r.Value.Count)));
        Assert.Equal(["3.0", "4.0", "5.0", "6.0"], saved.Rules["r7"].Select(s => s.Event));
        var other = new RuleCounters();
        other.LoadSamples(saved, hitLogNext: 6);
        Assert.Empty(other.Samples("r7"));
        other.LoadSamples(saved, hitLogNext: 7);
        Assert.Equal("6.0", other.Samples("r7")[0].Event);
    }
}
