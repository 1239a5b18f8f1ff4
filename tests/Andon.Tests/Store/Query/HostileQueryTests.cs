using System.Text;
using Andon.Store.Query;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Tests.Store.Query;

/// <summary>Nothing a person writes becomes engine text, and no query that we accept is one the engine cannot read.</summary>
public sealed class HostileQueryTests
{
    static readonly string[] Hostile =
    [
        "'", "''", "\\", "\\'", "\"", "`", "'; DROP TABLE events; --", "x' OR '1'='1", "*/ SELECT * FROM file('/etc/passwd') /*", "{p1:String}", "${x}", "file('/etc/hostname')",
        "url('http://127.0.0.1:1/')", "\n; SELECT 1", "a\tb\r\nc", "\u0000", "\\N", "%_\\%", "events FORMAT Native", "ä€😀", "') FROM system.users --", "]]", "system.one", "c1", "1e999",
    ];

    /// <summary>¤ is the text as a string literal, § as a name in brackets.</summary>
    static readonly string[] Places =
    [
        "Events | where user.name == ¤", "Events | where user.name has ¤", "Events | where event.original hasprefix ¤", "Events | where process.command_line contains ¤", "Events | where user.name !startswith_cs ¤",
        "Events | where user.name in (¤, 'x') or host.name in~ (¤)", "Events | where event.category == ¤ and event.type has ¤", "Events | where source.ip == ¤ or source.ip startswith ¤", "Events | where event.original has_any (¤, 'b')",
        "Events | where bag[¤] == ¤", "Events | where § == ¤ | project §", "Events | extend § = strcat(¤, user.name) | summarize § = count() by x = §", "Events | project-rename § = user.name | sort by §",
        "Events | extend a = split(user.name, ¤), b = replace_string(user.name, ¤, ¤), c = indexof(user.name, ¤)", "Events | extend a = parse_json(¤)[¤]", "Events | where user.name in (dynamic([¤]))",
        "let § = ¤; Events | where user.name == §", "Events | search ¤", "print x = ¤, y = tolower(¤), z = todatetime(¤), v = tolong(¤)", "Events | extend a = iff(user.name == ¤, ¤, 'x') | distinct a",
        "Events | summarize countif(user.name == ¤), make_set(strcat(user.name, ¤))", "Events | extend a = trim(¤, user.name)", "Events | where user.name matches regex ¤", "Events | extend a = format_datetime(timestamp, ¤)",
        "datatable(§:string, b:dynamic)[¤, dynamic([¤]), 'x', dynamic({¤: ¤})] | where § == ¤ | mv-expand b", "let § = (a:string) { strcat(a, ¤) }; print x = ¤", "print toscalar(datatable(§:string)[¤])",
        "Events | where user.name in (datatable(§:string)[¤]) or user.name has_any (datatable(a:string)[¤, 'b'])", "Events | project user.name, § = ¤ | join kind=fullouter (Events | project user.name, § = ¤) on user.name, §",
        "Events | project § = user.name | lookup (datatable(§:string, w:string)[¤, ¤]) on §", "union withsource=§ (Events | project a = ¤), Process | where § == ¤", "Events | parse event.original with * ¤ § ¤ *",
        "Events | parse-where kind=relaxed event.original with a:long ¤ b:real ¤ *", "Events | parse-kv event.original as (§:string, x:long) with (pair_delimiter=¤, kv_delimiter=¤)", "Events | parse-kv event.original as (§:string) with (pair_delimiter=' ', kv_delimiter='=', quote='()', escape='#')",
        "Events | extend § = split(user.name, ¤) | mv-expand with_itemindex=i § | where § == ¤", "Events | mv-apply § = event.category on (where § == ¤ | summarize c = make_set(strcat(§, ¤)))",
        "Events | make-series § = countif(user.name == ¤) on timestamp from ago(1d) to now() step 1h by x = strcat(user.name, ¤)", "Events | extend § = strcat(user.name, ¤) | evaluate pivot(§, count(), host.name)", "print d = dynamic({¤: ¤}), x = 1 | evaluate bag_unpack(d, ¤)",
        "Events | extend § = ¤ | sort by timestamp asc | extend a = prev(§, 1, ¤) | where next(§) == ¤ | as §", "Events | project § = ¤ | getschema", "Events | project § = user.name | sample-distinct 3 of §", "Events | evaluate pivot(user.name, count(), host.name) : (host.name:string, §:long)",
    ];

