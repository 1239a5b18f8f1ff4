using System.Text;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;

namespace Andon.Tests.Store;

public sealed class EventEncoderTests
{
    static readonly Dictionary<string, string> None = [];
    static CancellationToken Stop => TestContext.Current.CancellationToken;
    static byte[] Utf8(string text) => EventMaker.Utf8(text);

    [Fact]
    public async Task Native_bytes_are_these()
    {
        using var column = new TextColumn("a", "String");
        column.Add("\n\n\0\u00ff"u8);
        column.Add(new string('x', 128));
        Assert.Equal("0161" + "06537472696e67" + "050a0a00c3bf" + "8001" + string.Concat(Enumerable.Repeat("78", 128)), await Hex(column));

        using var number = new LongColumn("n");
        number.Add(-2);
        number.AddMissing();
        Assert.Equal("016e" + "0f" + Convert.ToHexStringLower("Nullable(Int64)"u8) + "0001" + "feffffffffffffff" + "0000000000000000", await Hex(number));

        using var address = new AddressColumn("i");
        Assert.True(address.TryAdd("10.0.0.1"u8));
        address.AddMissing();
        Assert.Equal("0169" + "0e" + Convert.ToHexStringLower("Nullable(IPv6)"u8) + "0001" + "00000000000000000000ffff0a000001" + new string('0', 32), await Hex(address));

        using var texts = new TextArrayColumn("t", "String");
        texts.Add("a"u8);
        texts.Add("b"u8);
        texts.EndRow();
        texts.EndRow();
        Assert.Equal("0174" + "0d" + Convert.ToHexStringLower("Array(String)"u8) + "0200000000000000" + "0200000000000000" + "0161" + "0162", await Hex(texts));

        // A dictionary: version, then which width the numbers have and that keys follow, the keys (the empty one first), a number for each row.
        using var words = new TextColumn("w", "LowCardinality(String)");
        words.Add("x"u8);
        words.FillTo(2);
        words.Add("x"u8);
        Assert.Equal("0177" + "16" + Convert.ToHexStringLower("LowCardinality(String)"u8) + "0100000000000000" + "0006000000000000" + "0200000000000000" + "00" + "0178" + "0300000000000000" + "010001", await Hex(words));

        using var map = new MapColumn("m");
        map.EndRow();
        map.Add("k"u8, "v"u8);
        map.EndRow();
        Assert.Equal("016d" + "23" + Convert.ToHexStringLower("Map(LowCardinality(String), String)"u8) + "0100000000000000" + "0000000000000000" + "0100000000000000"
            + "0006000000000000" + "0200000000000000" + "00" + "016b" + "0100000000000000" + "01" + "0176", await Hex(map));

        using var none = new SpanColumn("s");
        none.FillTo(2);
        Assert.Equal("0173" + "23" + Convert.ToHexStringLower("Map(LowCardinality(String), UInt32)"u8) + "0100000000000000" + "0000000000000000" + "0000000000000000", await Hex(none));

        static async Task<string> Hex(NativeColumn column)
        {
            using var to = new MemoryStream();
            await column.WriteTo(to, Stop);
            Assert.Equal(to.Length, column.Bytes);
            return Convert.ToHexStringLower(to.ToArray());
        }
    }

    [Theory]
    [InlineData("10.0.0.1", "00000000000000000000ffff0a000001")]
    [InlineData("255.255.255.255", "00000000000000000000ffffffffffff")]
    [InlineData("::", "00000000000000000000000000000000")]
    [InlineData("2001:DB8::1", "20010db8000000000000000000000001")]
    [InlineData("::ffff:1.2.3.4", "00000000000000000000ffff01020304")]
    [InlineData("", null)]
    [InlineData("10.0.0", null)]
    [InlineData("10.0.0.256", null)]
    [InlineData("010.0.0.1", null)]
    [InlineData("10.0.0.1 ", null)]
    [InlineData("0x7f.0.0.1", null)]
    [InlineData("2130706433", null)]
    [InlineData("fe80::1%eth0", null)]
    [InlineData("::1/64", null)]
    [InlineData("[::1]", null)]
    [InlineData("10.0.0.1:80", null)]
    [InlineData("ab:cd", null)]
    public void An_address_is_read_as_it_stands_or_not_at_all(string text, string? expected)
    {
        var bytes = new byte[16];
        var read = AddressText.TryRead(Utf8(text), bytes);
        Assert.Equal(expected, read ? Convert.ToHexStringLower(bytes) : null);
    }

