using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Andon.Intake;

namespace Andon.Tests.Intake;

/// <summary>The real rsyslog over TLS: who is heard, and what is said of certificates.</summary>
public sealed class Rsyslog
{
    const string Rsyslogd = "/usr/sbin/rsyslogd";
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static void Need(string module)
    {
        Assert.SkipUnless(File.Exists(Rsyslogd), "rsyslogd is not installed: apt-get install rsyslog.");
        Assert.SkipUnless(Directory.Exists("/usr/lib") && Directory.EnumerateFiles("/usr/lib", module + ".so", SearchOption.AllDirectories).Any(), $"rsyslog's {module} is not installed: apt-get install rsyslog-relp rsyslog-gnutls rsyslog-openssl.");
    }

    /// <summary>A running rsyslogd that follows a file of numbered lines.</summary>
    static async Task<Process> Start(TempFolder folder, string global, string action)
    {
        var input = folder.File("office.log");
        await File.WriteAllLinesAsync(input, Enumerable.Range(0, PeerRun.Messages).Select(n => string.Create(CultureInfo.InvariantCulture, $"number={n} note=\"größe\"")), Stop);
        var config = folder.File("rsyslog.conf");
        await File.WriteAllTextAsync(config, $$"""
            global(workDirectory="{{folder.Path}}" maxMessageSize="64k" {{global}})
            module(load="imfile")
            input(type="imfile" file="{{input}}" tag="officeapp:" severity="notice" facility="local3" ruleset="away")
            ruleset(name="away") { action({{action}} template="RSYSLOG_SyslogProtocol23Format" action.resumeRetryCount="-1" action.resumeInterval="1") }

            """, Stop);
        var start = new ProcessStartInfo(Rsyslogd, ["-n", "-f", config, "-i", folder.File("rsyslogd.pid")]) { RedirectStandardError = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException();
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    static async Task End(Process process)
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    static async Task Until(Func<Task<bool>> holds, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(90), $"After 90 s it still does not hold that {what}.");
            await Task.Delay(50, Stop);
        }
    }

    [Theory]
    [InlineData("gtls", false)]
    [InlineData("ossl", true)]
    public async Task Over_TLS_with_the_senders_own_certificate(string driver, bool octetCounted)
    {
        Need("lmnsd_" + driver);
        using var folder = new TempFolder();
        using var authority = Authority.Make("Tests Authority");
        authority.Give(folder, "server", "andon.test", days: 10);
        authority.Give(folder, "client", "peer01.test", days: 5);
        File.WriteAllText(folder.File("ca.pem"), authority.Pem);
        await using var house = await IntakeHouse.Start(folder.Path, listeners: new Dictionary<string, ListenerSettings>
        {
            ["syslog-tls"] = new(new(IPAddress.Loopback, 0), Certificate: folder.File("server.pem"), Key: folder.File("server.key"), ClientCa: folder.File("ca.pem")),
        });
        ListenerState State() => house.Listeners.Single(l => l.Name == "syslog-tls");
        await Until(() => Task.FromResult(State().Address.Length > 0), "it listens");
        var port = IPEndPoint.Parse(State().Address).Port;
        var rsyslogd = await Start(folder,
            $"defaultNetstreamDriver=\"{driver}\" defaultNetstreamDriverCAFile=\"{folder.File("ca.pem")}\" defaultNetstreamDriverCertFile=\"{folder.File("client.pem")}\" defaultNetstreamDriverKeyFile=\"{folder.File("client.key")}\"",
            string.Create(CultureInfo.InvariantCulture, $"type=\"omfwd\" target=\"127.0.0.1\" port=\"{port}\" protocol=\"tcp\" TCP_Framing=\"{(octetCounted ? "octet-counted" : "traditional")}\" StreamDriver=\"{driver}\" StreamDriverMode=\"1\" StreamDriverAuthMode=\"x509/name\" StreamDriverPermittedPeers=\"andon.test\""));
        try
        {
            await Until(() => Task.FromResult(State().Received >= PeerRun.Messages), $"all are kept ({string.Join(' ', house.Findings.All.Select(f => f.Message))})");
        }
        finally
        {
            await End(rsyslogd);
        }
        Assert.Equal(PeerRun.Messages, State().Received);
        Assert.Contains(house.Findings.All, f => f.Code == "INT028"); // The server's certificate ends soon,
        Assert.Contains(house.Findings.All, f => f.Code == "INT029" && f.Message.Contains("peer01", StringComparison.Ordinal)); // and the sender's.
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_a_certificate_of_the_authority_nobody_is_heard(bool stranger)
    {
        using var folder = new TempFolder();
        using var authority = Authority.Make("Tests Authority");
        using var other = Authority.Make("Another Authority");
        authority.Give(folder, "server", "andon.test", days: 300);
        other.Give(folder, "client", "stranger.test", days: 300);
        File.WriteAllText(folder.File("ca.pem"), authority.Pem);
        await using var house = await IntakeHouse.Start(folder.Path, listeners: new Dictionary<string, ListenerSettings>
        {
            ["syslog-tls"] = new(new(IPAddress.Loopback, 0), Certificate: folder.File("server.pem"), Key: folder.File("server.key"), ClientCa: folder.File("ca.pem")),
        });
        ListenerState State() => house.Listeners.Single(l => l.Name == "syslog-tls");
        await Until(() => Task.FromResult(State().Address.Length > 0), "it listens");
        await Until(async () =>
        {
            try
            {
                using var tcp = new System.Net.Sockets.TcpClient();
                await tcp.ConnectAsync(IPEndPoint.Parse(State().Address), Stop);
                await using var tls = new System.Net.Security.SslStream(tcp.GetStream());
                var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                trust.CustomTrustStore.ImportFromPem(authority.Pem);
                using var pem = X509Certificate2.CreateFromPemFile(folder.File("client.pem"), folder.File("client.key"));
                using var own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
                await tls.AuthenticateAsClientAsync(new() { TargetHost = "andon.test", ClientCertificates = stranger ? [own] : [], CertificateChainPolicy = trust }, Stop);
                await tls.WriteAsync("<13>never\n"u8.ToArray(), Stop);
                Assert.Equal(0, await tls.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, Stop));
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or System.Net.Sockets.SocketException)
            {
                // As it should be.
            }
            return State().Refused > 0;
        }, "it is turned away");
        Assert.Equal(0, State().Received);
        Assert.Contains(house.Findings.All, f => f.Code == "INT026");
        Assert.DoesNotContain(house.Findings.All, f => f.Code is "INT028" or "INT022");
    }
}
