using System.Globalization;
using Andon.Store.Engine;
using Andon.Store.Events;

namespace Andon.Tests.Store;

/// <summary>What the client asks and what it gets back, through a real worker.</summary>
public sealed class EngineQueryTests
{
    static readonly Dictionary<string, string> None = [];
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static async Task<QueryAnswer> Ask(string sql, Dictionary<string, string>? parameters = null, QueryLimits? limits = null) =>
        await (await EngineHouse.Store()).Query(sql, parameters ?? None, limits ?? QueryLimits.Standard, Stop);

    [Theory]
    [InlineData("toUInt8(7)", 7L)]
    [InlineData("toInt8(-7)", -7L)]
    [InlineData("toInt64(-9223372036854775808)", long.MinValue)]
    [InlineData("toUInt64(18446744073709551615)", ulong.MaxValue)]
    [InlineData("1 = 1", 1L)]
    [InlineData("true", true)]
    [InlineData("0.5", 0.5)]
    [InlineData("'a\\0b\\n\\n'", "a\0b\n\n")]
    [InlineData("CAST(NULL AS Nullable(Int64))", null)]
    [InlineData("toIPv6('::ffff:10.0.0.1')", "10.0.0.1")]
    [InlineData("toIPv6('2001:db8::1')", "2001:db8::1")]
    [InlineData("toIPv4('10.0.0.2')", "10.0.0.2")]
    [InlineData("toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0')", "61f0c404-5cb3-11e7-907b-a6006ad3dba0")]
    [InlineData("CAST('b', 'Enum8(\\'a\\' = 1, \\'b\\' = -2)')", "b")]
    [InlineData("toLowCardinality('lc')", "lc")]
    [InlineData("toInt128('170141183460469231731687303715884105727')", "170141183460469231731687303715884105727")]
    [InlineData("toIntervalDay(3)", 3L)]
    public async Task Every_type_comes_back_as_its_value(string expression, object? expected)
    {
        var answer = await Ask($"SELECT {expression} AS x");
        Assert.Equal(expected, answer.Rows[0][0]);
        Assert.Equal("x", answer.Columns[0].Name);
    }

