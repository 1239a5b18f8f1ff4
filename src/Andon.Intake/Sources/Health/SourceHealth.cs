using System.Globalization;
using Andon.Model;

namespace Andon.Intake.Sources.Health;

/// <summary>An ailment that a window shows, or its absence, with the figures.</summary>
readonly record struct Sign(SourceAilment Ailment, bool Ill, string Evidence, long SinceMs);

/// <summary>How one source does beside how it used to do. Bounded, and the same whether read live or again.</summary>
sealed class SourceHealth
{
    const double Forget = 0.05;

    readonly Window window = new();
    readonly Dictionary<ulong, (long FirstMs, long LastMs)> shapes = [];
    readonly Dictionary<SourceAilment, int> streak = [];
    double usualFailures = -1, usualRepeats = -1, usualStrange, usualDelay = -1;
    long bornMs;

    public Volume Volume { get; } = new();
    public Counters Counters { get; } = new();
    /// <summary>95 of 100 events arrive within so many seconds; null before it is known.</summary>
    public double? DelaySeconds => usualDelay < 0 ? null : usualDelay;
    public double FailureShare => Math.Max(0, usualFailures);
    public double RepeatShare => Math.Max(0, usualRepeats);
    public int Shapes => shapes.Count;

    /// <summary>Takes an event in; a window that it ends is judged into <paramref name="signs"/>.</summary>
    public void Take(EventView view, bool failed, long localMs, List<Sign> signs)
    {
        ref readonly var head = ref view.Head;
        Tick(head.ReceivedMs, localMs, signs);
        if (window.FromMs == 0) window.Begin(head.ReceivedMs);
        Volume.Count();
        window.Count(head, failed, Health.Shape.Hash(view.Raw));
        // Busy sources show their shapes in a part of their events.
        if (window.Events > 200 && (window.Events & 15) != 0) return;
        if (bornMs == 0) bornMs = head.ReceivedMs;
        Look(Health.Shape.Of(view), head.ReceivedMs, view.Id);
    }

    // A shape is strange for a day, unless it came in the source's first hours.
    void Look(ulong shape, long nowMs, EventId id)
    {
        if (shapes.TryGetValue(shape, out var known))
        {
            shapes[shape] = (known.FirstMs, nowMs);
            window.Shape(known.FirstMs < bornMs + Limits.ShapesLearnMs || nowMs - known.FirstMs > Limits.ShapeStrangeMs, id);
            return;
        }
        window.Shape(nowMs < bornMs + Limits.ShapesLearnMs, id);
        if (shapes.Count >= Limits.ShapesPerSourceMax)
        {
            // Makes room by leaving out the one not seen for longest.
            var oldest = default(KeyValuePair<ulong, (long FirstMs, long LastMs)>);
            foreach (var pair in shapes) if (oldest.Value.LastMs == 0 || pair.Value.LastMs < oldest.Value.LastMs) oldest = pair;
            shapes.Remove(oldest.Key);
        }
        shapes[shape] = (nowMs, nowMs);
    }

    /// <summary>Time passes: hours and windows end also when nothing comes.</summary>
    public void Tick(long nowMs, long localMs, List<Sign> signs)
    {
        if (Volume.Tick(localMs)) JudgeVolume(nowMs, signs);
        if (window.FromMs == 0) return;
        var age = nowMs - window.FromMs;
        if (age < Limits.WindowMs || (window.Events < Limits.WindowEventsMin && age < Limits.WindowMsMax)) return;
        if (window.Events >= Limits.WindowEventsMin) Judge(nowMs, signs);
        window.Begin(nowMs);
    }

    void JudgeVolume(long nowMs, List<Sign> signs)
    {
        var text = $"{Volume.Last} events in the hour from {UnixMs.ToIso(Volume.LastHourMs)[..16]} (its own time), where about {Text(Volume.Expected)} are usual";
        Sign(SourceAilment.VolumeLow, Volume.Off < -4 && Volume.Last > 0 && Volume.Last < Volume.Expected / 2, Volume.Off > -2, text, nowMs, signs);
        Sign(SourceAilment.VolumeHigh, Volume.Off > 4 && Volume.Last > 3 * Volume.Expected && Volume.Last >= 100, Volume.Off < 2, text, nowMs, signs);
    }

