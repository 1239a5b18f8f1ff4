using System.Globalization;
using System.Text.Json;

namespace Andon.Host.Demo;

/// <summary>
/// An office of our own making: four servers, eight workstations, eleven people, one web site. Seeded, so that each demo tells
/// the same day. Addresses are from the ranges set aside for documentation (RFC 5737) and private use.
/// </summary>
sealed class Office(int seed)
{
    public const string WebServer = "web01", FileServer = "files01", AppServer = "app01", DomainController = "dc01";
    public const string WebServerIp = "10.20.0.11";

    public static readonly string[] People = ["anna", "ben", "carla", "deniz", "emil", "fatima", "goran", "hana", "ivo"];
    static readonly string[] Agents =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
        "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    ];
    static readonly string[] Pages = ["/", "/products", "/products/lamps", "/about", "/contact", "/cart", "/checkout", "/static/site.css", "/static/logo.svg", "/search?q=desk+lamp"];
    static readonly string[] Guesses = ["admin", "test", "oracle", "postgres", "ubuntu", "git", "pi", "user"];

    readonly Random dice = new(seed);
    int pid = 2200;
    long logon = 0x3a1f0;
    /// <summary>Each event log of each machine counts its own records, without a gap: a gap would tell of loss.</summary>
    readonly Dictionary<(string Host, string Channel), long> records = [];

