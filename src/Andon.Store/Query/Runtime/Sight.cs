using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Authorization;

namespace Andon.Store.Query;

/// <summary>
/// Withholds what is about certain things from people who may not see it: cases that are restricted, for example. Everything that names
/// such an id is left out of Cases, Signals, Facts and what is counted from them, as if it were not there.
/// </summary>
public interface IRowGuard
{
    /// <summary>Ids whose facts this person may not see; null is nobody in particular, who may see least.</summary>
    IReadOnlyCollection<string> Hidden(ClaimsPrincipal? who);
}

/// <summary>What a person may see in the answers of a search.</summary>
/// <param name="Secrets">Facts about people and keys.</param>
/// <param name="Cases">Facts about cases and the work on them.</param>
/// <param name="Hidden">Ids whose facts are withheld.</param>
/// <param name="Mask">Fields that are pseudonyms; null: none.</param>
internal sealed record Sight(bool Secrets, bool Cases, IReadOnlyCollection<string> Hidden, Mask? Mask = null)
{
    /// <summary>The program's own look, for checks that show nobody anything.</summary>
    public static readonly Sight Whole = new(Secrets: true, Cases: true, []);
    /// <summary>For checks and tests without guards.</summary>
    public static readonly Sight Nobody = new(Secrets: false, Cases: true, []);
}

/// <summary>Tells who may see what.</summary>
internal sealed class Sights(IEnumerable<IRowGuard> guards, IAuthorizationService may, QueryOptions options, Unmasking unmasking)
{
    readonly IReadOnlyList<IRowGuard> guards = [.. guards];

    /// <summary>What somebody sees who is not known: least.</summary>
    public Sight Least => new(Secrets: false, Cases: false, Hidden(null), unmasking.Mask);

    /// <summary>The program's own searches, whose rows people see later as their own right allows.</summary>
    public Sight Own => Least with { Cases = true, Mask = null };

    public async ValueTask<Sight> Of(ClaimsPrincipal who) =>
        new((await may.AuthorizeAsync(who, null, Policies.Admin)).Succeeded, (await may.AuthorizeAsync(who, null, Policies.Cases)).Succeeded, Hidden(who), InClear(who) ? null : unmasking.Mask);

    bool InClear(ClaimsPrincipal who) => options.ClearRoles.Any(who.IsInRole) || unmasking.Until(Actors.Of(who)) > 0;

    IReadOnlyCollection<string> Hidden(ClaimsPrincipal? who) => guards.Count == 0 ? [] : [.. guards.SelectMany(g => g.Hidden(who)).Distinct(StringComparer.Ordinal)];
}
