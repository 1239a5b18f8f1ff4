using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Parsing;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Bench;

/// <summary>How fast records become events, beside a plain parse of the same bytes in the same run: the ratio says more than the seconds.</summary>
static class IntakeBench
{
    /// <summary><c>intake [CONTENT] [ZIP…]</c>: zips of JSON lines; without them a made-up mix of sshd and Sysmon lines. <c>intake line sshd|sudo|firewall</c>: one of those that the syslog benchmark sends.</summary>
    public static int Run(string[] args)
    {
        if (args is ["line", var kind])
        {
            // For a profiler: one kind of line, again and again.
            var one = new Normaliser(new("content"));
            var lines = Blocks([.. Enumerable.Range(0, 200_000).Select(i => Encoding.UTF8.GetBytes(SyslogBench.LineOf(kind, i)))]);
            for (var i = 0; i < 5; i++) Measure(kind, one, lines);
            return 0;
        }
        if (args is ["json", var data, .. var rest]) return Json(data, rest.Length > 0 ? rest[0] : "D5");
        var content = args.Length > 0 ? args[0] : "content";
        var normaliser = new Normaliser(new(content));
        if (args.Length > 1) Measure("files", normaliser, Blocks([.. args.Skip(1).SelectMany(ZipLines)]));
        Measure("sysmon", normaliser, Blocks([.. Enumerable.Range(0, 200_000).Select(Sysmon)]));
        Measure("sshd", normaliser, Blocks([.. Enumerable.Range(0, 200_000).Select(Sshd)]));
        return 0;
    }

    /// <summary>
    /// <c>intake json DATA-FOLDER [LANE]</c>: the steps from a JSON line to an event, each beside JsonDocument.Parse of the same lines. The selection
    /// is what all rules of the data folder's rules/windows look at.
    /// </summary>
    static int Json(string data, string laneName)
    {
        const int runs = 5;
        var content = new ContentFolder(Path.Combine(AppContext.BaseDirectory, "content"));
        var normaliser = new Normaliser(content);
        var lane = DetectBench.Lane(data, laneName);
        var bytes = lane.Sum(l => (long)l.Length);
        var only = Selection(data, content);
        Console.WriteLine($"lane {laneName}: {lane.Count} events, {bytes} bytes; {only.Count} of {FieldNames.Count} known fields wanted; load {File.ReadAllText("/proc/loadavg").Trim()}");

        var tables = new Tables(content.Path, user: null);
        var format = tables.Json;
        var gaveUp = 0;
        var nothing = new FieldSelection([]);
        void Scan(FieldSelection selection)
        {
            using var batch = new EventBatch();
            var draft = new EventDraft(tables, selection);
            draft.BeginBatch(batch);
            gaveUp = 0;
            foreach (var line in lane)
                if (!draft.Leaves.TryScan(new Text(line.Span, 0), format, draft, skip: !selection.IsEverything)) gaveUp++;
        }

        (string Name, Action Work)[] steps =
        [
            ("JsonDocument.Parse", () => { foreach (var line in lane) using (JsonDocument.Parse(line)) { } }),
            ("Utf8JsonReader, all tokens", () => { foreach (var line in lane) for (var reader = new Utf8JsonReader(line.Span); reader.Read();) { } }),
            ("UTF-8 check and copy", () => { var room = new byte[1 << 20]; foreach (var line in lane) if (System.Text.Unicode.Utf8.IsValid(line.Span)) line.Span.CopyTo(room); }),
            ("scan, all leaves", () => Scan(FieldSelection.Everything)),
            ("scan, wanted leaves", () => Scan(only.Selection)),
            ("normalise, no field", () => DetectBench.Batches(lane, normaliser, _ => { }, nothing)),
            ("normalise, all fields", () => DetectBench.Batches(lane, normaliser, _ => { })),
            ("normalise, wanted fields", () => DetectBench.Batches(lane, normaliser, _ => { }, only.Selection)),
        ];
        foreach (var (_, work) in steps) work();
        var floor = 0.0;
        foreach (var (name, work) in steps)
        {
            var seconds = DetectBench.Median(runs, work);
            if (floor == 0) floor = seconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-28} {lane.Count / seconds,9:F0} events/s {bytes / seconds / 1e6,7:F1} MB/s {seconds / lane.Count * 1e6,6:F2} us an event, {floor / seconds,5:F2} times the rate of JsonDocument.Parse"));
        }
        Console.WriteLine($"the scan gave up on {gaveUp} lines");
        return 0;
    }

    static (FieldSelection Selection, int Count) Selection(string data, ContentFolder content)
    {
        using var zip = File.OpenRead(Path.Combine(data, "sigma", "sigma-rules.zip"));
        var set = new RuleSet([.. RuleFiles.Zip(zip, "sigma-rules.zip", PlaceholderLists.None).Where(f => f.File.StartsWith("sigma-rules.zip/rules/windows/", StringComparison.Ordinal))], Mappings.Load(content.Path));
        FieldId[] heads = [Ecs.WinlogChannel, Ecs.EventCode, Ecs.EventDataset, Ecs.EventModule, Ecs.EventCategory, Ecs.HostName, Ecs.LogSourceId];
        List<FieldId> wanted = [.. Enumerable.Range(0, FieldNames.Count).Select(id => new FieldId(id)).Where(id => set.Fields.DenseOf(id.Value) >= 0).Union(heads)];
        return (new(wanted, name => set.Fields.DenseOfOther(name) >= 0), wanted.Count);
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