    [Fact]
    public async Task No_text_of_a_query_reaches_the_engine_as_text()
    {
        var engine = await QueryStore.Engine();
        var run = 0;
        var wrong = new List<string>();
        foreach (var place in Places)
            foreach (var text in Hostile)
            {
                var literal = $"'{Printer.Escaped(text)}'";
                var query = place.Replace("¤", literal, StringComparison.Ordinal).Replace("§", $"[{literal}]", StringComparison.Ordinal);
                var faults = new Faults(query);
                var compiled = new Compiler(faults, new(QueryCorpusTests.Now)).Compile(Parser.Parse(query, faults));
                if (compiled is null) continue; // Refused with a finding: that is fine too.
                // Those two are also text of our own.
                if (text.Length > 4 && text is not ("system.one" or "{p1:String}") && compiled.Sql.Contains(text, StringComparison.Ordinal)) wrong.Add($"{query}: the text stands in {compiled.Sql}");
                run++;
                try
                {
                    await engine.Search(new(query, FromMs: 0), TestContext.Current.CancellationToken);
                }
                catch (QueryRefusedException refused)
                {
                    wrong.Add($"{query}: {refused.Findings[0]}");
                }
            }
        TestContext.Current.TestOutputHelper?.WriteLine($"{run} hostile queries ran, {Places.Length * Hostile.Length} were tried");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(20)));
        Assert.True(run > 400, $"only {run} ran");
    }

    [Fact]
    public async Task Hostile_values_match_themselves()
    {
        var engine = await QueryStore.Engine();
        foreach (var text in Hostile.Where(t => t.Length > 0))
        {
            var literal = $"'{Printer.Escaped(text)}'";
            var answer = await engine.Search(new($"print a = {literal}, b = {literal} in ({literal}, 'zz'), c = strcat('x', {literal}) contains {literal}, d = strcat({literal}) endswith {literal}, e = {literal} =~ {literal}"), TestContext.Current.CancellationToken);
            Assert.Equal(text, answer.Rows[0][0]);
            Assert.All(answer.Rows[0][1..], v => Assert.Equal(true, v));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_queries_print_as_they_parse_and_never_break_the_engine(int seed)
    {
        var engine = await QueryStore.Engine();
        var random = new Random(seed);
        var ran = 0;
        var wrong = new List<string>();
        for (var i = 0; i < 150; i++)
        {
            var query = new RandomQuery(random).Make();
            var faults = new Faults(query);
            var statement = Parser.Parse(query, faults);
            Assert.False(faults.Any, $"{query}: {string.Join("; ", faults.All)}");
            Assert.Equal(statement.ToString(), Parser.Parse(statement.ToString(), new(statement.ToString())).ToString());
            if (new Compiler(faults, new(QueryCorpusTests.Now)).Compile(statement) is null) continue;
            ran++;
            try
            {
                await engine.Search(new(query, FromMs: 0), TestContext.Current.CancellationToken);
            }
            catch (QueryRefusedException refused) when (!refused.Passing)
            {
                wrong.Add($"{query}\n   {refused.Findings[0].Message}");
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{ran} of 150 ran");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(10)));
        Assert.True(ran > 40, $"only {ran} ran");
    }
}

/// <summary>Queries that mostly make sense: every value has a type, and most places get the type they want.</summary>
sealed class RandomQuery(Random random)
{
    static readonly string[] Texts = ["user.name", "host.name", "event.original", "process.command_line", "source.ip", "bag['n']", "n", "winlog.event_data.User", "''", "'a'", "'10.0.0.1'", "'Alice'", "'foo_bar'"];
    static readonly string[] Numbers = ["source.port", "process.pid", "0", "1", "-7", "2.5", "event.severity", "long(null)", "source.bytes"];
    static readonly string[] Times = ["timestamp", "event.ingested", "now()", "ago(1d)", "datetime(2026-03-02)", "datetime(null)"];
    static readonly string[] Lists = ["event.category", "event.type", "related.ip", "dynamic(['a', 'process'])", "split(user.name, 'l')"];

    string Of(string[] some) => some[random.Next(some.Length)];

    public string Make()
    {
        var query = new StringBuilder(Of(["Events", "Process", "Http", "Events"]));
        var grouped = false;
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            if (grouped) query.Append(Of([" | take 3", " | sort by k asc", " | where k != 'x' | count", " | top 2 by v", " | where isnotnull(v)", " | extend w = tostring(v)"]));
            else
            {
                var step = random.Next(10);
                query.Append(step switch
                {
                    <= 3 => $" | where {Test(3)}",
                    4 => $" | extend e{i} = {Any(3)}",
                    5 => $" | sort by {Any(2)} {Of(["asc", "desc"])}",
                    6 => " | take 5",
                    7 => $" | search '{Of(["alice", "ss*", "*al*", "a.b-c"])}'",
                    8 => " | project-away related.*, bag | extend k = user.name, v = source.port",
                    _ => $" | summarize v = {Aggregate()} by k = tostring({Any(2)})",
                });
                grouped = step == 9;
                if (query.ToString().EndsWith(" | count", StringComparison.Ordinal)) break;
            }
            if (query.ToString().Contains("| count", StringComparison.Ordinal)) break;
        }
        return query.ToString();
    }

    string Aggregate() => Of(["count()", $"dcount({Any(1)})", $"max({Number(1)})", $"min({Time(1)})", $"make_set({Text(1)}, 5)", $"avg({Number(1)})", $"sum({Number(1)})", $"countif({Test(1)})", $"percentile({Number(1)}, 90)", $"take_any({Any(1)})", $"stdev({Number(1)})"]);

    string Any(int deep) => random.Next(4) switch { 0 => Text(deep), 1 => Number(deep), 2 => Time(deep), _ => Test(deep) };

    string Test(int deep)
    {
        if (deep == 0) return Of(["true", "false", "bool(null)"]);
        return random.Next(12) switch
        {
            0 => $"({Test(deep - 1)} and {Test(deep - 1)})",
            1 => $"({Test(deep - 1)} or {Test(deep - 1)})",
            2 => $"not({Test(deep - 1)})",
            3 => $"{Number(deep - 1)} {Of(["==", "!=", "<", ">="])} {Number(deep - 1)}",
            4 => $"{Time(deep - 1)} {Of(["==", "!=", "<", ">="])} {Time(deep - 1)}",
            5 => $"{Text(deep - 1)} {Of(["==", "!=", "=~", "contains", "!startswith", "endswith_cs"])} {Text(deep - 1)}",
            6 => $"{Text(deep - 1)} {Of(["has", "!has_cs", "hasprefix", "hassuffix_cs"])} {Of(["'a'", "'a.b-c'", "'Alice'", "'-'"])}",
            7 => $"{Text(deep - 1)} {Of(["in", "!in~", "in~", "has_any", "has_all"])} ('a', 'Alice', '10.0.0.5')",
            8 => $"{Number(deep - 1)} {Of(["in", "!in"])} (1, 22, 51000)",
            9 => $"{Number(deep - 1)} {Of(["between", "!between"])} ({Number(0)} .. {Number(0)})",
            10 => $"{Of(Lists)} {Of(["==", "!=", "has", "!contains", "in"])} ('process')",
            _ => Of([$"isnull({Any(deep - 1)})", $"isempty({Text(deep - 1)})", $"ipv4_is_private({Text(0)})", $"{Text(0)} matches regex @'^\\w+[a-c]?$'", $"isnotempty({Of(Lists)})"]),
        };
    }

    string Text(int deep) => deep == 0 ? Of(Texts) : random.Next(8) switch
    {
        0 => $"strcat({Text(deep - 1)}, {Any(deep - 1)})",
        1 => $"tostring({Any(deep - 1)})",
        2 => $"substring({Text(deep - 1)}, {Of(["0", "1", "-2", "source.port"])}, 3)",
        3 => $"iff({Test(deep - 1)}, {Text(deep - 1)}, {Text(deep - 1)})",
        4 => $"coalesce({Text(deep - 1)}, {Text(deep - 1)})",
        5 => $"tolower({Text(deep - 1)})",
        6 => Of([$"format_datetime({Time(deep - 1)}, 'yyyy-MM-dd HH:mm')", $"extract('(a).*', 1, {Text(deep - 1)})", $"strcat_array({Of(Lists)}, '-')", $"replace_string({Text(deep - 1)}, 'a', 'b')"]),
        _ => Of(Texts),
    };

    string Number(int deep) => deep == 0 ? Of(Numbers) : random.Next(9) switch
    {
        0 => $"({Number(deep - 1)} {Of(["+", "-", "*", "/", "%"])} {Number(deep - 1)})",
        1 => $"strlen({Text(deep - 1)})",
        2 => $"tolong({Any(deep - 1)})",
        3 => $"todouble({Text(deep - 1)})",
        4 => $"array_length({Of(Lists)})",
        5 => $"bin({Number(deep - 1)}, {Of(["5", "0.5"])})",
        6 => Of([$"hourofday({Time(deep - 1)})", $"datetime_diff('hour', {Time(deep - 1)}, {Time(deep - 1)})", $"round({Number(deep - 1)}, 2)", $"abs({Number(deep - 1)})", $"indexof({Text(deep - 1)}, 'a')"]),
        7 => $"iff({Test(deep - 1)}, {Number(deep - 1)}, {Number(deep - 1)})",
        _ => Of(Numbers),
    };

    string Time(int deep) => deep == 0 ? Of(Times) : random.Next(5) switch
    {
        0 => $"bin({Time(deep - 1)}, {Of(["1h", "7d", "90s"])})",
        1 => $"({Time(deep - 1)} {Of(["+", "-"])} {Of(["1d", "5ms", "90m"])})",
        2 => $"startofday({Time(deep - 1)})",
        3 => $"todatetime({Text(deep - 1)})",
        _ => Of(Times),
    };
}
