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

    /// <summary>The size that so many of the seen pauses exceed.</summary>
    double Exceeded(double count, Pauses? like, double share)
    {
        var i = Bins;
        for (double above = 0; above < count && i > 0;) above += bins[--i] + (share > 0 ? share * like!.bins[i] : 0);
        return Edge(i);
    }

    static int BinOf(double due) => Math.Clamp((BitConverter.SingleToInt32Bits((float)due) >> 21) - BinBase, 0, Bins - 1);

    static double Edge(int bin) => BitConverter.Int32BitsToSingle((bin + BinBase) << 21);
}
