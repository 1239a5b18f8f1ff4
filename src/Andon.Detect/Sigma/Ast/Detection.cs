using System.Globalization;
using Andon.Detect.Sigma.Parsing;

namespace Andon.Detect.Sigma.Ast;

/// <summary>The detection part: named searches and conditions over them. Several conditions are alternatives.</summary>
sealed record Detection(IReadOnlyList<NamedSearch> Searches, IReadOnlyList<Condition> Conditions);

sealed record NamedSearch(string Name, Search Search, Mark At);

/// <summary>What a search identifier holds. Prints canonical text.</summary>
abstract record Search;

sealed record AllOf(IReadOnlyList<Search> Parts) : Search
{
    public override string ToString() => Parts.Count == 1 ? Parts[0].ToString() : $"all({string.Join(", ", Parts)})";
}

sealed record AnyOf(IReadOnlyList<Search> Parts) : Search
{
    public override string ToString() => Parts.Count == 1 ? Parts[0].ToString() : $"any({string.Join(", ", Parts)})";
}

/// <summary>One field with its values, or keywords over the whole event (<see cref="Field"/> null).</summary>
/// <param name="Values">Each value with its alternatives (base64offset gives three); a value is met when one of them is.</param>
/// <param name="All">True: every value must be met, each perhaps by another member of an array.</param>
/// <param name="Negated"><c>neq</c>: true when the item is not met, also on an absent field.</param>
/// <param name="Key">The key as its author wrote it.</param>
sealed record Item(string? Field, IReadOnlyList<IReadOnlyList<ValueTest>> Values, bool All, bool Negated, string Key, Mark At) : Search
{
    public override string ToString()
    {
        var values = string.Join(All ? " & " : " | ", Values.Select(v => v.Count == 1 ? v[0].ToString() : $"({string.Join(" | ", v)})"));
        var text = $"{Field ?? "keywords"} ~ {values}";
        return Negated ? $"not({text})" : text;
    }
}

/// <summary>What one value of an item asks of one value of the event.</summary>
abstract record ValueTest
{
    protected static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

sealed record PatternTest(Pattern Pattern, bool Cased) : ValueTest
{
    public override string ToString() => (Cased ? "cased " : "") + Quote(Pattern.ToString());
}

/// <summary>A number of the rule: equal to its source text or to its canonical text.</summary>
sealed record NumberTest(string Source, string Canonical) : ValueTest
{
    public override string ToString() => Source == Canonical ? Source : $"{Canonical} ({Source})";
}

sealed record RegexTest(string Regex, bool IgnoreCase, bool MultiLine, bool DotAll) : ValueTest
{
    public override string ToString() => $"/{Regex}/{(IgnoreCase ? "i" : "")}{(MultiLine ? "m" : "")}{(DotAll ? "s" : "")}";
}

sealed record CidrTest(Network Network) : ValueTest
{
    public override string ToString() => $"cidr {Network}";
}

sealed record NullTest : ValueTest
{
    public override string ToString() => "null";
}

sealed record ExistsTest(bool Wanted) : ValueTest
{
    public override string ToString() => Wanted ? "exists" : "absent";
}

sealed record CompareTest(CompareOp Op, Number Number) : ValueTest
{
    public override string ToString() => $"{Op.ToString().ToLowerInvariant()} {Number}";
}

/// <summary>A value with placeholders: any member of its lists, with the text around it, as the item's modifiers say. Members may change while rules run.</summary>
/// <param name="Chain">The item's modifiers that make tests of texts.</param>
/// <param name="Make">A filled-in text, and what it means as Sigma text, to tests; null where the item cannot take it.</param>
sealed record ListTest(string Text, string Chain, IReadOnlyList<PlaceholderPart> Parts, Mark At, Func<string, Pattern, IReadOnlyList<ValueTest>?> Make) : ValueTest
{
    public bool IsRegex => Chain.StartsWith("re", StringComparison.Ordinal);

    public IEnumerable<PlaceholderPart> Placeholders => Parts.Where(p => p.IsPlaceholder);

    public override string ToString() => $"{Chain} {Quote(string.Concat(Parts))}";
}

/// <summary>A piece of a value under <c>expand</c>.</summary>
/// <param name="Text">Literal text, or the name of a list.</param>
/// <param name="List">Null: text, or a list that is not there.</param>
sealed record PlaceholderPart(string Text, bool IsPlaceholder, LiveList? List)
{
    public override string ToString() => IsPlaceholder ? $"%{Text}%" : Text.Replace("%", "\\%", StringComparison.Ordinal);
}

enum FieldCompare { Equals, StartsWith, EndsWith, Contains }

sealed record FieldRefTest(string Field, FieldCompare Compare, bool Cased) : ValueTest
{
    public override string ToString() => $"{(Cased ? "cased " : "")}{Compare.ToString().ToLowerInvariant()} field {Field}";
}

enum TimePart { Minute, Hour, Day, Week, Month, Year }

sealed record TimePartTest(TimePart Part, CompareOp Op, long Value) : ValueTest
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Part.ToString().ToLowerInvariant()} {Op.ToString().ToLowerInvariant()} {Value}");
}
