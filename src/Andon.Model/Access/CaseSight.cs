using System.Security.Claims;

namespace Andon.Model;

/// <summary>Who may see which case. Every room asks here before it shows one, or what is about one; to others it is not there.</summary>
public interface ICaseSight
{
    /// <summary>False only where the id is that of a case, a signal or a run of a case that this person may not see.</summary>
    bool Sees(ClaimsPrincipal user, string id);

    /// <summary>True while there is any case that this person may not see: else nothing needs to be looked through.</summary>
    bool Hides(ClaimsPrincipal user);

    /// <summary>The text without the numbers of cases that this person may not see: a reason stays a reason, and names none of them.</summary>
    string Veil(ClaimsPrincipal user, string text);
}
