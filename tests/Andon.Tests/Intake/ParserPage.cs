using System.Text.RegularExpressions;
using Andon.Intake.Normalise;

namespace Andon.Tests.Intake;

/// <summary>The page on the parser language holds whole parsers with their cases, and the tables they ask: all of them are loaded and run as a user's own.</summary>
public sealed partial class ParserPage : IDisposable
{
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [GeneratedRegex("```(?<kind>yaml|csv)\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Blocks();

    [Xunit.Fact]
    public void Every_example_of_the_page_is_a_parser_that_keeps_its_cases()
    {
        var page = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "reference", "parsers.md"));
        var names = new List<string>();
        foreach (Match block in Blocks().Matches(page))
        {
            var text = block.Groups["text"].Value;
            if (block.Groups["kind"].Value == "csv") File.WriteAllText(folder.File(text.Split('\n')[0]["# file: ".Length..]), text);
            else
                foreach (var parser in text.Split("---\n"))
                {
                    names.Add(parser.Split('\n')[0]["name: ".Length..]);
                    File.WriteAllText(folder.File(names[^1] + ".yml"), parser);
                }
        }
        var normaliser = new Normaliser(Lab.Content, folder.Path);
        Assert.Empty(normaliser.Findings);
        Assert.All(names, name =>
        {
            Assert.True(normaliser.Parsers.Single(p => p.Name == name).Own, name);
            var cases = normaliser.CasesOf(name)!;
            Assert.NotEmpty(cases);
            Assert.All(cases, c => Assert.True(c.Green, $"{name} {c.Place}: {string.Join("; ", c.Wrong.Select(w => $"{w.Field} is {string.Join(',', w.Given)}, not {string.Join(',', w.Expected)}"))}"));
        });
        // Every step that the language has is shown.
        foreach (var step in new[] { "lines:", "grok:", "kv", "csv:", "json", "xml", "cef", "leef", "enrich:" }) Assert.Contains(step, page, StringComparison.Ordinal);
    }
}
