using System.Globalization;
using Andon.Measure.Attribution;
using Andon.Model;

namespace Andon.Measure.Vectors;

/// <summary>Makes all metrics of a window from one picture. Pure: the same picture and window give the same metrics.</summary>
sealed class Measures(Picture picture, Period now)
{
    readonly Period before = new(now.FromMs - (now.ToMs - now.FromMs), now.FromMs);
    readonly List<Metric> made = [];

    const string OurClock = "Andon's clock for both ends";
    const string Standing = "closings that were reopened do not count until they close again";

    public static IReadOnlyList<Metric> Of(Picture picture, Period now) => new Measures(picture, now).All();

    IReadOnlyList<Metric> All()
    {
        var confirmed = picture.Cases.Where(c => c.Verdict == Verdict.TruePositive).ToList();
        Time("ttd", "Time to detect", confirmed, c => c.ClosedMs, c => c.DetectedMs - c.OccurredMs,
            "confirmed cases, by the time they closed", "t2 - t0: t0 by the source's clock (first event of the case), t2 by Andon's (first signal)",
            $"cases that nothing detected are not seen; {Standing}");
        Time("tte", "Time to engage", [.. picture.Cases.Where(c => !c.Manual)], c => c.EngagedMs, c => c.EngagedMs - c.QueuedMs,
            "cases that Andon opened, by the time someone or a playbook first touched them", $"t4 - t3, {OurClock}",
            $"{picture.Cases.Count(c => !c.Manual && c.EngagedMs is null && c.QueuedMs < now.ToMs)} case(s) still wait untouched and are not in it");
        Time("ttc", "Time to contain", confirmed, c => c.ClosedMs, c => c.ContainedMs - c.DetectedMs,
            "confirmed cases, by the time they closed", $"t6 - t2, {OurClock}; t6 is the move past the lane Contain", $"cases closed without passing Contain have no t6; {Standing}");
        Time("ttr", "Time to respond", confirmed, c => c.ClosedMs, c => c.Validated ? c.ClosedMs - c.DetectedMs : null,
            "confirmed cases, by the time they closed", $"t9 - t2, {OurClock}; t9 is the closing of a case that stood in Validate", $"cases closed without Validate were never verified and have no t9; {Standing}");

        Verdicts();
        Reduction();
        Flow();
        GapShare();
        return made;
    }

    void Verdicts()
    {
        var closed = picture.Cases.Where(c => c.ClosedMs is not null).ToList();
        var undecided = closed.Count(c => !c.Decided && In(now, c.ClosedMs));
        var coverage = $"{undecided} case(s) closed undecided in the window are not in it; {Standing}";
        List<Count> Of(IEnumerable<CaseRow> rows, Func<CaseRow, bool> of, Func<CaseRow, bool> hit) =>
            [.. rows.Where(of).Select(c => new Count(c.ClosedMs ?? 0, c.Rule, hit(c) ? 1 : 0, 1))];

        void Ratios(string prefix, string suffix, IReadOnlyList<CaseRow> rows, string population)
        {
            Rate($"{prefix}precision", $"Precision{suffix}", Of(rows, c => c.Verdict is Verdict.TruePositive or Verdict.FalsePositive, c => c.Verdict == Verdict.TruePositive),
                $"{population} closed as true or false positive: true / (true + false)", coverage);
            Rate($"{prefix}true", $"True positives{suffix}", Of(rows, c => c.Decided, c => c.Verdict == Verdict.TruePositive), $"{population} closed with a verdict", coverage);
            Rate($"{prefix}benign", $"Benign positives{suffix}", Of(rows, c => c.Decided, c => c.Verdict == Verdict.BenignPositive), $"{population} closed with a verdict", coverage);
            Rate($"{prefix}false", $"False positives{suffix}", Of(rows, c => c.Decided, c => c.Verdict == Verdict.FalsePositive), $"{population} closed with a verdict", coverage);
        }
        Ratios("verdict.", "", closed, "cases");
        var shown = closed.Where(c => c.Decided && (In(now, c.ClosedMs) || In(before, c.ClosedMs)))
            .SelectMany(c => c.Rules).GroupBy(r => r, StringComparer.OrdinalIgnoreCase)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Take(Limits.RulesShownMax);
        foreach (var rule in shown)
            Ratios($"rule.{rule.Key}.", $" of '{picture.Title(rule.Key)}'", [.. closed.Where(c => c.Rules.Contains(rule.Key, StringComparer.OrdinalIgnoreCase))], "cases with a signal of this rule");
    }

