using Andon.Store.Engine;

namespace Andon.Tests.Store;

/// <summary>Each failure of the engine has a code of its own, and says what to do; the engine's own numbers are met as the engine gives them.</summary>
public sealed class EngineCodes
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;
    static readonly Dictionary<string, string> None = [];

    [Theory]
    [InlineData("SELECT count() FROM numbers(100000000000) WHERE number % 7 = 3", 300, 100, 0L, 1L << 30, "ENG013")] // Time.
    [InlineData("SELECT groupArray(number) FROM numbers(50000000)", 60_000, 100, 0L, 20L << 20, "ENG014")] // Memory.
    [InlineData("SELECT count() FROM numbers(100000000)", 60_000, 100, 1000L, 1L << 30, "ENG015")] // Rows to read.
    [InlineData("SELECT no_such_column FROM events", 60_000, 100, 0L, 1L << 30, "ENG019")]
    public async Task What_the_engine_refuses_has_its_code(string sql, int ms, int rows, long readRows, long memory, string code)
    {
        var store = await EngineHouse.Store();
        var failed = await Assert.ThrowsAsync<EngineException>(async () => await store.Query(sql, None, new(RowsMax: rows, TimeMsMax: ms, MemoryBytesMax: memory) { ReadRowsMax = readRows }, Stop));
        Assert.Equal(code, failed.AsFinding().Code);
    }

    [Fact]
    public async Task An_answer_over_its_size_has_its_code()
    {
        var store = await EngineHouse.Store();
        var failed = await Assert.ThrowsAsync<EngineException>(async () => await store.Query("SELECT repeat('x', 1000) FROM numbers(100000)", None, new(RowsMax: 1_000_000) { AnswerBytesMax = 100_000 }, Stop));
        Assert.Equal("ENG012", failed.AsFinding().Code);
    }

    [Fact]
    public void Every_code_of_a_failure_is_one_of_its_own_and_says_what_to_do()
    {
        int[] numbers = [EngineException.NotReady, EngineException.Broken, EngineException.TooLarge, EngineException.Newer, 159, 241, 396, 394, 202, 243, 62];
        var findings = numbers.Select(n => new EngineException(n, "text").AsFinding("here")).ToList();
        Assert.Equal(["ENG010", "ENG011", "ENG012", "ENG030", "ENG013", "ENG014", "ENG015", "ENG016", "ENG017", "ENG018", "ENG019"], findings.Select(f => f.Code));
        Assert.All(findings, f => Assert.True(f.Hint.Length > 10 && f.Place == "here", f.ToString()));
    }
}
