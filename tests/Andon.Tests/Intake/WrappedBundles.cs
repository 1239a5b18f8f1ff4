using System.Text;
using System.Text.Json;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>Records of several events inside what a door wraps around a message: each is the event that it would be had it come alone in that wrapping.</summary>
public sealed class WrappedBundles
{
    const string SignIn = """{"time":"2026-03-02T07:59:58Z","resourceId":"/tenants/x","operationName":"Sign-in activity","category":"SignInLogs","properties":{"userPrincipalName":"anna@corp.example","ipAddress":"203.0.113.5"}}""";
    const string CreateUser = """{"eventVersion":"1.08","eventTime":"2026-03-02T07:59:59Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.6","userIdentity":{"type":"IAMUser","userName":"Otto \"ü\" 🙂 \\ /"}}""";
    static readonly string[] Lists = [$$"""{"records":[{{SignIn}},{{CreateUser}}]}""", $$"""  { "Records" : [ {{SignIn}} , {{CreateUser}} ] } """, $"[{SignIn},\n {CreateUser}]"];
    static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static string Text(string text) => JsonSerializer.Serialize(text);
    static string Terse(string text) => JsonSerializer.Serialize(text, Relaxed);

    static Origin Of(string listener, string hint = "") => new(listener, "10.9.8.7", hint);

    /// <summary>Door, what stands around a message, how the message is written there.</summary>
    public static TheoryData<string, string, string, string> Doors() => new()
    {
        { "hec", """{"host":"hub-1","sourcetype":"azure:eventhub","event":""", "}", "as it is" },
        { "hec", """{"host":"hub-1","event":""", ""","time":1772438398}""", "text" },
        { "hec", """{"host":"hub-1","event":""", "}", "terse text" },
        { "bulk", """{"@timestamp":"2026-03-02T08:00:00Z","agent":{"type":"filebeat"},"host":{"name":"web01"},"message":""", ""","log":{"file":{"path":"/var/log/ct.json"}}}""", "text" },
        { "lumberjack", """{"@timestamp":"2026-03-02T08:00:00Z","message":""", ""","host":{"name":"web01"}}""", "terse text" },
        { "loki", """{"ts":"1772438398000000000","stream":{"host":"web01","job":"audit"},"line":""", "}", "text" },
        { "otlp", """{"@timestamp":"2026-03-02T08:00:00Z","message":""", ""","host":{"name":"web01"},"resource":{"attributes":{"host.name":"web01"}}}""", "text" },
        { "otlp", """{"body":""", ""","host":{"name":"web01"}}""", "as it is" },
        { "gelf-tcp", """{"version":"1.1","host":"web01","short_message":"two events","full_message":""", "}", "text" },
        { "gelf-http", """{"version":"1.1","host":"web01","short_message":""", "}", "terse text" },
        { "forward", """{"@timestamp":"2026-03-02T08:00:00Z","log":""", ""","tag":"docker.1"}""", "text" },
        { "forward", """{"message":""", ""","tag":"docker.1"}""", "text" },
        { "journal", """{"MESSAGE":""", ""","_HOSTNAME":"web01"}""", "text" },
        { "syslog-udp", "<13>Mar  2 07:59:58 web01 hub: ", "", "as it is" },
        { "syslog-tcp", """<13>1 2026-03-02T07:59:58Z web01 hub - - [a@1 b="[{"] """ + "\uFEFF", "", "as it is" },
        { "file", "Mar  2 07:59:58 web01 hub[12]: ", "\n", "as it is" },
        { "file", """{"message":""", "}", "text" },
    };

    static string Written(string how, string text) => how switch { "text" => Text(text), "terse text" => Terse(text), _ => text };

    [Theory]
    [MemberData(nameof(Doors))]
    public void Each_is_read_as_if_it_had_come_alone_in_that_wrapping(string door, string before, string behind, string how)
    {
        foreach (var list in Lists)
        {
            if (how == "as it is" && before.StartsWith('<') && list.Contains('\n')) continue; // No frame of syslog's.
            var raw = before + Written(how, list) + behind;
            using var batch = Lab.Normaliser.Normalise(Lab.Records(Of(door), raw, raw));
            Assert.Equal(["1.0", "1.1", "2.0", "2.1"], Enumerable.Range(0, batch.Count).Select(i => batch[i].Id.ToString()));
            // What its sender wrote, byte for byte; the record itself stands in the log as it came.
            Assert.Equal([SignIn, CreateUser, SignIn, CreateUser], Enumerable.Range(0, 4).Select(i => Encoding.UTF8.GetString(batch[i].Raw)));
            foreach (var (one, i) in new[] { (SignIn, 0), (CreateUser, 1) })
                Assert.Equal(Lab.Parse(Of(door), before + Written(how, one) + behind), Lab.Fields(batch[i]));
            // An OTLP body that is an object keeps its names below body.
            if (how != "as it is" || door != "otlp") Assert.Equal(["CreateUser"], Lab.Fields(batch[1])["event.action"]);
        }
    }

