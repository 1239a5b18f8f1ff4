using System.Globalization;
using Andon.Model;
using Andon.Store.Events;

namespace Andon.Tests.Store;

/// <summary>Texts as a dictionary and numbers, and blocks that are filled again and again.</summary>
public sealed class NativeTextsTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static readonly TableModel Tried = new("tried",
    [
        new("id", "UInt64", "Number of the row."),
        new("word", "LowCardinality(String)", "A text of few values."),
        new("words", "Array(LowCardinality(String))", "None, one or two of them."),
        new("names", "Map(LowCardinality(String), UInt32)", "The same with the row's number."),
    ]) { OrderBy = "`id`" };

    /// <summary>Numbers of one, two and four bytes, rows without a value between those with one, and each block after one that was larger or smaller.</summary>
    [Fact]
    public async Task The_engine_reads_dictionaries_of_any_size()
    {
        var store = await EngineHouse.Store();
        await store.Client.Execute(Tried.CreateSql("MergeTree", textIndex: false).Replace(",\n  \n)", "\n)", StringComparison.Ordinal), Stop);
        using var block = new NativeBlock(Tried);
        var (id, word, words, names) = ((FixedColumn)block.Columns[0], (TextColumn)block.Columns[1], (TextArrayColumn)block.Columns[2], (SpanColumn)block.Columns[3]);
        var first = 0UL;
        foreach (var (rows, distinct) in new[] { (1_000, 3), (70_000, 69_000), (2_000, 300), (257, 256), (3, 1) })
        {
            block.Clear();
            for (var i = 0UL; i < (ulong)rows; i++)
            {
                var text = Text((first + i) % (ulong)distinct);
                id.Add(first + i);
                if (i % 3 != 0)
                {
                    word.FillTo(block.Rows);
                    word.Add(text);
                }
                if (i % 4 != 1)
                {
                    words.FillTo(block.Rows);
                    for (var k = 0UL; k < i % 3; k++) words.Add(EventMaker.Utf8(text));
                    words.EndRow();
                }
                if (i % 5 == 2)
                {
                    names.FillTo(block.Rows);
                    names.Add(EventMaker.Utf8(text), (uint)i);
                    names.EndRow();
                }
                block.Rows++;
            }
            using var content = block.AsContent();
            await store.Client.Insert(await store.Client.Engine.Ready(Stop), Tried.InsertSql, "", content, Stop);
            var wrong = await store.Number(string.Create(CultureInfo.InvariantCulture, $"""
                WITH id - {first} AS i, concat('text ', toString(id % {distinct}), if(id % {distinct} % 7 = 0, repeat('+', 200), '')) AS t
                SELECT countIf(word != if(i % 3 != 0, t, '') OR words != if(i % 4 != 1, arrayResize(CAST([], 'Array(String)'), i % 3, t), []) OR names != CAST(if(i % 5 = 2, map(t, toUInt32(i)), map()), 'Map(LowCardinality(String), UInt32)'))
                FROM tried WHERE id >= {first}
                """), Stop);
            Assert.Equal(0UL, wrong);
            first += (ulong)rows;
        }
        Assert.Equal(first, await store.Number("SELECT count() FROM tried", Stop));
        await store.Client.Execute("DROP TABLE tried", Stop);

        static string Text(ulong number) => string.Create(CultureInfo.InvariantCulture, $"text {number}") + (number % 7 == 0 ? new string('+', 200) : "");
    }

    [Fact]
    public void Encoding_allocates_nothing_once_its_pieces_are_there()
    {
        using var batch = new EventBatch();
        for (var i = 0; i < 3_000; i++)
            EventMaker.Add(batch, (ulong)i + 1, EventMaker.Utf8($"port {i} of host{i % 40} is closed to user{i % 900}"), EventMaker.Noon + i,
                ("host.name", EventMaker.Utf8($"host{i % 40}"), ValueKind.Text), ("user.name", EventMaker.Utf8($"user{i % 900}"), ValueKind.Text),
                ("source.ip", EventMaker.Utf8($"10.0.{i % 200}.1"), ValueKind.Text), ("destination.port", EventMaker.Utf8($"{i}"), ValueKind.Number), ("destination.port", EventMaker.Utf8("also"), ValueKind.Text),
                ("event.category", EventMaker.Utf8("network"), ValueKind.Text), ("event.category", EventMaker.Utf8("session"), ValueKind.Text), ("related.user", EventMaker.Utf8($"user{i % 900}"), ValueKind.Text),
                ($"own.{i % 50}", EventMaker.Utf8($"{i}"), ValueKind.Text), ("own.two", EventMaker.Utf8("a"), ValueKind.Text), ("own.two", EventMaker.Utf8("b"), ValueKind.Text));
        batch.Seal();
        using var cut = new EventCut();
        var least = long.MaxValue;
        long bytes = 0;
        for (var round = 0; round < 4; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            cut.Begin(1);
            cut.Add(batch, ulong.MaxValue, without: null);
            bytes = cut.Bytes;
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(3_000, cut.Rows);
        Assert.True(bytes > 3_000 * 50);
        // A table of days and its enumerators; nothing for an event.
        Assert.InRange(least, 0, 3_000);
    }
}
