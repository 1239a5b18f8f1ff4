using Andon.Model;
using Andon.Store.Facts;
using Andon.Triage.Cases;
using Andon.Triage.Priority;

namespace Andon.Triage.Core;

/// <summary>A verdict, an asset or an exposure window changed: the priorities that this moves are written, with that fact as cause. An alarm about a source becomes a card.</summary>
internal sealed class FactReaction(TriageDesk desk, TriageCore core)
{
    public const string Reader = "triage-facts";
    const int FactsMax = 512;
    /// <summary>Facts read without effect before the place is saved; reading them again does nothing.</summary>
    const int UnsavedMax = 4096;

    public async Task Run(CancellationToken stop)
    {
        var after = (long)desk.Log.Checkpoint(Reader);
        var saved = after;
        while (true)
        {
            await desk.Log.WaitAfter(after, stop);
            var facts = await desk.Log.Read(after, FactsMax, stop);
            foreach (var fact in facts)
            {
                after = fact.Seq;
                if (!Matters(fact.Body)) continue;
                using var turn = await desk.TakeTurn(stop);
                List<FactDraft> drafts;
                lock (desk.Gate)
                    drafts = fact.Body switch
                    {
                        SourceAlarmed alarm => [.. core.Work(alarm, $"fact:{fact.Seq}", desk.NowMs)],
                        SourceRecovered recovered => [.. core.Done(recovered, $"fact:{fact.Seq}", desk.NowMs)],
                        _ => React(fact, desk.State, desk.NowMs),
                    };
                if (drafts.Count == 0) continue;
                await desk.Append(drafts, [new(Reader, (ulong)fact.Seq)], stop);
                saved = fact.Seq;
            }
            if (after - saved < UnsavedMax) continue;
            await desk.Log.Append([], [new(Reader, (ulong)after)], stop);
            saved = after;
        }
    }

    static bool Matters(FactBody body) => body is SourceAlarmed or SourceRecovered or CaseClosed or CaseReopened or AssetStated or WindowOpened or WindowClosed;

    internal static List<FactDraft> React(Fact fact, TriageState state, long nowMs)
    {
        var drafts = new List<FactDraft>();
        foreach (var c in state.OpenCases())
        {
            if (c.Stored is null || Why(fact.Body, c, state) is not { } why) continue;
            if (PriorityShift.ByFact(c, state, nowMs) is not { } shift) continue;
            drafts.Add(new(Actors.Of(Room.Triage), $"fact:{fact.Seq}", shift with { Reason = Reasons.Line(shift, [why]) }) { AtMs = nowMs });
        }
        return drafts;
    }

    // Null when the fact cannot concern the case.
    static string? Why(FactBody body, CaseState c, TriageState state) => body switch
    {
        CaseClosed f when state.Case(f.CaseId) is { } other && other.Rules.Overlaps(c.Rules) =>
            $"case {other.Number} was closed as {Words(f.Verdict)}, so its rules weigh {(f.Verdict == Verdict.TruePositive ? "more" : "less")}",
        CaseReopened f when state.Case(f.CaseId) is { } other && (other.Id == c.Id || other.Rules.Overlaps(c.Rules)) => $"case {other.Number} was reopened, its verdict taken back",
        AssetStated f when Touches(c, f) => $"the inventory now says {f.Name} has criticality {f.Criticality.ToString(System.Globalization.CultureInfo.InvariantCulture)}{(f.CrownJewel ? ", a crown jewel" : "")}",
        WindowOpened f when state.Estate.Asset(f.AssetId) is { } asset && Touches(c, asset) =>
            $"exposure window opened on {asset.Name}: {f.Cve}{(f.Kev ? ", known to be exploited" : "")}",
        // Its asset is not named in the fact; the size of the move tells whether it concerned the case.
        WindowClosed => "an exposure window closed on an asset it touches",
        _ => null,
    };

    static bool Touches(CaseState c, AssetStated asset) => c.Entities.Values.Any(e =>
        (e.Entity.Kind == EntityKind.Host && (e.Entity.Value.Equals(asset.Name, StringComparison.OrdinalIgnoreCase)
            || e.Entity.Value.StartsWith(asset.Name + ".", StringComparison.OrdinalIgnoreCase)))
        || (e.Entity.Kind == EntityKind.Ip && asset.Addresses.Contains(e.Entity.Value, StringComparer.OrdinalIgnoreCase)));

    static string Words(Verdict verdict) => verdict switch
    {
        Verdict.TruePositive => "true positive", Verdict.FalsePositive => "false positive", Verdict.BenignPositive => "benign", _ => "undecided",
    };
}
