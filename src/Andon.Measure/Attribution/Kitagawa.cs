namespace Andon.Measure.Attribution;

/// <summary>One cell of a rate in two periods.</summary>
readonly record struct RateCell(string Name, double N1, double D1, double N2, double D2);

/// <param name="Mix">Part of the change that comes from the cell's share growing or shrinking.</param>
/// <param name="Rate">Part that comes from the cell's own rate moving.</param>
readonly record struct Split(string Name, double Mix, double Rate)
{
    public double Effect => Mix + Rate;
}

/// <summary>
/// Kitagawa's split of a change in a rate. Exact: the parts add up to the change. A cell's share counts by how far its rate lies from the
/// whole's: the sum stays the same, and a noisy rule that goes away is seen to have lifted the rate instead of "having no part in it".
/// </summary>
static class Kitagawa
{
    public static IReadOnlyList<Split> Of(IReadOnlyList<RateCell> cells)
    {
        double all1 = cells.Sum(c => c.D1), all2 = cells.Sum(c => c.D2);
        if (all1 <= 0 || all2 <= 0) return [];
        var middle = (cells.Sum(c => c.N1) / all1 + cells.Sum(c => c.N2) / all2) / 2;
        var splits = new List<Split>(cells.Count);
        foreach (var c in cells)
        {
            if (c.D1 <= 0 && c.D2 <= 0) continue;
            double share1 = c.D1 / all1, share2 = c.D2 / all2;
            // A cell that was not there has no rate: it takes the other period's, and its whole part is mix.
            var rate1 = c.D1 > 0 ? c.N1 / c.D1 : c.N2 / c.D2;
            var rate2 = c.D2 > 0 ? c.N2 / c.D2 : rate1;
            splits.Add(new(c.Name, (share2 - share1) * ((rate1 + rate2) / 2 - middle), (rate2 - rate1) * (share1 + share2) / 2));
        }
        return splits;
    }
}