    [Theory]
    [InlineData("bulk", """{"message":"[1,2]"}""")]
    [InlineData("bulk", """{"message":"{\"records\":[{\"a\":1}],\"more\":1}"}""")]
    [InlineData("bulk", """{"message":"{\"records\":[{\"a\":1},{\"b\":"}""")]
    [InlineData("bulk", """{"message":"{\"records\":[{\"a\":1}]}","b":""")]
    [InlineData("bulk", """{"message":"seen [{\"a\":1},{\"b\":2}]"}""")]
    [InlineData("bulk", """{"other":"{\"records\":[{\"a\":1},{\"b\":2}]}"}""")]
    [InlineData("bulk", """{"message":{"records":[{"a":1},{"b":2}]}}""")]
    [InlineData("hec", """{"event":{"records":[{"a":1}],"more":1}}""")]
    [InlineData("syslog-udp", """<13>Mar  2 07:59:58 web01 app: got [{"a":1},{"b":2}]""")]
    [InlineData("syslog-udp", """<13>Mar  2 07:59:58 web01 app: {"records":[{"a":1}""")]
    [InlineData("syslog-udp", """<13>Mar  2 07:59:58 web01 app: {"records":[{"a":1}]} and more""")]
    [InlineData("file", """app: [{"a":1}] {"b":2}""")]
    [InlineData("file", """[{"a":1}] {"b":2}""")]
    public void What_is_more_or_less_than_a_list_of_objects_is_one_event(string door, string raw)
    {
        using var batch = Lab.Normaliser.Normalise(Lab.Records(Of(door), raw));
        Assert.Equal(raw, Encoding.UTF8.GetString(Assert.Single(Enumerable.Range(0, batch.Count).Select(i => batch[i].Raw.ToArray()))));
    }

    [Xunit.Fact]
    public void What_a_wrapping_would_become_beside_each_of_them_is_bounded()
    {
        var many = "[" + string.Join(',', Enumerable.Repeat("""{"a":1}""", 4000)) + "]";
        var raw = $$"""{"tag":"{{new string('x', 100_000)}}","message":{{Text(many)}}}""";
        using var batch = Lab.Normaliser.Normalise(Lab.Records(Of("forward"), raw));
        Assert.Equal(1, batch.Count);
        Assert.Contains("INT295", Lab.Codes(Lab.Fields(batch[0])));
        Assert.True(batch.Bytes < 4 * raw.Length, $"{batch.Bytes} bytes of {raw.Length}");
    }

    [Xunit.Fact]
    public void Escapes_of_every_kind_lead_back_to_where_they_stand()
    {
        // Each character written in each way that JSON has for it.
        var part = """{"a":"x/é€🙂\"\\ \t"}""";
        var written = new StringBuilder();
        foreach (var c in "[" + part + "," + part + "]") written.Append(c is '"' or '\\' ? "\\" + c : c is '/' ? "\\/" : c > 127 || c is '{' or ':' ? $"\\u{(int)c:X4}" : c.ToString());
        using var batch = Lab.Normaliser.Normalise(Lab.Records(Of("bulk"), $$"""{"message":"{{written}}","k":[{}]}"""));
        Assert.Equal([part, part], Enumerable.Range(0, batch.Count).Select(i => Encoding.UTF8.GetString(batch[i].Raw)));
    }
}

/// <summary>The same through the real doors: what is acknowledged is the record, and with it each of its events; sent again it is kept as every record is.</summary>
public sealed class WrappedBundlesOnTheWire
{
    const string First = """{"eventVersion":"1.08","eventTime":"2026-03-02T07:59:59Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"eu-west-1"}""";
    const string Second = """{"eventVersion":"1.08","eventTime":"2026-03-02T07:59:59Z","eventSource":"iam.amazonaws.com","eventName":"DeleteUser","awsRegion":"eu-west-1"}""";
    static readonly string Text = JsonSerializer.Serialize($$"""{"Records":[{{First}},{{Second}}]}""");

