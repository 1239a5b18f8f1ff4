using System.Diagnostics;
using System.Globalization;

namespace Andon.Tests.Intake.Clients;

/// <summary>The real rsyslogd: follows a file and sends it on by an action.</summary>
sealed class RsyslogClient(string action, string global = "", string modules = "", string template = "RSYSLOG_SyslogProtocol23Format") : FileFedClient
{
    public const string Program = "/usr/sbin/rsyslogd";

    /// <summary>A listener with TLS, whose certificates stand in the house's folder.</summary>
    public static int ListenTls(KilledHouse house)
    {
        using var authority = Authority.Make("Tests Authority");
        authority.Give(house.Folder, "server", "andon.test", days: 300);
        authority.Give(house.Folder, "client", "peer01.test", days: 300);
        File.WriteAllText(house.File("ca.pem"), authority.Pem);
        return house.Listen("syslog-tls", ("certificate", house.File("server.pem")), ("key", house.File("server.key")), ("clientCa", house.File("ca.pem")));
    }

    public static RsyslogClient OverTls(KilledHouse house, int port)
    {
        Need("lmnsd_gtls");
        return new(string.Create(CultureInfo.InvariantCulture, $"type=\"omfwd\" target=\"127.0.0.1\" port=\"{port}\" protocol=\"tcp\" TCP_Framing=\"octet-counted\" StreamDriver=\"gtls\" StreamDriverMode=\"1\" StreamDriverAuthMode=\"x509/name\" StreamDriverPermittedPeers=\"andon.test\""),
            $"defaultNetstreamDriver=\"gtls\" defaultNetstreamDriverCAFile=\"{house.File("ca.pem")}\" defaultNetstreamDriverCertFile=\"{house.File("client.pem")}\" defaultNetstreamDriverKeyFile=\"{house.File("client.key")}\"");
    }

    static void Need(string module)
    {
        Assert.SkipUnless(File.Exists(Program), "rsyslogd is not installed: apt-get install rsyslog.");
        Assert.SkipUnless(Directory.EnumerateFiles("/usr/lib", module + ".so", SearchOption.AllDirectories).Any(), $"rsyslog's {module} is not installed: apt-get install rsyslog-relp rsyslog-gnutls rsyslog-openssl.");
    }

    protected override Process Open()
    {
        Need(action.Contains("omrelp", StringComparison.Ordinal) ? "omrelp" : "imfile");
        var config = Folder.File("rsyslog.conf");
        File.WriteAllText(config, $$"""
            global(workDirectory="{{Folder.Path}}" maxMessageSize="64k" {{global}})
            module(load="imfile")
            {{(action.Contains("omrelp", StringComparison.Ordinal) ? "module(load=\"omrelp\")" : "")}}
            {{modules}}
            input(type="imfile" file="{{Input}}" tag="officeapp:" severity="notice" facility="local3" ruleset="away")
            ruleset(name="away") { action({{action}} template="{{template}}" action.resumeRetryCount="-1" action.resumeInterval="1") }

            """);
        return Start(Program, ["-n", "-f", config, "-i", Folder.File("rsyslogd.pid")]);
    }
}
