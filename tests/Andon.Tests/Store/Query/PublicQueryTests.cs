using System.IO.Compression;
using Andon.Store.Query;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Tests.Store.Query;

/// <summary>
/// What analysts write: 462 public queries, nearly all of them over tables of other products. Each is read or refused by name; then it is
/// compiled as if those tables were there and empty, and what compiles is run, so that the engine has its say about every text we make.
/// </summary>
public sealed class PublicQueryTests
{
    static readonly string[] Worst = ["unread", "other finding", "refused by name", "compiles"];

    [Fact]
    public async Task Public_queries_are_read_compiled_and_run_or_refused_by_name()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var missing = new Dictionary<string, int>();
        var wrong = new List<string>();
        var refusedByEngine = new List<string>();
        var (parsed, onlyForeign, ran) = (0, 0, 0);
        var engine = await QueryStore.Engine();
        using var zip = ZipFile.OpenRead(SharedData.Require("queries/kql-sentinel-queries.zip"));
        foreach (var entry in zip.Entries.Where(e => e.Length > 0))
        {
            using var reader = new StreamReader(entry.Open());
            // A file may hold several queries, parted by an empty line; the worst of them counts.
            var parts = Parts(await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).ToList();
            var kinds = new List<string>();
            foreach (var part in parts)
            {
                var (kind, findings) = Kind(part);
                kinds.Add(kind);
                foreach (var what in findings.Where(f => f.Code is "KQL030" or "KQL031" or "KQL032").Select(f => f.Message[..Math.Min(60, f.Message.Length)]).Distinct()) missing[what] = missing.GetValueOrDefault(what) + 1;
                if (kind is "unread" or "other finding") wrong.Add($"{entry.FullName}: {findings.First(f => f.Code is not ("KQL030" or "KQL031" or "KQL032"))}");
                if (kind != "compiles") continue;
                try
                {
                    await engine.Search(new(part, FromMs: 0), new(ForeignAsEmpty: true), TestContext.Current.CancellationToken);
                    ran++;
                }
                catch (QueryRefusedException refused)
                {
                    refusedByEngine.Add($"{entry.FullName}: {refused.Findings[0]}");
                }
            }
            var worst = kinds.OrderBy(k => Array.IndexOf(Worst, k)).First();
            counts[worst] = counts.GetValueOrDefault(worst) + 1;
            if (worst != "unread") parsed++;
            if (worst == "compiles") onlyForeign++;
        }
        var output = TestContext.Current.TestOutputHelper;
        output?.WriteLine($"{string.Join(", ", counts.Select(c => $"{c.Key} {c.Value}"))}; {ran} queries ran");
        foreach (var (what, n) in missing.OrderByDescending(m => m.Value).Take(60)) output?.WriteLine($"{n,4} {what}");
        foreach (var line in wrong) output?.WriteLine(line);
        Assert.True(refusedByEngine.Count == 0, $"{refusedByEngine.Count} compile but do not run:\n{string.Join("\n", refusedByEngine)}");
        // Floors as measured; they only rise.
        Assert.True(counts.Values.Sum() == 462, $"{counts.Values.Sum()} files");
        Assert.True(parsed >= ParsedMin, $"{parsed} are read, {ParsedMin} were.");
        Assert.True(onlyForeign >= CompiledMin, $"{onlyForeign} compile whole, {CompiledMin} did.");
    }

    /// <summary>What is wrong with a query besides its tables not being there.</summary>
    static (string Kind, IReadOnlyList<Andon.Model.Finding> Findings) Kind(string text)
    {
        var faults = new Faults(text);
        var statement = Parser.Parse(text, faults);
        var syntax = faults.All.Any(f => f.Level == Andon.Model.FindingLevel.Error && string.CompareOrdinal(f.Code, "KQL007") < 0);
        if (!syntax && !faults.Any) Assert.Equal(statement.ToString(), Parser.Parse(statement.ToString(), new(statement.ToString())).ToString());
        var compiler = new Compiler(faults, new(QueryCorpusTests.Now, ForeignAsEmpty: true));
        compiler.Compile(statement);
        var errors = faults.All.Where(f => f.Level == Andon.Model.FindingLevel.Error).ToList();
        if (syntax) return ("unread", errors);
        if (errors.Count == 0) return ("compiles", []);
        // As it stands its only fault is that its tables are not there, or it has one of its own.
        return (errors.All(f => f.Code is "KQL030" or "KQL031" or "KQL032") ? "refused by name" : "other finding", errors);
    }

    [Theory]
    [InlineData("SigninLogs | where UserPrincipalName has 'x' | summarize count() by UserPrincipalName", "KQL020")]
    [InlineData("SigninLogs | where ResultType == '0' | join kind=inner (AuditLogs | project Actor) on $left.UserPrincipalName == $right.Actor", "KQL020 KQL020")]
    [InlineData("SigninLogs | project a = UserPrincipalName | where b == 'x'", "KQL020 KQL010")]
    [InlineData("SigninLogs | where UserPrincipalName haas 'x'", "KQL005 KQL020")]
    [InlineData("SigninLogs | mv-expand Details = todynamic(x) | extend y = nofunc(Details.z)", "KQL020 KQL011")]
    public void A_table_that_is_not_there_hides_no_other_fault(string query, string codes)
    {
        var faults = new Faults(query);
        new Compiler(faults, new(QueryCorpusTests.Now)).Compile(Parser.Parse(query, faults));
        Assert.Equal(codes, string.Join(' ', faults.All.Select(f => f.Code)));
    }

    static IEnumerable<string> Parts(string text)
    {
        var part = new List<string>();
        var empty = false;
        foreach (var line in text.Split('\n').Select(l => l.TrimEnd()))
        {
            var bare = line.TrimStart();
            if (bare.Length > 0 && empty && char.IsLetter(bare[0]) && part.LastOrDefault(l => l.Trim().Length > 0 && !l.TrimStart().StartsWith("//", StringComparison.Ordinal)) is { } last && last[^1] is not (';' or ',' or '(' or '{' or '|' or '='))
            {
                yield return string.Join('\n', part);
                part.Clear();
            }
            if (!bare.StartsWith("//", StringComparison.Ordinal)) empty = bare.Length == 0;
            part.Add(line);
        }
        if (part.Any(l => l.Trim().Length > 0 && !l.TrimStart().StartsWith("//", StringComparison.Ordinal))) yield return string.Join('\n', part);
    }

    const int ParsedMin = 456;
    const int CompiledMin = 423;
}