    [Fact]
    public async Task Times_arrays_maps_and_tuples_come_back()
    {
        var answer = await Ask("SELECT toDateTime64('2026-03-02 08:00:00.123', 3, 'UTC'), toDate('2026-03-02'), [1, 2], map('k', ['v']), (1, 'x'), toDecimal64(1.25, 2), toDateTime64('1969-12-31 23:59:59.5', 3, 'UTC')");
        var row = answer.Rows[0];
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 8, 0, 0, 123, TimeSpan.Zero), row[0]);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero), row[1]);
        Assert.Equal([1L, 2L], Assert.IsType<object?[]>(row[2]));
        Assert.Equal("v", Assert.IsType<object?[]>(Assert.IsType<Dictionary<string, object?>>(row[3])["k"])[0]);
        Assert.Equal([1L, "x"], Assert.IsType<object?[]>(row[4]));
        Assert.Equal(1.25m, row[5]);
        Assert.Equal(new DateTimeOffset(1969, 12, 31, 23, 59, 59, 500, TimeSpan.Zero), row[6]);
    }

    [Fact]
    public async Task Parameters_come_back_byte_for_byte()
    {
        var random = new Random(7);
        const string Hard = "\\\t\n\r\0'\"`{}[],%&?=+#/ aé\u20ac\U0001F600";
        var store = await EngineHouse.Store();
        for (var i = 0; i < 60; i++)
        {
            var texts = Enumerable.Range(0, random.Next(4)).Select(_ => string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => Pick()))).ToList();
            var text = i == 0 ? "\\N" : string.Concat(texts);
            var answer = await store.Query("SELECT {s:String}, {a:Array(String)}, length({s:String})",
                new Dictionary<string, string> { ["s"] = text, ["a"] = QueryParameters.Array(texts) }, QueryLimits.Standard, Stop);
            Assert.Equal(text, answer.Rows[0][0]);
            Assert.Equal(texts, Assert.IsType<object?[]>(answer.Rows[0][1]).Cast<string>());
        }

        string Pick()
        {
            var at = random.Next(Hard.Length - 1);
            return char.IsSurrogate(Hard[at]) ? "\U0001F600" : Hard[at].ToString(CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task A_long_parameter_fits()
    {
        var text = new string('x', 200_000);
        Assert.Equal(text, (await Ask("SELECT {s:String}", new() { ["s"] = text })).Rows[0][0]);
    }

    [Fact]
    public async Task Pieces_of_a_streamed_answer_are_one_result()
    {
        var answer = await Ask("SELECT number, toString(number) FROM numbers(300000)", limits: new(RowsMax: 1_000_000));
        Assert.Equal(300_000, answer.Rows.Count);
        for (var i = 0; i < answer.Rows.Count; i++) Assert.Equal((ulong)i, answer.Rows[i][0]);
        Assert.Equal(AnswerState.Complete, answer.Stats.State);
        Assert.Equal(300_000, answer.Stats.ScannedRows);
    }

    [Fact]
    public async Task More_rows_than_asked_for_says_limited()
    {
        var answer = await Ask("SELECT number FROM numbers(1000)", limits: new(RowsMax: 10));
        Assert.Equal((10, AnswerState.Limited), (answer.Rows.Count, answer.Stats.State));
        answer = await Ask("SELECT number FROM numbers(10)", limits: new(RowsMax: 10));
        Assert.Equal((10, AnswerState.Complete), (answer.Rows.Count, answer.Stats.State));
        Assert.Empty((await Ask("SELECT number FROM numbers(0)")).Rows);
    }

    [Theory]
    [InlineData("SELECT", 62)]
    [InlineData("SELECT nothing", 47)]
    [InlineData("SELECT {missing:String}", 456)]
    [InlineData("SELECT sum(cityHash64(number)) FROM numbers(1000000000000)", 159)]
    [InlineData("SELECT groupArray(repeat(toString(number), 100)) FROM numbers(100000000)", 241)]
    [InlineData("SELECT * FROM url('http://127.0.0.1:1/', LineAsString)", 497)]
    public async Task An_error_has_its_code(string sql, int code)
    {
        var limits = new QueryLimits(TimeMsMax: code == 159 ? 2000 : 60_000, MemoryBytesMax: 20 << 20);
        Assert.Equal(code, (await Assert.ThrowsAsync<EngineException>(() => Ask(sql, limits: limits))).Code);
    }

    [Fact]
    public async Task An_error_after_the_first_rows_is_never_a_short_result()
    {
        const string Sql = "SELECT number, repeat('x', 100), throwIf(number = 900000, 'boom') FROM numbers(1000000)";
        var fault = await Assert.ThrowsAsync<EngineException>(() => Ask(Sql, limits: new(RowsMax: 2_000_000)));
        Assert.Equal(395, fault.Code);
        // Also when parts may be kept: only a reached limit makes a part, a fault never does. Here the rows before it were sent.
        fault = await Assert.ThrowsAsync<EngineException>(() => Ask(Sql, limits: new(RowsMax: 2_000_000, KeepPartial: true)));
        Assert.Equal(395, fault.Code);
        Assert.Contains("boom", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reached_limit_keeps_what_came_before_when_asked_to()
    {
        var answer = await Ask("SELECT number, repeat('x', 200), sleepEachRow(0.00003) FROM numbers(10000000)", limits: new(RowsMax: 20_000_000, TimeMsMax: 2500, KeepPartial: true));
        Assert.Equal(AnswerState.Partial, answer.Stats.State);
        Assert.NotEmpty(answer.Rows);
        Assert.NotNull(answer.Stats.Why);
    }
}
