using System.IO.Compression;
using System.Text;
using Andon.Intake;
using Andon.Intake.Collect;
using Andon.Intake.Collect.Uploads;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Tests.Intake;

/// <summary>Files whose first lines name the columns of the others: Zeek's text logs, IIS's with any choice of fields.</summary>
public sealed class HeadedFiles : IDisposable
{
    const string Zeek = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tssl\n#open\t2026-03-02-07-58-59\n"
        + "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tversion\tserver_name\tresumed\testablished\tcert_chain_fps\tsni_matches_cert\n"
        + "#types\ttime\tstring\taddr\tport\taddr\tport\tstring\tstring\tbool\tbool\tvector[string]\tbool\n";
    const string ZeekLine = "1772438339.500000\tCx1\t192.0.2.7\t50123\t203.0.113.9\t443\tTLSv12\twww.\\x09example.net\tF\tT\taa11,bb22\t-\n";
    const string ZeekJson = """{"_path":"ssl","ts":1772438339.500000,"uid":"Cx1","id.orig_h":"192.0.2.7","id.orig_p":50123,"id.resp_h":"203.0.113.9","id.resp_p":443,"version":"TLSv12","server_name":"www.\texample.net","resumed":false,"established":true,"cert_chain_fps":["aa11","bb22"]}""";
    const string IisHead = "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-03-02 07:00:00\n";

    readonly TempFolder folder = new();
    readonly MemoryRecordLog log = new();
    readonly FindingList findings = new();
    readonly TestClock clock = new();

    public void Dispose() => folder.Dispose();

    string LogFile => folder.File("some.log");

    void Write(string text) => File.AppendAllText(LogFile, text);

