using System.Globalization;
using System.Text;
using System.Text.Json;
using Andon.Model;

namespace Andon.Tests.House;

/// <summary>Sources and rules meet through a door only: what a source is worth to the rules that the house ships.</summary>
public sealed class SourceRules
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Xunit.Fact]
    public async Task A_source_knows_the_rules_that_look_at_it_and_what_none_reads()
    {
        await using var house = await RealHouse.WithoutEngine();
        await RealHouse.Until(async () => (await house.Get("/api/rules")).GetProperty("rules").GetArrayLength() > 10, "rules are loaded");
        var now = TimeProvider.System.NowMs();
        string Ssh(string host, int i) => string.Create(CultureInfo.InvariantCulture, $"<38>Mar  2 07:59:58 {host} sshd[1]: Failed password for root from 203.0.113.{i} port {i} ssh2");
        string Windows(int code, int i) => JsonSerializer.Serialize(new { Channel = "Security", EventID = code, Computer = "dc01", EventRecordID = i, TimeCreated = UnixMs.ToIso(now), ProviderName = "Microsoft-Windows-Security-Auditing" });
        var syslog = new Origin("syslog-udp", "10.9.8.7");
        await house.Records.Append([.. Enumerable.Range(1, 20).SelectMany(i => new[] { "web01", "web02" }.Select(h => new RecordDraft(now, syslog, Encoding.UTF8.GetBytes(Ssh(h, i)))))], Stop);
        await house.Records.Append([.. Enumerable.Range(1, 40).Select(i => new RecordDraft(now, new Origin("bulk", "10.9.8.7", "logs"), Encoding.UTF8.GetBytes(Windows(i % 2 == 0 ? 5156 : 4625, i))))], Stop);
        const string Web = "syslog-udp:web01:system.auth";
        await RealHouse.Until(async () => (await house.Get("/api/sources")).GetProperty("sources").EnumerateArray().Sum(s => s.GetProperty("events").GetInt64()) == 80, "all is counted");

        var page = await house.Get("/api/sources/one?id=" + Web);
        var blind = page.GetProperty("blind");
        Assert.True(blind.GetProperty("rules").GetInt32() >= 3);
        Assert.Contains("T1110", string.Join(' ', blind.GetProperty("techniques").EnumerateArray().Select(t => t.GetString())), StringComparison.Ordinal);
        // The other host's sshd could stand in, so no rule goes blind altogether.
        Assert.Equal((0, "syslog-udp:web02:system.auth"), (blind.GetProperty("wholly").GetInt32(), blind.GetProperty("standIns")[0].GetProperty("sourceId").GetString()));

        var usage = await house.Get("/api/sources/usage?id=" + Web);
        var kind = usage.GetProperty("kinds")[0];
        Assert.Contains(kind.GetProperty("production").EnumerateArray(), r => r.GetString()!.Length > 0);
        Assert.Contains(kind.GetProperty("fields").EnumerateArray(), f => f.GetProperty("readBy").GetArrayLength() > 0);

        var unused = await house.Get("/api/sources/unused");
        var rows = unused.GetProperty("rows").EnumerateArray().Select(r => (r.GetProperty("kind").GetString(), r.GetProperty("safe").GetBoolean())).ToList();
        // Of the two numbers, the shipped rules ask for one only.
        Assert.Contains(("5156", true), rows);
        Assert.DoesNotContain(rows, r => r.Item1 == "4625");

        var backlog = await house.Get("/api/sources/backlog");
        Assert.NotEqual(0, backlog.GetProperty("rows").GetArrayLength());
        Assert.Equal(2, (await house.Get("/api/sources/quality")).GetProperty("coverage").GetProperty("datasets").GetInt32());
        Assert.Equal(80, (await house.Get("/api/sources/quality")).GetProperty("quality").GetProperty("events").GetInt64());
    }
}
