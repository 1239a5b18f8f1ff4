using System.Text.Json;
using Andon.Measure.Gaps;
using Andon.Measure.Services;
using Andon.Measure.Slices;
using Andon.Measure.Vectors;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Measure;

public sealed class VectorTests
{
    const long Day = 86_400_000;
    const long T = 20_000 * Day;
    static readonly Period Week = new(T, T + 7 * Day);

    readonly List<Andon.Model.Fact> facts = [];
    int next;

    long Add(long atMs, FactBody body, string actor = "andon:triage")
    {
        facts.Add(new(facts.Count + 1, atMs, actor, "test", body));
        return facts.Count;
    }

    // A case from first evidence to closing; minutes after t0.
    string Case(long t0, string rule = "r1", Verdict? verdict = Verdict.TruePositive, int detect = 5, int? engage = 15, int? contain = 60, int close = 120, string[]? controls = null)
    {
        var id = $"case-{++next}";
        long At(int minutes) => t0 + minutes * 60_000L;
        Add(At(detect), new SignalOpened($"s-{next}", rule, $"Rule {rule}", Level.High, "host:a", [], [], [], "1.0", "src", t0, 0.3, 0.8, 0.5, 0.2));
        Add(At(detect), new CaseOpened(id, next, "x", "identity", Manual: false));
        Add(At(detect), new SignalJoined(id, $"s-{next}", null));
        if (engage is { } e) Add(At(e), new CardPulled(id, "anna", null), "user:anna");
        if (contain is { } c)
        {
            Add(At(c), new CardMoved(id, Lane.Contain, Lane.Recover, "x"), "user:anna");
            Add(At(c + 1), new CardMoved(id, Lane.Recover, Lane.Validate, "x"), "user:anna");
        }
        if (verdict is { } v) Add(At(close), new CaseClosed(id, v, controls ?? (v == Verdict.TruePositive ? ["PR.AA-03"] : []), null, "internal.detection", "x", 30), "user:anna");
        return id;
    }

    Picture Look()
    {
        var ledger = new Ledger();
        foreach (var fact in facts) ledger.Apply(fact);
        return ledger.Look();
    }

    Metric One(string key) => Measures.Of(Look(), Week).Single(m => m.Key == key);

    [Fact]
    public void Times_come_from_facts()
    {
        for (var i = 0; i < 7; i++) Case(T + i * 3_600_000, detect: 5 + i, engage: 20 + i, contain: 60, close: 100);
        var ttd = One("ttd");
        Assert.Equal(7, ttd.N);
        Assert.Equal(7, ttd.D);
        Assert.Equal(8 * 60_000, ttd.Value);
        Assert.Equal(11 * 60_000, ttd.P90);
        Assert.Equal([5 * 60_000, 11 * 60_000], ttd.Ci);
        Assert.Equal(15 * 60_000, One("tte").Value);
        Assert.Equal((60 - 8) * 60_000, One("ttc").Value);
        Assert.Equal((100 - 8) * 60_000, One("ttr").Value);
        Assert.False(ttd.SmallN);
    }

    [Fact]
    public void Below_five_there_are_counts_only()
    {
        for (var i = 0; i < 4; i++) Case(T + i * 3_600_000);
        foreach (var metric in Measures.Of(Look(), Week).Where(m => m.D < 5 && m.Key != "flow.oldest"))
        {
            Assert.Null(metric.Value);
            Assert.Null(metric.Median);
            Assert.Null(metric.P90);
            Assert.Null(metric.Ci);
            Assert.Null(metric.Delta);
            Assert.True(metric.SmallN, metric.Key);
        }
        Assert.Equal(4, One("ttd").N);
    }

