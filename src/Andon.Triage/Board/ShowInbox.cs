using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Board.Requests;
using Andon.Triage.Cases;
using Andon.Triage.Cases.Work;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board;

/// <summary>A step of a playbook that waits for a person.</summary>
public sealed record StepWaiting(string RunId, string StepId, string? CaseId, int? CaseNumber, string? Title, string Prompt, long AtMs);

public sealed record MentionView(long NoteSeq, string CaseId, int CaseNumber, string Title, string By, string Text, long AtMs);

/// <summary>A date that is near or past.</summary>
/// <param name="Kind">due: the card's own date; request: a request to Operations.</param>
public sealed record InboxClock(string Kind, string? CaseId, int? CaseNumber, string? RequestId, string Title, long DueMs, bool Late);

/// <summary>All that waits for one person.</summary>
/// <param name="ToDo">Requests for me as Operations.</param>
/// <param name="ToValidate">Requests that are done and wait for Response to look.</param>
/// <param name="Asked">Requests that I asked for and that are not settled.</param>
/// <param name="Role">May the person see cases, work them, carry out requests?</param>
public sealed record InboxView(
    IReadOnlyList<RequestView> ToDo, IReadOnlyList<RequestView> ToValidate, IReadOnlyList<RequestView> Asked, IReadOnlyList<StepWaiting> Steps,
    IReadOnlyList<MentionView> Mentions, IReadOnlyList<InboxClock> Clocks, IReadOnlyList<RequestView> Settled, bool MayCases, bool MayRespond, bool MayOperate);

static class ShowInbox
{
    const int PartMax = 200;
    const int SettledMax = 20;

    public static void Map(RouteGroupBuilder inbox)
    {
        inbox.MapGet("", Handle).WithName("ShowInbox").RequireAuthorization(Policies.Read);
        inbox.MapPost("/mentions/{seq:long}/read", Read).WithName("ReadMention").RequireAuthorization(Policies.Read);
    }

    internal static async Task<Ok<InboxView>> Handle(ClaimsPrincipal user, TriageDesk desk, AcceptanceRunner runner, CaseSight sight, IAuthorizationService may)
    {
        var cases = (await may.AuthorizeAsync(user, Policies.Cases)).Succeeded;
        var respond = (await may.AuthorizeAsync(user, Policies.Response)).Succeeded;
        var operate = (await may.AuthorizeAsync(user, Policies.Operations)).Succeeded;
        return TypedResults.Ok(View(user.Identity?.Name ?? "?", desk, runner, sight.Sees, cases, respond, operate));
    }

    internal static InboxView View(string person, TriageDesk desk, AcceptanceRunner runner, Func<CaseState, bool> sees, bool cases, bool respond, bool operate)
    {
        lock (desk.Gate)
        {
            var (state, now) = (desk.State, desk.NowMs);
            bool Sees(string? caseId) => caseId is null || state.Surviving(caseId) is not { } c || sees(c);
            // Operations does a request of a red case too, and learns no more of it than what its writer put there.
            List<RequestView> Show(IEnumerable<Request> some, bool all) => [.. some.Take(PartMax).Select(r => RequestViews.Of(r, state, now, runner.LastLook(r.Id), all && Sees(r.Asked.CaseId)))];
            var requests = state.Board.Requests.All;
            var todo = operate ? requests.Where(r => r.Outside && r.IsFor(person)).OrderBy(r => r.Asked.DueMs) : Enumerable.Empty<Request>();
            var validate = respond ? requests.Where(r => r.State == RequestState.Done && Sees(r.Asked.CaseId)).OrderBy(r => r.Asked.DueMs) : Enumerable.Empty<Request>();
            var asked = respond ? requests.Where(r => r.Outside && r.By == person).OrderBy(r => r.Asked.DueMs) : Enumerable.Empty<Request>();
            // What one did oneself stays in sight until it is settled, and a while after.
            var settled = operate ? requests.Where(r => !r.Outside && r.DoneBy == person).Reverse().Take(SettledMax) : Enumerable.Empty<Request>();
            return new(Show(todo, cases), Show(validate, cases), Show(asked, cases),
                respond ? Steps(state, Sees) : [], cases ? MentionsOf(state, person, Sees) : [], cases ? Clocks(state, person, now, respond, Sees) : [], Show(settled, cases), cases, respond, operate);
        }
    }

    static List<StepWaiting> Steps(TriageState state, Func<string?, bool> sees) =>
        [.. state.Board.Asked.Values.Where(a => sees(a.CaseId)).OrderBy(a => a.AtMs).Take(PartMax).Select(a => (a, Card: a.CaseId is { } id ? state.Surviving(id) : null))
            .Select(p => new StepWaiting(p.a.RunId, p.a.StepId, p.Card?.Id, p.Card?.Number, p.Card is { } c ? Titles.Of(c) : null, p.a.Prompt, p.a.AtMs))];

    static List<MentionView> MentionsOf(TriageState state, string person, Func<string?, bool> sees) =>
        !state.Board.Mentions.TryGetValue(person, out var list) ? [] :
        [.. list.AsEnumerable().Reverse().Select(m => (m, Card: state.Surviving(m.CaseId))).Where(p => p.Card is not null && sees(p.Card.Id))
            .Select(p => new MentionView(p.m.Seq, p.Card!.Id, p.Card.Number, Titles.Of(p.Card), p.m.By, p.m.Text, p.m.AtMs))];

    static List<InboxClock> Clocks(TriageState state, string person, long now, bool respond, Func<string?, bool> sees)
    {
        if (!respond) return [];
        var clocks = new List<InboxClock>();
        foreach (var c in state.OpenCases())
            if (c.Card.NextDueMs is { } due && due - now <= NextCard.NearMs && (c.Owner is null || c.Owner == person) && sees(c.Id))
                clocks.Add(new("due", c.Id, c.Number, null, Titles.Of(c), due, due < now));
        foreach (var r in state.Board.Requests.All)
            if (r.Pending && r.Asked.DueMs - now <= NextCard.NearMs && state.Surviving(r.Asked.CaseId) is { } c && (r.By == person || c.Owner == person) && sees(c.Id))
                clocks.Add(new("request", c.Id, c.Number, r.Id, r.Asked.What, r.Asked.DueMs, r.Asked.DueMs < now));
        return [.. clocks.OrderBy(c => c.DueMs).Take(PartMax)];
    }

    internal static async Task<Results<NoContent, NotFound>> Read(long seq, ClaimsPrincipal user, TriageDesk desk, CancellationToken stop)
    {
        var person = user.Identity?.Name ?? "?";
        using var turn = await desk.TakeTurn(stop);
        lock (desk.Gate)
            if (!desk.State.Board.Mentions.TryGetValue(person, out var list) || !list.Exists(m => m.Seq == seq)) return TypedResults.NotFound();
        await desk.Append([new(Actors.Of(user), "read", new MentionRead(seq, person))], [], stop);
        return TypedResults.NoContent();
    }
}
