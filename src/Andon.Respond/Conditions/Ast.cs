using System.Globalization;
using System.Text;

namespace Andon.Respond.Conditions;

/// <summary>A condition of an if step: comparisons of a variable with literals, joined. Prints canonical text; print-then-parse is a fixed point.</summary>
abstract record Condition
{
    public abstract void Print(StringBuilder to);

    public sealed override string ToString()
    {
        var text = new StringBuilder();
        Print(text);
        return text.ToString();
    }

    /// <summary>Names of the variables it reads.</summary>
    public IEnumerable<string> Names() => this switch
    {
        AnyOf any => any.Parts.SelectMany(p => p.Names()),
        AllOf all => all.Parts.SelectMany(p => p.Names()),
        Not not => not.Inner.Names(),
        Exists exists => [exists.Name],
        Comparison one => [one.Name],
        _ => [],
    };
}

sealed record AnyOf(IReadOnlyList<Condition> Parts) : Condition
{
    public override void Print(StringBuilder to) => Join(to, Parts, " OR ", wrap: p => p is AnyOf);

    internal static void Join(StringBuilder to, IReadOnlyList<Condition> parts, string word, Func<Condition, bool> wrap)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            if (i > 0) to.Append(word);
            if (wrap(parts[i])) { to.Append('('); parts[i].Print(to); to.Append(')'); }
            else parts[i].Print(to);
        }
    }
}

sealed record AllOf(IReadOnlyList<Condition> Parts) : Condition
{
    public override void Print(StringBuilder to) => AnyOf.Join(to, Parts, " AND ", wrap: p => p is AnyOf or AllOf);
}

/// <summary>True when the inner condition is not; so it is true for a comparison that an unset variable made false.</summary>
sealed record Not(Condition Inner) : Condition
{
    public override void Print(StringBuilder to)
    {
        to.Append("NOT ");
        if (Inner is AnyOf or AllOf) { to.Append('('); Inner.Print(to); to.Append(')'); }
        else Inner.Print(to);
    }
}

sealed record Exists(string Name) : Condition
{
    public override void Print(StringBuilder to) => to.Append("EXISTS ").Append(Name).Append(":value");
}

enum Comparer { Equal, NotEqual, Greater, Less, GreaterOrEqual, LessOrEqual, In, Like, Matches, IsSubset, IsSuperset }

/// <param name="Negated">The NOT inside a comparison (<c>a NOT IN (…)</c>): an unset variable is false either way.</param>
sealed record Comparison(string Name, bool Negated, Comparer By, IReadOnlyList<Literal> With) : Condition
{
    public override void Print(StringBuilder to)
    {
        to.Append(Name).Append(":value ");
        if (Negated) to.Append("NOT ");
        to.Append(Words[By]).Append(' ');
        if (By == Comparer.In) to.Append('(').AppendJoin(", ", With).Append(')');
        else to.Append(With[0]);
    }

    public static readonly IReadOnlyDictionary<Comparer, string> Words = new Dictionary<Comparer, string>
    {
        [Comparer.Equal] = "=", [Comparer.NotEqual] = "!=", [Comparer.Greater] = ">", [Comparer.Less] = "<",
        [Comparer.GreaterOrEqual] = ">=", [Comparer.LessOrEqual] = "<=", [Comparer.In] = "IN", [Comparer.Like] = "LIKE",
        [Comparer.Matches] = "MATCHES", [Comparer.IsSubset] = "ISSUBSET", [Comparer.IsSuperset] = "ISSUPERSET",
    };
}

enum LiteralKind { Text, Integer, Float, Bool, Hex, Base64, Time }

/// <param name="Value">The value as text: decoded for text, as written for the rest.</param>
readonly record struct Literal(LiteralKind Kind, string Value)
{
    public override string ToString() => Kind switch
    {
        LiteralKind.Text => Quote(Value),
        LiteralKind.Hex => "h" + Quote(Value),
        LiteralKind.Base64 => "b" + Quote(Value),
        LiteralKind.Time => "t" + Quote(Value),
        _ => Value,
    };

    public decimal? Number =>
        decimal.TryParse(Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    static string Quote(string value) => $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
