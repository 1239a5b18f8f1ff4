using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Signals;

namespace Andon.Triage.Grouping;

/// <summary>Two cases of a campaign, and what ties them. Never a reason to merge.</summary>
internal sealed record SoftEdge(string CaseId, string OtherCaseId, string Why);

/// <param name="CaseIds">Oldest first.</param>
/// <param name="Edges">The tie of each case to an earlier one; not every pair.</param>
internal sealed record Campaign(IReadOnlyList<string> CaseIds, IReadOnlyList<SoftEdge> Edges);

/// <summary>
/// A view above cases: those of the last weeks, open or closed, that share a file, a stranger's address or domain, or went through the
/// same sequence of techniques. Computed when looked at; nothing is ever merged by it.
/// </summary>
internal static class Campaigns
{
    const int SequenceMin = 3;

    public static IReadOnlyList<Campaign> All(TriageState state, Salience salience, long nowMs)
    {
        var cases = state.Cases.Where(c => c.MergedInto is null && c.Signals.Count > 0 && !c.Authorised && !c.Background && nowMs - Math.Max(c.OpenedMs, c.LastMs) <= Limits.CampaignMsMax)
            .OrderByDescending(c => c.Number).Take(Limits.CampaignCasesMax).Reverse().ToList();
        var shared = new Dictionary<string, List<CaseState>>();
        foreach (var c in cases)
            foreach (var key in Marks(c, state, salience).Distinct())
            {
                if (!shared.TryGetValue(key, out var list)) shared[key] = list = [];
                list.Add(c);
            }
        var top = cases.ToDictionary(c => c.Id, c => c.Id);
        var edges = new Dictionary<(string, string), List<string>>();
        foreach (var (key, list) in shared.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            if (list.Count is < 2 or > Limits.CampaignSharedMax) continue;
            for (var i = 1; i < list.Count; i++)
            {
                // To the nearest earlier one that it may be tied with.
                var other = list.Take(i).LastOrDefault(o => state.PartedBy(o, list[i]) is null);
                if (other is null) continue;
                if (!edges.TryGetValue((other.Id, list[i].Id), out var why)) edges[(other.Id, list[i].Id)] = why = [];
                why.Add(Told(key));
                top[Top(top, list[i].Id)] = Top(top, other.Id);
            }
        }
        return [.. cases.GroupBy(c => Top(top, c.Id)).Where(g => g.Count() > 1)
            .Select(g => new Campaign([.. g.Select(c => c.Id)], [.. edges.Where(e => Top(top, e.Key.Item1) == g.Key)
                .Select(e => new SoftEdge(e.Key.Item1, e.Key.Item2, "the same " + string.Join(", ", e.Value.Take(4)) + (e.Value.Count > 4 ? $" and {e.Value.Count - 4} more" : "")))]))
            .OrderByDescending(c => c.CaseIds.Count).ThenBy(c => c.CaseIds[0], StringComparer.Ordinal)];
    }

    /// <summary>Could any other case be tied with this one? Most share nothing that would tell, and for those nothing else needs to be looked at.</summary>
    public static bool MayHave(CaseState c, TriageState state, Salience salience) =>
        Marks(c, state, salience).Any(key => key.StartsWith("techniques:", StringComparison.Ordinal) || state.Entities.Find(key) is not { EverCases: < 2 });

    static IEnumerable<string> Marks(CaseState c, TriageState state, Salience salience)
    {
        foreach (var (key, e) in c.Entities)
        {
            // A file that only ran somewhere may be any program; one that was fetched or dropped was handled for a purpose.
            var tells = e.Entity.Kind switch
            {
                EntityKind.Hash => e.Entity.Role != EntityRole.Tool,
                EntityKind.Domain or EntityKind.Url => true,
                EntityKind.Ip => !Salience.IsInternal(e.Entity.Value),
                _ => false,
            };
            if (tells && salience.TypeWeight(e.Entity) > 0 && state.Entities.Find(key) is not { StopReason: not null }) yield return key;
        }
        var sequence = c.Signals.Where(s => s.Rare && s.Opened.Techniques.Count > 0).OrderBy(s => s.Opened.FirstMs).ThenBy(s => s.Id, StringComparer.Ordinal)
            .Select(s => s.Opened.Techniques[0]).Distinct().ToList();
        if (sequence.Count >= SequenceMin) yield return "techniques:" + string.Join(" → ", sequence);
    }

    static string Told(string key)
    {
        var kind = key[..key.IndexOf(':', StringComparison.Ordinal)];
        return kind switch { "hash" => "file hash ", "ip" => "outside address ", "techniques" => "sequence of techniques ", _ => kind + " " } + Keys.Value(key);
    }

    static string Top(Dictionary<string, string> top, string id)
    {
        while (top[id] != id) id = top[id] = top[top[id]];
        return id;
    }
}
