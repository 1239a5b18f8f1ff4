using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Andon.Tests.House;

/// <summary>Sends a poison by the listener it is meant for, between two good messages of the same listener wherever the protocol lets them stand together.</summary>
sealed class PoisonSenders(RealHouse house, IReadOnlyDictionary<string, int> ports)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static string Good(string mark, string which) => $"<86>1 2026-03-02T07:59:58Z web01 sshd 812 - - Failed password for {mark}-{which} from 203.0.113.9 port 51826 ssh2";

    static string GoodJson(string mark, string which) => $"{{\"message\":\"x\",\"user\":{{\"name\":\"{mark}-{which}\"}},\"source\":{{\"ip\":\"203.0.113.9\"}},\"event\":{{\"outcome\":\"failure\"}}}}";

    static byte[] Counted(byte[] message) => [.. Utf8(message.Length.ToString(CultureInfo.InvariantCulture) + " "), .. message];

    /// <summary>The answer's status where there is one, and how many good messages were sent with it.</summary>
    public async Task<int> Send(Poison poison, string mark)
    {
        switch (poison.Via)
        {
            case "tcp":
                await Stream(ports["syslog-tcp"], [.. Counted(Utf8(Good(mark, "before"))), .. Counted(poison.Sent), .. Counted(Utf8(Good(mark, "after")))]);
                return 200;
            case "udp":
                await Datagrams(ports["syslog-udp"], Utf8(Good(mark, "before")), poison.Sent, Utf8(Good(mark, "after")));
                return 200;
            case "bulk":
                return await Post("/_bulk", poison, string.Concat(new[] { GoodJson(mark, "before"), Encoding.UTF8.GetString(poison.Sent), GoodJson(mark, "after") }.Select(d => "{\"create\":{\"_index\":\"poison\"}}\n" + d + "\n")));
            case "bulk-many":
                return await Post("/_bulk", poison, string.Concat(poison.Kept!.Select(Encoding.UTF8.GetString).Prepend(GoodJson(mark, "before")).Append(GoodJson(mark, "after")).Select(d => "{\"create\":{}}\n" + d + "\n")));
            case "hec":
                return await Post("/services/collector/event", poison, $"{{\"event\":{GoodJson(mark, "before")}}}{Encoding.UTF8.GetString(poison.Sent)}{{\"event\":{GoodJson(mark, "after")}}}");
        }
        // Those break a stream or a request as a whole: their neighbours come by another connection.
        await Stream(ports["syslog-tcp"], Counted(Utf8(Good(mark, "before"))));
        var status = 200;
        switch (poison.Via)
        {
            case "stream": await Stream(ports["syslog-tcp"], poison.Sent); break;
            case "drip": await Stream(ports["syslog-tcp"], poison.Sent, piece: 1); break;
            case "tls": await Stream(ports["syslog-tls"], poison.Sent, listens: true); break;
            case "relp": await Stream(ports["syslog-relp"], poison.Sent, listens: true); break;
            case "forward" or "gelf-tcp": await Stream(ports[poison.Via], poison.Sent, listens: true); break;
            case "gelf-udp": await Datagrams(ports["gelf-udp"], poison.Sent); break;
            case "gelf-udp*":
                for (var at = 0; at < poison.Sent.Length;)
                {
                    var length = (int)BinaryPrimitives.ReadUInt32BigEndian(poison.Sent.AsSpan(at));
                    await Datagrams(ports["gelf-udp"], poison.Sent[(at + 4)..(at + 4 + length)]);
                    at += 4 + length;
                }
                break;
            default: status = await Post(poison.Via.Split('#')[0], poison, null); break;
        }
        await Stream(ports["syslog-tcp"], Counted(Utf8(Good(mark, "after"))));
        return status;
    }

    /// <summary>A good sender of the listener that speaks TLS.</summary>
    public async Task SendOverTls(string message)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", ports["syslog-tls"], Stop);
        await using var tls = new SslStream(tcp.GetStream(), false, (_, shown, _, _) => shown is not null);
        await tls.AuthenticateAsClientAsync("andon.test");
        await tls.WriteAsync(Counted(Utf8(message)), Stop);
        await tls.ShutdownAsync();
    }

    /// <param name="listens">Reads what is answered until the other side ends.</param>
    static async Task Stream(int port, byte[] bytes, int piece = int.MaxValue, bool listens = false)
    {
        using var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync("127.0.0.1", port, Stop);
        var stream = tcp.GetStream();
        try
        {
            for (var at = 0; at < bytes.Length; at += Math.Min(piece, bytes.Length - at))
            {
                await stream.WriteAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)), Stop);
                if (piece < bytes.Length) await Task.Delay(10, Stop);
            }
            tcp.Client.Shutdown(SocketShutdown.Send);
            if (listens) await stream.CopyToAsync(System.IO.Stream.Null, Stop);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // It was shown the door before it had said all.
        }
    }

    static async Task Datagrams(int port, params byte[][] all)
    {
        using var udp = new UdpClient();
        foreach (var datagram in all) await udp.SendAsync(datagram, "127.0.0.1", port, Stop);
    }

    async Task<int> Post(string path, Poison poison, string? body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(house.Address, path)) { Content = new ByteArrayContent(body is null ? poison.Sent : Utf8(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(path switch { "/v1/logs" => poison.Via.EndsWith("#proto", StringComparison.Ordinal) ? "application/x-protobuf" : "application/json", "/upload" => "application/vnd.fdo.journal", _ => "application/json" });
        if (poison.Gzip) request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.Authorization = path.StartsWith("/services", StringComparison.Ordinal) ? new("Splunk", RealHouse.Token)
            : path is "/upload" or "/uploads" ? new("Basic", Convert.ToBase64String(Utf8("x:" + RealHouse.Token))) : new("Bearer", RealHouse.Token);
        if (path == "/_bulk") request.Headers.Authorization = new("ApiKey", RealHouse.Token);
        using var anonymous = new HttpClient();
        try
        {
            using var answer = await anonymous.SendAsync(request, Stop);
            await answer.Content.ReadAsStringAsync(Stop);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return -1; // The connection was ended while the rest of the body was on its way.
        }
    }
}
