using System.Text;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Model;

namespace Andon.Detect.Sigma.Matching;

/// <summary>Why, or why not: each identifier, and in it the items that were met or failed.</summary>
sealed record Explanation(string RuleId, bool Routed, bool Matched, IReadOnlyList<SearchOutcome> Searches, IReadOnlyList<string> Conditions, IReadOnlyList<string> FilteredBy);

sealed record SearchOutcome(string Name, bool Met, IReadOnlyList<ItemOutcome> Items);

/// <param name="Values">What the event holds; empty where the field is absent.</param>
sealed record ItemOutcome(string Item, string Asked, bool Met, IReadOnlyList<string> Values);

static class Explainer
{
    const int ValuesMax = 16, CharsMax = 512;

    public static Explanation Explain(RuleMatcher matcher, string ruleId, EventBatch batch, int index)
    {
        var plan = matcher.Route(batch, index);
        var values = matcher.Values;
        var routed = plan.Rules.FirstOrDefault(r => r.RuleId == ruleId);
        var rule = routed ?? matcher.Set.CompiledOf(ruleId);
        values.Room(matcher.Set.PredicateCount);
        var searches = rule.Searches.Select(s => new SearchOutcome(s.Name, s.Root.Eval(values), Items(s.Part, values))).ToList();
        var filtered = rule.Filters.Where(f => !f.Root.Eval(values)).Select(f => f.Document.Header.Title).ToList();
        return new(ruleId, routed is not null, routed is not null && rule.Root.Eval(values) && filtered.Count == 0, searches,
            [.. rule.Document.Detection.Conditions.Select(c => c.ToString() ?? "")], filtered);
    }

    // A met search shows what met it; a failed "all" only its first failed item, a failed "any" that of each branch.
    static List<ItemOutcome> Items(CompiledPart part, EventValues values)
    {
        if (part.Search is Item item) return [Outcome(item, part.Node, values)];
        var met = part.Node.Eval(values);
        if (part.Search is AllOf) return met ? [.. part.Parts.SelectMany(p => Items(p, values))] : Items(part.Parts.First(p => !p.Node.Eval(values)), values);
        return met ? Items(part.Parts.First(p => p.Node.Eval(values)), values) : [.. part.Parts.SelectMany(p => Items(p, values))];
    }

    static ItemOutcome Outcome(Item item, Node node, EventValues values)
    {
        var found = new List<string>();
        if (node is FieldPredicate field)
            for (var cell = values.First(field.Slot); cell >= 0 && found.Count < ValuesMax; cell = values.Next(cell))
                found.Add(values.Kind(cell) == ValueKind.Null ? "null" : Short(values.Value(cell)));
        return new(item.Key, item.ToString(), node.Eval(values), found);
    }

    static string Short(ReadOnlySpan<byte> value)
    {
        var text = Encoding.UTF8.GetString(value.Length > CharsMax * 4 ? value[..(CharsMax * 4)] : value);
        return text.Length <= CharsMax ? text : text[..(CharsMax - 1)] + "…";
    }
}
