using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Andon.Intake;
using Andon.Intake.Collect;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Tests.Intake;

/// <summary>What strangers may cost at the TCP doors: they take from themselves first, and whoever speaks is heard.</summary>
public sealed class DoorRooms
{
    const string Stranger = "127.0.0.66";
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static WireRig Syslog(int connectionsMax = 1000, TimeProvider? clock = null, long bytesMax = 256 << 20) =>
        new("syslog-tcp", _ => new SyslogWire(octetCounting: true, 1 << 20), clock: clock, connectionsMax: connectionsMax, bytesMax: bytesMax);

    static async Task Until(Func<bool> holds, string what)
    {
        for (var waited = 0; !holds(); waited++)
        {
            Assert.True(waited < 3000, what);
            await Task.Delay(10, Stop);
        }
    }

    [Xunit.Fact]
    public async Task A_stranger_who_opens_connections_without_end_loses_his_own_and_every_other_sender_gets_in()
    {
        await using var rig = Syslog(connectionsMax: 50);
        var held = new List<Socket>();
        try
        {
            for (var i = 0; i < 50; i++) held.Add(await rig.Connect(Stranger));
            await Until(() => rig.Room.Connections == 50, "all of them are in");
            // He spoke over the first: the others go before it.
            await held[0].SendAsync("<13>stranger\n"u8.ToArray());
            await rig.Log.WaitFor(1, Stop);
            for (var i = 1; i <= 20; i++)
            {
                using var other = await rig.Connect("127.0.0." + (100 + i).ToString(System.Globalization.CultureInfo.InvariantCulture));
                await other.SendAsync(Encoding.UTF8.GetBytes($"<13>other {i}\n"));
                await rig.Log.WaitFor((ulong)i + 1, Stop);
            }
            Assert.True(held[0].Poll(0, SelectMode.SelectRead) is false, "who spoke last is ended last");
            Assert.InRange(rig.Room.Connections, 1, 50);
            Assert.Contains(rig.Findings.All, f => f.Code == "INT272");
            // He himself gets no more.
            do
            {
                Assert.True(held.Count < 200);
                held.Add(await rig.Connect(Stranger));
            }
            while (!held[^1].Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead));
            Assert.Equal(0, await held[^1].ReceiveAsync(new byte[1]));
            Assert.Contains(rig.Findings.All, f => f.Code == "INT021");
        }
        finally
        {
            held.ForEach(s => s.Dispose());
        }
        await Until(() => rig.Room.Connections == 0, "all places are given back");
    }

    [Xunit.Fact]
    public async Task Long_frames_that_never_end_take_the_memory_of_their_own_sender()
    {
        await using var rig = Syslog(bytesMax: 4 << 20);
        var held = new List<Socket>();
        try
        {
            for (var i = 0; i < 8; i++)
            {
                held.Add(await rig.Connect(Stranger));
                _ = held[^1].SendAsync(new byte[900_000].Select(_ => (byte)'x').ToArray()).ContinueWith(static t => t.Exception, TaskScheduler.Default);
            }
            await Until(() => rig.Findings.All.Any(f => f.Code == "INT273"), "he is told to wait");
            Assert.InRange(rig.Room.Bytes, 1, 2 << 20);
            using var other = await rig.Connect();
            var frame = "<13>" + new string('y', 800_000);
            await other.SendAsync(Encoding.ASCII.GetBytes(frame + "\n"));
            await rig.Log.WaitFor(1, Stop);
            Assert.Equal(frame, (await rig.Records())[0]);
        }
        finally
        {
            held.ForEach(s => s.Dispose());
        }
        await Until(() => rig.Room is { Connections: 0, Bytes: 0 }, "all of it is given back");
        Assert.All((await rig.Records())[1..], r => Assert.StartsWith("xxx", r, StringComparison.Ordinal)); // What came of his is kept, cut off.
    }

    public static TheoryData<string> Doors() => [.. new[] { "syslog-tcp", "syslog-tls", "syslog-relp", "gelf-tcp", "forward", "lumberjack" }];

    /// <summary>A beginning of a message, and then a byte now and then for ever.</summary>
    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_byte_now_and_then_does_not_hold_a_connection(string door)
    {
        using var folder = new TempFolder();
        var clock = new TestClock(DateTimeOffset.UtcNow); // Certificates look at the real time.
        if (door == "syslog-tls")
            using (var authority = Authority.Make("Tests Authority")) authority.Give(folder, "server", "andon.test", days: 300);
        await using var rig = new WireRig(door, r => door switch
        {
            "syslog-relp" => new RelpWire(1 << 20),
            "gelf-tcp" => new GelfWire(1 << 20),
            "forward" => new ForwardWire(new(r.Log, "forward"), null, r.Findings),
            "lumberjack" => new LumberjackWire(1 << 20),
            _ => new SyslogWire(octetCounting: true, 1 << 20),
        }, tls: door == "syslog-tls" ? r => new TlsFiles(new ListenerSettings(Certificate: folder.File("server.pem"), Key: folder.File("server.key")), door, clock, r.Findings) : null, clock: clock);
        byte[] begins = door switch
        {
            "syslog-tls" => [0x16, 3, 1, 1, 0, 1],
            "syslog-relp" => "1 open 99 relp"u8.ToArray(),
            "gelf-tcp" => "{\"a\":"u8.ToArray(),
            "forward" => [0x93, 0xA1, (byte)'t', 0xDB, 0, 1, 0, 0],
            "lumberjack" => [(byte)'2', (byte)'J', 0, 0, 0, 1, 0, 1, 0, 0],
            _ => "60000 <13>"u8.ToArray(),
        };
        using var slow = await rig.Connect(Stranger);
        await slow.SendAsync(begins);
        await Until(() => rig.Listener.Snapshot().Connections == 1, "he is in");
        var ended = slow.ReceiveAsync(new byte[64]);
        var seconds = 0;
        for (; !ended.IsCompleted && seconds < 1500; seconds++)
        {
            if (seconds % 20 == 19) await slow.SendAsync("a"u8.ToArray()).ContinueWith(static t => t.Exception, TaskScheduler.Default);
            await Task.Delay(5, Stop);
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.True(ended.IsCompleted);
        Assert.True(seconds > Limits.HalfFrameSecondsMax - 5, seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await Until(() => rig.Room is { Connections: 0, Bytes: 0 }, "nothing of him is left");
    }

    /// <summary>300,000 bytes of a frame may have taken a minute and 146 seconds more, at 2 KiB each second; a few bytes a minute.</summary>
    [Theory]
    [InlineData(10, 59, 62)]
    [InlineData(300_000, 204, 208)]
    public async Task A_long_frame_over_a_slow_line_has_its_time(int came, int waits, int ends)
    {
        var (clock, findings) = (new TestClock(), new FindingList());
        using var door = new TcpListener(IPAddress.Loopback, 0);
        door.Start();
        using var client = new TcpClient();
        var accepting = door.AcceptSocketAsync(Stop);
        await client.ConnectAsync((IPEndPoint)door.LocalEndpoint, Stop);
        await using var connection = new TcpConnection(await accepting, new("tests", new MemoryRecordLog(), clock), clock, 1 << 20, new(10, 1 << 30, findings));
        var sending = client.GetStream().WriteAsync(new byte[came], Stop);
        while (connection.Data.Length < came) Assert.True(await connection.Fill(Stop));
        await sending;
        var rest = connection.Fill(Stop).AsTask(); // It owes the rest from now on.
        clock.Advance(TimeSpan.FromSeconds(waits));
        Assert.False(connection.Stalls(TcpBudget.Default));
        clock.Advance(TimeSpan.FromSeconds(ends - waits));
        Assert.True(connection.Stalls(TcpBudget.Default));
        connection.Abort();
        Assert.False(await rest);
    }

    [Xunit.Fact]
    public async Task Who_is_quiet_holds_no_window_and_is_heard_when_he_speaks()
    {
        await using var rig = Syslog();
        var all = new List<Socket>();
        try
        {
            for (var i = 0; i < 200; i++) all.Add(await rig.Connect());
            // Long ones need wide windows, which go back when they are through.
            foreach (var socket in all) await socket.SendAsync(Encoding.ASCII.GetBytes("<13>" + new string('z', 100_000) + "\n"));
            await rig.Log.WaitFor(200, Stop);
            foreach (var socket in all) await socket.SendAsync("<13>short\n"u8.ToArray());
            await rig.Log.WaitFor(400, Stop);
            await Until(() => rig.Room.Bytes == 0, "the quiet ones hold no window");
            await all[7].SendAsync("<13>again\n"u8.ToArray());
            await rig.Log.WaitFor(401, Stop);
            Assert.Equal("<13>again", (await rig.Records())[^1]);
        }
        finally
        {
            all.ForEach(s => s.Dispose());
        }
    }

    static HttpClient From(string address, Uri house) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, stop) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        },
    }) { BaseAddress = house };

    /// <summary>A sender with a token begins as many requests as he can, and sends a byte of each now and then.</summary>
    [Theory]
    [InlineData("/_bulk", "{\"create\":{}}\n{\"a\":1}\n", 200)]
    [InlineData("/services/collector/event", "{\"event\":1}", 200)]
    [InlineData("/loki/api/v1/push", "{\"streams\":[{\"stream\":{},\"values\":[[\"1\",\"x\"]]}]}", 204)]
    public async Task Bodies_that_never_end_leave_room_for_other_senders(string path, string body, int taken)
    {
        using var folder = new TempFolder();
        await using var house = await IntakeHouse.Start(folder.Path);
        var port = house.Http.BaseAddress!.Port;
        var held = new List<Socket>();
        try
        {
            for (var i = 0; i < 40; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(Stranger), 0));
                await socket.ConnectAsync(IPAddress.Loopback, port);
                await socket.SendAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {(path.StartsWith("/services", StringComparison.Ordinal) ? "Splunk" : "Bearer")} secret-token\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{{"));
                held.Add(socket);
            }
            await Until(() => held.Count(s => s.Available > 0) >= 40 - 12, "he is refused beyond his share");
            Assert.Equal(12, held.Count(s => s.Available == 0));
            using var other = From("127.0.0.1", house.Http.BaseAddress);
            for (var i = 0; i < 10; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
                request.Headers.Authorization = new(path.StartsWith("/services", StringComparison.Ordinal) ? "Splunk" : "Bearer", "secret-token");
                using var answer = await other.SendAsync(request, Stop);
                Assert.Equal(taken, (int)answer.StatusCode);
            }
        }
        finally
        {
            held.ForEach(s => s.Dispose());
        }
    }

    /// <summary>He knows another's journal and its next numbers, and sends them first.</summary>
    [Xunit.Fact]
    public async Task Nobody_makes_another_senders_journal_entries_pass_for_kept()
    {
        using var folder = new TempFolder();
        await using var house = await IntakeHouse.Start(folder.Path);
        using HttpClient stranger = From(Stranger, house.Http.BaseAddress!), other = From("127.0.0.1", house.Http.BaseAddress!);
        foreach (var (sender, text) in new[] { (stranger, "nothing"), (other, "the truth"), (other, "the truth") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/upload") { Content = new StringContent($"__CURSOR=s=1f;i=2\nMESSAGE={text}\n\n", Encoding.UTF8) };
            request.Content.Headers.ContentType = new("application/vnd.fdo.journal");
            request.Headers.Authorization = new("Basic", Convert.ToBase64String("x:secret-token"u8));
            using var answer = await sender.SendAsync(request, Stop);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }
        var kept = (await house.Log.Read(1, 10, 1 << 20, Stop)).Select(r => Encoding.UTF8.GetString(r.Raw.Span)).ToList();
        Assert.Equal(2, kept.Count); // And the same sender's own is kept once.
        Assert.Contains("the truth", kept[1], StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public async Task Who_opens_connections_of_HTTP_without_end_shuts_himself_out()
    {
        var findings = new FindingList();
        var shares = new HttpShares(10, () => findings);
        var served = new List<TaskCompletionSource>();
        Task Open(string address)
        {
            var connection = new Microsoft.AspNetCore.Connections.DefaultConnectionContext { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1) };
            return shares.Serve(connection, _ =>
            {
                served.Add(new());
                return served[^1].Task;
            });
        }
        var all = Enumerable.Range(0, 50).Select(_ => Open(Stranger)).ToList();
        Assert.Equal(5, served.Count);
        Assert.Contains(findings.All, f => f.Code == "INT275");
        all.Add(Open("203.0.113.9"));
        Assert.Equal(6, served.Count);
        served.ForEach(s => s.SetResult());
        await Task.WhenAll(all);
        _ = Open(Stranger); // What ended makes room.
        Assert.Equal(7, served.Count);
    }

    [Theory]
    [InlineData("203.0.113.9", "::ffff:203.0.113.9", true)]
    [InlineData("203.0.113.9", "203.0.113.10", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void A_sender_is_an_address_or_the_network_that_one_has_to_himself(string one, string other, bool same) =>
        Assert.Equal(same, DoorRoom.SenderOf(IPAddress.Parse(one)) == DoorRoom.SenderOf(IPAddress.Parse(other)));

    [Xunit.Fact]
    public async Task A_quiet_sender_over_TLS_is_heard_when_he_speaks()
    {
        using var folder = new TempFolder();
        using (var authority = Authority.Make("Tests Authority")) authority.Give(folder, "server", "andon.test", days: 300);
        await using var rig = new WireRig("syslog-tls", _ => new SyslogWire(octetCounting: true, 1 << 20), tls: r => new TlsFiles(new ListenerSettings(Certificate: folder.File("server.pem"), Key: folder.File("server.key")), "syslog-tls", TimeProvider.System, r.Findings));
        using var socket = await rig.Connect();
        await using var tls = new SslStream(new NetworkStream(socket), false, (_, shown, _, _) => shown is not null);
        await tls.AuthenticateAsClientAsync("andon.test");
        for (var i = 1; i <= 5; i++)
        {
            var message = $"<13>{i} " + new string('t', i * 20_000);
            await tls.WriteAsync(Encoding.ASCII.GetBytes(message + "\n"), Stop);
            await rig.Log.WaitFor((ulong)i, Stop);
            Assert.Equal(message, (await rig.Records())[^1]);
        }
    }
}
