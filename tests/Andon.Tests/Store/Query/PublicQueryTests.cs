using System.IO.Compression;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Tests.Store.Query;

/// <summary>What analysts write: 462 public queries. Each is read and answered by name, or refused with what is missing.</summary>
public sealed class PublicQueryTests
{
    [Fact]
    public async Task Public_queries_are_read_or_refused_by_name()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var missing = new Dictionary<string, int>();
        var unread = new List<string>();
        using var zip = ZipFile.OpenRead(SharedData.Require("queries/kql-sentinel-queries.zip"));
        foreach (var entry in zip.Entries.Where(e => e.Length > 0))
        {
            using var reader = new StreamReader(entry.Open());
            // A file may hold several queries, parted by an empty line; the worst of them counts.
            var kinds = Parts(await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Select(part => Kind(entry.FullName, part, missing, unread)).ToList();
            var kind = kinds.OrderBy(k => Array.IndexOf(Worst, k)).First();
            counts[kind] = counts.GetValueOrDefault(kind) + 1;
        }
        var output = TestContext.Current.TestOutputHelper;
        output?.WriteLine(string.Join(", ", counts.Select(c => $"{c.Key} {c.Value}")));
        foreach (var (what, n) in missing.OrderByDescending(m => m.Value).Take(40)) output?.WriteLine($"{n,4} {what}");
        foreach (var line in unread) output?.WriteLine(line);
        var total = counts.Values.Sum();
        // A floor as measured; it only rises.
        Assert.True(total == 462, $"{total} queries");
        Assert.True(counts.GetValueOrDefault("unread") <= UnreadMax, $"{counts.GetValueOrDefault("unread")} cannot be read, {UnreadMax} were allowed.");
        Assert.True(counts.GetValueOrDefault("foreign table") + counts.GetValueOrDefault("runs") >= ReadMin, $"{counts.GetValueOrDefault("foreign table")} would run but for their table, {ReadMin} did.");
    }

    static readonly string[] Worst = ["unread", "other finding", "refused by name", "foreign table", "runs"];

    static string Kind(string file, string text, Dictionary<string, int> missing, List<string> unread)
    {
        var faults = new Faults(text);
        var statement = Parser.Parse(text, faults);
        var syntax = faults.All.FirstOrDefault(f => string.CompareOrdinal(f.Code, "KQL007") < 0);
        if (syntax is null) Assert.Equal(statement.ToString(), Parser.Parse(statement.ToString(), new(statement.ToString())).ToString());
        new Compiler(faults, new(QueryCorpusTests.Now)).Compile(statement);
        var named = faults.All.Where(f => f.Code is "KQL030" or "KQL031" or "KQL032").Select(f => f.Message[..Math.Min(60, f.Message.Length)]).Distinct().ToList();
        foreach (var what in named) missing[what] = missing.GetValueOrDefault(what) + 1;
        var errors = faults.All.Where(f => f.Level == Andon.Model.FindingLevel.Error).ToList();
        var kind = syntax is not null ? "unread" : named.Count > 0 ? "refused by name" : errors.Count == 0 ? "runs" : errors.All(f => f.Code == "KQL020") ? "foreign table" : "other finding";
        if (kind is "unread" or "other finding") unread.Add($"{file}: {syntax ?? errors.First(f => f.Code != "KQL020")}");
        return kind;
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

    const int UnreadMax = 8;
    const int ReadMin = 238;
}
