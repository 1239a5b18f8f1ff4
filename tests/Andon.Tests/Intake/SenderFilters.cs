using System.Diagnostics;
using System.Text;
using Andon.Intake.Sources.Usage;

namespace Andon.Tests.Intake;

/// <summary>Filters for senders, tried by the real rsyslog and syslog-ng: exactly the named events vanish, all others pass.</summary>
public sealed class SenderFilters
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    // Two kinds of sshd beside another program that says the same words.
    static readonly string[] Lines =
    [
        .. Enumerable.Range(0, 20).Select(i => $"<38>Mar  2 07:59:{i:00} web01 sshd[{i}]: Connection closed by 203.0.113.{i} port {2000 + i}"),
        .. Enumerable.Range(0, 20).Select(i => $"<38>Mar  2 07:59:{i:00} web01 sshd[{i}]: Accepted password for user{i} from 203.0.113.{i} port {2000 + i} ssh2"),
        .. Enumerable.Range(0, 5).Select(i => $"<38>Mar  2 07:59:{i:00} web01 proxy[{i}]: Connection closed by 203.0.113.{i} port {2000 + i}"),
    ];

    static List<FilterSample> Samples(params string[] lines)
    {
        using var batch = Lab.Normaliser.Normalise(Lab.Records(Lab.Udp, lines));
        return [.. Enumerable.Range(0, batch.Count).Select(i => FilterSource.SampleOf(batch[i]))];
    }

    static (SenderFilter Filter, string Kind) Closed()
    {
        var samples = Samples(Lines);
        var kind = samples[0].Kind;
        Assert.NotEqual(samples[20].Kind, kind);
        var filter = SenderFilter.Find(kind, samples);
        Assert.NotNull(filter);
        return (filter, kind);
    }

    [Xunit.Fact]
    public void A_filter_drops_its_kind_and_nothing_else()
    {
        var (filter, _) = Closed();
        Assert.Equal((20, 0, 0), FilterSource.Try(filter, Samples(Lines[..40])));
        Assert.Equal("sshd", filter.Program);
        Assert.Contains("Connection closed", filter.Words, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public void Where_nothing_tells_a_kind_apart_there_is_no_filter()
    {
        var samples = Enumerable.Range(0, 10).SelectMany(i => new[] { new FilterSample("a", "app", "", $"job {i} done"), new FilterSample("b", "app", "", $"job {i} done") }).ToList();
        Assert.Null(SenderFilter.Find("a", samples));
        // Words that a filter language could read as more than themselves are never used.
        Assert.Null(SenderFilter.Find("a", [.. Enumerable.Range(0, 10).Select(i => new FilterSample("a", "app", "", "\"$(rm)\" %x {y}"))]));
        Assert.Null(SenderFilter.Find("a", [.. Enumerable.Range(0, 10).Select(i => new FilterSample("a", "a\"p", "", "words enough here"))]));
    }

    [Xunit.Fact]
    public void Windows_events_are_told_apart_by_number_and_channel()
    {
        var samples = Enumerable.Range(0, 6).Select(i => new FilterSample("5156", "", "Security", "")).Append(new("4624", "", "Security", "")).ToList();
        var filter = SenderFilter.Find("5156", samples);
        Assert.NotNull(filter);
        Assert.Equal((6, 0, 0), FilterSource.Try(filter, samples));
        Assert.Contains(filter.Snippets(), s => s.Program == "winlogbeat" && s.Text.Contains("5156", StringComparison.Ordinal));
        Assert.Contains(filter.Snippets(), s => s.Program == "windows-subscription" && s.Text.Contains("<Suppress Path=\"Security\">*[System[(EventID=5156)]]</Suppress>", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Security\n        processors: []", false)]
    [InlineData("Security\"><Select Path=\"System\">*</Select>", false)]
    [InlineData("' || true || '", false)]
    [InlineData("- Security", false)]
    [InlineData("Microsoft-Windows-Sysmon/Operational", true)]
    public void What_an_event_calls_its_channel_is_never_more_than_a_name_in_a_senders_settings(string channel, bool plain)
    {
        var samples = Enumerable.Range(0, 6).Select(i => new FilterSample("5156", "", channel, "")).ToList();
        Assert.Equal(plain, SenderFilter.Find("5156", samples) is not null);
    }

    /// <summary>What was learned of programs that are not at hand here: Fluent Bit's grep compares texts only, Winlogbeat's numbers are texts, and in VRL ?? binds less than ==.</summary>
    [Xunit.Fact]
    public void Snippets_for_programs_that_are_not_run_keep_to_what_is_known_of_them()
    {
        var windows = new SenderFilter("5156", "", "Security", "").Snippets().ToDictionary(s => s.Program, s => s.Text);
        Assert.DoesNotContain("Name       grep", windows["fluent-bit"], StringComparison.Ordinal);
        Assert.Contains("Event_Query  *[System[(EventID!=5156)]]", windows["fluent-bit"], StringComparison.Ordinal);
        Assert.DoesNotContain("equals", windows["winlogbeat"], StringComparison.Ordinal);
        Assert.Contains("event_id: \"-5156\"", windows["winlogbeat"], StringComparison.Ordinal);
        foreach (var vector in new[] { windows["vector"], Closed().Filter.Snippets().Single(s => s.Program == "vector").Text })
            Assert.Contains(" ?? \"\")", vector, StringComparison.Ordinal);
    }

    /// <summary>auditd's own reader of rules (libaudit), which needs no rights and changes nothing.</summary>
    [Xunit.Fact]
    public unsafe void Auditds_own_reader_takes_its_rule()
    {
        Assert.SkipUnless(System.Runtime.InteropServices.NativeLibrary.TryLoad("libaudit.so.1", out var library), "libaudit is not installed: apt-get install libaudit1.");
        var read = (delegate* unmanaged<void**, byte*, int, int>)System.Runtime.InteropServices.NativeLibrary.GetExport(library, "audit_rule_fieldpair_data");
        Assert.Equal(0, Read("msgtype=USER_END"));
        Assert.NotEqual(0, Read("msgtype=NO_SUCH_TYPE"));
        foreach (var type in new[] { "USER_END", "CRED_DISP", "SERVICE_START", "CWD", "PROCTITLE", "NETFILTER_CFG" })
        {
            var rule = new SenderFilter("k", "auditd", "", "type=" + type).Snippets().Single(s => s.Program == "auditd").Text;
            Assert.StartsWith("-a always,exclude -F ", rule, StringComparison.Ordinal);
            Assert.EndsWith("\n", rule, StringComparison.Ordinal);
            Assert.Equal(0, Read(rule["-a always,exclude -F ".Length..].Trim()));
        }

        int Read(string pair)
        {
            const int RuleBytes = 4096, FilterExclude = 5; // More than its struct of a rule without texts.
            var rule = System.Runtime.InteropServices.NativeMemory.AllocZeroed(RuleBytes);
            try
            {
                fixed (byte* text = Encoding.ASCII.GetBytes(pair + "\0")) return read(&rule, text, FilterExclude);
            }
            finally
            {
                System.Runtime.InteropServices.NativeMemory.Free(rule);
            }
        }
    }

    [Xunit.Fact]
    public void Each_snippet_is_tried_as_its_own_program_reads_it()
    {
        var (filter, kind) = Closed();
        var samples = Samples(Lines[..40]);
        Assert.Equal(["rsyslog", "syslog-ng", "fluent-bit", "vector"], filter.Snippets(samples).Select(s => s.Program));
        // A program of a like name, or the words elsewhere, would be dropped by a pattern that is not held at both ends.
        Assert.Empty(filter.Snippets([.. samples, new("other", "sshd", "", "Connection closed by someone")]));
        Assert.Equal(4, filter.Snippets([.. samples, new("other", "sshd-session", "", "Connection closed by someone")]).Count);
        var windows = new SenderFilter("5156", "", "Security", "");
        FilterSample[] events = [new("5156", "", "Security", ""), new("15156", "", "Security", ""), new("5156x", "", "Security", "")];
        Assert.Equal(["winlogbeat", "windows-subscription", "fluent-bit", "vector"], windows.Snippets(events).Select(s => s.Program));
        Assert.Empty(windows.Snippets([.. events, new("5156", "", "System", "")]));
        Assert.Equal(kind, samples[0].Kind);
    }

    [Xunit.Fact]
    public void Auditd_leaves_out_whole_types_and_is_offered_only_where_that_is_the_kind()
    {
        var filter = new SenderFilter("ended-session", "auditd", "", "type=USER_END");
        FilterSample mine = new("ended-session", "auditd", "", "type=USER_END msg=audit(1): res=success"), other = new("started-session", "auditd", "", "type=USER_START msg=audit(2)");
        Assert.Contains(filter.Snippets([mine, other]), s => s.Program == "auditd" && s.Text.Contains("msgtype=USER_END", StringComparison.Ordinal));
        var finer = filter with { Words = "type=USER_END op=PAM:session_close" };
        Assert.DoesNotContain(finer.Snippets([mine with { Text = "type=USER_END op=PAM:session_close" }, mine with { Kind = "another", Text = "type=USER_END op=login" }]), s => s.Program == "auditd");
    }

    [Xunit.Fact]
    public async Task The_real_rsyslog_drops_exactly_the_named_events()
    {
        const string Rsyslogd = "/usr/sbin/rsyslogd";
        Assert.SkipUnless(File.Exists(Rsyslogd), "rsyslogd is not installed: apt-get install rsyslog.");
        var (filter, _) = Closed();
        using var folder = new TempFolder();
        var (socket, output) = (folder.File("in.sock"), folder.File("out.log"));
        var config = folder.File("rsyslog.conf");
        await File.WriteAllTextAsync(config, $$"""
            global(workDirectory="{{folder.Path}}")
            module(load="imuxsock" SysSock.Use="off")
            input(type="imuxsock" Socket="{{socket}}" ParseTrusted="off" UseSpecialParser="off" ParseHostname="on" RateLimit.Interval="0")
            {{filter.Snippets().Single(s => s.Program == "rsyslog").Text}}
            template(name="plain" type="string" string="%programname%:%msg%\n")
            *.* action(type="omfile" file="{{output}}" template="plain")

            """, Stop);
        // The program's own check of its text, before it runs.
        using (var check = Process.Start(new ProcessStartInfo(Rsyslogd, ["-N1", "-f", config]) { RedirectStandardError = true })!)
        {
            var said = await check.StandardError.ReadToEndAsync(Stop);
            await check.WaitForExitAsync(Stop);
            Assert.True(check.ExitCode == 0 && !said.Contains("error", StringComparison.OrdinalIgnoreCase), said);
        }
        using var process = Process.Start(new ProcessStartInfo(Rsyslogd, ["-n", "-f", config, "-i", folder.File("pid")]) { RedirectStandardError = true })!;
        try
        {
            await Send(socket, Lines, output, 25);
            var kept = await File.ReadAllLinesAsync(output, Stop);
            Check(kept);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Xunit.Fact]
    public async Task The_real_syslog_ng_drops_exactly_the_named_events()
    {
        // Beside rsyslog, with which its package quarrels: unpacked, not installed.
        var root = Environment.GetEnvironmentVariable("ANDON_UNPACKED") ?? Path.Combine(SharedData.RepositoryRoot, ".run", "unpacked");
        var program = Path.Combine(root, "usr", "sbin", "syslog-ng");
        Assert.SkipUnless(File.Exists(program), "syslog-ng is not unpacked: ./test does it where it may.");
        var (filter, _) = Closed();
        using var folder = new TempFolder();
        var (socket, output) = (folder.File("in.sock"), folder.File("out.log"));
        var config = folder.File("syslog-ng.conf");
        var snippet = filter.Snippets().Single(s => s.Program == "syslog-ng").Text;
        var name = snippet.Split(' ')[1];
        await File.WriteAllTextAsync(config, $$"""
            @version: 3.38
            options { keep-hostname(yes); stats-freq(0); };
            source s_in { unix-dgram("{{socket}}" flags(expect-hostname)); };
            {{snippet}}
            destination d_out { file("{{output}}" template("${PROGRAM}: ${MESSAGE}\n") flush-lines(1)); };
            log { source(s_in); filter({{name}}); destination(d_out); };

            """, Stop);
        var library = Directory.GetDirectories(Path.Combine(root, "usr", "lib"), "*-linux-*").Single();
        var modules = Directory.GetDirectories(Path.Combine(root, "usr", "lib", "syslog-ng")).Single();
        var start = new ProcessStartInfo(program, ["-F", "-f", config, "--module-path", modules, "--persist-file", folder.File("persist"), "--pidfile", folder.File("pid"), "--control", folder.File("ctl"), "--no-caps"]) { RedirectStandardError = true };
        start.Environment["LD_LIBRARY_PATH"] = $"{library}:{Path.Combine(root, "usr", "lib", "syslog-ng")}";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await Send(socket, Lines, output, 25);
            Check(await File.ReadAllLinesAsync(output, Stop));
        }
        finally
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            await errors;
        }
    }

    static void Check(string[] kept)
    {
        Assert.Equal(25, kept.Length);
        Assert.Equal(20, kept.Count(k => k.StartsWith("sshd:", StringComparison.Ordinal) && k.Contains("Accepted password", StringComparison.Ordinal)));
        Assert.Equal(5, kept.Count(k => k.StartsWith("proxy:", StringComparison.Ordinal)));
    }

    /// <summary>Sends the lines, and waits until as many are written as should be, and then some.</summary>
    static async Task Send(string path, string[] lines, string output, int expected)
    {
        var watch = Stopwatch.StartNew();
        while (!File.Exists(path))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "The program did not open its socket.");
            await Task.Delay(50, Stop);
        }
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Unspecified);
        await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(path), Stop);
        foreach (var line in lines) await socket.SendAsync(Encoding.UTF8.GetBytes(line), Stop);
        while (!File.Exists(output) || (await File.ReadAllLinesAsync(output, Stop)).Length < expected)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "Too few lines came out.");
            await Task.Delay(50, Stop);
        }
        // What should have vanished would have come by now.
        await Task.Delay(300, Stop);
    }
}
