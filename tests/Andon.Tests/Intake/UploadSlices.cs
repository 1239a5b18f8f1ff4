using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Andon.Intake.Collect.Uploads;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>Files that are uploaded: what is in them is in the record log, and what is wrong with them is said.</summary>
public sealed class UploadSlices
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    static byte[] Zip(params (string Name, byte[] Content)[] files)
    {
        var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        return packed.ToArray();
    }

    static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(content);
        return packed.ToArray();
    }

    static byte[] EventLog()
    {
        var maker = new EvtxMaker();
        for (var i = 0; i < 3; i++) maker.Add(x => x.Template(t => t.Element("Event", e => e.Element("V", v => v.Put(0))), EvtxMaker.Value.Text($"value {i}")));
        return maker.File();
    }

    static async Task<JsonElement> Send(IntakeHouse house, byte[] file, string name, string more = "", HttpStatusCode status = HttpStatusCode.OK)
    {
        using var answer = await house.Http.PostAsync(new Uri($"/api/uploads?name={Uri.EscapeDataString(name)}{more}", UriKind.Relative), new ByteArrayContent(file), Stop);
        Assert.Equal(status, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    static async Task<List<string>> Kept(IntakeHouse house) =>
        [.. (await house.Log.Read(1, int.MaxValue, int.MaxValue, Stop)).Where(r => r.Origin.Listener == "upload").Select(r => Encoding.UTF8.GetString(r.Raw.Span))];

    static string[] Codes(JsonElement answer) => [.. answer.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("code").GetString() ?? "")];

    public static TheoryData<string, byte[], string[]> Files() => new()
    {
        { "lines.log", Utf8("one\r\ntwo\n\nthree"), ["one", "two", "three"] },
        { "events.json", Utf8("[{\"a\":1},\n {\"a\":2}]"), ["{\"a\":1}", "{\"a\":2}"] },
        { "trail.json.gz", Gzip(Utf8("{\"Records\":[{\"a\":1},{\"a\":[{}]}]}")), ["{\"a\":1}", "{\"a\":[{}]}"] },
        { "events.jsonl", Utf8("{\"a\":1}\n{\"a\":2}\n"), ["{\"a\":1}", "{\"a\":2}"] },
        { "error.log", Utf8("[Mon Mar 02 07:59:58 2026] [error] x\n[Mon] y\n"), ["[Mon Mar 02 07:59:58 2026] [error] x", "[Mon] y"] },
        { "rows.csv", Utf8("user,what\nanna,\"a, \"\"b\"\"\nc\"\nbob,x,more\n"), ["{\"user\":\"anna\",\"what\":\"a, \\\"b\\\"\\nc\"}", "{\"user\":\"bob\",\"what\":\"x\",\"column_3\":\"more\"}"] },
        { "utf16.log", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("größe\nzwei\n")], ["größe", "zwei"] },
        { "lines.log.gz", Gzip(Utf8("one\ntwo\n")), ["one", "two"] },
        { "rows.csv.gz", Gzip(Utf8("a\n1\n")), ["{\"a\":\"1\"}"] },
        { "all.zip", Zip(("a.log", Utf8("one\n")), ("../../../etc/b.csv", Utf8("a;b\n1;2\n")), ("empty", []), ("inner.zip", Zip(("c.log", Utf8("three\n"))))), ["one", "{\"a\":\"1\",\"b\":\"2\"}", "three"] },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task What_is_in_a_file_is_in_the_log(string name, byte[] file, string[] records)
    {
        using var folder = new TempFolder();
        await using var house = await IntakeHouse.Start(folder.Path);
        var answer = await Send(house, file, name);
        Assert.Equal(records, await Kept(house));
        Assert.Equal(records.Length, answer.GetProperty("records").GetInt32());
        Assert.Equal(file.Length, answer.GetProperty("bytes").GetInt64());
        Assert.Equal("upload:" + name, answer.GetProperty("sourceId").GetString());
        Assert.Empty(Codes(answer));
        // Nothing is unpacked to a file, and nothing is left; the catalogue's own is another matter.
        Assert.DoesNotContain(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories), f => !Path.GetFileName(f).StartsWith("sources.", StringComparison.Ordinal) && !Path.GetFileName(f).StartsWith("quality.", StringComparison.Ordinal));
        using var batch = Lab.Normaliser.Normalise(await house.Log.Read(1, 100, int.MaxValue, Stop));
        for (var i = 0; i < batch.Count; i++)
        {
            Assert.True(batch[i].TryGet(Ecs.LogSourceId, out var source));
            Assert.StartsWith($"upload:{name}:", Encoding.UTF8.GetString(source), StringComparison.Ordinal);
        }
    }

    [Xunit.Fact]
    public async Task An_event_log_is_read_and_its_damage_is_said()
    {
        using var folder = new TempFolder();
        await using var house = await IntakeHouse.Start(folder.Path);
        Assert.Equal(3, (await Send(house, EventLog(), "Security.evtx")).GetProperty("records").GetInt32());
        var damaged = EventLog();
        damaged[EvtxMaker.HeaderBytes + EvtxMaker.FirstRecord + 40] ^= 0xFF;
        var answer = await Send(house, damaged, "C:\\logs\\Security.evtx");
        Assert.Equal("upload:security.evtx", answer.GetProperty("sourceId").GetString());
        Assert.Contains("INT075", Codes(answer));
        Assert.Contains(house.Findings.All, f => f.Code == "INT075");
    }

    [Xunit.Fact]
    public async Task The_same_content_is_taken_once_unless_it_is_asked_for()
    {
        using var folder = new TempFolder();
        var facts = new Andon.Store.Facts.MemoryFactLog(TimeProvider.System);
        await using (var house = await IntakeHouse.Start(folder.Path, facts: facts))
        {
            Assert.False((await Send(house, Utf8("one\ntwo\n"), "a.log")).GetProperty("repeated").GetBoolean());
            var again = await Send(house, Utf8("one\ntwo\n"), "b.log");
            Assert.True(again.GetProperty("repeated").GetBoolean());
            Assert.Equal("upload:a.log", again.GetProperty("sourceId").GetString());
            Assert.Equal(2, again.GetProperty("records").GetInt32());
            Assert.Equal(2, (await Kept(house)).Count);
        }
        await using var next = await IntakeHouse.Start(folder.Path, facts: facts);
        Assert.True((await Send(next, Utf8("one\ntwo\n"), "a.log")).GetProperty("repeated").GetBoolean());
        Assert.False((await Send(next, Utf8("one\ntwo\n"), "a.log", "&again=true")).GetProperty("repeated").GetBoolean());
        Assert.Equal(2, (await Kept(next)).Count);
        Assert.Equal(2, (await facts.Read(0, 100, Stop)).Count(f => f.Body is SourceUploaded { Records: 2 } && f.Actor == "user:anna"));
    }

    [Xunit.Fact]
    public async Task A_token_may_upload_and_nobody_else()
    {
        using var folder = new TempFolder();
        await using var house = await IntakeHouse.Start(folder.Path);
        foreach (var (token, status) in new[] { ("secret-token", HttpStatusCode.OK), ("wrong", HttpStatusCode.Unauthorized) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/uploads?name=a.log") { Content = new ByteArrayContent(Utf8("one\n")), Headers = { { "Authorization", $"Bearer {token}" } } };
            using var answer = await house.Http.SendAsync(request, Stop);
            Assert.Equal(status, answer.StatusCode);
        }
        Assert.Equal(["one"], await Kept(house));
    }

    [Xunit.Fact]
    public async Task What_grows_without_end_is_stopped_and_said()
    {
        using var folder = new TempFolder();
        await using var house = await IntakeHouse.Start(folder.Path);
        var zeros = Zip(("small.log", Utf8("kept\n")), ("bomb.log", new byte[64 << 20]));
        var answer = await Send(house, zeros, "bomb.zip");
        Assert.Contains("INT202", Codes(answer));
        Assert.Contains("kept", await Kept(house));

        var many = Zip([.. Enumerable.Range(0, 10_001).Select(i => ($"f{i}", Utf8("x")))]);
        Assert.Equal(["INT202", "INT211"], Codes(await Send(house, many, "many.zip")));

        var deep = Zip(("one.zip", Zip(("two.zip", Zip(("three.log", Utf8("deep\n")))))));
        Assert.Contains("INT203", Codes(await Send(house, deep, "deep.zip")));
        Assert.DoesNotContain("deep", await Kept(house));
    }

    [Xunit.Fact]
    public async Task A_broken_file_in_a_zip_costs_the_others_nothing()
    {
        using var folder = new TempFolder();
        await using var house = await IntakeHouse.Start(folder.Path);
        var packed = Gzip(Utf8(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i * 7919}\n"))));
        var answer = await Send(house, Zip(("a.log.gz", packed[..(packed.Length / 2)]), ("b.log", Utf8("after\n"))), "half.zip");
        Assert.Contains("INT201", Codes(answer));
        var kept = await Kept(house);
        Assert.Equal("after", kept[^1]);
        Assert.True(kept.Count > 1000, $"{kept.Count}");
        Assert.Equal("INT208", (await Send(house, [], "empty", status: HttpStatusCode.BadRequest)).GetProperty("code").GetString());
    }

    [Xunit.Fact]
    public void Random_changes_break_nothing()
    {
        var random = new Random(20260311);
        byte[][] seeds = [Zip(("a.log", Utf8("one\ntwo\n")), ("b.zip", Zip(("c.csv", Utf8("a,b\n1,\"2\n\"\n"))))), Gzip(Utf8("one\n{\"a\":1}\n")), EventLog(), Utf8("[{\"a\":1},\n{\"b\":[2]}]"), Utf8("a,b\n\"1")];
        for (var round = 0; round < 3000; round++)
        {
            var bytes = (byte[])seeds[round % seeds.Length].Clone();
            for (var changes = random.Next(1, 6); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) bytes = bytes[..random.Next(1, bytes.Length)];
            var records = new UploadReader(_ => { }, () => new MemoryStream()).Read(new MemoryStream(bytes), round % 2 == 0 ? "x.csv" : "x").Count();
            Assert.InRange(records, 0, 10_000);
        }
    }

    [Xunit.Fact]
    public void A_line_of_a_gigabyte_is_kept_up_to_the_limit_in_flat_memory()
    {
        const long Gigabyte = 1L << 30;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var lines = UploadLines.Read(new LongLine(Gigabyte), 1 << 20).Select(l => (l.Raw.Length, l.Oversized)).ToList();
        Assert.Equal<(int, bool)>([(5, false), (1 << 20, true), (5, false)], lines);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    /// <summary><c>first</c>, a line of so many bytes, <c>after</c>.</summary>
    internal sealed class LongLine(long length) : Stream
    {
        long at;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var to = buffer.AsSpan(offset, count);
            var n = 0;
            if (at < 6) n = Copy("first\n"u8[(int)at..], to);
            else if (at < 6 + length)
            {
                n = (int)Math.Min(to.Length, 6 + length - at);
                to[..n].Fill((byte)'x');
            }
            else n = Copy("\nafter\n"u8[(int)(at - 6 - length)..], to);
            at += n;
            return n;
        }

        static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
        {
            var n = Math.Min(from.Length, to.Length);
            from[..n].CopyTo(to);
            return n;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => at; set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
