using System.Text;

namespace Andon.Tests.Store.Query;

/// <summary>
/// A text file of cases, <c>query => expected</c> a line; lines that begin with # are comments. With UPDATE=1 the expectations are
/// written anew, and the difference is what the author reads before committing.
/// </summary>
static class Corpus
{
    const string Arrow = " => ";

    public static async Task Check(string file, int least, Func<string, ValueTask<string>> actual)
    {
        var path = Path.Combine(SharedData.RepositoryRoot, "tests", "Andon.Tests", "Store", "Query", file);
        var written = new StringBuilder();
        var wrong = new StringBuilder();
        var cases = 0;
        foreach (var line in await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                written.Append(line).Append('\n');
                continue;
            }
            cases++;
            var cut = line.LastIndexOf(Arrow, StringComparison.Ordinal);
            var query = cut < 0 ? line : line[..cut];
            var expected = cut < 0 ? "" : line[(cut + Arrow.Length)..];
            var got = await actual(query.Replace("¶", "\n", StringComparison.Ordinal));
            written.Append(query).Append(Arrow).Append(got).Append('\n');
            if (got != expected) wrong.Append(query).Append("\n  expected ").Append(expected).Append("\n  got      ").Append(got).Append('\n');
        }
        if (Environment.GetEnvironmentVariable("UPDATE") == "1") await File.WriteAllTextAsync(path, written.ToString(), TestContext.Current.CancellationToken);
        else Assert.True(wrong.Length == 0, wrong.ToString());
        Assert.True(cases >= least, $"{file} has {cases} cases, {least} are promised.");
        TestContext.Current.TestOutputHelper?.WriteLine($"{file}: {cases} cases");
    }
}
