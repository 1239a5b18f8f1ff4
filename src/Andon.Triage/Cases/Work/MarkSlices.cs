using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Board;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases.Work;

/// <summary>How a case may be shared and what sort it is; its state within the lane; its clocks held and let go.</summary>
static class MarkSlices
{
    const int PeopleMax = 100;

    public sealed record MarkAsk(Tlp? Tlp, Pap? Pap, string? Classification, IReadOnlyList<string>? People, string? Why);
    public sealed record StateAsk(string? To, string? Why);
    public sealed record ClockAsk(bool Paused, string? Why);

    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapPost("/{id}/mark", Mark).WithName("MarkCase").RequireAuthorization(Policies.Response);
        cases.MapPost("/{id}/state", State).WithName("SetCaseState").RequireAuthorization(Policies.Response);
        cases.MapPost("/{id}/clocks", Pause).WithName("PauseClocks").RequireAuthorization(Policies.Response);
    }

    static Task<Results<Ok<CaseView>, NotFound, BadRequest<TriageFindings>>> Mark(string id, MarkAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop) =>
        WorkTurn.Take(id, "mark", user, desk, c => Decide(c, desk.State, ask, user.Identity?.Name ?? "?"), views.Case, stop);

    /// <summary>What is left out stays. Who marks a case red stays among those who see it; and no part of a union is left more open than it.</summary>
    internal static Decision Decide(CaseState c, TriageState state, MarkAsk ask, string person)
    {
        var findings = new List<Finding>();
        if (ask.Tlp is { } tlp && !Enum.IsDefined(tlp)) findings.Add(new("TRI554", "There is no such TLP.", "Say clear, green, amber, amberStrict or red.", "/tlp"));
        if (ask.Pap is { } pap && !Enum.IsDefined(pap)) findings.Add(new("TRI554", "There is no such PAP.", "Say clear, green, amber or red.", "/pap"));
        if (ask.Classification?.Length > Limits.NameMax || ask.Why?.Length > Limits.TextMax) findings.Add(new("TRI554", "The classification or the reason is too long.", $"Say it in {Limits.NameMax} characters.", "/classification"));
        if (ask.People is { } people && (people.Count > PeopleMax || people.Any(p => string.IsNullOrWhiteSpace(p) || p.Length > Limits.NameMax)))
            findings.Add(new("TRI554", "A name is empty, or there are too many.", $"Name up to {PeopleMax} people as they sign in.", "/people"));
        if (findings.Count > 0) return findings;
        var now = state.Mark(c);
        var to = ask.Tlp ?? now.Tlp;
        var named = (ask.People ?? now.People).Select(p => p.Trim()).Append(to == Tlp.Red ? person : "").Where(p => p.Length > 0).Distinct().Order(StringComparer.Ordinal).ToList();
        var classification = (ask.Classification ?? now.Classification).Trim();
        var why = (ask.Why ?? "").Trim();
        return Decision.Of([.. state.Family(c).Select(m => new CaseMarked(m.Id, to, ask.Pap ?? now.Pap, classification, named, why))]);
    }

    static Task<Results<Ok<CaseView>, NotFound, BadRequest<TriageFindings>>> State(string id, StateAsk ask, ClaimsPrincipal user, TriageDesk desk, StateBook book, Views views, CancellationToken stop) =>
        WorkTurn.Take(id, "state", user, desk, c => Decide(c, ask, book), views.Case, stop);

    internal static Decision Decide(CaseState c, StateAsk ask, StateBook book)
    {
        if (PullCard.Gone(c) is { } gone) return gone;
        if (ask.Why?.Length > Limits.TextMax) return new Finding("TRI213", "The reason is too long.", $"Say it in {Limits.TextMax} characters.", "/why");
        var to = string.IsNullOrWhiteSpace(ask.To) ? null : ask.To.Trim();
        if (to == c.Work.State) return Decision.Of();
        if (to is null) return Decision.Of(new CaseStateSet(c.Id, c.Work.State, null, Pauses: false, (ask.Why ?? "").Trim()));
        if (book.Find(to) is not { } choice || choice.Lane != c.Lane)
            return new Finding("TRI551", $"The lane {c.Lane} has no state {to}.", book.Choices.Any(s => s.Lane == c.Lane) ? $"It has {string.Join(", ", book.Choices.Where(s => s.Lane == c.Lane).Select(s => s.Id))}." : "States are written in content/triage/states.yml.", "/to");
        if (choice.Pauses && string.IsNullOrWhiteSpace(ask.Why)) return new Finding("TRI555", "This state holds the clocks, so it needs a reason.", "Say for whom or what the case waits.", "/why");
        return Decision.Of(new CaseStateSet(c.Id, c.Work.State, to, choice.Pauses, (ask.Why ?? "").Trim()));
    }

    static Task<Results<Ok<CaseView>, NotFound, BadRequest<TriageFindings>>> Pause(string id, ClockAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, CancellationToken stop) =>
        WorkTurn.Take(id, "clocks", user, desk, c => Decide(c, ask), views.Case, stop);

    internal static Decision Decide(CaseState c, ClockAsk ask)
    {
        var why = (ask.Why ?? "").Trim();
        if (PullCard.Gone(c) is { } gone) return gone;
        if (why.Length > Limits.TextMax) return new Finding("TRI213", "The reason is too long.", $"Say it in {Limits.TextMax} characters.", "/why");
        if (ask.Paused && c.Work.HeldBy(PauseBy.Person)) return new Finding("TRI557", $"The clocks stand still already: {c.Work.Pauses[^1].Why}.", "Let them run first.", c.Id);
        if (ask.Paused && why.Length == 0) return new Finding("TRI555", "Clocks are held for a reason.", "Say for whom the case waits.", "/why");
        if (ask.Paused) return Decision.Of(new ClocksPaused(c.Id, why));
        if (!c.Work.Paused) return new Finding("TRI556", "The clocks run.", "There is nothing to let go.", c.Id);
        return c.Work.HeldBy(PauseBy.Person) ? Decision.Of(new ClocksResumed(c.Id, why))
            : new Finding("TRI556", $"What holds the clocks is not a person's word: {c.Work.Pauses[^1].Why}.", "End what it waits for: its state, or the request outside.", c.Id);
    }
}
