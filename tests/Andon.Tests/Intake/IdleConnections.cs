using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Andon.Tests.Intake;

/// <summary>
/// A stranger opens ten thousand connections to the doors of a real house, says nothing over them or the beginning of something, and a sender at every
/// door is heard all the same. Says what a connection costs. With ANDON_NIGHTLY=1.
/// </summary>
public sealed class IdleConnections
{
    const int All = 10_000;
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static readonly Dictionary<string, byte[]> Begins = new(StringComparer.Ordinal)
    {
        ["syslog-tcp"] = "<13>half"u8.ToArray(), ["syslog-tls"] = [0x16, 3, 1, 2], ["syslog-relp"] = "1 open 9"u8.ToArray(),
        ["gelf-tcp"] = "{"u8.ToArray(), ["forward"] = [0x93, 0xA1], ["lumberjack"] = "2J"u8.ToArray(), ["http"] = "POST /_bulk HT"u8.ToArray(),
    };

    static async Task<Socket> Connect(string from, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port, Stop);
        return socket;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ten_thousand_connections_of_a_stranger_keep_nobody_out(bool begin)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1", "With ANDON_NIGHTLY=1.");
        await using var house = new KilledHouse();
        using (var authority = Authority.Make("Tests Authority")) authority.Give(house.Folder, "server", "andon.test", days: 300);
        var ports = new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["syslog-tcp"] = house.Syslog,
            ["syslog-tls"] = house.Listen("syslog-tls", ("certificate", house.File("server.pem")), ("key", house.File("server.key"))),
            ["http"] = house.Http,
        };
        foreach (var door in new[] { "syslog-relp", "gelf-tcp", "forward", "lumberjack" }) ports[door] = house.Listen(door);
        await house.Start();
        await house.Says();
        var held = new List<Socket>();
        try
        {
            foreach (var (door, port) in ports)
            {
                await Task.Delay(1000, Stop);
                var (before, count) = (house.Memory, All / ports.Count);
                for (var i = 0; i < count; i++)
                {
                    held.Add(await Connect("127.0.0.66", port));
                    if (begin) await held[^1].SendAsync(Begins[door]);
                }
                await Task.Delay(2000, Stop);
                TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{door,-12} {count} connections, {(begin ? "with the beginning of something" : "silent")}: {(house.Memory - before) / 1024.0 / count:F1} KiB each; the house {house.Memory >> 20} MiB"));
            }
            // Each door hears somebody else.
            using (var syslog = await Connect("127.0.0.1", ports["syslog-tcp"])) await syslog.SendAsync("<13>heard syslog\n"u8.ToArray());
            using (var gelf = await Connect("127.0.0.1", ports["gelf-tcp"])) await gelf.SendAsync("{\"short_message\":\"heard gelf\"}\0"u8.ToArray());
            using (var forward = await Connect("127.0.0.1", ports["forward"])) await forward.SendAsync((byte[])[0x93, 0xA1, (byte)'t', 1, 0x81, 0xA1, (byte)'m', 0xAD, .. "heard forward"u8]);
            using (var relp = await Connect("127.0.0.1", ports["syslog-relp"]))
            {
                await relp.SendAsync("1 open 14 relp_version=0\n2 syslog 10 heard relp\n"u8.ToArray());
                await relp.ReceiveAsync(new byte[200]);
            }
            using (var beats = await Connect("127.0.0.1", ports["lumberjack"]))
            {
                await beats.SendAsync((byte[])[(byte)'2', (byte)'J', 0, 0, 0, 1, 0, 0, 0, 19, .. "{\"m\":\"heard beats\"}"u8]);
                await beats.ReceiveAsync(new byte[6]);
            }
            await using (var tls = new System.Net.Security.SslStream(new NetworkStream(await Connect("127.0.0.1", ports["syslog-tls"]), ownsSocket: true), false, (_, shown, _, _) => shown is not null))
            {
                await tls.AuthenticateAsClientAsync("andon.test");
                await tls.WriteAsync("<13>heard tls\n"u8.ToArray(), Stop);
                await tls.ShutdownAsync();
            }
            using (var http = new HttpClient { BaseAddress = new(house.Address) })
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/_bulk") { Content = new StringContent("{\"create\":{}}\n{\"m\":\"heard bulk\"}\n", Encoding.UTF8, "application/x-ndjson") };
                request.Headers.Authorization = new("Bearer", KilledHouse.Token);
                using var answer = await http.SendAsync(request, Stop);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
            string[] expected = ["heard syslog", "heard gelf", "heard forward", "heard relp", "heard beats", "heard tls", "heard bulk"];
            var missing = expected;
            for (var waited = 0; missing.Length > 0 && waited < 100; waited++)
            {
                await Task.Delay(200, Stop);
                var records = await house.RecordsSoFar();
                missing = [.. expected.Where(e => !records.Any(r => r.Text.Contains(e, StringComparison.Ordinal)))];
            }
            Assert.Empty(missing);
        }
        finally
        {
            held.ForEach(s => s.Dispose());
        }
    }
}
