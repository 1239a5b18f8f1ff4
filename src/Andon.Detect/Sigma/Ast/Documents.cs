using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.Sigma.Ast;

/// <summary>What every Sigma document says about itself.</summary>
sealed record Header
{
    public required string File { get; init; }
    public required int Number { get; init; }
    public required string Yaml { get; init; }
    public Mark At { get; init; }
    public required string Title { get; init; }
    public string? Id { get; init; }
    public string? Name { get; init; }
    public string Status { get; init; } = "";
    public string Description { get; init; } = "";
    public string License { get; init; } = "";
    public string Author { get; init; } = "";
    public string Date { get; init; } = "";
    public string Modified { get; init; } = "";
    public Level Level { get; init; } = Level.Medium;
    /// <summary>Andon's own key <c>queue</c>: production or testing.</summary>
    public RuleQueue? Queue { get; init; }
    public IReadOnlyList<string> References { get; init; } = [];
    public IReadOnlyList<string> Fields { get; init; } = [];
    public IReadOnlyList<string> FalsePositives { get; init; } = [];
    public IReadOnlyList<string> Tags { get; init; } = [];
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The handle of the rule everywhere else in the house.</summary>
    public string RuleId => Id ?? Name ?? Title;

    public bool Answers(string reference) =>
        string.Equals(Id, reference, StringComparison.OrdinalIgnoreCase) || string.Equals(Name, reference, StringComparison.Ordinal);
}

abstract record SigmaDocument(Header Header);

/// <summary>A rule's or filter's log source; null parts are not stated.</summary>
sealed record LogSource(string? Product, string? Category, string? Service, string Definition = "")
{
    public override string ToString() => $"{Product ?? "*"}/{Category ?? "*"}/{Service ?? "*"}";
}

sealed record RuleDocument(Header Header, LogSource Source, Detection Detection) : SigmaDocument(Header);

/// <summary>Narrows rules: a rule applies only where the filter's condition holds too.</summary>
/// <param name="Rules">Ids or names; empty = every rule whose log source equals the filter's stated parts.</param>
sealed record FilterDocument(Header Header, LogSource Source, IReadOnlyList<string> Rules, Detection Detection) : SigmaDocument(Header);

enum CorrelationKind { EventCount, ValueCount, Temporal, TemporalOrdered }

enum CompareOp { Lt, Lte, Gt, Gte, Eq, Neq }

readonly record struct Bound(CompareOp Op, long Value)
{
    public bool Holds(long n) => Op switch
    {
        CompareOp.Lt => n < Value,
        CompareOp.Lte => n <= Value,
        CompareOp.Gt => n > Value,
        CompareOp.Gte => n >= Value,
        CompareOp.Eq => n == Value,
        _ => n != Value,
    };
}

/// <param name="Aliases">alias → rule reference → field of that rule's events.</param>
/// <param name="Generate">True: the listed rules alert by themselves too.</param>
sealed record CorrelationDocument(
    Header Header, CorrelationKind Kind, IReadOnlyList<string> Rules, IReadOnlyList<string> GroupBy, long TimespanMs,
    IReadOnlyList<Bound> Bounds, IReadOnlyList<string> ValueFields,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Aliases, bool Generate) : SigmaDocument(Header)
{
    /// <summary>Conditions that stay true as events are added fire at once; the others when the window is over.</summary>
    public bool Monotone => Bounds.All(b => b.Op is CompareOp.Gt or CompareOp.Gte);

    public override string ToString() =>
        $"{Kind}({string.Join(", ", Rules)}) by ({string.Join(", ", GroupBy)}) within {TimespanMs} ms" +
        $"{(ValueFields.Count > 0 ? $" of ({string.Join(", ", ValueFields)})" : "")} {string.Join(" and ", Bounds.Select(b => $"{b.Op} {b.Value}"))}";
}
