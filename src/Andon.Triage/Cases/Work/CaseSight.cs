using System.Security.Claims;
using Andon.Model;
using Andon.Store.Query;
using Microsoft.AspNetCore.Http;

namespace Andon.Triage.Cases.Work;

/// <summary>
/// A red case is there for its owner, the people it names and administrators, for nobody else: not in lists, counts, graphs. Who asks is
/// known from the request, so that a view that someone adds tomorrow hides it too. The house's own stages ask without a request and see all.
/// </summary>
internal sealed class CaseSight(TriageDesk desk, IHttpContextAccessor requests) : ICaseSight, IRowGuard
{
    public bool Sees(ClaimsPrincipal user, string id)
    {
        if (desk.State.EverRed.Count == 0) return true;
        lock (desk.Gate)
        {
            var state = desk.State;
            var caseId = state.Case(id) is not null ? id : state.CaseOfRun(id) ?? state.Signal(id)?.CaseId;
            return caseId is null || state.Surviving(caseId) is not { } c || Sees(user, c);
        }
    }

    public bool Hides(ClaimsPrincipal user)
    {
        if (desk.State.EverRed.Count == 0 || user.IsInRole("admin")) return false;
        lock (desk.Gate) return Hidden(user).Any();
    }

    public string Veil(ClaimsPrincipal user, string text)
    {
        if (!Hides(user)) return text;
        lock (desk.Gate) return CaseVeil.Over(text, Numbers(Hidden(user)));
    }

    /// <summary>A text for whoever asks now; the reason of a move may name a case that they may not see. Callers hold the gate.</summary>
    public string Veil(string text) => Hidden() is { Count: > 0 } hidden ? CaseVeil.Over(text, Numbers(hidden)) : text;

    /// <summary>Cases that became part of a hidden one are not named either.</summary>
    HashSet<int> Numbers(IEnumerable<CaseState> hidden) => [.. hidden.SelectMany(desk.State.Family).Select(c => c.Number)];

    /// <summary>What whoever asks now may see. Callers hold the gate.</summary>
    public bool Sees(CaseState c) => desk.State.EverRed.Count == 0 || requests.HttpContext?.User is not { } user || Sees(user, c);

    /// <summary>Cases that whoever asks now may not see; usually none. Callers hold the gate.</summary>
    public IReadOnlyList<CaseState> Hidden() => desk.State.EverRed.Count == 0 || requests.HttpContext?.User is not { } user ? [] : [.. Hidden(user)];

    /// <summary>For searches over what the house knows: ids of the cases that this person may not see, with all that became part of them.</summary>
    IReadOnlyCollection<string> IRowGuard.Hidden(ClaimsPrincipal? who)
    {
        if (desk.State.EverRed.Count == 0) return [];
        lock (desk.Gate) return [.. Hidden(who ?? new()).SelectMany(desk.State.Family).Select(c => c.Id)];
    }

    IEnumerable<CaseState> Hidden(ClaimsPrincipal user) =>
        desk.State.EverRed.Select(desk.State.Surviving).OfType<CaseState>().Distinct().Where(c => !Sees(user, c));

    bool Sees(ClaimsPrincipal user, CaseState c)
    {
        if (user.IsInRole("admin")) return true;
        var (tlp, _, _, people) = desk.State.Mark(c);
        return tlp != Tlp.Red || (user.Identity?.Name is { Length: > 0 } name && (c.Owner == name || people.Contains(name)));
    }
}
