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
            var text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            var faults = new Faults(text);
            var statement = Parser.Parse(text, faults);
            var syntax = faults.All.FirstOrDefault(f => string.CompareOrdinal(f.Code, "KQL007") < 0);
            new Compiler(faults, new(QueryCorpusTests.Now)).Compile(statement);
            foreach (var code in faults.All.Where(f => f.Code is "KQL030" or "KQL031" or "KQL032").Select(f => f.Message[..Math.Min(60, f.Message.Length)]).Distinct()) missing[code] = missing.GetValueOrDefault(code) + 1;
            var kind = syntax is not null ? "unread"
                : faults.All.Any(f => f.Code is "KQL030" or "KQL031" or "KQL032") ? "refused by name"
                : faults.All.Any(f => f.Code == "KQL020") && faults.All.All(f => f.Code is "KQL020" or "KQL06") ? "foreign table"
                : faults.Any ? "other finding" : "runs";
            if (kind is "unread" or "other finding") unread.Add($"{entry.FullName}: {syntax ?? faults.All.First(f => f.Level == Andon.Model.FindingLevel.Error && f.Code != "KQL020")}");
            counts[kind] = counts.GetValueOrDefault(kind) + 1;
            if (syntax is not null) continue;
            var again = new Faults(statement.ToString());
            Assert.Equal(statement.ToString(), Parser.Parse(statement.ToString(), again).ToString());
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

    const int UnreadMax = 23;
    const int ReadMin = 100;
}
