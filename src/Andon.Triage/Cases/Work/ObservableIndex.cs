using Andon.Model;

namespace Andon.Triage.Cases.Work;

/// <summary>
/// In which cases each observable is: those that the signals brought and those that people stated. Kept up by looking at each case's
/// counts when someone asks, so that ten thousand hits a second cost it nothing.
/// </summary>
internal sealed class ObservableIndex
{
    readonly Dictionary<string, HashSet<string>> cases = [];
    readonly Dictionary<string, (int Entities, int Stated)> read = [];

    public static string Key(string type, string value) => $"{type.Trim().ToLowerInvariant()}:{value.Trim().ToLowerInvariant()}";

    public static string Key(Entity entity) => Key(entity.Kind.ToString(), entity.Value);

    /// <summary>Cases that have it, as they were opened: one that became part of another is still named by its own id.</summary>
    public IReadOnlyCollection<string> Find(string key) => cases.TryGetValue(key, out var found) ? found : [];

    public void Follow(IReadOnlyList<CaseState> all)
    {
        foreach (var c in all)
        {
            var known = read.GetValueOrDefault(c.Id);
            if (known == (c.Entities.Count, c.Work.Observables.Count)) continue;
            if (c.Entities.Count < known.Entities) // Someone took signals out of it again.
                foreach (var of in cases.Values) of.Remove(c.Id);
            foreach (var entity in c.Entities.Values) Add(Key(entity.Entity), c.Id);
            foreach (var key in c.Work.Observables.Keys) Add(key, c.Id);
            read[c.Id] = (c.Entities.Count, c.Work.Observables.Count);
        }
    }

    void Add(string key, string caseId)
    {
        if (!cases.TryGetValue(key, out var of)) cases[key] = of = [];
        of.Add(caseId);
    }
}
