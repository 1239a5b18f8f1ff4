using System.Text.RegularExpressions;

namespace Andon.Tests.Walls;

public sealed class Sources
{
    const int LinesMax = 600;

    static IEnumerable<string> Files(string folder, params string[] endings) =>
        Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, folder), "*", SearchOption.AllDirectories)
            .Where(f => endings.Any(e => f.EndsWith(e, StringComparison.Ordinal)))
            .Where(f => !Regex.IsMatch(f, "/(?:obj|bin|node_modules|wwwroot|dist)/", RegexOptions.NonBacktracking));

    [Fact]
    public void A_file_holds_one_concept_and_fits_the_head()
    {
        var long_ = Files("src", ".cs").Concat(Files("tests", ".cs")).Concat(Files("web", ".ts", ".tsx"))
            .Where(f => !f.Contains("/wire/", StringComparison.Ordinal))
            .Select(f => (Name: Path.GetRelativePath(SharedData.RepositoryRoot, f), Lines: File.ReadLines(f).Count()))
            .Where(f => f.Lines > LinesMax)
            .Select(f => $"{f.Name} has {f.Lines} lines")
            .ToList();
        Assert.True(long_.Count == 0, $"Over {LinesMax} lines: {string.Join("; ", long_)}. Split along the concept.");
    }

    [Fact]
    public void Nobody_switches_a_banned_call_on_again()
    {
        // BannedSymbols.txt is the list; the analyzer reads it. A pragma would be a hole that no reviewer looks for.
        var holes = Files("src", ".cs").Where(f => File.ReadAllText(f).Contains("RS0030", StringComparison.Ordinal)).Select(Path.GetFileName).ToList();
        Assert.True(holes.Count == 0, $"RS0030 is switched off in {string.Join(", ", holes)}: take a TimeProvider, or await.");
        Assert.Contains("BannedSymbols.txt", File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "Directory.Build.props")), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_one_place_flushes_to_the_disk()
    {
        // .NET's own flush passes over an fsync that failed: docs/decisions/0051.
        var others = Files("src", ".cs").Where(f => Path.GetFileName(f) != "DurableFiles.cs" && Regex.IsMatch(File.ReadAllText(f), "[Ff]lushToDisk", RegexOptions.NonBacktracking)).Select(Path.GetFileName).ToList();
        Assert.True(others.Count == 0, $"{string.Join(", ", others)}: DurableFiles.Flush hears of a flush that failed, FlushToDisk does not.");
    }

    [Fact]
    public void Decisions_fit_a_page()
    {
        foreach (var file in Files("docs/decisions", ".md"))
            Assert.True(File.ReadLines(file).Count() <= 40, $"{Path.GetFileName(file)} is longer than 40 lines.");
    }

    [Fact]
    public void Every_path_named_in_the_docs_exists()
    {
        var missing = new List<string>();
        var pages = Files("docs", ".md").Append(Path.Combine(SharedData.RepositoryRoot, "README.md"))
            .Concat(Directory.GetDirectories(Path.Combine(SharedData.RepositoryRoot, "src")).Select(d => Path.Combine(d, "README.md"))).Where(File.Exists);
        foreach (var page in pages)
            foreach (Match match in Regex.Matches(File.ReadAllText(page), @"`(?<rooted>(?:src|web|content|tests|docs|engine|scripts)/[A-Za-z0-9_./*-]+)`|\]\((?<beside>[^)#\s]+)\)", RegexOptions.NonBacktracking))
            {
                var rooted = match.Groups["rooted"].Success;
                var named = match.Groups[rooted ? "rooted" : "beside"].Value;
                if (named.Contains('*', StringComparison.Ordinal) || named.StartsWith("http", StringComparison.Ordinal)) continue;
                var from = rooted ? SharedData.RepositoryRoot : Path.GetDirectoryName(page)!;
                var path = Path.GetFullPath(Path.Combine(from, named));
                if (!File.Exists(path) && !Directory.Exists(path)) missing.Add($"{Path.GetFileName(page)} names {named}");
            }
        Assert.True(missing.Count == 0, string.Join("; ", missing));
    }

    [Fact]
    public void The_tour_is_there() => Assert.True(File.Exists(Path.Combine(SharedData.RepositoryRoot, "docs", "TOUR.md")), "docs/TOUR.md walks a newcomer from a packet to a KPI.");
}
