using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Andon.Tests.House;

/// <summary>
/// Requests that no client of good faith sends, at the HTTP of the product as it ships: each is answered with a clear refusal or the end of its connection,
/// what is hidden in it is never taken, and the next sender is heard.
/// </summary>
public sealed class HostileHttp(HostileHttp.Shared shared) : IClassFixture<HostileHttp.Shared>
{
    /// <summary>One house for all of it: what one does to it the next would notice.</summary>
    public sealed class Shared : IAsyncLifetime
    {
        public RealHouse House { get; private set; } = null!; // Set before the first test.
        public async ValueTask InitializeAsync() => House = await RealHouse.WithoutEngine();
        public ValueTask DisposeAsync() => House.DisposeAsync();
    }

    readonly RealHouse house = shared.House;

    static CancellationToken Stop => TestContext.Current.CancellationToken;
    const string Body = "{\"create\":{\"_index\":\"x\"}}\n{\"message\":\"good\"}\n";
    const string Hidden = "{\"create\":{\"_index\":\"x\"}}\n{\"message\":\"smuggled\"}\n";
    static readonly string Auth = $"Host: andon\r\nAuthorization: Bearer {RealHouse.Token}\r\n";

    /// <summary>Everything that was answered until the other side ended; it hears the end of what waits for more only after a moment.</summary>
    async Task<string> Say(string request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(house.Address.Host, house.Address.Port, Stop);
        var heard = new StringBuilder();
        try
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(request), Stop);
            var buffer = new byte[8192];
            var receiving = socket.ReceiveAsync(buffer, Stop).AsTask();
            if (await Task.WhenAny(receiving, Task.Delay(2000, Stop)) != receiving) socket.Shutdown(SocketShutdown.Send);
            for (int read; (read = await receiving) > 0; receiving = socket.ReceiveAsync(buffer, Stop).AsTask()) heard.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }
        return heard.ToString();
    }

    async Task StillHears()
    {
        Assert.StartsWith("HTTP/1.1 200", await Say($"POST /_bulk HTTP/1.1\r\n{Auth}Content-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}"), StringComparison.Ordinal);
        var all = await house.Records.Read(1, 1000, 64 << 20, Stop);
        Assert.DoesNotContain(all, r => Encoding.UTF8.GetString(r.Raw.Span).Contains("smuggled", StringComparison.Ordinal));
        Assert.Contains(all, r => Encoding.UTF8.GetString(r.Raw.Span).Contains("good", StringComparison.Ordinal));
    }

    static string Post(string headers, string body, string line = "POST /_bulk HTTP/1.1") => $"{line}\r\n{Auth}{headers}\r\n{body}";

    /// <summary>Name, request, beginnings of the answer that are right; empty stands for no answer at all.</summary>
    static IEnumerable<(string Name, string Request, string[] Right)> Shapes()
    {
        var hidden = $"POST /_bulk HTTP/1.1\r\n{Auth}Content-Length: {Hidden.Length}\r\n\r\n{Hidden}";
        string[] bad = ["400"], refused = ["400", "501", "417"];
        // One front reads the length, another the chunks: between them a second request hides.
        yield return ("length and chunks", Post($"Content-Length: {5 + hidden.Length}\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + hidden), ["400"]);
        yield return ("chunks and length", Post($"Transfer-Encoding: chunked\r\nContent-Length: {5 + hidden.Length}\r\n", "0\r\n\r\n" + hidden), ["400"]);
        yield return ("two lengths", Post($"Content-Length: 0\r\nContent-Length: {hidden.Length}\r\n", hidden), bad);
        yield return ("a list of lengths", Post($"Content-Length: 0, {hidden.Length}\r\n", hidden), bad);
        yield return ("a length below nothing", Post("Content-Length: -1\r\n", hidden), bad);
        // Kestrel takes the sign; what follows the five bytes is no request then, and hides nothing.
        yield return ("a length with a sign", Post("Content-Length: +5\r\n", hidden), ["200", "400"]);
        yield return ("a length in hex", Post("Content-Length: 0x5\r\n", hidden), bad);
        yield return ("a blank before the colon", Post("Content-Length : 5\r\n", hidden), bad);
        yield return ("a folded header", Post("X: a\r\n b\r\nContent-Length: 0\r\n", ""), bad);
        yield return ("a NUL in a header", Post("X: a\0b\r\nContent-Length: 0\r\n", ""), bad);
        yield return ("a bare CR in a header", Post("X: a\rb\r\nContent-Length: 0\r\n", ""), bad);
        yield return ("chunks that are not last", Post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n" + hidden), refused);
        yield return ("chunks by another name", Post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n" + hidden), refused);
        yield return ("chunks twice", Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n" + hidden), refused);
        yield return ("a chunk of no number", Post("Transfer-Encoding: chunked\r\n", "zz\r\n" + hidden), bad);
        yield return ("a chunk beyond numbers", Post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n" + hidden), bad);
        yield return ("a chunk below nothing", Post("Transfer-Encoding: chunked\r\n", "80000000\r\n" + hidden), ["400", "413"]);
        yield return ("a chunk that is longer than it says", Post("Transfer-Encoding: chunked\r\n", "1\r\nabc\r\n0\r\n\r\n" + hidden), bad);
        yield return ("a longer length than body", Post($"Content-Length: {Hidden.Length + 100}\r\n", Hidden), ["", "400"]);
        yield return ("chunks that break off", Post("Transfer-Encoding: chunked\r\n", $"{Hidden.Length:X}\r\n{Hidden}\r\n"), ["", "400"]);
        yield return ("trailers without end", Post("Transfer-Encoding: chunked\r\n", "0\r\n" + string.Concat(Enumerable.Range(0, 3000).Select(i => $"T{i}: {new string('x', 50)}\r\n")) + "\r\n" + hidden), ["", "400", "431"]);
        yield return ("a chunk's extension without end", Post("Transfer-Encoding: chunked\r\n", "5;" + new string('x', 200_000) + "\r\n" + hidden), ["", "400"]);
        yield return ("many headers", Post(string.Concat(Enumerable.Range(0, 2000).Select(i => $"X{i}: y\r\n")), hidden), ["", "431"]);
        yield return ("a huge header", Post($"X: {new string('y', 2_000_000)}\r\n", hidden), ["", "431"]);
        yield return ("a huge target", Post("Content-Length: 0\r\n", "", $"POST /{new string('a', 100_000)} HTTP/1.1"), ["", "414"]);
        yield return ("another version", Post("Content-Length: 0\r\n", "", "POST /_bulk HTTP/3.7"), ["505"]);
        yield return ("no version", "POST /_bulk\r\n\r\n", bad);
        yield return ("no host", $"POST /_bulk HTTP/1.1\r\nContent-Length: 0\r\n\r\n", bad);
        yield return ("two hosts", $"POST /_bulk HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n", bad);
        yield return ("another's address", Post("Content-Length: 0\r\n", "", "POST http://elsewhere.example/_bulk HTTP/1.1"), bad);
        yield return ("a tunnel", Post("", "", "CONNECT elsewhere.example:443 HTTP/1.1"), ["400", "401", "404", "405"]);
        yield return ("the second version of HTTP", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + new string('\0', 400), ["", "400", "505"]);
        yield return ("a handshake of TLS", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003" + new string('a', 500), ["", "400"]);
        yield return ("nothing", "\r\n\r\n", ["", "400"]);
    }

    [Xunit.Fact]
    public async Task What_no_client_sends_is_refused_and_nothing_hides_in_it()
    {
        var wrong = new List<string>();
        foreach (var (name, right, answer) in await Task.WhenAll(Shapes().Select(async s => (s.Name, s.Right, await Say(s.Request)))))
        {
            // To the second version's first words it says in that version's own that it speaks the first.
            var status = answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? answer.Split(' ')[1] : "";
            if (!right.Contains(status) || answer.Split("HTTP/1.1 2").Length > 2) wrong.Add($"{name}: {answer}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        await StillHears();
    }

    [Xunit.Fact]
    public async Task What_is_odd_and_lawful_is_taken()
    {
        var before = house.Records.Next;
        var old = await Say($"POST /_bulk HTTP/1.0\r\n{Auth}Content-Length: {Body.Length}\r\n\r\n{Body}");
        Assert.StartsWith("HTTP/1.1 200", old, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await Say(Post($"Connection: close\r\nContent-Length: {Body.Length}\r\n", Body, "POST http://andon/_bulk HTTP/1.1")), StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 200", await Say(Post($"Expect: 100-continue\r\nConnection: close\r\nContent-Length: {Body.Length}\r\n", Body)), StringComparison.Ordinal);
        // Behind each other on one connection, the second in chunks of a byte with an extension and a trailer.
        var chunks = string.Concat(Body.Select(c => $"1;a=b\r\n{c}\r\n")) + "0\r\nX-Sum: 1\r\n\r\n";
        var both = await Say(Post($"Content-Length: {Body.Length}\r\n", Body) + Post("Connection: close\r\nTransfer-Encoding: chunked\r\n", chunks));
        Assert.Equal(2, both.Split("HTTP/1.1 200").Length - 1);
        Assert.Equal(before + 5, house.Records.Next);
    }

    [Xunit.Fact]
    public async Task A_body_without_end_is_refused_at_its_bound()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendTimeout = 20_000 };
        await socket.ConnectAsync(house.Address.Host, house.Address.Port, Stop);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /v1/logs HTTP/1.1\r\n{Auth}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"), Stop);
        var chunk = Encoding.ASCII.GetBytes($"{1 << 20:X}\r\n{new string(' ', 1 << 20)}\r\n");
        var sent = 0L;
        try
        {
            while (sent < 4L * Andon.Intake.Limits.HttpBytesMax) sent += await socket.SendAsync(chunk, Stop);
        }
        catch (SocketException)
        {
            // Turned away while it still sent.
        }
        Assert.InRange(sent, Andon.Intake.Limits.HttpBytesMax / 2, 4L * Andon.Intake.Limits.HttpBytesMax - 1);
        await StillHears();
    }

    [Theory]
    [InlineData("/_bulk", 100 << 20)]
    [InlineData("/services/collector/event", 32 << 20)]
    [InlineData("/services/collector/raw", 32 << 20)]
    [InlineData("/v1/logs", 32 << 20)]
    [InlineData("/loki/api/v1/push", 32 << 20)]
    [InlineData("/ingest/clef", 32 << 20)]
    [InlineData("/gelf", 32 << 20)]
    public async Task Packed_bodies_are_bounded_and_other_packings_are_named(string path, int bytesMax)
    {
        async Task<(int Status, string Text)> Send(byte[] body, string encoding)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path + "?token=" + RealHouse.Token + "&apiKey=" + RealHouse.Token) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
            request.Headers.TryAddWithoutValidation("Authorization", path.Contains("services", StringComparison.Ordinal) ? "Splunk " + RealHouse.Token : "Bearer " + RealHouse.Token);
            using var http = new HttpClient { BaseAddress = house.Address };
            using var answer = await http.SendAsync(request, Stop);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
        }

        foreach (var encoding in new[] { "br", "zstd", "compress", "gzip, gzip", "identity, gzip", "snappy-framed", new string('x', 500) })
        {
            var (status, text) = await Send([1, 2, 3], encoding);
            Assert.True(status == 415 && text.Contains("is not accepted", StringComparison.Ordinal) && text.Length < 600, $"{encoding}: {status} {text}");
        }
        // The bound of _bulk is a hundred MiB; one look at it is enough.
        foreach (var encoding in path == "/gelf" ? new[] { "gzip", "GZIP", "x-gzip", "deflate" } : ["gzip"])
        {
            // A little that becomes more than may be, in one piece and in very many members.
            var bomb = Packed(new byte[1 << 20], encoding, bytesMax / (1 << 20) + 1);
            Assert.Equal(413, (await Send(bomb, encoding)).Status);
            Assert.Equal(400, (await Send([31, 139, 8, 0, 1, 2, 3], encoding)).Status);
        }
        // In itself once more: what comes out is a body that is no text, and is not unpacked again.
        var twice = await Send(Packed(Packed(Encoding.UTF8.GetBytes("{\"message\":\"smuggled\"}"), "gzip", 1), "gzip", 1), "gzip");
        Assert.InRange(twice.Status, 200, 499);
        // Members that hold nothing, without end.
        Assert.InRange((await Send([.. Enumerable.Repeat(Packed([], "gzip", 1), 5000).SelectMany(m => m)], "gzip")).Status, 200, 499);
        await StillHears();
    }

    static byte[] Packed(byte[] bytes, string encoding, int members)
    {
        var into = new MemoryStream();
        if (encoding == "deflate")
        {
            using var one = new ZLibStream(into, CompressionLevel.Fastest, leaveOpen: true);
            for (var i = 0; i < members; i++) one.Write(bytes);
        }
        else
        {
            var member = new MemoryStream();
            using (var one = new GZipStream(member, CompressionLevel.Fastest, leaveOpen: true)) one.Write(bytes);
            if (bytes.Length == 0 && member.Length == 0) member.Write([31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for (var i = 0; i < members; i++) into.Write(member.GetBuffer(), 0, (int)member.Length);
        }
        return into.ToArray();
    }

    [Xunit.Fact]
    public void Who_sends_a_byte_a_second_is_not_waited_for()
    {
        var limits = house.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        Assert.True(limits.MinRequestBodyDataRate is { BytesPerSecond: >= 100, GracePeriod.TotalSeconds: <= 30 });
        Assert.InRange(limits.RequestHeadersTimeout.TotalSeconds, 1, 60);
        Assert.InRange(limits.MaxRequestHeaderCount, 1, 200);
        Assert.InRange(limits.MaxRequestHeadersTotalSize, 1, 64 << 10);
    }

    [Xunit.Fact]
    public async Task Halves_of_requests_that_nobody_ends_hold_up_nobody()
    {
        var held = new List<Socket>();
        foreach (var half in Enumerable.Repeat(new[] { "P", "POST /_bulk HTTP/1.1\r\nHost: a\r\nX: ", Post("Transfer-Encoding: chunked\r\n", "5\r\nab"), Post("Content-Length: 1000000\r\n", "{") }, 3).SelectMany(h => h))
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(house.Address.Host, house.Address.Port, Stop);
            await socket.SendAsync(Encoding.ASCII.GetBytes(half), Stop);
            held.Add(socket);
        }
        await StillHears();
        foreach (var socket in held) socket.Dispose();
    }
}
