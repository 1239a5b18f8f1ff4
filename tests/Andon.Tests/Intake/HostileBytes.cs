using System.Text;
using Andon.Intake;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>Bad bytes are data: kept raw, said in a finding, and the neighbours do not notice.</summary>
public sealed class HostileBytes
{
    static readonly byte[] Neighbour = "<38>Mar  2 07:59:58 web01 sshd[812]: Failed password for root from 203.0.113.9 port 51826 ssh2"u8.ToArray();

    public static TheoryData<string, byte[], string> Bad() => new()
    {
        { "invalid UTF-8", [.. "<13>Mar  2 07:59:59 vm app: bad "u8, 0xC3, 0x28, 0xFF], "INT101" },
        { "invalid UTF-8 in JSON", [.. "{\"a\":\""u8, 0xFF, 0xFE, .. "\"}"u8], "INT101" },
        { "NUL", "<13>Mar  2 07:59:59 vm app: a\0b"u8.ToArray(), "INT104" },
        { "deep JSON", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000)), "INT112" },
        { "deep array", Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 10_000) + new string(']', 10_000) + "}"), "INT112" },
        { "JSON beyond any depth", Encoding.UTF8.GetBytes("{\"z\":1,\"a\":" + new string('[', 100_000)), "INT111" },
        { "60k keys", Encoding.UTF8.GetBytes("{" + string.Join(',', Enumerable.Range(0, 60_000).Select(i => $"\"k{i}\":{i}")) + "}"), "INT113" },
        { "long names nested", Encoding.UTF8.GetBytes("{\"" + new string('n', 240) + "\":{" + string.Join(',', Enumerable.Range(0, 700).Select(i => $"\"{i}\":1")) + "}}"), "INT113" },
        { "name beyond the limit", Encoding.UTF8.GetBytes("{\"" + new string('ü', 4000) + "\":1}"), "INT116" },
        { "year 9999", "{\"@timestamp\":\"9999-12-31T23:59:59Z\",\"a\":1}"u8.ToArray(), "INT133" },
        { "a day ahead", "{\"@timestamp\":\"2026-03-09T00:00:00Z\",\"a\":1}"u8.ToArray(), "INT132" },
        { "no time at all", "{\"@timestamp\":\"yesterday\",\"a\":1}"u8.ToArray(), "INT131" },
        { "broken PRI", "<1234>Mar  2 07:59:59 vm app: x"u8.ToArray(), "INT122" },
        { "missing PRI", "hello"u8.ToArray(), "INT121" },
        { "lone surrogate", "{\"a\":\"\\ud800x\"}"u8.ToArray(), "INT115" },
        { "duplicate key", "{\"a\":1,\"a\":2}"u8.ToArray(), "INT114" },
        { "Andon's own name", "{\"andon\":{\"parser\":\"forged\"}}"u8.ToArray(), "INT117" },
        { "broken JSON", "{\"a\":1,\"b\":"u8.ToArray(), "INT111" },
        { "empty", [], "INT105" },
        { "1 MiB line", [.. "<13>Mar  2 07:59:59 vm app: "u8, .. Enumerable.Repeat((byte)'x', 1 << 20), 0], "INT104" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Kept_raw_with_a_finding_and_the_neighbours_untouched(string name, byte[] bad, string code)
    {
        Assert.NotEmpty(name);
        string alone;
        using (var single = Lab.Normaliser.Normalise([Lab.Record(Lab.Udp, Neighbour, 1)])) alone = Lab.Print(single[0]);
        using var batch = Lab.Normaliser.Normalise([Lab.Record(Lab.Udp, Neighbour, 1), Lab.Record(Lab.Udp, bad, 2), Lab.Record(Lab.Udp, Neighbour, 3)]);
        Assert.Equal(3, batch.Count);
        Assert.Equal(bad, batch[1].Raw.ToArray());
        Assert.Contains(code, Lab.Codes(Lab.Fields(batch[1])));
        Assert.Equal(alone, Lab.Print(batch[0]));
        Assert.Equal(alone, Lab.Print(batch[2]));
        Assert.True(batch[1].Find(Ecs.LogSourceId) >= 0 && batch[1].Find(Ecs.EventDataset) >= 0 && batch[1].Find(Ecs.AndonParser) >= 0 && batch[1].Find(Ecs.EventModule) >= 0);
    }

    [Theory]
    [InlineData("""{"a":"\ud800x"}""")]
    [InlineData("""{"\u0061":"\ud800x"}""")]
    public void Half_a_pair_is_replaced_and_the_rest_of_the_value_stands(string line) =>
        Assert.Equal(["\uFFFDx"], Lab.Parse(Lab.Bulk, line)["a"]);

    [Xunit.Fact]
    public void Random_bytes_never_throw_and_are_kept()
    {
        var random = new Random(20260302);
        byte[][] seeds = [Neighbour, "{\"EventID\":1,\"Channel\":\"Security\",\"a\":{\"b\":[1,{\"c\":\"\\u00e9\\ud83d\\ude00\"}]}}"u8.ToArray(), "<165>1 2026-03-02T07:59:59.003Z h a 1 ID [x@1 a=\"b\"] {\"k\":1}"u8.ToArray(),
            "203.0.113.9 - anna [02/Mar/2026:07:59:59 +0100] \"GET /x HTTP/1.1\" 200 5 \"-\" \"c\""u8.ToArray(), "IN=eth0 OUT= SRC=1.2.3.4 DST=5.6.7.8 PROTO=TCP SPT=1 DPT=2"u8.ToArray()];
        for (var round = 0; round < 20_000; round++)
        {
            var raw = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (var flips = random.Next(1, 6); flips > 0; flips--) raw[random.Next(raw.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) raw = raw[..random.Next(raw.Length)];
            var fields = Lab.Parse(random.Next(2) == 0 ? Lab.Udp : Lab.Bulk, raw);
            Assert.DoesNotContain("INT199", Lab.Codes(fields)); // No parser fell over; that would be our error.
            foreach (var values in fields.Values)
                foreach (var value in values) Assert.DoesNotContain("\uFFFE", value, StringComparison.Ordinal);
        }
    }

    [Xunit.Fact]
    public void A_log_line_cannot_write_what_is_Andons_own()
    {
        var fields = Lab.Parse(Lab.Bulk, """{"log.source.id":"x","log":{"source":{"id":"y"}},"andon":{"findings":["INT000 forged"],"event_id":"1.1"},"event":{"dataset":"windows.security","module":"m"},"andon.parser":"z"}""");
        Assert.Equal(["bulk:10.9.8.7:json.generic"], fields["log.source.id"]);
        Assert.Equal(["json.generic"], fields["event.dataset"]);
        Assert.Equal(["json@1"], fields["andon.parser"]);
        Assert.Contains("INT117", Lab.Codes(fields));
        Assert.Equal(["windows.security"], fields["sender.event.dataset"]);
        Assert.Equal(["INT000 forged"], fields["hostile.andon.findings"]);
        Assert.False(fields.ContainsKey("andon.event_id"));
    }

    [Xunit.Fact]
    public void The_source_id_is_safe_whatever_the_host_calls_itself()
    {
        var fields = Lab.Parse(Lab.Udp, "<13>Mar  2 07:59:59 ../../É<script>" + new string('h', 500) + " app: x");
        var id = fields["log.source.id"][0];
        Assert.Matches("^[a-z0-9._:-]{1,200}$", id);
        Assert.EndsWith(":syslog.generic", id, StringComparison.Ordinal);
    }
}
