using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Andon.Intake.Collect;
using Andon.Store.Records;

namespace Andon.Tests.Intake;

public sealed class Forward
{
    /// <summary>Writes the MessagePack that tests say: what fits into small heads.</summary>
    static byte[] Pack(object? value) => value switch
    {
        null => [0xc0],
        bool b => [b ? (byte)0xc3 : (byte)0xc2],
        int n when n is >= 0 and < 128 => [(byte)n],
        int n => [0xd2, (byte)(n >> 24), (byte)(n >> 16), (byte)(n >> 8), (byte)n],
        double d => [0xcb, .. BitConverter.GetBytes(d).Reverse()],
        string s when Encoding.UTF8.GetByteCount(s) < 32 => [(byte)(0xa0 + Encoding.UTF8.GetByteCount(s)), .. Encoding.UTF8.GetBytes(s)],
        string s => [0xd9, (byte)Encoding.UTF8.GetByteCount(s), .. Encoding.UTF8.GetBytes(s)],
        byte[] raw => [0xc5, (byte)(raw.Length >> 8), (byte)raw.Length, .. raw],
        (int seconds, int nanos) => [0xd7, 0, .. Pack(seconds)[1..], .. Pack(nanos)[1..]],
        object?[] array => [(byte)(0x90 + array.Length), .. array.SelectMany(Pack)],
        Dictionary<string, object?> map => [(byte)(0x80 + map.Count), .. map.SelectMany(p => Pack(p.Key).Concat(Pack(p.Value)))],
        _ => throw new ArgumentException(value.GetType().Name),
    };

    const int Time = 1_772_438_400;
    static Dictionary<string, object?> Record(int n) => new() { ["n"] = n, ["s"] = "größe" };
    static Dictionary<string, object?> Chunk(string id, bool gzip = false) => gzip ? new() { ["chunk"] = id, ["compressed"] = "gzip" } : new() { ["chunk"] = id };
    static byte[] Ack(string id) => Pack(new Dictionary<string, object?> { ["ack"] = id });
    static byte[] Entries(params int[] numbers) => [.. numbers.SelectMany(n => Pack(new object?[] { (Time, 500_000_000), Record(n) }))];
    static string Line(int n, string tail = "") => $"{{\"@timestamp\":\"2026-03-02T08:00:00.5000000Z\",\"n\":{n},\"s\":\"größe\",\"fluent\":{{\"tag\":\"t\",\"time\":\"2026-03-02T08:00:00.5000000Z\"{tail}}}}}";
    static WireRig Rig(IRecordLog? log = null, string? key = null) => new("forward", r => new ForwardWire(new(r.Log, "forward"), key, r.Findings), log);

    static byte[] Gzip(byte[] plain)
    {
        var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(plain);
        return packed.ToArray();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(int.MaxValue)]
    public async Task All_modes_are_read_however_the_stream_is_cut_and_chunks_are_acknowledged(int piece)
    {
        await using var rig = Rig();
        byte[] session =
        [
            .. Pack(new object?[] { "t", (Time, 500_000_000), Record(1) }),
            .. Pack(null), // A heartbeat.
            .. Pack(new object?[] { "t", (Time, 500_000_000), Record(2), Chunk("one") }),
            .. Pack(new object?[] { "t", new object?[] { new object?[] { (Time, 500_000_000), Record(3) }, new object?[] { new object?[] { (Time, 500_000_000), new Dictionary<string, object?>() }, Record(4) } }, Chunk("two") }),
            .. Pack(new object?[] { "t", Entries(5, 6), Chunk("three") }),
            .. Pack(new object?[] { "t", Gzip(Entries(7, 8)), Chunk("four", gzip: true) }),
        ];
        byte[] acknowledged = [.. Ack("one"), .. Ack("two"), .. Ack("three"), .. Ack("four")];
        Assert.Equal(acknowledged, await rig.Say(session, piece));
        Assert.Equal([Line(1), Line(2, ",\"chunk\":\"one\""), Line(3), Line(4, ",\"chunk\":\"two\""), Line(5), Line(6, ",\"chunk\":\"three\""), Line(7), Line(8, ",\"chunk\":\"four\"")], await rig.Records());
    }

    [Xunit.Fact]
    public async Task A_chunk_that_comes_again_is_acknowledged_and_not_kept_twice_also_after_a_restart()
    {
        var log = new MemoryRecordLog();
        var message = Pack(new object?[] { "t", Entries(1, 2), Chunk("same \"id\"") });
        await using (var rig = Rig(log))
        {
            byte[] twice = [.. Ack("same \"id\""), .. Ack("same \"id\"")];
            Assert.Equal(twice, await rig.Say([.. message, .. message]));
            Assert.Equal(2, rig.Listener.Snapshot().Repeated);
        }
        await using var again = Rig(log);
        Assert.Equal(Ack("same \"id\""), await again.Say(message));
        Assert.Equal(3ul, log.Next);
        Assert.Equal(2, again.Listener.Snapshot().Repeated);
    }

