using System.Globalization;
using Andon.Model;
using Andon.Triage.Signals;

namespace Andon.Triage.Cases;

/// <summary>The line under a card: how far the priority moved, and why, in words.</summary>
internal static class Reasons
{
    const int PartsMax = 4;

    public static string Of(CaseState c, PriorityShifted shift, IReadOnlyList<SignalOpened> added, int merged, TriageState state)
    {
        var parts = new List<string>();
        if (merged > 0) parts.Add(merged == 1 ? "another case moved in" : $"{merged} other cases moved in");
        var isNew = c.Stored is null;
        if (!isNew && added.Count > 0 && Place(added) is { } place)
        {
            var rules = c.Signals.Where(s => s.Entities.Exists(e => e.Kind == place.Kind && e.Value == place.Value)).Select(s => s.Opened.RuleId).Distinct().Count();
            if (rules > 1) parts.Add($"same {place.Kind.ToString().ToLowerInvariant()} {place.Value} now in {rules} rules");
        }
        foreach (var signal in added.OrderByDescending(s => s.Lambda).Take(2)) parts.Add(Told(signal));
        if (added.Count > 2) parts.Add($"{added.Count - 2} more signals");
        if (!isNew && c.Stored is { } old)
        {
            if (shift.Why.K > old.K) parts.Add("tactics advance: " + string.Join(" → ", Tactics(c)));
            if (shift.Why.I > old.I) parts.Add("touches a more critical asset");
            if (shift.Why.X > old.X) parts.Add("touches an exposed asset");
        }
        return Line(shift, parts);
    }

    public static string Line(PriorityShifted shift, IReadOnlyList<string> parts)
    {
        var delta = shift.To - shift.From;
        return string.Create(CultureInfo.InvariantCulture, $"{(Math.Abs(delta) < 0.5 ? "±" : delta < 0 ? "−" : "+")}{Math.Abs(delta):0}: {string.Join("; ", parts.Take(PartsMax))}");
    }

    static string Told(SignalOpened signal)
    {
        var title = signal.Title.TrimEnd('.', ' ');
        var technique = signal.Techniques.Count > 0 ? $" ({signal.Techniques[0]})" : "";
        return title + technique + (signal.Surprise >= 0.9 ? ", never seen there before" : signal.Surprise <= 0.35 ? ", usual there" : "");
    }

    static Entity? Place(IReadOnlyList<SignalOpened> added) =>
        added[0].Entities.FirstOrDefault(e => e.Kind == EntityKind.Host) ?? added[0].Entities.FirstOrDefault(e => e.Kind is EntityKind.User or EntityKind.Principal);

    public static IEnumerable<string> Tactics(CaseState c) => c.Signals
        .SelectMany(s => s.Opened.Tactics.Select(t => (Tactic: t, s.Opened.FirstMs)))
        .GroupBy(t => t.Tactic)
        .Select(g => (g.Key, First: g.Min(t => t.FirstMs)))
        .OrderBy(t => t.First).ThenBy(t => Attack.Rank(t.Key))
        .Select(t => t.Key.Replace('-', ' '));
}
