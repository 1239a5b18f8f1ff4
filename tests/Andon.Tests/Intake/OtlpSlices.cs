using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Andon.Intake.Collect;

namespace Andon.Tests.Intake;

public sealed class OtlpSlices : IDisposable
{
    const string Json = """
        {"resourceLogs":[{"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"web01"}}]},"scopeLogs":[{"scope":{"name":"s","version":"1"},"logRecords":[
        {"timeUnixNano":"1772438400123456789","severityNumber":9,"severityText":"INFO","body":{"stringValue":"größe"},"traceId":"0AF7651916CD43DD8448EB211C80319C","spanId":"b7ad6b7169203331","flags":1,
         "attributes":[{"key":"n","value":{"intValue":"9007199254740993"}},{"key":"r","value":{"doubleValue":0.25}},{"key":"b","value":{"boolValue":true}},{"key":"l","value":{"arrayValue":{"values":[{"stringValue":"a"},{"intValue":1}]}}},{"key":"m","value":{"kvlistValue":{"values":[{"key":"k","value":{"bytesValue":"AAE="}}]}}}]},
        {"observedTimeUnixNano":"1772438401000000000","body":{"kvlistValue":{"values":[{"key":"deep","value":{"intValue":2}}]}}}]}]}]}
        """;
    const string First = """{"@timestamp":"2026-03-02T08:00:00.123456789Z","message":"größe","log":{"level":"INFO"},"severity_number":9,"trace":{"id":"0af7651916cd43dd8448eb211c80319c"},"span":{"id":"b7ad6b7169203331"},"flags":1,"host":{"name":"web01"},"attributes":{"n":9007199254740993,"r":0.25,"b":true,"l":["a",1],"m":{"k":"AAE="}},"scope":{"name":"s","version":"1"},"resource":{"attributes":{"host.name":"web01"}}}""";
    const string Second = """{"@timestamp":"2026-03-02T08:00:01.000000000Z","observed_timestamp":"2026-03-02T08:00:01.000000000Z","body":{"deep":2},"host":{"name":"web01"},"scope":{"name":"s","version":"1"},"resource":{"attributes":{"host.name":"web01"}}}""";

    readonly TempFolder folder = new();
    public void Dispose() => folder.Dispose();

