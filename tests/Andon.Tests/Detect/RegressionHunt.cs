using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Andon.Detect.Hunt;
using Andon.Intake.Collect.Evtx;
using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Tests.Intake;

namespace Andon.Tests.Detect;

/// <summary>The hunt as people and scripts use it: what it reads, what it says, how it ends.</summary>
public sealed class RegressionHunt : IDisposable
{
    const string Rule = """
        title: User made
        id: 55555555-5555-4555-8555-555555555555
        name: user_made
        level: high
        logsource: { product: windows, service: security }
        detection: { made: { EventID: 4720, TargetUserName|startswith: 'e' }, quiet: { SubjectUserName: setup }, condition: made and not quiet }
        """;

    readonly string folder = Directory.CreateTempSubdirectory("andon-hunt-").FullName;
    public void Dispose() => Directory.Delete(folder, recursive: true);

    string At(string name) => Path.Combine(folder, name);

    string Put(string name, byte[] bytes)
    {
        File.WriteAllBytes(At(name), bytes);
        return At(name);
    }

    string RuleFile() => Put("rule.yml", Encoding.UTF8.GetBytes(Rule));

    static (int Exit, string Output, string Errors) Hunt(CancellationToken stop, params string[] args)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var exit = HuntCli.Run(args, Events.Content, new Normaliser(Events.Content).Normalise, EvtxFile.Read, TimeProvider.System, output, errors, terminal: false, stop);
        return (exit, output.ToString(), errors.ToString());
    }

    static (int Exit, string Output, string Errors) Hunt(params string[] args) => Hunt(CancellationToken.None, args);

    static byte[] Log(params string[] users)
    {
        var maker = new EvtxMaker();
        foreach (var user in users)
            maker.Add(x => x.Template(t => t.Element("Event", e => e
                    .Element("System", s => s
                        .Element("EventID", v => v.Put(0, 6))
                        .Element("TimeCreated", attributes: ("SystemTime", v => v.Text("2026-03-02T08:00:00.000000Z")))
                        .Element("Channel", v => v.Text("Security"))
                        .Element("Computer", v => v.Text("WS1.corp.example")))
                    .Element("EventData", d => d.Element("Data", v => v.Put(1), attributes: ("Name", n => n.Text("TargetUserName"))))),
                new EvtxMaker.Value(6, [0x70, 0x12]), EvtxMaker.Value.Text(user)));
        return maker.File();
    }

    static byte[] Zip(params (string Name, byte[] Bytes)[] files)
    {
        using var to = new MemoryStream();
        using (var zip = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        return to.ToArray();
    }

    static byte[] Noise(int bytes)
    {
        var noise = new byte[bytes];
        new Random(7).NextBytes(noise);
        return noise;
    }

    static byte[] Gzip(byte[] bytes)
    {
        using var to = new MemoryStream();
        using (var gz = new GZipStream(to, CompressionLevel.Fastest)) gz.Write(bytes);
        return to.ToArray();
    }

    [Fact]
    public void Event_logs_are_read_in_files_zips_in_zips_gz_and_folders()
    {
        var log = Log("bob", "eve");
        Directory.CreateDirectory(At("logs"));
        Put("logs/a.evtx", log);
        Put("logs/without-an-ending", log);
        Put("logs/b.zip", Zip(("in/c.evtx", log), ("d.zip", Zip(("e.evtx", log)))));
        Put("logs/f.evtx.gz", Gzip(log));
        var (exit, output, errors) = Hunt("--rules", RuleFile(), "--json", At("logs"));
        Assert.Equal(("", 0), (errors, exit));
        var hits = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).Where(l => l.TryGetProperty("rule_id", out _)).ToList();
        Assert.Equal(["a.evtx", "b.zip/d.zip/e.evtx", "b.zip/in/c.evtx", "f.evtx", "without-an-ending"], hits.Select(h => Path.GetRelativePath(At("logs"), h.GetProperty("file").GetString()!)).Order(StringComparer.Ordinal));
        Assert.All(hits, h => Assert.Equal((2, "2026-03-02T08:00:00.000Z"), (h.GetProperty("record").GetInt32(), h.GetProperty("time").GetString())));
    }

    [Fact]
    public void What_cannot_be_read_is_a_finding_and_the_rest_is_read()
    {
        var log = Log("eve");
        var zip = Zip(("a.evtx", log), ("b.evtx", Log("eve", "eva")));
        Put("whole.evtx", log);
        foreach (var (name, bytes, codes) in new (string, byte[], string)[]
        {
            ("not.zip", Encoding.UTF8.GetBytes("PK nothing"), "HUN002"),
            ("cut.zip", zip[..(zip.Length / 2)], "HUN002"),
            ("not.gz", Encoding.UTF8.GetBytes("nothing"), "HUN007"),
            ("cut.log.gz", Gzip(new byte[100_000])[..40], "HUN007"),
            ("cut.tar.gz", Gzip(Noise(5000))[..300], "HUN007"),
            ("odd.tar.gz", Gzip(Enumerable.Repeat((byte)'x', 700).ToArray()), "HUN002"),
            ("no.evtx", Encoding.UTF8.GetBytes("nothing"), "INT070"),
        })
        {
            var (exit, output, errors) = Hunt("--rules", RuleFile(), "--json", Put(name, bytes), At("whole.evtx"));
            Assert.True(errors.Contains(codes, StringComparison.Ordinal), $"{name}: {errors}");
            Assert.Equal(1, exit);
            Assert.Contains("whole.evtx", output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Archives_end_at_a_depth_and_at_what_they_may_unpack_to()
    {
        var nested = Zip(("x.log", "hello\n"u8.ToArray()));
        for (var i = 0; i < 6; i++) nested = Zip(("x.zip", nested));
        var findings = new List<Finding>();
        Assert.Empty(new HuntFiles(findings.Add, eventLog: null).Read(Put("deep.zip", nested)));
        Assert.Equal("HUN009", Assert.Single(findings).Code);

        var bomb = Zip(("bomb.log", new byte[8 << 20]), ("good.log", "hello\n"u8.ToArray()));
        Assert.True(bomb.Length < 20_000);
        findings.Clear();
        var read = new HuntFiles(findings.Add, eventLog: null) { EntryBytesSure = 64 << 10 }.Read(Put("bomb.zip", bomb)).ToList();
        Assert.Equal("HUN006", Assert.Single(findings).Code);
        Assert.Contains("bomb.log", findings[0].Place, StringComparison.Ordinal);
        Assert.Equal("hello", Encoding.UTF8.GetString(read[^1].Record.Span));
        Assert.True(read.Sum(r => (long)r.Record.Length) < 7 << 20);
    }

    [Fact]
    public void People_get_columns_and_the_rules_with_their_hits()
    {
        var (exit, output, _) = Hunt("--rules", RuleFile(), Put("a.evtx", Log("eve", "bob", "e\u001b[2Jva")));
        Assert.Equal(0, exit);
        var lines = output.Split('\n');
        Assert.StartsWith("time                      level          title", lines[0], StringComparison.Ordinal);
        var column = lines[0].IndexOf("host", StringComparison.Ordinal);
        Assert.Equal("ws1", lines[1][column..(column + 3)]);
        Assert.EndsWith("a.evtx:1", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("a.evtx:3", lines[2], StringComparison.Ordinal);
        Assert.Contains("        2  high           User made", lines);
        Assert.Contains(lines, l => l.StartsWith("2 hits in 3 events", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', output);
    }

    [Theory]
    [InlineData("user_made")]
    [InlineData("USER MADE")]
    [InlineData("55555555-5555-4555-8555-555555555555")]
    public void Explaining_says_why_and_why_not(string rule)
    {
        var (exit, output, _) = Hunt("--rules", RuleFile(), "--explain", rule, "--", Put("a.evtx", Log("eve", "bob")), Put("b.log", "{\"Channel\":\"System\",\"EventID\":4720}\n"u8.ToArray()));
        Assert.Equal(0, exit);
        Assert.Contains("a.evtx:1  2026-03-02T08:00:00.000Z  match\n", output, StringComparison.Ordinal);
        Assert.Contains("a.evtx:2  2026-03-02T08:00:00.000Z  no match\n", output, StringComparison.Ordinal);
        Assert.Contains("  made: not met\n    - TargetUserName ~ 'e*'   event has 'bob'\n", output, StringComparison.Ordinal);
        Assert.Contains("  quiet: not met\n    - SubjectUserName ~ 'setup'   event has nothing there\n", output, StringComparison.Ordinal);
        Assert.Contains("not looked at: another log source", output, StringComparison.Ordinal);
        Assert.Contains("User made [55555555-5555-4555-8555-555555555555]: 1 of 3 events match; 1 are of another log source", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Explaining_stops_at_its_limit_and_gives_json()
    {
        var (exit, output, _) = Hunt("--rules", RuleFile(), "--json", "--explain", "user_made", "--limit", "1", Put("a.evtx", Log("eve", "bob")));
        Assert.Equal(0, exit);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(2, lines.Count);
        Assert.True(lines[0].GetProperty("matched").GetBoolean());
        Assert.Equal("made", lines[0].GetProperty("searches")[0].GetProperty("name").GetString());
        Assert.Equal(1, lines[1].GetProperty("summary").GetProperty("matched").GetInt32());
        Assert.Equal(2, Hunt("--rules", RuleFile(), "--explain", "no such", At("a.evtx")).Exit);
    }

    [Theory]
    [InlineData("--threads", "0")]
    [InlineData("--threads", "many")]
    [InlineData("--limit", "5")]
    [InlineData("--explain")]
    [InlineData("--nonsense")]
    public void A_wrong_call_says_what_is_wrong(params string[] args)
    {
        var (exit, _, errors) = Hunt(["--rules", RuleFile(), "--", RuleFile(), .. args]);
        Assert.Equal(2, exit);
        Assert.Contains(args[0], errors.Split('\n')[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Stopped_it_reports_what_was_done()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var (exit, output, _) = Hunt(stop.Token, "--rules", RuleFile(), "--threads", "1", Put("a.evtx", Log("eve")));
        Assert.Equal(130, exit);
        Assert.Contains("Stopped before the end.", output, StringComparison.Ordinal);
        Assert.Contains("0 hits in 0 events", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_is_one_line_a_few_times_a_second()
    {
        var (clock, errors) = (new TestClock(), new StringWriter());
        var progress = new HuntProgress(errors, on: true, clock);
        for (var i = 0; i < 100; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            progress.Update(i, i * 1_000_000, 3);
        }
        progress.Hide();
        Assert.Equal(4 + 2, errors.ToString().Count(c => c == '\r'));
        Assert.DoesNotContain('\n', errors.ToString());
        Assert.Contains("24 events, 24 MB, 96.0 MB/s, 3 hits", errors.ToString(), StringComparison.Ordinal);
        var quiet = new StringWriter();
        new HuntProgress(quiet, on: false, clock).Update(1, 1, 1);
        Assert.Equal("", quiet.ToString());
    }
}