    [Fact]
    public void Every_metric_carries_all_that_makes_it_one()
    {
        for (var i = 0; i < 12; i++) Case(T - 7 * Day + i * 3_600_000, verdict: i % 3 == 0 ? Verdict.FalsePositive : Verdict.TruePositive);
        for (var i = 0; i < 12; i++) Case(T + i * 3_600_000, verdict: i % 2 == 0 ? Verdict.FalsePositive : Verdict.TruePositive);
        var metrics = Measures.Of(Look(), Week);
        Assert.Equal(metrics.Count, metrics.Select(m => m.Key).Distinct().Count());
        foreach (var m in metrics)
        {
            Assert.Equal(Week, m.Period);
            Assert.All(new[] { m.Title, m.Unit, m.Population, m.Clock, m.Coverage, m.CiMethod }, Assert.NotEmpty);
            Assert.NotEmpty(m.Series);
            Assert.InRange(m.Series.Count, 1, 31);
            if (m.Value is not null && m.Previous.Value is not null) Assert.Equal(m.Value - m.Previous.Value, m.Delta);
            if (m.Unit == "share" && m.Key != "flow.wip" && m.Value is not null) Assert.True(m.Ci?[0] <= m.Value && m.Value <= m.Ci?[1], m.Key);
            if (m.Delta is not null && m.Unit == "share" && m.Key != "flow.wip") Assert.Contains(m.Causes, c => c.Text.StartsWith("Unattributed", StringComparison.Ordinal));
        }
        Assert.Equal(12, One("verdict.true").D);
        Assert.Equal(12, One("verdict.true").Series.Sum(p => p.D));
        Assert.Equal(6 / 12.0 - 8 / 12.0, One("verdict.true").Delta!.Value, 12);
    }

