using System.Globalization;
using Andon.Measure.Vectors;

namespace Andon.Measure.Attribution;

/// <summary>
/// What a change in a number is consistent with: changes of ours in the window whose scope holds the cells that moved. Never "because":
/// rivals are named, and what no change explains is shown as unattributed.
/// </summary>
static class Causes
{
    public static IReadOnlyList<Cause> OfRate(Picture picture, Period now, IReadOnlyList<RateCell> cells, double? delta, string unit)
    {
        var causes = new List<Cause>();
        if (delta is not { } whole) return Listed(picture, now, cells.Where(c => c.D2 > 0).Select(c => c.Name));
        var splits = Kitagawa.Of(cells).OrderByDescending(s => Math.Abs(s.Effect)).ToList();
        var inWindow = picture.Changes.Where(c => c.AtMs >= now.FromMs && c.AtMs < now.ToMs).ToList();
        var explained = 0.0;
        var rest = new List<string>();
        foreach (var split in splits.Where(s => Math.Abs(s.Mix) + Math.Abs(s.Rate) > 1e-12))
        {
            var parts = $"cases of '{picture.Title(split.Name)}': {Signed(split.Mix, unit)} by their share, {Signed(split.Rate, unit)} by their own rate";
            var scoped = inWindow.Where(c => c.Rules.Contains(split.Name, StringComparer.OrdinalIgnoreCase)).OrderByDescending(c => c.AtMs).ToList();
            if (scoped.Count == 0)
            {
                if (rest.Count < 3) rest.Add(parts);
                continue;
            }
            explained += split.Effect;
            var rivals = scoped.Count > 1 ? $"; rivals in the same cell: {string.Join("; ", scoped.Skip(1).Take(3).Select(c => c.Text))}" : "";
            causes.Add(new($"Consistent with: {scoped[0].Text}; {parts}{rivals}.", split.Effect, scoped[0].Seq));
        }
        causes = [.. causes.Take(Limits.CausesMax)];
        foreach (var wide in inWindow.Where(c => c.Rules.Count == 0).OrderByDescending(c => c.AtMs).Take(Limits.CausesMax - causes.Count))
            causes.Add(new($"In the same time, with a scope too wide for the arithmetic: {wide.Text}.", null, wide.Seq));
        causes.Add(new($"Unattributed: {Signed(whole - explained, unit)}{(rest.Count > 0 ? $" ({string.Join("; ", rest)})" : "")}.", whole - explained, null));
        return causes;
    }

    /// <summary>For medians: no exact split exists, so changes are listed and the whole change stays unattributed.</summary>
    public static IReadOnlyList<Cause> OfTime(Picture picture, Period now, IEnumerable<string> cells, double? delta)
    {
        var causes = Listed(picture, now, cells).ToList();
        if (delta is { } whole) causes.Add(new("Unattributed: the whole change (a median has no exact split).", whole, null));
        return causes;
    }

    static IReadOnlyList<Cause> Listed(Picture picture, Period now, IEnumerable<string> cells)
    {
        var names = cells.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. picture.Changes
            .Where(c => c.AtMs >= now.FromMs && c.AtMs < now.ToMs && (c.Rules.Count == 0 || c.Rules.Any(names.Contains)))
            .OrderByDescending(c => c.AtMs).Take(Limits.CausesMax)
            .Select(c => new Cause($"In the same time: {c.Text}.", null, c.Seq))];
    }

    static string Signed(double value, string unit) =>
        unit == "share" ? $"{(value * 100).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture)} points" : value.ToString("+0.###;-0.###;0", CultureInfo.InvariantCulture);
}
