using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Andon.Intake.Collect;

namespace Andon.Tests.Intake;

public sealed class HecSlices : IDisposable
{
    const string Channel = "18654b28-2d5d-4d11-9c5e-7a8d2f0b5a11";
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    static HttpRequestMessage Post(string body, string path = "/services/collector/event", string? authorization = "Splunk secret-token", string? channel = null)
    {
        // As the real clients do: JSON that calls itself a form.
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded") };
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (channel is not null) request.Headers.Add("X-Splunk-Request-Channel", channel);
        return request;
    }

    static async Task<(int Status, JsonElement Json)> Send(IntakeHouse house, HttpRequestMessage request)
    {
        using (request)
        using (var answer = await house.Http.SendAsync(request))
            return ((int)answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }

    static async Task<string[]> Raw(IntakeHouse house) => [.. (await house.Log.Read(1, 1000, 1 << 20, CancellationToken.None)).Select(r => $"{r.Origin.Listener} {r.Origin.Hint} {Encoding.UTF8.GetString(r.Raw.Span)}")];

    [Xunit.Fact]
    public async Task Events_stand_one_behind_the_other_and_are_kept_as_they_came()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var (status, json) = await Send(house, Post("{\"event\":\"a b\",\"time\":\"1772438400.123\"}{\"time\":1772438400,\"event\":{\"n\":2}}\n {\"event\":[3],\"host\":\"h\"} "));
        Assert.Equal(200, status);
        Assert.Equal("{\"text\":\"Success\",\"code\":0}", json.GetRawText());
        Assert.Equal(["hec tests {\"event\":\"a b\",\"time\":\"1772438400.123\"}", "hec tests {\"time\":1772438400,\"event\":{\"n\":2}}", "hec tests {\"event\":[3],\"host\":\"h\"}"], await Raw(house));
    }

