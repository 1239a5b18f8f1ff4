using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Andon.Intake;
using Andon.Intake.Collect;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Tests.Intake;

public sealed partial class Gelf
{
    const string Message = "{\"version\":\"1.1\",\"host\":\"h\",\"short_message\":\"größe\",\"_n\":1}";
    readonly FindingList findings = new();
    readonly Listener listener = new("gelf-udp", new MemoryRecordLog(), TimeProvider.System);
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    GelfChunks New() => new(listener, findings);

    static byte[] Chunk(ulong id, int number, int count, ReadOnlySpan<byte> data) => [0x1e, 0x0f, .. BitConverter.GetBytes(id), (byte)number, (byte)count, .. data];

    static byte[] Pack(byte[] plain, bool gzip)
    {
        var packed = new MemoryStream();
        using (Stream stream = gzip ? new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true) : new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(plain);
        return packed.ToArray();
    }

    static string? Text(ReadOnlyMemory<byte>? message) => message is { } whole ? Encoding.UTF8.GetString(whole.Span) : null;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Chunks_in_any_order_between_others_make_the_message(int packing)
    {
        var plain = Encoding.UTF8.GetBytes(Message);
        var sent = packing == 0 ? plain : Pack(plain, gzip: packing == 1);
        var random = new Random(7);
        for (var round = 0; round < 50; round++)
        {
            var gelf = New();
            Assert.Equal(Message, Text(gelf.Take("a", sent, 0)));
            var size = random.Next(1, sent.Length);
            var count = (sent.Length + size - 1) / size;
            var chunks = Enumerable.Range(0, count).Select(i => Chunk(42, i, count, sent.AsSpan(i * size, Math.Min(size, sent.Length - i * size)))).ToArray();
            random.Shuffle(chunks);
            var whole = new List<string?>();
            foreach (var chunk in chunks)
            {
                gelf.Take("b", chunk.AsMemory(0, chunk.Length - 1), 0); // Another sender with the same id.
                whole.Add(Text(gelf.Take("a", chunk, 0)));
                if (whole[^1] is not null) break;
                Assert.Null(gelf.Take("a", chunk, 0)); // Sent twice.
            }
            Assert.Equal(Message, whole[^1]);
            Assert.Equal(count, whole.Count);
            if (count == 1) break;
            gelf = New();
        }
    }

    [Xunit.Fact]
    public void What_never_becomes_whole_is_lost_and_counted()
    {
        var gelf = New();
        Assert.Null(gelf.Take("a", Chunk(1, 0, 2, "x"u8), 1000));
        Assert.Null(gelf.Take("a", Chunk(2, 1, 3, "y"u8), 2000));
        gelf.Expire(1000 + Limits.GelfPendingMs);
        Assert.Equal(0, listener.Snapshot().Lost);
        gelf.Expire(2001 + Limits.GelfPendingMs);
        Assert.Equal(2, listener.Snapshot().Lost);
        Assert.Equal(0, gelf.Waiting);
        Assert.All(findings.All, f => Assert.Equal("INT274", f.Code));
        // What did come is kept, as it came.
        Assert.Equal([Chunk(1, 0, 2, "x"u8), Chunk(2, 1, 3, "y"u8)], Torn(gelf).Select(t => t.Datagram));
    }

    static List<(string Peer, byte[] Datagram)> Torn(GelfChunks gelf)
    {
        var all = new List<(string, byte[])>();
        while (gelf.TryTorn(out var peer, out var datagram)) all.Add((peer, datagram));
        return all;
    }

