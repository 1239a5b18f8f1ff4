using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Andon.Intake;
using Andon.Intake.Collect;
using Andon.Model;
using Andon.Store.Records;
using Andon.Tests.Intake.Clients;
using Microsoft.AspNetCore.Http;

namespace Andon.Tests.Intake;

/// <summary>Who sends behind proxies and load balancers: the sender that a proxy of the settings names, and nobody else's word.</summary>
public sealed class ProxiedSenders
{
    static readonly IPNetwork[] Proxies = [IPNetwork.Parse("127.0.0.1/32"), IPNetwork.Parse("10.0.0.0/24")];

    [Theory]
    [InlineData("127.0.0.1", "203.0.113.9", null, "203.0.113.9")]
    [InlineData("127.0.0.1", "6.6.6.6, 203.0.113.9", null, "203.0.113.9")] // What a client wrote itself stands before.
    [InlineData("127.0.0.1", "6.6.6.6,203.0.113.9, 10.0.0.7", null, "203.0.113.9")] // Two proxies.
    [InlineData("127.0.0.1", "10.0.0.9, 10.0.0.7", null, "10.0.0.9")]
    [InlineData("127.0.0.1", "203.0.113.9:4711", null, "203.0.113.9")]
    [InlineData("127.0.0.1", "[2001:db8::1]:4711", null, "2001:db8::1")]
    [InlineData("127.0.0.1", "2001:db8::1", null, "2001:db8::1")]
    [InlineData("127.0.0.1", "::ffff:203.0.113.9", null, "203.0.113.9")]
    [InlineData("::ffff:127.0.0.1", "203.0.113.9", null, "203.0.113.9")]
    [InlineData("127.0.0.1", null, "for=192.0.2.43;proto=https;by=10.0.0.1", "192.0.2.43")]
    [InlineData("127.0.0.1", null, "For=\"[2001:db8::1]:4711\"", "2001:db8::1")]
    [InlineData("127.0.0.1", null, "for=6.6.6.6, proto=http;for=192.0.2.43, for=10.0.0.3", "192.0.2.43")]
    [InlineData("127.0.0.1", "192.0.2.43", "for=192.0.2.43", "192.0.2.43")]
    [InlineData("127.0.0.1", "192.0.2.43", "for=6.6.6.6", "unclear")]
    [InlineData("127.0.0.1", null, "for=unknown", "unclear")]
    [InlineData("127.0.0.1", null, "for=_hidden", "unclear")]
    [InlineData("127.0.0.1", null, "proto=https", "unclear")]
    [InlineData("127.0.0.1", "203.0.113.9, evil", null, "unclear")]
    [InlineData("127.0.0.1", "evil, 203.0.113.9", null, "203.0.113.9")]
    [InlineData("127.0.0.1", "0x7f000001", null, "unclear")]
    [InlineData("127.0.0.1", "1.2", null, "unclear")]
    [InlineData("127.0.0.1", "[", null, "unclear")]
    [InlineData("127.0.0.1", "", null, "nothing")]
    [InlineData("127.0.0.1", null, null, "nothing")]
    [InlineData("203.0.113.1", "192.0.2.43", null, "claim")]
    [InlineData("203.0.113.1", null, "for=192.0.2.43", "claim")]
    [InlineData("203.0.113.1", "evil", null, "claim")]
    public void The_last_address_that_is_no_proxys_sends(string peer, string? old, string? now, string expected)
    {
        var headers = new HeaderDictionary();
        if (old is not null) headers["X-Forwarded-For"] = old;
        if (now is not null) headers["Forwarded"] = now;
        var told = Proxied.Read(headers, IPAddress.Parse(peer), new Listener("x", new MemoryRecordLog(), TimeProvider.System, new(Proxies: Proxies)).Trusts, out var sender);
        Assert.Equal(expected, told == Proxied.Told.Sender ? sender?.ToString() : told.ToString().ToLowerInvariant());
    }

