using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Store.Keep.Retention;

/// <summary>What a case is about, as far as a hold needs it: hosts, users, addresses and time of its signals and of those of the cases merged with it.</summary>
sealed record CaseScope(IReadOnlyList<string> Hosts, IReadOnlyList<string> Users, IReadOnlyList<string> Addresses, long FromMs, long ToMs)
{
    const int FactsMax = 100_000;

    /// <summary>Read from the facts when it is asked for: holds are few, signals many. Null for a case without signals.</summary>
    public static async Task<CaseScope?> Of(string caseId, IFactLog facts, CancellationToken stop)
    {
        var (cases, told) = (new HashSet<string>(StringComparer.Ordinal), new SortedDictionary<long, FactBody>());
        var open = new Queue<string>([caseId]);
        while (open.TryDequeue(out var one))
        {
            if (!cases.Add(one)) continue;
            foreach (var fact in await facts.ReadSubject(one, FactsMax, stop))
            {
                if (fact.Body is not (SignalJoined or CaseMerged or CaseUnmerged or SignalsMoved)) continue;
                told[fact.Seq] = fact.Body;
                if (fact.Body is CaseMerged merged) { open.Enqueue(merged.CaseId); open.Enqueue(merged.IntoCaseId); }
                else if (fact.Body is SignalsMoved moved) { open.Enqueue(moved.CaseId); open.Enqueue(moved.ToCaseId); }
            }
        }
        var signals = In(caseId, told.Values);
        var entities = new HashSet<(EntityKind, string)>();
        var (from, to) = (long.MaxValue, long.MinValue);
        foreach (var signal in signals)
            foreach (var fact in await facts.ReadSubject(signal, FactsMax, stop))
            {
                if (fact.Body is SignalOpened opened && opened.SignalId == signal) Take(opened.Entities, opened.FirstMs);
                else if (fact.Body is SignalRepeated repeated) Take(repeated.Entities ?? [], repeated.LastMs);
            }
        return from == long.MaxValue ? null : new(Named(EntityKind.Host), Named(EntityKind.User), Named(EntityKind.Ip), from, to);

        void Take(IReadOnlyList<Entity> named, long ms)
        {
            foreach (var entity in named) entities.Add((entity.Kind, entity.Value.ToLowerInvariant()));
            (from, to) = (Math.Min(from, ms), Math.Max(to, ms));
        }

        IReadOnlyList<string> Named(EntityKind kind) => [.. entities.Where(e => e.Item1 == kind).Select(e => e.Item2).Order(StringComparer.Ordinal)];
    }

    // Where each signal lives now, and which case is part of which.
    static List<string> In(string caseId, IEnumerable<FactBody> told)
    {
        var (home, into) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var body in told)
            switch (body)
            {
                case SignalJoined f: home.TryAdd(f.SignalId, f.CaseId); break;
                case CaseMerged f: into[f.CaseId] = f.IntoCaseId; break;
                case CaseUnmerged f: into.Remove(f.CaseId); break;
                case SignalsMoved f:
                    foreach (var id in f.SignalIds) home[id] = f.HomeOf(id);
                    break;
            }
        string Top(string id)
        {
            for (var hops = 0; into.TryGetValue(id, out var next) && hops <= into.Count; hops++) id = next;
            return id;
        }
        var top = Top(caseId);
        return [.. home.Where(h => Top(h.Value) == top).Select(h => h.Key)];
    }

    /// <summary>The scopes of all cases that holds name.</summary>
    public static async Task<Func<string, CaseScope?>> Of(IReadOnlyList<LegalHold> holds, IFactLog facts, CancellationToken stop)
    {
        var known = new Dictionary<string, CaseScope?>(StringComparer.Ordinal);
        foreach (var hold in holds)
            if (hold.Scope.CaseId is { Length: > 0 } caseId && !known.ContainsKey(caseId)) known[caseId] = await Of(caseId, facts, stop);
        return caseId => known.GetValueOrDefault(caseId);
    }
}
