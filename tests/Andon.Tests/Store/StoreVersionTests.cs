using Andon.Store.Engine;
using Andon.Store.Events;

namespace Andon.Tests.Store;

/// <summary>The number of a store's form: a newer one is refused and left alone, an older one is brought up.</summary>
public sealed class StoreVersionTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_of_a_newer_program_is_refused_and_left_as_it_is()
    {
        var store = await EngineHouse.Store();
        await store.Client.Execute("INSERT INTO store_version (version) VALUES (99)", Stop);
        await store.Client.Execute("ALTER TABLE alerts DROP COLUMN number", Stop);
        var refused = await Assert.ThrowsAsync<EngineException>(() => store.EnsureSchema(Stop));
        Assert.Equal("ENG030", refused.AsFinding().Code);
        Assert.Contains("99", refused.AsFinding().Message, StringComparison.Ordinal);
        Assert.Equal(0UL, await store.Number("SELECT count() FROM system.columns WHERE database = currentDatabase() AND table = 'alerts' AND name = 'number'", Stop));
    }

    [Fact]
    public async Task A_store_without_a_number_is_brought_up_and_keeps_its_events()
    {
        var store = await EngineHouse.Store();
        await store.Client.Execute("INSERT INTO events (id, timestamp, raw) VALUES (4096, '2026-03-02 08:00:00.000', 'kept')", Stop);
        await store.Client.Execute("DROP TABLE store_version", Stop);
        await store.Client.Execute("DROP TABLE facts", Stop);
        await store.Client.Execute("CREATE TABLE facts (x UInt8) ENGINE = MergeTree ORDER BY x", Stop);
        await Task.WhenAll(store.EnsureSchema(Stop), store.EnsureSchema(Stop));
        Assert.Equal(StoreVersion.Current, await StoreVersion.Read(store.Client, Stop));
        Assert.Equal(1UL, await store.Number("SELECT count() FROM events WHERE raw = 'kept'", Stop));
        Assert.Equal(0UL, await store.Number("SELECT count() FROM facts WHERE seq > 0", Stop));
        Assert.Equal(1UL, await store.Number("SELECT count() FROM store_version", Stop));
    }

    [Fact]
    public async Task Small_parts_are_one_file_also_in_a_store_of_before()
    {
        var store = await EngineHouse.Store();
        await store.Client.Execute("ALTER TABLE events RESET SETTING min_bytes_for_wide_part", Stop);
        await store.Client.Execute("ALTER TABLE alerts MODIFY SETTING min_bytes_for_wide_part = 4711", Stop);
        await store.Client.Execute("INSERT INTO events (id, timestamp, raw) SELECT number, '2026-03-02 08:00:00.000', repeat('x', 2000) FROM numbers(20000)", Stop);
        await store.EnsureSchema(Stop);
        await store.Client.Execute("INSERT INTO events (id, timestamp, raw) SELECT 4096 + number, '2026-03-03 08:00:00.000', repeat('x', 2000) FROM numbers(20000)", Stop);
        var parts = await store.Query("SELECT toString(part_type) FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events' ORDER BY partition", new Dictionary<string, string>(), QueryLimits.Standard, Stop);
        Assert.Equal(["Wide", "Compact"], parts.Rows.Select(r => (string?)r[0]));
        Assert.Equal(40_000UL, await store.Number("SELECT count() FROM events WHERE hasToken(lower(raw), repeat('x', 2000))", Stop));
        // What its owner chose stays.
        Assert.Equal(1UL, await store.Number("SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = 'alerts' AND create_table_query LIKE '%min_bytes_for_wide_part = 4711%'", Stop));
    }
}