    [Xunit.Fact]
    public void A_header_without_end_costs_a_few_looks()
    {
        var headers = new HeaderDictionary { ["X-Forwarded-For"] = string.Join(',', Enumerable.Repeat("10.0.0.7", 2000)) };
        var asked = 0;
        Proxied.Read(headers, IPAddress.Loopback, a => { asked++; return true; }, out _);
        Assert.InRange(asked, 1, 17);
    }

    [Xunit.Fact]
    public async Task Http_goes_by_the_sender_that_the_proxy_names()
    {
        using var folder = new TempFolder();
        var listeners = new Dictionary<string, ListenerSettings>
        {
            ["bulk"] = new(Networks: [IPNetwork.Parse("203.0.113.0/24")], Proxies: Proxies),
            ["seq"] = new(Networks: [IPNetwork.Parse("203.0.113.0/24")]),
        };
        await using var house = await IntakeHouse.Start(folder.Path, listeners: listeners);
        // One connection that is kept alive: each request is its own sender's.
        Assert.Equal(HttpStatusCode.OK, await Bulk(house, "203.0.113.9"));
        Assert.Equal(HttpStatusCode.OK, await Bulk(house, "6.6.6.6, 203.0.113.10"));
        Assert.Equal(HttpStatusCode.Forbidden, await Bulk(house, "203.0.113.9, 198.51.100.1"));
        Assert.Equal(HttpStatusCode.Forbidden, await Bulk(house, null)); // The proxy itself is no sender of this listener.
        Assert.Equal(HttpStatusCode.Forbidden, await Bulk(house, "203.0.113.9, nobody"));
        Assert.Equal(["203.0.113.9", "203.0.113.10"], (await house.Log.Read(1, 10, 1 << 20, CancellationToken.None)).Select(r => r.Origin.Peer));
        Assert.Contains(house.Findings.All, f => f.Code == "INT297");
        Assert.DoesNotContain(house.Findings.All, f => f.Code == "INT296");

        // No proxy of this listener: its word is left out, and counted.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ingest/clef") { Content = new StringContent("{\"@m\":\"x\"}"), Headers = { { "X-Forwarded-For", "203.0.113.9" }, { "X-Seq-ApiKey", "secret-token" } } };
        using var answer = await house.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains(house.Findings.All, f => f.Code == "INT296");
        Assert.Equal((1, 1), (house.Listeners.Single(l => l.Name == "seq").Claimed, house.Listeners.Single(l => l.Name == "bulk").Claimed));
    }

