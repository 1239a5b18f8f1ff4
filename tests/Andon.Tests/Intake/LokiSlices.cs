using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Andon.Intake;
using Andon.Intake.Collect;

namespace Andon.Tests.Intake;

public sealed class LokiSlices : IDisposable
{
    const string Json = """{"streams":[{"stream":{"job":"größe","host":"web01"},"values":[["1772438400123456789","one \"q\"\n"],["1772438401000000001","two",{"trace_id":"t1"}]]},{"values":[["1772438402000000000","three"]],"stream":{}}]}""";
    static readonly string[] Records =
    [
        """{"ts":"1772438400123456789","tenant":"team","stream":{"job":"größe","host":"web01"},"line":"one \"q\"\n"}""",
        """{"ts":"1772438401000000001","tenant":"team","stream":{"job":"größe","host":"web01"},"metadata":{"trace_id":"t1"},"line":"two"}""",
        """{"ts":"1772438402000000000","tenant":"team","stream":{},"line":"three"}""",
    ];

    readonly TempFolder folder = new();
    public void Dispose() => folder.Dispose();

    // Just enough protobuf to say the same as the JSON above.
    static byte[] Field(int number, params byte[] data) => [.. SnappyLaws.Length(number << 3 | 2), .. SnappyLaws.Length(data.Length), .. data];
    static byte[] Text(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));
    static byte[] Number(int number, int value) => [.. SnappyLaws.Length(number << 3), .. SnappyLaws.Length(value)];
    static byte[] Entry(int seconds, int nanos, byte[] line, params byte[] more) => Field(2, [.. Field(1, [.. Number(1, seconds), .. Number(2, nanos)]), .. Field(2, line), .. more]);
    static byte[] Entry(int seconds, int nanos, string line, params byte[] more) => Entry(seconds, nanos, Encoding.UTF8.GetBytes(line), more);

    static byte[] Proto { get; } =
    [
        .. Field(1, [.. Text(1, """{job="größe", host="web01"}"""), .. Entry(1772438400, 123456789, "one \"q\"\n"), .. Entry(1772438401, 1, "two", Field(3, [.. Text(1, "trace_id"), .. Text(2, "t1")]))]),
        .. Field(1, [.. Entry(1772438402, 0, "three"), .. Text(1, "{}")]),
    ];

    static HttpRequestMessage Post(byte[] body, string type, string? encoding = null, string? token = "secret-token", string path = "/loki/api/v1/push")
    {
        if (encoding == "gzip")
        {
            var packed = new MemoryStream();
            using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(body);
            body = packed.ToArray();
        }
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } } };
        if (encoding is not null) request.Content.Headers.ContentEncoding.Add(encoding);
        if (token is not null) request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("team:" + token)));
        request.Headers.Add("X-Scope-OrgID", "team");
        return request;
    }

    static async Task<(int Status, string Body)> Send(IntakeHouse house, HttpRequestMessage request)
    {
        using (request)
        using (var answer = await house.Http.SendAsync(request)) return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    static async Task<string[]> Kept(IntakeHouse house) => house.Log.Next == 1 ? [] : [.. (await house.Log.Read(1, 100, 1 << 20, CancellationToken.None)).Select(r => Encoding.UTF8.GetString(r.Raw.Span))];

    [Theory]
    [InlineData("application/json", null)]
    [InlineData("application/json; charset=utf-8", "gzip")]
    [InlineData("application/x-protobuf", null)]
    [InlineData("application/x-protobuf", "snappy")]
    [InlineData("application/x-protobuf", "gzip")]
    public async Task Protobuf_and_JSON_give_the_same_records(string type, string? encoding)
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        using var request = Post(type.Contains("json", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(Json) : SnappyLaws.Pack(Proto), type.Split(';')[0], encoding);
        request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        Assert.Equal((204, ""), await Send(house, request));
        Assert.Equal(Records, await Kept(house));
        Assert.All(await house.Log.Read(1, 10, 1 << 20, CancellationToken.None), r => Assert.Equal(("loki", "tests"), (r.Origin.Listener, r.Origin.Hint)));
    }

    [Xunit.Fact]
    public async Task The_older_path_and_form_are_read()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        const string Body = """{"streams":[{"labels":"{job=\"a\\\"b\", `x`=`y`}","entries":[{"ts":"2026-03-02T08:00:00.5Z","line":"no"}]},{"labels":"{job=\"a\\\"b\\u00fc\"}","entries":[{"ts":"2026-03-02T08:00:00.5Z","line":"yes"}]}]}""";
        Assert.Equal(204, (await Send(house, Post(Encoding.UTF8.GetBytes(Body), "application/json", path: "/api/prom/push"))).Status);
        Assert.Equal("""{"ts":"2026-03-02T08:00:00.5Z","tenant":"team","stream":{"job":"a\"bü"},"line":"yes"}""", (await Kept(house)).Last());
    }

    [Xunit.Fact]
    public async Task Bytes_of_a_line_stand_in_the_record_as_they_came()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        byte[] line = [.. Enumerable.Range(1, 255).Select(b => (byte)b)];
        var body = SnappyLaws.Pack(Field(1, [.. Text(1, "{}"), .. Entry(1, 0, line)]));
        Assert.Equal(204, (await Send(house, Post(body, "application/x-protobuf"))).Status);
        var raw = (await house.Log.Read(1, 1, 1 << 20, CancellationToken.None))[0].Raw.ToArray();
        Assert.True(raw.AsSpan().IndexOf(line.AsSpan(127)) > 0);
        var fields = Lab.Parse(new("loki", "10.9.8.7", "tests"), raw);
        Assert.Contains("INT101", Lab.Codes(fields));
        Assert.StartsWith("\u0001\u0002\u0003", fields["message"][0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "[1]", 400)]
    [InlineData("application/json", "{\"streams\":", 400)]
    [InlineData("application/json", "{\"streams\":[{\"values\":[[1]]}]}", 400)]
    [InlineData("application/json", "{\"streams\":[]}", 204)]
    [InlineData("application/x-protobuf", "hello", 400)]
    [InlineData("text/plain", "\u0005\u0010hello", 400)]
    public async Task What_is_no_push_is_refused_and_told(string type, string body, int expected)
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var (status, said) = await Send(house, Post(Encoding.UTF8.GetBytes(body), type));
        Assert.Equal(expected, status);
        Assert.Equal(expected == 204, said.Length == 0);
        Assert.Equal(expected != 204, house.Findings.All.Any(f => f.Code == "INT310"));
        Assert.Equal(1ul, house.Log.Next);
        Assert.Equal(expected == 204 ? 0 : 1, house.Listeners.Single(l => l.Name == "loki").Refused);
    }

    [Xunit.Fact]
    public async Task What_is_broken_in_a_good_push_is_counted_and_the_rest_kept()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        Assert.Equal(204, (await Send(house, Post("""{"streams":[7,{"stream":{"a":"b"},"values":[["1","good"],["1",7],["1"]]}]}"""u8.ToArray(), "application/json"))).Status);
        Assert.Single(await Kept(house));
        Assert.Contains(house.Findings.All, f => f.Code == "INT311" && f.Message.StartsWith("3 ", StringComparison.Ordinal));
    }

    [Xunit.Fact]
    public async Task A_full_log_says_429_and_when_to_come_again_and_nothing_is_kept_by_halves()
    {
        await using var house = await IntakeHouse.Start(folder.Path, new FullLog(2));
        using var request = Post(SnappyLaws.Pack(Proto), "application/x-protobuf");
        using var answer = await house.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(1ul, house.Log.Next);
        Assert.Equal(401, (await Send(house, Post(SnappyLaws.Pack(Proto), "application/x-protobuf", token: "wrong"))).Status);
        Assert.Equal(401, (await Send(house, Post(SnappyLaws.Pack(Proto), "application/x-protobuf", token: null))).Status);
    }

    [Xunit.Fact]
    public async Task Rates_and_networks_hold_here_too()
    {
        var settings = new Dictionary<string, ListenerSettings> { ["loki"] = new(RecordsPerSecond: 1), ["seq"] = new(Networks: [IPNetwork.Parse("192.0.2.0/24")]) };
        await using var house = await IntakeHouse.Start(folder.Path, listeners: settings);
        Assert.Equal(204, (await Send(house, Post(SnappyLaws.Pack(Proto), "application/x-protobuf"))).Status);
        Assert.Equal(429, (await Send(house, Post(SnappyLaws.Pack(Proto), "application/x-protobuf"))).Status);
        using var stranger = new HttpRequestMessage(HttpMethod.Post, "/ingest/clef?apiKey=secret-token") { Content = new StringContent("{}") };
        Assert.Equal(403, (await Send(house, stranger)).Status);
        Assert.Contains(house.Findings.All, f => f.Code == "INT023" && f.Place == "seq");
    }

    [Xunit.Fact]
    public async Task Clients_that_ask_first_are_answered()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        Assert.Equal("ready\n", await house.Http.GetStringAsync("/ready"));
        Assert.Equal("3.0.0", JsonDocument.Parse(await house.Http.GetStringAsync("/loki/api/v1/status/buildinfo")).RootElement.GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("{}", "{}")]
    [InlineData(" {a=\"b\"} ", "{\"a\":\"b\"}")]
    [InlineData("""{a="b,}{=\"",  b = "\x41\u00fc\n",}""", "{\"a\":\"b,}{=\\\"\",\"b\":\"Aü\\n\"}")]
    [InlineData("""{"quoted name"="v"}""", "{\"quoted name\":\"v\"}")]
    [InlineData("{a=`raw\\n`}", "{\"a\":\"raw\\\\n\"}")]
    [InlineData("{a=b}", null)]
    [InlineData("{a=\"b}", null)]
    [InlineData("a=\"b\"", null)]
    [InlineData("", null)]
    public void Labels_are_read_as_they_are_written(string text, string? json) =>
        Assert.Equal(json, LokiLabels.Read(Encoding.UTF8.GetBytes(text)) is { } read ? Encoding.UTF8.GetString(read) : null);

    /// <summary>Labels stand in every record: 400 KB of them and 20,000 empty lines would be 8 GB.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_small_push_does_not_become_any_number_of_bytes(bool json)
    {
        var (bytes, rejected) = (0L, 0);
        var push = new LokiPush("t", record =>
        {
            bytes += record.Length;
            if (record.Length == 0) rejected++;
        });
        var label = new string('a', 400_000);
        Assert.True(json
            ? push.Json(Encoding.UTF8.GetBytes($$"""{"streams":[{"stream":{"a":"{{label}}"},"values":[{{string.Join(',', Enumerable.Repeat("[\"1\",\"\"]", 20_000))}}]}]}"""))
            : push.Proto(Field(1, [.. Text(1, $"{{a=\"{label}\"}}"), .. Enumerable.Range(0, 20_000).SelectMany(_ => (byte[])[0x12, 0])])));
        Assert.InRange(bytes, 100 << 20, 200 << 20);
        Assert.InRange(rejected, 19_000, 20_000);
    }

    [Xunit.Fact]
    public void Random_pushes_break_nothing()
    {
        var random = new Random(20260312);
        byte[][] seeds = [Proto, Encoding.UTF8.GetBytes(Json)];
        var records = 0;
        var push = new LokiPush("t", record =>
        {
            if (record.Length == 0) return;
            if (records++ % 16 == 0) Assert.DoesNotContain("INT199", Lab.Codes(Lab.Parse(new("loki", "10.9.8.7", "tests"), record)));
        });
        for (var round = 0; round < 20_000; round++)
        {
            var kind = random.Next(2);
            var bytes = (byte[])seeds[kind].Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            if (kind == 0) push.Proto(bytes);
            else push.Json(bytes);
        }
        Assert.True(records > 1000, records.ToString(CultureInfo.InvariantCulture));
    }
}
