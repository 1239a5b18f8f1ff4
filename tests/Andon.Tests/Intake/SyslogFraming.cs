using System.Net;
using System.Net.Sockets;
using System.Text;
using Andon.Intake.Collect;
using Andon.Model;
using Andon.Store.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Intake;

public sealed class SyslogFraming
{
    static readonly byte[] Mixed = "<1>one\n8 <1>two\nx<1>three\0\n12 <1>four four5 <1>xy<1>last\r\n000002 ab\n404 not a count\n"u8.ToArray();
    // "8 " takes "<1>two\nx"; "404 " takes the rest of the stream as its frame, which never comes: it is half a frame at the end.
    static readonly string[] Frames = ["<1>one", "<1>two\nx", "<1>three", "<1>four four", "<1>xy", "<1>last\r", "000002 ab"];

    static List<string> Cut(byte[] stream, int max, bool counting, IEnumerable<int> chunks, out int left, List<bool>? oversizedOut = null)
    {
        var frames = new SyslogFrames(counting, max);
        var found = new List<string>();
        var buffer = new List<byte>();
        var from = 0;
        foreach (var chunk in chunks)
        {
            buffer.AddRange(stream.AsSpan(from, Math.Min(chunk, stream.Length - from)));
            from += Math.Min(chunk, stream.Length - from);
            var at = 0;
            var bytes = buffer.ToArray();
            while (frames.Next(bytes, ref at, out var start, out var length, out var oversized))
            {
                found.Add(Encoding.Latin1.GetString(bytes, start, length));
                oversizedOut?.Add(oversized);
            }
            buffer.RemoveRange(0, at);
        }
        left = buffer.Count;
        return found;
    }

    [Xunit.Fact]
    public void Same_frames_wherever_the_stream_is_split()
    {
        for (var split = 0; split <= Mixed.Length; split++)
        {
            Assert.Equal(Frames, Cut(Mixed, 1000, counting: true, [split, Mixed.Length - split], out var left));
            Assert.Equal("404 not a count\n".Length, left);
        }
        Assert.Equal(Frames, Cut(Mixed, 1000, counting: true, Enumerable.Repeat(1, Mixed.Length), out _));
    }

    [Xunit.Fact]
    public void Counting_can_be_switched_off()
    {
        var stream = "404 not a count\n3 abc\n"u8.ToArray();
        Assert.Equal(["404 not a count", "3 abc"], Cut(stream, 1000, counting: false, [stream.Length], out _));
    }

    [Xunit.Fact]
    public void A_frame_beyond_the_limit_is_kept_up_to_it_and_the_stream_goes_on()
    {
        var stream = Encoding.ASCII.GetBytes("<1>" + new string('a', 100) + "\n<1>next\n150 <1>" + new string('b', 147) + "<1>after\n");
        for (var chunk = 1; chunk < stream.Length; chunk++)
        {
            var oversized = new List<bool>();
            var frames = Cut(stream, 20, counting: true, Enumerable.Repeat(chunk, stream.Length / chunk + 1), out _, oversized);
            Assert.Equal(["<1>" + new string('a', 17), "<1>next", "<1>" + new string('b', 17), "<1>after"], frames);
            Assert.Equal([true, false, true, false], oversized);
        }
    }

    sealed class Rig : IAsyncDisposable
    {
        public readonly MemoryRecordLog Log = new();
        public readonly FindingList Findings = new();
        public readonly Listener Listener;
        readonly TcpDoor server;
        public TimeProvider Clock { get; }

        public Rig(TcpBudget? budget = null, TimeProvider? clock = null)
        {
            Clock = clock ?? TimeProvider.System;
            Listener = new("syslog-tcp", Log, Clock);
            budget ??= TcpBudget.Default;
            server = new(new IPEndPoint(IPAddress.Loopback, 0), new SyslogWire(octetCounting: true, budget.FrameBytesMax), budget, null, Listener, Clock, Findings, NullLogger<TcpDoor>.Instance);
        }

        public async Task<Socket> Connect()
        {
            if (Listener.Address.Length == 0) await server.StartAsync(CancellationToken.None);
            while (Listener.Address.Length == 0) await Task.Yield();
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            while (true)
            {
                try
                {
                    await socket.ConnectAsync(IPEndPoint.Parse(Listener.Address));
                    return socket;
                }
                catch (SocketException)
                {
                    await Task.Yield(); // Bound, and about to listen.
                }
            }
        }

        public async Task<string[]> Records(int count)
        {
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await Log.WaitFor((ulong)count, stop.Token);
            return [.. (await Log.Read(1, 100_000, int.MaxValue, stop.Token)).Select(r => Encoding.UTF8.GetString(r.Raw.Span))];
        }

        public async ValueTask DisposeAsync()
        {
            await server.StopAsync(CancellationToken.None);
            server.Dispose();
        }
    }

