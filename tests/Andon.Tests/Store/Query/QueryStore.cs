using System.Text;
using Andon.Store.Events;
using Andon.Store.Query;

namespace Andon.Tests.Store.Query;

/// <summary>A dozen events of every kind in a store of its own, made once; skips without the engine's library.</summary>
static class QueryStore
{
    static readonly Lock Gate = new();
    static Task<EventStore>? store;

    public static async Task<QueryEngine> Engine()
    {
        EngineHouse.Require();
        Task<EventStore> made;
        lock (Gate) made = store ??= Fill();
        return new(await made, new TestClock(DateTimeOffset.FromUnixTimeMilliseconds(QueryCorpusTests.Now)));
    }

    static async Task<EventStore> Fill()
    {
        var into = await EngineHouse.Store();
        string[] rows =
        [
            Row(1, "2026-03-02 08:00:00.000", "Mar  2 08:00:00 web01 sshd[100]: Failed password for root from 10.0.0.5 port 51000 ssh2", "network.protocol=ssh;source.bytes=120",
                host: "web01", user: "root", source: "10.0.0.5", sport: 51000, category: "authentication", type: "start", action: "ssh_login", outcome: "failure", dataset: "system.auth", process: "sshd", pid: 100),
            Row(2, "2026-03-02 08:00:30.500", "Mar  2 08:00:30 web01 sshd[101]: Failed password for invalid user admin from 10.0.0.5 port 51001 ssh2", "network.protocol=ssh;source.bytes=80",
                host: "web01", user: "admin", source: "10.0.0.5", sport: 51001, category: "authentication", type: "start", action: "ssh_login", outcome: "failure", dataset: "system.auth", process: "sshd", pid: 101),
            Row(3, "2026-03-02 08:05:00.000", "Mar  2 08:05:00 web01 sshd[102]: Accepted publickey for alice from 192.168.1.7 port 40000 ssh2", "network.protocol=ssh",
                host: "web01", user: "alice", source: "192.168.1.7", sport: 40000, category: "authentication,session", type: "start", action: "ssh_login", outcome: "success", dataset: "system.auth", process: "sshd", pid: 102),
            Row(4, "2026-03-02 09:00:00.000", """{"EventID":1,"Image":"C:\\Windows\\System32\\whoami.exe","User":"CORP\\Alice"}""", "winlog.event_data.LogonId=0x3e7;winlog.event_data.User=CORP\\Alice;n=5;f=1.5;flag=true;when=2026-03-01T00:00:00Z;many=[\"a\",\"b\"];json={\"a\":{\"b\":\"x\"},\"n\":7,\"l\":[1,2]}",
                host: "DC01", user: "Alice", category: "process", type: "start", dataset: "windows.sysmon", code: "1", process: "whoami.exe", executable: """C:\Windows\System32\whoami.exe""", command: "whoami.exe /all", pid: 4242),
            Row(5, "2026-03-02 09:30:00.000", """{"EventID":1,"Image":"powershell.exe"}""", "n=10",
                host: "DC01", user: "SYSTEM", category: "process", type: "start", dataset: "windows.sysmon", code: "1", process: "powershell.exe", command: "powershell -enc SQBFAFgA -NoProfile 100%_sure", pid: 4243),
            Row(6, "2026-03-02 10:00:00.000", """203.0.113.9 - - "GET /admin/../etc/passwd HTTP/1.1" 404 512""", "http.response.body.bytes=512",
                host: "web02", source: "203.0.113.9", category: "web", outcome: "failure", dataset: "nginx.access", method: "GET", status: 404, url: "/admin/../etc/passwd", agent: "curl/8.5.0"),
            Row(7, "2026-03-02 10:00:01.000", """2001:db8::1 - - "POST /index.html HTTP/1.1" 200 99""", "http.response.body.bytes=99",
                host: "web02", source: "2001:db8::1", category: "web", outcome: "success", dataset: "nginx.access", method: "POST", status: 200, url: "/index.html", agent: "Mozilla/5.0"),
            Row(8, "2026-03-02 11:00:00.000", "query evil.example.com", "",
                host: "ws7", source: "10.1.2.3", category: "network", dataset: "dns", destination: "8.8.8.8", dport: 53, dns: "evil.example.com"),
            Row(9, "2026-03-02 11:30:00.000", "conn 10.1.2.3 198.51.100.4:443", "",
                host: "ws7", source: "10.1.2.3", category: "network,session", dataset: "flow", destination: "198.51.100.4", dport: 443, severity: 7),
            Row(10, "2026-03-02 11:59:59.999", "Müller grüßt foo_bar a.b-c Straße x\ny", "note=it's",
                host: "büro", user: "MÜLLER", dataset: "syslog.generic"),
            Row(11, "2026-03-03 00:00:00.000", "", ""),
            Row(12, "2026-02-28 23:59:59.999", "old", "", host: "web01", user: "root", severity: 3),
        ];
        await into.Client.Execute("INSERT INTO events (id, timestamp, event_ingested, raw, bag, spans, host_name, user_name, source_ip, source_port, event_category, event_type, event_action, event_outcome, event_dataset, process_name, process_pid, event_code, process_executable, process_command_line, http_request_method, http_response_status_code, url_original, user_agent_original, destination_ip, destination_port, dns_question_name, event_severity) VALUES "
            + string.Join(", ", rows), CancellationToken.None);
        await into.Client.Execute("INSERT INTO alerts (event_id, timestamp, detected, rule_id, title, author, level, queue, tags, source_id, entities, fields, contributing) VALUES (4096, '2026-03-02 08:00:00.000', '2026-03-02 08:00:01.000', 'r-1', 'Brute force', 'A', 'high', 'production', ['attack.t1110'], 's', ['host:web01', 'user:root'], {'user.name': 'root'}, [4096, 8193])", CancellationToken.None);
        return into;
    }

