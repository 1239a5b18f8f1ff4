namespace Andon.Model;

/// <summary>A rule that looks at events of some kind.</summary>
/// <param name="Fields">Names that it reads, as its author wrote them.</param>
/// <param name="Codes">Values of <c>event.code</c> without which it cannot match; empty where it may match any.</param>
/// <param name="LogSource">For example <c>windows/process_creation/*</c>.</param>
public sealed record RuleReading(string RuleId, string Title, RuleQueue Queue, bool Enabled, Level Level, IReadOnlyList<string> Techniques, IReadOnlyList<string> Fields, IReadOnlyList<string> Codes, string LogSource)
{
    /// <summary>A correlation counts what it matches.</summary>
    public bool Correlated { get; init; }

    /// <summary>Can it match an event of that kind?</summary>
    public bool Wants(string kind) => Codes.Count == 0 || Codes.Contains(kind);
}

/// <summary>Which rules look at what. Detect answers; who watches sources asks, so that silence can be told with what it costs.</summary>
public interface IRuleReach
{
    /// <summary>Grows when rules were loaded, switched or moved to another queue.</summary>
    string Version { get; }

    /// <summary>Rules, in force or not, on whose log source this event runs. The same list object for all events of one kind, until the version changes.</summary>
    IReadOnlyList<RuleReading> Of(EventBatch batch, int index);

    /// <summary>Names under which an event may hold a field that a rule names, of which any will do.</summary>
    IReadOnlyList<string> NamesOf(string field);

    /// <summary>All rules that are loaded.</summary>
    IReadOnlyList<RuleReading> All { get; }
}