    /// <summary>The last datagram of a day is one chunk, and no other ever comes.</summary>
    [Xunit.Fact]
    public async Task A_chunk_that_stays_alone_is_told_and_kept_by_the_clock()
    {
        var (clock, log) = (new TestClock(), new MemoryRecordLog());
        var over = new Listener("gelf-udp", log, clock);
        using var door = new UdpDoor(new IPEndPoint(IPAddress.Loopback, 0), over, clock, findings, new GelfChunks(over, findings));
        await door.StartAsync(Stop);
        while (over.Address.Length == 0) await Task.Delay(1, Stop);
        using var client = new System.Net.Sockets.UdpClient();
        var alone = Chunk(5, 0, 2, "{\"short_message\":\"alone"u8);
        await client.SendAsync(alone, IPEndPoint.Parse(over.Address), Stop);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        until.CancelAfter(TimeSpan.FromSeconds(60));
        var kept = log.WaitFor(1, until.Token).AsTask();
        while (!kept.IsCompleted)
        {
            await Task.Delay(5, Stop);
            clock.Advance(TimeSpan.FromMilliseconds(500));
        }
        await kept;
        var record = (await log.Read(1, 1, 1000, Stop))[0];
        Assert.Equal(alone, record.Raw.ToArray());
        Assert.Equal(new("gelf-udp", "127.0.0.1", "cut-off"), record.Origin);
        Assert.Equal(1, over.Snapshot().Lost);
        Assert.Contains(findings.All, f => f.Code == "INT274");
        await door.StopAsync(CancellationToken.None);
    }

    [Xunit.Fact]
    public void What_waits_is_bounded_by_sender_and_in_all()
    {
        var gelf = New();
        for (var id = 0; id < 1000; id++)
        {
            var chunk = Chunk((ulong)id, 0, 2, "x"u8);
            Assert.Equal(id < Limits.GelfSetsPerSenderMax ? null : chunk, gelf.Take("loud", chunk, 0)?.ToArray()); // What cannot wait is kept as it came.
        }
        Assert.Equal(Limits.GelfSetsPerSenderMax, gelf.Waiting);
        for (var peer = 0; peer < 100; peer++)
            for (var id = 0; id < 100; id++) gelf.Take($"p{peer}", Chunk((ulong)id, 0, 2, "x"u8), 0);
        Assert.Equal(Limits.GelfSetsMax, gelf.Waiting);
        Assert.Equal(1000 + 10_000 - Limits.GelfSetsMax, listener.Snapshot().Lost);
        Assert.Equal(Limits.GelfSetsPerSenderMax + 10_000 - Limits.GelfSetsMax, Torn(gelf).Count);
    }

    [Xunit.Fact]
    public void A_small_packet_does_not_become_a_big_one()
    {
        var whole = New().Take("a", Pack(new byte[64 << 20], gzip: true), 0);
        Assert.Equal(Limits.FrameBytesMax, whole?.Length);
        Assert.Equal(1, listener.Snapshot().Oversized);
    }

    [Xunit.Fact]
    public void Random_datagrams_break_nothing_and_nothing_whole_is_thrown_away()
    {
        var random = new Random(20260306);
        var gelf = New();
        byte[][] seeds = [Encoding.UTF8.GetBytes(Message), Pack(Encoding.UTF8.GetBytes(Message), true), Pack(Encoding.UTF8.GetBytes(Message), false), Chunk(9, 0, 2, "{\"a\""u8), Chunk(9, 1, 2, ":1}"u8)];
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(3) == 0) bytes = bytes[..random.Next(bytes.Length)];
            var kept = gelf.Take("a", bytes, round);
            if (bytes.Length > 1 && (bytes[0] != 0x1e || bytes[1] != 0x0f)) Assert.NotNull(kept);
            Assert.InRange(gelf.Waiting, 0, Limits.GelfSetsPerSenderMax);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(int.MaxValue)]
    public async Task Over_TCP_a_NUL_ends_a_message(int piece)
    {
        await using var rig = new WireRig("gelf-tcp", _ => new GelfWire(40), frameBytesMax: 40);
        await rig.Say(Encoding.UTF8.GetBytes("{\"a\":1}\0\0{\n\"b\":2}\0" + new string('x', 100) + "\0{\"c\":3}\0{\"last\":"), piece);
        while (rig.Listener.Snapshot().Connections > 0) await Task.Delay(1, Stop);
        var records = await rig.Records();
        Assert.Equal(["{\"a\":1}", "{\n\"b\":2}", new string('x', 40), "{\"c\":3}", "{\"last\":"], records);
        Assert.Equal(1, rig.Listener.Snapshot().Oversized);
    }

    [Xunit.Fact]
    public async Task Random_streams_break_nothing()
    {
        await using var rig = new WireRig("gelf-tcp", _ => new GelfWire(100), frameBytesMax: 100);
        await rig.Fuzz(Encoding.UTF8.GetBytes($"{Message}\0{new string('y', 150)}\0{Message}\0"), 200, 20260307);
    }
}
