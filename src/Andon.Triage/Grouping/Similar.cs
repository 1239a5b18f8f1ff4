using Andon.Triage.Cases;

namespace Andon.Triage.Grouping;

/// <summary>Cases that share entities with one, and how much of the smaller of the two that is.</summary>
internal static class Similar
{
    public sealed record Found(CaseState Case, double Overlap, IReadOnlyList<string> Shared);

    const int SharedMax = 5;

    public static IReadOnlyList<Found> To(CaseState c, TriageState state, Salience salience)
    {
        var candidates = new HashSet<CaseState>();
        foreach (var (key, shared) in c.Entities)
        {
            if (salience.TypeWeight(shared.Entity) == 0 || state.Entities.Find(key) is { StopReason: not null }) continue;
            foreach (var id in state.Entities.Find(key)?.Cases ?? [])
                if (state.Surviving(id) is { } other && other != c) candidates.Add(other);
            foreach (var id in state.ClosedBook.Of(key))
                if (state.Surviving(id) is { } other && other != c) candidates.Add(other);
        }
        return [.. candidates.Select(o => Overlap(c, o, state, salience)).Where(f => f.Overlap > 0)
            .OrderByDescending(f => f.Overlap).ThenByDescending(f => f.Case.Number).Take(Limits.SimilarMax)];
    }

    static Found Overlap(CaseState a, CaseState b, TriageState state, Salience salience)
    {
        double Weight(KeyValuePair<string, CaseEntity> e) => state.Entities.Find(e.Key) is { StopReason: not null } ? 0 : salience.TypeWeight(e.Value.Entity);
        var shared = a.Entities.Where(e => b.Entities.ContainsKey(e.Key)).Select(e => (e.Key, Weight: Weight(e))).Where(e => e.Weight > 0).ToList();
        var least = Math.Min(a.Entities.Sum(Weight), b.Entities.Sum(Weight));
        return new(b, least <= 0 ? 0 : Math.Min(1, shared.Sum(e => e.Weight) / least),
            [.. shared.OrderByDescending(e => e.Weight).ThenBy(e => e.Key, StringComparer.Ordinal).Take(SharedMax).Select(e => e.Key)]);
    }
}
