using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.Sigma.Pipelines;

/// <summary>Rewrites a rule when the step's conditions hold.</summary>
delegate void Change(Rewriting rule, Step step);

/// <summary>Conditions of one kind, joined as the step says. None = always.</summary>
/// <param name="Expression">Over the conditions' names; null = all of them, or with <paramref name="Any"/> one.</param>
sealed record Gate<T>(IReadOnlyDictionary<string, Func<Rewriting, T, bool>> Conditions, bool Any, bool Not, Condition? Expression)
{
    public bool Holds(Rewriting rule, T of)
    {
        if (Conditions.Count == 0) return true;
        var holds = Expression is not null ? RuleExpression.Holds(Expression, name => Conditions[name](rule, of))
            : Any ? Conditions.Values.Any(c => c(rule, of)) : Conditions.Values.All(c => c(rule, of));
        return holds != Not;
    }
}

/// <summary>One transformation with its conditions: on the rule, on each item, and on the item's field.</summary>
sealed record Step(string? Id, string Type, Change Change, Gate<SigmaDocument> OnRule, Gate<Item> OnItem, Gate<string?> OnField)
{
    public bool Takes(Rewriting rule, Item item) =>
        OnItem.Holds(rule, item) && (OnField.Holds(rule, item.Field) || item.Values.Any(v => v.Any(t => t is FieldRefTest other && OnField.Holds(rule, other.Field))));

    public void Run(Rewriting rule)
    {
        if (rule.Refused || !OnRule.Holds(rule, rule.Document)) return;
        Change(rule, this);
        if (Id is not null) rule.Applied.Add(Id);
    }
}

/// <param name="Taxonomies">Rules of these taxonomies are for this pipeline, and it for them alone; none = it is for rules of Sigma's taxonomy.</param>
/// <param name="Lists">The pipeline's <c>vars</c>, for <c>value_placeholders</c>.</param>
sealed record Pipeline(string Name, string File, long Priority, IReadOnlyList<string> Taxonomies, IReadOnlyDictionary<string, LiveList> Lists, IReadOnlyList<Step> Steps, string Digest)
{
    public bool IsFor(string taxonomy) => Taxonomies.Count == 0 ? taxonomy is "" or "sigma" : Taxonomies.Contains(taxonomy);
}

/// <summary>The pipelines in use, lowest priority first, and what was wrong with those that are not.</summary>
sealed class PipelineSet(IEnumerable<Pipeline> pipelines, IReadOnlyList<Finding> findings)
{
    public static readonly PipelineSet None = new([], []);

    public IReadOnlyList<Pipeline> Pipelines { get; } = [.. pipelines.OrderBy(p => p.Priority).ThenBy(p => p.File, StringComparer.Ordinal)];
    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>Is there a pipeline that makes rules of that taxonomy rules of Sigma's?</summary>
    public bool Maps(string taxonomy) => Pipelines.Any(p => p.Taxonomies.Contains(taxonomy));

    /// <summary>The document after all pipelines; null when one refuses it, and then the sink says why.</summary>
    public SigmaDocument? Rewrite(SigmaDocument document, FindingSink sink)
    {
        var mine = Pipelines.Where(p => p.IsFor(document.Header.Taxonomy)).ToList();
        if (mine.Count == 0) return document;
        var rule = new Rewriting(document, sink);
        foreach (var pipeline in mine)
        {
            rule.Pipeline = pipeline;
            foreach (var step in pipeline.Steps) step.Run(rule);
        }
        if (rule.Refused) return null;
        if (!rule.Changed) return rule.Document;
        return rule.Document with { Header = rule.Document.Header with { Rewriting = string.Join(", ", mine.Select(p => $"{p.Name} {p.Digest}")) } };
    }
}

/// <summary>What stands beside rules when they are read: lists for placeholders, and pipelines that rewrite.</summary>
sealed record Reading(PlaceholderLists Lists, PipelineSet Pipelines)
{
    public static implicit operator Reading(PlaceholderLists lists) => new(lists, PipelineSet.None);
}
