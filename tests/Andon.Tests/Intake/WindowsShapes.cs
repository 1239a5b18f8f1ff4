using System.Text;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>One Windows event as four kinds of senders write it is one event: the same ECS fields with the same values.</summary>
public sealed class WindowsShapes
{
    const string Image = @"C:\Windows\System32\cmd.exe", Guid = "{0F8E1C2A-1111-2222-3333-444455556666}";

    static readonly string[] Sysmon =
    [
        // An event log's own reader.
        """{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS5.corp.example","EventRecordID":77,"TimeCreated":{"#attributes":{"SystemTime":"2026-03-02T07:58:59.500Z"}},"Execution":{"#attributes":{"ProcessID":2200,"ThreadID":3300}},"Security":{"#attributes":{"UserID":"S-1-5-18"}}},"EventData":{"UtcTime":"2026-03-02 07:58:59.500","ProcessGuid":"{0F8E1C2A-1111-2222-3333-444455556666}","ProcessId":4160,"Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd /c \"a & b\"","User":"CORP\\jane","ParentProcessId":812,"ParentImage":"C:\\Windows\\explorer.exe"}}}""",
        // XML.
        """<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Sysmon"/><EventID>1</EventID><TimeCreated SystemTime="2026-03-02T07:58:59.500Z"/><EventRecordID>77</EventRecordID><Correlation/><Execution ProcessID="2200" ThreadID="3300"/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>WS5.corp.example</Computer><Security UserID="S-1-5-18"/></System><EventData><Data Name="UtcTime">2026-03-02 07:58:59.500</Data><Data Name="ProcessGuid">{0F8E1C2A-1111-2222-3333-444455556666}</Data><Data Name="ProcessId">4160</Data><Data Name="Image">C:\Windows\System32\cmd.exe</Data><Data Name="CommandLine">cmd /c "a &amp; b"</Data><Data Name="User">CORP\jane</Data><Data Name="ParentProcessId">812</Data><Data Name="ParentImage">C:\Windows\explorer.exe</Data></EventData></Event>""",
        // Winlogbeat.
        """{"@timestamp":"2026-03-02T07:58:59.500Z","winlog":{"event_id":1,"channel":"Microsoft-Windows-Sysmon/Operational","provider_name":"Microsoft-Windows-Sysmon","computer_name":"WS5.corp.example","record_id":77,"process":{"pid":2200,"thread":{"id":3300}},"user":{"identifier":"S-1-5-18"},"event_data":{"UtcTime":"2026-03-02 07:58:59.500","ProcessGuid":"{0F8E1C2A-1111-2222-3333-444455556666}","ProcessId":"4160","Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd /c \"a & b\"","User":"CORP\\jane","ParentProcessId":"812","ParentImage":"C:\\Windows\\explorer.exe"}}}""",
        // nxlog, which holds ProcessId to be its own ProcessID and leaves it in the text only.
        """{"EventTime":"2026-03-02 08:58:59","Hostname":"WS5.corp.example","EventID":1,"SourceName":"Microsoft-Windows-Sysmon","Channel":"Microsoft-Windows-Sysmon/Operational","RecordNumber":77,"ProcessID":2200,"ThreadID":3300,"UserID":"S-1-5-18","Message":"Process Create:\r\nUtcTime: 2026-03-02 07:58:59.500\r\nProcessGuid: {0F8E1C2A-1111-2222-3333-444455556666}\r\nProcessId: 4160\r\nImage: C:\\Windows\\System32\\cmd.exe\r\nParentProcessId: 812","UtcTime":"2026-03-02 07:58:59.500","ProcessGuid":"{0F8E1C2A-1111-2222-3333-444455556666}","Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd /c \"a & b\"","User":"CORP\\jane","ParentImage":"C:\\Windows\\explorer.exe"}""",
    ];

