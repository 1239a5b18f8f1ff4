using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Andon.Model;

namespace Andon.Tests.House;

/// <summary>Bad bytes through the real listeners: kept raw to the byte, said in a finding, searchable, and the neighbours do not notice.</summary>
[Collection(RealHouses.Name)]
public sealed class BadBytes(SharedHouse shared)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static string Line(string mark, string which) =>
        $"<86>1 2026-03-02T07:59:58Z web01 sshd 812 - - Failed password for {mark}-{which} from 203.0.113.9 port 51826 ssh2";

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    static byte[] Counted(byte[] message) => [.. Utf8(message.Length.ToString(CultureInfo.InvariantCulture) + " "), .. message];

    async Task<List<Andon.Model.Record>> RecordsFrom(RealHouse house, ulong from) =>
        [.. await house.Records.Read(from, 10_000, int.MaxValue, Stop)];

    /// <summary>The neighbours are parsed and clean, the bad one is kept to the byte under its id with the finding.</summary>
    static async Task Check(RealHouse house, string mark, byte[] bad, string code, bool compareText = true)
    {
        await house.Settled();
        var neighbours = await house.Search($"Events | where ['user.name'] startswith '{mark}-' | project ['user.name'], ['event.outcome'], ['source.ip'], ['andon.findings'] | sort by ['user.name'] asc");
        Assert.Equal([$"{mark}-after", $"{mark}-before"], neighbours.Select(r => r["user.name"].GetString()));
        Assert.All(neighbours, r =>
        {
            Assert.Equal("failure", r["event.outcome"].GetString());
            Assert.Equal("203.0.113.9", r["source.ip"].GetString());
            Assert.Equal("[]", r["andon.findings"].GetRawText());
        });

        var kept = (await house.Records.Read(house.Records.First, int.MaxValue, int.MaxValue, Stop)).LastOrDefault(r => r.Raw.Span.SequenceEqual(bad));
        Assert.True(kept.Position > 0, "The record log does not hold these very bytes.");
        var stored = await house.Get($"/api/events/{kept.Position.ToString(CultureInfo.InvariantCulture)}.0");
        Assert.Contains(stored.GetProperty("fields").GetProperty("andon.findings").EnumerateArray(), f => f.GetString()?.StartsWith(code, StringComparison.Ordinal) == true);
        var text = Encoding.UTF8.GetString(bad);
        Assert.Equal(!text.Contains('\uFFFD', StringComparison.Ordinal), stored.GetProperty("rawIsUtf8").GetBoolean());
        if (compareText) Assert.Equal(text, stored.GetProperty("raw").GetString());
    }

    public static TheoryData<string, string> OverTcp() => new()
    {
        { "utf8", "INT101" }, { "nul", "INT104" }, { "mib", "INT102" }, { "wholemib", "" }, { "pri", "INT122" }, { "nopri", "INT121" },
    };

    static byte[] TcpCase(string name) => name switch
    {
        "utf8" => [.. "<13>1 2026-03-02T07:59:59Z vm app - - - bad "u8, 0xC3, 0x28, 0xFF, 0xFE],
        "nul" => "<13>1 2026-03-02T07:59:59Z vm app - - - a\0b"u8.ToArray(),
        "mib" => [.. "<13>1 2026-03-02T07:59:59Z vm app - - - "u8, .. Enumerable.Repeat((byte)'x', 1 << 20)],
        "wholemib" => [.. "<13>1 2026-03-02T07:59:59Z vm big - - - "u8, .. Enumerable.Repeat((byte)'y', (1 << 20) - 40)],
        "pri" => "<1234>1 2026-03-02T07:59:59Z vm app - - - x"u8.ToArray(),
        "nopri" => "no envelope at all"u8.ToArray(),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    [Xunit.Theory]
    [MemberData(nameof(OverTcp))]
    public async Task Over_tcp_octet_counted(string name, string code)
    {
        var house = await shared.Get();
        var mark = $"tcp{name}";
        var bad = TcpCase(name);
        using (var tcp = new TcpClient())
        {
            await tcp.ConnectAsync("127.0.0.1", house.SyslogPort, Stop);
            await tcp.GetStream().WriteAsync((byte[])[.. Counted(Utf8(Line(mark, "before"))), .. Counted(bad), .. Counted(Utf8(Line(mark, "after")))], Stop);
        }
        await RealHouse.Until(async () => await house.Count($"Events | where ['user.name'] == '{mark}-after'") == 1, "the last neighbour is found");
        if (code.Length > 0) await Check(house, mark, bad.Length <= 1 << 20 ? bad : bad[..(1 << 20)], code);
        else
        {
            // Just within the limit: whole, and nothing to say about it.
            var kept = Assert.Single(await RecordsFrom(house, house.Records.First), r => r.Raw.Span.SequenceEqual(bad));
            Assert.Equal(1 << 20, kept.Raw.Length);
            var stored = await house.Get($"/api/events/{kept.Position.ToString(CultureInfo.InvariantCulture)}.0");
            Assert.Equal(1 << 20, stored.GetProperty("raw").GetString()?.Length);
            Assert.False(stored.GetProperty("fields").TryGetProperty("andon.findings", out _));
        }
    }

    [Xunit.Fact]
    public async Task A_frame_that_ends_half_way_is_kept_and_other_connections_go_on()
    {
        var house = await shared.Get();
        const string Mark = "half";
        var half = Utf8("500 <13>1 2026-03-02T07:59:59Z vm app - - - this never en");
        using (var other = new TcpClient())
        {
            await other.ConnectAsync("127.0.0.1", house.SyslogPort, Stop);
            await other.GetStream().WriteAsync(Counted(Utf8(Line(Mark, "before"))), Stop);
            using (var tcp = new TcpClient())
            {
                await tcp.ConnectAsync("127.0.0.1", house.SyslogPort, Stop);
                await tcp.GetStream().WriteAsync(half, Stop);
            }
            await RealHouse.Until(async () => (await RecordsFrom(house, house.Records.First)).Exists(r => r.Raw.Span.SequenceEqual(half)), "the half frame is in the record log");
            await other.GetStream().WriteAsync(Counted(Utf8(Line(Mark, "after"))), Stop);
        }
        await RealHouse.Until(async () => await house.Count($"Events | where ['user.name'] == '{Mark}-after'") == 1, "the last neighbour is found");
        await Check(house, Mark, half, "INT103");
    }

    [Xunit.Theory]
    [InlineData("99999999999999999999 <13>x")]
    [InlineData("0 ")]
    [InlineData("-5 <13>1 2026-03-02T07:59:59Z vm app - - - x")]
    [InlineData("12x<13>what")]
    public async Task A_count_that_is_none_stops_no_listener(string broken)
    {
        var house = await shared.Get();
        var mark = "count" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Utf8(broken)))[..8];
        using (var tcp = new TcpClient())
        {
            await tcp.ConnectAsync("127.0.0.1", house.SyslogPort, Stop);
            await tcp.GetStream().WriteAsync((byte[])[.. Counted(Utf8(Line(mark, "before"))), .. Utf8(broken)], Stop);
        }
        using (var tcp = new TcpClient())
        {
            await tcp.ConnectAsync("127.0.0.1", house.SyslogPort, Stop);
            await tcp.GetStream().WriteAsync(Counted(Utf8(Line(mark, "after"))), Stop);
        }
        await RealHouse.Until(async () => await house.Count($"Events | where ['user.name'] startswith '{mark}-'") == 2, "both neighbours are found");
    }

    public static TheoryData<string, string> OverBulk() => new() { { "deep", "INT112" }, { "keys", "INT113" }, { "year9999", "INT133" }, { "surrogate", "INT115" }, { "forged", "INT117" } };

    static string BulkCase(string name) => name switch
    {
        "deep" => string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000),
        "keys" => "{" + string.Join(',', Enumerable.Range(0, 60_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"k{i}\":{i}"))) + "}",
        "year9999" => "{\"@timestamp\":\"9999-12-31T23:59:59Z\",\"a\":1}",
        "surrogate" => "{\"a\":\"\\ud800x\"}",
        "forged" => "{\"andon\":{\"parser\":\"forged\"},\"log\":{\"source\":{\"id\":\"forged\"}}}",
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    [Xunit.Theory]
    [MemberData(nameof(OverBulk))]
    public async Task Over_bulk(string name, string code)
    {
        var house = await shared.Get();
        var mark = $"bulk{name}";
        var bad = BulkCase(name);
        string Neighbour(string which) => JsonSerializer.Serialize(new { message = "x", user = new { name = $"{mark}-{which}" }, source = new { ip = "203.0.113.9" }, @event = new { outcome = "failure" } });
        Assert.Equal(3, await house.Bulk([Neighbour("before"), bad, Neighbour("after")]));
        await RealHouse.Until(async () => await house.Count($"Events | where ['user.name'] == '{mark}-after'") == 1, "the last neighbour is found");
        await Check(house, mark, Utf8(bad), code);
    }

    [Xunit.Fact]
    public async Task Over_udp_a_broken_priority_and_an_empty_datagram()
    {
        var house = await shared.Get();
        const string Mark = "udp";
        var bad = "<99999>hello"u8.ToArray();
        using var udp = new UdpClient();
        foreach (var datagram in new[] { Utf8(Line(Mark, "before")), bad, [], Utf8(Line(Mark, "after")) })
            await udp.SendAsync(datagram, "127.0.0.1", house.SyslogPort, Stop);
        await RealHouse.Until(async () => await house.Count($"Events | where ['user.name'] == '{Mark}-after'") == 1, "the last neighbour is found");
        await Check(house, Mark, bad, "INT122");
    }
}
