using System.Globalization;
using System.Text.Json;
using Andon.Store.Query;

namespace Andon.Tests.Store.Query;

/// <summary>Joins, lists and series against what a few lines of C# say about the same random tables.</summary>
public sealed class OperatorLawTests
{
    static readonly string[] Kinds = ["inner", "innerunique", "leftouter", "rightouter", "fullouter", "leftanti", "rightanti", "leftsemi", "rightsemi"];

    sealed record Row(string Text, long? Number, long Value);

    static List<Row> Table(Random random, long first) =>
        [.. Enumerable.Range(0, random.Next(0, 7)).Select(i => new Row(random.Next(4) switch { 0 => "", 1 => "a", 2 => "B", _ => "ü" }, random.Next(4) switch { 0 => null, var n => n }, first + i))];

    static string Written(List<Row> rows, string value) =>
        $"datatable(t:string, n:long, {value}:long)[{string.Join(", ", rows.Select(r => $"'{r.Text}', {r.Number?.ToString(CultureInfo.InvariantCulture) ?? "long(null)"}, {r.Value}"))}]";

    static async Task<SearchAnswer> Ask(QueryEngine engine, string query)
    {
        try
        {
            return await engine.Search(new(query, FromMs: 0), TestContext.Current.CancellationToken);
        }
        catch (QueryRefusedException refused)
        {
            throw new InvalidOperationException($"{query}: {refused.Findings[0]}", refused);
        }
    }