    /// <summary>How busy the office is at that time: less at night and on days off.</summary>
    public static double Busy(DateTimeOffset at) =>
        at.Hour is >= 7 and < 18 && at.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) ? 1 : 0.25;

    /// <summary>What happens in one second, at so many things a second.</summary>
    public IEnumerable<DemoLine> Second(DateTimeOffset at, double pace)
    {
        for (var due = pace; due > 0; due--)
            if (due >= 1 || dice.NextDouble() < due)
                foreach (var line in Something(at.AddMilliseconds(dice.Next(1000))))
                    yield return line;
    }

    IEnumerable<DemoLine> Something(DateTimeOffset at) => dice.Next(1000) switch
    {
        < 520 => [Web(at, $"198.51.100.{dice.Next(1, 255)}", "GET", Pick(Pages), dice.Next(30) == 0 ? 404 : 200, Pick(Agents))],
        < 700 => [WindowsLogon(at, Pick(People), Workstation(), "10.20.1." + dice.Next(10, 40), ok: true, type: 3)],
        < 790 => [Windows(at, Workstation(), 4634, new { TargetUserName = Pick(People), TargetLogonId = Logon() })],
        < 860 => Process(at, Workstation(), Pick(People)),
        < 900 => [Cron(at, Pick([WebServer, FileServer]))],
        < 935 => SshByOps(at),
        < 960 => [Sudo(at, FileServer, "ops", Pick(["/usr/bin/apt-get update", "/usr/bin/systemctl status smbd", "/usr/bin/df -h", "/usr/bin/journalctl -u smbd"]))],
        < 975 => [WindowsLogon(at, Pick(People), Workstation(), "10.20.1." + dice.Next(10, 40), ok: false, type: 2)],
        < 985 => [Auth(at, FileServer, "sshd", $"Failed password for {Pick(People)} from 10.20.1.{dice.Next(10, 40)} port {Port()} ssh2")],
        < 995 => Stranger(at),
        _ => Rare(at),
    };

    /// <summary>Internet background noise at the web server: one address tries a few names and goes away.</summary>
    IEnumerable<DemoLine> Stranger(DateTimeOffset at)
    {
        var from = $"192.0.2.{dice.Next(1, 255)}";
        if (dice.Next(3) == 0) return [Web(at, from, "GET", Pick(["/wp-login.php", "/.env", "/.git/config", "/phpmyadmin/"]), 404, "Mozilla/5.0 zgrab/0.x")];
        var name = Pick(Guesses);
        var port = Port();
        return
        [
            Auth(at, WebServer, "sshd", $"Invalid user {name} from {from} port {port}"),
            Auth(at.AddMilliseconds(400), WebServer, "sshd", $"Failed password for invalid user {name} from {from} port {port} ssh2"),
            Auth(at.AddMilliseconds(900), WebServer, "sshd", $"Connection closed by invalid user {name} {from} port {port} [preauth]"),
        ];
    }

    /// <summary>Lawful work that looks a little like an attack.</summary>
    IEnumerable<DemoLine> Rare(DateTimeOffset at) => dice.Next(5) switch
    {
        0 => [Windows(at, DomainController, 4720, new { TargetUserName = "trainee" + dice.Next(1, 9), SubjectUserName = "hr-admin", SubjectLogonId = Logon() })],
        1 => [Windows(at, Workstation(), 4698, new { TaskName = @"\Vendor\UpdateCheck", SubjectUserName = Pick(People), TaskContent = "<Exec><Command>C:\\Program Files\\Vendor\\update.exe</Command></Exec>" })],
        2 => [Sudo(at, FileServer, "ops", "/bin/bash")],
        3 => [Sysmon(at, Workstation(), "SYSTEM", @"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", "powershell.exe -NoProfile -enc UwB0AGEAdAB1AHMA", @"C:\Program Files\Fleet\agent.exe")],
        _ => [Auth(at, FileServer, "sudo", "    goran : user NOT in sudoers ; TTY=pts/1 ; PWD=/home/goran ; USER=root ; COMMAND=/usr/bin/apt-get install htop")],
    };

    IEnumerable<DemoLine> SshByOps(DateTimeOffset at)
    {
        var host = Pick([WebServer, FileServer]);
        var process = pid += dice.Next(3, 40);
        return
        [
            Auth(at, host, "sshd", $"Accepted publickey for ops from 10.20.1.9 port {Port()} ssh2: ED25519 SHA256:h8Zq0wJm3kC9xv2b7YtLr5", process),
            Auth(at.AddMilliseconds(50), host, "sshd", "pam_unix(sshd:session): session opened for user ops(uid=1001) by ops(uid=0)", process),
        ];
    }

    IEnumerable<DemoLine> Process(DateTimeOffset at, string host, string user)
    {
        var (image, parent) = Pick<(string, string)>(
        [
            (@"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE", @"C:\Windows\explorer.exe"),
            (@"C:\Program Files\Google\Chrome\Application\chrome.exe", @"C:\Windows\explorer.exe"),
            (@"C:\Windows\System32\svchost.exe", @"C:\Windows\System32\services.exe"),
            (@"C:\Windows\System32\conhost.exe", @"C:\Windows\System32\cmd.exe"),
        ]);
        return [Sysmon(at, host, user, image, $"\"{image}\"", parent)];
    }

    // Lines in the forms that real programs write -------------------------------------------------------------------

    public DemoLine Auth(DateTimeOffset at, string host, string program, string message, int? process = null) =>
        new(at, DemoRoad.SyslogTcp, Syslog(10, at, host, program, process ?? (pid += dice.Next(1, 9)), message));

    public DemoLine Sudo(DateTimeOffset at, string host, string user, string command) =>
        Auth(at, host, "sudo", $"    {user} : TTY=pts/0 ; PWD=/home/{user} ; USER=root ; COMMAND={command}");

    DemoLine Cron(DateTimeOffset at, string host) =>
        new(at, DemoRoad.SyslogUdp, Syslog(9, at, host, "CRON", pid += dice.Next(1, 9), "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)"));

    public DemoLine Web(DateTimeOffset at, string from, string method, string path, int status, string agent) =>
        new(at, DemoRoad.File, string.Create(CultureInfo.InvariantCulture,
            $"{from} - - [{at:dd/MMM/yyyy:HH:mm:ss} +0000] \"{method} {path} HTTP/1.1\" {status} {dice.Next(200, 60_000)} \"-\" \"{agent}\""));

    public DemoLine WindowsLogon(DateTimeOffset at, string user, string host, string from, bool ok, int type) =>
        Windows(at, host, ok ? 4624 : 4625, new
        {
            TargetUserName = user,
            TargetDomainName = "HARBOUR",
            TargetLogonId = Logon(),
            LogonType = type.ToString(CultureInfo.InvariantCulture),
            IpAddress = from,
            IpPort = Port().ToString(CultureInfo.InvariantCulture),
            Status = ok ? "0x0" : "0xc000006d",
            SubStatus = ok ? "0x0" : "0xc000006a",
        });

    public DemoLine Windows(DateTimeOffset at, string host, int eventId, object data) =>
        WindowsDocument(at, host, "Security", "Microsoft-Windows-Security-Auditing", eventId, data);

    public DemoLine Sysmon(DateTimeOffset at, string host, string user, string image, string commandLine, string parent) =>
        WindowsDocument(at, host, "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", 1, new
        {
            UtcTime = at.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
            ProcessGuid = "{" + new Guid(dice.Next(), 7, 9, 1, 2, 3, 4, 5, 6, 7, 8).ToString() + "}",
            ProcessId = (pid += dice.Next(1, 9)).ToString(CultureInfo.InvariantCulture),
            Image = image,
            CommandLine = commandLine,
            ParentImage = parent,
            User = $@"HARBOUR\{user}",
        });

    DemoLine WindowsDocument(DateTimeOffset at, string host, string channel, string provider, int eventId, object data)
    {
        var record = records[(host, channel)] = records.GetValueOrDefault((host, channel), 41_200) + 1;
        var document = new Dictionary<string, object?>
        {
            ["@timestamp"] = at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["winlog"] = new Dictionary<string, object?>
            {
                ["channel"] = channel,
                ["provider_name"] = provider,
                ["event_id"] = eventId.ToString(CultureInfo.InvariantCulture),
                ["computer_name"] = $"{host}.harbour.example",
                ["record_id"] = record,
                ["event_data"] = data,
            },
            ["host"] = new Dictionary<string, object?> { ["name"] = host },
        };
        return new(at, DemoRoad.Bulk, JsonSerializer.Serialize(document));
    }

    static string Syslog(int facility, DateTimeOffset at, string host, string program, int process, string message) =>
        string.Create(CultureInfo.InvariantCulture, $"<{(facility * 8) + 6}>1 {at:yyyy-MM-dd'T'HH:mm:ss.fffK} {host} {program} {process} - - {message}");

    string Workstation() => $"ws-{Pick(People)}";
    string Logon() => $"0x{logon += dice.Next(1, 999):x}";
    public int Port() => dice.Next(32_768, 60_999);
    T Pick<T>(T[] of) => of[dice.Next(of.Length)];
}
