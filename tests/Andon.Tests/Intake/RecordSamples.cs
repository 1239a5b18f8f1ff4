using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>Records of every kind the normaliser knows: made up, from the parsers' own cases, and from the shared data where it is there.</summary>
static class RecordSamples
{
    static readonly string[] Names =
    [
        "EventID", "Channel", "Hostname", "Computer", "SourceName", "Message", "message", "EventTime", "UtcTime", "@timestamp", "Keywords", "EventType", "AccountName", "Image", "ParentImage", "CommandLine", "User",
        "Hashes", "Hash", "SourceIp", "SourceHostname", "DestinationIp", "DestinationHostname", "IpAddress", "IpPort", "SourceAddress", "DestAddress", "SourcePort", "Initiated", "TargetFilename", "ImageLoaded", "TargetObject",
        "TargetUserName", "SubjectUserName", "SubjectDomainName", "TargetServerName", "QueryName", "ProcessId", "NewProcessName", "ServiceName", "Threat Name", "whatever", "", "host", "tags",
        "source.ip", "source.domain", "destination.ip", "user.name", "host.name", "event.code", "event.category", "event.outcome", "event.action", "event.dataset", "process.executable", "process.name", "file.hash.sha256", "related.ip", "andon.parser",
    ];

    static readonly string[] Values =
    [
        "\"x\"", "\"\"", "\"-\"", "null", "true", "false", "0", "-12.5e3", "4160", "\"0x1f4\"", "\"10.0.0.5\"", "\"::ffff:10.0.0.6\"", "\"fe80::1\"", "\"ws5.corp.example\"", "\"WS5\"", "\"CORP\\\\anna\"", "\"C:\\\\Windows\\\\System32\\\\cmd.exe\"",
        "\"SHA1=AA11,MD5=BB22,SHA256=CC33,IMPHASH=DD44\"", "\"SHA256=CC\"", "\"2026-03-02 07:58:59.500\"", "\"2026-03-02T07:59:00Z\"", "1772438400123", "\"2199-01-01T00:00:00Z\"", "\"Audit Failure\"", "\"0x8020000000000000\"", "\"AUDIT_FAILURE\"", "\"INFO\"",
        "\"a\\r\\n\\tb\\u00e9\\ud83d\\ude00\"", "\"half \\ud800\"", "\"\u00fc\u20ac\"", "[]", "{}", "[1,\"two\",[3],{\"four\":4}]", "{\"name\":\"inner\",\"ip\":\"10.1.1.1\"}", "\"a longer text that fills more than one vector of the scanner, with a \\\"quote\\\" in it\"",
    ];

    static readonly (string Channel, int[] Ids)[] Channels =
    [
        ("Microsoft-Windows-Sysmon/Operational", [1, 3, 7, 11, 13, 15, 22, 23]), ("Security", [4624, 4625, 4648, 4656, 4663, 4688, 4768, 5140, 5156, 1]), ("System", [7045, 1]), ("Windows PowerShell", [800]), ("Microsoft-Windows-WMI-Activity/Operational", [5857]),
    ];

