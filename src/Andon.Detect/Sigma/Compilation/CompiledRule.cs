using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Matching;

namespace Andon.Detect.Sigma.Compilation;

/// <summary>A rule as the matcher runs it, for the routes that rename fields in one way.</summary>
/// <param name="Index">Number of the rule in its set; variants of one rule share it.</param>
/// <param name="Filters">Conditions of filters; all must hold too.</param>
/// <param name="Shown">Slots whose values go into a hit: the rule's <c>fields</c>, then those it matches on.</param>
sealed record CompiledRule(
    int Index, RuleDocument Document, Node Root, IReadOnlyList<CompiledFilter> Filters,
    IReadOnlyList<CompiledSearch> Searches, IReadOnlyList<FieldSlot> Shown, IReadOnlyList<FieldSlot> Grouped)
{
    public string RuleId => Document.Header.RuleId;

    /// <summary>Has it keywords, also in its filters? Then it can only be asked of a whole event.</summary>
    public bool ReadsEverything { get; } = Document.Detection.Searches.Concat(Filters.SelectMany(f => f.Document.Detection.Searches)).Any(s => HasKeywords(s.Search));

    static bool HasKeywords(Search search) => search switch
    {
        AllOf all => all.Parts.Any(HasKeywords),
        AnyOf any => any.Parts.Any(HasKeywords),
        Item item => item.Field is null,
        _ => false,
    };
}

sealed record CompiledFilter(FilterDocument Document, Node Root);

/// <summary>One identifier, kept for explanations.</summary>
sealed record CompiledSearch(string Name, Node Root, CompiledPart Part);

/// <summary>The same shape as <see cref="Search"/>, with what the matcher made of it.</summary>
sealed record CompiledPart(Search Search, Node Node, IReadOnlyList<CompiledPart> Parts);
