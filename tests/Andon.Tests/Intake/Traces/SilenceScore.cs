using Andon.Intake.Sources.Silence;

namespace Andon.Tests.Intake.Traces;

/// <summary>What one rule did on one trace.</summary>
/// <param name="False">Alarms while the source lived.</param>
/// <param name="DelaysMin">For each cut: minutes from the first event that did not come to the alarm; a false alarm already standing counts as none.</param>
/// <param name="Stood">For each cut: the alarm stood before anything was missing, so it would have been the same without the cut.</param>
public sealed record Score(string Rule, int False, IReadOnlyList<double> DelaysMin, IReadOnlyList<bool> Stood)
{
    /// <summary>From when the alarm came, against the first event that did not come; both Unix milliseconds.</summary>
    public static Score Of(string rule, int wrong, IEnumerable<(long ToldMs, long MissedMs)> cuts)
    {
        var list = cuts.ToList();
        return new(rule, wrong, [.. list.Select(c => Math.Max(0, (c.ToldMs - c.MissedMs) / 60_000.0))], [.. list.Select(c => c.ToldMs < c.MissedMs)]);
    }

    public double Median => At(0.5);
    public double P90 => At(0.9);
    public double Mean => DelaysMin.Count == 0 ? double.NaN : DelaysMin.Average();

    double At(double q) => DelaysMin.Count == 0 ? double.NaN : DelaysMin.Order().ElementAt(Math.Min(DelaysMin.Count - 1, (int)(q * DelaysMin.Count)));
}

/// <summary>Lets rules of silence live through a trace: false alarms on all of it, and how late they are when it is cut.</summary>
public static class SilenceScore
{
    const long Hour = 3_600_000, Day = 24 * Hour;
    public const long Horizon = 40 * Day;

    /// <summary>Indices of the last event before each cut, spread over the part after the training time.</summary>
    public static IReadOnlyList<int> Cuts(Trace trace, int count, int seed, double? lastDays = null)
    {
        var random = new Random(seed);
        var from = trace.FromMs + trace.TrainDays * Day;
        var to = lastDays is { } days ? trace.FromMs + days * Day : trace.ToMs - Math.Min(3 * Day, (trace.ToMs - from) / 10);
        var cuts = new SortedSet<int>();
        for (var i = 0; i < count; i++)
        {
            var at = Array.BinarySearch(trace.Times, (long)(from + random.NextDouble() * (to - from)));
            at = at < 0 ? ~at - 1 : at;
            if (at >= 0 && at < trace.Times.Length - 1) cuts.Add(at);
        }
        return [.. cuts];
    }

    internal static Score Rhythm(Trace trace, IReadOnlyList<int> cuts, double perMonth, Rhythm? like = null, Calendar? calendar = null)
    {
        calendar ??= Calendar.Utc;
        var watch = new SilenceWatch();
        var (alarms, next, delays) = (0, 0, new List<(long, long)>());
        for (var i = 0; i < trace.Times.Length; i++)
        {
            var now = trace.Times[i];
            if (watch.Look(now, calendar, like, perMonth) is not null) alarms++;
            watch.Hear(now, calendar, like);
            if (next >= cuts.Count || cuts[next] != i) continue;
            next++;
            var told = watch.Told ?? watch.Rhythm.Due(calendar, like, perMonth, now + Horizon);
            delays.Add((told?.ToldMs ?? now + Horizon, trace.Times[i + 1]));
        }
        return Score.Of(Ours, alarms, delays);
    }

    public static Score Fixed(Trace trace, IReadOnlyList<int> cuts, long limitMs, string name)
    {
        var alarms = 0;
        for (var i = 1; i < trace.Times.Length; i++) if (trace.Times[i] - trace.Times[i - 1] > limitMs) alarms++;
        return Score.Of(name, alarms, cuts.Select(c => (trace.Times[c] + limitMs, trace.Times[c + 1])));
    }

    /// <summary>The last 24 hours against the mean of the 7 days before; judged every hour; nothing before the eighth day.</summary>
    public static Score SevenDays(Trace trace, IReadOnlyList<int> cuts, double drop, string name)
    {
        var first = trace.FromMs / Hour;
        var sums = new int[(trace.ToMs / Hour) - first + 3];
        foreach (var t in trace.Times) sums[t / Hour - first + 1]++;
        for (var i = 1; i < sums.Length; i++) sums[i] += sums[i - 1];
        int Sum(long hour, long cutHour, int atCut) => hour > cutHour ? atCut : sums[Math.Clamp(hour, 0, sums.Length - 1)];
        bool Low(long hour, long cutHour, int atCut)
        {
            if (hour < 8 * 24) return false;
            double day = Sum(hour, cutHour, atCut) - Sum(hour - 24, cutHour, atCut), before = (Sum(hour - 24, cutHour, atCut) - Sum(hour - 8 * 24, cutHour, atCut)) / 7.0;
            return before > 0 && day < (1 - drop) * before;
        }
        var (alarms, was) = (0, false);
        for (var hour = 8L * 24; hour < sums.Length; hour++)
        {
            var low = Low(hour, long.MaxValue, 0);
            if (low && !was) alarms++;
            was = low;
        }
        var delays = new List<(long, long)>();
        foreach (var cut in cuts)
        {
            var (cutHour, missed) = (trace.Times[cut] / Hour - first, trace.Times[cut + 1]);
            var hour = cutHour + 1;
            while (hour < cutHour + Horizon / Hour && !Low(hour, cutHour, cut + 1)) hour++;
            delays.Add(((first + hour) * Hour, missed));
        }
        return Score.Of(name, alarms, delays);
    }

    /// <summary>The shortest threshold that, seen from the end, had no more false alarms than that: nobody could have set it.</summary>
    public static Score Hindsight(Trace trace, IReadOnlyList<int> cuts, int falseAlarms)
    {
        var gaps = new long[Math.Max(0, trace.Times.Length - 1)];
        for (var i = 0; i < gaps.Length; i++) gaps[i] = trace.Times[i + 1] - trace.Times[i];
        Array.Sort(gaps);
        return Fixed(trace, cuts, gaps.Length <= falseAlarms ? 0 : gaps[^(falseAlarms + 1)], "in hindsight");
    }

    public const string Ours = "hour of week";

    internal static IReadOnlyList<Score> All(Trace trace, IReadOnlyList<int> cuts, double perMonth, Rhythm? like = null)
    {
        var ours = Rhythm(trace, cuts, perMonth, like);
        return
        [
            ours,
            Fixed(trace, cuts, 15 * 60_000, "fixed 15 min"),
            Fixed(trace, cuts, 30 * 60_000, "fixed 30 min"),
            Fixed(trace, cuts, Hour, "fixed 1 h"),
            Fixed(trace, cuts, 24 * Hour, "fixed 24 h"),
            SevenDays(trace, cuts, 0.5, "7 days, 50 %"),
            SevenDays(trace, cuts, 0.9, "7 days, 90 %"),
            Hindsight(trace, cuts, ours.False),
        ];
    }
}
