using System.Globalization;
using System.Text.Json;
using Andon.Store.Query;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Tests.Store.Query;

/// <summary>The language by example: what it reads, refuses, compiles to, and answers.</summary>
public sealed class QueryCorpusTests
{
    internal static readonly long Now = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Fact]
    public Task Canonical_text() => Corpus.Check("canonical.cases", 60, query =>
    {
        var faults = new Faults(query);
        var text = Parser.Parse(query, faults).ToString();
        Assert.True(!faults.Any, $"{query}: {string.Join("; ", faults.All)}");
        var again = new Faults(text);
        Assert.Equal(text, Parser.Parse(text, again).ToString());
        Assert.False(again.Any, $"{text} does not parse: {string.Join("; ", again.All)}");
        return new(text.Replace("\n", "¶", StringComparison.Ordinal));
    });

    [Fact]
    public Task Findings() => Corpus.Check("findings.cases", 60, query =>
    {
        var faults = new Faults(query);
        new Compiler(faults, new(Now)).Compile(Parser.Parse(query, faults));
        return new(string.Join(" ## ", faults.All.Select(f => $"{f.Place} {f.Code} {f.Message} {f.Hint}")));
    });

    [Fact]
    public Task Engine_text() => Corpus.Check("sql.cases", 50, query =>
    {
        var faults = new Faults(query);
        var compiled = new Compiler(faults, new(Now)).Compile(Parser.Parse(query, faults));
        Assert.True(compiled is not null, $"{query}: {string.Join("; ", faults.All)}");
        // The WHERE or the whole, without the long list of columns.
        var sql = compiled.Sql.StartsWith("SELECT toUnixTimestamp64Milli(timestamp) AS c1, ", StringComparison.Ordinal) ? $"… {compiled.Sql[(compiled.Sql.IndexOf(" FROM ", StringComparison.Ordinal) + 1)..]}" : compiled.Sql;
        return new($"{sql} -- {string.Join(", ", compiled.Parameters.Select(p => $"{p.Key}={p.Value.Replace("\n", "\\n", StringComparison.Ordinal)}"))}");
    });

    [Fact]
    public Task Box() => Corpus.Check("box.cases", 20, text =>
    {
        var faults = new Faults(text);
        var kql = Andon.Store.Query.Parsing.Box.ToKql(text, faults);
        var read = new Faults(kql);
        Parser.Parse(kql, read);
        Assert.False(read.Any, $"{text} became {kql}: {string.Join("; ", read.All)}");
        return new(string.Join(" ## ", faults.All.Select(f => f.ToString()).Prepend(kql)));
    });

    [Fact]
    public Task Rows() => Answers("rows.cases", 100);

    [Fact]
    public Task Operators() => Answers("operators.cases", 150);

    /// <summary>What a query prints as is read as the same query.</summary>
    [Fact]
    public Task Operators_print_as_they_parse() => Corpus.Check("operators.canonical.cases", 60, query =>
    {
        var faults = new Faults(query);
        var text = Parser.Parse(query, faults).ToString();
        Assert.True(!faults.Any, $"{query}: {string.Join("; ", faults.All)}");
        Assert.Equal(text, Parser.Parse(text, new(text)).ToString());
        return new(text.Replace("\n", "¶", StringComparison.Ordinal));
    });

    [Fact]
    public Task Functions() => Answers("functions.cases", 150);

    [Fact]
    public Task Traps() => Answers("traps.cases", 90);

    [Fact]
    public Task Manual() => Answers("manual.cases", 90);

    static async Task Answers(string file, int least)
    {
        var engine = await QueryStore.Engine();
        var faults = new List<string>();
        await Corpus.Check(file, least, async query =>
        {
            try
            {
                var answer = await engine.Search(new(query, FromMs: 0), TestContext.Current.CancellationToken);
                var rows = answer.Rows.Select(r => string.Join("|", r.Select(Shown)));
                return $"[{string.Join("|", answer.Columns.Select(c => c.Name))}] {string.Join(" / ", rows)}";
            }
            catch (QueryRefusedException refused)
            {
                if (refused.Findings.FirstOrDefault(f => f.Code.StartsWith("ENG", StringComparison.Ordinal)) is { } fault) faults.Add($"{query}: {fault.Message[..Math.Min(400, fault.Message.Length)]}");
                return $"refused {string.Join("; ", refused.Findings.Where(f => f.Level == Andon.Model.FindingLevel.Error).Select(f => $"{f.Code} {f.Message}"))}";
            }
        });
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    internal static string Shown(object? value) => value switch
    {
        null => "null",
        "" => "''",
        bool b => b ? "true" : "false",
        JsonElement json => json.GetRawText(),
        _ => (Convert.ToString(value, CultureInfo.InvariantCulture) ?? "").Replace("\n", "\\n", StringComparison.Ordinal),
    };
}
