using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Parsing;

namespace Andon.Detect.Sigma.Pipelines;

/// <summary>A document on its way through pipelines: as it is now, what was applied to it, and the state that steps set.</summary>
sealed class Rewriting(SigmaDocument document, FindingSink sink)
{
    readonly Dictionary<Item, HashSet<string>> onItems = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<string, HashSet<string>> onFields = [];
    SigmaDocument current = document;

    public SigmaDocument Document { get => current; set { Changed |= !ReferenceEquals(current, value); current = value; } }
    public bool Changed { get; private set; }
    public bool Refused { get; private set; }
    public HashSet<string> Applied { get; } = [];
    public Dictionary<string, string> State { get; } = [];
    public Pipeline Pipeline { get; set; } = null!;
    public FindingSink Sink => sink;

    /// <summary>Searches and conditions, of a rule or a filter; a correlation has none.</summary>
    public Detection? Detection => Document switch { RuleDocument rule => rule.Detection, FilterDocument filter => filter.Detection, _ => null };
    public LogSource? Source => Document switch { RuleDocument rule => rule.Source, FilterDocument filter => filter.Source, _ => null };

    public void Replace(Detection detection) => Document = Document switch
    {
        RuleDocument rule => rule with { Detection = detection },
        FilterDocument filter => filter with { Detection = detection },
        var other => other,
    };

    public void Refuse(string code, string message, string hint)
    {
        Refused = true;
        sink.Error(code, Document.Header.At, message, hint);
    }

    public bool WasApplied(Item item, string id) => onItems.TryGetValue(item, out var ids) && ids.Contains(id);
    public bool WasApplied(string field, string id) => onFields.TryGetValue(field, out var ids) && ids.Contains(id);

    public IEnumerable<Item> Items => Detection?.Searches.SelectMany(s => In(s.Search)) ?? [];

    static IEnumerable<Item> In(Search search) => search switch
    {
        AllOf all => all.Parts.SelectMany(In),
        AnyOf any => any.Parts.SelectMany(In),
        _ => [(Item)search],
    };

    /// <summary>Changes each item that the step takes. Null drops it, and with it what then is empty.</summary>
    public void Each(Step step, Func<Item, Search?> change)
    {
        if (Detection is not { } detection) return;
        var searches = new List<NamedSearch>();
        var changed = false;
        foreach (var named in detection.Searches)
        {
            var after = Map(named.Search);
            changed |= !ReferenceEquals(after, named.Search);
            if (after is not null) searches.Add(ReferenceEquals(after, named.Search) ? named : named with { Search = after });
        }
        if (!changed) return;
        var conditions = detection.Conditions.Select(c => Without(c, name => searches.Exists(s => s.Name == name), searches)).OfType<Condition>().ToList();
        if (conditions.Count == 0) Refuse("SIG148", $"The pipeline '{Pipeline.Name}' leaves nothing of the rule '{Document.Header.Title}'.", "Drop fewer items, or give the step conditions.");
        else Replace(new(searches, conditions));

        Search? Map(Search search)
        {
            switch (search)
            {
                case AllOf all: return Join(all, all.Parts, parts => new AllOf(parts));
                case AnyOf any: return Join(any, any.Parts, parts => new AnyOf(parts));
                case Item item when step.Takes(this, item):
                    var after = change(item);
                    foreach (var made in after is null ? [] : In(after))
                    {
                        if (step.Id is null && !onItems.ContainsKey(item)) continue;
                        var ids = onItems[made] = [.. onItems.GetValueOrDefault(item, [])];
                        if (step.Id is not null) ids.Add(step.Id);
                    }
                    return after;
                default: return search;
            }
        }

        Search? Join(Search whole, IReadOnlyList<Search> parts, Func<List<Search>, Search> make)
        {
            var after = parts.Select(Map).ToList();
            if (after.Zip(parts, ReferenceEquals).All(same => same)) return whole;
            List<Search> left = [.. after.OfType<Search>()];
            return left.Count == 0 ? null : make(left);
        }
    }

    public void FieldApplied(string field, string? from, string? id)
    {
        var ids = onFields[field] = [.. onFields.GetValueOrDefault(field, []), .. from is null ? [] : onFields.GetValueOrDefault(from, [])];
        if (id is not null) ids.Add(id);
    }

    // What asks for something that is gone asks no longer: "a and b" becomes "a", "not b" nothing.
    static Condition? Without(Condition condition, Func<string, bool> there, List<NamedSearch> searches)
    {
        switch (condition)
        {
            case AndCondition and: return Some(and.Parts, parts => new AndCondition(parts));
            case OrCondition or: return Some(or.Parts, parts => new OrCondition(parts));
            case NotCondition not: return Without(not.Inner, there, searches) is { } inner ? new NotCondition(inner) : null;
            case NameCondition name: return there(name.Name) ? name : null;
            case OfCondition of: return searches.Exists(s => of.Takes(s.Name)) ? of : null;
            default: return condition;
        }

        Condition? Some(IReadOnlyList<Condition> parts, Func<List<Condition>, Condition> make)
        {
            var left = parts.Select(p => Without(p, there, searches)).OfType<Condition>().ToList();
            return left.Count switch { 0 => null, 1 => left[0], _ => make(left) };
        }
    }
}
