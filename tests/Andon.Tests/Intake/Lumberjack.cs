using System.Buffers.Binary;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Andon.Intake.Collect;
using Andon.Store.Records;

namespace Andon.Tests.Intake;

public sealed class Lumberjack
{
    static byte[] Number(long value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
        return bytes;
    }

    static byte[] Head(string head, params long[] numbers) => [.. Encoding.ASCII.GetBytes(head), .. numbers.SelectMany(Number)];
    static byte[] Document(int number, string text) => [.. Head("2J", number, Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];
    static byte[] Pairs(char version, int number, params string[] texts) => [.. Head(version + "D", number, texts.Length / 2), .. texts.SelectMany(t => (byte[])[.. Number(Encoding.UTF8.GetByteCount(t)), .. Encoding.UTF8.GetBytes(t)])];

    static byte[] Packed(byte[] frames, char version = '2')
    {
        var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(frames);
        return [.. Head(version + "C", packed.Length), .. packed.ToArray()];
    }

    static string Text(int number) => $"{{\"@timestamp\":\"2026-03-02T08:00:00Z\",\"message\":\"größe {number}\"}}";
    static byte[] Documents(int from, int count) => [.. Enumerable.Range(from, count).SelectMany(n => Document(n, Text(n)))];
    static WireRig Rig(IRecordLog? log = null, int max = 1 << 20, TimeProvider? clock = null) => new("lumberjack", _ => new LumberjackWire(max), log, Math.Max(max, 1 << 20), clock: clock);

    /// <summary>The numbers that were acknowledged, each with the version it was said in.</summary>
    static List<(char Version, uint Number)> Acks(byte[] answer)
    {
        Assert.Equal(0, answer.Length % 6);
        return [.. answer.Chunk(6).Select(a =>
        {
            Assert.Equal((byte)'A', a[1]);
            return ((char)a[0], BinaryPrimitives.ReadUInt32BigEndian(a.AsSpan(2)));
        })];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public async Task All_frames_are_read_however_the_stream_is_cut_and_each_window_is_acknowledged(int piece)
    {
        await using var rig = Rig();
        byte[] session = [.. Head("2W", 3), .. Documents(1, 3), .. Head("2W", 2), .. Packed(Documents(1, 2)), .. Head("2W", 1), .. Pairs('2', 1, "line", "a \"q\"", "host", "größe"), .. Head("2W", 0), .. Head("2W", 1), .. Packed([])];
        var acks = Acks(await rig.Say(session, piece));
        Assert.Equal([Text(1), Text(2), Text(3), Text(1), Text(2), "{\"line\":\"a \\\"q\\\"\",\"host\":\"größe\"}"], await rig.Records());
        // A number says that all before it are kept; where numbers fall, a window begins.
        var ends = acks.Where((a, i) => i + 1 == acks.Count || acks[i + 1].Number <= a.Number).Select(a => a.Number);
        Assert.Equal([3u, 2u, 1u], ends);
        Assert.All(acks, a => Assert.Equal('2', a.Version));
        Assert.Empty(rig.Findings.All);
    }

    [Xunit.Fact]
    public async Task Version_1_is_answered_in_its_own_words()
    {
        await using var rig = Rig();
        var acks = Acks(await rig.Say([.. Head("1W", 2), .. Pairs('1', 1, "line", "one"), .. Packed(Pairs('1', 2, "line", "two"), '1')]));
        Assert.Equal(['1', '1'], [acks[0].Version, acks[^1].Version]);
        Assert.Equal(2u, acks[^1].Number);
        Assert.Equal(["{\"line\":\"one\"}", "{\"line\":\"two\"}"], await rig.Records());
    }

    public static TheoryData<string, byte[], int> Wrong() => new()
    {
        { "another protocol", "GET / HTTP/1.1\r\n\r\n"u8.ToArray(), 0 },
        { "another version", Head("3W", 1), 0 },
        { "an unknown frame", [.. Document(1, "{}"), .. Head("2Z", 1)], 1 },
        { "JSON in version 1", Head("1J", 1, 2), 0 },
        { "a broken compression", [.. Document(1, "{}"), .. Head("2C", 4), 1, 2, 3, 4], 1 },
        { "a document that ends early", Packed([.. Documents(1, 2), .. Head("2J", 3, 10), 1]), 2 },
        { "a compressed frame in a compressed frame", Packed([.. Documents(1, 1), .. Packed(Documents(2, 1))]), 1 },
        { "a compressed frame beyond the limit", [.. Document(1, "{}"), .. Head("2C", (16 << 20) + 1)], 1 },
        { "pairs beyond the limit", Head("2D", 1, 5000), 0 },
        { "no frames in it", Packed("hello"u8.ToArray()), 0 },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Who_does_not_keep_to_it_is_found_and_what_was_good_before_is_kept_and_answered(string name, byte[] session, int kept)
    {
        Assert.NotEmpty(name);
        await using var rig = Rig();
        var acks = Acks(await rig.Say(session));
        Assert.Equal(kept, (await rig.Records()).Length);
        Assert.Equal(kept == 0 ? [] : [(uint)kept], acks.Select(a => a.Number).TakeLast(1));
        Assert.Contains(rig.Findings.All, f => f.Code == "INT025");
        Assert.Equal(1, rig.Listener.Snapshot().Refused);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_document_beyond_the_limit_is_kept_up_to_it_and_the_session_goes_on(bool packed)
    {
        await using var rig = Rig(max: 500);
        byte[] frames = [.. Documents(1, 1), .. Document(2, new string('a', 300_000)), .. Documents(3, 1), .. Document(4, new string('b', 501))];
        var acks = Acks(await rig.Say([.. Head("2W", 4), .. packed ? Packed(frames) : frames], 999));
        Assert.Equal(4u, acks[^1].Number);
        Assert.Equal([Text(1), new string('a', 500), Text(3), new string('b', 500)], await rig.Records());
        Assert.Equal(2, rig.Listener.Snapshot().Oversized);
        var fields = Lab.Parse((await rig.Log.Read(2, 1, 1 << 20, CancellationToken.None))[0].Origin, new string('a', 500));
        Assert.Contains("INT102", Lab.Codes(fields));
    }

    [Xunit.Fact]
    public async Task A_small_frame_that_becomes_much_is_taken_piece_by_piece()
    {
        await using var rig = Rig();
        var one = Document(1, "{\"m\":\"" + new string('x', 1000) + "\"}");
        var frames = new byte[one.Length * 5000];
        for (var i = 0; i < 5000; i++)
        {
            one.CopyTo(frames, i * one.Length);
            BinaryPrimitives.WriteUInt32BigEndian(frames.AsSpan(i * one.Length + 2), (uint)i + 1);
        }
        var packed = Packed(frames);
        Assert.True(packed.Length < 100_000);
        Assert.Equal(5000u, Acks(await rig.Say([.. Head("2W", 5000), .. packed]))[^1].Number);
        Assert.Equal(5001ul, rig.Log.Next);
    }

    [Xunit.Fact]
    public async Task Nothing_is_acknowledged_before_it_is_kept()
    {
        var log = new FullLog(0);
        await using var rig = Rig(log);
        using var socket = await rig.Connect();
        await socket.SendAsync((byte[])[.. Head("2W", 2), .. Documents(1, 2)]);
        while (rig.Listener.State.Length == 0) await Task.Delay(5);
        Assert.Equal(0, socket.Available);
        log.Room = 2;
        var answer = new byte[6];
        Assert.Equal(6, await socket.ReceiveAsync(answer));
        Assert.Equal(2ul + 1, log.Next);
        Assert.Equal(2u, Acks(answer)[0].Number);
    }

    /// <summary>A Beat that hears nothing for half a minute gives up and sends all again: while the disk lets wait, what is kept so far is said again.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    public async Task While_the_disk_lets_wait_the_sender_hears_that_we_are_there(int room, int kept)
    {
        var (log, clock) = (new FullLog(room), new TestClock());
        await using var rig = Rig(log, clock: clock);
        using var socket = await rig.Connect();
        await socket.SendAsync((byte[])[.. Head("2W", 5), .. Documents(1, kept)]);
        var answer = new byte[6];
        if (kept > 0)
        {
            Assert.Equal(6, await socket.ReceiveAsync(answer));
            Assert.Equal((uint)kept, Acks(answer)[0].Number);
        }
        await socket.SendAsync(Documents(kept + 1, 5 - kept));
        while (rig.Listener.State.Length == 0) await Task.Delay(5);
        for (var times = 0; times < 3; times++)
        {
            var heard = socket.ReceiveAsync(answer);
            for (var ms = 0; !heard.IsCompleted; ms += 100)
            {
                Assert.True(ms < 60_000, "nothing is heard");
                await Task.Delay(2);
                clock.Advance(TimeSpan.FromMilliseconds(100));
            }
            Assert.Equal(6, await heard);
            Assert.Equal((uint)kept, Acks(answer)[0].Number); // Never more than what is on disk.
        }
        Assert.Equal((ulong)kept + 1, log.Next);
        log.Room = 5;
        uint last;
        do
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(2);
            last = socket.Available >= 6 && await socket.ReceiveAsync(answer) == 6 ? Acks(answer)[0].Number : 0;
        }
        while (last != 5);
        Assert.Equal(6ul, log.Next);
    }

    [Xunit.Fact]
    public async Task Random_sessions_break_nothing()
    {
        await using var rig = Rig(max: 200);
        byte[] session = [.. Head("2W", 4), .. Documents(1, 2), .. Pairs('2', 3, "a", "b"), .. Document(4, new string('x', 300)), .. Packed(Documents(1, 3)), .. Documents(4, 1)];
        await rig.Fuzz(session, 300, 20260314);
        Assert.Equal(1u, Acks(await rig.Say(Documents(1, 1)))[^1].Number);
    }

    /// <summary>What a Beat sends is one event, by whatever door it comes.</summary>
    [Theory]
    [InlineData("""{"@timestamp":"2026-03-02T07:58:59.500Z","@metadata":{"beat":"winlogbeat","type":"_doc","version":"8.17.0"},"winlog":{"event_id":4625,"channel":"Security","keywords":["Audit Failure"],"provider_name":"Microsoft-Windows-Security-Auditing","computer_name":"DC1.corp.example","record_id":9,"event_data":{"TargetUserName":"jane","LogonType":"3","IpAddress":"203.0.113.9"}}}""", "windows.security")]
    [InlineData("""{"@timestamp":"2026-03-02T07:58:59.500Z","@metadata":{"beat":"filebeat"},"event":{"dataset":"nginx.access"},"agent":{"type":"filebeat","id":"a","version":"8.17.0"},"ecs":{"version":"8.0.0"},"host":{"name":"web01"},"log":{"file":{"path":"/var/log/nginx/access.log"}},"message":"203.0.113.9 - anna [02/Mar/2026:07:59:59 +0000] \"GET /x HTTP/1.1\" 200 5 \"-\" \"c\""}""", "nginx.access")]
    [InlineData("""{"@timestamp":"2026-03-02T07:58:59.500Z","agent":{"type":"filebeat","id":"a","version":"8.17.0"},"host":{"name":"web01"},"log":{"file":{"path":"/var/log/auth.log"}},"message":"Mar  2 07:59:58 web01 sshd[812]: Failed password for root from 203.0.113.9 port 51826 ssh2"}""", "")]
    public void Documents_of_Beats_mean_what_they_mean_through_bulk(string document, string dataset)
    {
        var through = Lab.Parse(new("bulk", "10.9.8.7", ""), document);
        var here = Lab.Parse(new("lumberjack", "10.9.8.7"), document);
        foreach (var fields in new[] { through, here }) fields.Remove("log.source.id");
        Assert.Equal(through.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={string.Join('|', f.Value)}"), here.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={string.Join('|', f.Value)}"));
        if (dataset.Length > 0) Assert.Equal([dataset], here["event.dataset"]);
        Assert.Equal("2026-03-02", here["@timestamp"][0][..10]);
    }
}