    [Xunit.Fact]
    public async Task Over_a_socket_byte_by_byte_and_cut_off_at_the_end()
    {
        await using var rig = new Rig();
        using (var socket = await rig.Connect())
            foreach (var b in Mixed) await socket.SendAsync(new[] { b });
        string[] expected = [.. Frames, "404 not a count\n"];
        Assert.Equal(expected, await rig.Records(Frames.Length + 1));
        var last = (await rig.Log.Read((ulong)Frames.Length + 1, 1, 1000, CancellationToken.None))[0];
        Assert.Equal("cut-off", last.Origin.Hint);
        Assert.Equal("127.0.0.1", last.Origin.Peer);
    }

    [Xunit.Fact]
    public async Task Ten_thousand_messages_over_four_connections_all_arrive_in_order()
    {
        await using var rig = new Rig();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async c =>
        {
            using var socket = await rig.Connect();
            var text = new StringBuilder();
            for (var i = 0; i < 2500; i++)
            {
                var message = $"<13>c{c} m{i} {new string('x', i % 700)}";
                text.Append(i % 2 == 0 ? $"{message.Length} {message}" : message + "\n");
            }
            var bytes = Encoding.ASCII.GetBytes(text.ToString());
            for (var at = 0; at < bytes.Length;) at += await socket.SendAsync(bytes.AsMemory(at, Math.Min(7777, bytes.Length - at)));
            socket.Shutdown(SocketShutdown.Send);
            await socket.ReceiveAsync(new byte[1]); // Until the server closed: all is read.
        }));
        var all = await rig.Records(10_000);
        Assert.Equal(10_000, all.Length);
        for (var c = 0; c < 4; c++)
            Assert.Equal(Enumerable.Range(0, 2500), all.Where(r => r.StartsWith($"<13>c{c} ", StringComparison.Ordinal)).Select(r => int.Parse(r.Split(' ')[1][1..], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(10_000, rig.Listener.Snapshot().Received);
    }

    [Xunit.Fact]
    public async Task A_sender_that_stalls_inside_a_frame_loses_its_connection_and_nothing_else()
    {
        var clock = new TestClock();
        await using var rig = new Rig(TcpBudget.Default with { HalfFrame = TimeSpan.FromSeconds(5), Idle = TimeSpan.FromSeconds(60) }, clock);
        using var stalled = await rig.Connect();
        using var good = await rig.Connect();
        await good.SendAsync("<13>good\n"u8.ToArray());
        await stalled.SendAsync("<13>whole\n100 half"u8.ToArray());
        Assert.Equal(2, (await rig.Records(2)).Length);
        var closing = stalled.ReceiveAsync(new byte[1]);
        while (!closing.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            if (clock.GetUtcNow() - new TestClock().GetUtcNow() > TimeSpan.FromSeconds(50)) await Task.WhenAny(closing, rig.Log.WaitFor(3, CancellationToken.None).AsTask());
            await Task.Yield();
        }
        Assert.Equal("100 half", (await rig.Records(3))[2]);
        Assert.True(good.Connected);
    }

    [Xunit.Fact]
    public async Task More_connections_than_allowed_are_turned_away_and_counted()
    {
        await using var rig = new Rig(TcpBudget.Default with { ConnectionsMax = 1 });
        using var first = await rig.Connect();
        await first.SendAsync("<13>a\n"u8.ToArray());
        await rig.Records(1);
        using var second = await rig.Connect();
        Assert.Equal(0, await second.ReceiveAsync(new byte[1]));
        await first.SendAsync("<13>b\n"u8.ToArray());
        await rig.Records(2);
        Assert.Equal(1, rig.Listener.Snapshot().Refused);
        Assert.Contains(rig.Findings.All, f => f.Code == "INT021");
    }

    [Xunit.Fact]
    public async Task Datagrams_are_records_with_their_sender()
    {
        var log = new MemoryRecordLog();
        var listener = new Listener("syslog-udp", log, TimeProvider.System);
        using var server = new UdpDoor(new IPEndPoint(IPAddress.Loopback, 0), listener, TimeProvider.System, new FindingList());
        await server.StartAsync(CancellationToken.None);
        while (listener.Address.Length == 0) await Task.Yield();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (var i = 0; i < 500; i++) await client.SendToAsync(Encoding.ASCII.GetBytes($"<13>m{i}\0\n"), IPEndPoint.Parse(listener.Address));
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await log.WaitFor(500, stop.Token);
        var records = await log.Read(1, 1000, 1 << 20, stop.Token);
        Assert.Equal(500, records.Count);
        Assert.Equal("<13>m499\0\n", Encoding.ASCII.GetString(records[499].Raw.Span));
        Assert.Equal(new Origin("syslog-udp", "127.0.0.1"), records[0].Origin);
        Assert.Equal(0, listener.Snapshot().Lost);
        await server.StopAsync(CancellationToken.None);
    }

    [Xunit.Fact]
    public void The_kernels_own_count_of_drops_is_read()
    {
        string[] table =
        [
            "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops",
            "  411: 0100007F:1589 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1234 2 0000000000000000 9",
            "  412: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1235 2 0000000000000000 17",
        ];
        Assert.Equal(17, KernelDrops.Read(table, new(IPAddress.Loopback, 5514)));
        Assert.Equal(0, KernelDrops.Read(table, new(IPAddress.Loopback, 5515)));
    }
}
