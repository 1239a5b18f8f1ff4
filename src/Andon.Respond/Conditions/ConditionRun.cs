using System.Globalization;
using System.Text.RegularExpressions;
using Andon.Respond.Variables;

namespace Andon.Respond.Conditions;

/// <summary>Evaluates a condition over typed variables. An unset variable makes its comparison false, never an exception.</summary>
static class ConditionRun
{
    public static bool IsTrue(Condition condition, Func<string, Variable?> variables) => condition switch
    {
        AnyOf any => any.Parts.Any(p => IsTrue(p, variables)),
        AllOf all => all.Parts.All(p => IsTrue(p, variables)),
        Not not => !IsTrue(not.Inner, variables),
        Exists exists => variables(exists.Name)?.Value is not null,
        Comparison one => variables(one.Name) is { Value: { } value } variable && Holds(one, variable.Type, value) is { } holds && holds != one.Negated,
        _ => throw new InvalidOperationException($"No evaluation for {condition.GetType().Name}."),
    };

    // Null: the two cannot be compared (a word with a number), so neither the comparison nor its NOT holds.
    static bool? Holds(Comparison one, string type, string value)
    {
        switch (one.By)
        {
            case Comparer.In:
                return one.With.Any(w => Order(type, value, w) == 0);
            case Comparer.Like:
                return value.Length <= Limits.MatchSubjectCharsMax && Like(one.With[0].Value).IsMatch(value);
            case Comparer.Matches:
                return value.Length <= Limits.MatchSubjectCharsMax && ConditionParser.Compiled(one.With[0].Value) is { } regex && regex.IsMatch(value);
            case Comparer.IsSubset or Comparer.IsSuperset:
                if (Network.Parse(value) is not { } mine || Network.Parse(one.With[0].Value) is not { } other) return null;
                return one.By == Comparer.IsSubset ? mine.IsIn(other) : other.IsIn(mine);
        }
        if (Order(type, value, one.With[0]) is not { } order) return one.By == Comparer.NotEqual ? true : null;
        return one.By switch
        {
            Comparer.Equal => order == 0,
            Comparer.NotEqual => order != 0,
            Comparer.Greater => order > 0,
            Comparer.Less => order < 0,
            Comparer.GreaterOrEqual => order >= 0,
            _ => order <= 0,
        };
    }

    static int? Order(string type, string value, Literal with)
    {
        switch (type)
        {
            case "integer" or "long" or "float":
                return decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var mine) && with.Number is { } number
                    ? mine.CompareTo(number) : null;
            case "bool":
                return with.Value is "true" or "false" ? string.CompareOrdinal(Bool(value), with.Value) : null;
            case "ipv4-addr" or "ipv6-addr":
                if (Network.Parse(value) is { } a && Network.Parse(with.Value) is { } b) return a.IsIn(b) && b.IsIn(a) ? 0 : string.CompareOrdinal(value, with.Value);
                return null;
            case "mac-addr" or "uuid" or "hexstring" or "hash" or "md5-hash" or "sha256-hash":
                return string.Compare(value, with.Value, StringComparison.OrdinalIgnoreCase);
        }
        if (with.Kind == LiteralKind.Time)
            return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var mineAt)
                ? mineAt.CompareTo(DateTimeOffset.Parse(with.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)) : null;
        return string.CompareOrdinal(value, with.Value);
    }

    static string Bool(string value) => value is "1" ? "true" : value is "0" ? "false" : value.ToLowerInvariant();

    static Regex Like(string pattern)
    {
        var escaped = string.Concat(pattern.Select(c => c switch { '%' => ".*", '_' => ".", _ => Regex.Escape(c.ToString()) }));
        return new Regex($"\\A(?:{escaped})\\z", RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);
    }
}
