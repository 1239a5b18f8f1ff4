using System.Text;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>
/// Law: a Windows event means the same whichever sender brings it. Each event of the table is written in the form of every sender; the ECS fields must be
/// equal, be those that the table says, and a Sigma rule of the event's log source must match. The text for people is German, so nothing may come of it.
/// </summary>
public sealed class WindowsSenders
{
    const string Audit = "Microsoft-Windows-Security-Auditing", Well = "0x8020000000000000", Refused = "0x8010000000000000", Plain = "0x8000000000000000", Sysmon = "Microsoft-Windows-Sysmon", Anna = "S-1-5-21-10-20-30-1104";

    static (string, string)[] D(params string[] pairs) => [.. pairs.Chunk(2).Select(p => (p[0], p[1]))];

    static Dictionary<string, string> E(params string[] pairs) => pairs.Chunk(2).ToDictionary(p => p[0], p => p[1]);

    static WindowsTruth Security(int code, string keywords, (string, string)[] data, Dictionary<string, string> expect, string selection, string? userData = null) =>
        new("Security", code, userData is null ? Audit : "Microsoft-Windows-Eventlog", keywords, userData, data, expect, $"{{ product: windows, service: security }}|{{ EventID: {code}, {selection} }}");

    static WindowsTruth Of(string channel, string provider, int code, (string, string)[] data, Dictionary<string, string> expect, string rule, string? userData = null) => new(channel, code, provider, Plain, userData, data, expect, rule);

    static WindowsTruth Watched(int code, string category, (string, string)[] data, Dictionary<string, string> expect, string selection) =>
        Of("Microsoft-Windows-Sysmon/Operational", Sysmon, code, [("UtcTime", "2026-03-02 07:58:59.500"), .. data], expect, $"{{ product: windows, category: {category} }}|{{ {selection} }}");

    static readonly (string, string)[] Subject = D("SubjectUserSid", Anna, "SubjectUserName", "anna", "SubjectDomainName", "CORP", "SubjectLogonId", "0x3e9a1");
    static readonly (string, string)[] Nobody = D("SubjectUserSid", "S-1-0-0", "SubjectUserName", "-", "SubjectDomainName", "-", "SubjectLogonId", "0x0");

