using System.Text.Json;
using Andon.Detect.Hunt;
using Andon.Intake.Collect.Evtx;
using Andon.Intake.Normalise;

namespace Andon.Tests.Detect;

public sealed class CommandTests : IDisposable
{
    const string Rule = """
        title: User made
        id: 55555555-5555-4555-8555-555555555555
        level: high
        logsource: { product: windows, service: security }
        detection: { s: { EventID: 4720 }, condition: s }
        """;

    readonly string folder = Directory.CreateTempSubdirectory("andon-hunt-").FullName;
    public void Dispose() => Directory.Delete(folder, recursive: true);

    string File(string name, string text)
    {
        var path = Path.Combine(folder, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    static (int Exit, List<JsonElement> Lines, string Errors) Hunt(params string[] args)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var exit = HuntCli.Run(args, Events.Content, new Normaliser(Events.Content).Normalise, EvtxFile.Read, TimeProvider.System, output, errors, terminal: false, CancellationToken.None);
        return (exit, [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.StartsWith('{')).Select(l => JsonDocument.Parse(l).RootElement)], errors.ToString());
    }

    [Theory]
    [InlineData("{\"EventID\":1,\"Channel\":\"Security\"}\n\n{\"EventID\":4720,\"Channel\":\"Security\",\"TargetUserName\":\"eve\"}\n")]
    [InlineData("[{\"EventID\":1,\"Channel\":\"Security\"},\n {\"EventID\":4720,\"Channel\":\"Security\",\"TargetUserName\":\"eve\"}]")]
    [InlineData("{\n \"EventID\":1,\"Channel\":\"Security\"}\n{\"EventID\":4720,\n\"Channel\":\"Security\",\"TargetUserName\":\"eve\"}")]
    public void Hits_and_a_summary_are_lines_of_json(string text)
    {
        var (exit, lines, errors) = Hunt("--rules", File("r.yml", Rule), "--json", File("logs.json", text));
        Assert.Equal(("", 0), (errors, exit));
        Assert.Equal(["rule_id", "title", "level", "file", "record", "time", "fields"], lines[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal(("55555555-5555-4555-8555-555555555555", "high", 2), (lines[0].GetProperty("rule_id").GetString(), lines[0].GetProperty("level").GetString(), lines[0].GetProperty("record").GetInt32()));
        var summary = lines[^1].GetProperty("summary");
        Assert.Equal(["events", "bytes", "seconds", "cpu_seconds", "rules_loaded", "rules_refused", "hits"], summary.EnumerateObject().Select(p => p.Name));
        Assert.Equal((2, 1, 1), (summary.GetProperty("events").GetInt32(), summary.GetProperty("hits").GetInt32(), summary.GetProperty("rules_loaded").GetInt32()));
    }

    [Fact]
    public void Text_logs_zips_and_folders_are_read_and_a_broken_event_log_is_named()
    {
        var rules = File("ssh.yml", "title: Failed\nname: failed\nlevel: low\nlogsource: { service: sshd }\ndetection: { s: { event.outcome: failure }, condition: s }\n---\ntitle: Many\nlevel: high\ncorrelation: { type: event_count, rules: [failed], group-by: [source.ip], timespan: 1m, condition: { gte: 3 } }\n");
        var logs = Directory.CreateDirectory(Path.Combine(folder, "logs"));
        System.IO.File.WriteAllText(Path.Combine(logs.FullName, "auth.log"), string.Concat(Enumerable.Range(0, 3).Select(i => $"Mar  2 08:00:0{i} web01 sshd[812]: Failed password for root from 203.0.113.7 port 40022 ssh2\n")));
        System.IO.Compression.ZipFile.CreateFromDirectory(logs.FullName, Path.Combine(folder, "logs.zip"));
        System.IO.File.WriteAllText(Path.Combine(logs.FullName, "x.evtx"), "ElfFile");
        foreach (var source in new[] { logs.FullName, Path.Combine(folder, "logs.zip") })
        {
            var (_, lines, errors) = Hunt("--rules", rules, "--json", source);
            // The base rule feeds the correlation and does not alert by itself.
            Assert.Equal(["Many"], lines[..^1].Select(l => l.GetProperty("title").GetString()));
            Assert.Equal(source == logs.FullName, errors.Contains("INT070", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_wrong_call_says_how_and_a_missing_file_is_an_error()
    {
        Assert.Equal(2, Hunt("--json").Exit);
        Assert.Equal(1, Hunt("--rules", File("r.yml", Rule), "--json", Path.Combine(folder, "nowhere.json")).Exit);
    }

    [Fact]
    public void Check_runs_the_cases_beside_the_rules()
    {
        File("made.yml", Rule);
        var cases = File("made.cases", "# made\n+ {\"EventID\":4720,\"Channel\":\"Security\"}\n- {\"EventID\":4722,\"Channel\":\"Security\"}\n");
        Assert.Equal((0, ""), Check());
        System.IO.File.AppendAllText(cases, "+ {\"EventID\":4722,\"Channel\":\"Security\"}\n- {\"EventID\":4720,\"Channel\":\"Security\"}\nwhat\n");
        var (exit, codes) = Check();
        Assert.Equal((1, "SIG132 SIG133 SIG131"), (exit, codes));

        (int, string) Check()
        {
            var output = new StringWriter();
            var exit = RulesCheckCli.Run([folder, "--json"], Events.Content, new Normaliser(Events.Content).Normalise, output, new StringWriter());
            var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
            return (exit, string.Join(' ', lines[..^1].Where(l => l.GetProperty("level").GetString() == "error").Select(l => l.GetProperty("code").GetString())));
        }
    }

    /// <summary>A correlation that is decided when its window is over: the case says where nothing follows.</summary>
    [Fact]
    public void Cases_may_end_a_stream()
    {
        File("alone.yml", Rule.Replace("title:", "name: made\ntitle:", StringComparison.Ordinal) + "\n---\ntitle: Only one\nlevel: low\ncorrelation: { type: event_count, rules: [made], group-by: [Computer], timespan: 60s, condition: { eq: 1 } }\n");
        const string One = "- {\"EventTime\":\"2026-03-02T08:00:01Z\",\"EventID\":4720,\"Channel\":\"Security\",\"Hostname\":\"H\"}\n";
        var cases = File("alone.cases", One + "! +\n" + One + One + "! -\n");
        var (exit, said) = Check();
        Assert.True(exit == 0, said);
        System.IO.File.WriteAllText(cases, One + "! -\n" + One + One + "! +\n! ?\n");
        (exit, said) = Check();
        Assert.Equal((1, 1, 1, 1), (exit, said.Split("SIG132").Length - 1, said.Split("SIG133").Length - 1, said.Split("SIG131").Length - 1));

        (int, string) Check()
        {
            var output = new StringWriter();
            return (RulesCheckCli.Run([folder, "--json"], Events.Content, new Normaliser(Events.Content).Normalise, output, new StringWriter()), output.ToString());
        }
    }

    [Fact]
    public void Lists_and_pipelines_are_given_on_the_command_line()
    {
        var rule = File("r.yml", Rule.Replace("EventID: 4720", "Who|expand: '%Staff%'", StringComparison.Ordinal));
        var lists = Directory.CreateDirectory(Path.Combine(folder, "lists")).FullName;
        System.IO.File.WriteAllText(Path.Combine(lists, "Staff.txt"), "eve\n");
        var pipeline = File("p.yaml", "name: mine\ntransformations: [{ type: field_name_mapping, mapping: { Who: TargetUserName } }]\n");
        var logs = File("logs.json", "{\"EventID\":4720,\"Channel\":\"Security\",\"TargetUserName\":\"eve\"}\n");
        Assert.Equal(1, Hunt("--rules", rule, "--json", logs).Exit);
        Assert.Equal(0, Hunt("--rules", rule, "--lists", lists, "--json", "--", logs).Lines[^1].GetProperty("summary").GetProperty("hits").GetInt32());
        Assert.Equal(1, Hunt("--rules", rule, "--lists", lists, "--pipeline", pipeline, "--json", logs).Lines[^1].GetProperty("summary").GetProperty("hits").GetInt32());
        Assert.Equal(2, Hunt("--rules", rule, "--lists").Exit);

        var (exit, text) = Check(rule, "--lists", lists, "--pipeline", pipeline, "--print");
        Assert.Equal(0, exit);
        Assert.Contains("rewritten by mine ", text, StringComparison.Ordinal);
        Assert.Contains("  s: TargetUserName ~ expand '%Staff%'\n  condition: s\n", text, StringComparison.Ordinal);
        (exit, text) = Check(rule, "--pipeline", Path.Combine(folder, "nowhere.yml"));
        Assert.Equal(1, exit);
        Assert.Matches("r.yml\n  5:.*error    SIG070", text.ReplaceLineEndings("\n"));
        Assert.Contains("SIG140", text, StringComparison.Ordinal);
        Assert.Equal((0, Andon.Detect.Codes.All.Count), (Check("--codes").Exit, Check("--codes", "--json").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Equal(2, Check(rule, "--colour").Exit);

        static (int Exit, string Text) Check(params string[] args)
        {
            var output = new StringWriter();
            return (RulesCheckCli.Run(args, Events.Content, new Normaliser(Events.Content).Normalise, output, new StringWriter()), output.ToString());
        }
    }

    /// <summary>Every rule that Andon ships matches its cases.</summary>
    [Fact]
    public void Shipped_rules_have_no_errors_and_meet_their_cases()
    {
        var output = new StringWriter();
        var exit = RulesCheckCli.Run([Path.Combine(Events.Content.Path, "rules")], Events.Content, new Normaliser(Events.Content).Normalise, output, new StringWriter());
        Assert.True(exit == 0, output.ToString());
    }
}
