using System.Globalization;
using System.Text;
using System.Text.Json;
using Andon.Intake.Collect;

namespace Andon.Tests.Intake;

/// <summary>Streams that are too long, broken or random, at the listeners that have no such test beside their own.</summary>
public sealed class PoisonStreams
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_syslog_message_of_a_gigabyte_is_kept_up_to_the_limit_and_the_next_is_whole(bool octetCounted)
    {
        const int Gigabyte = 1 << 30;
        // 999,999,999 is the largest count there is.
        var length = octetCounted ? 999_999_999 : Gigabyte;
        await using var rig = new WireRig("syslog-tcp", _ => new SyslogWire(octetCounting: true, 1 << 20));
        using var socket = await rig.Connect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await socket.SendAsync(Encoding.UTF8.GetBytes(octetCounted ? string.Create(CultureInfo.InvariantCulture, $"9 <13>first{length} ") : "<13>first\n"), Stop);
        var piece = new byte[1 << 20];
        piece.AsSpan().Fill((byte)'x');
        for (long sent = 0; sent < length;)
        {
            var now = (int)Math.Min(piece.Length, length - sent);
            for (var at = 0; at < now;) at += await socket.SendAsync(piece.AsMemory(at, now - at), Stop);
            sent += now;
        }
        await socket.SendAsync(Encoding.UTF8.GetBytes(octetCounted ? "9 <13>after" : "\n<13>after\n"), Stop);
        await rig.Log.WaitFor(3, Stop);
        // Other tests use memory too; the message never stood in it.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Gigabyte / 4);
        var records = await rig.Log.Read(1, 10, int.MaxValue, Stop);
        Assert.Equal([9, 1 << 20, 9], records.Select(r => r.Raw.Length));
        Assert.Equal("<13>after", Encoding.UTF8.GetString(records[2].Raw.Span));
        Assert.Equal(1, rig.Listener.Snapshot().Oversized);
        Assert.Contains("oversized", records[1].Origin.Hint, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public async Task Random_syslog_streams_break_nothing()
    {
        await using var rig = new WireRig("syslog-tcp", _ => new SyslogWire(octetCounting: true, 200), frameBytesMax: 200);
        await rig.Fuzz(Encoding.UTF8.GetBytes("9 <13>first<13>second\n20 <13>1 - - - - - - x\n500 " + new string('y', 500) + "<13>last\0"), 300, 20260309);
    }

    [Xunit.Fact]
    public void Random_journals_break_nothing_and_what_is_taken_is_JSON()
    {
        var random = new Random(20260310);
        byte[] seed = [.. "__CURSOR=s=1f;i=2;b=3\n__REALTIME_TIMESTAMP=1772438400000000\nMESSAGE\n"u8, 5, 0, 0, 0, 0, 0, 0, 0, .. "a\nb=c\n_PID=7\n\n__CURSOR=s=1f;i=3\nMESSAGE=x\n\n"u8];
        var taken = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])seed.Clone();
            for (var changes = random.Next(0, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var entries = new JournalEntries();
            var at = 0;
            try
            {
                while (entries.Next(bytes, ref at, out var entry))
                {
                    Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(entries.Json(entry)).RootElement.ValueKind);
                    _ = JournalCursors.Read(entries.Of(entry, "__CURSOR"u8));
                    taken++;
                }
            }
            catch (InvalidDataException)
            {
                // The sender is told.
            }
        }
        Assert.InRange(taken, 20_000, 60_000);
    }

    [Xunit.Fact]
    public void A_journal_gives_the_same_entries_wherever_it_is_cut()
    {
        byte[] journal = [.. "__CURSOR=s=1f;i=2;b=3\n_HOSTNAME=web01\nSYSLOG_IDENTIFIER=sshd\n_PID=7\nMESSAGE=Failed password\n\n__CURSOR=s=1f;i=3\nMESSAGE\n"u8, 3, 0, 0, 0, 0, 0, 0, 0, (byte)'a', (byte)'\n', 0xFF, .. "\n\n"u8];
        List<string> Cut(int piece)
        {
            var entries = new JournalEntries();
            var (found, start) = (new List<string>(), 0);
            for (var end = 0; end < journal.Length;)
            {
                end = Math.Min(end + piece, journal.Length);
                var at = 0;
                while (entries.Next(journal.AsSpan(start, end - start), ref at, out var entry)) found.Add(Encoding.UTF8.GetString(entries.Json(entry)));
                start += at;
            }
            return found;
        }
        var whole = Cut(int.MaxValue / 2);
        Assert.Equal(2, whole.Count);
        Assert.Contains("\"message\":\"sshd[7]: Failed password\"", whole[0], StringComparison.Ordinal);
        Assert.Contains("\"MESSAGE_base64\":\"YQr/\"", whole[1], StringComparison.Ordinal);
        foreach (var piece in new[] { 1, 2, 7, 40 }) Assert.Equal(whole, Cut(piece));
        Assert.Equal(((UInt128)0x1f, 2ul), JournalCursors.Read("s=1f;i=2;b=3"u8));
    }

    [Xunit.Fact]
    public void Random_bulk_bodies_give_items_and_never_throw()
    {
        var random = new Random(20260312);
        var seed = "{\"index\":{\"_index\":\"a\",\"pipeline\":null},\"attempts\":0}\n{\"x\":1}\n{\"delete\":{}}\n{\"create\":{\"_id\":\"7\"}}\n{\"y\":\"\\u00e4\"}\n"u8.ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])seed.Clone();
            for (var changes = random.Next(1, 5); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            foreach (var item in BulkLines.Read(bytes.AsMemory(0, random.Next(3) == 0 ? random.Next(bytes.Length) : bytes.Length), "d"))
                Assert.True(item.Status >= 400 || item.Document.Length > 0);
        }
    }

    [Theory]
    [InlineData("<13>1 2026-03-02T07:59:59+99:99 vm app - - - x")]
    [InlineData("<13>1 2026-03-02T07:59:59+2500 vm app - - - x")]
    [InlineData("{\"@timestamp\":\"2026-03-02T07:59:59+99:00\",\"a\":1}")]
    [InlineData("{\"@timestamp\":\"2026-03-02T07:59:59 Nowhere/Land\",\"a\":1}")]
    public void A_zone_that_is_none_is_said_and_costs_nothing_else(string line)
    {
        var fields = Lab.Parse(Lab.Udp, line);
        Assert.Contains(Lab.Codes(fields), c => c is "INT131" or "INT123");
        Assert.Equal("2026-03-02T08:00:00.000Z", fields["@timestamp"][0]); // Of its arrival.
    }

    [Theory]
    [InlineData("(a+)+$ against a run of a", 'a', '!')]
    [InlineData("backslashes and quotes without end", '\\', '"')]
    [InlineData("brackets without end", '[', '(')]
    [InlineData("equals without end", '=', ' ')]
    public void What_hangs_a_regex_costs_no_more_than_its_length(string name, char run, char end)
    {
        Assert.NotEmpty(name);
        // Ten times the bytes may cost ten times the time, and with it noise; a bomb costs the square or worse.
        byte[] Line(int length) => Encoding.UTF8.GetBytes("<13>Mar  2 07:59:59 vm sshd[1]: " + new string(run, length) + end);
        double Cost(byte[] line)
        {
            var best = double.MaxValue;
            for (var i = 0; i < 5; i++)
            {
                var watch = System.Diagnostics.Stopwatch.StartNew();
                Lab.Parse(Lab.Udp, line);
                best = Math.Min(best, watch.Elapsed.TotalMilliseconds);
            }
            return best;
        }
        _ = Cost(Line(1000));
        var (small, large) = (Cost(Line(50_000)), Cost(Line(500_000)));
        Assert.True(large < 60 * Math.Max(small, 1), $"{small:F1} ms for 50 kB, {large:F1} ms for 500 kB");
    }
}
