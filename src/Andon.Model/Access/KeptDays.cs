namespace Andon.Model;

/// <summary>How far back a source can be searched, in one retention class.</summary>
/// <param name="FirstMs">Time of its oldest event that is stored.</param>
/// <param name="PromisedDays">Days of the class; null when the class names none.</param>
public sealed record KeptDays(string SourceId, long FirstMs, int? PromisedDays);

/// <summary>What can really be searched. The store answers; who judges the quality of sources asks.</summary>
public interface IKeptDays
{
    /// <summary>Every source that has a stored event, once for each class it is kept in. Throws what the engine throws when it does not answer.</summary>
    Task<IReadOnlyList<KeptDays>> Read(CancellationToken stop);
}
