using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Bench;

/// <summary>How fast records become events, beside a plain parse of the same bytes in the same run: the ratio says more than the seconds.</summary>
static class IntakeBench
{
    /// <summary><c>intake [CONTENT] [ZIP…]</c>: zips of JSON lines; without them a made-up mix of sshd and Sysmon lines.</summary>
    public static int Run(string[] args)
    {
        var content = args.Length > 0 ? args[0] : "content";
        var normaliser = new Normaliser(new(content));
        if (args.Length > 1) Measure("files", normaliser, Blocks([.. args.Skip(1).SelectMany(ZipLines)]));
        Measure("sysmon", normaliser, Blocks([.. Enumerable.Range(0, 200_000).Select(Sysmon)]));
        Measure("sshd", normaliser, Blocks([.. Enumerable.Range(0, 200_000).Select(Sshd)]));
        return 0;
    }

    static void Measure(string name, Normaliser normaliser, List<List<Record>> blocks)
    {
        foreach (var block in blocks.Take(20)) normaliser.Normalise(block).Dispose();
        long events = blocks.Sum(b => (long)b.Count), bytes = blocks.Sum(b => b.Sum(r => (long)r.Raw.Length));
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var cpu = Environment.CpuUsage.TotalTime;
        foreach (var block in blocks) normaliser.Normalise(block).Dispose();
        var spent = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Print($"{name}: normalise", events, bytes, spent, allocated);

        if (blocks[0][0].Raw.Span[0] != '{') return;
        allocated = GC.GetAllocatedBytesForCurrentThread();
        cpu = Environment.CpuUsage.TotalTime;
        foreach (var block in blocks)
            foreach (var record in block) JsonDocument.Parse(record.Raw).Dispose();
        var floor = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        Print($"{name}: JsonDocument.Parse", events, bytes, floor, GC.GetAllocatedBytesForCurrentThread() - allocated);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: normalise costs {spent / floor:F2} times a bare parse"));
    }

    static void Print(string name, long events, long bytes, double seconds, long allocated) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {events} events, {bytes / 1e6:F1} MB, {seconds:F2} CPU s, {events / seconds:F0} events/CPU s, {bytes / 1e6 / seconds:F1} MB/CPU s, {(double)allocated / events:F1} bytes allocated per event"));

    static List<List<Record>> Blocks(List<byte[]> lines)
    {
        var origin = new Origin("bulk", "10.0.0.1", "bench");
        ulong position = 0;
        return [.. lines.Chunk(2048).Select(chunk => chunk.Select(line => new Record(++position, 1_772_438_400_000, origin, line)).ToList())];
    }

    static IEnumerable<byte[]> ZipLines(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(entry.Open());
            while (reader.ReadLine() is { } line)
                if (line.Length > 0) yield return Encoding.UTF8.GetBytes(line);
        }
    }

    static byte[] Sshd(int i) => Encoding.UTF8.GetBytes($"<38>Mar  2 07:59:{i % 60:D2} web{i % 40:D2} sshd[{1000 + i % 5000}]: Failed password for invalid user user{i % 900} from 203.0.113.{i % 250} port {20000 + i % 40000} ssh2");

    static byte[] Sysmon(int i) => Encoding.UTF8.GetBytes(
        $$$"""{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"WS{{{i % 40}}}.corp.example","SourceName":"Microsoft-Windows-Sysmon","RecordNumber":{{{i}}},"@timestamp":"2026-03-02T07:59:00.250Z","UtcTime":"2026-03-02 07:58:59.500","Image":"C:\\Windows\\System32\\cmd{{{i % 50}}}.exe","ProcessId":"{{{4160 + i % 999}}}","CommandLine":"cmd /c \"whoami /all\" {{{i}}}","User":"CORP\\anna","ParentImage":"C:\\Windows\\explorer.exe","ParentCommandLine":"C:\\Windows\\explorer.exe","ParentProcessId":"812","Hashes":"SHA1=AA11AA11AA11AA11AA11AA11AA11AA11AA11AA11,MD5=BB22,SHA256=CC33,IMPHASH=DD44","ProcessGuid":"{1-{{{i}}}}","RuleName":"-","LogonId":"0x3e7","IntegrityLevel":"System","Message":"Process Create"}""");
}