    static int Place(SearchAnswer answer, string column) => answer.Columns.ToList().FindIndex(c => c.Name == column);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Joins_agree_with_the_definition(int seed)
    {
        var engine = await QueryStore.Engine();
        var random = new Random(seed);
        for (var round = 0; round < 8; round++)
        {
            var (left, right) = (Table(random, 0), Table(random, 100));
            // By text '' equals ''; by number null equals nothing.
            var byNumber = random.Next(2) == 0;
            bool Same(Row a, Row b) => byNumber ? a.Number is not null && a.Number == b.Number : a.Text == b.Text;
            foreach (var kind in Kinds)
            {
                var query = $"let L = {Written(left, "v")}; let R = {Written(right, "w")}; L | join kind={kind} (R) on {(byNumber ? "n" : "t")}";
                var answer = await Ask(engine, query);
                var (v, w) = (Place(answer, "v"), Place(answer, "w"));
                var got = answer.Rows.Select(r => (V: v < 0 ? null : (long?)r[v], W: w < 0 ? null : (long?)r[w])).ToList();
                var pairs = left.SelectMany(a => right.Where(b => Same(a, b)).Select(b => (V: (long?)a.Value, W: (long?)b.Value))).ToList();
                var alone = left.Where(a => !right.Any(b => Same(a, b))).Select(a => (V: (long?)a.Value, W: (long?)null)).ToList();
                var lonely = right.Where(b => !left.Any(a => Same(a, b))).Select(b => (V: (long?)null, W: (long?)b.Value)).ToList();
                if (kind == "innerunique")
                {
                    // Which left row stands for its keys is ours to say; that it is one, and the same each time, is the law.
                    Assert.Equal(pairs.Select(p => p.W).Distinct().Order(), got.Select(p => p.W).Order());
                    Assert.All(got, p => Assert.Contains(p, pairs));
                    Assert.All(got.GroupBy(p => left.Single(a => a.Value == p.V) is var a && byNumber ? $"{a.Number}" : a.Text), g => Assert.Single(g.Select(p => p.V).Distinct()));
                    var again = await engine.Search(new(query, FromMs: 0), TestContext.Current.CancellationToken);
                    Assert.Equal(got.Order(), again.Rows.Select(r => (V: (long?)r[v], W: (long?)r[w])).Order());
                    continue;
                }
                var wanted = kind switch
                {
                    "inner" => pairs,
                    "leftouter" => [.. pairs, .. alone],
                    "rightouter" => [.. pairs, .. lonely],
                    "fullouter" => [.. pairs, .. alone, .. lonely],
                    "leftanti" => alone,
                    "rightanti" => lonely,
                    "leftsemi" => [.. left.Where(a => right.Any(b => Same(a, b))).Select(a => (V: (long?)a.Value, W: (long?)null))],
                    _ => [.. right.Where(b => left.Any(a => Same(a, b))).Select(b => (V: (long?)null, W: (long?)b.Value))],
                };
                Assert.True(wanted.Order().SequenceEqual(got.Order()), $"{query}\n  {string.Join(" ", wanted.Order())}\n  {string.Join(" ", got.Order())}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Lists_taken_apart_and_put_together_are_the_same(int seed)
    {
        var engine = await QueryStore.Engine();
        var random = new Random(seed);
        var lists = Enumerable.Range(0, 20).Select(i => Enumerable.Range(0, random.Next(0, 6)).Select(_ => random.Next(-5, 6)).ToList()).ToList();
        var table = $"datatable(k:long, l:dynamic)[{string.Join(", ", lists.Select((l, i) => $"{i}, dynamic([{string.Join(", ", l)}])"))}]";
        var apart = await engine.Search(new($"{table} | mv-expand x = l to typeof(long) | summarize s = sum(x), c = count(), a = array_sort_asc(make_list(x)) by k | sort by k asc", FromMs: 0), TestContext.Current.CancellationToken);
        var applied = await engine.Search(new($"{table} | mv-apply x = l to typeof(long) on (summarize s = sum(x), c = count(), a = array_sort_asc(make_list(x))) | project k, s, c, a | sort by k asc", FromMs: 0), TestContext.Current.CancellationToken);
        var wanted = lists.Select((l, i) => (K: i, L: l)).Where(p => p.L.Count > 0).Select(p => $"{p.K} {p.L.Sum()} {p.L.Count} [{string.Join(",", p.L.Order())}]").ToList();
        foreach (var answer in new[] { apart, applied }) Assert.Equal(wanted, answer.Rows.Select(r => $"{r[0]} {r[1]} {r[2]} {((JsonElement)r[3]!).GetRawText()}"));

        var least = await engine.Search(new($"{table} | mv-apply x = l to typeof(long) on (top 2 by x asc) | summarize s = sum(x) by k | sort by k asc", FromMs: 0), TestContext.Current.CancellationToken);
        Assert.Equal(lists.Select((l, i) => (K: i, L: l)).Where(p => p.L.Count > 0).Select(p => $"{p.K} {p.L.Order().Take(2).Sum()}"), least.Rows.Select(r => $"{r[0]} {r[1]}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_series_holds_what_a_summary_counts(int seed)
    {
        var engine = await QueryStore.Engine();
        var random = new Random(seed);
        var rows = Enumerable.Range(0, 60).Select(_ => (K: random.Next(3), X: random.Next(-3, 40), V: random.Next(-9, 10))).ToList();
        var table = $"datatable(k:long, x:long, v:long)[{string.Join(", ", rows.Select(r => $"{r.K}, {r.X}, {r.V}"))}]";
        var answer = await engine.Search(new($"{table} | make-series n = count(), s = sum(v) default=-100 on x from 2 to 33 step 7 by k | sort by k asc", FromMs: 0), TestContext.Current.CancellationToken);
        var wanted = rows.Where(r => r.X is >= 2 and < 37).GroupBy(r => r.K).OrderBy(g => g.Key).Select(g =>
        {
            var steps = Enumerable.Range(0, 5).Select(i => g.Where(r => (r.X - 2) / 7 == i).ToList()).ToList();
            return $"{g.Key} [{string.Join(",", steps.Select(s => s.Count))}] [{string.Join(",", steps.Select(s => s.Count == 0 ? -100 : s.Sum(r => r.V)))}] [2,9,16,23,30]";
        });
        Assert.Equal(wanted, answer.Rows.Select(r => string.Join(' ', r)));
    }

    [Fact]
    public async Task What_a_query_costs_is_bounded_by_name()
    {
        var engine = await QueryStore.Engine();
        async Task<string> Refused(string query) => (await Assert.ThrowsAsync<QueryRefusedException>(async () => await engine.Search(new(query, FromMs: 0), TestContext.Current.CancellationToken))).Findings.First(f => f.Level == Andon.Model.FindingLevel.Error).Message;
        Assert.Contains("RangeRowsMax", await Refused("range x from 1 to 2000000 step 1"), StringComparison.Ordinal);
        Assert.Contains("FoundColumnsMax", await Refused("range x from 1 to 500 step 1 | evaluate pivot(x)"), StringComparison.Ordinal);
        Assert.Contains("SeriesPointsMax", await Refused("Events | make-series count() on timestamp step 1ms"), StringComparison.Ordinal);
        Assert.Contains("LetDepthMax", await Refused("let f = (a:long) { f(a) }; print f(1)"), StringComparison.Ordinal);
        Assert.Contains("QuestionsMax", await Refused(string.Join("; ", Enumerable.Range(0, 10).Select(i => $"let t{i} = Events | where source.port != {i} | project event.outcome, host.name | evaluate pivot(event.outcome, count(), host.name)")) + "; union " + string.Join(", ", Enumerable.Range(0, 10).Select(i => $"t{i}")) + " | count"), StringComparison.Ordinal);
        var lets = "let a0 = 1; " + string.Concat(Enumerable.Range(1, 30).Select(i => $"let a{i} = a{i - 1} + a{i - 1}; "));
        Assert.Matches("Let(Uses|Depth)Max", await Refused($"{lets} print a30"));
        Assert.Contains("ParsedColumnsMax", await Refused($"Events | parse-kv event.original as ({string.Join(", ", Enumerable.Range(0, 120).Select(i => $"k{i}:string"))})"), StringComparison.Ordinal);
    }
}
