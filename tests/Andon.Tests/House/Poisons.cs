using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Andon.Tests.House;

/// <summary>One poison: what is sent by which listener, what of it is kept, and what is said about it.</summary>
/// <param name="Via">A listener, and how: see <see cref="PoisonSenders"/>.</param>
/// <param name="Sent">The bytes; for a stream without counts, for a body, as they go over the wire.</param>
/// <param name="Codes">Findings that stand with the event of the first kept record; none means that nothing is wrong with it.</param>
/// <param name="Told">A finding of the listener, for everybody to see in the house.</param>
sealed record Poison(string Name, string Via, byte[] Sent, params string[] Codes)
{
    /// <summary>Records that are in the log to the byte; by default what was sent, whole.</summary>
    public IReadOnlyList<byte[]>? Kept { get; init; }
    public string? Told { get; init; }
    /// <summary>The answer over HTTP; below zero where none is judged.</summary>
    public int Status { get; init; } = 200;
    public bool Gzip { get; init; }
}

/// <summary>Every poison that can be thought of at a listener, and some that were met.</summary>
static class Poisons
{
    const string Head = "<13>1 2026-03-02T07:59:59Z vm app - - - ";

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
    static byte[] Line(string message) => Utf8(Head + message);
    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
    static byte[] Big(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Gzipped(int zeroes, byte[]? text = null)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            if (text is not null) gzip.Write(text);
            var block = new byte[1 << 20];
            for (; zeroes > 0; zeroes -= block.Length) gzip.Write(block);
        }
        return packed.ToArray();
    }

    public static IEnumerable<Poison> All() => [.. Lines(), .. Streams(), .. Documents(), .. Bodies(), .. Chunks(), .. Binary()];

    /// <summary>Single messages, octet-counted, so that whatever they hold is one record.</summary>
    static IEnumerable<Poison> Lines() =>
    [
        new("invalid UTF-8", "tcp", [.. Line("bad "), 0xC3, 0x28, 0xFF, 0xFE], "INT101"),
        new("overlong UTF-8", "tcp", [.. Line("bad "), 0xC0, 0xAF, 0xE0, 0x80, 0xAF], "INT101"),
        new("NUL", "tcp", Line("a\0b"), "INT104"),
        new("CR in the middle", "tcp", Line("a\rb\r\r")),
        new("BOM before the message", "tcp", Line("\uFEFFplain")),
        new("BOM before everything", "tcp", Utf8("\uFEFF" + Head + "bom")),
        new("line feeds that forge a second message", "tcp", Line("login of x\r\n<86>1 2026-03-02T07:59:58Z web01 sshd 812 - - Accepted password for root from 203.0.113.9 port 51826 ssh2")),
        new("ANSI escapes", "tcp", Line("\u001b[2J\u001b[1;31mroot\u001b]0;owned\u0007 \u009b31m")),
        new("a formula", "tcp", Line("user==cmd|' /C calc'!A0 x=@SUM(1+1) y=-1+1")),
        new("right-to-left and zero-width marks", "tcp", Line("file=\u202Egpj.exe name=a\u200Bb")),
        new("year 9999", "tcp", Utf8("<13>1 9999-12-31T23:59:59Z vm app - - - x"), "INT133"),
        new("year 0", "tcp", Utf8("<13>1 0000-01-01T00:00:00Z vm app - - - x"), "INT131"),
        new("year 1", "tcp", Utf8("<13>1 0001-01-01T00:00:00Z vm app - - - x"), "INT133"),
        new("far past", "tcp", Utf8("<13>1 1970-01-01T00:00:00Z vm app - - - x")),
        new("far future", "tcp", Utf8("<13>1 2199-12-31T23:59:59Z vm app - - - x"), "INT132", "EVS001"),
        new("a zone that is none", "tcp", Utf8("<13>1 2026-03-02T07:59:59+99:99 vm app - - - x"), "INT131"),
        new("a leap second", "tcp", Utf8("<13>1 2016-12-31T23:59:60Z vm app - - - x")),
        new("30 February", "tcp", Utf8("<13>1 2026-02-30T07:59:59Z vm app - - - x"), "INT131"),
        new("29 February without a year", "tcp", Utf8("<13>Feb 29 07:59:59 vm app: x")),
        new("priority 192", "tcp", Utf8("<192>1 2026-03-02T07:59:59Z vm app - - - x"), "INT122"),
        new("priority without a number", "tcp", Utf8("<>1 2026-03-02T07:59:59Z vm app - - - x"), "INT122"),
        new("a priority without end", "tcp", Utf8("<" + new string('1', 70_000)), "INT121", "INT122"),
        new("no priority", "tcp", Utf8("no envelope at all of this line"), "INT121"),
        new("stacked headers", "tcp", Utf8("<13>Mar  2 07:59:59 relay <13>Mar  2 07:59:58 vm app[1]: <13>Mar  2 07:59:57 deep app[2]: x")),
        new("broken structured data", "tcp", Utf8("<13>1 2026-03-02T07:59:59Z vm app - - [a b=\"c\\\" x"), "INT124"),
        new("structured data without end", "tcp", Utf8("<13>1 2026-03-02T07:59:59Z vm app - - " + string.Concat(Enumerable.Repeat("[a@1 b=\"c\"]", 20_000)) + " x"), "INT113"),
        new("a regex bomb", "tcp", Line(new string('a', 500_000) + "!")),
        new("pairs without end", "tcp", Line(string.Join(' ', Enumerable.Range(0, 50_000).Select(i => $"k{Number(i)}=v"))), "INT113"),
        new("a name twice among pairs", "tcp", Line("user=first user=second src=203.0.113.1 src=203.0.113.2")),
        new("quotes that never close", "tcp", Line("a=\"never closed b='nor this c=" + new string('"', 3000))),
        new("CSV with broken quotes", "tcp", Line("\"a,\"\"b,\"c\"d\",,\"")),
        new("CEF with broken escapes", "tcp", Line("CEF:0|a\\|b|c\\\\|1|x|y\\|z|99|src=1.2.3.4.5 msg=a\\=b\\ cs1Label=\\ cs1=")),
        new("a billion laughs", "tcp", Line("<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>1</EventID></System><EventData><Data Name='a'>&b;</Data></EventData></Event>")),
        new("XML nested 20,000 deep", "tcp", Line("<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>" + string.Concat(Enumerable.Repeat("<a>", 20_000)))),
        new("SQL and script", "tcp", Line("'; DROP TABLE events; -- <script>alert(1)</script> {{7*7}} ${jndi:ldap://x/a} %n%s")),
        new("a datagram of nothing but blanks", "udp", Utf8("   "), "INT105"),
        new("a priority of five digits", "udp", Utf8("<99999>hello udp"), "INT122"),
    ];

    /// <summary>Streams that do not keep to any framing.</summary>
    static IEnumerable<Poison> Streams() =>
    [
        new("a count that is too short", "stream", Utf8("9 <13>shortand the rest of it\n"), "") { Kept = [Utf8("<13>short"), Utf8("and the rest of it")] },
        new("a count that is too long", "stream", Utf8("99 <13>long count and the end comes first"), "INT103", "INT121") { Kept = [Utf8("99 <13>long count and the end comes first")] },
        new("a count with leading zeroes", "stream", Utf8("000002 ab\n"), "INT121") { Kept = [Utf8("000002 ab")] },
        new("a count beyond all numbers", "stream", Utf8("99999999999999999999 <13>x\n"), "INT121") { Kept = [Utf8("99999999999999999999 <13>x")] },
        new("a count below zero", "stream", Utf8("-5 <13>x\n"), "INT121") { Kept = [Utf8("-5 <13>x")] },
        new("half a frame", "stream", Utf8("500 <13>1 2026-03-02T07:59:59Z vm app - - - this never en"), "INT103", "INT121") { Kept = [Utf8("500 <13>1 2026-03-02T07:59:59Z vm app - - - this never en")] },
        new("a line without end", "stream", [.. Line("longline"), .. Enumerable.Repeat((byte)'x', 3 << 20), (byte)'\n'], "INT102") { Kept = [[.. Line("longline"), .. Enumerable.Repeat((byte)'x', (1 << 20) - Line("longline").Length)]] },
        new("a frame longer than the limit", "stream", [.. Utf8(Number((3 << 20) + Head.Length) + " "), .. Line(""), .. Enumerable.Repeat((byte)'z', 3 << 20)], "INT102") { Kept = [[.. Line(""), .. Enumerable.Repeat((byte)'z', (1 << 20) - Head.Length)]] },
        new("a byte at a time", "drip", Utf8("30 <13>Mar  2 07:59:59 vm app: dr")) { Kept = [Utf8("<13>Mar  2 07:59:59 vm app: dr")] },
        new("HTTP on the syslog port", "stream", Utf8("GET / HTTP/1.1\r\nHost: poison\r\n\r\n"), "INT121") { Kept = [Utf8("GET / HTTP/1.1\r"), Utf8("Host: poison\r")] },
        new("a TLS hello on the syslog port", "stream", [0x16, 0x03, 0x01, 0x02, 0x01, 0x01, 0xFC, 0x03, 0x03, (byte)'p', (byte)'\n'], "INT101", "INT121") { Kept = [[0x16, 0x03, 0x01, 0x02, 0x01, 0x01, 0xFC, 0x03, 0x03, (byte)'p']] },
        new("no TLS on the TLS port", "tls", Utf8("<13>plain text\n")) { Kept = [], Told = "INT026" },
        new("random bytes on the TLS port", "tls", [0x16, 0x03, 0x03, 0xFF, 0xFF, 1, 2, 3, 4, 5, 6, 7, 8, 9]) { Kept = [], Told = "INT026" },
        new("a RELP frame without measure", "relp", Utf8("1 open 9999999999 x")) { Kept = [], Told = "INT025" },
        new("RELP without a number", "relp", Utf8("x syslog -1 y\n")) { Kept = [], Told = "INT025" },
        new("GELF over TCP without its NUL", "gelf-tcp", Utf8("{\"version\":\"1.1\",\"host\":\"h\",\"short_message\":\"cut\""), "INT103", "INT111"),
        new("GELF over TCP without end", "gelf-tcp", [.. Utf8("{\"short_message\":\""), .. Enumerable.Repeat((byte)'g', 2 << 20), 0], "INT102") { Kept = [[.. Utf8("{\"short_message\":\""), .. Enumerable.Repeat((byte)'g', (1 << 20) - 18)]] },
    ];

    /// <summary>JSON documents between two good ones of one request.</summary>
    static IEnumerable<Poison> Documents() =>
    [
        .. new Poison[]
        {
            new("nested 10,000 deep", "", Utf8(string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000)), "INT112"),
            new("lists 10,000 deep", "", Utf8("{\"a\":" + new string('[', 10_000) + new string(']', 10_000) + "}"), "INT112"),
            new("60,000 keys", "", Utf8("{" + string.Join(',', Enumerable.Range(0, 60_000).Select(i => $"\"k{Number(i)}\":{Number(i)}")) + "}"), "INT113"),
            new("a list of 100,000", "", Utf8("{\"l\":[" + string.Join(',', Enumerable.Range(0, 100_000)) + "]}"), "INT113"),
            new("a name twice", "", Utf8("{\"a\":1,\"a\":2}"), "INT114"),
            new("half a surrogate pair", "", Utf8("{\"a\":\"\\ud800x\"}"), "INT115"),
            new("numbers beyond all types", "", Utf8("{\"a\":123456789012345678901234567890,\"b\":1e400,\"c\":-0,\"d\":0.1e-400,\"source\":{\"port\":99999999999},\"event\":{\"severity\":1e99}}")),
            new("an escaped NUL", "", Utf8("{\"a\":\"x\\u0000y\",\"b\\u0000c\":1}")),
            new("text where an object was", "", Utf8("{\"host\":\"text\",\"user\":[1,{\"name\":\"x\"}],\"source\":{\"ip\":{\"deep\":1}},\"event\":7,\"message\":{\"a\":1}}")),
            new("one path as object, text and dotted name", "", Utf8("{\"a\":1,\"a.b\":2,\"x\":{\"y\":{\"z\":1},\"y.z\":{\"q\":2}},\"x.y\":3}")),
            new("names of dots, quotes and control characters", "", Utf8("{\"...\":1,\".a.\":2,\"a..b\":3,\"\":4,\"'\\\"`]\":5,\"\\n\\r\\t\\u0001\":6,\"a b\":7,\"%24\":8,\"\\u001b[0m\":9,\"'; DROP TABLE x\":10}")),
            new("a name of 8,000 bytes", "", Utf8("{\"" + new string('ü', 4000) + "\":1}"), "INT116"),
            new("Andon's own names", "", Utf8("{\"andon\":{\"parser\":\"forged\"},\"log\":{\"source\":{\"id\":\"forged\"}}}"), "INT117"),
            new("year 9999", "", Utf8("{\"@timestamp\":\"9999-12-31T23:59:59Z\",\"a\":1}"), "INT133"),
            new("year 0", "", Utf8("{\"@timestamp\":\"0000-00-00T00:00:00Z\",\"a\":1}"), "INT131"),
            new("a time below zero", "", Utf8("{\"@timestamp\":-99999999999999999,\"a\":1}"), "INT131"),
            new("a time as an object", "", Utf8("{\"@timestamp\":{\"$date\":[1]},\"a\":1}")),
            new("a formula", "", Utf8("{\"message\":\"=HYPERLINK(\\\"http://x\\\")\",\"user\":{\"name\":\"+1-1\"}}")),
            new("a value of 1 MiB", "", Utf8("{\"a\":\"" + new string('v', 1 << 20) + "\"}")),
        }.SelectMany(p => new[]
        {
            p with { Via = "bulk" },
            p with { Via = "hec", Sent = [.. "{\"event\":"u8, .. p.Sent, (byte)'}'] },
        }),
        new("broken JSON", "bulk", Utf8("{\"a\":1,\"b\":")) { Kept = [] }, // The sender is told, for this one.
        new("no JSON at all", "bulk", Utf8("just text")) { Kept = [] },
        new("many days at once", "bulk-many", [], "") { Kept = [.. Enumerable.Range(0, 400).Select(d => Utf8($"{{\"@timestamp\":\"{new DateTime(2024, 1, 1).AddDays(d):yyyy-MM-dd}T12:00:00Z\",\"poison\":\"days\"}}"))] },
        new("new names in every event", "bulk-many", [], "") { Kept = [.. Enumerable.Range(0, 200).Select(d => Utf8("{" + string.Join(',', Enumerable.Range(0, 100).Select(n => $"\"name{Number(d * 100 + n)}\":1")) + "}"))] },
        new("one name, another type in every event", "bulk-many", [], "") { Kept = [.. new[] { "1", "\"t\"", "true", "null", "[1,\"a\"]", "{\"b\":1}", "1e3", "[[]]", "{}", "[]" }.Select(v => Utf8($"{{\"clash\":{v},\"process\":{{\"pid\":{v}}}}}"))] },
    ];

    /// <summary>Whole requests over HTTP.</summary>
    static IEnumerable<Poison> Bodies() =>
    [
        new("a gzip bomb", "/_bulk", Gzipped(120 << 20)) { Kept = [], Status = 413, Gzip = true },
        new("a gzip bomb", "/services/collector/event", Gzipped(48 << 20)) { Kept = [], Status = 413, Gzip = true },
        new("a gzip bomb", "/v1/logs", Gzipped(48 << 20)) { Kept = [], Status = 413, Gzip = true },
        new("gzip where none is taken", "/upload", Gzipped(4 << 20)) { Kept = [], Status = 400, Gzip = true },
        new("a gzip bomb", "/uploads?name=bomb.gz", Gzipped(64 << 20)) { Kept = [], Status = -1 },
        new("gzip that is none", "/_bulk", Utf8("not gzip at all")) { Kept = [], Status = 400, Gzip = true },
        new("gzip that is cut off", "/_bulk", Gzipped(1 << 20)[..200]) { Kept = [], Status = 400, Gzip = true },
        new("a bad event in a batch", "/services/collector/event", Utf8("{\"event\":\"poison one\"}{\"event\":\"poison two\"}{\"evnt\":3}{\"event\":\"poison four\"}")) { Kept = [Utf8("{\"event\":\"poison one\"}"), Utf8("{\"event\":\"poison two\"}")], Status = 400 },
        new("a blank event", "/services/collector/event", Utf8("{\"event\":\"\"}")) { Kept = [], Status = 400 },
        new("a bad action line", "/_bulk", Utf8("{\"create\":{}}\n{\"poison\":\"a\"}\n{\"explode\":{}}\n{\"poison\":\"b\"}\n{\"create\":{}}\n{\"poison\":\"c\"}\n")) { Kept = [Utf8("{\"poison\":\"a\"}"), Utf8("{\"poison\":\"c\"}")] },
        new("time 0", "/v1/logs", Utf8("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"0\",\"observedTimeUnixNano\":\"1772438401000000000\",\"body\":{\"stringValue\":\"poison zero\"}}]}]}]}")) { Kept = [Utf8("{\"@timestamp\":\"2026-03-02T08:00:01.000000000Z\",\"observed_timestamp\":\"2026-03-02T08:00:01.000000000Z\",\"message\":\"poison zero\"}")] },
        new("a length of 4 GB in protobuf", "/v1/logs#proto", [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1, 2, 3]) { Kept = [], Status = 400 },
        new("a varint without end in protobuf", "/v1/logs#proto", [.. Enumerable.Repeat((byte)0xFF, 4000)]) { Kept = [], Status = 400 },
        new("protobuf nested without end", "/v1/logs#proto", Nested(2000), "INT112") { Kept = [Utf8("{\"@timestamp\":\"2026-03-02T08:00:01.000000000Z\",\"body\":" + new string('[', 33) + "\"protobuf:" + Convert.ToBase64String(Lists(2000 - 33)) + "\"" + new string(']', 33) + "}")], Told = "INT271" },
        new("a field of 2^63 bytes in a journal", "/upload", [.. "__CURSOR=s=1;i=1\nMESSAGE\n"u8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, .. "abc\n\n"u8]) { Kept = [], Status = 400 },
        new("a journal of nothing but zeroes", "/upload", new byte[1 << 20]) { Kept = [], Status = 400 },
    ];

    // A list in a list in a list …: each has the length of what stands in it.
    static byte[] Lists(int depth)
    {
        byte[] inner = [0x0A, 1, (byte)'x'];
        for (var i = 0; i < depth; i++)
        {
            byte[] item = [0x0A, .. Varint(inner.Length), .. inner];
            inner = [0x2A, .. Varint(item.Length), .. item];
        }
        return inner;
    }

    static byte[] Nested(int depth)
    {
        var inner = Lists(depth);
        byte[] fields = [0x09, .. BitConverter.GetBytes(1_772_438_401_000_000_000UL), 0x2A, .. Varint(inner.Length), .. inner];
        byte[] record = [0x12, .. Varint(fields.Length), .. fields];
        byte[] scope = [0x12, .. Varint(record.Length), .. record];
        return [0x0A, .. Varint(scope.Length), .. scope];
    }

    static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    static byte[] Chunk(byte id, int number, int count, byte[] data) => [0x1E, 0x0F, id, 0, 0, 0, 0, 0, 0, 0, (byte)number, (byte)count, .. data];

    /// <summary>GELF over UDP; datagrams are parted by their length.</summary>
    static IEnumerable<Poison> Chunks() =>
    [
        new("129 chunks", "gelf-udp", Chunk(1, 0, 129, Utf8("{}")), "INT101", "INT104") { Told = "INT034" },
        new("a chunk beyond its own count", "gelf-udp", Chunk(2, 7, 3, Utf8("{}")), "INT104") { Told = "INT034" },
        new("chunks twice", "gelf-udp*", [.. Datagrams(Chunk(3, 0, 2, Utf8("{\"short_message\":\"poi")), Chunk(3, 0, 2, Utf8("{\"short_message\":\"poi")), Chunk(3, 1, 2, Utf8("son twice\"}")))]) { Kept = [Utf8("{\"short_message\":\"poison twice\"}")] },
        new("chunks that contradict each other", "gelf-udp*", [.. Datagrams(Chunk(4, 0, 2, Utf8("{\"short_message\":\"poison ")), Chunk(4, 0, 2, Utf8("{\"short_message\":\"other ")), Chunk(4, 1, 2, Utf8("overlap\"}")))]) { Kept = [Utf8("{\"short_message\":\"poison overlap\"}"), Chunk(4, 0, 2, Utf8("{\"short_message\":\"other "))], Told = "INT034" },
        new("a gzip bomb", "gelf-udp", Gzipped(20 << 20, Utf8("{\"short_message\":\"poison bomb")), "INT102", "INT104") { Kept = [[.. Utf8("{\"short_message\":\"poison bomb"), .. new byte[(1 << 20) - 29]]], Told = "INT034" },
        new("gzip that is none", "gelf-udp", [0x1F, 0x8B, 1, 2, 3, 4, 5, 6, 7, 8, 9], "INT101") { Told = "INT034" },
        new("a chunk alone", "gelf-udp", Chunk(5, 0, 2, Utf8("{}")), "INT103", "INT104") { Told = "INT274" },
    ];

    static IEnumerable<byte> Datagrams(params byte[][] all) => all.SelectMany(d => (byte[])[.. Big((uint)d.Length), .. d]);

    /// <summary>MessagePack at Fluent forward.</summary>
    static IEnumerable<Poison> Binary() =>
    [
        new("an array of 4 billion", "forward", [0xDD, 0xFF, 0xFF, 0xFF, 0xFF]) { Kept = [], Told = "INT025" },
        new("a text of 4 GB", "forward", [0x93, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3], "INT101", "INT103") { Told = "INT270" },
        new("a map of 4 billion in a record", "forward", [0x93, 0xA1, (byte)'t', 1, 0xDF, 0xFF, 0xFF, 0xFF, 0xFF]) { Kept = [], Told = "INT025" },
        new("nested 5,000 deep", "forward", [0x93, 0xA1, (byte)'t', 1, 0x81, 0xA1, (byte)'d', .. Enumerable.Repeat((byte)0x91, 5000), 1], "INT101") { Told = "INT036" },
        new("a packed gzip bomb", "forward", Packed(Gzipped(64 << 20)), "INT101", "INT104") { Told = "INT036" },
        new("a byte that is no MessagePack", "forward", [0xC1, 0xC1]) { Kept = [], Told = "INT025" },
    ];

    static byte[] Packed(byte[] entries) => [0x93, 0xA1, (byte)'t', 0xC6, .. Big((uint)entries.Length), .. entries, 0x81, 0xAA, .. "compressed"u8, 0xA4, .. "gzip"u8];
}
