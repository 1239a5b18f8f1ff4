using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;

namespace Andon.Tests.Store;

/// <summary>Some indexes come with a row's first merge: it is found before and after, and after it the index tells where not to look.</summary>
public sealed class IndexByMergeTests
{
    const string Asked = "SELECT count() FROM events WHERE lower(process_command_line) LIKE '%zebra-crossing%'", Stranger = "SELECT count() FROM events WHERE lower(process_command_line) LIKE '%no such command%'";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_is_found_before_its_index_is_made_and_after()
    {
        var store = await EngineHouse.Store();
        var batch = new EventBatch();
        for (var i = 1; i <= 3000; i++)
        {
            var command = EventMaker.Utf8(i == 2000 ? "/bin/zebra-crossing --now" : $"/usr/bin/tool{i} --option={i * 7919}");
            var raw = EventMaker.Utf8($"x={i}");
            EventMaker.Add(batch, (ulong)i, raw, EventMaker.Noon + i, ("process.command_line", command, ValueKind.Text), ("vendor.x", EventMaker.Utf8($"{i}"), ValueKind.Text));
        }
        await EventMaker.Insert(store, batch.Seal());
        foreach (var index in EventTables.Events.IndexesByMerge) Assert.Contains(EventTables.Events.Indexes, i => TableModel.IndexName(i) == index);
        var before = await Bytes();
        Assert.Equal(1UL, await store.Number(Asked, Stop));
        Assert.Equal(1, await Granules(Stranger));

        await store.Client.Execute("OPTIMIZE TABLE events FINAL", Stop);
        Assert.True(await Bytes() > before, "the merge made no index");
        Assert.Equal(1UL, await store.Number(Asked, Stop));
        Assert.Equal(0UL, await store.Number(Stranger, Stop));
        Assert.Equal(0, await Granules(Stranger));

        Task<ulong> Bytes() => store.Number("SELECT sum(secondary_indices_uncompressed_bytes) FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events'", Stop);

        // Granules that are left to read.
        async Task<int> Granules(string sql)
        {
            var plan = await store.Query($"EXPLAIN ESTIMATE {sql}", new Dictionary<string, string>(), QueryLimits.Standard, Stop);
            return plan.Rows.Count == 0 ? 0 : (int)Convert.ToInt64(plan.Rows[0][4], System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