    // Just enough protobuf to say the same as the JSON above.
    static byte[] Field(int number, params byte[] data) => [.. Varint((ulong)number << 3 | 2), .. Varint((ulong)data.Length), .. data];
    static byte[] Number(int number, ulong value) => [.. Varint((ulong)number << 3), .. Varint(value)];
    static byte[] Fixed(int number, ulong value) => [.. Varint((ulong)number << 3 | 1), .. BitConverter.GetBytes(value)];
    static byte[] Text(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));
    static byte[] Pair(int number, string key, byte[] value) => Field(number, [.. Text(1, key), .. Field(2, value)]);

    static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    static byte[] Proto { get; } = Field(1, [
        // The resource behind its records, as it may stand.
        .. Field(2, [
            .. Field(1, [.. Text(1, "s"), .. Text(2, "1")]),
            .. Field(2, [.. Fixed(1, 1772438400123456789), .. Number(2, 9), .. Text(3, "INFO"), .. Field(5, Text(1, "größe")),
                .. Pair(6, "n", Number(3, 9007199254740993)), .. Pair(6, "r", Fixed(4, BitConverter.DoubleToUInt64Bits(0.25))), .. Pair(6, "b", Number(2, 1)),
                .. Pair(6, "l", Field(5, [.. Field(1, Text(1, "a")), .. Field(1, Number(3, 1))])), .. Pair(6, "m", Field(6, Pair(1, "k", Field(7, 0, 1)))),
                .. Varint(8 << 3 | 5), 1, 0, 0, 0, .. Field(9, Convert.FromHexString("0af7651916cd43dd8448eb211c80319c")), .. Field(10, Convert.FromHexString("b7ad6b7169203331"))]),
            .. Field(2, [.. Fixed(11, 1772438401000000000), .. Field(5, Field(6, Pair(1, "deep", Number(3, 2))))])]),
        .. Field(1, Pair(1, "host.name", Text(1, "web01")))]);

    static HttpRequestMessage Post(byte[] body, string type, bool gzip = false, string? token = "secret-token")
    {
        if (gzip)
        {
            var packed = new MemoryStream();
            using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(body);
            body = packed.ToArray();
        }
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/logs") { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } } };
        if (gzip) request.Content.Headers.ContentEncoding.Add("gzip");
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        return request;
    }

    static async Task<(int Status, byte[] Body)> Send(IntakeHouse house, HttpRequestMessage request)
    {
        using (request)
        using (var answer = await house.Http.SendAsync(request))
        {
            Assert.Equal(request.Content?.Headers.ContentType?.MediaType == "text/plain" ? "application/json" : request.Content?.Headers.ContentType?.MediaType, answer.Content.Headers.ContentType?.MediaType);
            return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory]
    [InlineData("application/json", false)]
    [InlineData("application/json", true)]
    [InlineData("application/x-protobuf", false)]
    [InlineData("application/x-protobuf", true)]
    public async Task Protobuf_and_JSON_give_the_same_records(string type, bool gzip)
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var (status, body) = await Send(house, Post(type == "application/json" ? Encoding.UTF8.GetBytes(Json) : Proto, type, gzip));
        Assert.Equal((200, type == "application/json" ? "{}" : ""), (status, Encoding.UTF8.GetString(body)));
        Assert.Equal([First, Second], (await house.Log.Read(1, 10, 1 << 20, CancellationToken.None)).Select(r => Encoding.UTF8.GetString(r.Raw.Span)));
    }

    /// <summary>A program that logs what a stranger sent it nests as deep as he likes; those beside it are stored, and nothing of it is left out.</summary>
    [Theory]
    [InlineData("application/json", 33)]
    [InlineData("application/json", 400)]
    [InlineData("application/x-protobuf", 33)]
    [InlineData("application/x-protobuf", 400)]
    public async Task What_nests_too_deep_is_one_text_from_there_on_and_is_told(string type, int depth)
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var json = type == "application/json";
        var (inner, proto) = ("""{"stringValue":"bottom"}""", Text(1, "bottom"));
        for (var i = 0; i < depth; i++) (inner, proto) = ("{\"arrayValue\":{\"values\":[" + inner + "]}}", Field(5, Field(1, proto)));
        var body = json
            ? Encoding.UTF8.GetBytes("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":" + inner + "},{\"body\":{\"stringValue\":\"beside\"}}]}]}]}")
            : Field(1, Field(2, [.. Field(2, Field(5, proto)), .. Field(2, Field(5, Text(1, "beside")))]));
        Assert.Equal(200, (await Send(house, Post(body, type))).Status);
        var kept = await house.Log.Read(1, 10, 1 << 20, CancellationToken.None);
        Assert.Equal("""{"message":"beside"}""", Encoding.UTF8.GetString(kept[1].Raw.Span));
        var text = JsonDocument.Parse(kept[0].Raw).RootElement.GetProperty("body");
        for (var i = 0; i < 33; i++) text = text[0];
        Assert.Contains("bottom", json ? text.GetString()! : Encoding.UTF8.GetString(Convert.FromBase64String(text.GetString()!.Split(':')[1])), StringComparison.Ordinal);
        Assert.Contains(house.Findings.All, f => f.Code == "INT271");
    }

    /// <summary>What JSON.stringify writes of half a pair of surrogates, which any visitor of a web site can type: its neighbours must not be thrown away with it.</summary>
    [Xunit.Fact]
    public async Task Half_a_pair_of_surrogates_does_not_refuse_the_records_beside_it()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        const string Body = """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x\ud800y"},"attributes":[{"key":"\udc00","value":{"stringValue":"v"}}]},{"\ud800xxxxxxxxxxxxxxxxxxxxxx":1,"body":{"stringValue":"beside"}}]}]}]}""";
        Assert.Equal(200, (await Send(house, Post(Encoding.UTF8.GetBytes(Body), "application/json"))).Status);
        Assert.Equal(["""{"message":"x\uFFFDy","attributes":{"\uFFFD":"v"}}""".Replace("\\uFFFD", "\uFFFD", StringComparison.Ordinal), """{"message":"beside"}"""], (await house.Log.Read(1, 10, 1 << 20, CancellationToken.None)).Select(r => Encoding.UTF8.GetString(r.Raw.Span)));
    }

    /// <summary>The resource stands in every record: 400 KB of it and 20,000 empty records would be 8 GB.</summary>
    [Xunit.Fact]
    public async Task A_small_request_does_not_become_any_number_of_bytes()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var body = Field(1, [.. Field(1, Pair(1, "a", Text(1, new string('a', 400_000)))), .. Field(2, [.. Enumerable.Range(0, 20_000).SelectMany(_ => (byte[])[0x12, 0])])]);
        var (status, answer) = await Send(house, Post(body, "application/x-protobuf", gzip: true));
        Assert.Equal(200, status);
        Assert.NotEmpty(answer); // It is told how many were not taken.
        Assert.InRange((int)house.Log.Next, 100, 400);
        Assert.Contains(house.Findings.All, f => f.Code == "INT037");
    }

    [Theory]
    [InlineData("application/json", "[1]", 400)]
    [InlineData("application/json", "{\"resourceLogs\":", 400)]
    [InlineData("application/x-protobuf", "hello", 400)]
    [InlineData("text/plain", "hello", 415)]
    public async Task What_is_no_export_is_refused_in_its_own_words(string type, string body, int expected)
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var (status, answer) = await Send(house, Post(Encoding.UTF8.GetBytes(body), type));
        Assert.Equal(expected, status);
        Assert.NotEmpty(answer);
        Assert.Equal(1ul, house.Log.Next);
    }

    [Xunit.Fact]
    public async Task A_full_log_says_503_and_when_to_come_again()
    {
        await using var house = await IntakeHouse.Start(folder.Path, new FullLog(1));
        using var request = Post(Proto, "application/x-protobuf");
        using var answer = await house.Http.SendAsync(request);
        Assert.Equal(503, (int)answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        using var stranger = Post(Proto, "application/x-protobuf", token: "wrong");
        using var refused = await house.Http.SendAsync(stranger);
        Assert.Equal(401, (int)refused.StatusCode);
    }

    [Xunit.Fact]
    public async Task A_broken_record_is_a_partial_success_and_the_others_are_kept()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var body = Field(1, Field(2, [.. Field(2, Field(5, Text(1, "good"))), .. Field(2, 0x0f, 1)]));
        var (status, answer) = await Send(house, Post(body, "application/x-protobuf"));
        Assert.Equal((200, 2ul), (status, house.Log.Next));
        Assert.Equal([0x0a, (byte)(answer.Length - 2), 0x08, 1], answer[..4]);
        (status, answer) = await Send(house, Post("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[7]}]}]}"u8.ToArray(), "application/json"));
        Assert.Equal("1", JsonDocument.Parse(answer).RootElement.GetProperty("partialSuccess").GetProperty("rejectedLogRecords").GetString());
        Assert.Contains(house.Findings.All, f => f.Code == "INT037");
    }

    [Xunit.Fact]
    public void Random_exports_break_nothing()
    {
        var random = new Random(20260310);
        byte[][] seeds = [Proto, Encoding.UTF8.GetBytes(Json)];
        var records = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var kind = random.Next(2);
            var bytes = (byte[])seeds[kind].Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            if (kind == 0) OtlpProtobuf.Read(bytes, Take);
            else OtlpJson.Read(bytes, Take);
        }
        Assert.True(records > 1000);

        void Take(OtlpRecord? record, OtlpOwner resource, OtlpOwner scope)
        {
            if (record is null) return;
            records++;
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(record.ToJson(resource, scope).ToJsonString()).RootElement.ValueKind);
        }
    }
}
