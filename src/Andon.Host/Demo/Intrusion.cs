namespace Andon.Host.Demo;

/// <summary>
/// What happens inside the ordinary day: someone guesses a password over SSH, gets in, makes an account, plants scheduled jobs on
/// two machines and wipes a log. Offsets are from the attack's first packet.
/// </summary>
static class Intrusion
{
    public const string Attacker = "203.0.113.77";
    static readonly string[] Names = ["root", "admin", "deploy", "backup", "www-data"];

    public static IReadOnlyList<DemoLine> Lines(Office office, DateTimeOffset start)
    {
        var lines = new List<DemoLine>();
        DateTimeOffset At(double seconds) => start.AddSeconds(seconds);

        lines.Add(office.Web(At(0), Attacker, "GET", "/.env", 404, "Mozilla/5.0 (compatible; Nuclei - Open-source project)"));
        lines.Add(office.Web(At(1), Attacker, "GET", "/cgi-bin/.%2e/%2e%2e/etc/passwd", 400, "Mozilla/5.0 (compatible; Nuclei - Open-source project)"));

        for (var i = 0; i < 48; i++)
            lines.Add(office.Auth(At(8 + (i * 0.6)), Office.WebServer, "sshd", $"Failed password for {Names[i % Names.Length]} from {Attacker} port {office.Port()} ssh2"));

        lines.Add(office.Auth(At(38), Office.WebServer, "sshd", $"Accepted password for deploy from {Attacker} port {office.Port()} ssh2"));
        lines.Add(office.Auth(At(38.1), Office.WebServer, "sshd", "pam_unix(sshd:session): session opened for user deploy(uid=1004) by deploy(uid=0)"));

        lines.Add(office.Sudo(At(52), Office.WebServer, "deploy", "/usr/sbin/useradd -m -G sudo sysupdate"));
        lines.Add(office.Auth(At(52.4), Office.WebServer, "useradd", "new group: name=sysupdate, GID=1007"));
        lines.Add(office.Auth(At(52.5), Office.WebServer, "useradd", "new user: name=sysupdate, UID=1007, GID=1007, home=/home/sysupdate, shell=/bin/sh, from=/dev/pts/0"));
        lines.Add(office.Auth(At(52.6), Office.WebServer, "useradd", "add 'sysupdate' to group 'sudo'"));

        lines.Add(office.Sudo(At(66), Office.WebServer, "deploy", "/usr/bin/crontab -u sysupdate /tmp/.c"));
        lines.Add(office.Auth(At(66.3), Office.WebServer, "crontab", "(root) REPLACE (sysupdate)"));

        for (var i = 0; i < 4; i++)
            lines.Add(office.WindowsLogon(At(78 + i), "deploy", Office.AppServer, Office.WebServerIp, ok: false, type: 3));
        lines.Add(office.WindowsLogon(At(84), "deploy", Office.AppServer, Office.WebServerIp, ok: true, type: 3));
        lines.Add(office.Windows(At(92), Office.AppServer, 4698, new
        {
            TaskName = @"\Microsoft\Windows\UpdateSync",
            SubjectUserName = "deploy",
            TaskContent = "<Exec><Command>powershell.exe</Command><Arguments>-w hidden -enc SQBFAFgA</Arguments></Exec>",
        }));
        lines.Add(office.Sysmon(At(95), Office.AppServer, "deploy", @"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", "powershell.exe -w hidden -enc SQBFAFgA", @"C:\Windows\System32\svchost.exe"));

        lines.Add(office.Sudo(At(104), Office.WebServer, "deploy", "/usr/bin/truncate -s 0 /var/log/auth.log"));
        return lines;
    }
}
