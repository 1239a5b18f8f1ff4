using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Runtime;

/// <summary>How a search is run, besides what it asks.</summary>
/// <param name="Held">Whose turn and budget it has; null for the program's own searches.</param>
/// <param name="Stretch">Only events of these records.</param>
/// <param name="ForeignAsEmpty">Tables that Andon does not have count as empty ones.</param>
/// <param name="Sight">What the asker may see; null is least.</param>
internal sealed record SearchHow(RunningSearches.Held? Held = null, Stretch? Stretch = null, bool ForeignAsEmpty = false, Sight? Sight = null)
{
    /// <summary>It is asked about another answer.</summary>
    public bool Aside { get; init; }

    public static readonly SearchHow Plain = new();
}
