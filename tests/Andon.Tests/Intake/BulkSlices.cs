using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Andon.Intake.Collect;
using Andon.Store.Records;

namespace Andon.Tests.Intake;

public sealed class BulkSlices : IDisposable
{
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    static HttpRequestMessage Post(string body, string path = "/_bulk", string? authorization = "ApiKey secret-token")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8) };
        request.Content.Headers.ContentType = new("application/x-ndjson");
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return request;
    }

    static async Task<JsonElement> Json(HttpResponseMessage response) => JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    static string Statuses(JsonElement answer) =>
        string.Join(' ', answer.GetProperty("items").EnumerateArray().Select(i => i.EnumerateObject().First()).Select(p => $"{p.Name}:{p.Value.GetProperty("status").GetInt32()}"));

    [Xunit.Fact]
    public async Task Each_item_has_its_own_answer_and_a_bad_line_costs_only_itself()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var body = """
            {"index":{"_index":"a"},"attempts":0}
            {"n":1}
            {"create":{"_index":"b","_id":"mine","pipeline":null}}
            {"n":2}
            {"create":{}}
            {"n":broken
            {"delete":{"_index":"a","_id":"1"}}
            {"update":{"_index":"a","_id":"1"}}
            {"doc":{}}
            {"nonsense":{}}
            {"lost":1}
            {"create":{}}
            [1]
            {"create":{}}
            {"n":3}
            """;
        using var answer = await house.Http.SendAsync(Post(body, "/fallback/_bulk"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["Elasticsearch"], answer.Headers.GetValues("X-Elastic-Product"));
        var json = await Json(answer);
        Assert.True(json.GetProperty("errors").GetBoolean());
        Assert.Equal("index:201 create:201 create:400 delete:400 update:400 index:400 create:400 create:201", Statuses(json));
        Assert.Equal("mine", json.GetProperty("items")[1].GetProperty("create").GetProperty("_id").GetString());
        Assert.Equal("1", json.GetProperty("items")[0].GetProperty("index").GetProperty("_id").GetString());
        var records = await house.Log.Read(1, 100, 1 << 20, CancellationToken.None);
        Assert.Equal(["a {\"n\":1}", "b {\"n\":2}", "fallback {\"n\":3}"], records.Select(r => $"{r.Origin.Hint} {Encoding.UTF8.GetString(r.Raw.Span)}"));
        Assert.Equal(3, house.Listeners.First(l => l.Name == "bulk").Received);
    }

    [Theory]
    [InlineData("ApiKey secret-token", 200)]
    [InlineData("Bearer secret-token", 200)]
    [InlineData("apikey secret-token", 200)]
    [InlineData("Basic aW5nZXN0OnNlY3JldC10b2tlbg==", 200)] // ingest:secret-token
    [InlineData("ApiKey aWQ6c2VjcmV0LXRva2Vu", 200)] // id:secret-token, as Elasticsearch writes it
    [InlineData("ApiKey wrong", 401)]
    [InlineData("Basic not base64", 401)]
    [InlineData("Digest x", 401)]
    [InlineData("", 401)]
    [InlineData(null, 401)]
    public async Task A_token_is_asked_for(string? authorization, int status)
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        using var answer = await house.Http.SendAsync(Post("{\"create\":{}}\n{\"n\":1}\n", authorization: authorization));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(["Elasticsearch"], answer.Headers.GetValues("X-Elastic-Product"));
        Assert.Equal(status == 200 ? 2ul : 1ul, house.Log.Next);
    }

    [Xunit.Fact]
    public async Task Gzip_is_read_and_a_broken_one_is_refused()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write("{\"create\":{}}\n{\"n\":1}"u8);
        foreach (var (bytes, status) in new[] { (packed.ToArray(), 200), ("not gzip"u8.ToArray(), 400) })
        {
            using var request = Post("");
            request.Content = new ByteArrayContent(bytes);
            request.Content.Headers.ContentEncoding.Add("gzip");
            using var answer = await house.Http.SendAsync(request);
            Assert.Equal(status, (int)answer.StatusCode);
        }
        Assert.Equal(2ul, house.Log.Next);
    }

    [Xunit.Fact]
    public async Task A_full_log_answers_429_and_takes_again_when_there_is_room()
    {
        var log = new FullLog(1);
        await using var house = await IntakeHouse.Start(folder.Path, log);
        const string body = "{\"create\":{}}\n{\"n\":1}\n{\"create\":{}}\n{\"n\":2}\n";
        using (var answer = await house.Http.SendAsync(Post(body)))
        {
            Assert.Equal(429, (int)answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.Equal("create:429 create:429", Statuses(await Json(answer)));
        }
        log.Room = 10;
        using (var answer = await house.Http.SendAsync(Post(body)))
            Assert.Equal("create:201 create:201", Statuses(await Json(answer)));
        Assert.Equal(2, house.Listeners.First(l => l.Name == "bulk").Refused);
    }

    [Theory]
    [InlineData("GET", "/", "8.")]
    [InlineData("HEAD", "/", "")]
    [InlineData("GET", "/_license", "\"basic\"")]
    [InlineData("GET", "/_cluster/health?wait_for_status=yellow", "green")]
    [InlineData("GET", "/_ilm/policy/x", "{}")]
    [InlineData("HEAD", "/_index_template/template_logs", "")]
    [InlineData("PUT", "/_index_template/x", "{}")]
    [InlineData("GET", "/_ingest/pipeline/x", "{}")]
    [InlineData("GET", "/_nodes/http", "{}")]
    [InlineData("GET", "/_logstash/pipeline", "{}")]
    public async Task The_handshake_needs_no_token(string method, string path, string part)
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        using var request = new HttpRequestMessage(new(method), path);
        using var answer = await house.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["Elasticsearch"], answer.Headers.GetValues("X-Elastic-Product"));
        Assert.Contains(part, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public async Task A_browser_at_the_root_is_not_answered_as_an_ingest_client()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using var answer = await house.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode); // No console in this house.
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("{\"create\":{}}", "create:400")]
    [InlineData("{\"create\":{}}\n", "create:400")]
    [InlineData("{\"create\":{}}\r\n{\"n\":1}\r\n\r\n", "create:201")]
    [InlineData("garbage\n{\"create\":{}}\n{}", "index:400 create:201")]
    [InlineData("{\"create\":{\"_index\":{\"deep\":1},\"_id\":7}}\n{}", "create:201")]
    [InlineData("{\"create\":{\"_index\":\"\\ud800\"}}\n{}", "index:400")]
    public void Lines_are_read_leniently(string body, string expected) =>
        Assert.Equal(expected, string.Join(' ', BulkLines.Read(Encoding.UTF8.GetBytes(body), "").Select(i => $"{i.Verb}:{i.Status}")));
}
