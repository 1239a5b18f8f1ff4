using System.Diagnostics;
using System.Globalization;

namespace Andon.Tests.Intake.Clients;

/// <summary>The real rsyslogd: follows a file and sends it on by an action.</summary>
/// <param name="module">What the action's module is called and where it is: nothing where rsyslog has it built in.</param>
sealed class RsyslogClient(string action, string global = "", string? module = null, string template = "RSYSLOG_SyslogProtocol23Format") : FileFedClient
{
    const string Program = "/usr/sbin/rsyslogd";

    // A document as rsyslog's manual makes one for Elasticsearch.
    const string Document = """
        template(name="document" type="list" option.jsonf="on") {
          property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
          property(outname="host.name" name="hostname" format="jsonf")
          property(outname="process.name" name="programname" format="jsonf")
          property(outname="message" name="msg" format="jsonf")
        }
        """;

    /// <summary>A listener with TLS, whose certificates stand in the house's folder.</summary>
    public static int ListenTls(KilledHouse house)
    {
        using var authority = Authority.Make("Tests Authority");
        authority.Give(house.Folder, "server", "andon.test", days: 300);
        authority.Give(house.Folder, "client", "peer01.test", days: 300);
        File.WriteAllText(house.File("ca.pem"), authority.Pem);
        return house.Listen("syslog-tls", ("certificate", house.File("server.pem")), ("key", house.File("server.key")), ("clientCa", house.File("ca.pem")));
    }

    public static RsyslogClient OverTls(int first, KilledHouse house, int port)
    {
        Need("lmnsd_gtls");
        return new(Text($"type=\"omfwd\" target=\"127.0.0.1\" port=\"{port}\" protocol=\"tcp\" TCP_Framing=\"octet-counted\" StreamDriver=\"gtls\" StreamDriverMode=\"1\" StreamDriverAuthMode=\"x509/name\" StreamDriverPermittedPeers=\"andon.test\""),
            $"defaultNetstreamDriver=\"gtls\" defaultNetstreamDriverCAFile=\"{house.File("ca.pem")}\" defaultNetstreamDriverCertFile=\"{house.File("client.pem")}\" defaultNetstreamDriverKeyFile=\"{house.File("client.key")}\"") { First = first };
    }

    public static RsyslogClient OverRelp(int first, int port) =>
        new(Text($"type=\"omrelp\" target=\"127.0.0.1\" port=\"{port}\" windowSize=\"100\" timeout=\"3\""), module: "omrelp") { First = first, KeepsAll = true };

    /// <summary>What an item was refused for is sent again by a ruleset of its own (retryFailures), which is what its manual asks for.</summary>
    public static RsyslogClient OverBulk(int first, int port) =>
        new(Text($"type=\"omelasticsearch\" server=\"http://127.0.0.1\" serverport=\"{port}\" uid=\"peer\" pwd=\"{KilledHouse.Token}\" searchIndex=\"peers\" searchType=\"\" bulkmode=\"on\" retryfailures=\"on\" retryruleset=\"away\""),
            module: Path.Combine(Directory.GetDirectories(Unpacked("usr/lib"), "*-linux-*").First(), "rsyslog", "omelasticsearch.so"), template: "document") { First = first, KeepsAll = true };

    static void Need(string module)
    {
        Assert.SkipUnless(File.Exists(Program), "rsyslogd is not installed: apt-get install rsyslog.");
        Assert.SkipUnless(File.Exists(module) || Directory.EnumerateFiles("/usr/lib", module + ".so", SearchOption.AllDirectories).Any(), $"rsyslog's {module} is not installed: apt-get install rsyslog-relp rsyslog-gnutls rsyslog-openssl.");
    }

    protected override Process Follow()
    {
        Need(module ?? "imfile");
        var config = Folder.File("rsyslog.conf");
        File.WriteAllText(config, $$"""
            global(workDirectory="{{Folder.Path}}" maxMessageSize="64k" {{global}})
            module(load="imfile")
            {{(module is null ? "" : $"module(load=\"{module}\")")}}
            {{(template == "document" ? Document : "")}}
            input(type="imfile" file="{{Input}}" tag="officeapp:" severity="notice" facility="local3" ruleset="away")
            ruleset(name="away") { action({{action}} template="{{template}}" action.resumeRetryCount="-1" action.resumeInterval="1") }

            """);
        return Start(Program, ["-n", "-f", config, "-i", Folder.File("rsyslogd.pid")]);
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