    void Reduction()
    {
        const string coverage = "guard: a reduction says nothing of what was missed; alerts of rules in testing are not in it";
        const string independent = "Wilson, 95 %, as if they were independent";
        Rate("reduction.signals", "Signals of alerts", picture.Alerts, "alerts of production rules, by the time Triage took them in; numerator: signals opened", coverage, independent);
        Rate("reduction.cases", "Cases of signals", picture.Joined, "signals that joined a case; numerator: cases begun", coverage, independent);
        Rate("reduction.confirmed", "Confirmed of cases", [.. picture.Cases.Where(c => c.QueuedMs is not null).Select(c => new Count(c.QueuedMs ?? 0, c.Rule, c.Verdict == Verdict.TruePositive ? 1 : 0, 1))],
            "cases opened in the window; numerator: confirmed so far", "cases still open count as not confirmed", independent);
    }

    void Flow()
    {
        long Closed(Period p) => picture.Cases.Count(c => In(p, c.ClosedMs));
        var (n, n0) = (Closed(now), Closed(before));
        double Days(Period p) => Math.Max((p.ToMs - p.FromMs) / 86_400_000.0, 1e-9);
        var small = n < Limits.SmallN;
        var (value, value0) = (small ? null : n / Days(now) as double?, n0 < Limits.SmallN ? null : n0 / Days(before) as double?);
        made.Add(new("flow.throughput", "Cases closed", "per day", n, (long)Math.Round(Days(now)), value, null, null,
            small ? null : [.. Statistics.Poisson(n).Select(x => x / Days(now))], "Byar's interval for a Poisson count, 95 %",
            now, new(n0, (long)Math.Round(Days(before)), value0), value - value0, "cases by the time they closed; denominator: days of the window", OurClock, Standing, small,
            Causes.OfTime(picture, now, picture.Cases.Where(c => In(now, c.ClosedMs)).Select(c => c.Rule), value - value0),
            Series((from, to) => (picture.Cases.Count(c => c.ClosedMs >= from && c.ClosedMs < to), 1, null))));

        IEnumerable<CaseRow> OpenAt(long ms) => picture.Cases.Where(c => c.QueuedMs < ms && (c.ClosedMs is null || c.ClosedMs >= ms));
        long Work(long ms) => OpenAt(ms).Count(c => c.EngagedMs < ms);
        State("flow.wip", "Cases in work", "share", Work(now.ToMs), OpenAt(now.ToMs).Count(), Work(before.ToMs), OpenAt(before.ToMs).Count(), ms => (Work(ms), OpenAt(ms).Count()),
            "open cases at the end of the window; numerator: those touched");
        double? Oldest(long ms) => OpenAt(ms).Min(c => c.QueuedMs) is { } queued ? ms - queued : null;
        var (open, open0, age, age0) = (OpenAt(now.ToMs).Count(), OpenAt(before.ToMs).Count(), Oldest(now.ToMs), Oldest(before.ToMs));
        made.Add(new("flow.oldest", "Age of the oldest open case", "ms", age is null ? 0 : 1, open, age, null, null, null, "a state, not an estimate: no interval",
            now, new(age0 is null ? 0 : 1, open0, age0), age - age0, "open cases at the end of the window; the one that waits longest", OurClock, Standing, SmallN: false, [],
            Series((_, to) => (OpenAt(to).Any() ? 1 : 0, OpenAt(to).Count(), Oldest(to)))));
    }

