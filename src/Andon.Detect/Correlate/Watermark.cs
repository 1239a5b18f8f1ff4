using System.Text;

namespace Andon.Detect.Correlate;

/// <summary>
/// How far event time has come: nothing older is expected any more. Each source has the time of its newest match; the slowest one
/// counts, less the bound for late ones. A source that is idle is moved by the clock (the wall clock live, the newest event time in a
/// hunt), and one that is too far behind does not hold the others up. It follows from hits and their times of detection alone.
/// </summary>
sealed class Watermark(CorrelatorOptions options, KeyTable names)
{
    struct Source
    {
        public long NewestMs, SeenMs;
    }

    Source[] sources = new Source[16];
    int slowest = -1;

    /// <summary>Every window that ends before this is over.</summary>
    public long Ms { get; private set; } = long.MinValue;
    /// <summary>The clock, in whole seconds: so that it does not matter how often it was looked at.</summary>
    public long ClockMs { get; private set; } = long.MinValue;
    public long NewestMs { get; private set; } = long.MinValue;

    public void Clock(long ms)
    {
        if (options.Wall) ms -= ms % 1000;
        if (ms <= ClockMs) return;
        ClockMs = ms;
        Move();
    }

    /// <summary>A match of that source; its number.</summary>
    public int See(ReadOnlySpan<byte> name, long timeMs)
    {
        var id = names.Add(name, out var added);
        if (id >= sources.Length) Array.Resize(ref sources, Math.Max(id + 1, sources.Length * 2));
        ref var source = ref sources[id];
        if (added) source = new() { NewestMs = long.MinValue, SeenMs = long.MinValue };
        var idle = Idle(source);
        source.SeenMs = Math.Max(ClockMs, options.Wall ? ClockMs : timeMs);
        var newer = timeMs > source.NewestMs;
        if (newer) source.NewestMs = timeMs;
        if (timeMs > NewestMs) NewestMs = timeMs;
        if (!options.Wall && timeMs > ClockMs) Clock(timeMs);
        else if (added || idle || (newer && id == slowest)) Move();
        return id;
    }

    public string NameOf(int source) => source < 0 ? "" : Encoding.UTF8.GetString(names[source]);

    bool Idle(in Source source) => source.SeenMs == long.MinValue || source.SeenMs + options.SourceIdleMs < ClockMs;

    void Move()
    {
        var least = long.MaxValue;
        slowest = -1;
        for (var i = 0; i < names.Top; i++)
        {
            if (Idle(sources[i])) continue;
            if (sources[i].NewestMs >= least) continue;
            least = sources[i].NewestMs;
            slowest = i;
        }
        if (slowest < 0) least = options.Wall ? Quiet() : Math.Max(ClockMs, NewestMs);
        if (least == long.MinValue) return;
        if (NewestMs != long.MinValue) least = Math.Max(least, NewestMs - options.SourceLagMs);
        if (least > long.MinValue + options.LatenessMs) Ms = Math.Max(Ms, least - options.LatenessMs);
    }

    // Where all sources are silent the clock carries their time on from where it stood: logs of last year that are sent today stay in last year.
    long Quiet()
    {
        var most = long.MinValue;
        for (var i = 0; i < names.Top; i++)
            if (sources[i].SeenMs != long.MinValue && sources[i].NewestMs != long.MinValue) most = Math.Max(most, sources[i].NewestMs + Math.Max(0, ClockMs - sources[i].SeenMs));
        return most;
    }
}

/// <summary>Bounds of a correlator. Live the wall clock moves idle sources; in a hunt the stream itself does.</summary>
sealed record CorrelatorOptions(
    bool Wall = false, int GroupsMax = Limits.CorrelationGroupsMax, long BytesMax = Limits.CorrelationBytesMax,
    long LatenessMs = Limits.LatenessMs, long SourceIdleMs = Limits.SourceIdleMs, long SourceLagMs = Limits.SourceLagMs);
