using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Andon.Intake;
using Andon.Intake.Normalise.Language;

namespace Andon.Tests.Intake;

public sealed class SeqSlices : IDisposable
{
    const string First = """{"@t":"2026-03-02T08:00:00Z","@mt":"Hello {Name}","Name":"größe"}""", Second = """{"@t":"2026-03-02T08:00:01Z", "@m":"two"}""";

    readonly TempFolder folder = new();
    public void Dispose() => folder.Dispose();

    static async Task<(int Status, string Body)> Post(IntakeHouse house, string path, string body, string type = "application/vnd.serilog.clef", string? key = "secret-token")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)) };
        if (key is not null) request.Headers.Add("X-Seq-ApiKey", key);
        using var answer = await house.Http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    static async Task<string[]> Kept(IntakeHouse house) => house.Log.Next == 1 ? [] : [.. (await house.Log.Read(1, 100, 1 << 20, CancellationToken.None)).Select(r => Encoding.UTF8.GetString(r.Raw.Span))];

    [Theory]
    [InlineData("/ingest/clef", First + "\n" + Second + "\n", "application/vnd.serilog.clef")]
    [InlineData("/api/events/raw?clef", First + "\r\n\r\n" + Second, "application/json")]
    [InlineData("/api/events/raw", "\uFEFF" + First + "\n" + Second, "application/vnd.serilog.clef")]
    [InlineData("/api/events/raw", "{\"Events\": [" + First + " ,\n" + Second + "]}", "application/json")]
    [InlineData("/api/events/raw", First + "\n" + Second, "application/json")]
    public async Task Lines_and_envelopes_give_the_same_records_to_the_byte(string path, string body, string type)
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        Assert.Equal((201, """{"MinimumLevelAccepted":null}"""), await Post(house, path, body, type));
        Assert.Equal([First, Second], await Kept(house));
    }

    [Xunit.Fact]
    public async Task A_key_is_a_token_wherever_it_stands()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        Assert.Equal(201, (await Post(house, "/ingest/clef?apiKey=secret-token", First, key: null)).Status);
        Assert.Equal(401, (await Post(house, "/ingest/clef", First, key: null)).Status);
        Assert.Equal(401, (await Post(house, "/ingest/clef", First, key: "wrong")).Status);
        Assert.Equal("tests", (await house.Log.Read(1, 1, 1 << 20, CancellationToken.None))[0].Origin.Hint);
    }

    [Xunit.Fact]
    public async Task A_strange_line_is_kept_beside_good_ones_and_a_strange_body_is_refused()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        Assert.Equal(201, (await Post(house, "/ingest/clef", First + "\n{\"@t\":\n" + Second)).Status);
        Assert.Equal([First, "{\"@t\":", Second], await Kept(house));
        Assert.Contains(house.Findings.All, f => f.Code == "INT314");
        var (status, said) = await Post(house, "/ingest/clef", "<html>");
        Assert.Equal(400, status);
        Assert.NotEmpty(JsonDocument.Parse(said).RootElement.GetProperty("Error").GetString()!);
        Assert.Equal(400, (await Post(house, "/api/events/raw", "{\"Events\":[", "application/json")).Status);
        Assert.Contains(house.Findings.All, f => f.Code == "INT312");
        Assert.Equal(201, (await Post(house, "/ingest/clef", "")).Status);
    }

    [Xunit.Fact]
    public async Task A_full_log_says_503_which_is_what_its_clients_send_again_after()
    {
        await using var house = await IntakeHouse.Start(folder.Path, new FullLog(1));
        Assert.Equal(503, (await Post(house, "/ingest/clef", First + "\n" + Second)).Status);
        Assert.Equal(1ul, house.Log.Next);
        Assert.Equal(2, house.Listeners.Single(l => l.Name == "seq").Refused - 1);
        Assert.Equal(201, (await Post(house, "/ingest/clef", First)).Status);
    }

    [Theory]
    [InlineData("""{"@mt":"plain"}""", "plain")]
    [InlineData("""{"@mt":"{A} and {B} and {A}","A":1,"B":{"x":[true]}}""", "1 and {\"x\":[true]} and 1")]
    [InlineData("""{"A":"first","@mt":"{A}"}""", "first")]
    [InlineData("""{"@mt":"{@A} {$B,-10} {C:0.00} {D:x} {0}","@r":["3.10","ff"],"A":"a","B":"b","C":3.1,"D":255,"0":"zero"}""", "a b 3.10 ff zero")]
    [InlineData("""{"@mt":"{{A}} }} { {A","A":1}""", "{A} } { {A")]
    [InlineData("""{"@mt":"{} {Missing} {@@x}","@@x":1}""", "{} {Missing} {@@x}")]
    [InlineData("""{"@mt":"\u00fc {N\u0061me}","Name":"\"q\" \ud83d\ude00"}""", "ü \"q\" 😀")]
    [InlineData("""{"MessageTemplate":"{A}","Properties":{"A":"in"},"A":"out"}""", "in")]
    [InlineData("""{"@m":"whole","@mt":"{A}"}""", null)]
    [InlineData("""{"@t":"x"}""", null)]
    [InlineData("""{"@mt":"{A}","A":"\ud800"}""", "\uFFFD")]
    [InlineData("""{"@mt":7}""", null)]
    [InlineData("[]", null)]
    [InlineData("{\"@mt\":", null)]
    public void A_template_becomes_its_message(string text, string? message) =>
        Assert.Equal(message, Rendered(text));

    static string? Rendered(string text)
    {
        var room = new byte[Limits.TemplateBytesMax];
        var length = MessageTemplate.Render(Encoding.UTF8.GetBytes(text), room);
        return length < 0 ? null : Encoding.UTF8.GetString(room, 0, length);
    }

    [Xunit.Fact]
    public void A_template_does_not_grow_without_end()
    {
        var text = "{\"@mt\":\"" + string.Concat(Enumerable.Repeat("{A}", 50_000)) + "\",\"A\":\"" + new string('ü', 30_000) + "\"}";
        var fields = Lab.Parse(new("seq", "10.9.8.7", "tests"), text);
        Assert.InRange(Encoding.UTF8.GetByteCount(fields["message"][0]), Limits.TemplateBytesMax - 3, Limits.TemplateBytesMax);
        Assert.DoesNotContain('\uFFFD', fields["message"][0]);
        Assert.Contains("INT320", Lab.Codes(fields));
        // More values and holes than are looked at: the rest stays as it is written.
        var many = "{\"@mt\":\"" + string.Concat(Enumerable.Range(0, 1000).Select(i => $"{{P{i}}}")) + "\"," + string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"P{i}\":{i}")) + "}";
        Assert.EndsWith("{P999}", Rendered(many), StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public void Random_events_break_nothing()
    {
        var random = new Random(20260313);
        byte[][] seeds = [Encoding.UTF8.GetBytes(First), Encoding.UTF8.GetBytes("""{"Timestamp":"2026-03-02T07:59:59.500Z","Level":"Error","MessageTemplate":"{{x}} {@Order:l} for {UserName,5}","@r":["a"],"Properties":{"UserName":"a \"b\" c","Order":{"id":7}}}""")];
        for (var round = 0; round < 10_000; round++)
        {
            var bytes = (byte[])seeds[random.Next(2)].Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            Assert.DoesNotContain("INT199", Lab.Codes(Lab.Parse(new("seq", "10.9.8.7", "tests"), bytes)));
        }
    }

    [Theory]
    [InlineData("""{"version":"1.1","host":"web01","short_message":"one"}""", 202, 1)]
    [InlineData("{\n \"short_message\": \"pretty\"\n}\n{\"short_message\":\"two\"}", 202, 2)]
    [InlineData("""{"short_message":"one"} and more""", 400, 0)]
    [InlineData("hello", 400, 0)]
    [InlineData("", 400, 0)]
    [InlineData("[1]", 400, 0)]
    public async Task GELF_comes_over_HTTP_too(string body, int expected, int kept)
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        Assert.Equal(expected, (await Post(house, "/gelf?token=secret-token", body, "application/json", key: null)).Status);
        Assert.Equal(kept, (await Kept(house)).Length);
        Assert.Equal(expected != 202, house.Findings.All.Any(f => f.Code == "INT315"));
        Assert.Equal(401, (await Post(house, "/gelf", body, "application/json", key: null)).Status);
    }

    [Xunit.Fact]
    public async Task GELF_over_HTTP_waits_for_room()
    {
        await using var house = await IntakeHouse.Start(folder.Path, new FullLog(0));
        Assert.Equal(503, (await Post(house, "/gelf?token=secret-token", """{"short_message":"one"}""", "application/json", key: null)).Status);
        Assert.Equal(1ul, house.Log.Next);
    }
}