    void GapShare()
    {
        var confirmed = picture.Cases.Where(c => c.Verdict == Verdict.TruePositive).ToList();
        var top = confirmed.Where(c => In(now, c.ClosedMs)).SelectMany(c => c.Controls.Distinct()).GroupBy(c => c, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;
        Rate("gap.top", top is null ? "Share of the control that failed most" : $"Confirmed cases in which {top} failed",
            [.. confirmed.Select(c => new Count(c.ClosedMs ?? 0, c.Rule, top is not null && c.Controls.Contains(top) ? 1 : 0, 1))],
            $"confirmed cases, by the time they closed; numerator: those that name {top ?? "a control"} as failed", Standing);
    }

    void State(string key, string title, string unit, long n, long d, long n0, long d0, Func<long, (long N, long D)> at, string population)
    {
        var value = d < Limits.SmallN ? null : (double?)n / d;
        var value0 = d0 < Limits.SmallN ? null : (double?)n0 / d0;
        made.Add(new(key, title, unit, n, d, value, null, null, null, "a state, not an estimate: no interval", now, new(n0, d0, value0), value - value0,
            population, OurClock, Standing, d < Limits.SmallN, [], Series((_, to) => (at(to).N, at(to).D, at(to).D < Limits.SmallN ? null : (double)at(to).N / at(to).D))));
    }

    void Rate(string key, string title, IReadOnlyList<Count> counts, string population, string coverage, string interval = "Wilson, 95 %")
    {
        var (n, d, n0, d0) = (Sum(counts, now, c => c.N), Sum(counts, now, c => c.D), Sum(counts, before, c => c.N), Sum(counts, before, c => c.D));
        var value = d < Limits.SmallN ? null : (double?)n / d;
        var value0 = d0 < Limits.SmallN ? null : (double?)n0 / d0;
        var cells = counts.Where(c => In(now, c.AtMs) || In(before, c.AtMs)).GroupBy(c => c.Cell, StringComparer.OrdinalIgnoreCase).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new RateCell(g.Key, Sum(g, before, c => c.N), Sum(g, before, c => c.D), Sum(g, now, c => c.N), Sum(g, now, c => c.D))).ToList();
        made.Add(new(key, title, "share", n, d, value, null, null, value is null ? null : Statistics.Wilson(n, d), interval,
            now, new(n0, d0, value0), value - value0, population, OurClock, coverage, value is null,
            Causes.OfRate(picture, now, cells, value - value0, "share"),
            Series((from, to) =>
            {
                var span = new Period(from, to);
                var (pn, pd) = (Sum(counts, span, c => c.N), Sum(counts, span, c => c.D));
                return (pn, pd, pd < Limits.SmallN ? null : (double)pn / pd);
            })));
    }

    void Time(string key, string title, IReadOnlyList<CaseRow> rows, Func<CaseRow, long?> at, Func<CaseRow, long?> took, string population, string clock, string coverage)
    {
        (List<double> Values, long D, int Negative) Measured(long from, long to)
        {
            var inside = rows.Where(c => at(c) >= from && at(c) < to).ToList();
            var all = inside.Select(took).OfType<long>().ToList();
            var values = all.Where(v => v >= 0).Select(v => (double)v).Order().ToList();
            return (values, inside.Count, all.Count - values.Count);
        }
        var (values, d, negative) = Measured(now.FromMs, now.ToMs);
        var (values0, d0, _) = Measured(before.FromMs, before.ToMs);
        double? Middle(List<double> of) => of.Count < Limits.SmallN ? null : Statistics.Median(of);
        var (median, median0) = (Middle(values), Middle(values0));
        var left = d - values.Count - negative;
        made.Add(new(key, title, "ms", values.Count, d, median, median, median is null ? null : Statistics.Percentile(values, 0.9),
            median is null ? null : Statistics.MedianInterval(values), "order statistics of the median, at least 95 %; none below 6 values",
            now, new(values0.Count, d0, median0), median - median0, population, clock,
            string.Create(CultureInfo.InvariantCulture, $"{left} of {d} case(s) lack one end; {negative} left out because the interval is negative (a clock is wrong: finding MEA001); {coverage}"),
            values.Count < Limits.SmallN, Causes.OfTime(picture, now, rows.Where(c => In(now, at(c))).Select(c => c.Rule), median - median0),
            Series((from, to) =>
            {
                var (v, all, _) = Measured(from, to);
                return (v.Count, all, Middle(v));
            })));
    }

    IReadOnlyList<Point> Series(Func<long, long, (long N, long D, double? Value)> of)
    {
        long[] steps = [3_600_000, 6 * 3_600_000, 86_400_000, 7 * 86_400_000L];
        var span = now.ToMs - now.FromMs;
        var step = steps.FirstOrDefault(s => span / s < Limits.SeriesPointsMax, span / (Limits.SeriesPointsMax - 1) + 1);
        var points = new List<Point>();
        for (var from = now.FromMs; from < now.ToMs; from += step)
        {
            var (n, d, value) = of(from, Math.Min(from + step, now.ToMs));
            points.Add(new(from, n, d, value));
        }
        return points;
    }

    static bool In(Period period, long? ms) => ms >= period.FromMs && ms < period.ToMs;

    static long Sum(IEnumerable<Count> counts, Period period, Func<Count, long> of) => counts.Where(c => In(period, c.AtMs)).Sum(of);
}
