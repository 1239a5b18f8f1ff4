using System.IO.Compression;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Parsing;

namespace Andon.Tests.Detect.Oracle;

/// <summary>The quick look at a regular expression says what building its automaton says.</summary>
public class RegexTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("a(?=b)")]
    [InlineData("a(?!b)")]
    [InlineData("(?<=a)b")]
    [InlineData("(?<!a)b")]
    [InlineData("(a)\\1")]
    [InlineData("(?<x>a)\\k<x>")]
    [InlineData("(?>a+)b")]
    [InlineData("(a)?(?(1)b|c)")]
    [InlineData("\\Ga")]
    [InlineData("[a-z-[aeiou]](?=b)")]
    [InlineData("[]](?=a)")]
    [InlineData("(?x)# (\n(?=a)")]
    public void What_needs_backtracking_is_refused(string regex)
    {
        Assert.False(Regexes.SurelyLinear(regex));
        Assert.Throws<NotSupportedException>(() => Regexes.Check(new(regex, false, false, false)));
    }

    [Fact]
    public void Published_expressions_need_no_automaton_to_be_taken()
    {
        using var zip = File.OpenRead(SharedData.Require("sigma/sigma-rules.zip"));
        var all = Andon.Detect.RuleBook.RuleFiles.Zip(zip, "s", PlaceholderLists.None).SelectMany(f => f.Documents).OfType<RuleDocument>()
            .SelectMany(r => r.Detection.Searches).SelectMany(s => Items(s.Search)).SelectMany(i => i.Values).SelectMany(v => v).OfType<RegexTest>().Distinct().ToList();
        output.WriteLine($"{all.Count} expressions, {all.Count(r => Regexes.SurelyLinear(r.Regex))} surely linear");
        Assert.True(all.Count > 150);
        Assert.All(all, r => Assert.True(Regexes.SurelyLinear(r.Regex), r.Regex));
        Assert.All(all, r => Regexes.Compile(r));
    }

    [Fact]
    public void Generated_expressions_are_judged_as_the_automaton_judges_them()
    {
        string[] bits = ["a", "b", ".", "*", "+", "?", "|", "(", ")", "(?:", "(?=", "(?!", "(?<=", "(?<n>", "(?>", "(?i)", "(?s-i:", "(?x)", "(?#", "#", "[", "[^", "]", "-", "\\", "\\1", "\\2", "\\k<n>", "\\d", "\\b", "\\G", "\\c[", "\\[", "\\(", "{2}", "{1,3}", "^", "$", "\\x41", "\\p{L}", "'", " ", "\n", "(?(1)", "(?'q'"];
        var random = new Random(29);
        int taken = 0, unsupported = 0, invalid = 0;
        for (var i = 0; i < 8_000; i++)
        {
            var test = new RegexTest(string.Concat(Enumerable.Range(0, 1 + random.Next(7)).Select(_ => bits[random.Next(bits.Length)])), random.Next(4) == 0, false, false);
            var (expected, got) = (Verdict(() => Regexes.Compile(test)), Verdict(() => Regexes.Check(test)));
            Assert.True(expected == got, $"{test}: the automaton says {expected}, the check {got}");
            if (expected == "taken") taken++;
            else if (expected == nameof(NotSupportedException)) unsupported++;
            else invalid++;
        }
        output.WriteLine($"{taken} taken, {unsupported} not linear, {invalid} invalid");
        Assert.True(taken > 1_000 && unsupported > 50 && invalid > 1_000);

        static string Verdict(Action make)
        {
            try { make(); return "taken"; }
            catch (NotSupportedException) { return nameof(NotSupportedException); }
            catch (ArgumentException) { return nameof(ArgumentException); }
        }
    }

    static IEnumerable<Item> Items(Search search) => search switch
    {
        AllOf all => all.Parts.SelectMany(Items),
        AnyOf any => any.Parts.SelectMany(Items),
        _ => [(Item)search],
    };
}