    static readonly WindowsTruth[] Truths =
    [
        Security(4624, Well, [.. Nobody, .. D("TargetUserSid", "S-1-5-21-10-20-30-1001", "TargetUserName", "WS9$", "TargetDomainName", "CORP", "TargetLogonId", "0x5f00", "LogonType", "3", "LogonProcessName", "Kerberos", "AuthenticationPackageName", "Kerberos", "WorkstationName", "-", "ProcessId", "0x0", "ProcessName", "-", "IpAddress", "::ffff:10.0.0.1", "IpPort", "50123")],
            E("user.name", "WS9$", "user.domain", "CORP", "user.id", "S-1-5-21-10-20-30-1001", "source.ip", "10.0.0.1", "source.port", "50123", "event.outcome", "success", "winlog.logon.id", "0x5f00", "process.executable", "", "source.domain", ""), "LogonType: 3, TargetUserName|endswith: '$'"),
        Security(4625, Refused, [.. Nobody, .. D("TargetUserSid", "S-1-0-0", "TargetUserName", "anna", "TargetDomainName", "CORP", "Status", "0xc000006d", "SubStatus", "0xc0000064", "FailureReason", "%%2313", "LogonType", "3", "WorkstationName", "LAPTOP", "ProcessName", "-", "IpAddress", "203.0.113.9", "IpPort", "51826")],
            E("user.name", "anna", "user.id", "", "source.ip", "203.0.113.9", "source.domain", "LAPTOP", "event.outcome", "failure"), "SubStatus: '0xc0000064'"),
        Security(4648, Well, [.. Subject, .. D("TargetUserName", "root", "TargetDomainName", "CORP", "TargetServerName", "db1", "ProcessId", "0x2a0", "ProcessName", @"C:\Windows\System32\runas.exe", "IpAddress", "-", "IpPort", "-")],
            E("user.name", "anna", "user.target.name", "root", "process.pid", "672", "process.name", "runas.exe", "source.ip", "", "source.domain", "", "source.port", ""), "TargetServerName: db1"),
        Security(4672, Well, [.. Subject, .. D("PrivilegeList", "SeDebugPrivilege")], E("user.name", "anna", "user.id", Anna), "PrivilegeList|contains: SeDebug"),
        Security(4688, Well, [.. Subject, .. D("NewProcessId", "0x1588", "NewProcessName", @"C:\Windows\System32\cmd.exe", "CommandLine", "cmd /c \"type \\\\srv\\c$\\x & <y>\"", "ProcessId", "0x32e8", "ParentProcessName", @"C:\Windows\explorer.exe", "TargetUserSid", "S-1-0-0", "TargetUserName", "-", "TargetDomainName", "-", "TokenElevationType", "%%1936")],
            E("process.pid", "5512", "process.parent.pid", "13032", "process.command_line", "cmd /c \"type \\\\srv\\c$\\x & <y>\"", "user.target.name", ""), @"NewProcessName|endswith: '\cmd.exe', CommandLine|contains: '\\srv\c$'"),
        Security(4697, Well, [.. Subject, .. D("ServiceName", "upd", "ServiceFileName", @"C:\u.exe -s")], E("service.name", "upd", "user.name", "anna"), @"ServiceFileName|startswith: 'C:\u'"),
        Security(4698, Well, [.. Subject, .. D("TaskName", @"\Updater", "TaskContent", "<Task version=\"1.2\"><Exec>cmd & x</Exec></Task>")], E("event.action", "scheduled-task-created"), "TaskContent|contains: '<Exec>cmd & x'"),
        Security(4720, Well, [.. D("TargetUserName", "backdoor", "TargetDomainName", "CORP", "TargetSid", "S-1-5-21-10-20-30-1200"), .. Subject], E("user.name", "anna", "user.target.name", "backdoor", "user.target.id", "S-1-5-21-10-20-30-1200"), "TargetUserName: backdoor"),
        Security(4726, Well, [.. D("TargetUserName", "old", "TargetDomainName", "CORP", "TargetSid", "S-1-5-21-10-20-30-1201"), .. Subject], E("user.target.name", "old"), "TargetUserName: old"),
        Security(4728, Well, [.. D("MemberName", @"CN=Novak\, Eva,OU=Staff,DC=corp,DC=example", "MemberSid", "S-1-5-21-10-20-30-1300", "TargetUserName", "Domain Admins", "TargetDomainName", "CORP", "TargetSid", "S-1-5-21-10-20-30-512"), .. Subject],
            E("user.target.name", "Novak, Eva", "user.target.id", "S-1-5-21-10-20-30-1300", "group.name", "Domain Admins", "user.name", "anna"), "TargetUserName: Domain Admins"),
        Security(4732, Well, [.. D("MemberName", "-", "MemberSid", "S-1-5-21-10-20-30-1300", "TargetUserName", "Administrators", "TargetDomainName", "Builtin", "TargetSid", "S-1-5-32-544"), .. Subject], E("user.target.name", "", "user.target.id", "S-1-5-21-10-20-30-1300", "group.id", "S-1-5-32-544"), "TargetSid: S-1-5-32-544"),
        Security(4740, Well, [.. D("TargetUserName", "eva", "TargetDomainName", "LAPTOP7", "TargetSid", "S-1-5-21-10-20-30-1300"), .. D("SubjectUserSid", "S-1-5-18", "SubjectUserName", "DC1$", "SubjectDomainName", "CORP", "SubjectLogonId", "0x3e7")], E("user.target.name", "eva", "user.target.domain", "", "source.domain", "LAPTOP7"), "TargetUserName: eva"),
        Security(4768, Refused, D("TargetUserName", "eva", "TargetDomainName", "CORP.EXAMPLE", "TargetSid", "S-1-0-0", "ServiceName", "krbtgt/CORP.EXAMPLE", "Status", "0x6", "TicketEncryptionType", "0xffffffff", "IpAddress", "::ffff:10.0.0.7", "IpPort", "61000"), E("user.name", "eva", "user.id", "", "event.outcome", "failure", "source.ip", "10.0.0.7"), "Status: '0x6'"),
        Security(4769, Well, D("TargetUserName", "eva@CORP.EXAMPLE", "TargetDomainName", "CORP.EXAMPLE", "ServiceName", "SQL1$", "ServiceSid", "S-1-5-21-10-20-30-1500", "Status", "0x0", "TicketEncryptionType", "0x17", "IpAddress", "::1", "IpPort", "0"), E("user.name", "eva", "user.domain", "CORP.EXAMPLE", "service.name", "SQL1$", "event.outcome", "success", "source.ip", "::1"), "TicketEncryptionType: '0x17'"),
        Security(4771, Refused, D("TargetUserName", "eva", "TargetSid", "S-1-5-21-10-20-30-1300", "ServiceName", "krbtgt/CORP", "Status", "0x18", "PreAuthType", "2", "IpAddress", "10.0.0.7", "IpPort", "61001"), E("event.outcome", "failure", "user.name", "eva"), "Status: '0x18'"),
        Security(4776, Refused, D("PackageName", "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0", "TargetUserName", "eva", "Workstation", "KALI", "Status", "0xc000006a"), E("event.outcome", "failure", "user.name", "eva", "source.domain", "KALI"), "Workstation: KALI"),
        Security(5140, Well, [.. Subject, .. D("ObjectType", "File", "IpAddress", "10.0.0.8", "IpPort", "50555", "ShareName", @"\\*\ADMIN$", "AccessMask", "0x1")], E("source.ip", "10.0.0.8", "user.name", "anna"), @"ShareName: '\\\\\*\\ADMIN$'"),
        Security(5145, Refused, [.. Subject, .. D("ObjectType", "File", "IpAddress", "10.0.0.8", "IpPort", "50555", "ShareName", @"\\*\IPC$", "RelativeTargetName", "svcctl")], E("event.outcome", "failure"), "RelativeTargetName: svcctl"),
        Security(1102, "0x4020000000000000", Subject, E("event.action", "audit-log-cleared", "user.name", "anna", "event.outcome", "success"), "SubjectUserName: anna", "LogFileCleared"),
        Of("System", "Microsoft-Windows-Eventlog", 104, D("SubjectUserName", "anna", "SubjectDomainName", "CORP", "Channel", "Application", "BackupPath", ""), E("event.action", "event-log-cleared", "user.name", "anna"), "{ product: windows, service: system }|{ EventID: 104, SubjectUserName: anna }", "LogFileCleared"),
        Of("System", "Service Control Manager", 7045, D("ServiceName", "evil", "ImagePath", @"%COMSPEC% /c echo \\.\pipe\x", "ServiceType", "user mode service", "StartType", "demand start", "AccountName", "LocalSystem"), E("service.name", "evil", "event.action", "service-installed"), "{ product: windows, service: system }|{ EventID: 7045, Provider_Name: Service Control Manager, ImagePath|contains: COMSPEC, AccountName: LocalSystem }"),
        Watched(1, "process_creation", D("ProcessGuid", "{0F8E1C2A-1111-2222-3333-444455556666}", "ProcessId", "4160", "Image", @"C:\Windows\System32\cmd.exe", "CommandLine", "cmd /c \"a & b\"", "CurrentDirectory", @"C:\", "User", @"CORP\anna", "LogonId", "0x3e7", "Hashes", "SHA1=AA11,MD5=BB22,SHA256=CC33,IMPHASH=DD44", "ParentProcessId", "812", "ParentImage", @"C:\Windows\explorer.exe", "OriginalFileName", "Cmd.Exe", "RuleName", "-"),
            E("process.pid", "4160", "process.parent.pid", "812", "user.name", "anna", "user.domain", "CORP", "process.hash.sha256", "cc33", "rule.name", ""), @"Image|endswith: '\cmd.exe', OriginalFileName: Cmd.Exe"),
        Watched(3, "network_connection", D("ProcessId", "4160", "Image", @"C:\a.exe", "User", @"NT AUTHORITY\SYSTEM", "Protocol", "tcp", "Initiated", "true", "SourceIp", "10.0.0.5", "SourcePort", "50000", "DestinationIp", "203.0.113.9", "DestinationHostname", "-", "DestinationPort", "443", "DestinationPortName", "https"),
            E("destination.ip", "203.0.113.9", "destination.domain", "", "network.direction", "egress", "user.name", "SYSTEM"), "Initiated: 'true', DestinationPort: 443"),
        Watched(7, "image_load", D("ProcessId", "4160", "Image", @"C:\a.exe", "ImageLoaded", @"C:\b.dll", "Hashes", "MD5=BB22", "Signed", "false"), E("dll.name", "b.dll", "dll.hash.md5", "bb22"), @"ImageLoaded|endswith: '\b.dll', Signed: 'false'"),
        Watched(11, "file_event", D("ProcessId", "4160", "Image", @"C:\a.exe", "TargetFilename", @"C:\t\x.ps1", "CreationUtcTime", "2026-03-02 07:58:59.400"), E("file.name", "x.ps1", "file.extension", "ps1", "file.directory", @"C:\t"), "TargetFilename|endswith: .ps1"),
        Watched(13, "registry_set", D("EventType", "SetValue", "ProcessId", "4160", "Image", @"C:\a.exe", "TargetObject", @"HKLM\Software\Run\x", "Details", @"C:\x.exe"), E("registry.value", "x", "registry.hive", "HKLM"), @"TargetObject|contains: '\Run\', Details|endswith: x.exe"),
        Watched(22, "dns_query", D("ProcessId", "4160", "Image", @"C:\a.exe", "QueryName", "evil.example", "QueryStatus", "0", "QueryResults", "type:  5 c.example;::ffff:203.0.113.9;"), E("dns.question.name", "evil.example", "dns.resolved_ip", "203.0.113.9"), "QueryName|endswith: .example"),
        Of("Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell", 4104, D("MessageNumber", "1", "MessageTotal", "1", "ScriptBlockText", "Get-Process\r\n\t| Where-Object { $_.Name -eq \"ä\" }", "ScriptBlockId", "b1", "Path", @"C:\s\x.ps1"), E("event.action", "powershell-script-block", "file.name", "x.ps1"), "{ product: windows, category: ps_script }|{ ScriptBlockText|contains: '| Where-Object' }"),
        Of("Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell", 4103, D("ContextInfo", "Host Application = powershell", "UserData", "", "Payload", "CommandInvocation(Out-Null): x"), E("event.action", "powershell-pipeline"), "{ product: windows, category: ps_module }|{ Payload|contains: Out-Null }"),
        Of("Microsoft-Windows-Windows Defender/Operational", "Microsoft-Windows-Windows Defender", 1116, D("Threat Name", "Virus:DOS/EICAR_Test_File", "Path", @"file:_C:\e.com", "Detection User", @"CORP\anna", "Process Name", @"C:\Windows\explorer.exe"), E("user.name", "anna", "threat.software.name", "Virus:DOS/EICAR_Test_File", "process.name", "explorer.exe"), "{ product: windows, service: windefend }|{ EventID: 1116, ThreatName|contains: EICAR }"),
        Of("Microsoft-Windows-Windows Defender/Operational", "Microsoft-Windows-Windows Defender", 5001, D("Product Name", "Microsoft Defender Antivirus"), E("event.action", "realtime-protection-disabled"), "{ product: windows, service: windefend }|{ EventID: 5001 }"),
        Of("Microsoft-Windows-TaskScheduler/Operational", "Microsoft-Windows-TaskScheduler", 106, D("TaskName", @"\Up", "UserContext", @"CORP\anna"), E("user.name", "anna", "user.domain", "CORP"), @"{ product: windows, service: taskscheduler }|{ EventID: 106, TaskName: '\Up' }"),
        Of("Microsoft-Windows-TaskScheduler/Operational", "Microsoft-Windows-TaskScheduler", 200, D("TaskName", @"\Up", "ActionName", @"C:\u.exe"), E("event.action", "scheduled-task-action-started"), "{ product: windows, service: taskscheduler }|{ EventID: 200, ActionName|endswith: u.exe }"),
        Of("Microsoft-Windows-TerminalServices-LocalSessionManager/Operational", "Microsoft-Windows-TerminalServices-LocalSessionManager", 21, D("User", @"CORP\anna", "SessionID", "2", "Address", "203.0.113.9"), E("user.name", "anna", "user.domain", "CORP", "source.ip", "203.0.113.9"), "{ product: windows, service: terminalservices-localsessionmanager }|{ EventID: 21, Address: 203.0.113.9 }", "EventXML"),
        Of("Microsoft-Windows-TerminalServices-LocalSessionManager/Operational", "Microsoft-Windows-TerminalServices-LocalSessionManager", 25, D("User", @"CORP\anna", "SessionID", "2", "Address", "LOCAL"), E("user.name", "anna", "source.ip", "", "source.domain", ""), "{ product: windows, service: terminalservices-localsessionmanager }|{ EventID: 25, Address: LOCAL }", "EventXML"),
        Of("Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational", "Microsoft-Windows-TerminalServices-RemoteConnectionManager", 1149, D("Param1", "anna", "Param2", "CORP", "Param3", "203.0.113.9"), E("user.name", "anna", "source.ip", "203.0.113.9"), "{ product: windows }|{ EventID: 1149, Param1: anna }", "EventXML"),
        Of("Microsoft-Windows-WMI-Activity/Operational", "Microsoft-Windows-WMI-Activity", 5858, D("Id", "{0}", "ClientMachine", "WS5", "User", @"CORP\anna", "ClientProcessId", "4321", "Operation", "Start IWbemServices::ExecQuery", "ResultCode", "0x80041032"), E("user.name", "anna", "process.pid", "4321", "source.domain", "WS5"), "{ product: windows, service: wmi }|{ EventID: 5858, Operation|contains: ExecQuery }", "Operation_ClientFailure"),
        Of("Microsoft-Windows-WMI-Activity/Operational", "Microsoft-Windows-WMI-Activity", 5861, D("Namespace", "//./root/subscription", "ESS", "f", "CONSUMER", "CommandLineEventConsumer=\"x\"", "PossibleCause", "Binding EventFilter"), E("event.action", "wmi-permanent-consumer-registered"), "{ product: windows, service: wmi }|{ EventID: 5861, CONSUMER|contains: CommandLine }", "Operation_ESStoConsumerBinding"),
        Of("Microsoft-Windows-AppLocker/EXE and DLL", "Microsoft-Windows-AppLocker", 8004, D("PolicyName", "EXE", "RuleId", "{r}", "RuleName", "-", "TargetUser", Anna, "TargetProcessId", "4444", "FilePath", @"%OSDRIVE%\T\X.EXE", "FileHash", "AB"), E("file.name", "X.EXE", "user.id", Anna, "event.outcome", "failure", "process.pid", "4444"), "{ product: windows, service: applocker }|{ EventID: 8004, FilePath|endswith: X.EXE }", "RuleAndFileData"),
        Of("Microsoft-Windows-Bits-Client/Operational", "Microsoft-Windows-Bits-Client", 59, D("transferId", "{t}", "name", "job", "Id", "{j}", "url", "http://203.0.113.9/a.exe", "peer", ""), E("url.full", "http://203.0.113.9/a.exe"), "{ product: windows, service: bits-client }|{ EventID: 59, url|endswith: .exe }"),
        Of("Microsoft-Windows-DNS-Client/Operational", "Microsoft-Windows-DNS-Client", 3008, D("QueryName", "evil.example", "QueryType", "1", "QueryStatus", "0", "QueryResults", "203.0.113.9;"), E("dns.question.name", "evil.example", "dns.resolved_ip", "203.0.113.9"), "{ product: windows, service: dns-client }|{ EventID: 3008, QueryName: evil.example }"),
        Of("Microsoft-Windows-Windows Firewall With Advanced Security/Firewall", "Microsoft-Windows-Windows Firewall With Advanced Security", 2004, D("RuleId", "{r}", "RuleName", "open", "ModifyingUser", Anna, "ModifyingApplication", @"C:\n.exe"), E("rule.name", "open", "user.id", Anna, "process.name", "n.exe"), "{ product: windows, service: firewall-as }|{ EventID: 2004, ModifyingApplication|endswith: n.exe }"),
    ];

    public static TheoryData<string> Events() => [.. Truths.Select(t => t.ToString())];

    static WindowsTruth Truth(string name) => Truths.Single(t => t.ToString() == name);

    // Fields that tell of the event itself, not of how it came.
    static readonly string[] Alike = ["@timestamp", "event.category", "event.type", "event.action", "event.outcome", "event.code", "event.provider", "event.reason", "event.dataset", "process.", "user.", "group.", "source.", "destination.", "network.", "file.", "dll.", "registry.", "dns.", "rule.name", "service.", "url.", "threat.", "host.name", "related.", "winlog.channel", "winlog.computer_name", "winlog.provider_name", "winlog.logon."];

    static string Core(Dictionary<string, List<string>> fields) =>
        string.Join('\n', fields.Where(f => Array.Exists(Alike, a => f.Key.StartsWith(a, StringComparison.Ordinal))).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key} = {string.Join(", ", f.Value.Distinct().Order(StringComparer.Ordinal))}"));

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_is_the_same_from_all_senders(string name)
    {
        var truth = Truth(name);
        var wrong = new List<string>();
        string? first = null;
        foreach (var (sender, origin, raw) in truth.Shapes())
        {
            var fields = Lab.Parse(origin, raw);
            foreach (var (field, value) in truth.Expect)
                if ((fields.TryGetValue(field, out var had) ? string.Join(", ", had) : "") != value) wrong.Add($"{sender}: {field} is {(had is null ? "none" : string.Join(", ", had))}, not {value}");
            if (fields["@timestamp"][0] != "2026-03-02T07:58:59.500Z") wrong.Add($"{sender}: @timestamp is {fields["@timestamp"][0]}");
            var core = Core(fields);
            first ??= core;
            var (had1, had2) = (first.Split('\n'), core.Split('\n'));
            if (core != first) wrong.Add($"{sender}: without {string.Join("; ", had1.Except(had2))} | besides {string.Join("; ", had2.Except(had1))}");
        }
        Assert.True(wrong.Count == 0, name + "\n" + string.Join('\n', wrong));
    }

    [Fact]
    public void A_rule_of_its_log_source_matches_it_from_all_senders()
    {
        var rules = Truths.Select((t, i) => SigmaReader.Read($"r{i}.yml", $"title: R{i}\nlevel: low\nlogsource: {t.Rule.Split('|', 2)[0]}\ndetection:\n  s: {t.Rule.Split('|', 2)[1]}\n  condition: s\n", PlaceholderLists.None)).ToList();
        var set = new RuleSet([.. rules], Mappings.Load(Lab.Content.Path));
        Assert.Equal(Truths.Length, set.Rules.Count);
        var matcher = new RuleMatcher(set);
        var wrong = new List<string>();
        for (var i = 0; i < Truths.Length; i++)
            foreach (var (sender, origin, raw) in Truths[i].Shapes())
            {
                // As the detector reads: only what the rules ask for.
                using var batch = Lab.Normaliser.Normalise(Lab.Records(origin, raw), set.Fields.Selection);
                var hits = matcher.Match(batch, 0).Select(r => r.Document.Header.Title).ToList();
                if (hits is not [var only] || only != $"R{i}") wrong.Add($"{Truths[i]} {sender}: {(hits.Count == 0 ? "no rule" : string.Join(", ", hits))}");
            }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
