using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Matching;

namespace Andon.Detect.Sigma.Compilation;

/// <summary>
/// Rule to matcher tree. Rewrites, in order: fields become slots; equal items become one numbered predicate;
/// quantities become and / or; parts are put cheapest first (the answer stays the same, only the order of asking changes).
/// </summary>
sealed class RuleCompiler(FieldTable fields)
{
    readonly Dictionary<(int Slot, string Text), Predicate> predicates = [];

    public int PredicateCount => predicates.Count;

    public CompiledRule Compile(int index, RuleDocument rule, IReadOnlyList<FilterDocument> filters, IReadOnlyList<string> grouped, Renames renames)
    {
        var (root, searches) = Detection(rule.Detection, renames);
        var shown = new List<FieldSlot>();
        foreach (var field in rule.Header.Fields) Show(field.Replace(" ", "", StringComparison.Ordinal));
        foreach (var search in rule.Detection.Searches) Fields(search.Search, Show);
        return new(index, rule, root, [.. filters.Select(f => new CompiledFilter(f, Detection(f.Detection, renames).Root))], searches, shown,
            [.. grouped.Select(g => fields.Slot(g, renames))]);

        void Show(string field)
        {
            var slot = fields.Slot(field, renames);
            if (!shown.Contains(slot) && shown.Count < Limits.HitFieldsMax) shown.Add(slot);
        }
    }

    /// <summary>Names of every field that a rule, its filters or its correlations read.</summary>
    public static void FieldsOf(RuleDocument rule, IReadOnlyList<FilterDocument> filters, IReadOnlyList<string> grouped, Action<string> each)
    {
        foreach (var field in rule.Header.Fields) each(field.Replace(" ", "", StringComparison.Ordinal));
        foreach (var field in grouped) each(field);
        foreach (var search in rule.Detection.Searches) Fields(search.Search, each, others: true);
        foreach (var filter in filters)
            foreach (var search in filter.Detection.Searches) Fields(search.Search, each, others: true);
    }

    static void Fields(Search search, Action<string> each, bool others = false)
    {
        switch (search)
        {
            case AllOf all: foreach (var part in all.Parts) Fields(part, each, others); break;
            case AnyOf any: foreach (var part in any.Parts) Fields(part, each, others); break;
            case Item item:
                if (item.Field is not null) each(item.Field);
                if (!others) break;
                foreach (var value in item.Values)
                    foreach (var test in value)
                        if (test is FieldRefTest other) each(other.Field);
                break;
        }
    }

    (Node Root, List<CompiledSearch> Searches) Detection(Detection detection, Renames renames)
    {
        var searches = new List<CompiledSearch>();
        foreach (var search in detection.Searches)
        {
            var part = Part(search.Search, renames);
            searches.Add(new(search.Name, part.Node, part));
        }
        return (Or([.. detection.Conditions.Select(c => Condition(c, searches))]), searches);
    }

    static Node Condition(Condition condition, List<CompiledSearch> searches) => condition switch
    {
        OrCondition or => Or([.. or.Parts.Select(p => Condition(p, searches))]),
        AndCondition and => And([.. and.Parts.Select(p => Condition(p, searches))]),
        NotCondition not => new NotNode(Condition(not.Inner, searches)),
        NameCondition name => searches.Find(s => s.Name == name.Name)?.Root ?? throw new InvalidOperationException($"No identifier {name.Name}."),
        OfCondition { All: true } of => And(Taken(of, searches)),
        OfCondition of => Or(Taken(of, searches)),
        _ => throw new InvalidOperationException(condition.GetType().Name),
    };

    static Node[] Taken(OfCondition of, List<CompiledSearch> searches) => [.. searches.Where(s => of.Takes(s.Name)).Select(s => s.Root)];

    CompiledPart Part(Search search, Renames renames)
    {
        switch (search)
        {
            case AllOf all:
                var parts = all.Parts.Select(p => Part(p, renames)).ToList();
                return new(all, And([.. parts.Select(p => p.Node)]), parts);
            case AnyOf any:
                var choices = any.Parts.Select(p => Part(p, renames)).ToList();
                return new(any, Or([.. choices.Select(p => p.Node)]), choices);
            default:
                return new(search, Item((Item)search, renames), []);
        }
    }

    Predicate Item(Item item, Renames renames)
    {
        var slot = item.Field is null ? null : fields.Slot(item.Field, renames);
        // fieldref reads a second field, which a route may rename as well.
        var key = (slot?.Number ?? -1, item.ToString() + (item.Values.Any(v => v.Any(t => t is FieldRefTest)) ? renames.Key : ""));
        if (predicates.TryGetValue(key, out var known)) return known;
        Predicate made = slot is null
            ? new KeywordPredicate(predicates.Count, item)
            : new FieldPredicate(predicates.Count, item, slot, other => fields.Slot(other, renames));
        predicates[key] = made;
        return made;
    }

    static Node And(Node[] parts) => parts.Length == 1 ? parts[0] : new AndNode(parts);
    static Node Or(Node[] parts) => parts.Length == 1 ? parts[0] : new OrNode(parts);
}
