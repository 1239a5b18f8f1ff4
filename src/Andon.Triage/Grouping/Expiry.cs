using System.Globalization;
using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Triage.Grouping;

/// <summary>
/// A case that stayed under the floor for days and that nobody touched closes by itself, is counted, and is known again when it comes
/// back. What a person reported waits for a person.
/// </summary>
internal static class Expiry
{
    public static IReadOnlyList<FactDraft> Due(TriageState state, long nowMs) =>
    [
        .. state.OpenCases().Where(c => IsDue(c, nowMs)).Take(Limits.ExpiredAtOnceMax).Select(c => new FactDraft(Actors.Of(Room.Triage), "expired unworked",
            new CaseClosed(c.Id, Verdict.Undecided, [], null, Discoveries.ExpiredUnworked, Reason(c, nowMs), 0)) { AtMs = nowMs }),
    ];

    static bool IsDue(CaseState c, long nowMs) =>
        c is { Manual: false, Owner: null, Lane: Lane.New, Card.Legal: null } && nowMs - c.UnderFloorMs >= Limits.UnworkedMsMax && nowMs - c.OpenedMs >= Limits.UnworkedMsMax
        && !c.Deeds.Exists(d => nowMs - d.AtMs < Limits.UnworkedMsMax && d.Actor.StartsWith("user:", StringComparison.Ordinal))
        && c.Runs.Values.All(r => r.State is not ("running" or "waiting" or "inDoubt"));

    static string Reason(CaseState c, long nowMs) => string.Create(CultureInfo.InvariantCulture,
        $"expired unworked: under {Limits.FloorPoints:0} points for {(nowMs - c.UnderFloorMs) / Limits.Day} days, and nobody touched it{(c.Authorised ? "; authorised activity" : "")}");
}
