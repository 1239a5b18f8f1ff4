using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
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
    public string Taxonomy { get; init; } = "";
    /// <summary>Pipelines that changed the document, each with a digest of its text; empty when it means what its author wrote.</summary>
    public string Rewriting { get; init; } = "";
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    // By the text itself, so that a copy with another text has another digest.
    static readonly ConditionalWeakTable<string, string> Digests = [];

    /// <summary>SHA-256 of the YAML text; worked out once a text.</summary>
    public string Digest => Digests.GetValue(Yaml, static yaml => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(yaml))));

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

/// <summary>A median is the percentile 50.</summary>
enum CorrelationKind { EventCount, ValueCount, Temporal, TemporalOrdered, ValueSum, ValueAvg, ValuePercentile }

/// <summary>Sliding: newest and oldest at most a timespan apart. Tumbling: pieces of the clock. Session: until a gap longer than the timespan.</summary>
enum WindowKind { Sliding, Tumbling, Session }

/// <summary>When a condition that stays true fires anew: after a timespan, at every event, or when it came true again from nothing.</summary>
enum Refire { Timespan, Every, Reset }

enum CompareOp { Lt, Lte, Gt, Gte, Eq, Neq }

readonly record struct Bound(CompareOp Op, double Value)
{
    public bool Holds(double n) => Op switch
    {
        CompareOp.Lt => n < Value,
        CompareOp.Lte => n <= Value,
        CompareOp.Gt => n > Value,
        CompareOp.Gte => n >= Value,
        CompareOp.Eq => n == Value,
        _ => n != Value,
    };

    public override string ToString() => $"{Op.ToString().ToLowerInvariant()} {Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}";
}

/// <param name="Aliases">alias → rule reference → field of that rule's events.</param>
/// <param name="Generate">True: the listed rules alert by themselves too.</param>
sealed record CorrelationDocument(
    Header Header, CorrelationKind Kind, IReadOnlyList<string> Rules, IReadOnlyList<string> GroupBy, long TimespanMs,
    IReadOnlyList<Bound> Bounds, IReadOnlyList<string> ValueFields,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Aliases, bool Generate) : SigmaDocument(Header)
{
    /// <summary>An expression over rule names, of temporal types; null = every listed rule.</summary>
    public Condition? Expression { get; init; }
    public double Percentile { get; init; }
    public WindowKind Window { get; init; }
    public Refire Refire { get; init; }

    public bool IsNumeric => Kind is CorrelationKind.ValueSum or CorrelationKind.ValueAvg or CorrelationKind.ValuePercentile;

    /// <summary>Conditions of lower bounds alone are tested at each event and fire at once; the others when the window is over.</summary>
    public bool AtOnce => Bounds.All(b => b.Op is CompareOp.Gt or CompareOp.Gte) && !(Expression is not null && RuleExpression.HasNot(Expression));

    public override string ToString() =>
        $"{Kind}({string.Join(", ", Rules)}) by ({string.Join(", ", GroupBy)}) within {TimespanMs} ms{(Window == WindowKind.Sliding ? "" : $" {Window}")}" +
        $"{(ValueFields.Count > 0 ? $" of ({string.Join(", ", ValueFields)})" : "")}{(Kind == CorrelationKind.ValuePercentile ? $" at {Percentile.ToString("R", System.Globalization.CultureInfo.InvariantCulture)} %" : "")} {Threshold}";

    /// <summary>What must be reached, as text.</summary>
    public string Threshold => Expression is not null ? Expression.ToString() ?? "" : Bounds.Count > 0 ? string.Join(" and ", Bounds) : Kind == CorrelationKind.TemporalOrdered ? "all in order" : "all";
}