    [Fact]
    public async Task Values_go_to_their_columns_and_what_does_not_fit_to_the_bag()
    {
        var store = await EngineHouse.Store();
        using var batch = EventMaker.One(Utf8("raw text"), EventMaker.Noon,
            ("user.name", Utf8("alice"), ValueKind.Text), ("user.name", Utf8("bob"), ValueKind.Text),
            ("source.ip", Utf8("10.1.2.3"), ValueKind.Text), ("destination.ip", Utf8("not an address"), ValueKind.Text),
            ("source.port", Utf8("22"), ValueKind.Number), ("destination.port", Utf8("99999999999999999999"), ValueKind.Number),
            ("event.category", Utf8("process"), ValueKind.Text), ("event.category", Utf8("network"), ValueKind.Text),
            ("my.own", Utf8("x"), ValueKind.Text), ("my.own", Utf8("y\"\\\n"), ValueKind.Text), ("my.flag", Utf8("true"), ValueKind.True),
            ("my.nothing", Utf8("null"), ValueKind.Null), ("event.severity", Utf8("null"), ValueKind.Null));
        await EventMaker.Insert(store, batch);
        var answer = await store.Query("SELECT * , andon_event_id, event_original FROM events", None, QueryLimits.Standard, Stop);
        var row = answer.Rows[0];
        Assert.Equal("alice", row[answer.Place("user_name")]);
        Assert.Equal("10.1.2.3", row[answer.Place("source_ip")]);
        Assert.Null(row[answer.Place("destination_ip")]);
        Assert.Equal(22L, row[answer.Place("source_port")]);
        Assert.Null(row[answer.Place("destination_port")]);
        Assert.Null(row[answer.Place("event_severity")]);
        Assert.Equal(["process", "network"], Assert.IsType<object?[]>(row[answer.Place("event_category")]));
        Assert.Equal("1.0", row[answer.Place("andon_event_id")]);
        Assert.Equal("raw text", row[answer.Place("event_original")]);
        Assert.Equal("", row[answer.Place("process_command_line")]);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(EventMaker.Noon), row[answer.Place("timestamp")]);
        Assert.Equal(
            new Dictionary<string, object?> { ["user.name"] = "bob", ["my.own"] = """["x","y\"\\\u000a"]""", ["my.flag"] = "true", ["destination.port"] = "99999999999999999999", ["destination.ip"] = "not an address" },
            Assert.IsType<Dictionary<string, object?>>(row[answer.Place("bag")]));
        // Missing is not "::" and not 0.
        Assert.Empty((await store.Query("SELECT id FROM events WHERE destination_ip = toIPv6('::') OR destination_port = 0", None, QueryLimits.Standard, Stop)).Rows);
    }

    [Fact]
    public async Task Any_bytes_come_back_the_same()
    {
        var store = await EngineHouse.Store();
        var random = new Random(11);
        var raws = new List<byte[]> { Array.Empty<byte>(), "\n\n"u8.ToArray(), "\0"u8.ToArray(), new byte[] { 0xff, 0xfe, 0x80, 0xc3 }, Encoding.ASCII.GetBytes(new string('m', 1 << 20)) };
        for (var i = 0; i < 300; i++)
        {
            var raw = new byte[random.Next(40)];
            random.NextBytes(raw);
            raws.Add(raw);
        }
        using var batch = new EventBatch();
        for (var i = 0; i < raws.Count; i++)
            EventMaker.Add(batch, (ulong)i + 2570, raws[i], EventMaker.Noon + i, ("process.command_line", raws[i], ValueKind.Text), ("odd\n\n\0name", raws[i], ValueKind.Text), ("related.user", raws[i], ValueKind.Text));
        batch.Seal();
        await EventMaker.Insert(store, batch);

        var answer = await store.Query("SELECT id, hex(raw), hex(process_command_line), hex(bag[unhex('6f64640a0a006e616d65')]), hex(related_user[1]) FROM events ORDER BY id", None, QueryLimits.Standard, Stop);
        Assert.Equal(raws.Count, answer.Rows.Count);
        for (var i = 0; i < raws.Count; i++)
        {
            Assert.Equal(EventId.At((ulong)i + 2570, 0).Value, answer.Rows[i][0]);
            for (var c = 1; c < 5; c++) Assert.Equal(Convert.ToHexString(raws[i]), answer.Rows[i][c]);
        }
    }

    [Fact]
    public async Task A_full_bag_overflows_into_one_key_and_loses_nothing()
    {
        var store = await EngineHouse.Store();
        var cells = Enumerable.Range(0, EventLimits.BagKeysMax + 20).Select(i => ($"k{i}", Utf8($"v{i}"), ValueKind.Text))
            .Append((new string('n', EventLimits.BagKeyBytesMax + 1), Utf8("long name"), ValueKind.Text)).ToArray();
        using var batch = EventMaker.One([], EventMaker.Noon, cells);
        await EventMaker.Insert(store, batch);
        var bag = Assert.IsType<Dictionary<string, object?>>((await store.Query("SELECT bag FROM events", None, QueryLimits.Standard, Stop)).Rows[0][0]);
        Assert.Equal(EventLimits.BagKeysMax + 1, bag.Count);
        var over = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>((string)bag["andon.overflow"]!)!;
        Assert.Equal(21, over.Count);
        Assert.Equal("long name", over[new string('n', EventLimits.BagKeyBytesMax + 1)]);
        foreach (var (name, value, _) in cells) Assert.Equal(Encoding.UTF8.GetString(value), bag.TryGetValue(name, out var kept) ? kept : over[name]);
    }

    [Fact]
    public async Task A_time_out_of_range_is_moved_to_the_edge_and_says_so()
    {
        var store = await EngineHouse.Store();
        using var batch = new EventBatch();
        EventMaker.Add(batch, 1, [], long.MaxValue);
        EventMaker.Add(batch, 2, [], long.MinValue);
        EventMaker.Add(batch, 3, [], EventMaker.Noon);
        batch.Seal();
        await EventMaker.Insert(store, batch);
        var rows = (await store.Query("SELECT timestamp, andon_findings FROM events ORDER BY id", None, QueryLimits.Standard, Stop)).Rows;
        Assert.Equal(2104, Assert.IsType<DateTimeOffset>(rows[0][0]).Year);
        Assert.Equal(1970, Assert.IsType<DateTimeOffset>(rows[1][0]).Year);
        Assert.StartsWith("EVS001 ", (string?)Assert.IsType<object?[]>(rows[0][1])[0], StringComparison.Ordinal);
        Assert.Empty(Assert.IsType<object?[]>(rows[2][1]));
    }

    [Fact]
    public async Task Every_column_of_the_catalogue_stands_in_the_table()
    {
        var store = await EngineHouse.Store();
        await store.EnsureSchema(Stop); // A second time changes nothing.
        var there = await store.Query("SELECT table, name, type FROM system.columns WHERE database = currentDatabase() AND table != 'store_version' ORDER BY table, position", None, QueryLimits.Standard, Stop);
        var wanted = EventTables.All.Append(Andon.Store.Query.Known.FactTable.Model).OrderBy(t => t.Name, StringComparer.Ordinal).SelectMany(t => t.Columns.Select(c => $"{t.Name} {c.Name} {c.Type}"));
        Assert.Equal(wanted.Order(StringComparer.Ordinal), there.Rows.Select(r => string.Join(' ', r)).Order(StringComparer.Ordinal));
        foreach (var field in Ecs.Fields.Where(f => f.Column)) Assert.Contains(EventTables.Events.Columns, c => c.Name == field.ColumnName);
    }

    [Fact]
    public async Task A_column_that_came_later_is_added()
    {
        var store = await EngineHouse.Store();
        await store.Client.Execute("ALTER TABLE events DROP COLUMN rule_name", Stop);
        await store.EnsureSchema(Stop);
        using var batch = EventMaker.One([], EventMaker.Noon, ("rule.name", Utf8("r"), ValueKind.Text));
        await EventMaker.Insert(store, batch);
        Assert.Equal("r", (await store.Query("SELECT rule_name FROM events", None, QueryLimits.Standard, Stop)).Rows[0][0]);
    }

    [Fact]
    public async Task The_same_token_is_stored_once()
    {
        var store = await EngineHouse.Store();
        using var batch = EventMaker.One([], EventMaker.Noon, ("rule.name", Utf8("r"), ValueKind.Text));
        for (var i = 0; i < 3; i++) await EventMaker.Insert(store, batch, "t-1");
        Assert.Equal(1UL, await store.Number("SELECT count() FROM events", Stop));
    }

    [Fact]
    public async Task Indexes_never_change_an_answer()
    {
        var store = await EngineHouse.Store();
        var random = new Random(5);
        using var batch = new EventBatch();
        for (var i = 0; i < 20_000; i++)
            EventMaker.Add(batch, (ulong)i + 1, Utf8($"User U{random.Next(500)} did {random.Next(100000):x}"), EventMaker.Noon + i * 100,
                ("user.name", Utf8($"U{random.Next(500)}"), ValueKind.Text), ("process.command_line", Utf8($"CMD /c {random.Next(5000)}"), ValueKind.Text), ($"bag.k{random.Next(50)}", Utf8("1"), ValueKind.Text), ("source.ip", Utf8($"10.0.{random.Next(9)}.{random.Next(250)}"), ValueKind.Text));
        batch.Seal();
        await EventMaker.Insert(store, batch);
        foreach (var where in (string[])["hasToken(lower(raw), 'u77')", "lower(process_command_line) LIKE '%c 4711%'", "mapContains(bag, 'bag.k7')", "user_name = 'U42'", "source_ip = toIPv6('10.0.3.7')", "id = 8192"])
        {
            var with = await store.Number($"SELECT groupBitXor(cityHash64(id)) + count() FROM events WHERE {where}", Stop);
            var without = await store.Number($"SELECT groupBitXor(cityHash64(id)) + count() FROM events WHERE {where} SETTINGS use_skip_indexes = 0", Stop);
            Assert.Equal(without, with);
            Assert.NotEqual(0UL, with);
        }
        Assert.Contains("ix_raw", string.Join('\n', (await store.Query("EXPLAIN indexes = 1 SELECT id FROM events WHERE hasToken(lower(raw), 'u77')", None, QueryLimits.Standard, Stop)).Rows.Select(r => r[0])), StringComparison.Ordinal);
    }
}
