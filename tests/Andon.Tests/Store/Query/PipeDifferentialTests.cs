using System.Diagnostics;
using Andon.Store.Query;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;
using Andon.Tests.Store.Query.Oracle;

namespace Andon.Tests.Store.Query;

/// <summary>
/// Area by area of the language: random queries over random tables give the rows that a plain reading of Kusto's manual gives. A night
/// (ANDON_NIGHTLY=1) asks fifty times as many, from another seed each day of the year;
/// ANDON_LAW_AREA and ANDON_LAW_QUERIES ask one area alone, as often as one likes.
/// </summary>
public sealed class PipeDifferentialTests
{
    static readonly bool Night = Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1";
    static readonly int Queries = int.Parse(Environment.GetEnvironmentVariable("ANDON_LAW_QUERIES") ?? (Night ? "600" : "12"), System.Globalization.CultureInfo.InvariantCulture);

    public static TheoryData<string> Areas => [.. RandomPipes.Areas.Where(a => Environment.GetEnvironmentVariable("ANDON_LAW_AREA") is not { } only || a == only)];

    [Theory]
    [MemberData(nameof(Areas))]
    public async Task Rows_are_those_of_the_manual(string area)
    {
        var engine = await QueryStore.Engine();
        var wrong = new List<string>();
        var (refused, rows) = (new SortedDictionary<string, int>(StringComparer.Ordinal), 0);
        for (var i = 0; i < Queries && wrong.Count < 12; i++)
        {
            var query = new RandomPipes(new Random(Seed(area) * 100_003 + i)).Make(area);
            var faults = new Faults(query);
            var statement = Parser.Parse(query, faults);
            Assert.False(faults.Any, $"{query}: {string.Join("; ", faults.All)}");
            Assert.Equal(statement.ToString(), Parser.Parse(statement.ToString(), new(statement.ToString())).ToString());
            Rows expected;
            try
            {
                expected = new Evaluator(_ => throw new UnreachableException(), QueryCorpusTests.Now).Run(statement);
            }
            catch (Exception thrown) when (thrown is not UnreachableException)
            {
                throw new InvalidOperationException($"The evaluator does not know {query}", thrown);
            }
            rows += expected.Items.Count;
            if (await DifferentialTests.Difference(engine, query, expected) is not { } difference) continue;
            if (difference.StartsWith("the engine refused: KQL", StringComparison.Ordinal)) refused[difference[20..]] = refused.GetValueOrDefault(difference[20..]) + 1;
            else wrong.Add($"{query}\n   {difference}");
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{area}: {Queries} queries, {rows} rows, refused {string.Join("; ", refused.Select(r => $"{r.Value} × {r.Key}"))}");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(refused.Values.Sum() <= Queries / 4, $"too many were refused to say anything: {string.Join("; ", refused.Keys)}");
        Assert.True(rows > Queries / 4, $"{rows} rows say nothing");
    }

    static int Seed(string area) => Array.IndexOf(RandomPipes.Areas, area) + 1 + (Night ? 100 * TimeProvider.System.GetUtcNow().DayOfYear : 0);
}