    [Xunit.Fact]
    public async Task Every_door_gives_its_events_and_answers_for_the_record()
    {
        using var folder = new TempFolder();
        var file = folder.File("trail.log");
        File.WriteAllText(file, $$"""{"Records":[{{First}},{{Second}}]}""" + "\n" + $$"""{"log":{{Text}}}""" + "\n");
        var listeners = new Dictionary<string, Andon.Intake.ListenerSettings> { ["gelf-tcp"] = new(new(System.Net.IPAddress.Loopback, 0)), ["forward"] = new(new(System.Net.IPAddress.Loopback, 0)) };
        await using var house = await IntakeHouse.Start(folder.Path, files: [new(file, Tail: true, Host: "web01")], listeners: listeners);
        const string channel = "11111111-2222-3333-4444-555555555555";
        var hec = await Post(house, $"/services/collector/event?channel={channel}", $$"""{"event":{{Text}}}""");
        var ack = JsonDocument.Parse(hec).RootElement.GetProperty("ackId").GetInt64();
        Assert.Equal("{\"acks\":{\"" + ack + "\":true}}", await Post(house, $"/services/collector/ack?channel={channel}", "{\"acks\":[" + ack + "]}"));
        Assert.Single(JsonDocument.Parse(await Post(house, "/_bulk", "{\"create\":{\"_index\":\"x\"}}\n" + $$"""{"message":{{Text}}}""" + "\n")).RootElement.GetProperty("items").EnumerateArray());
        await Post(house, "/loki/api/v1/push", $$$"""{"streams":[{"stream":{"host":"web01"},"values":[["1772438398000000000",{{{Text}}}]]}]}""");
        await Post(house, "/v1/logs", """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1772438398000000000","body":{"stringValue":""" + Text + "}}]}]}]}");
        await Post(house, "/gelf", $$"""{"version":"1.1","host":"web01","short_message":"two","full_message":{{Text}}}""");
        await Send(house, "gelf-tcp", Encoding.UTF8.GetBytes($$"""{"version":"1.1","host":"web01","short_message":{{Text}}}""" + "\0"));
        await Send(house, "syslog-tcp", Encoding.UTF8.GetBytes($$"""<13>Mar  2 07:59:58 web01 trail: {"Records":[{{First}},{{Second}}]}""" + "\n"));
        await Send(house, "forward", Forward(JsonDocument.Parse(Text).RootElement.GetString()!));
        const int records = 10;
        for (var waited = 0; house.Log.Next <= records && waited < 1000; waited++) await Task.Delay(10);
        var kept = await house.Log.Read(1, 100, 1 << 20, CancellationToken.None);
        Assert.True(records == kept.Count, string.Join("\n", kept.Select(r => r.Origin.Listener + " " + Encoding.UTF8.GetString(r.Raw.Span)[..60])));
        using var batch = Lab.Normaliser.Normalise(kept);
        Assert.Equal(kept.SelectMany(r => new[] { $"{r.Position}.0", $"{r.Position}.1" }), Enumerable.Range(0, batch.Count).Select(i => batch[i].Id.ToString()));
        for (var i = 0; i < batch.Count; i++)
        {
            Assert.Equal(i % 2 == 0 ? First : Second, Encoding.UTF8.GetString(batch[i].Raw));
            Assert.Equal([i % 2 == 0 ? "CreateUser" : "DeleteUser"], Lab.Fields(batch[i])["event.action"]);
        }
    }

    static async Task<string> Post(IntakeHouse house, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path + (path.StartsWith("/gelf", StringComparison.Ordinal) ? "?token=secret-token" : ""))
        {
            Content = new StringContent(body, Encoding.UTF8, path == "/_bulk" ? "application/x-ndjson" : "application/json"),
            Headers = { { "Authorization", path.Contains("services", StringComparison.Ordinal) ? "Splunk secret-token" : "Bearer secret-token" } },
        };
        using var answer = await house.Http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadAsStringAsync();
    }

    static async Task Send(IntakeHouse house, string door, byte[] bytes)
    {
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        for (var waited = 0; house.Listeners.Single(l => l.Name == door).Address.Length == 0 && waited < 500; waited++) await Task.Delay(10);
        for (var tries = 0; !socket.Connected; tries++)
        {
            try
            {
                await socket.ConnectAsync(System.Net.IPEndPoint.Parse(house.Listeners.Single(l => l.Name == door).Address));
            }
            catch (System.Net.Sockets.SocketException) when (tries < 100)
            {
                await Task.Delay(5);
            }
        }
        await socket.SendAsync(bytes);
        socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        while (await socket.ReceiveAsync(new byte[64]) > 0) { }
    }

    // [tag, time, {"log": text}] in MessagePack, by hand.
    static byte[] Forward(string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        return [0x93, 0xA3, .. "tag"u8, 0xCE, 0x69, 0xA5, 0x00, 0x00, 0x81, 0xA3, .. "log"u8, 0xDA, (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }
}
