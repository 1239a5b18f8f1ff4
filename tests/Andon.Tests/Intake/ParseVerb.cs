using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Andon.Intake.Normalise;

namespace Andon.Tests.Intake;

public sealed class ParseVerb : IDisposable
{
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    (int Code, List<JsonElement> Events, string Errors) Run(params string[] args)
    {
        using var output = new MemoryStream();
        var errors = new StringWriter();
        var code = ParseCli.Run(args, Lab.Content, new TestClock(), output, errors);
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return (code, [.. lines.Select(l => JsonDocument.Parse(l).RootElement)], errors.ToString());
    }

    [Xunit.Fact]
    public void Lines_become_one_json_object_each()
    {
        File.WriteAllText(folder.File("auth.log"), "Mar  2 07:59:58 web01 sshd[812]: Failed password for root from 203.0.113.9 port 51826 ssh2\n{\"a\":007}\n{\"n\":1.50,\"t\":true,\"z\":null,\"l\":[1,2]}\n");
        var (code, events, _) = Run("--json", folder.File("auth.log"));
        Assert.Equal(0, code);
        Assert.Equal(3, events.Count);
        Assert.Equal("203.0.113.9", events[0].GetProperty("source.ip").GetString());
        Assert.Equal(51826, events[0].GetProperty("source.port").GetInt32());
        Assert.Equal("2026-03-02T07:59:58.000Z", events[0].GetProperty("@timestamp").GetString());
        Assert.Equal(["authentication"], events[0].GetProperty("event.category").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal("1.50", events[2].GetProperty("n").GetRawText());
        Assert.Equal([1, 2], events[2].GetProperty("l").EnumerateArray().Select(e => e.GetInt32()));
        Assert.Equal("{\"a\":007}", events[1].GetProperty("event.original").GetString());
    }

    [Xunit.Fact]
    public void A_zip_and_objects_over_many_lines_are_read()
    {
        using (var zip = ZipFile.Open(folder.File("x.zip"), ZipArchiveMode.Create))
        {
            using (var member = new StreamWriter(zip.CreateEntry("a.log").Open())) member.Write("Mar  2 07:59:58 h sshd[1]: Invalid user x from 10.0.0.1 port 5\n");
            using (var member = new StreamWriter(zip.CreateEntry("b.json").Open())) member.Write("{\n \"EventID\": 1,\n \"Channel\": \"Security\"\n}\n{\n \"EventID\": 2,\n \"Channel\": \"Security\"\n}\n");
        }
        var (code, events, _) = Run(folder.File("x.zip"));
        Assert.Equal(0, code);
        Assert.Equal(["system.auth", "windows.security", "windows.security"], events.Select(e => e.GetProperty("event.dataset").GetString()));
    }

    [Xunit.Fact]
    public void A_format_tells_whose_lines_without_a_header_are()
    {
        File.WriteAllText(folder.File("bare"), "Invalid user x from 10.0.0.1 port 5\nerror: maximum authentication attempts exceeded for root from 1.2.3.4 port 63758 ssh2 [preauth]\n");
        var (_, events, _) = Run("--format", "sshd", folder.File("bare"));
        Assert.Equal(["ssh_invalid_user", "ssh_attempts_exceeded"], events.Select(e => e.GetProperty("event.action").GetString()));
        Assert.All(events, e => Assert.Equal("sshd", e.GetProperty("process.name").GetString()));
    }

    [Xunit.Fact]
    public void Wrong_asking_is_2_and_says_why()
    {
        Assert.Equal(2, Run().Code);
        Assert.Equal(2, Run("--nonsense", "x").Code);
        var (code, _, errors) = Run(folder.File("absent"));
        Assert.Equal(2, code);
        Assert.Contains("INT060", errors, StringComparison.Ordinal);
    }
}
