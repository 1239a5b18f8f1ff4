using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Triage.Board.Requests;

public sealed record RequestMoveView(long AtMs, string By, string What, string Text);

/// <summary>A request to Operations: what, where, why, by when. Nothing of the case beyond what its writer put here.</summary>
/// <param name="CaseId">Only for those who may see cases.</param>
/// <param name="Look">What the acceptance check says now, while it waits for its result.</param>
public sealed record RequestView(
    string RequestId, RequestState State, string? To, string What, IReadOnlyList<string> Where, string Why, long DueMs, bool Late, AcceptanceCheck Check, string CheckText,
    string By, long AtMs, string? AcceptedBy, string? DoneBy, string? VerifiedBy, bool SamePerson, string? Look, string? CaseId, int? CaseNumber, IReadOnlyList<RequestMoveView> Moves);

public sealed record RequestsView(IReadOnlyList<RequestView> Requests, int Pending);

internal static class RequestViews
{
    public static RequestView Of(Request r, TriageState state, long nowMs, string? look, bool mayCases)
    {
        var c = mayCases ? state.Surviving(r.Asked.CaseId) : null;
        var a = r.Asked;
        return new(r.Id, r.State, a.To, a.What, a.Where, a.Why, a.DueMs, r.Pending && nowMs > a.DueMs, Seen(a.Check, mayCases), Words(a.Check, mayCases), r.By, r.AtMs, r.AcceptedBy, r.DoneBy, r.VerifiedBy,
            r.SamePerson, r.State == RequestState.Done ? look : null, c?.Id, c?.Number, [.. r.Moves.Select(m => new RequestMoveView(m.AtMs, m.By, m.What, m.Text))]);
    }

    // A search may name what the case is about; Operations learns that there is one.
    static AcceptanceCheck Seen(AcceptanceCheck check, bool mayCases) => mayCases || check.Kind != "search" ? check : check with { Subject = "" };

    static string Words(AcceptanceCheck check, bool mayCases) => check.Kind switch
    {
        "search" => $"Andon searches again and finds nothing{(check.QuietMinutes > 0 ? $" for {check.QuietMinutes} minutes" : "")}{(mayCases ? $": {check.Subject}" : "")}",
        "window" => $"the exposure window {check.Subject} is closed",
        "source" => $"no alarm names the source {check.Subject}",
        "rule" => $"the rule {check.Subject} is on, in production",
        _ => "a person of Response looks",
    };
}
