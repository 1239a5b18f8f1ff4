using System.IO.Compression;
using System.Text.Json;
using Andon.Model;
using Andon.Triage.Replay;

namespace Andon.Tests.Triage;

public sealed class ReplayTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("andon-replay").FullName;

    [Fact]
    public void Every_row_gets_a_signal_and_a_case_and_the_queue_is_told_as_it_changes()
    {
        var alerts = Path.Combine(folder, "a.csv");
        File.WriteAllText(alerts, """
            time,name,ip,host,short,time_label,event_label
            1642213952,Wazuh: ClamAV database update,172.17.131.81,mail,W-Sys-Cav,false_positive,-
            1642213953,Wazuh: ClamAV database update,172.17.131.81,mail,W-Sys-Cav,false_positive,-
            1642300000,"AMiner: New, odd request",172.17.131.82,web,A-New,webshell,webshell_cmd
            not a time,x,y,z,w,v,u
            1642300060,Suricata: Alert - thing,172.17.131.82,web,S-Thing,webshell,webshell_cmd
            """);
        var (output, errors, placed) = (new StringWriter(), new StringWriter(), Path.Combine(folder, "out.csv"));
        Assert.Equal(0, TriageReplayCli.Run(["--alerts", alerts, "--json", "--assignments", placed], output, errors));
        var rows = File.ReadAllLines(placed).Select(l => l.Split(',')).ToList();
        Assert.Equal(["row", "t", "signal", "case"], rows[0]);
        Assert.Equal(["1", "2", "3", "5"], rows.Skip(1).Select(r => r[0]));
        Assert.Equal(rows[1][2], rows[2][2]);
        Assert.Equal(["c1", "c1", "c2", "c2"], rows.Skip(1).Select(r => r[3]));
        Assert.Contains("TRI603", errors.ToString(), StringComparison.Ordinal);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(1642213952, lines[0].GetProperty("t").GetInt64());
        Assert.Equal("c2", lines[^1].GetProperty("queue")[0].GetProperty("case").GetString());
        Assert.InRange(lines[^1].GetProperty("queue")[0].GetProperty("priority").GetDouble(), 1, 100);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(2, "--alerts", "no-such-file.csv")]
    [InlineData(2, "--what")]
    public void A_wrong_call_is_told(int code, params string[] args)
    {
        var errors = new StringWriter();
        Assert.Equal(code, TriageReplayCli.Run(args, TextWriter.Null, errors));
        Assert.NotEmpty(errors.ToString());
    }

    [Fact]
    public void Labels_are_never_read()
    {
        string Run(string label)
        {
            var path = Path.Combine(folder, label + ".csv");
            File.WriteAllText(path, "time,name,ip,host,short,time_label,event_label\n" + string.Join('\n',
                Enumerable.Range(0, 200).Select(i => $"{1642213952 + i * 700},Wazuh: rule {i % 9},10.0.0.1,host{i % 3},R{i % 9},{label},{label}")));
            var output = new StringWriter();
            Assert.Equal(0, TriageReplayCli.Run(["--alerts", path, "--json"], output, TextWriter.Null));
            return output.ToString();
        }
        Assert.Equal(Run("false_positive"), Run("webshell"));
    }

    [Theory]
    [InlineData("3", Level.Informational)]
    [InlineData("5", Level.Low)]
    [InlineData("10", Level.Medium)]
    [InlineData("12", Level.High)]
    [InlineData("15", Level.Critical)]
    [InlineData("high", Level.High)]
    [InlineData("", null)]
    [InlineData("odd", null)]
    public void A_level_that_the_file_gives_counts(string given, Level? level) => Assert.Equal(level, AitCsv.LevelIn(given));

    [Fact]
    public void A_network_of_the_public_set_becomes_few_cases_with_assets_known()
    {
        var zip = SharedData.Require("incidents/ait-ads-alerts.zip");
        var hosts = SharedData.Require("incidents/ait-ads-hosts");
        using (var archive = ZipFile.OpenRead(zip))
            archive.Entries.Single(e => e.Name.StartsWith("russellmitchell", StringComparison.Ordinal)).ExtractToFile(Path.Combine(folder, "r.csv"));
        var placed = Path.Combine(folder, "r-out.csv");
        Assert.Equal(0, TriageReplayCli.Run(["--alerts", Path.Combine(folder, "r.csv"), "--assets", hosts, "--assignments", placed], TextWriter.Null, TextWriter.Null));
        var rows = File.ReadAllLines(placed).Skip(1).Select(l => l.Split(',')).ToList();
        Assert.Equal(45_544, rows.Count);
        Assert.DoesNotContain(rows, r => r[2].Length == 0 || r[3].Length == 0);
        // 97 % fewer signals than alerts, and at most 45 cases a day over four days.
        Assert.True(rows.Select(r => r[2]).Distinct().Count() < rows.Count * 0.03);
        Assert.True(rows.Select(r => r[3]).Distinct().Count() <= 45 * 4);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
