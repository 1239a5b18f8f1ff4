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

/// <summary>How long a class is kept: Operations say so, the fact holds what was before and after.</summary>
static class StateRetention
{
    /// <param name="Terms">Null takes the class away; its events are then of the next class that fits them.</param>
    public sealed record Ask(string ClassId, RetentionTerms? Terms, string Why);

    public static void Map(IEndpointRouteBuilder keep) =>
        keep.MapPost("/classes", Handle).WithName("StateRetention").RequireAuthorization(Policies.Operations);

    static async Task<Results<Ok<IReadOnlyList<RetentionClass>>, BadRequest<SearchRefusal>>> Handle(Ask ask, RetentionBook book, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        var before = book.Find(ask.ClassId ?? "");
        var terms = ask.Terms is null ? null : Terms.Whole(ask.Terms);
        if (Refuse(ask with { Terms = terms }, before, book.Classes.Count) is { Count: > 0 } wrong) return TypedResults.BadRequest(new SearchRefusal(wrong));
        if (terms is null || !Terms.Same(before, terms)) await facts.Append(Actors.Of(user), ask.Why.Trim(), new RetentionStated(ask.ClassId!, before, terms), stop);
        return TypedResults.Ok(book.Classes);
    }

    internal static IReadOnlyList<Finding> Refuse(Ask ask, RetentionTerms? before, int classes)
    {
        var wrong = new List<Finding>();
        if (ask.Terms is not null) wrong.AddRange(Terms.Refuse(ask.ClassId ?? "", ask.Terms, before is null ? classes : 0));
        else if (before is null) wrong.Add(new("KEP020", $"There is no class {ask.ClassId}.", "Take one from the list.", "/classId"));
        else if (RetentionBook.IsBuiltIn(ask.ClassId ?? "")) wrong.Add(new("KEP021", $"The class {ask.ClassId} cannot be taken away.", "Change its days instead.", "/classId"));
        if (string.IsNullOrWhiteSpace(ask.Why) || ask.Why.Length > KeepLimits.TextCharsMax) wrong.Add(new("KEP022", "Say why, for whoever reads this later.", $"1 to {KeepLimits.TextCharsMax} characters.", "/why"));
        return wrong;
    }
}
