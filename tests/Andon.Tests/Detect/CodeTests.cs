using System.Text;
using System.Text.RegularExpressions;
using Andon.Detect;

namespace Andon.Tests.Detect;

/// <summary>The catalogue of this room's codes, held to its source.</summary>
public sealed partial class CodeTests
{
    static string Source => Path.Combine(SharedData.RepositoryRoot, "src", "Andon.Detect");
    static string Page => Path.Combine(SharedData.RepositoryRoot, "docs", "reference", "findings.md");

    [GeneratedRegex("\"(?<code>(?:SIG|DET|HUN)[0-9]{3})\"")]
    private static partial Regex Quoted { get; }

    [Fact]
    public void Every_code_in_the_source_is_in_the_catalogue_and_the_reverse()
    {
        var used = Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && Path.GetFileName(f) != "Codes.cs")
            .SelectMany(f => Quoted.Matches(File.ReadAllText(f)).Select(m => m.Groups["code"].Value)).Distinct().Order(StringComparer.Ordinal).ToList();
        var known = Codes.All.Select(c => c.Name).ToList();
        Assert.Equal(known.Order(StringComparer.Ordinal), known);
        Assert.True(used.Except(known).FirstOrDefault() is null, $"Write what these codes mean into src/Andon.Detect/Codes.cs: {string.Join(", ", used.Except(known))}");
        Assert.True(known.Except(used).FirstOrDefault() is null, $"No place gives these codes any more; take them out of src/Andon.Detect/Codes.cs: {string.Join(", ", known.Except(used))}");
        Assert.All(Codes.All, c => Assert.True(c.Meaning.EndsWith('.') && c.Hint.EndsWith('.') && c.Level.Split(", ").All(l => l is "error" or "warning" or "note"), c.ToString()));
    }

    [Fact]
    public void The_reference_page_is_printed_from_the_catalogue()
    {
        var page = new StringBuilder("# Findings of rules, detection and hunting\nPrinted from src/Andon.Detect/Codes.cs (`andon rules check --codes`). A finding has besides its code a message for the case at hand, a hint and a place. Errors refuse what they are about; warnings and notes never do.\n\n| code | level | what it means | what to do |\n|---|---|---|---|\n");
        foreach (var code in Codes.All) page.Append($"| {code.Name} | {code.Level} | {code.Meaning.Replace("|", "\\|", StringComparison.Ordinal)} | {code.Hint.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        if (Environment.GetEnvironmentVariable("UPDATE") == "1") File.WriteAllText(Page, page.ToString());
        Assert.Equal(page.ToString(), File.ReadAllText(Page));
    }
}
