using Andon.Store.Engine;
using Andon.Store.Events;

namespace Andon.Tests.Store;

/// <summary>A query that fails while it runs leaves nothing behind: whoever comes next on its connection is answered, by the same worker.</summary>
public sealed class EngineAfterFaultTests
{
    static readonly Dictionary<string, string> None = [];
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("SELECT throwIf(number = 0, 'a') FROM numbers(1)")]
    [InlineData("SELECT throwIf(number = 150000, 'a') FROM numbers(300000)")]
    [InlineData("SELECT number, throwIf(number = 9000000, 'a') FROM numbers(10000000)")]
    [InlineData("SELECT sum(throwIf(number = 5000, 'a')) FROM numbers(10000)")]
    [InlineData("SELECT toInt64(concat('x', toString(number))) FROM numbers(10)")]
    [InlineData("SELECT toInt64(if(number = 200000, 'x', '1')) FROM numbers(300000)")]
    [InlineData("SELECT intDiv(1, number - 3) FROM numbers(10)")]
    [InlineData("SELECT groupArray(repeat(toString(number), 100)) FROM numbers(100000000)")]
    [InlineData("SELECT number FROM numbers(1000000000) ORDER BY rand()")]
    [InlineData("SELECT sum(cityHash64(number)) FROM numbers(1000000000000)")]
    [InlineData("SELECT (SELECT number FROM numbers(3))")]
    [InlineData("SELECT arrayFold((a, x) -> a + throwIf(x = 3, 'a'), [1, 2, 3], toInt64(0))")]
    [InlineData("SELECT JSONExtract('{', 'Nothing')")]
    public async Task Those_after_it_are_answered(string sql)
    {
        var store = await EngineHouse.Store();
        var worker = store.Client.Engine.Now?.Number;
        var limits = new QueryLimits(RowsMax: 20_000_000, TimeMsMax: 1500, MemoryBytesMax: 40 << 20);
        for (var round = 0; round < 3; round++)
        {
            await Assert.ThrowsAsync<EngineException>(async () => await store.Query(sql, None, limits, Stop));
            for (var i = 0; i < 5; i++)
                Assert.Equal(100_000, (await store.Query("SELECT number, toString(number) FROM numbers(100000)", None, new(RowsMax: 200_000), Stop)).Rows.Count);
        }
        // The same where part of an answer would be kept.
        for (var round = 0; round < 3; round++)
        {
            try { await store.Query(sql, None, limits with { KeepPartial = true }, Stop); }
            catch (EngineException) { }
            for (var i = 0; i < 5; i++) Assert.Equal(7L, (await store.Query("SELECT toInt64(7)", None, QueryLimits.Standard, Stop)).Rows[0][0]);
        }
        Assert.Equal(worker, store.Client.Engine.Now?.Number);
    }

    [Fact]
    public async Task Many_that_are_given_up_at_any_moment_break_no_answer_of_others()
    {
        var store = await EngineHouse.Store();
        var (given, answered) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(lane => Task.Run(async () =>
        {
            var random = new Random(lane);
            for (var i = 0; i < 120; i++)
            {
                // As a browser does that goes on to the next page: most questions are given up, at any moment of theirs.
                using var leaves = CancellationTokenSource.CreateLinkedTokenSource(Stop);
                var gone = random.Next(3) > 0;
                if (gone) leaves.CancelAfter(random.Next(0, 30));
                try
                {
                    var wanted = random.Next(2) == 0 ? 50 : 60_000;
                    var answer = await store.Query($"SELECT number, toString(number) FROM numbers({wanted})", None, new(RowsMax: 200_000), leaves.Token);
                    Assert.Equal(wanted, answer.Rows.Count);
                    Assert.All(answer.Rows.Index(), r => Assert.Equal((ulong)r.Index, r.Item[0]));
                    Interlocked.Increment(ref answered);
                }
                catch (OperationCanceledException) when (gone) { Interlocked.Increment(ref given); }
            }
        }, Stop)));
        Assert.True(answered > 240 && given > 50, $"{answered} answered, {given} given up");
    }

    [Fact]
    public async Task Many_that_fail_at_once_leave_all_connections_whole()
    {
        var store = await EngineHouse.Store();
        var worker = store.Client.Engine.Now?.Number;
        var failing = Enumerable.Range(0, 24).Select(async i =>
        {
            try { await store.Query($"SELECT number, throwIf(number = {i * 20_000}, 'a') FROM numbers(1000000)", None, new(RowsMax: 2_000_000, KeepPartial: i % 2 == 0), Stop); }
            catch (EngineException fault) { Assert.Equal(395, fault.Code); }
        });
        var asking = Enumerable.Range(0, 24).Select(async _ => Assert.Equal(100_000, (await store.Query("SELECT number FROM numbers(100000)", None, new(RowsMax: 200_000), Stop)).Rows.Count));
        await Task.WhenAll(failing.Concat(asking));
        Assert.Equal(worker, store.Client.Engine.Now?.Number);
    }
}
