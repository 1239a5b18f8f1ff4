using Andon.Model;
using Andon.Triage.Grouping;

namespace Andon.Triage.Cases.Work;

/// <param name="Stated">By whom, where a person stated it; null for what the alerts brought.</param>
/// <param name="Stop">Why sharing it says nothing; null where it does.</param>
/// <param name="SeenIn">Other cases that have it.</param>
/// <param name="Open">Those of them that are open.</param>
/// <param name="Verdicts">Verdicts of those that are closed, with their number.</param>
public sealed record ObservableView(
    string Type, string Value, Tlp Tlp, bool Ioc, bool Sighted, bool IgnoreSimilarity, string Note, string? Stated, string? Stop,
    long FirstMs, long LastMs, long Alerts, int SeenIn, int Open, IReadOnlyList<VerdictCount> Verdicts, long? SeenFirstMs, long? SeenLastMs, IReadOnlyList<CaseRef> Cases);

public sealed record VerdictCount(Verdict Verdict, int Cases);

/// <summary>A case in few words.</summary>
public sealed record CaseRef(string CaseId, int Number, string Title, bool Open, Verdict? Verdict)
{
    /// <summary>As on a card.</summary>
    public string? TitleOfRules { get; init; }
}

/// <param name="Percent">Shared observables of all that either has.</param>
public sealed record SimilarView(CaseRef Case, double Percent, int Shared, int Ours, int Theirs, IReadOnlyList<string> Observables, long LastMs);

/// <summary>The observables of a case, where else they were met, and which cases share most of them. Callers hold the gate.</summary>
internal sealed class ObservableBook(TriageDesk desk, Salience salience, CaseSight sight)
{
    const int CasesShown = 5;
    const int SharedShown = 8;

    sealed record Item(string Key, Entity? Entity, string Type, string Value, Statement? Stated, long FirstMs, long Alerts);

    public IReadOnlyList<ObservableView> Of(CaseState c)
    {
        var state = desk.State;
        state.Observables.Follow(state.Cases);
        return [.. Items(c).Select(i => View(c, i)).OrderByDescending(v => v.Ioc).ThenByDescending(v => v.Stated is not null).ThenByDescending(v => v.SeenIn > 0)
            .ThenBy(v => v.Type, StringComparer.Ordinal).ThenBy(v => v.Value, StringComparer.Ordinal)];
    }

    /// <summary>Each observable of the case and of what became part of it, once; the last statement on it holds.</summary>
    List<Item> Items(CaseState c)
    {
        var all = new Dictionary<string, Item>();
        var members = desk.State.Family(c);
        var stated = members.SelectMany(m => m.Work.Observables).GroupBy(o => o.Key).ToDictionary(g => g.Key, g => g.MaxBy(o => o.Value.FactSeq).Value);
        foreach (var known in c.Entities.Values.Where(e => e.Entity.Value.Length > 0))
        {
            var key = ObservableIndex.Key(known.Entity);
            all[key] = new(key, known.Entity, Word(known.Entity.Kind), known.Entity.Value, stated.GetValueOrDefault(key), known.First.AtMs, known.Count);
        }
        foreach (var (key, said) in stated)
            if (!all.ContainsKey(key)) all[key] = new(key, null, said.Said.Type, said.Said.Value, said, said.AtMs, 0);
        return [.. all.Values];
    }

    ObservableView View(CaseState c, Item item)
    {
        var others = Others(c, item.Key);
        var said = item.Stated?.Said;
        return new(item.Type, item.Value, said?.Tlp ?? desk.State.Mark(c).Tlp, said?.Ioc ?? false, said?.Sighted ?? item.Entity is not null, said?.IgnoreSimilarity ?? false,
            said?.Note ?? "", item.Stated?.Actor, Stop(item), item.FirstMs, c.LastMs, item.Alerts, others.Count, others.Count(o => o.Open),
            [.. others.Where(o => o.Closed is not null).GroupBy(o => o.Closed!.Verdict).Select(g => new VerdictCount(g.Key, g.Count())).OrderByDescending(v => v.Cases)],
            others.Count == 0 ? null : others.Min(o => Math.Min(o.FirstMs, o.OpenedMs)), others.Count == 0 ? null : others.Max(o => Math.Max(o.LastMs, o.OpenedMs)),
            [.. others.OrderByDescending(o => o.Open).ThenByDescending(o => o.Number).Take(CasesShown).Select(Ref)]);
    }

    public List<CaseState> Others(CaseState c, string key) =>
        [.. desk.State.Observables.Find(key).Select(desk.State.Surviving).OfType<CaseState>().Distinct().Where(o => o != c && sight.Sees(o))];

    string? Stop(Item item)
    {
        if (item.Stated?.Said.IgnoreSimilarity == true) return "told not to tie cases";
        if (item.Entity is not { } entity) return null;
        var key = Salience.LinkKey(entity, []);
        if (salience.HardStops.Contains(key)) return "every machine has it";
        return desk.State.Entities.Find(key)?.StopReason;
    }

    /// <summary>Cases that share observables, most first.</summary>
    public IReadOnlyList<SimilarView> Similar(CaseState c, int most)
    {
        var state = desk.State;
        state.Observables.Follow(state.Cases);
        var ours = Items(c).Where(i => Stop(i) is null).ToList();
        var shared = new Dictionary<CaseState, List<Item>>();
        foreach (var item in ours)
            foreach (var other in Others(c, item.Key))
            {
                if (!shared.TryGetValue(other, out var of)) shared[other] = of = [];
                of.Add(item);
            }
        return [.. shared.Select(s =>
            {
                var theirs = Items(s.Key).Count(i => Stop(i) is null);
                var percent = 100.0 * s.Value.Count / Math.Max(1, ours.Count + theirs - s.Value.Count);
                return new SimilarView(Ref(s.Key), Math.Round(percent, 1), s.Value.Count, ours.Count, theirs, [.. s.Value.Take(SharedShown).Select(i => $"{i.Type}:{i.Value}")], s.Key.LastMs);
            })
            .OrderByDescending(s => s.Percent).ThenByDescending(s => s.Shared).ThenByDescending(s => s.Case.Number).Take(most)];
    }

    public static CaseRef Ref(CaseState c) => new(c.Id, c.Number, Titles.Of(c), c.Open, c.Closed?.Verdict) { TitleOfRules = Titles.OfRules(c) };

    static string Word(EntityKind kind) => kind.ToString().ToLowerInvariant();
}
