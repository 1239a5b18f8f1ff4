using System.Globalization;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;

namespace Andon.Triage.Cases.Work;

/// <summary>
/// Is there any event of what a report names, at the time that it names? Where there is none a source is missing or says too little: that
/// is a finding for whoever keeps the sources, and it stays open until someone settles it or the events come.
/// </summary>
internal sealed class EvidenceSearch(TriageDesk desk, EventStore store, IFindings findings)
{
    const long AroundMs = Limits.Hour;
    const long BackMs = Limits.Day;
    const int AtOnceMax = 50;
    static readonly QueryLimits Cost = new(RowsMax: 1, TimeMsMax: 10_000);
    static readonly string Actor = Actors.Of(Room.Triage);

    /// <summary>What the case's report names and nobody looked for yet, and what was missing and may have come. False: the engine does not answer.</summary>
    public async Task<bool> Look(string caseId, CancellationToken stop)
    {
        List<(Entity Entity, string MissingId, long From, long To, bool Known)> wanted;
        lock (desk.Gate)
        {
            if (desk.State.Case(caseId) is not { Work.Report: { } report } c) return true;
            var from = report.AtMs is { } at ? at - AroundMs : c.OpenedMs - BackMs;
            var to = report.AtMs is { } then ? then + AroundMs : c.OpenedMs + AroundMs;
            wanted = [.. c.Signals.Where(s => s.Opened.RuleId == "manual").SelectMany(s => s.Opened.Entities).Where(e => Where(e.Kind) is not null).Distinct().Take(AtOnceMax)
                .Select(e => (e, $"{c.Id}-m-{e.Key}", from, to, c.Work.Missing.ContainsKey($"{c.Id}-m-{e.Key}")))
                .Where(w => !w.Item5 || c.Work.Missing[w.Item2].Outcome is null)];
        }
        var drafts = new List<FactDraft>();
        foreach (var w in wanted)
        {
            bool found;
            try
            {
                found = await Any(w.Entity, w.From, w.To, stop);
            }
            catch (EngineException)
            {
                return false;
            }
            if (found == w.Known)
                drafts.Add(new(Actor, $"case:{caseId}", found ? new MissingSettled(caseId, w.MissingId, "found", "Events of it are there now.") : new EvidenceMissing(caseId, w.MissingId, w.Entity.Key, w.From, w.To)));
        }
        if (drafts.Count == 0) return true;
        using var turn = await desk.TakeTurn(stop);
        List<FactDraft> still;
        bool red;
        lock (desk.Gate)
        {
            var c = desk.State.Case(caseId)!;
            red = desk.State.Mark(c).Tlp == Tlp.Red;
            still = [.. drafts.Where(d => d.Body is EvidenceMissing m ? !c.Work.Missing.ContainsKey(m.MissingId) : c.Work.Missing[((MissingSettled)d.Body).MissingId].Outcome is null)];
        }
        await desk.Append(still, [], stop);
        foreach (var missing in still.Select(d => d.Body).OfType<EvidenceMissing>())
            if (!red) findings.Raise("triage", new("TRI540", $"A report names {missing.Entity}, of which there is no event at that time.", "Add a source, or let one say more; then settle it in the case.", $"case:{caseId}", FindingLevel.Warning));
        return true;
    }

    async Task<bool> Any(Entity entity, long from, long to, CancellationToken stop)
    {
        var answer = await store.Query(
            $$"""SELECT count() FROM (SELECT 1 FROM events WHERE timestamp >= fromUnixTimestamp64Milli({from:Int64}) AND timestamp <= fromUnixTimestamp64Milli({to:Int64}) AND ({{Where(entity.Kind)}}) LIMIT 1)""",
            new Dictionary<string, string> { ["from"] = from.ToString(CultureInfo.InvariantCulture), ["to"] = to.ToString(CultureInfo.InvariantCulture), ["value"] = entity.Value }, Cost, stop);
        return Convert.ToInt64(answer.Rows[0][0], CultureInfo.InvariantCulture) > 0;
    }

    // Kinds by which a source can be missed; a report's hash or address of a page may simply not have been logged by anyone.
    static string? Where(EntityKind kind) => kind switch
    {
        EntityKind.Host => "lower(host_name) = {value:String} OR startsWith(lower(host_name), concat({value:String}, '.'))",
        EntityKind.User => "lower(user_name) = {value:String}",
        EntityKind.Ip => "source_ip = toIPv6OrNull({value:String}) OR destination_ip = toIPv6OrNull({value:String})",
        _ => null,
    };
}