    [Xunit.Fact]
    public async Task Nobody_makes_another_senders_chunk_pass_for_kept()
    {
        await using var rig = Rig();
        // He knows the id, and sends it first; or sends with it the very same bytes from elsewhere.
        await rig.Say(Pack(new object?[] { "t", Entries(9), Chunk("known") }));
        using (var stranger = await rig.Connect("127.0.0.66"))
        {
            await stranger.SendAsync(Pack(new object?[] { "t", Entries(1, 2), Chunk("known") }));
            await rig.Log.WaitFor(3, TestContext.Current.CancellationToken);
        }
        Assert.Equal(Ack("known"), await rig.Say(Pack(new object?[] { "t", Entries(1, 2), Chunk("known") })));
        Assert.Equal([Line(9, ",\"chunk\":\"known\""), Line(1), Line(2, ",\"chunk\":\"known\""), Line(1), Line(2, ",\"chunk\":\"known\"")], await rig.Records());
        Assert.Equal(0, rig.Listener.Snapshot().Repeated);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(30)]
    public async Task A_message_that_breaks_off_is_kept_as_far_as_it_came(int missing)
    {
        await using var rig = Rig();
        byte[] whole = Pack(new object?[] { "t", (Time, 500_000_000), Record(1) }), torn = Pack(new object?[] { "t", Entries(5, 6), Chunk("three") })[..^missing];
        Assert.Empty(await rig.Say([.. whole, .. torn]));
        await rig.Log.WaitFor(2, TestContext.Current.CancellationToken);
        var kept = await rig.Log.Read(1, 10, 1 << 20, CancellationToken.None);
        Assert.Equal(2, kept.Count);
        Assert.Equal(torn, kept[1].Raw.ToArray());
        Assert.Equal("cut-off", kept[1].Origin.Hint);
        Assert.Contains("INT103", Lab.Codes(Lab.Parse(kept[1].Origin, torn)));
        Assert.Contains(rig.Findings.All, f => f.Code == "INT270");
    }

    [Xunit.Fact]
    public async Task A_long_tag_does_not_become_a_part_of_every_record()
    {
        await using var rig = Rig();
        byte[] entries = [.. Enumerable.Range(0, 20_000).SelectMany(_ => (byte[])[0x92, 0, 0x80])];
        byte[] message = [0x92, 0xDA, 0xFF, 0xFF, .. Enumerable.Repeat((byte)'t', 65_535), 0xC5, (byte)(entries.Length >> 8), (byte)entries.Length, .. entries];
        await rig.Say(message);
        Assert.Single(await rig.Records()); // The message as it came, and not 20,000 times its tag.
        Assert.Contains(rig.Findings.All, f => f.Code == "INT036");
    }

    [Xunit.Fact]
    public async Task What_a_record_holds_becomes_JSON_whatever_it_is()
    {
        await using var rig = Rig();
        var map = new Dictionary<string, object?> { ["null"] = null, ["yes"] = true, ["minus"] = -5, ["real"] = 1.5, ["nan"] = double.NaN, ["raw"] = new byte[] { 0xff, 0xfe }, ["text"] = "\"größe\"\n"u8.ToArray(), ["list"] = new object?[] { 1, "a" }, ["time"] = "mine" };
        await rig.Say(Pack(new object?[] { "t", Time, map }));
        Assert.Equal("{\"null\":null,\"yes\":true,\"minus\":-5,\"real\":1.5,\"nan\":\"NaN\",\"raw\":\"base64://4=\",\"text\":\"\\\"größe\\\"\\n\",\"list\":[1,\"a\"],\"time\":\"mine\",\"fluent\":{\"tag\":\"t\"}}",
            (await rig.Records())[0].Replace(",\"time\":\"2026-03-02T08:00:00.0000000Z\"", "", StringComparison.Ordinal));
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse((await rig.Records())[0]).RootElement.ValueKind);
    }

    [Xunit.Fact]
    public async Task What_is_no_message_is_kept_and_what_is_no_MessagePack_ends_the_connection()
    {
        await using var rig = Rig();
        await rig.Say([.. Pack("hello"), .. Pack(new object?[] { "t", Time, Record(1) })]);
        var records = await rig.Records();
        Assert.Equal(2, records.Length);
        Assert.EndsWith("hello", records[0], StringComparison.Ordinal);
        Assert.Contains(rig.Findings.All, f => f.Code == "INT036");
        await rig.Say([0xc1, 1, 2]);
        Assert.Contains(rig.Findings.All, f => f.Code == "INT025");
    }

    [Xunit.Fact]
    public async Task Random_streams_break_nothing()
    {
        await using var rig = Rig();
        await rig.Fuzz([.. Pack(new object?[] { "t", (Time, 1), Record(1), Chunk("one") }), .. Pack(new object?[] { "t", Entries(5, 6), Chunk("three") }), .. Pack(new object?[] { "t", Gzip(Entries(7, 8)), Chunk("four", gzip: true) })], 300, 20260308);
        Assert.All(await rig.Records(), r => Assert.NotEmpty(r));
        Assert.Equal(Ack("fine"), await rig.Say(Pack(new object?[] { "t", Time, Record(1), Chunk("fine") })));
    }

    [Xunit.Fact]
    public void Random_bytes_are_no_message_or_give_JSON()
    {
        var random = new Random(20260309);
        var seed = Pack(new object?[] { "t", new object?[] { new object?[] { (Time, 5), new Dictionary<string, object?> { ["a"] = new object?[] { 1, new Dictionary<string, object?> { ["b"] = "c" } } } } }, Chunk("x") });
        for (var round = 0; round < 30_000; round++)
        {
            var bytes = (byte[])seed.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (ForwardMessage.Read(bytes.AsSpan(0, random.Next(3) == 0 ? random.Next(bytes.Length) : bytes.Length)) is not { } message) continue;
            foreach (var record in message.Records) Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(record).RootElement.ValueKind);
            if (message.Chunk.Length > 0 && message.Records.Count > 0) Assert.Equal(message.Chunk, ForwardMessage.ChunkOf(message.Records[^1].Span));
        }
    }
}