    [Theory]
    [InlineData("/services/collector", 200)]
    [InlineData("/services/collector/event/1.0", 200)]
    [InlineData("/services/collector/event?token=secret-token", 200)]
    [InlineData("/services/collector/event?token=wrong", 403, 4)]
    public async Task Every_path_that_clients_know(string path, int expected, int code = 0)
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var (status, json) = await Send(house, Post("{\"event\":1}", path, path.Contains("token", StringComparison.Ordinal) ? null : "Splunk secret-token"));
        Assert.Equal((expected, code), (status, json.GetProperty("code").GetInt32()));
    }

    [Theory]
    [InlineData(null, 401, 2)]
    [InlineData("secret-token", 401, 3)]
    [InlineData("Splunk wrong", 403, 4)]
    [InlineData("Basic eDpzZWNyZXQtdG9rZW4=", 200, 0)] // x:secret-token
    public async Task A_token_is_asked_for_in_HECs_own_words(string? authorization, int expected, int code)
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var (status, json) = await Send(house, Post("{\"event\":1}", authorization: authorization));
        Assert.Equal((expected, code), (status, json.GetProperty("code").GetInt32()));
        Assert.Equal(expected == 200 ? 2ul : 1ul, house.Log.Next);
    }

    [Theory]
    [InlineData("", 5, -1, 0)]
    [InlineData("{\"event\":1}{\"nothing\":2}{\"event\":3}", 12, 1, 1)]
    [InlineData("{\"event\":1}{\"event\":null}", 12, 1, 1)]
    [InlineData("{\"event\":\"\"}", 13, 0, 0)]
    [InlineData("{\"event\":1}{\"event\":", 6, 1, 1)]
    [InlineData("{\"event\":1}{\"event\":2}garbage", 6, 2, 2)]
    [InlineData("[1]", 6, 0, 0)]
    public async Task A_wrong_event_is_named_and_those_before_it_are_kept(string body, int code, int number, int kept)
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var (status, json) = await Send(house, Post(body));
        Assert.Equal((400, code), (status, json.GetProperty("code").GetInt32()));
        Assert.Equal(number, json.TryGetProperty("invalid-event-number", out var at) ? at.GetInt32() : -1);
        Assert.Equal(kept, (await Raw(house)).Length);
        Assert.Contains(house.Findings.All, f => f.Code == "INT024");
    }

    [Xunit.Fact]
    public async Task Raw_lines_carry_what_their_sender_calls_them()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var (status, _) = await Send(house, Post("one\r\n\ntwo", "/services/collector/raw?sourcetype=nginx&host=web01"));
        Assert.Equal(200, status);
        Assert.Equal(["hec nginx one", "hec nginx two"], await Raw(house));
    }

    [Xunit.Fact]
    public async Task An_acknowledgement_says_that_the_log_holds_it()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var (_, first) = await Send(house, Post("{\"event\":1}{\"event\":2}", channel: Channel));
        var id = first.GetProperty("ackId").GetUInt64();
        var (status, acks) = await Send(house, Post($"{{\"acks\":[{id},{id + 1}]}}", $"/services/collector/ack?channel={Channel}"));
        Assert.Equal(200, status);
        Assert.Equal($"{{\"acks\":{{\"{id}\":true,\"{id + 1}\":false}}}}", acks.GetRawText());
        Assert.Equal(10, (await Send(house, Post("{\"acks\":[1]}", "/services/collector/ack"))).Json.GetProperty("code").GetInt32());
        Assert.Equal(11, (await Send(house, Post("{\"event\":1}", channel: "no guid"))).Json.GetProperty("code").GetInt32());
        Assert.Equal(6, (await Send(house, Post("{\"acks\":[-1]}", "/services/collector/ack", channel: Channel))).Json.GetProperty("code").GetInt32());
    }

    [Xunit.Fact]
    public async Task A_full_log_says_busy_and_takes_the_whole_request_or_none_of_it()
    {
        var log = new FullLog(1);
        await using var house = await IntakeHouse.Start(folder.Path, log);
        var (status, json) = await Send(house, Post("{\"event\":1}{\"event\":2}"));
        Assert.Equal((503, 9), (status, json.GetProperty("code").GetInt32()));
        Assert.Equal(1ul, log.Next);
        using (var health = await house.Http.GetAsync("/services/collector/health")) Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        log.Room = 10;
        Assert.Equal(200, (await Send(house, Post("{\"event\":1}{\"event\":2}"))).Status);
        using (var health = await house.Http.GetAsync("/services/collector/health")) Assert.Contains("\"code\":17", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public async Task Gzip_is_read_and_a_broken_one_is_refused()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write("{\"event\":1}"u8);
        foreach (var (bytes, expected) in new[] { (packed.ToArray(), 200), ("not gzip"u8.ToArray(), 400) })
        {
            var request = Post("");
            request.Content = new ByteArrayContent(bytes) { Headers = { ContentEncoding = { "gzip" } } };
            Assert.Equal(expected, (await Send(house, request)).Status);
        }
        Assert.Equal(2ul, house.Log.Next);
    }

    [Xunit.Fact]
    public void Random_bodies_give_events_that_stand_in_them_or_a_code()
    {
        var random = new Random(20260304);
        var seed = "{\"time\":1.5,\"host\":\"h\",\"event\":{\"a\":[1,{\"b\":\"\\u00e9\"}]}}{\"event\":\"x\"} {\"event\":2}"u8.ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var body = (byte[])seed.Clone();
            for (var flips = random.Next(1, 5); flips > 0; flips--) body[random.Next(body.Length)] = (byte)random.Next(256);
            if (random.Next(3) == 0) body = body[..random.Next(body.Length)];
            var events = HecEvents.Read(body, out var code);
            Assert.All(events, e => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(e).RootElement.ValueKind));
            if (code != Hec.Success) Assert.InRange(code, Hec.NoData, Hec.EventBlank);
            else Assert.NotEmpty(events);
        }
    }
}
