using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Board;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Triage.Cases.Work;

/// <summary>What a command on a case's work came to: everything that is wrong with it at once, or the facts to append.</summary>
internal readonly record struct Decision(IReadOnlyList<Finding> Findings, IReadOnlyList<CaseWorkFact> Facts)
{
    public static implicit operator Decision(List<Finding> findings) => new(findings, []);
    public static implicit operator Decision(Finding finding) => new([finding], []);
    public static Decision Of(params IReadOnlyList<CaseWorkFact> facts) => new([], facts);
}

/// <summary>Commands take turns: what was checked is what is appended. On a case that became part of another, the work goes on there.</summary>
internal static class WorkTurn
{
    public static async Task<Results<Ok<T>, NotFound, BadRequest<TriageFindings>>> Take<T>(
        string id, string cause, ClaimsPrincipal user, TriageDesk desk, Func<CaseState, Decision> decide, Func<CaseState, T> view, CancellationToken stop)
    {
        using var turn = await desk.TakeTurn(stop);
        Decision decision;
        string into;
        lock (desk.Gate)
        {
            if (desk.State.Surviving(id) is not { } c) return TypedResults.NotFound();
            decision = decide(c);
            into = c.Id;
        }
        if (decision.Findings.Count > 0) return TypedResults.BadRequest(new TriageFindings(decision.Findings));
        var actor = Actors.Of(user);
        if (decision.Facts.Count > 0) await desk.Append([.. decision.Facts.Select(f => new FactDraft(actor, cause, f))], [], stop);
        lock (desk.Gate) return TypedResults.Ok(view(desk.State.Case(into)!));
    }

    public static Results<Ok<T>, NotFound> Show<T>(string id, TriageDesk desk, Func<CaseState, T> view)
    {
        lock (desk.Gate) return desk.State.Surviving(id) is { } c ? TypedResults.Ok(view(c)) : TypedResults.NotFound();
    }
}
