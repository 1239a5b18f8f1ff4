using System.Text.Json;
using Andon.Store.Query;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;
using Andon.Tests.Store.Query.Oracle;

namespace Andon.Tests.Store.Query;

/// <summary>
/// Random queries over random events: the engine's rows are those of the naive evaluator, however the events were cut into batches, with
/// indexes and without. ANDON_LAW_QUERIES makes more of them.
/// </summary>
public sealed class DifferentialTests
{
    static readonly int Queries = int.Parse(Environment.GetEnvironmentVariable("ANDON_LAW_QUERIES") ?? "150", System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task Rows_are_those_of_the_naive_evaluator(int seed)
    {
        EngineHouse.Require();
        var world = await World.Make(seed, 60);
        var wrong = new List<string>();
        var refused = new SortedDictionary<string, int>();
        for (var i = 0; i < Queries; i++)
        {
            var query = new RandomKql(new Random(seed * 100_003 + i)).Make();
            var faults = new Faults(query);
            var statement = Parser.Parse(query, faults);
            Assert.False(faults.Any, $"{query}: {string.Join("; ", faults.All)}");
            Assert.Equal(statement.ToString(), Parser.Parse(statement.ToString(), new(statement.ToString())).ToString());
            if (new Compiler(faults, new(QueryCorpusTests.Now)).Compile(statement) is null)
            {
                refused[faults.All[0].Code] = refused.GetValueOrDefault(faults.All[0].Code) + 1;
                if (Environment.GetEnvironmentVariable("ANDON_LAW_SHOW") is not null) TestContext.Current.TestOutputHelper?.WriteLine($"{query}\n   {faults.All[0]}");
                continue;
            }
            var expected = new Evaluator(_ => world.Events, QueryCorpusTests.Now).Run(statement.Body);
            foreach (var (engine, how) in new[] { (world.One, "one batch, no index"), (world.Many, "many batches, indexes") })
                if (await Difference(engine, query, expected) is { } difference) wrong.Add($"{query}\n   {how}: {difference}");
            if (wrong.Count > 20) break;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{Queries} queries, refused {string.Join(", ", refused.Select(r => $"{r.Key} {r.Value}"))}");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(12)));
        Assert.True(refused.Values.Sum() < Queries / 4, "too many were refused to say anything");
    }

    /// <summary>a and b is b and a is one after the other, and a test may move before an extend that it does not need.</summary>
    [Fact]
    public async Task Rewrites_do_not_change_rows()
    {
        EngineHouse.Require();
        var world = await World.Make(21, 60);
        for (var i = 0; i < Queries / 4; i++)
        {
            var (a, b) = (Plain(i * 2), Plain(i * 2 + 1));
            string[] ways =
            [
                $"Events | where {a} and {b}", $"Events | where {b} and {a}", $"Events | where {a} | where {b}", $"Events | extend zz = 1 | where {a} | where {b}",
                $"Events | where not(not({a}) or not({b}))", $"Events | where {a} | extend zz = strlen(user.name) | where {b}",
            ];
            var rows = new List<string>();
            foreach (var way in ways) rows.Add(string.Join(' ', (await world.Many.Search(new(way + " | project andon.event_id | sort by andon.event_id asc", FromMs: 0), TestContext.Current.CancellationToken)).Rows.Select(r => r[0])));
            Assert.True(rows.Distinct().Count() == 1, $"{a} ## {b}\n{string.Join('\n', rows)}");
        }
    }

    static string Plain(int seed)
    {
        var kql = new RandomKql(new Random(seed));
        for (; ; )
        {
            var test = kql.Test(2);
            if (new Compiler(new(""), new(0)).Compile(Parser.Parse($"Events | where {test}", new(""))) is not null) return test;
        }
    }

    internal static async Task<string?> Difference(QueryEngine engine, string query, Rows expected)
    {
        SearchAnswer answer;
        try
        {
            answer = await engine.Search(new(query, FromMs: 0), TestContext.Current.CancellationToken);
        }
        catch (QueryRefusedException refused)
        {
            return $"the engine refused: {refused.Findings[0].Code} {refused.Findings[0].Message[..Math.Min(500, refused.Findings[0].Message.Length)]}";
        }
        var got = answer.Rows.Select(r => string.Join('|', r.Select(Shown))).ToList();
        // Text has no null: the least of no texts is the empty one.
        var wanted = expected.Items.Select(r => string.Join('|', r.Select((v, i) => v is null && answer.Columns[i].Type == "string" ? "''" : Value.Shown(v)))).ToList();
        if (!answer.Columns.Select(c => c.Name).SequenceEqual(expected.Columns)) return $"columns {string.Join(',', answer.Columns.Select(c => c.Name))}, not {string.Join(',', expected.Columns)}";
        if (!expected.Ordered)
        {
            got.Sort(StringComparer.Ordinal);
            wanted.Sort(StringComparer.Ordinal);
        }
        for (var i = 0; i < Math.Max(got.Count, wanted.Count); i++)
        {
            var (g, w) = (i < got.Count ? got[i] : "nothing", i < wanted.Count ? wanted[i] : "nothing");
            if (g != w) return $"row {i} of {got.Count}/{wanted.Count}:\n      engine    {g}\n      evaluator {w}";
        }
        return null;
    }

    static string Shown(object? value) => value switch
    {
        double d => Value.ShownReal(d),
        JsonElement json => System.Text.Json.Nodes.JsonNode.Parse(json.GetRawText()) is { } node ? Value.Shown(new Dyn(node)) : "null",
        _ => QueryCorpusTests.Shown(value).Replace("\\n", "\n", StringComparison.Ordinal),
    };
}
