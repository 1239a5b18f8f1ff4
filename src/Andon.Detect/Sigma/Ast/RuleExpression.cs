namespace Andon.Detect.Sigma.Ast;

/// <summary>A condition whose names are rules: the extended condition of temporal correlations.</summary>
static class RuleExpression
{
    public static bool HasNot(Condition condition) => condition switch
    {
        NotCondition => true,
        AndCondition and => and.Parts.Any(HasNot),
        OrCondition or => or.Parts.Any(HasNot),
        _ => false,
    };

    /// <summary>The names in it, each once, in the order of their first place.</summary>
    public static IEnumerable<string> Names(Condition condition) => condition switch
    {
        NotCondition not => Names(not.Inner),
        AndCondition and => and.Parts.SelectMany(Names).Distinct(),
        OrCondition or => or.Parts.SelectMany(Names).Distinct(),
        NameCondition name => [name.Name],
        _ => [],
    };

    public static bool Holds(Condition condition, Func<string, bool> present) => condition switch
    {
        AndCondition and => and.Parts.All(p => Holds(p, present)),
        OrCondition or => or.Parts.Any(p => Holds(p, present)),
        NotCondition not => !Holds(not.Inner, present),
        NameCondition name => present(name.Name),
        _ => false,
    };

    /// <summary>
    /// The ways in which it can come true: names that must be there, in the order in which they are written, and names that must not.
    /// Null when there are more than <paramref name="most"/>.
    /// </summary>
    public static List<(List<string> With, List<string> Without)>? Ways(Condition condition, int most, bool negated = false)
    {
        switch (condition)
        {
            case NotCondition not: return Ways(not.Inner, most, !negated);
            case NameCondition name: return negated ? [([], [name.Name])] : [([name.Name], [])];
            case AndCondition and: return negated ? Any(and.Parts) : All(and.Parts);
            case OrCondition or: return negated ? All(or.Parts) : Any(or.Parts);
            default: return [];
        }

        List<(List<string>, List<string>)>? Any(IReadOnlyList<Condition> parts)
        {
            var ways = new List<(List<string>, List<string>)>();
            foreach (var part in parts)
            {
                if (Ways(part, most, negated) is not { } more || ways.Count + more.Count > most) return null;
                ways.AddRange(more);
            }
            return ways;
        }

        List<(List<string>, List<string>)>? All(IReadOnlyList<Condition> parts)
        {
            List<(List<string> With, List<string> Without)> ways = [([], [])];
            foreach (var part in parts)
            {
                if (Ways(part, most, negated) is not { } more || ways.Count * more.Count > most) return null;
                ways = [.. ways.SelectMany(_ => more, (w, m) => (w.With.Union(m.With).ToList(), w.Without.Union(m.Without).ToList()))];
            }
            return ways;
        }
    }
}
