using System.Text;
using System.Text.Json;
using Andon.Host.Cli;
using Andon.Intake;
using Andon.Intake.Collect;
using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Tests.Intake;

/// <summary>Whose file it is: told in the settings, kept in the record's origin, seen in the event and its source.</summary>
public sealed class FileHosts : IDisposable
{
    const string Access = "203.0.113.9 - - [02/Mar/2026:07:59:59 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"x\"";
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    async Task<Dictionary<string, List<string>>> Taken(string line, string? format, string? host)
    {
        var log = new MemoryRecordLog();
        var path = folder.File("access.log");
        await File.WriteAllTextAsync(path, line + "\n");
        var findings = new FindingList();
        var clock = new TestClock();
        var marks = new FileMarks(folder.File("state"));
        using var reader = new FileReader(new(path, Tail: false, format, host), marks, new("file", log, clock), clock, findings);
        await reader.StartAsync(default);
        await reader.ExecuteTask!;
        var records = await log.Read(1, 10, int.MaxValue, default);
        using var batch = Lab.Normaliser.Normalise(records);
        return Lab.Fields(batch[0]);
    }

    [Xunit.Theory]
    [InlineData(Access, "nginx", "web01", "file:web01:nginx.access", "web01")]
    [InlineData(Access, "apache", "WEB 02;format=json", "file:web-02-format-json:apache.access", "WEB 02-format=json")]
    [InlineData("<86>1 2026-03-02T07:59:59Z db07 sshd 1 - - Failed password for root from 203.0.113.9 port 1 ssh2", null, "web01", "file:db07:system.auth", "db07")]
    [InlineData("{\"host\":{\"name\":\"app01\"},\"message\":\"x\"}", "json", "nginx1", "file:app01:json.generic", "app01")]
    [InlineData("nothing special", null, "nginx1", "file:nginx1:text.generic", "nginx1")]
    public async Task A_file_belongs_to_its_host_unless_the_line_names_one(string line, string? format, string host, string source, string name)
    {
        var fields = await Taken(line, format, host);
        Assert.Equal([source], fields["log.source.id"]);
        Assert.Equal([name], fields["host.name"]);
    }

    [Xunit.Fact]
    public async Task Without_a_host_it_is_this_machine()
    {
        var fields = await Taken(Access, "nginx", null);
        Assert.Equal([Environment.MachineName], fields["host.name"]);
        Assert.StartsWith("file:", fields["log.source.id"][0]);
        Assert.EndsWith(":nginx.access", fields["log.source.id"][0]);
        Assert.DoesNotContain("access.log", fields["log.source.id"][0]);
    }

    [Xunit.Fact]
    public void The_configuration_takes_a_path_or_a_path_with_format_and_host()
    {
        var config = folder.File("andon.json");
        File.WriteAllText(config, """{"files": ["/var/log/syslog", {"path": "/var/log/nginx/access.log", "format": "nginx", "host": "web01"}]}""");
        var options = ServeOptions.Read(folder.Path, config, null, null);
        Assert.Equal([new("/var/log/syslog", Tail: true), new FileInput("/var/log/nginx/access.log", Tail: true, "nginx", "web01")], options.Files);
    }

    [Xunit.Theory]
    [InlineData("""[{"path": "/a", "hots": "b"}]""", "hots")]
    [InlineData("""[{"format": "nginx"}]""", "path")]
    [InlineData("""[{"path": "/a", "host": "a;format=json"}]""", "no host name")]
    [InlineData("""[{"path": "/a", "format": "a b"}]""", "no format")]
    [InlineData("""[7]""", "a path")]
    [InlineData("""[{"path": 7}]""", "is a text")]
    public void What_is_wrong_in_it_is_said(string files, string says)
    {
        var config = folder.File("andon.json");
        File.WriteAllText(config, $$"""{"files": {{files}}}""");
        Assert.Contains(says, Assert.Throws<JsonException>(() => ServeOptions.Read(folder.Path, config, null, null)).Message, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public void The_same_record_makes_the_same_event_wherever_it_is_replayed()
    {
        var record = new Andon.Model.Record(1, 1_772_438_400_000, new("file", "/srv/x.log", Hints.Of("nginx", "web01")), Encoding.UTF8.GetBytes(Access));
        using var once = Lab.Normaliser.Normalise([record]);
        using var again = new Normaliser(Lab.Content).Normalise([record]);
        Assert.Equal(Lab.Fields(once[0]), Lab.Fields(again[0]));
        Assert.Equal(["web01"], Lab.Fields(once[0])["host.name"]);
    }
}