    void Judge(long nowMs, List<Sign> signs)
    {
        var n = window.Events;
        var minutes = Text((nowMs - window.FromMs) / 60_000.0);
        var (failures, repeats) = (window.Failures / (double)n, window.Repeats / (double)n);
        if (usualFailures < 0) (usualFailures, usualRepeats) = (failures, repeats);

        Sign(SourceAilment.ParseFailures, Grown(failures, usualFailures, n), failures < usualFailures + 0.02,
            $"{window.Failures} of {n} events in {minutes} minutes could not be read whole ({Share(failures)}); usual is {Share(usualFailures)}", nowMs, signs);
        Sign(SourceAilment.Duplicates, Grown(repeats, usualRepeats, n), repeats < usualRepeats + 0.02,
            $"{window.Repeats} of {n} events in {minutes} minutes came before, byte for byte ({Share(repeats)}); usual is {Share(usualRepeats)}", nowMs, signs);

        var (strange, learned) = (window.Shaped == 0 ? 0 : window.Strange / (double)window.Shaped, window.FromMs > bornMs + Limits.ShapesLearnMs);
        Sign(SourceAilment.FormatChanged, learned && usualStrange < 0.2 && strange > 0.3 && window.Shaped >= Limits.WindowEventsMin, strange < 0.1,
            $"{window.Strange} of {window.Shaped} events looked at in {minutes} minutes are of shapes never seen from it ({Share(strange)}), for example event {window.StrangeExample}; usual is {Share(usualStrange)}", nowMs, signs);

        if (window.Timed >= Limits.WindowEventsMin) JudgeTime(nowMs, minutes, signs);
        usualFailures += Forget * (failures - usualFailures);
        usualRepeats += Forget * (repeats - usualRepeats);
        if (learned) usualStrange += Forget * (strange - usualStrange);
    }

    void JudgeTime(long nowMs, string minutes, List<Sign> signs)
    {
        var (low, middle, p95) = (window.Delay(0.05), window.Delay(0.5), window.Delay(0.95));
        // All of them off by the same: a clock or a zone. Some of them: a queue.
        var ahead = middle < -Limits.SkewSeconds;
        var skewed = ahead || (low > Limits.SkewSeconds && p95 < 2.1 * low);
        Sign(SourceAilment.ClockSkew, skewed, Math.Abs(middle) < Limits.SkewSeconds / 2.0,
            $"its events carry times {Span(Math.Abs(middle))} {(ahead ? "ahead of" : "behind")} their arrival, nearly all the same, in {minutes} minutes ({window.Timed} events){(Math.Abs(middle) > 2400 ? "; near whole hours the time zone is wrong" : "")}", nowMs, signs);
        if (usualDelay < 0) usualDelay = Math.Max(0, p95);
        Sign(SourceAilment.Late, !skewed && p95 > Limits.LateSeconds && p95 > 8 * Math.Max(1, usualDelay), p95 < Math.Max(Limits.LateSeconds / 2.0, 3 * usualDelay),
            $"the slowest twentieth of its events arrives {Span(p95)} after its time, in {minutes} minutes ({window.Timed} events); usual is {Span(usualDelay)}", nowMs, signs);
        if (!skewed) usualDelay += Forget * (Math.Min(Math.Max(0, p95), 4 * usualDelay + 30) - usualDelay);
    }

    // Two windows in a row make an ailment, two in a row without it end it.
    void Sign(SourceAilment ailment, bool ill, bool well, string evidence, long nowMs, List<Sign> signs)
    {
        var run = streak.GetValueOrDefault(ailment);
        run = ill ? Math.Max(1, run + 1) : well ? Math.Min(-1, run - 1) : 0;
        streak[ailment] = run;
        if (run == 2) signs.Add(new(ailment, true, evidence, ailment is SourceAilment.VolumeLow or SourceAilment.VolumeHigh ? nowMs - 2 * 3_600_000 : window.FromMs));
        else if (run <= -2) signs.Add(new(ailment, false, evidence, nowMs));
    }

    // More than chance, and more than a little.
    static bool Grown(double share, double usual, int n)
    {
        var at = Math.Max(usual, 0.002);
        return n >= 50 && share > usual + 0.05 && (share - usual) / Math.Sqrt(at * (1 - at) / n) > 6;
    }

    static string Share(double share) => share.ToString("P1", CultureInfo.InvariantCulture);
    static string Text(double number) => number.ToString(number < 10 ? "0.#" : "0", CultureInfo.InvariantCulture);
    internal static string Span(double seconds) => seconds < 90 ? $"{Text(seconds)} s" : seconds < 5400 ? $"{Text(seconds / 60)} min" : seconds < 172_800 ? $"{Text(seconds / 3600)} h" : $"{Text(seconds / 86_400)} days";

    public void Save(BinaryWriter to)
    {
        foreach (var value in new[] { usualFailures, usualRepeats, usualStrange, usualDelay }) to.Write(value);
        to.Write(bornMs);
        to.Write(shapes.Count);
        foreach (var (shape, seen) in shapes)
        {
            to.Write(shape);
            to.Write(seen.FirstMs);
            to.Write(seen.LastMs);
        }
        to.Write(streak.Count);
        foreach (var (ailment, run) in streak)
        {
            to.Write((int)ailment);
            to.Write(run);
        }
        Volume.Save(to);
        Counters.Save(to);
    }

    public void Load(BinaryReader from)
    {
        (usualFailures, usualRepeats, usualStrange, usualDelay) = (from.ReadDouble(), from.ReadDouble(), from.ReadDouble(), from.ReadDouble());
        bornMs = from.ReadInt64();
        for (var i = from.ReadInt32(); i > 0; i--) shapes[from.ReadUInt64()] = (from.ReadInt64(), from.ReadInt64());
        for (var i = from.ReadInt32(); i > 0; i--) streak[(SourceAilment)from.ReadInt32()] = from.ReadInt32();
        Volume.Load(from);
        Counters.Load(from);
    }
}