    static readonly string[] Logon =
    [
        """{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing"}},"EventID":4625,"Channel":"Security","Computer":"DC1.corp.example","Keywords":"0x8010000000000000","EventRecordID":9,"TimeCreated":{"#attributes":{"SystemTime":"2026-03-02T07:58:59.500Z"}},"Execution":{"#attributes":{"ProcessID":700,"ThreadID":800}}},"EventData":{"SubjectUserSid":"S-1-0-0","SubjectUserName":"-","TargetUserName":"jane","TargetDomainName":"CORP","TargetUserSid":"S-1-0-0","LogonType":3,"IpAddress":"203.0.113.9","IpPort":"50123","WorkstationName":"LAPTOP"}}}""",
        """<14>1 2026-03-02T07:58:59.500Z DC1.corp.example - - - - <Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4625</EventID><Keywords>0x8010000000000000</Keywords><TimeCreated SystemTime='2026-03-02T07:58:59.500Z'/><EventRecordID>9</EventRecordID><Execution ProcessID='700' ThreadID='800'/><Channel>Security</Channel><Computer>DC1.corp.example</Computer></System><EventData><Data Name='SubjectUserSid'>S-1-0-0</Data><Data Name='SubjectUserName'>-</Data><Data Name='TargetUserName'>jane</Data><Data Name='TargetDomainName'>CORP</Data><Data Name='TargetUserSid'>S-1-0-0</Data><Data Name='LogonType'>3</Data><Data Name='IpAddress'>203.0.113.9</Data><Data Name='IpPort'>50123</Data><Data Name='WorkstationName'>LAPTOP</Data></EventData></Event>""",
        """{"@timestamp":"2026-03-02T07:58:59.500Z","winlog":{"event_id":4625,"channel":"Security","keywords":["Audit Failure"],"provider_name":"Microsoft-Windows-Security-Auditing","computer_name":"DC1.corp.example","record_id":9,"process":{"pid":700,"thread":{"id":800}},"event_data":{"SubjectUserSid":"S-1-0-0","SubjectUserName":"-","TargetUserName":"jane","TargetDomainName":"CORP","TargetUserSid":"S-1-0-0","LogonType":"3","IpAddress":"203.0.113.9","IpPort":"50123","WorkstationName":"LAPTOP"}}}""",
        """{"EventTime":"2026-03-02T07:58:59.500Z","Hostname":"DC1.corp.example","EventType":"AUDIT_FAILURE","EventID":4625,"SourceName":"Microsoft-Windows-Security-Auditing","Channel":"Security","RecordNumber":9,"ProcessID":700,"ThreadID":800,"SubjectUserSid":"S-1-0-0","SubjectUserName":"-","TargetUserName":"jane","TargetDomainName":"CORP","TargetUserSid":"S-1-0-0","LogonType":"3","IpAddress":"203.0.113.9","IpPort":"50123","WorkstationName":"LAPTOP"}""",
    ];

    // Fields that tell of the event itself, not of how it came.
    static readonly string[] Alike = ["@timestamp", "event.", "process.", "user.", "source.", "host.", "related.", "winlog.record_id", "winlog.logon.", "winlog.event_data.ProcessId", "winlog.event_data.ParentProcessId"];

    static string Fields(string raw, out Dictionary<string, string> fields)
    {
        using var batch = Lab.Normaliser.Normalise(Lab.Records(Lab.Bulk, [raw]));
        var view = batch[0];
        fields = new() { ["@timestamp"] = UnixMs.ToIso(view.TimeMs) };
        foreach (var cell in view.Cells)
        {
            var name = Encoding.UTF8.GetString(view.Name(cell));
            if (name is "event.original" or "event.ingested" || !Array.Exists(Alike, a => name.StartsWith(a, StringComparison.Ordinal))) continue;
            var value = Encoding.UTF8.GetString(view.Value(cell));
            fields[name] = fields.TryGetValue(name, out var had) ? string.Join(',', had.Split(',').Append(value).Order(StringComparer.Ordinal)) : value;
        }
        return string.Join('\n', fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key} = {f.Value}"));
    }

    [Xunit.Fact]
    public void A_process_start_is_the_same_from_all_senders()
    {
        var all = Sysmon.Select(s => Fields(s, out _)).ToList();
        _ = Fields(Sysmon[0], out var first);
        Assert.Equal(("4160", "812", Image, Guid), (first["process.pid"], first["process.parent.pid"], first["process.executable"], first["process.entity_id"]));
        Assert.Equal("2026-03-02T07:58:59.500Z", first["@timestamp"]);
        Assert.All(all, other => Assert.Equal(all[0], other));
    }

    [Xunit.Fact]
    public void A_refused_logon_is_the_same_from_all_senders()
    {
        var all = Logon.Select(s => Fields(s, out _)).ToList();
        _ = Fields(Logon[1], out var first);
        Assert.Equal(("jane", "203.0.113.9", "failure", "4625"), (first["user.name"], first["source.ip"], first["event.outcome"], first["event.code"]));
        Assert.All(all, other => Assert.Equal(all[0], other));
    }

    [Xunit.Fact]
    public void Xml_that_breaks_off_anywhere_keeps_its_bytes_and_what_it_told()
    {
        var raw = Encoding.UTF8.GetBytes(Sysmon[1]);
        for (var length = 1; length < raw.Length; length++)
        {
            using var batch = Lab.Normaliser.Normalise(Lab.Records(Lab.Bulk, [Encoding.UTF8.GetString(raw.AsSpan(0, length))]));
            Assert.Equal(raw.AsSpan(0, length), batch[0].Raw);
        }
        Assert.Contains("event.code = 1", Fields(Sysmon[1][..^40], out _), StringComparison.Ordinal);
    }
}