    /// <summary>Follows the file until the log holds so many records, then ends, as a restart does.</summary>
    async Task Followed(int records)
    {
        var marks = new FileMarks(folder.File("state"));
        marks.Load(findings);
        using var reader = new FileReader(new FileInput(LogFile, Tail: true), marks, new Listener("file", log, clock), clock, findings);
        await reader.StartAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (log.Next <= (ulong)records)
        {
            stop.Token.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromMilliseconds(Limits.TailPollMs));
            await Task.Yield();
        }
        // The mark is written behind the records.
        while (marks.Of(LogFile)?.Offset != new FileInfo(LogFile).Length)
        {
            stop.Token.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromMilliseconds(Limits.TailPollMs));
            await Task.Yield();
        }
        await reader.StopAsync(CancellationToken.None);
    }

    async Task<List<(string Raw, Dictionary<string, List<string>> Fields)>> Events()
    {
        var records = await log.Read(1, 100_000, int.MaxValue, CancellationToken.None);
        var events = new List<(string, Dictionary<string, List<string>>)>();
        using var batch = Lab.Normaliser.Normalise(records);
        for (var i = 0; i < batch.Count; i++) events.Add((Encoding.UTF8.GetString(records[(int)batch[i].Id.Position - 1].Raw.Span), Lab.Fields(batch[i])));
        return events;
    }

    static Dictionary<string, List<string>> Json(string line)
    {
        using var batch = Lab.Normaliser.Normalise([new(1, 1_772_438_400_000, new("file", "x"), Encoding.UTF8.GetBytes(line))]);
        return Lab.Fields(batch[0]);
    }

    static string Told(Dictionary<string, List<string>> fields, params string[] without) =>
        string.Join('\n', fields.Where(f => !without.Contains(f.Key)).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={string.Join(',', f.Value)}"));

    // What says where the record came from, and its text itself.
    static readonly string[] Own = ["event.original", "message", "log.source.id", "host.name", "host.hostname", "log.file.path", "related.hosts", "event.ingested", "event.created", "andon.listener", "andon.peer", "andon.event.id"];

    [Xunit.Fact]
    public async Task A_line_of_Zeeks_text_is_the_event_that_its_JSON_is()
    {
        Write(Zeek + ZeekLine);
        await Followed(9);
        var events = await Events();
        Assert.Equal(ZeekLine.TrimEnd(), events[8].Raw);
        var fields = events[8].Fields;
        Assert.Equal(["ssl"], fields["zeek._path"]);
        Assert.Equal(["www.\texample.net"], fields["tls.client.server_name"]);
        Assert.Equal(Told(Json(ZeekJson), Own), Told(fields, Own));
    }

    [Xunit.Fact]
    public async Task Each_line_belongs_to_the_last_head_before_it_also_after_a_restart()
    {
        Write(IisHead + "#Fields: date time c-ip cs-method cs-uri-stem sc-status\n2026-03-02 07:00:01 192.0.2.1 GET /one 200\n");
        Write(IisHead + "#Fields: date time cs-uri-stem cs-method sc-status c-ip\n2026-03-02 07:00:02 /two POST 404 192.0.2.2\n");
        await Followed(10);
        Write("2026-03-02 07:00:03 /three GET 500 192.0.2.3\n");
        await Followed(11);
        var events = (await Events()).Where(e => e.Raw[0] != '#').Select(e => e.Fields).ToList();
        Assert.Equal(["/one 192.0.2.1 200 GET", "/two 192.0.2.2 404 POST", "/three 192.0.2.3 500 GET"],
            events.Select(f => string.Join(' ', f["url.path"][0], f["source.ip"][0], f["http.response.status_code"][0], f["http.request.method"][0])));
        Assert.All(events, f => Assert.StartsWith("iis", f["event.dataset"][0], StringComparison.Ordinal));
    }

    [Xunit.Fact]
    public async Task A_file_that_is_written_anew_has_the_head_that_it_has_then()
    {
        Write(Zeek + ZeekLine);
        await Followed(9);
        File.WriteAllText(LogFile, "plain text, much shorter\n");
        await Followed(10);
        File.Move(LogFile, LogFile + ".1");
        Write(Zeek + ZeekLine);
        await Followed(19);
        var events = await Events();
        Assert.False(events[9].Fields.ContainsKey("zeek.uid"));
        Assert.Equal(["Cx1"], events[18].Fields["zeek.uid"]);
    }

    // Whoever may write a line into a file of others could else say what all lines after it mean.
    [Xunit.Fact]
    public async Task In_a_file_that_begins_otherwise_such_a_line_is_a_line()
    {
        const string Line = "<13>Mar  2 07:58:59 web01 app: a b c d";
        Write($"{Line}\n#Fields: date time c-ip cs-method cs-uri-stem sc-status\n{Line}\n#separator \\x09\n#fields\tts\tuid\n{Line}\n");
        await Followed(6);
        var events = await Events();
        var plain = Told(events[0].Fields, Own);
        foreach (var at in new[] { 2, 5 }) Assert.Equal(plain, Told(events[at].Fields, Own));
    }

    [Xunit.Theory]
    [InlineData("#separator ,\n#path,x\n#fields,ts,uid\n", "1,2")]
    [InlineData("#separator \\x09\n#path\tconn\n#fields\tts\tts\n", "1\t2")]
    [InlineData("#separator \\x09\n#path\tconn\n#fields\tts\t\n", "1\t2")]
    [InlineData("#separator \\x09\n#path\tco;host=evil\n#fields\tts\tuid\n", "1\t2")]
    [InlineData("#separator \\x09\n#path\tconn\n#fields\tts;host=evil\tuid\n", "1\t2")]
    [InlineData("#separator \\x09\n#path\tconn\n#unset_field\tnone\n#fields\tts\tuid\n", "1\t2")]
    [InlineData("#separator \\x09\n#path\tconn\n#set_separator\t|\n#fields\tts\tuid\n", "1\t2")]
    [InlineData("#Fields: date-time,client-ip,event-id\n", "2026-03-02T07:00:00Z,192.0.2.1,RECEIVE")]
    [InlineData("#Fields: date time cs-uri-stem\n", "2026-03-02 07:00:00 /a b c d")]
    [InlineData("#separator \\x09\n#path\tconn\n#fields\tts\tuid\n", "1\t2\t3\t4")]
    public async Task A_head_that_cannot_be_read_or_lies_leaves_the_lines_as_they_are(string head, string line)
    {
        Write(head + line + "\n");
        var records = head.Count(c => c == '\n') + 1;
        await Followed(records);
        var events = await Events();
        Assert.Equal(line, events[records - 1].Raw);
        // Without a time of its own it has that of its arrival.
        Assert.Equal(Told(Json(line), [.. Own, "@timestamp"]), Told(events[records - 1].Fields, [.. Own, "@timestamp"]));
    }

    [Xunit.Fact]
    public async Task Ten_thousand_columns_are_none()
    {
        Write("#separator \\x09\n#path\tconn\n#fields\t" + string.Join('\t', Enumerable.Range(0, 10_000).Select(i => "c" + i)) + "\n" + string.Join('\t', Enumerable.Range(0, 10_000)) + "\n");
        Write("#fields\t" + string.Join('\t', Enumerable.Range(0, Limits.ColumnsMax).Select(i => "c" + i)) + "\n" + string.Join('\t', Enumerable.Range(0, Limits.ColumnsMax)) + "\n");
        await Followed(6);
        var events = await Events();
        Assert.False(events[3].Fields.ContainsKey("zeek.c7"));
        Assert.Equal(["7"], events[5].Fields["zeek.c7"]);
    }

    [Xunit.Theory]
    [InlineData("ssl.log")]
    [InlineData("ssl.log.gz")]
    [InlineData("logs.zip")]
    public void An_upload_is_read_the_same_way(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(Zeek + ZeekLine);
        using var file = new MemoryStream();
        if (name.EndsWith(".gz", StringComparison.Ordinal)) using (var gzip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        else if (name.EndsWith(".zip", StringComparison.Ordinal))
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (entry, text) in new[] { ("a/ssl.log", Zeek + ZeekLine), ("b/plain.log", ZeekLine) })
                using (var to = zip.CreateEntry(entry).Open()) to.Write(Encoding.UTF8.GetBytes(text));
        }
        else file.Write(bytes);
        file.Position = 0;
        var records = new UploadReader(f => findings.Raise("upload", f), () => new MemoryStream()).Read(file, name).ToList();
        var line = records[8];
        Assert.Equal(ZeekLine.TrimEnd(), Encoding.UTF8.GetString(line.Raw.Span));
        Assert.StartsWith("columns=zeek/ssl/ts#,uid,", line.Columns, StringComparison.Ordinal);
        if (records.Count > 9) Assert.Null(records[9].Columns); // Another file's head is not this one's.
        using var batch = Lab.Normaliser.Normalise([new(1, 1_772_438_400_000, new("upload", name, line.Columns!), line.Raw)]);
        Assert.Equal(Told(Json(ZeekJson), [.. Own, "url.domain"]), Told(Lab.Fields(batch[0]), [.. Own, "url.domain"]));
    }
}
