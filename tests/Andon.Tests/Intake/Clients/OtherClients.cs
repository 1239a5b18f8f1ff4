using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Andon.Tests.Intake.Clients;

/// <summary>The real syslog-ng: follows a file and sends it on. Its package quarrels with rsyslog's, so it is unpacked and not installed.</summary>
sealed class SyslogNgClient(string destination, string head = "") : FileFedClient
{
    public static SyslogNgClient OverBulk(int first, int port) => new(
        string.Create(CultureInfo.InvariantCulture, $"elasticsearch-http(url(\"http://127.0.0.1:{port}/_bulk\") index(\"peers\") type(\"\") user(\"peer\") password(\"{KilledHouse.Token}\") batch-lines(100) batch-timeout(100) workers(1) timeout(3) retries(1000) time-reopen(1))"),
        $"@include \"{Path.Combine(Unpacked("usr/share/syslog-ng/include/scl/elasticsearch"), "elastic-http.conf")}\"") { First = first, KeepsAll = true };

    protected override Process Follow()
    {
        var program = Unpacked("usr/sbin/syslog-ng");
        var modules = Directory.GetDirectories(Unpacked("usr/lib/syslog-ng")).Single();
        var config = Folder.File("syslog-ng.conf");
        File.WriteAllText(config, $$"""
            @version: 3.38
            {{head}}
            options { keep-hostname(yes); stats-freq(0); time-reopen(1); };
            source s_in { file("{{Input}}" follow-freq(0.1) flags(no-parse) program-override("officeapp")); };
            destination d_out { {{destination}}; };
            log { source(s_in); destination(d_out); flags(flow-control); };

            """);
        return Start(program, ["-F", "-f", config, "--module-path", modules, "--persist-file", Folder.File("persist"), "--pidfile", Folder.File("pid"), "--control", Folder.File("ctl"), "--no-caps"],
            ("LD_LIBRARY_PATH", $"{Libraries}:{Unpacked("usr/lib/syslog-ng")}"));
    }
}

/// <summary>util-linux' logger, a line of its input a message. It ends when it cannot connect; then the next one goes on, as a script would do.</summary>
sealed class LoggerClient(int port) : FedClient
{
    Process? logger;

    protected override Task Open()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/logger"), "logger is not installed: apt-get install bsdutils.");
        return Task.CompletedTask;
    }

    protected override async Task Give(int from, int to)
    {
        while (!Over)
        {
            if (logger is { HasExited: true })
            {
                await Stopped(logger);
                logger = null;
                await Task.Delay(100, Stop);
            }
            logger ??= Start("/usr/bin/logger", ["--server", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--tcp", "--octet-count", "--rfc5424", "--tag", "officeapp"]);
            try
            {
                await logger.StandardInput.WriteAsync(string.Concat(Enumerable.Range(from, to - from).Select(n => Line(n) + "\n")).AsMemory(), Stop);
                await logger.StandardInput.FlushAsync(Stop);
                // One that found nobody is about to end, with what it was given.
                for (var waited = 0; waited < 3; waited++) await Task.Delay(1, Stop);
                if (!logger.HasExited) return;
            }
            catch (IOException)
            {
                // It ended; the next one is given the same.
            }
        }
    }

    protected override async Task Close()
    {
        logger?.StandardInput.Close();
        if (logger is not null) await logger.WaitForExitAsync(Stop);
    }

    public override async ValueTask DisposeAsync()
    {
        await Stopped(logger);
        await base.DisposeAsync();
    }
}

/// <summary>
/// The real systemd-journal-upload, without a systemd: it reads a folder of journals, which its sister systemd-journal-remote writes from export text. It
/// remembers how far it came only when the house answered.
/// </summary>
sealed class JournalClient(int port) : FedClient
{
    protected override (int Messages, int Ms) Step => (PeerRun.Messages / 20, 1);

    protected override Task Open()
    {
        Directory.CreateDirectory(Folder.File("journal"));
        return Task.CompletedTask;
    }

    protected override async Task Give(int from, int to)
    {
        var text = new StringBuilder();
        for (var n = from; n < to; n++)
            text.Append(CultureInfo.InvariantCulture, $"__REALTIME_TIMESTAMP={1_772_438_400_000_000 + n}\n__MONOTONIC_TIMESTAMP={1000 + n}\n_BOOT_ID=0123456789abcdef0123456789abcdef\n_HOSTNAME=peer01\nPRIORITY=5\nSYSLOG_IDENTIFIER=officeapp\n_PID=812\nMESSAGE={Line(n)}\n\n");
        var export = Folder.File("export");
        await File.WriteAllTextAsync(export, text.ToString(), Stop);
        Assert.Equal(0, await RunToEnd("systemd-journal-remote", "--output=" + Path.Combine(Folder.File("journal"), string.Create(CultureInfo.InvariantCulture, $"part{from:D5}.journal")), export));
        while (!Over && await RunToEnd("systemd-journal-upload", string.Create(CultureInfo.InvariantCulture, $"--url=http://peer:{KilledHouse.Token}@127.0.0.1:{port}"),
            "--directory=" + Folder.File("journal"), "--save-state=" + Folder.File("state"), "--follow=false") != 0)
            await Task.Delay(50, Stop);
    }

    async Task<int> RunToEnd(string name, params string[] arguments)
    {
        using var process = Start(Unpacked("lib/systemd/" + name), arguments, ("LD_LIBRARY_PATH", Libraries));
        try
        {
            await process.WaitForExitAsync(Stop);
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