    /// <summary>Objects in each shape, with names and values that the tables know, names twice, and now and then a blank.</summary>
    public static IEnumerable<byte[]> MadeUp(int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var (channel, ids) = Channels[random.Next(Channels.Length)];
            var id = ids[random.Next(ids.Length)];
            var data = string.Join(random.Next(9) == 0 ? " ,\t" : ",", Enumerable.Range(0, random.Next(1, 14)).Select(_ => $"{JsonSerializer.Serialize(Names[random.Next(Names.Length)])}{(random.Next(9) == 0 ? " : " : ":")}{Values[random.Next(Values.Length)]}"));
            yield return Encoding.UTF8.GetBytes(random.Next(6) switch
            {
                0 => $$"""{"EventID":{{id}},"Channel":"{{channel}}","Hostname":"WS5.corp.example",{{data}}}""",
                1 => $$"""{{{data}},"Channel":"{{channel}}","EventID":"{{id}}"}""",
                2 => $$$"""{"@timestamp":"2026-03-02T07:59:00Z","host":{"name":"ws5"},"event":{"code":"{{{id}}}"},"winlog":{"channel":"{{{channel}}}","event_id":{{{id}}},"computer_name":"WS5.corp.example","event_data":{{{{data}}}}},{{{data}}}}""",
                3 => $$$"""{"event_id":{{{id}}},"log_name":"{{{channel}}}","computer_name":"WS5","event_data":{{{{data}}}},"user_data":{"Threat Name":"x"}}""",
                4 => $$$"""{"Event":{"System":{"EventID":{"#text":{{{id}}}},"Channel":"{{{channel}}}","Computer":"WS5"},"EventData":{{{{data}}}},"UserData":{"Op":{"Threat Name":"x"}} }}""",
                _ => $$"""{{{data}}}""",
            });
        }
    }

    /// <summary>Texts that a scanner may read wrongly: each edge of JSON, right and wrong.</summary>
    public static IEnumerable<byte[]> Edges()
    {
        string[] texts =
        [
            "{}", " {} ", "{ }", "{\"a\":1}", "{\"a\":1} x", "{\"a\":1},", "{\"a\":1}{\"b\":2}", "{\"a\":01}", "{\"a\":-}", "{\"a\":-0}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":1e}", "{\"a\":1E+5}", "{\"a\":+1}", "{\"a\":1x}", "{\"a\":truex}", "{\"a\":tru}", "{\"a\":nul", "{\"a\":NaN}",
            "{\"a\":\"b\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"\\u123", "{\"a\":\"\\", "{\"a\":\"b\tc\"}", "{\"a\":\"\u0001\"}", "{\"a\":\"\u007f\"}", "{\"a\":\"b", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,\"a\":1}", "{\"a\" 1}", "{\"a\"::1}", "{a:1}", "{'a':1}", "{\"a\":[1,]}", "{\"a\":[,1]}",
            "{\"a\":[1 2]}", "{\"a\":[1}", "{\"a\":{]}", "{\"a\":[]]", "{\"a\":{}}}", "{\"a\\u0062\":1}", "{\"\":1}", "{\"\":1,\"\":2}", "{\"\":{\"b\":1,\"\":{\"c\":2}}}", "{\"a\":{\"\":{\"b\":1}}}", "{\"a.b\":1,\"a\":{\"b\":2}}", "{\"a\":1,\"a\":2,\"a\":{\"b\":3}}", "{\"a\":[[[]],{},[{\"b\":1},2]],\"c\":3}",
            "{// c\n\"a\":1}", "{\"a\":1/* c */}", "{\"a\":1}\u00a0", "{\"a\"\u000b:1}", "\n{\"a\":1}\r\n", "{\"a\":\"\\\\\\\"\\/\\b\\f\\n\\r\\t\"}", "{\"a\":\"\\ud83d\\ude00 \\ude00 \\ud83dx\"}", "[1]", "[{\"a\":1}]", "\"a\"", "1", "{\"a\":" + new string('1', 400) + "}", "{\"" + new string('n', 256) + "\":1}",
            "{\"" + new string('n', 257) + "\":1}", "{\"" + new string('n', 200) + "\":{\"" + new string('m', 55) + "\":1}}", "{\"" + new string('n', 200) + "\":{\"" + new string('m', 56) + "\":1}}",
            "{\"a\":" + new string('[', 31) + "1" + new string(']', 31) + "}", "{\"a\":" + new string('[', 32) + "1" + new string(']', 32) + "}", "{" + string.Join(',', Enumerable.Range(0, 800).Select(i => $"\"k{i}\":{i}")) + "}",
            "{" + string.Join(',', Enumerable.Range(0, 801).Select(i => $"\"k{i}\":{i}")) + "}", "{\"EventID\":1,\"Channel\":\"Security\"," + string.Join(',', Enumerable.Range(0, 799).Select(i => $"\"k{i}\":{i}")) + "}", "{" + string.Join(',', Enumerable.Range(0, 3000).Select(i => $"\"k{i}\":{{}}")) + ",\"a\":1}",
        ];
        foreach (var text in texts) yield return Encoding.UTF8.GetBytes(text);
        for (var length = 0; length < 70; length++) // Ends of names and values at each place of a vector.
            yield return Encoding.UTF8.GetBytes($$"""{"{{new string('n', length)}}":"{{new string('v', length)}}\n{{new string('w', 70 - length)}}","z":"{{new string('\\', length * 2)}}"}""");
    }

    public static IEnumerable<byte[]> Lines() =>
        Directory.GetFiles(Path.Combine(Lab.Content.Path, "parsers"), "*.cases").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines).Where(l => l.StartsWith("> ", StringComparison.Ordinal)).Select(l => Encoding.UTF8.GetBytes(l[2..]));

    /// <summary>Every n-th record of the shared data; nothing where it is absent.</summary>
    public static IEnumerable<byte[]> Shared(int every)
    {
        var folder = Path.Combine(SharedData.RepositoryRoot, "..", "shared", "data");
        string[] names = ["sigma/sigma-regression.zip", "cloud/panther-cloud-saas-events.zip", "cloud/aws-cloudtrail-stratus.zip", "network/apt29-day1-zeek.zip", "normalise/wazuh-rule-tests.zip", "normalise/loghub-2k.zip", "normalise/ecs-intake-samples.zip"];
        var mordor = Path.Combine(folder, "windows", "mordor", "windows");
        var number = 0;
        foreach (var file in names.Select(n => Path.Combine(folder, n)).Where(File.Exists).Concat(Directory.Exists(mordor) ? Directory.GetFiles(mordor).Order(StringComparer.Ordinal) : []))
            foreach (var record in Records(file))
                if (++number % every == 0) yield return record;
    }

    static IEnumerable<byte[]> Records(string file)
    {
        if (file.EndsWith(".zip", StringComparison.Ordinal))
        {
            using var zip = ZipFile.OpenRead(file);
            foreach (var entry in zip.Entries)
            {
                if (entry.Length == 0 || entry.FullName.EndsWith(".evtx", StringComparison.OrdinalIgnoreCase)) continue;
                using var member = entry.Open();
                foreach (var record in ParseCli.Records(member)) yield return Message(record) ?? record;
            }
            yield break;
        }
        using var tar = new System.Formats.Tar.TarReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
            if (entry.DataStream is { } data)
                foreach (var record in ParseCli.Records(data)) yield return record;
    }

    // The raw line within a case of ecs-intake-samples.
    static byte[]? Message(byte[] record)
    {
        if (!record.AsSpan().StartsWith("{"u8) || record.AsSpan().IndexOf("\"expected\""u8) < 0) return null;
        try
        {
            using var json = JsonDocument.Parse(record);
            return json.RootElement.TryGetProperty("input", out var input) && input.TryGetProperty("message", out var message) ? Encoding.UTF8.GetBytes(message.GetString() ?? "") : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The same bytes with a few changed, and now and then cut.</summary>
    public static byte[] Mutated(byte[] record, Random random)
    {
        ReadOnlySpan<byte> telling = "\"\\{}[]:,0-+.eEu \t\n\0tfn"u8;
        var raw = (byte[])record.Clone();
        if (raw.Length == 0) return raw;
        for (var flips = random.Next(1, 4); flips > 0; flips--)
            raw[random.Next(raw.Length)] = random.Next(3) > 0 ? telling[random.Next(telling.Length)] : (byte)random.Next(256);
        return random.Next(5) == 0 ? raw[..random.Next(raw.Length)] : raw;
    }
}