    static string Row(int number, string time, string raw, string bag, string host = "", string user = "", string? source = null, int? sport = null, string category = "", string type = "",
        string action = "", string outcome = "", string dataset = "", string process = "", int? pid = null, string code = "", string executable = "", string command = "", string method = "",
        int? status = null, string url = "", string agent = "", string? destination = null, int? dport = null, string dns = "", int? severity = null)
    {
        string Text(string value) => $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}'";
        string List(string values) => $"[{string.Join(", ", values.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Text))}]";
        string Maybe(int? value) => value?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "NULL";
        // What stands in raw is kept as its place there, as the encoder does.
        var named = bag.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2)).ToLookup(p => raw.Contains(p[1], StringComparison.Ordinal));
        var pairs = named[false].Select(p => $"{Text(p[0])}: {Text(p[1])}");
        var spans = named[true].Select(p => $"{Text(p[0])}: {Encoding.UTF8.GetByteCount(raw[..raw.IndexOf(p[1], StringComparison.Ordinal)]) << EventTables.SpanLengthBits | Encoding.UTF8.GetByteCount(p[1])}");
        string Ip(string? ip) => ip is null ? "NULL" : Text(ip.Contains(':', StringComparison.Ordinal) ? ip : $"::ffff:{ip}");
        return $"({number << 12}, '{time}', '{time}', {Text(raw)}, {{{string.Join(", ", pairs)}}}, {{{string.Join(", ", spans)}}}, {Text(host)}, {Text(user)}, {Ip(source)}, {Maybe(sport)}, {List(category)}, {List(type)}, {Text(action)}, {Text(outcome)}, {Text(dataset)}, {Text(process)}, {Maybe(pid)}, {Text(code)}, {Text(executable)}, {Text(command)}, {Text(method)}, {Maybe(status)}, {Text(url)}, {Text(agent)}, {Ip(destination)}, {Maybe(dport)}, {Text(dns)}, {Maybe(severity)})";
    }
}
