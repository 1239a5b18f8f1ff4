using Andon.Measure.Attribution;
using Andon.Measure.Vectors;

namespace Andon.Tests.Measure;

public sealed class StatisticsTests
{
    [Fact]
    public void Mix_and_rate_add_up_to_the_change_for_any_two_periods()
    {
        var random = new Random(7);
        for (var round = 0; round < 5000; round++)
        {
            var cells = Enumerable.Range(0, random.Next(1, 12)).Select(i =>
            {
                // Cells that come and go are the hard ones.
                double d1 = random.Next(3) == 0 ? 0 : random.Next(1, 1000), d2 = random.Next(3) == 0 ? 0 : random.Next(1, 1000);
                return new RateCell($"r{i}", Math.Floor(d1 * random.NextDouble()), d1, Math.Floor(d2 * random.NextDouble()), d2);
            }).ToList();
            double all1 = cells.Sum(c => c.D1), all2 = cells.Sum(c => c.D2);
            var splits = Kitagawa.Of(cells);
            if (all1 <= 0 || all2 <= 0) { Assert.Empty(splits); continue; }
            var delta = cells.Sum(c => c.N2) / all2 - cells.Sum(c => c.N1) / all1;
            Assert.InRange(splits.Sum(s => s.Effect) - delta, -1e-9, 1e-9);

            // Drilled into: each cell cut in two still adds up.
            var finer = cells.SelectMany(c => new[] { c with { Name = c.Name + "a", N1 = Math.Floor(c.N1 / 2), D1 = Math.Ceiling(c.D1 / 2), N2 = Math.Floor(c.N2 / 2), D2 = Math.Ceiling(c.D2 / 2) },
                new RateCell(c.Name + "b", c.N1 - Math.Floor(c.N1 / 2), c.D1 - Math.Ceiling(c.D1 / 2), c.N2 - Math.Floor(c.N2 / 2), c.D2 - Math.Ceiling(c.D2 / 2)) }).ToList();
            Assert.InRange(Kitagawa.Of(finer).Sum(s => s.Effect) - delta, -1e-9, 1e-9);
        }
    }

    [Fact]
    public void Simpsons_paradox_is_told_as_mix()
    {
        // Each rule got better, and the whole got worse, because the bad rule now makes most of the cases.
        var splits = Kitagawa.Of([new("good", 80, 100, 9, 10), new("bad", 1, 10, 20, 100)]);
        Assert.All(splits, s => Assert.True(s.Rate > 0));
        Assert.True(splits.Sum(s => s.Effect) < 0);
        Assert.True(splits.Sum(s => s.Mix) < -splits.Sum(s => s.Rate));
    }

    [Fact]
    public void A_noisy_cell_that_goes_lifts_the_rate_and_one_that_comes_lowers_it()
    {
        var gone = Kitagawa.Of([new("noisy", 0, 5, 0, 0), new("good", 1, 1, 4, 5)]);
        Assert.True(gone.Single(s => s.Name == "noisy").Effect > 0.3);
        var come = Kitagawa.Of([new("noisy", 0, 0, 1, 10), new("good", 8, 10, 8, 10)]);
        Assert.True(come.Single(s => s.Name == "noisy").Effect < -0.2);
        Assert.Equal(9 / 20.0 - 0.8, come.Sum(s => s.Effect), 1e-12);
    }

    [Theory]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(0, 10, 0.0, 0.2775)]
    [InlineData(10, 10, 0.7225, 1.0)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Wilson_is_as_published(long n, long d, double low, double high)
    {
        var interval = Statistics.Wilson(n, d);
        Assert.Equal(low, interval[0], 4);
        Assert.Equal(high, interval[1], 4);
    }

    [Fact]
    public void Median_intervals_are_order_statistics()
    {
        List<double> Run(int n) => [.. Enumerable.Range(1, n).Select(i => (double)i)];
        Assert.Null(Statistics.MedianInterval(Run(5)));
        Assert.Equal([1, 6], Statistics.MedianInterval(Run(6)));
        Assert.Equal([2, 9], Statistics.MedianInterval(Run(10)));
        Assert.Equal([6, 15], Statistics.MedianInterval(Run(20)));
        Assert.Equal([40, 61], Statistics.MedianInterval(Run(100)));
        Assert.Equal([469, 533], Statistics.MedianInterval(Run(1001)));
        Assert.Equal(3.5, Statistics.Median(Run(6)));
        Assert.Equal(9, Statistics.Percentile(Run(10), 0.9));
        Assert.Equal(5, Statistics.Percentile(Run(5), 0.9));
    }

    [Fact]
    public void Poisson_interval_is_near_the_exact_one()
    {
        // Exact for 10: 4.795 to 18.39; for 0: 0 to 3.689.
        var ten = Statistics.Poisson(10);
        Assert.InRange(ten[0], 4.75, 4.85);
        Assert.InRange(ten[1], 18.3, 18.5);
        Assert.Equal(0, Statistics.Poisson(0)[0]);
        Assert.InRange(Statistics.Poisson(0)[1], 3.4, 3.9);
    }
}