    [Fact]
    public void A_change_in_scope_gets_the_part_that_the_arithmetic_gives_it()
    {
        // Rule r2 enters production and brings false positives; r1 stays as it was.
        for (var i = 0; i < 10; i++) Case(T - 6 * Day + i * 3_600_000, "r1", i < 8 ? Verdict.TruePositive : Verdict.FalsePositive);
        for (var i = 0; i < 10; i++) Case(T + i * 3_600_000, "r1", i < 8 ? Verdict.TruePositive : Verdict.FalsePositive);
        var seq = Add(T + 60_000, new RuleQueued("r2", "Noisy", RuleQueue.Production, "tested"), "user:champion");
        for (var i = 0; i < 10; i++) Case(T + Day + i * 3_600_000, "r2", i < 1 ? Verdict.TruePositive : Verdict.FalsePositive);
        var precision = One("verdict.precision");
        Assert.Equal(-0.35, precision.Delta!.Value, 12);
        var cause = precision.Causes[0];
        Assert.Equal(seq, cause.FactSeq);
        Assert.StartsWith("Consistent with", cause.Text);
        Assert.Contains("Noisy", cause.Text);
        var parts = precision.Causes.Sum(c => c.Effect ?? 0);
        Assert.InRange(parts - precision.Delta!.Value, -1e-9, 1e-9);
        Assert.DoesNotContain(precision.Causes, c => c.Text.Contains("because", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_negative_time_is_left_out_and_told()
    {
        for (var i = 0; i < 6; i++) Case(T + i * 3_600_000);
        Case(T + 8 * 3_600_000, detect: -30, engage: 10, contain: 20, close: 60);
        var ttd = One("ttd");
        Assert.Equal(6, ttd.N);
        Assert.Equal(7, ttd.D);
        Assert.True(ttd.Value > 0);
        Assert.Contains("1 left out because the interval is negative", ttd.Coverage);
    }

    [Fact]
    public void A_reopened_case_counts_by_the_closing_that_stands()
    {
        for (var i = 0; i < 6; i++) Case(T + i * 3_600_000);
        var id = Case(T + 8 * 3_600_000);
        Assert.Equal(7, One("verdict.true").N);
        Add(T + 2 * Day, new CaseReopened(id, "new evidence"), "user:anna");
        Assert.Equal(6, One("verdict.true").N);
        Add(T + 3 * Day, new CaseClosed(id, Verdict.FalsePositive, [], null, "internal.detection", "x", 5), "user:anna");
        Assert.Equal(6, One("verdict.true").N);
        Assert.Equal(7, One("verdict.true").D);
    }

    [Fact]
    public void A_merged_case_is_part_of_the_other()
    {
        for (var i = 0; i < 5; i++) Case(T + i * 3_600_000);
        var into = Case(T + 10 * 3_600_000, detect: 50, verdict: null, contain: null);
        var early = Case(T + 9 * 3_600_000, detect: 20, verdict: null, contain: null);
        Add(T + 12 * 3_600_000, new CaseMerged(early, into, new("host:a", "s", 0, 1, "x")));
        Add(T + 13 * 3_600_000, new CaseClosed(into, Verdict.TruePositive, ["PR.AA-03"], null, "internal.detection", "x", 5), "user:anna");
        var row = Look().Cases.Single(c => c.CaseId == into);
        Assert.Equal(T + 9 * 3_600_000, row.OccurredMs);
        Assert.Equal(T + 9 * 3_600_000 + 20 * 60_000, row.DetectedMs);
        Assert.Equal(6, One("ttd").D);
        Assert.DoesNotContain(Look().Cases, c => c.CaseId == early);
    }

    [Fact]
    public void Reduction_counts_alerts_signals_and_cases()
    {
        for (var i = 0; i < 6; i++) Case(T + i * 3_600_000);
        Add(T + Day, new SignalRepeated("s-1", 10, T + Day, "2.0"));
        Add(T + Day + 1, new SignalRepeated("s-1", 50, T + Day, "3.0"));
        Assert.Equal((6, 55), (One("reduction.signals").N, One("reduction.signals").D));
        Assert.Equal((6, 6), (One("reduction.cases").N, One("reduction.cases").D));
        Assert.Equal((6, 6), (One("reduction.confirmed").N, One("reduction.confirmed").D));
    }

    [Fact]
    public void Flow_is_as_of_the_end_of_the_window()
    {
        for (var i = 0; i < 6; i++) Case(T + i * 3_600_000);
        Case(T + Day, verdict: null, contain: null);
        Case(T + 2 * Day, verdict: null, contain: null, engage: null);
        Assert.Equal((1, 2), (One("flow.wip").N, One("flow.wip").D));
        Assert.Equal(6 * Day - 5 * 60_000, One("flow.oldest").Value);
        Assert.Equal(6 / 7.0, One("flow.throughput").Value!.Value, 12);
        Assert.Contains("1 case(s) still wait", One("tte").Coverage);
    }

    [Fact]
    public async Task Step_by_step_equals_a_rebuild_wherever_the_cut()
    {
        var random = new Random(3);
        for (var i = 0; i < 60; i++)
        {
            var id = Case(T + random.NextInt64(7 * Day), $"r{random.Next(4)}", random.Next(5) == 0 ? null : (Verdict)random.Next(4), random.Next(1, 60), random.Next(60, 90), random.Next(90, 120), random.Next(130, 900));
            if (random.Next(6) == 0) Add(T + 6 * Day, new CaseReopened(id, "x"));
            if (random.Next(6) == 0) Add(T + 5 * Day, new SignalRepeated($"s-{next}", random.Next(2, 99), T, "1.0"));
            Add(T + 5 * Day, new GapRecorded(id, "PR.AA-03", null, "TruePositive", 10, 5));
        }
        var clock = new TestClock();
        var whole = JsonSerializer.Serialize(Measures.Of(Look(), Week));
        foreach (var cut in new[] { 0, 1, facts.Count / 3, facts.Count - 1, facts.Count })
        {
            await using var log = new MemoryFactLog(clock);
            var ledger = new Ledger();
            foreach (var (fact, i) in facts.Select((f, i) => (f, i)))
            {
                if (i == cut) await log.Attach(ledger, default);
                await log.Append([new(fact.Actor, fact.Cause, fact.Body) { AtMs = fact.AtMs }], default);
            }
            if (cut == facts.Count) await log.Attach(ledger, default);
            Assert.Equal(whole, JsonSerializer.Serialize(Measures.Of(ledger.Look(), Week)));
            Assert.Equal(Look().Gaps, ledger.Look().Gaps);
        }
    }

    [Fact]
    public async Task Gaps_are_recorded_once_whatever_stops()
    {
        var clock = new TestClock();
        await using var log = new MemoryFactLog(clock);
        var stop = TestContext.Current.CancellationToken;
        for (var round = 1; round <= 3; round++)
        {
            await log.Append("user:anna", "x", new CaseClosed($"c{round}", Verdict.TruePositive, ["PR.AA-03", "PR.IR-01", "PR.AA-03"], "initial-access", "internal.detection", "x", 60), stop);
            await log.Append("user:anna", "x", new CaseClosed($"f{round}", Verdict.FalsePositive, [], null, "internal.detection", "x", 60), stop);
            var ledger = new Ledger();
            using var recorder = new GapRecorder(log, ledger, new FindingList(), clock, NullLogger<GapRecorder>.Instance);
            await recorder.StartAsync(stop);
            while (ledger.Look().Gaps.Count < round * 2) await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, stop);
            await recorder.StopAsync(stop);
            Assert.Equal(round * 2, ledger.Look().Gaps.Count);
        }
        var gaps = (await log.Read(0, 1000, stop)).Where(f => f.Body is GapRecorded).ToList();
        Assert.Equal(6, gaps.Count);
        Assert.All(gaps, g => Assert.Equal((60 + 240) / 2.0, ((GapRecorded)g.Body).Score));
        Assert.Equal(300 * 3, gaps.Sum(g => ((GapRecorded)g.Body).Score)); // the scores add up to what the cases cost
        Assert.All(gaps, g => Assert.StartsWith("fact:", g.Cause));
    }

    [Fact]
    public async Task A_wrong_clock_becomes_a_finding()
    {
        var clock = new TestClock();
        await using var log = new MemoryFactLog(clock);
        var stop = TestContext.Current.CancellationToken;
        Case(clock.GetUtcNow().ToUnixTimeMilliseconds(), detect: -10);
        foreach (var fact in facts) await log.Append([new(fact.Actor, fact.Cause, fact.Body) { AtMs = fact.AtMs }], stop);
        var findings = new FindingList();
        var ledger = new Ledger();
        using var recorder = new GapRecorder(log, ledger, findings, clock, NullLogger<GapRecorder>.Instance);
        await recorder.StartAsync(stop);
        while (ledger.Look().Gaps.Count == 0) await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, stop);
        await recorder.StopAsync(stop);
        Assert.Equal("MEA001", Assert.Single(findings.All).Code);
    }

    [Fact]
    public void Gaps_by_control_compare_with_the_window_before()
    {
        Add(T - Day, new GapRecorded("c0", "PR.AA-03", null, "TruePositive", 100, 30), "andon:measure");
        Add(T + Day, new GapRecorded("c1", "PR.AA-03", null, "TruePositive", 300, 60), "andon:measure");
        Add(T + Day, new GapRecorded("c2", "PR.IR-01", null, "TruePositive", 50, 10), "andon:measure");
        Add(T + Day, new GapRecorded("c3", "PR.IR-01", null, "TruePositive", 50, 10), "andon:measure");
        Add(T + 2 * Day, new CaseReopened("c3", "x"));
        var view = MeasureSlices.View(Look(), Week, id => id == "PR.AA-03" ? "Strong sign-in" : id);
        Assert.Equal(["PR.AA-03", "PR.IR-01"], view.Gaps.Select(g => g.Control));
        var first = view.Gaps[0];
        Assert.Equal(("Strong sign-in", 1, 300.0, 60, 100.0, 200.0), (first.Name, first.Cases, first.Score, first.EffortMinutes, first.PreviousScore, first.Delta));
        Assert.Equal(["c2"], view.Gaps[1].CaseIds);
    }

    [Fact]
    public void Catalogues_load()
    {
        var findings = new FindingList();
        var catalogues = new Catalogues(Path.Combine(SharedData.RepositoryRoot, "content"), findings);
        Assert.Empty(findings.All);
        Assert.InRange(catalogues.Controls.Count, 20, 40);
        Assert.All(catalogues.Controls, c => Assert.Matches("^(GV|ID|PR|DE|RS|RC)\\.[A-Z]{2}-[0-9]{2}$", c.Id));
        Assert.All(catalogues.Controls, c => Assert.True(c.Name.Length > 0 && c.Meaning.Length > 0 && c.Families.Length > 0));
        Assert.Equal(21, catalogues.Services.Count);
        Assert.Equal(76, catalogues.Services.Sum(s => s.Functions));
        Assert.Equal(Enumerable.Range(1, 21), catalogues.Services.Select(s => s.Number));
    }

    [Fact]
    public void A_catalogue_that_is_missing_is_a_finding()
    {
        var findings = new FindingList();
        Assert.Empty(new Catalogues("/nowhere", findings).Controls);
        Assert.Equal(2, findings.All.Count(f => f.Code == "MEA004"));
    }

    [Theory]
    [InlineData(10L, 5L)]
    [InlineData(5L, 5L)]
    [InlineData(-5L, 5L)]
    [InlineData(5L, long.MaxValue)]
    public void A_senseless_window_is_refused(long from, long to) => Assert.Equal("MEA010", MeasureSlices.Window(from, to, T).Wrong?.Code);
}
