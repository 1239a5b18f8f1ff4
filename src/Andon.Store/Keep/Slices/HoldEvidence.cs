using System.Globalization;
using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Keep.Retention;
using Andon.Store.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Keep.Slices;

/// <summary>Legal hold: from the moment it is placed nothing in its scope is deleted. Placing and releasing are facts with a reason.</summary>
static class HoldEvidence
{
    public sealed record Ask(string Why, HoldScope Scope);
    public sealed record AskRelease(string Why);

    public static void Map(IEndpointRouteBuilder keep)
    {
        // Whoever works a case may keep its evidence; letting go is an administrator's, who does not work cases.
        keep.MapPost("/holds", Place).WithName("PlaceHold").RequireAuthorization(Policies.Response);
        keep.MapPost("/holds/{holdId}/release", Release).WithName("ReleaseHold").RequireAuthorization(Policies.Admin);
    }

    static async Task<Results<Ok<LegalHold>, BadRequest<SearchRefusal>>> Place(Ask ask, RetentionBook book, Retainer retainer, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        var knowsCase = ask.Scope?.CaseId is not { Length: > 0 } caseId || await CaseScope.Of(caseId, facts, stop) is not null;
        if (Refuse(ask, book.Holds.Count, knowsCase) is { Count: > 0 } wrong) return TypedResults.BadRequest(new SearchRefusal(wrong));
        // The one day that is being deleted just now was decided before; everything after it sees the hold.
        await retainer.OneDay.WaitAsync(stop);
        try
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"hold-{facts.Last + 1}");
            await facts.Append(Actors.Of(user), ask.Why.Trim(), new HoldPlaced(id, ask.Why.Trim(), ask.Scope!), stop);
            return TypedResults.Ok(book.Holds.First(h => h.HoldId == id));
        }
        finally
        {
            retainer.OneDay.Release();
        }
    }

    static async Task<Results<NoContent, NotFound<Finding>, BadRequest<Finding>>> Release(string holdId, AskRelease ask, RetentionBook book, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(ask.Why) || ask.Why.Length > KeepLimits.TextCharsMax) return TypedResults.BadRequest(new Finding("KEP022", "Say why, for whoever reads this later.", $"1 to {KeepLimits.TextCharsMax} characters.", "/why"));
        if (book.Holds.All(h => h.HoldId != holdId)) return TypedResults.NotFound(new Finding("KEP030", $"There is no hold {holdId}.", "Take one from the list; it may be released already.", holdId));
        await facts.Append(Actors.Of(user), ask.Why.Trim(), new HoldReleased(holdId, ask.Why.Trim()), stop);
        return TypedResults.NoContent();
    }

    internal static IReadOnlyList<Finding> Refuse(Ask ask, int holds, bool knowsCase)
    {
        var wrong = new List<Finding>();
        if (string.IsNullOrWhiteSpace(ask.Why) || ask.Why.Length > KeepLimits.TextCharsMax) wrong.Add(new("KEP022", "Say why, for whoever reads this later.", $"1 to {KeepLimits.TextCharsMax} characters.", "/why"));
        if (holds >= KeepLimits.HoldsMax) wrong.Add(new("KEP031", $"{holds} holds stand already.", $"{KeepLimits.HoldsMax} at most (HoldsMax): release those that are over.", ""));
        if (ask.Scope is null || ask.Scope == new HoldScope(null, null, null, null, null)) wrong.Add(new("KEP032", "A hold names a source, a host, a time or a case.", "A hold on everything is a hold from time 0 on.", "/scope"));
        else if (ask.Scope is { FromMs: { } from, ToMs: { } to } && to <= from) wrong.Add(new("KEP033", "The hold's time ends before it begins.", "toMs is greater than fromMs.", "/scope/toMs"));
        else if (ask.Scope.CaseId is { Length: > 0 } caseId && !knowsCase) wrong.Add(new("KEP034", $"There is no case {caseId} with signals.", "Take its id from the board; a case without signals is held by host or time.", "/scope/caseId"));
        return wrong;
    }
}
