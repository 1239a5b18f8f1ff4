using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Andon.Tests.House;

/// <summary>Real senders of telemetry against the real house: what they were told is kept is found in search.</summary>
[Collection(RealHouses.Name)]
public sealed class Peers(SharedHouse shared)
{
    const string Rsyslogd = "/usr/sbin/rsyslogd";
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Xunit.Theory]
    [InlineData("tcp", "protocol=\"tcp\" TCP_Framing=\"octet-counted\"", "RSYSLOG_SyslogProtocol23Format", "syslog-tcp")]
    [InlineData("plain", "protocol=\"tcp\" TCP_Framing=\"traditional\"", "RSYSLOG_ForwardFormat", "syslog-tcp")]
    [InlineData("udp", "protocol=\"udp\"", "RSYSLOG_TraditionalForwardFormat", "syslog-udp")]
    public async Task Rsyslog_forwards_a_file_and_every_line_is_found(string mark, string framing, string template, string listener)
    {
        Assert.SkipUnless(File.Exists(Rsyslogd), "rsyslogd is not installed: apt-get install rsyslog.");
        const int Lines = 500;
        var house = await shared.Get();
        var folder = Directory.CreateTempSubdirectory("andon-rsyslog-").FullName;
        var input = Path.Combine(folder, "office.log");
        await File.WriteAllLinesAsync(input, Enumerable.Range(0, Lines).Select(n => string.Create(CultureInfo.InvariantCulture,
            $"mark={mark} number={n} note=\"größe {n * 7}\" src=203.0.113.{n % 250}")), Stop);
        var config = Path.Combine(folder, "rsyslog.conf");
        await File.WriteAllTextAsync(config, $$"""
            global(workDirectory="{{folder}}" maxMessageSize="64k")
            module(load="imfile")
            input(type="imfile" file="{{input}}" tag="officeapp:" severity="notice" facility="local3" ruleset="away")
            ruleset(name="away") {
              action(type="omfwd" target="127.0.0.1" port="{{house.SyslogPort.ToString(CultureInfo.InvariantCulture)}}" {{framing}} template="{{template}}" action.resumeRetryCount="-1")
            }

            """, Stop);

        var start = new ProcessStartInfo(Rsyslogd, ["-n", "-f", config, "-i", Path.Combine(folder, "rsyslogd.pid")]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var rsyslogd = Process.Start(start) ?? throw new InvalidOperationException();
        var said = rsyslogd.StandardError.ReadToEndAsync(Stop);
        try
        {
            await RealHouse.Until(async () => rsyslogd.HasExited || await house.Count($"Events | where mark == '{mark}'") >= Lines, $"all {Lines} lines are found");
            Assert.False(rsyslogd.HasExited, rsyslogd.HasExited ? await said : "");
        }
        finally
        {
            if (!rsyslogd.HasExited) rsyslogd.Kill();
            await rsyslogd.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }

        await house.Settled();
        var rows = await house.Search($"Events | where mark == '{mark}' | project number, note, ['source.ip'], ['process.name'], ['log.syslog.facility.code'], ['log.syslog.severity.code'], ['host.name'], ['log.source.id'], ['event.dataset'], ['andon.findings']");
        Assert.Equal(Lines, rows.Count);
        Assert.Equal(Enumerable.Range(0, Lines), rows.Select(r => Number(r["number"])).Order());
        Assert.All(rows, r =>
        {
            var n = Number(r["number"]);
            Assert.Equal($"größe {n * 7}", Text(r["note"]));
            Assert.Equal($"203.0.113.{n % 250}", Text(r["source.ip"]));
            Assert.Equal("officeapp", Text(r["process.name"]));
            Assert.Equal(19, Number(r["log.syslog.facility.code"]));
            Assert.Equal(5, Number(r["log.syslog.severity.code"]));
            Assert.NotEqual("", Text(r["host.name"]));
            Assert.Equal($"{listener}:{Text(r["host.name"]).ToLowerInvariant()}:{Text(r["event.dataset"])}", Text(r["log.source.id"]));
            Assert.Equal("[]", Text(r["andon.findings"]));
        });
    }

    [Xunit.Fact]
    public async Task The_real_Elasticsearch_client_posts_documents_and_what_it_was_told_is_kept_is_found()
    {
        var peers = Path.Combine(SharedData.RepositoryRoot, "tests", "peers");
        Assert.SkipUnless(Directory.Exists(Path.Combine(peers, "node_modules")), "tests/peers is not installed: npm ci in that folder.");
        const int Documents = 2000;
        var house = await shared.Get();
        var mark = "peer" + Guid.NewGuid().ToString("N")[..8];
        var start = new ProcessStartInfo("node", [Path.Combine(peers, "bulk.mjs"), house.Address.ToString(), RealHouse.Token, Documents.ToString(CultureInfo.InvariantCulture), mark])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var node = Process.Start(start) ?? throw new InvalidOperationException();
        var said = node.StandardError.ReadToEndAsync(Stop);
        var output = await node.StandardOutput.ReadToEndAsync(Stop);
        await node.WaitForExitAsync(Stop);
        Assert.True(node.ExitCode == 0, await said);
        var acknowledged = JsonDocument.Parse(output).RootElement.GetProperty("acknowledged").GetInt32();
        Assert.Equal(Documents, acknowledged);
        Assert.Equal("", await said);

        await house.Settled();
        Assert.Equal(acknowledged, await house.Count($"Events | where ['peer.mark'] == '{mark}'"));
        Assert.Equal(acknowledged, await house.Count($"Events | where ['peer.mark'] == '{mark}' | distinct ['peer.number']"));
    }

    static string Text(JsonElement value) => value.ValueKind switch { JsonValueKind.Null => "", JsonValueKind.String => value.GetString() ?? "", _ => value.GetRawText() };

    static int Number(JsonElement value) => int.Parse(Text(value), CultureInfo.InvariantCulture);
}
