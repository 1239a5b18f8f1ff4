using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Triage.Board.Requests;

/// <summary>
/// Response and Operations apart, by person: who changed a thing neither says that it holds nor closes the case over it. Where there is
/// nobody else the same person may, with a reason, and it is recorded as such.
/// </summary>
static class Separation
{
    /// <summary>Is there another who could do Response's part?</summary>
    public static bool AnotherThan(TriageDesk desk, string person) => desk.Responders().Any(p => !string.Equals(p, person, StringComparison.Ordinal));

    public static Finding? BeforeVerify(TriageDesk desk, Request request, string person, string note) =>
        request.DoneBy != person ? null
        : AnotherThan(desk, person) ? new("TRI575", "You did this yourself; somebody else of Response looks whether it holds.", "Ask a colleague, or let the acceptance check decide.", request.Id)
        : note.Length == 0 ? new("TRI576", "You did this yourself and there is nobody else: say how you know that it holds.", "It is recorded that one person wore both hats.", "/note")
        : null;

    /// <summary>A case does not close before its requests are settled, nor by who carried one out.</summary>
    public static Finding? BeforeClose(TriageDesk desk, CaseState card, ClaimsPrincipal user)
    {
        var person = user.Identity?.Name ?? "?";
        foreach (var r in desk.State.Board.Requests.All)
        {
            if (desk.State.Surviving(r.Asked.CaseId) != card) continue;
            if (r.Pending)
                return new("TRI577", $"Request {r.Id} is {r.State.ToString().ToLowerInvariant()}, not verified: {r.Asked.What}", "Wait for its validation, or withdraw it with a reason.", r.Id);
            if (r.DoneBy == person && AnotherThan(desk, person))
                return new("TRI578", $"You carried out request {r.Id} of this case; somebody else closes it.", "Ask a colleague of Response.", r.Id);
        }
        return null;
    }
}
