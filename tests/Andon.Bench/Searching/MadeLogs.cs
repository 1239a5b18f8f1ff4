using System.Globalization;
using System.Text;
using Andon.Model;

namespace Andon.Bench.Searching;

/// <summary>
/// Raw lines as an ordinary company sends them: sshd 18 %, sudo 6 %, web access 28 %, Sysmon 22 %, flows 16 %, cloud 10 %; some 600 bytes each. Random
/// ids and hashes are hard on compression and on token indexes, so the figures are rather too low than too high. One seed, one text.
/// </summary>
sealed class MadeLogs(int events, int seed = 1)
{
    public const int Days = 5;
    public const string Needle = "needle4711x";
    public const string RareUnit = "unit917rare";
    public const string Substring = "eedle4711";
    public const long FromMs = 1_772_409_600_000;

    readonly Random random = new(seed);
    readonly StringBuilder line = new();
    readonly byte[] hash = new byte[16];

    /// <summary>Milliseconds between two events.</summary>
    public double StepMs { get; } = Days * 86_400_000.0 / events;

    public static readonly Origin Sent = new("syslog", "10.0.0.9");

    public Record Next(int number)
    {
        var at = FromMs + (long)(number * StepMs);
        Write(number, at);
        return new((ulong)number + 1, at + 40, Sent, Encoding.UTF8.GetBytes(line.ToString()));
    }

    void Write(int number, long at)
    {
        line.Clear();
        var time = UnixMs.ToIso(at);
        var host = random.Next(200);
        var user = random.Next(400);
        var mark = number == events / 2 ? " " + Needle : number % 5479 == 11 ? " " + RareUnit : "";
        switch (random.Next(100))
        {
            case < 18:
                // A few addresses guess passwords, as they do.
                var guess = random.Next(10) == 0;
                Put($"<38>1 {time} lnx{host} sshd {random.Next(400, 40000)} - - {(random.Next(3) > 0 || guess ? "Failed" : "Accepted")} password for user{(guess ? random.Next(9) : user)} from {(guess ? $"198.51.100.{random.Next(20)}" : Address())} port {random.Next(1024, 65535)} ssh2{mark}");
                break;
            case < 24:
                Put($"<85>1 {time} lnx{host} sudo - - - user{user} : TTY=pts/{random.Next(9)} ; PWD=/home/user{user} ; USER=root ; COMMAND=/usr/bin/systemctl restart unit{random.Next(50)}{mark}");
                break;
            case < 52:
                Put($"<134>1 {time} web{host % 12} nginx {random.Next(900, 990)} - - {Address()} - - [{DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("dd/MMM/yyyy:HH:mm:ss +0000", CultureInfo.InvariantCulture)}] \"{(random.Next(6) == 0 ? "POST" : "GET")} /app/{random.Next(500)}/item?id={Hash()}&session={Hash()} HTTP/1.1\" {(random.Next(9) == 0 ? 404 : 200)} {random.Next(90000)} \"https://shop.example/catalogue/{random.Next(3000)}?from={Hash()}\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/13{random.Next(9)}.0.{random.Next(9)}.0 Safari/537.36{mark}\"");
                break;
            case < 74:
                Put($$"""{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon","Hostname":"WS{{host}}.corp.example","RecordNumber":{{number}},"EventTime":"{{time}}","UtcTime":"{{time[..^1].Replace('T', ' ')}}","ProcessGuid":"{{{Hash()}}}","ProcessId":"{{random.Next(60000)}}","Image":"C:\\Windows\\System32\\{{Images[random.Next(Images.Length)]}}","CommandLine":"C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Service{{random.Next(3000)}}{{mark}}","User":"CORP\\user{{user}}","ParentImage":"C:\\Windows\\System32\\services.exe","ParentCommandLine":"C:\\Windows\\system32\\services.exe","Hashes":"SHA256={{Hash()}}{{Hash()}}","IntegrityLevel":"System","CurrentDirectory":"C:\\Windows\\system32\\","ParentProcessGuid":"{{{Hash()}}}","LogonId":"0x3e7","TerminalSessionId":"0","Company":"Contoso Corporation","Product":"Operating System","FileVersion":"10.0.19041.1"}""");
                break;
            case < 90:
                Put($$"""{"timestamp":"{{time}}","event_type":"flow","src_ip":"{{Address()}}","src_port":{{random.Next(65535)}},"dest_ip":"172.16.{{random.Next(255)}}.{{random.Next(255)}}","dest_port":{{(random.Next(2) == 0 ? 443 : 53)}},"proto":"TCP","app_proto":"tls","flow_id":{{random.NextInt64()}},"in_iface":"eth0","host":"sensor{{host % 8}}","flow":{"pkts_toserver":{{random.Next(900)}},"pkts_toclient":{{random.Next(900)}},"bytes_toserver":{{random.Next(900000)}},"bytes_toclient":{{random.Next(900000)}},"start":"{{time}}","state":"closed","reason":"timeout","alerted":false},"community_id":"1:{{Hash()}}","note":"flow{{mark}}"}""");
                break;
            default:
                Put($$"""{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AID{{Hash()}}","arn":"arn:aws:iam::123456789012:user/user{{user}}","accountId":"123456789012","userName":"user{{user}}"},"eventTime":"{{time}}","eventSource":"s3.amazonaws.com","eventName":"{{(random.Next(40) == 0 ? "PutBucketPolicy" : "GetObject")}}","awsRegion":"eu-west-1","sourceIPAddress":"{{Address()}}","userAgent":"aws-cli/2.15.{{random.Next(30)}}","requestParameters":{"bucketName":"data-{{random.Next(90)}}","key":"in/{{Hash()}}{{mark}}"},"responseElements":null,"requestID":"{{Hash()}}","eventID":"{{Hash()}}","readOnly":true,"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"123456789012","eventCategory":"Data"}""");
                break;
        }
    }

    static readonly string[] Images = ["svchost.exe", "cmd.exe", "conhost.exe", "powershell.exe", "taskhostw.exe", "dllhost.exe", "wmiprvse.exe", "rundll32.exe"];

    void Put(FormattableString text) => line.Append(text.ToString(CultureInfo.InvariantCulture));

    string Address() => string.Create(CultureInfo.InvariantCulture, $"10.{random.Next(4)}.{random.Next(256)}.{random.Next(256)}");

    string Hash()
    {
        random.NextBytes(hash);
        return Convert.ToHexStringLower(hash);
    }
}
