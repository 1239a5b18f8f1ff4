using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Andon.Intake.Collect;

namespace Andon.Tests.Intake;

/// <summary>Bodies of the HTTP doors, changed at random: each is taken or refused in the door's own words, never an error of ours; what is kept is a piece of what was sent.</summary>
public sealed class BodyFuzz : IDisposable
{
    static readonly int Rounds = Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1" ? 200_000 : 8_000;
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    readonly TempFolder folder = new();
    public void Dispose() => folder.Dispose();

    const string Gelf = """{"version":"1.1","host":"web01","short_message":"größe \ud83d\ude00","_n":[1,{"a":null}]} {"short_message":"two"}""";
    const string Clef = """
        {"@t":"2026-03-02T08:00:00Z","@mt":"Hello {Name}","Name":"\ud83d\ude00"}
        {"@t":"2026-03-02T08:00:01Z","@m":"größe"}
        """;
    const string Events = """{"Events":[{"Timestamp":"2026-03-02T08:00:00Z","MessageTemplate":"x {A}","Properties":{"A":1}},{"MessageTemplate":"\ud83d\ude00"}]}""";
    const string Push = """{"streams":[{"stream":{"job":"größe"},"values":[["1772438400123456789","one \"q\"\n"],["1772438401000000001","two",{"trace_id":"\u0074"}]]}]}""";
    const string OldPush = """{"streams":[{"labels":"{job=\"größe\"}","entries":[{"ts":"2026-03-02T08:00:00Z","line":"\ud83d\ude00"}]}]}""";
    const string Hec = """{"time":1772438400.1,"host":"h","event":"größe"}{"event":{"a":"\ud83d\ude00"},"fields":{"f":[1]}}""";
    const string Bulk = "{\"create\":{\"_index\":\"i\"}}\n{\"message\":\"größe \\ud83d\\ude00\"}\n{\"index\":{}}\n{\"a\":1}\n";
    const string Otlp = """{"resourceLogs":[{"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"\ud83d\ude00"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1772438400123456789","body":{"kvlistValue":{"values":[{"key":"a","value":{"intValue":"5"}}]}}}]}]}]}""";

    public static TheoryData<string, string, string> Doors() => new()
    {
        { "/gelf", "application/json", Gelf },
        { "/ingest/clef", "application/vnd.serilog.clef", Clef },
        { "/api/events/raw", "application/json", Events },
        { "/loki/api/v1/push", "application/json", Push },
        { "/api/prom/push", "application/json", OldPush },
        { "/services/collector/event", "application/json", Hec },
        { "/services/collector/raw", "text/plain", Clef },
        { "/_bulk", "application/x-ndjson", Bulk },
        { "/v1/logs", "application/json", Otlp },
    };

    static byte[] Changed(Random random, string seed)
    {
        var bytes = Encoding.UTF8.GetBytes(seed).ToList();
        for (var changes = random.Next(1, 5); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0: bytes.Insert(at, (byte)random.Next(256)); break;
                case 1: bytes.RemoveAt(at); break;
                case 2: bytes.InsertRange(at, [.. bytes.Skip(at).Take(random.Next(1, 60))]); break;
                case 3: bytes.InsertRange(at, Encoding.ASCII.GetBytes(new[] { "\\ud800", "\\", "\"", "{", "[", "}", "\"\\ud800xxxxxxxxxxxx\":1,", "null", "1e999", "\0" }[random.Next(10)])); break;
                default: bytes[at] = (byte)random.Next(256); break;
            }
        }
        return [.. random.Next(5) == 0 ? bytes[..random.Next(bytes.Count + 1)] : bytes];
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Every_body_is_answered_in_the_doors_own_words(string path, string type, string seed)
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        var random = new Random(20260316);
        // First what no chance finds: names that are half a pair and as long as the name that is looked for.
        var bodies = Enumerable.Range(1, seed.Length - 1).Where(i => seed[i] == '"' && seed[i - 1] is '{' or ',')
            .Select(i => Encoding.UTF8.GetBytes(seed.Insert(i, "\"\\ud800xxxxxxxxxxxxxxxx\":1,"))).Concat(Enumerable.Range(0, Rounds / 40).Select(_ => Changed(random, seed)));
        foreach (var body in bodies.Prepend(Encoding.UTF8.GetBytes(seed)))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } } };
            request.Headers.Authorization = path.StartsWith("/services", StringComparison.Ordinal) ? new("Splunk", "secret-token") : new("Bearer", "secret-token");
            request.Headers.Add("X-Seq-ApiKey", "secret-token");
            using var answer = await house.Http.SendAsync(request, Stop);
            Assert.True((int)answer.StatusCode is >= 200 and < 300 or (>= 400 and < 500), string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode} for {Encoding.UTF8.GetString(body)}"));
        }
        Assert.True(house.Log.Next > 1);
        var records = await house.Log.Read(1, 100_000, 64 << 20, Stop);
        for (var i = 0; i < records.Count; i += 7) Assert.DoesNotContain("INT199", Lab.Codes(Lab.Parse(records[i].Origin, records[i].Raw.ToArray())));
    }

    [Xunit.Fact]
    public void What_is_cut_out_of_a_body_is_a_piece_of_it()
    {
        var random = new Random(20260317);
        var kept = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var which = random.Next(5);
            var body = Changed(random, which switch { 0 => Gelf, 1 => Clef, 2 => Events, 3 => Hec, _ => Bulk });
            var pieces = which switch
            {
                0 => GelfHttp.Objects(body),
                1 => SeqEvents.Lines(body, out _),
                2 => SeqEvents.Envelope(body),
                3 => HecEvents.Read(body, out _),
                _ => BulkLines.Read(body, "").ConvertAll(i => i.Document),
            };
            var at = 0;
            foreach (var piece in pieces ?? [])
            {
                var found = body.AsSpan(at).IndexOf(piece.Span);
                Assert.True(found >= 0, Encoding.UTF8.GetString(body));
                at += found + piece.Length; // In their order, none twice.
                kept++;
            }
        }
        Assert.True(kept > Rounds / 2, kept.ToString(CultureInfo.InvariantCulture));
    }
}
