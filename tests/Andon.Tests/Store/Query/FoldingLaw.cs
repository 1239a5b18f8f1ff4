using Andon.Store.Query;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Functions;
using Andon.Store.Query.Parsing;

namespace Andon.Tests.Store.Query;

/// <summary>What is said of a constant is said of a column that holds it: whatever is worked out beforehand is worked out as the engine would.</summary>
public sealed class FoldingLaw
{
    static readonly int Calls = int.Parse(Environment.GetEnvironmentVariable("ANDON_LAW_QUERIES") ?? (Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1" ? "60" : "4"), System.Globalization.CultureInfo.InvariantCulture);

    static readonly bool Whole = Environment.GetEnvironmentVariable("ANDON_LAW_QUERIES") is not null || Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1";

    static readonly (string Type, string[] Values)[] Values =
    [
        ("string", ["''", "'a'", "'Über b-c'", "'12'", "' 7 '", "'-1.5'", "'1e3'", "'0x1f'", "'true'", "'TRUE'", "'2026-03-02'", "'2026-03-02T08:00:00.123Z'", "'03/04/2026'", "'2026-3-2 8:05'", "'2 Mar 2026'", "'2026'", "'Mon, 02 Mar 2026 08:00:00 GMT'", "'2026-03-02T08:00:00+02:00'", "'2026-02-30'", "'20260302'", "'2026-03-02T25:00'", "'2026-03-02T08'", "'13/04/2026'", "'25:00:00'", "'00:00:00.0001'",
            "'1h'", "'1.02:03:04'", "'00:30'", "'2d'", "'{\"a\":[1,2]}'", "'[1,\"x\",null]'", "'null'", "'10.0.0.1'", "'10.0.0.0/8'", "'2001:db8::1'", "'S3VzdG8='", "'a%20b'", "'https://u:p@x.y:8/p/q.txt?k=v#f'", "'C:\\\\a\\\\b.exe'", "'nan'"]),
        ("long", ["long(null)", "0", "1", "-7", "12", "9223372036854775807", "1772438400", "64"]),
        ("real", ["real(null)", "0.0", "1.5", "-2.25", "1e300", "0.1"]),
        ("datetime", ["datetime(null)", "datetime(2026-03-02T08:30:15.250Z)", "datetime(1969-12-31T23:59:59.999Z)", "datetime(2024-02-29)", "datetime(1902-01-01)"]),
        ("timespan", ["timespan(null)", "0s", "1h", "-90m", "2d", "1.5s", "1ms"]),
        ("bool", ["true", "false", "bool(null)"]),
        ("dynamic", ["dynamic(null)", "dynamic([])", "dynamic([3,1,2])", "dynamic(['b','a'])", "dynamic({'a':1,'b':'x'})", "dynamic([1,'x',null])", "dynamic('t')", "dynamic({})"]),
    ];

    sealed record Said(string Constant, string Column, IReadOnlyList<(string Type, string Value)> Cells);

    static Said Make(string function, int count, Random random)
    {
        var cells = Enumerable.Range(0, count).Select(_ => Values[random.Next(Values.Length)] is var (type, values) ? (type, values[random.Next(values.Length)]) : default).ToList();
        // Some stay constants on both sides: there are functions that want one.
        var fixedAt = random.Next(3) == 0 ? random.Next(count + 1) : -1;
        string Of(Func<int, string> name) => function is "+" or "-" or "*" or "/" or "%" or "==" or "!=" or "<" or ">=" or "has" or "contains" or "startswith" or "=~" && count == 2 ? $"({name(0)} {function} {name(1)})" : $"{function}({string.Join(", ", Enumerable.Range(0, count).Select(name))})";
        return new(Of(i => cells[i].Item2), Of(i => i == fixedAt ? cells[i].Item2 : $"c{i}"), cells);
    }

    static string Table(Said said) => said.Cells.Count == 0 ? "print z = 1" : $"datatable({string.Join(", ", said.Cells.Select((c, i) => $"c{i}:{c.Type}"))})[{string.Join(", ", said.Cells.Select(c => c.Value))}]";

    /// <summary>A list of one type is asked member by member, other dynamic values by their text: docs/reference/kql.md.</summary>
    static bool Members(string function, Said said) => function is "has" or "contains" or "startswith" or "=~" && said.Cells.Any(c => c.Type == "dynamic");

    static bool Compiles(string query)
    {
        var faults = new Faults(query);
        return new Compiler(faults, new(QueryCorpusTests.Now)).Compile(Parser.Parse(query, faults)) is not null;
    }

    [Fact]
    public async Task A_constant_and_a_column_that_holds_it_give_the_same()
    {
        var engine = await QueryStore.Engine();
        var random = new Random(Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1" ? TimeProvider.System.GetUtcNow().DayOfYear : 3);
        var wrong = new List<string>();
        var compared = 0;
        async Task<List<string>> Answers(IEnumerable<string> queries)
        {
            var all = queries.ToList();
            try
            {
                var answer = await engine.Search(new(string.Join("; ", all.Select((q, i) => $"let t{i} = {q} | project x = tostring(x), y = isnull(x), n = {i}")) + $"; union {string.Join(", ", all.Select((_, i) => $"t{i}"))} | sort by n asc"), TestContext.Current.CancellationToken);
                return [.. answer.Rows.Select(r => $"{QueryCorpusTests.Shown(r[0])} {QueryCorpusTests.Shown(r[1])}")];
            }
            catch (QueryRefusedException refused)
            {
                return all.Count == 1 ? [refused.Findings[0].Message] : [.. (await Answers(all.Take(all.Count / 2))), .. (await Answers(all.Skip(all.Count / 2)))];
            }
        }
        var functions = FunctionTable.All.Values.OrderBy(f => f.Name, StringComparer.Ordinal).Where(f => f.Name is not ("pack_all" or "ingestion_time")).Select(f => (f.Name, f.Min, Max: Math.Min(f.Max, f.Min + 2)))
            .Concat(new[] { "+", "-", "*", "/", "%", "==", "!=", "<", ">=", "has", "contains", "startswith", "=~" }.Select(o => (Name: o, Min: 2, Max: 2)));
        foreach (var (name, min, max) in functions)
        {
            // Most random arguments do not fit; so many are tried that enough do.
            // Night by night all of them; a test run asks some.
            if (!Whole && random.Next(6) > 0) continue;
            var some = Enumerable.Range(0, 30 * Calls).Select(_ => Make(name, random.Next(min, max + 1), random)).Where(s => !Members(name, s)).Where(s => Compiles($"print x = {s.Constant}") && Compiles($"{Table(s)} | project x = {s.Column}")).Take(Calls).ToList();
            if (some.Count == 0) continue;
            compared += some.Count;
            foreach (var few in some.Chunk(4))
            {
                var constants = await Answers(few.Select(s => $"print x = {s.Constant}"));
                var columns = await Answers(few.Select(s => $"{Table(s)} | project x = {s.Column}"));
                for (var i = 0; i < few.Length; i++)
                    if (constants[i] != columns[i]) wrong.Add($"{few[i].Constant} is {constants[i]}; {Table(few[i])} | project {few[i].Column} is {columns[i]}");
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{compared} calls compared");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {compared}\n{string.Join("\n", wrong.Take(80))}");
        Assert.True(compared > (Whole ? 500 : 50), $"only {compared} calls fitted");
    }
}
