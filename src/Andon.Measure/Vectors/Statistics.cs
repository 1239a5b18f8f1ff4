namespace Andon.Measure.Vectors;

/// <summary>Few, exact and named.</summary>
static class Statistics
{
    public static double Median(IReadOnlyList<double> sorted) =>
        sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;

    /// <summary>Nearest rank: always a value that was measured.</summary>
    public static double Percentile(IReadOnlyList<double> sorted, double p) => sorted[Math.Max(0, (int)Math.Ceiling(p * sorted.Count) - 1)];

    /// <summary>Wilson's interval for a proportion, 95 %.</summary>
    public static IReadOnlyList<double> Wilson(long n, long d)
    {
        const double z = 1.959963984540054;
        double total = d, p = n / total;
        var middle = p + z * z / (2 * total);
        var half = z * Math.Sqrt(p * (1 - p) / total + z * z / (4 * total * total));
        var scale = 1 + z * z / total;
        return [n == 0 ? 0 : (middle - half) / scale, n == d ? 1 : (middle + half) / scale];
    }

    /// <summary>
    /// Interval of a median from order statistics: no shape is assumed, no random number is drawn. At least 95 %; null below 6 values,
    /// where no two of them reach it.
    /// </summary>
    public static IReadOnlyList<double>? MedianInterval(IReadOnlyList<double> sorted)
    {
        var n = sorted.Count;
        var k = 0; // the largest k with P(Binomial(n, 1/2) < k) <= 2.5 %
        if (n <= 1000)
        {
            var term = Math.Pow(0.5, n);
            var below = 0.0;
            while (k < n && below + term <= 0.025)
            {
                below += term;
                term *= (n - k) / (k + 1.0);
                k++;
            }
        }
        else
        {
            k = (int)Math.Floor((n - 1.959963984540054 * Math.Sqrt(n)) / 2);
        }
        return k < 1 ? null : [sorted[k - 1], sorted[n - k]];
    }

    /// <summary>Byar's interval for a count that comes at random (Poisson), 95 %.</summary>
    public static IReadOnlyList<double> Poisson(long count)
    {
        const double z = 1.959963984540054;
        double x = count, y = count + 1;
        var low = count == 0 ? 0 : x * Math.Pow(1 - 1 / (9 * x) - z / (3 * Math.Sqrt(x)), 3);
        return [low, y * Math.Pow(1 - 1 / (9 * y) + z / (3 * Math.Sqrt(y)), 3)];
    }
}
