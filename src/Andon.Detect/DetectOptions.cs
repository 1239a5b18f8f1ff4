using Andon.Model;

namespace Andon.Detect;

/// <summary>What Host tells the room.</summary>
/// <param name="DataFolder">Imported rules are kept in its folder <c>rules</c>.</param>
/// <param name="ImportQueue">Where imported rules stand until a person moves them.</param>
/// <param name="CorrelationGroupsMax">Groups of one correlation.</param>
/// <param name="CorrelationBytesMax">Bytes of all correlations' groups together.</param>
public sealed record DetectOptions(
    string DataFolder, RuleQueue ImportQueue = RuleQueue.Testing,
    int CorrelationGroupsMax = Limits.CorrelationGroupsMax, long CorrelationBytesMax = Limits.CorrelationBytesMax)
{
    /// <summary>Names of the people who may promote a rule. With more than one, a second person approves.</summary>
    public Func<IReadOnlyList<string>> Approvers { get; init; } = () => [];
}
