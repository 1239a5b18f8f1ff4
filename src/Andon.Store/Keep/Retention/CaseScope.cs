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
        var (cases, signals) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var open = new Queue<string>([caseId]);
        while (open.TryDequeue(out var one))
        {
            if (!cases.Add(one)) continue;
            foreach (var fact in await facts.ReadSubject(one, FactsMax, stop))
            {
                if (fact.Body is SignalJoined joined && joined.CaseId == one) signals.Add(joined.SignalId);
                else if (fact.Body is CaseMerged merged) { open.Enqueue(merged.CaseId); open.Enqueue(merged.IntoCaseId); }
            }
        }
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

    /// <summary>The scopes of all cases that holds name.</summary>
    public static async Task<Func<string, CaseScope?>> Of(IReadOnlyList<LegalHold> holds, IFactLog facts, CancellationToken stop)
    {
        var known = new Dictionary<string, CaseScope?>(StringComparer.Ordinal);
        foreach (var hold in holds)
            if (hold.Scope.CaseId is { Length: > 0 } caseId && !known.ContainsKey(caseId)) known[caseId] = await Of(caseId, facts, stop);
        return caseId => known.GetValueOrDefault(caseId);
    }
}
