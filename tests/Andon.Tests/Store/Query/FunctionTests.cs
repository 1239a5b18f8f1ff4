using Andon.Store.Query;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Functions;
using Andon.Store.Query.Parsing;

namespace Andon.Tests.Store.Query;

/// <summary>Whatever a function is given, it is refused with a finding of ours or the engine can run it.</summary>
public sealed class FunctionTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Something of every type: columns, constants, nulls, things made on the way.</summary>
    static readonly string[] Arguments =
    [
        "user.name", "event.original", "'a'", "''", "'10.0.0.1'", "'192.168.0.0/16'", "tostring(source.port)", "bag['n']", "n", "source.ip", "source.port", "process.pid", "1", "0", "-3", "64", "long(null)", "1.5", "real(null)", "todouble(n)",
        "timestamp", "now()", "datetime(null)", "1h", "0s", "timespan(null)", "timestamp - ago(1d)", "true", "bool(null)", "user.name == 'root'", "event.category", "split(user.name, 'l')", "dynamic(['a', 'b'])", "dynamic([1, 2])", "dynamic([])",
        "dynamic({'a': 1})", "parse_json(bag['json'])", "parse_json(many)", "parse_json('')", "pack_array(1, 'a')", "bag_pack('a', source.port)", "bag", "'$.a'", "'(.)'", "'year'", "typeof(long)", "'normal'", "null",
    ];

    [Fact]
    public async Task Every_function_runs_or_is_refused_by_us()
    {
        var random = new Random(5);
        var accepted = new List<string>();
        var never = new List<string>();
        foreach (var function in FunctionTable.All.Values.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            var some = Calls(function.Name, function.Min, function.Max, random).Where(c => Compiles($"Events | extend x = {c}")).Take(12).ToList();
            if (some.Count == 0) never.Add(function.Name);
            accepted.AddRange(some);
        }
        var wrong = await Run(accepted, calls => $"Events | project {string.Join(", ", calls.Select((c, i) => $"x{i} = {c}"))}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{accepted.Count} calls of {FunctionTable.All.Count} functions; nothing fitted {string.Join(", ", never)}");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(25)));
        Assert.True(never.Count <= 8, $"No arguments were found for {string.Join(", ", never)}.");
    }

    [Fact]
    public async Task Every_aggregate_runs_or_is_refused_by_us()
    {
        var random = new Random(6);
        var accepted = new List<string>();
        foreach (var aggregate in AggregateTable.All.Values.OrderBy(f => f.Name, StringComparer.Ordinal))
            accepted.AddRange(Calls(aggregate.Name, aggregate.Min, aggregate.Max, random).Where(c => Compiles($"Events | summarize x = {c}")).Take(15));
        foreach (var from in new[] { "Events", "Events | where false" })
        {
            var wrong = await Run(accepted, calls => $"{from} | summarize {string.Join(", ", calls.Select((c, i) => $"x{i} = {c}"))}{(from == "Events" ? " by host.name" : "")}");
            Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(25)));
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{accepted.Count} calls of {AggregateTable.All.Count} aggregates");
    }

    [Fact]
    public void No_function_is_offered_and_refused_at_once()
    {
        Assert.DoesNotContain(FunctionTable.All.Keys.Concat(AggregateTable.All.Keys), KnownElsewhere.Functions.Contains);
        Assert.Empty(FunctionTable.All.Keys.Intersect(AggregateTable.All.Keys));
        Assert.All(FunctionTable.All.Values, f => Assert.StartsWith($"{f.Name}(", f.Signature, StringComparison.Ordinal));
    }

    static IEnumerable<string> Calls(string name, int min, int max, Random random)
    {
        for (var i = 0; i < 400; i++)
        {
            var count = random.Next(min, Math.Min(max, min + 3) + 1);
            yield return $"{name}({string.Join(", ", Enumerable.Range(0, count).Select(_ => Arguments[random.Next(Arguments.Length)]))})";
        }
    }

    static bool Compiles(string query)
    {
        var faults = new Faults(query);
        return new Compiler(faults, new(QueryCorpusTests.Now)).Compile(Parser.Parse(query, faults)) is not null;
    }

    /// <summary>Many calls in one query; one that fails is looked for in halves.</summary>
    static async Task<List<string>> Run(IReadOnlyList<string> calls, Func<IReadOnlyList<string>, string> query)
    {
        var engine = await QueryStore.Engine();
        var wrong = new List<string>();
        var waiting = new Stack<IReadOnlyList<string>>(calls.Chunk(30));
        while (waiting.TryPop(out var some))
        {
            try
            {
                await engine.Search(new(query(some), FromMs: 0), Stop);
            }
            catch (QueryRefusedException) when (some.Count > 1)
            {
                waiting.Push([.. some.Take(some.Count / 2)]);
                waiting.Push([.. some.Skip(some.Count / 2)]);
            }
            catch (QueryRefusedException refused)
            {
                wrong.Add($"{some[0]}\n   {refused.Findings[0].Message[..Math.Min(260, refused.Findings[0].Message.Length)]}");
            }
        }
        return wrong;
    }
}