    static async Task<HttpStatusCode> Bulk(IntakeHouse house, string? forwarded)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_bulk") { Content = new StringContent("{\"create\":{\"_index\":\"x\"}}\n{\"message\":\"x\"}\n"), Headers = { { "Authorization", "Bearer secret-token" } } };
        if (forwarded is not null) request.Headers.Add("X-Forwarded-For", forwarded);
        using var answer = await house.Http.SendAsync(request);
        return answer.StatusCode;
    }

    static WireRig Rig(IReadOnlyList<IPNetwork>? networks = null, int connectionsMax = 1000) =>
        new("syslog-tcp", _ => new SyslogWire(true, 1 << 20), settings: new(Proxies: Proxies, Networks: networks), connectionsMax: connectionsMax);

    static readonly byte[] Line = Encoding.ASCII.GetBytes("<13>Mar  2 07:59:58 web01 app: hello\n");
    static byte[] One(string line) => [.. Encoding.ASCII.GetBytes(line), .. Line];

    static byte[] Two(byte command, byte family, byte[] rest, int? length = null) =>
        [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, command, family, (byte)((length ?? rest.Length) >> 8), (byte)(length ?? rest.Length), .. rest];

    static readonly byte[] Four = [203, 0, 113, 9, 10, 0, 0, 1, 1, 2, 3, 4], Six = [0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, .. new byte[16], 1, 2, 3, 4];

    public static TheoryData<byte[], string?> Headers() => new()
    {
        { One("PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\n"), "203.0.113.9" },
        { One("PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n"), "2001:db8::1" },
        { One("PROXY TCP6 ::ffff:203.0.113.9 ::1 56324 443\r\n"), "203.0.113.9" },
        { One("PROXY UNKNOWN\r\n"), "127.0.0.1" },
        { One("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"), "127.0.0.1" },
        { [.. Two(0x21, 0x11, Four), .. Line], "203.0.113.9" },
        { [.. Two(0x21, 0x11, [.. Four, 4, 0, 2, 0, 0]), .. Line], "203.0.113.9" }, // With what a proxy adds.
        { [.. Two(0x21, 0x21, Six), .. Line], "2001:db8::1" },
        { [.. Two(0x20, 0, []), .. Line], "127.0.0.1" }, // A check of the balancer's own.
        { [.. Two(0x21, 0x31, new byte[216]), .. Line], "127.0.0.1" },
        { Line, null },
        { One("PROXY TCP4 203.0.113.9 10.0.0.1 56324\r\n"), null },
        { One("PROXY TCP4 2001:db8::1 10.0.0.1 1 2\r\n"), null },
        { One("PROXY TCP4 1.2 10.0.0.1 1 2\r\n"), null },
        { One("PROXY TCP4 203.0.113.9 10.0.0.1 1 99999\r\n"), null },
        { One("PROXY TCP4 203.0.113.9 10.0.0.1 1 2\n"), null },
        { One("PROXY TCP4 " + new string('1', 200) + "\r\n"), null },
        { Encoding.ASCII.GetBytes("PROXY"), null },
        { [.. Two(0x11, 0x11, Four), .. Line], null },
        { [.. Two(0x22, 0x11, Four), .. Line], null },
        { [.. Two(0x21, 0x11, [1, 2, 3, 4]), .. Line], null },
        { [.. Two(0x21, 0x11, Four, length: 0xFFFF), .. Line], null },
        { Two(0x21, 0x11, Four, length: 40), null },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task Tcp_begins_with_whom_the_balancer_names_or_is_ended(byte[] bytes, string? sender)
    {
        foreach (var piece in new[] { int.MaxValue, 1 })
        {
            await using var rig = Rig();
            await rig.Say(bytes, piece);
            Assert.Equal(sender is null ? [] : [Encoding.ASCII.GetString(Line)[..^1]], await rig.Records());
            if (sender is null) Assert.Contains(rig.Findings.All, f => f.Code == "INT025");
            else Assert.Equal(sender, (await rig.Log.Read(1, 1, 1 << 20, CancellationToken.None))[0].Origin.Peer);
        }
    }

    [Xunit.Fact]
    public async Task Networks_and_room_hold_for_the_real_sender()
    {
        await using var rig = Rig(networks: [IPNetwork.Parse("203.0.113.0/24")], connectionsMax: 4);
        await rig.Say(One("PROXY TCP4 198.51.100.1 10.0.0.1 1 2\r\n"));
        Assert.Contains(rig.Findings.All, f => f.Code == "INT023" && f.Message.Contains("198.51.100.1", StringComparison.Ordinal));
        Assert.Empty(await rig.Records());
        // One stranger behind the balancer holds all there is; another's sender takes from him.
        var greedy = new List<Socket>();
        for (var i = 0; i < 4; i++)
        {
            var socket = await rig.Connect();
            await socket.SendAsync(One("PROXY TCP4 203.0.113.66 10.0.0.1 1 2\r\n"));
            greedy.Add(socket);
        }
        while (rig.Log.Next <= 4) await Task.Delay(1);
        await rig.Say(One("PROXY TCP4 203.0.113.9 10.0.0.1 1 2\r\n"));
        Assert.Equal("203.0.113.9", (await rig.Log.Read(5, 1, 1 << 20, CancellationToken.None)).Single().Origin.Peer);
        Assert.Contains(rig.Findings.All, f => f.Code == "INT272" && f.Message.Contains("203.0.113.66", StringComparison.Ordinal));
        foreach (var socket in greedy) socket.Dispose();
    }

    [Xunit.Fact]
    public async Task Who_is_no_balancer_of_ours_sends_a_line_that_says_so()
    {
        await using var rig = new WireRig("syslog-tcp", _ => new SyslogWire(true, 1 << 20));
        await rig.Say(One("PROXY TCP4 203.0.113.9 10.0.0.1 1 2\r\n"));
        Assert.All(await rig.Log.Read(1, 10, 1 << 20, CancellationToken.None), r => Assert.Equal("127.0.0.1", r.Origin.Peer));
        Assert.Equal(2, (await rig.Records()).Length);
    }

    [Xunit.Fact]
    public async Task Changed_headers_harm_nobody()
    {
        await using var rig = Rig();
        await rig.Fuzz([.. Two(0x21, 0x11, Four), .. Line], 40, 7);
        await rig.Fuzz(One("PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\n"), 40, 8);
        await rig.Say(One("PROXY UNKNOWN\r\n"));
        Assert.Contains("web01 app: hello", (await rig.Records())[^1], StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public async Task The_real_haproxy_in_front_of_all()
    {
        var program = FedClient.Unpacked("usr/sbin/haproxy");
        using var folder = new TempFolder();
        var own = new ListenerSettings(new(IPAddress.Loopback, 0), Proxies: Proxies);
        var listeners = new Dictionary<string, ListenerSettings> { ["syslog-tcp"] = new(Proxies: Proxies), ["gelf-tcp"] = own, ["gelf-http"] = new(Proxies: Proxies), ["bulk"] = new(Proxies: Proxies) };
        await using var house = await IntakeHouse.Start(folder.Path, listeners: listeners);
        string Of(string name) => house.Listeners.Single(l => l.Name == name).Address;
        while (Of("syslog-tcp").Length == 0 || Of("gelf-tcp").Length == 0) await Task.Delay(5);
        var (web, lines, gelf) = (Free(), Free(), Free());
        File.WriteAllText(folder.File("haproxy.cfg"), $"""
            global
              maxconn 50
            defaults
              timeout connect 5s
              timeout client 20s
              timeout server 20s
            listen web
              mode http
              option forwardfor
              bind 127.0.0.1:{web}
              server andon {house.Http.BaseAddress!.Authority}
            listen lines
              mode tcp
              bind 127.0.0.1:{lines}
              server andon {Of("syslog-tcp")} send-proxy-v2
            listen gelf
              mode tcp
              bind 127.0.0.1:{gelf}
              server andon {Of("gelf-tcp")} send-proxy

            """);
        var start = new ProcessStartInfo(program, ["-db", "-f", folder.File("haproxy.cfg")]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["LD_LIBRARY_PATH"] = FedClient.Libraries;
        using var haproxy = Process.Start(start)!;
        try
        {
            await Through(lines, "127.0.0.2", Line);
            await Through(gelf, "127.0.0.3", [.. "{\"version\":\"1.1\",\"host\":\"web01\",\"short_message\":\"x\"}\0"u8]);
            // The client claims to be another; haproxy adds who it is.
            var bulk = "{\"create\":{\"_index\":\"x\"}}\n{\"message\":\"x\"}\n";
            await Through(web, "127.0.0.4", Encoding.ASCII.GetBytes($"POST /_bulk HTTP/1.1\r\nHost: andon\r\nConnection: close\r\nX-Forwarded-For: 6.6.6.6\r\nAuthorization: Bearer secret-token\r\nContent-Length: {bulk.Length}\r\n\r\n{bulk}"));
            for (var waited = 0; house.Log.Next <= 3 && waited < 1000; waited++) await Task.Delay(10);
            Assert.Equal([("bulk", "127.0.0.4"), ("gelf-tcp", "127.0.0.3"), ("syslog-tcp", "127.0.0.2")],
                (await house.Log.Read(1, 10, 1 << 20, CancellationToken.None)).Select(r => (r.Origin.Listener, r.Origin.Peer)).Order());
        }
        finally
        {
            haproxy.Kill();
            await haproxy.WaitForExitAsync();
        }
    }

    static int Free()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    static async Task Through(int port, string from, byte[] bytes)
    {
        for (var tries = 0; ; tries++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
            }
            catch (SocketException) when (tries < 500)
            {
                await Task.Delay(10); // It starts.
                continue;
            }
            await socket.SendAsync(bytes);
            socket.Shutdown(SocketShutdown.Send);
            while (await socket.ReceiveAsync(new byte[4096]) > 0) { }
            return;
        }
    }
}
