using System.Text;
using Andon.Model;

namespace Andon.Tests.Intake;

public sealed class NormaliserLaws
{
    static string[] Lines()
    {
        var lines = Directory.GetFiles(Path.Combine(Lab.Content.Path, "parsers"), "*.cases").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines).Where(l => l.StartsWith("> ", StringComparison.Ordinal)).Select(l => l[2..]).ToArray();
        Assert.True(lines.Length > 40);
        return lines;
    }

    [Xunit.Fact]
    public void Same_events_however_the_batches_are_cut()
    {
        var records = Lab.Records(Lab.Udp, [.. Lines(), .. Lines()]);
        using var whole = Lab.Normaliser.Normalise(records);
        var expected = Enumerable.Range(0, whole.Count).Select(i => Lab.Print(whole[i])).ToArray();
        var random = new Random(7);
        for (var round = 0; round < 50; round++)
        {
            var seen = 0;
            while (seen < records.Count)
            {
                var part = records.GetRange(seen, Math.Min(records.Count - seen, random.Next(1, 9)));
                using var batch = Lab.Normaliser.Normalise(part);
                for (var i = 0; i < batch.Count; i++) Assert.Equal(expected[seen + i], Lab.Print(batch[i]));
                seen += part.Count;
            }
        }
    }

    [Xunit.Fact]
    public async Task Several_threads_may_normalise_at_once()
    {
        var records = Lab.Records(Lab.Udp, Lines());
        using var alone = Lab.Normaliser.Normalise(records);
        var expected = string.Join('\n', Enumerable.Range(0, alone.Count).Select(i => Lab.Print(alone[i])));
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            using var batch = Lab.Normaliser.Normalise(records);
            return string.Join('\n', Enumerable.Range(0, batch.Count).Select(i => Lab.Print(batch[i])));
        })));
        Assert.All(all, text => Assert.Equal(expected, text));
    }

    [Theory]
    [InlineData("sshd", "<38>Mar  2 07:59:58 web01 sshd[812]: Failed password for invalid user admin from 203.0.113.9 port 51826 ssh2")]
    [InlineData("sysmon", """{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"WS5.corp.example","UtcTime":"2026-03-02 07:58:59.500","Image":"C:\\Windows\\System32\\cmd.exe","ProcessId":"4160","CommandLine":"cmd /c \"whoami\"","User":"CORP\\anna","Hashes":"SHA1=AA11,MD5=BB22"}""")]
    [InlineData("json", """{"@timestamp":"2026-03-02T07:59:00Z","user":{"name":"anna"},"list":[1,2,3],"source":{"ip":"10.0.0.5"},"text":"a\nb"}""")]
    public void An_event_allocates_nothing(string name, string line)
    {
        Assert.NotEmpty(name);
        const int count = 2000;
        var records = Lab.Records(Lab.Bulk, [.. Enumerable.Repeat(line, count)]);
        for (var i = 0; i < 5; i++) Lab.Normaliser.Normalise(records).Dispose(); // Pools and JIT warm.
        // Other tests take from the same pools; the least of a few runs is the normaliser's own.
        var perEvent = double.MaxValue;
        for (var i = 0; i < 4; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Lab.Normaliser.Normalise(records).Dispose();
            perEvent = Math.Min(perEvent, (GC.GetAllocatedBytesForCurrentThread() - before) / (double)count);
        }
        // What a batch itself costs (its object, names that only it knows) spread over its events.
        Assert.True(perEvent < 16, $"{perEvent} bytes per event");
    }

    [Xunit.Fact]
    public void An_event_for_one_reader_allocates_nothing()
    {
        const int count = 2000;
        var only = new FieldSelection(FieldNames.InternAll(["winlog.event_data.Image", "winlog.event_data.CommandLine", "process.name", "event.code", "winlog.channel"]));
        var records = Lab.Records(Lab.Bulk, [.. Enumerable.Repeat("""{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"WS5.corp.example","UtcTime":"2026-03-02 07:58:59.500","Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd /c \"whoami\"","nobody knows":{"this":[1,"a\nb"]},"Hashes":"SHA1=AA11"}""", count)]);
        for (var i = 0; i < 5; i++) Lab.Normaliser.Normalise(records, only).Dispose(); // Pools and JIT warm.
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var batch = Lab.Normaliser.Normalise(records, only);
        var perEvent = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)count;
        Assert.True(perEvent < 4, $"{perEvent} bytes per event");
        Assert.Equal(5, batch[count - 1].Cells.Length);
    }

    [Xunit.Fact]
    public async Task Threads_may_want_different_fields()
    {
        var records = Lab.Records(Lab.Udp, Lines());
        FieldSelection[] selections = [FieldSelection.Everything, new([Ecs.SourceIp, Ecs.UserName]), new([Ecs.EventCode, Ecs.RelatedIp]), new([Ecs.AndonFindings])];
        var expected = selections.Select(Print).ToArray();
        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => (Which: i % 4, Text: Print(selections[i % 4])))));
        Assert.All(all, a => Assert.Equal(expected[a.Which], a.Text));
        Assert.Equal(4, expected.Distinct().Count());

        string Print(FieldSelection only)
        {
            using var batch = Lab.Normaliser.Normalise(records, only);
            return string.Join('\n', Enumerable.Range(0, batch.Count).Select(i => Lab.Print(batch[i])));
        }
    }

    [Theory]
    [InlineData("Dec 31 23:59:59", "2026-01-01T00:00:05Z", "2025-12-31T23:59:59.000Z")]
    [InlineData("Jan  1 00:00:05", "2025-12-31T23:59:59Z", "2026-01-01T00:00:05.000Z")]
    [InlineData("Feb 29 12:00:00", "2025-02-28T00:00:00Z", "2024-02-29T12:00:00.000Z")]
    [InlineData("Mar  2 08:00:00", "2026-11-22T08:00:00Z", "2026-03-02T08:00:00.000Z")]
    [InlineData("Mar 2 08:00:00", "2026-11-22T08:00:00Z", "2026-03-02T08:00:00.000Z")]
    [InlineData("Nov 22 08:00:00", "2026-03-02T08:00:00Z", "2025-11-22T08:00:00.000Z")]
    [InlineData("Mar  2 08:00:00", "2026-03-02T08:00:00Z", "2026-03-02T08:00:00.000Z")]
    public void A_year_is_the_nearest(string time, string received, string expected)
    {
        var near = DateTimeOffset.Parse(received, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
        Assert.True(Andon.Intake.Normalise.Times.TryBsd(Encoding.UTF8.GetBytes(time), near, out var ms, out _));
        Assert.Equal(expected, UnixMs.ToIso(ms));
    }

    [Theory]
    [InlineData("2026-03-02T08:00:00Z", "2026-03-02T08:00:00.000Z", true)]
    [InlineData("2026-03-02 08:00:00.1239", "2026-03-02T08:00:00.123Z", false)]
    [InlineData("2026-03-02T08:00:00,5+02:00", "2026-03-02T06:00:00.500Z", true)]
    [InlineData("2026-03-02T08:00:00-0530", "2026-03-02T13:30:00.000Z", true)]
    [InlineData("1772438400", "2026-03-02T08:00:00.000Z", true)]
    [InlineData("1772438400123", "2026-03-02T08:00:00.123Z", true)]
    [InlineData("1772438400123456", "2026-03-02T08:00:00.123Z", true)]
    [InlineData("1772438400123456789", "2026-03-02T08:00:00.123Z", true)]
    [InlineData("1772438400.25", "2026-03-02T08:00:00.250Z", true)]
    [InlineData("2026-02-29T08:00:00Z", null, false)]
    [InlineData("2026-03-02T25:00:00Z", null, false)]
    [InlineData("2026-03-02T08:00:00Zjunk", null, false)]
    [InlineData("99999999999999999999999999999", null, false)]
    public void Times_are_read_or_refused(string text, string? expected, bool zoneKnown)
    {
        var read = Andon.Intake.Normalise.Times.TryValue(Encoding.UTF8.GetBytes(text), out var ms, out var zone);
        Assert.Equal(expected is not null, read);
        if (expected is null) return;
        Assert.Equal(expected, UnixMs.ToIso(ms));
        Assert.Equal(zoneKnown, zone);
    }
}
