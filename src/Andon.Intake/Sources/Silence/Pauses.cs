namespace Andon.Intake.Sources.Silence;

/// <summary>
/// How long pauses are, measured in arrivals that were due in them: a histogram of quarter octaves that forgets slowly. From its tail follows
/// which pause comes by itself at most so often.
/// </summary>
sealed class Pauses
{
    public const int Bins = 88;
    /// <summary>Bin of the smallest size that is told apart, 1/16 of an arrival: quarter octaves are the first two bits after the exponent.</summary>
    const int BinBase = (127 - 4) << 2;
    /// <summary>What a stream's like say of its tail weighs as much as so many pauses of its own.</summary>
    const float LikeWeight = 10;
    /// <summary>The longest of three hundred make the tail (more would mix pauses between bursts with those within), but so many at least and at most.</summary>
    const double TailMin = 100, TailMax = 1000;
    const double Residue = 0.1;
    /// <summary>An eighth of the longest is about as long.</summary>
    const int NearBins = 12;
    public const double ShapeMin = -0.3;
    const double ShapeMax = 0.5;

    readonly float[] bins = new float[Bins];

    public float Count { get; private set; }
    public float[] Counts => bins;

    /// <summary>Takes in a pause in which that many arrivals were due.</summary>
    public void Add(double due, float weight = 1)
    {
        bins[BinOf(due)] += weight;
        Count += weight;
    }

    public void Forget(float keep)
    {
        for (var i = 0; i < Bins; i++) bins[i] *= keep;
        Count *= keep;
    }

    /// <summary>Takes in all of others.</summary>
    public void Take(Pauses others)
    {
        for (var i = 0; i < Bins; i++) bins[i] += others.bins[i];
        Count += others.Count;
    }

    public void Restore(ReadOnlySpan<float> counts)
    {
        counts.CopyTo(bins);
        Count = 0;
        foreach (var count in bins) Count += count;
    }

    /// <summary>
    /// The size that pauses exceed by themselves at most <paramref name="perMonth"/> times a month. The longest of them tell how it goes on
    /// beyond (a generalised Pareto tail by its moments), on the safe side of what so few can tell.
    /// </summary>
    /// <param name="months">Time in which they were seen.</param>
    /// <param name="like">Pauses of streams of the same group.</param>
    /// <param name="shapeMin">Zero: never lighter than the exponential. Negative: they may have an end.</param>
    public double Limit(double perMonth, double months, Pauses? like, double shapeMin)
    {
        var share = like is { Count: > 0 } ? LikeWeight / Math.Max(LikeWeight, like.Count) : 0;
        double all = Count + share * (like?.Count ?? 0), tail = Math.Min(all / 2, Math.Clamp(all / 300, TailMin, TailMax)), longest = 0, above = 0, sum = 0, squares = 0;
        if (all <= 0) return double.PositiveInfinity;
        // What is left of less than a tenth of a pause is forgotten: it was measured long ago, perhaps by a profile that was still wrong.
        double Here(int bin) => bins[bin] + (share > 0 ? share * like!.bins[bin] : 0);
        var (top, residue) = (Bins, 0.0);
        while (top > 0 && residue + Here(top - 1) < Residue) residue += Here(--top);
        if (top == 0) return double.PositiveInfinity;
        longest = Edge(top);
        var from = top;
        while (above < tail && from > 0) above += Here(--from);
        var begin = Edge(from);
        for (var i = from; i < top; i++)
        {
            var over = Math.Sqrt(Edge(i) * Edge(i + 1)) - begin;
            sum += Here(i) * over;
            squares += Here(i) * over * over;
        }
        var mean = sum / above;
        var variance = Math.Max(squares / above - mean * mean, 1e-12);
        // The fewer were seen, the heavier it may be; pauses at work are many, and begin and end change with the seasons.
        var caution = shapeMin < 0 ? 1.8 : 1.25;
        var shape = Math.Clamp(0.5 * (1 - mean * mean / variance) + caution / 2 / Math.Sqrt(above), shapeMin, ShapeMax);
        if (Math.Abs(shape) < 1e-3) shape = 1e-3;
        // So often do pauses reach the tail; one more, for the next may be longer than all.
        var times = Math.Max(1, (above + 1) / Math.Max(months, 1.0 / 30) / perMonth);
        var scale = mean * (1 - shape) * (1 + Math.Max(0, caution - 1.25) / Math.Sqrt(above));
        var limit = begin + scale / shape * (Math.Pow(times, shape) - 1);
        // So many as long as that are allowed for: then the longest seen is no floor, and the seen ones tell by themselves.
        var allowed = perMonth * months;
        return allowed < 1 ? Math.Max(longest, limit) : allowed <= above ? limit : Exceeded(allowed, like, share);
    }

    /// <summary>
    /// The size that pauses exceed by themselves at most so often in the time in which they were seen; infinite where none was. Where they end
    /// by chance, at whatever rate, one is k times as long as the longest of n with the chance n B(n, k + 1): that is so for exponential ones, of
    /// which the longest few tell, and holds from the first one on.
    /// </summary>
    public double LimitOfFew(double allowed)
    {
        var (top, residue) = (Bins, 0.0);
        while (top > 0 && residue + bins[top - 1] < Residue) residue += bins[--top];
        if (top == 0) return double.PositiveInfinity;
        if (allowed >= 1) return Exceeded(allowed, null, 0);
        double near = 0;
        for (var i = Math.Max(0, top - NearBins); i < top; i++) near += bins[i];
        double low = 0.01, high = 1e4, chance = Math.Log(allowed / near);
        while (high - low > 0.01 * high)
        {
            var k = Math.Sqrt(low * high);
            if (LogGamma(near + 1) + LogGamma(k + 1) - LogGamma(near + k + 1) > chance) low = k;
            else high = k;
        }
        return Edge(top) * Math.Max(1, high);
    }

    /// <summary>Stirling's series, from ten on; below by recurrence.</summary>
    static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 10; x++) shift += Math.Log(x);
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x * x * x) - shift;
    }

    /// <summary>The size that so many of the seen pauses exceed.</summary>
    double Exceeded(double count, Pauses? like, double share)
    {
        double above = 0;
        for (var i = Bins - 1; i >= 0; i--)
        {
            var here = bins[i] + (share > 0 ? share * like!.bins[i] : 0);
            // Within a bin they lie evenly, as their logarithms do.
            if (above + here >= count) return Edge(i) * Math.Pow(Edge(i + 1) / Edge(i), 1 - (count - above) / here);
            above += here;
        }
        return Edge(0);
    }

    static int BinOf(double due) => Math.Clamp((BitConverter.SingleToInt32Bits((float)due) >> 21) - BinBase, 0, Bins - 1);

    static double Edge(int bin) => BitConverter.Int32BitsToSingle((bin + BinBase) << 21);
}
