using System.Diagnostics;
using System.Globalization;
using System.Text;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Bench;

/// <summary>
/// The event store through its worker: rows and CPU of storing, bytes an event, a needle. <c>store [--rows N] [--queries N]</c>. The time of the
/// encoder's and client's process and of the worker are summed, since an event costs both.
/// </summary>
static class StoreBench
{
    const int BatchRows = 50_000;

    public static async Task<int> Run(string[] args)
    {
        var rows = Number("--rows", 500_000);
        var repeats = Number("--queries", 5);
        var folder = Directory.CreateTempSubdirectory("andon-bench-").FullName;
        var options = new EngineOptions { DataFolder = Path.Combine(folder, "engine"), Command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "andon.dll"), "engine"] };
        if (options.Refusal() is { } refusal)
        {
            Console.WriteLine(refusal);
            return 1;
        }
        using var engine = new EngineSupervisor(options, new FindingList(), TimeProvider.System, NullLogger<EngineSupervisor>.Instance);
        try
        {
            var start = Stopwatch.GetTimestamp();
            await engine.StartAsync(default);
            await engine.Ready(default);
            Console.WriteLine(Text($"start to ready      {Stopwatch.GetElapsedTime(start).TotalMilliseconds,10:0} ms"));
            var store = new EventStore(engine, new("bench"), TimeProvider.System);
            await store.EnsureSchema(default);
            await Fill(engine, store, rows);
            await Ask(store, "needle token, with raw", "SELECT timestamp, raw FROM events WHERE hasToken(lower(raw), {n:String}) SETTINGS use_query_condition_cache = 0", "needle4711x", repeats, 1);
            await Ask(store, "floor: SELECT 1", "SELECT 1", "", repeats * 10, 1);
            await Ask(store, "floor: count()", "SELECT count() FROM events", "", repeats, 1);
            return 0;
        }
        finally
        {
            await engine.StopAsync(default);
            Directory.Delete(folder, recursive: true);
        }

        int Number(string name, int standard) =>
            Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : standard;
    }

    static async Task Fill(EngineSupervisor engine, EventStore store, int rows)
    {
        using var worker = Process.GetProcessById(engine.WorkerId ?? throw new InvalidOperationException("no worker"));
        using var self = Process.GetCurrentProcess();
        var address = await engine.Ready(default);
        var random = new Random(1);
        TimeSpan wall = default, ours = default;
        var theirs = Cpu(worker);
        long raw = 0, sent = 0;
        using var cut = new EventCut();
        for (var done = 0; done < rows; done += BatchRows)
        {
            using var batch = Mix(random, (ulong)done + 1, Math.Min(BatchRows, rows - done), ref raw);
            var (began, cpu) = (Stopwatch.GetTimestamp(), Cpu(self));
            cut.Begin((ulong)done + 1);
            cut.Add(batch, ulong.MaxValue, without: null);
            foreach (var (_, day) in cut.Days)
            {
                sent += day.Block.Bytes;
                using var content = day.Block.AsContent();
                await store.Client.Insert(address, EventTables.Events.InsertSql, Text($"e-{cut.From}"), content, default);
            }
            wall += Stopwatch.GetElapsedTime(began);
            ours += Cpu(self) - cpu;
        }
        theirs = Cpu(worker) - theirs;
        var disk = await store.Number("SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events'", default);
        var index = await store.Number("SELECT sum(secondary_indices_compressed_bytes) FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events'", default);
        var audit = await store.Number("SELECT count() = uniqExact(id) AND count() = " + rows.ToString(CultureInfo.InvariantCulture) + " FROM events", default);
        worker.Refresh();
        Console.WriteLine(Text($"rows                {rows,10} in batches of {BatchRows}, {(double)raw / rows:0} B raw each, {(double)sent / rows:0} B sent each"));
        Console.WriteLine(Text($"encode + insert     {rows / wall.TotalSeconds,10:0} rows/s"));
        Console.WriteLine(Text($"CPU                 {(ours + theirs).TotalMicroseconds / rows,10:0.0} us/row: {ours.TotalMicroseconds / rows:0.0} encode and client, {theirs.TotalMicroseconds / rows:0.0} worker with merges so far"));
        Console.WriteLine(Text($"disk                {(double)disk / rows,10:0.0} B/event, {(double)disk / raw:0.000} of raw; indexes {(double)index / rows:0.0} B/event"));
        Console.WriteLine(Text($"count() = uniqExact {(audit == 1 ? "yes" : "NO"),10}"));
        Console.WriteLine(Text($"worker RSS          {worker.WorkingSet64 >> 20,10} MiB"));
    }

    static async Task Ask(EventStore store, string name, string sql, string needle, int repeats, int expected)
    {
        var times = new List<double>();
        for (var i = 0; i < repeats; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var answer = await store.Query(sql, new Dictionary<string, string> { ["n"] = needle }, QueryLimits.Standard, default);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (answer.Rows.Count != expected) throw new InvalidOperationException($"{name}: {answer.Rows.Count} rows, expected {expected}.");
        }
        times.Sort();
        Console.WriteLine(Text($"{name,-24}{times[times.Count / 2],6:0.0} ms p50 of {repeats}, least {times[0]:0.0}"));
    }

    /// <summary>An ordinary mix: sshd, sudo, web access as JSON, process starts, flows. One event in the middle holds the needle.</summary>
    static EventBatch Mix(Random random, ulong first, int count, ref long raw)
    {
        var batch = new EventBatch(64 << 20);
        for (var i = 0; i < count; i++)
        {
            var position = first + (ulong)i;
            var at = 1_772_452_800_000 + (long)position * 20;
            var time = UnixMs.ToIso(at);
            var host = $"host{random.Next(200)}";
            var user = $"user{random.Next(400)}";
            var ip = $"10.{random.Next(4)}.{random.Next(256)}.{random.Next(256)}";
            var hash = Convert.ToHexStringLower(BitConverter.GetBytes(random.NextInt64())) + Convert.ToHexStringLower(BitConverter.GetBytes(random.NextInt64()));
            var mark = position == 4711 ? " needle4711x" : "";
            var kind = random.Next(100);
            var text = kind switch
            {
                < 24 => $"<38>{time} {host} sshd[{random.Next(40000)}]: Failed password for {user} from {ip} port {random.Next(1024, 65535)} ssh2{mark}",
                < 30 => $"<85>{time} {host} sudo: {user} : TTY=pts/{random.Next(9)} ; PWD=/home/{user} ; USER=root ; COMMAND=/usr/bin/systemctl restart unit{random.Next(50)}{mark}",
                < 60 => $$"""{"time":"{{time}}","remote":"{{ip}}","host":"{{host}}","method":"GET","path":"/app/{{random.Next(500)}}/item?id={{hash}}","status":{{(random.Next(9) == 0 ? 404 : 200)}},"bytes":{{random.Next(90000)}},"agent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/13{{random.Next(9)}}.0 Safari/537.36","request_id":"{{hash}}","tls":"TLSv1.3","upstream":"10.9.{{random.Next(9)}}.{{random.Next(255)}}:8080","duration":0.0{{random.Next(99)}}}{{mark}}""",
                < 84 => $$"""{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"{{host}}","UtcTime":"{{time}}","ProcessGuid":"{{hash}}","ProcessId":{{random.Next(60000)}},"Image":"C:\\Windows\\System32\\svchost{{random.Next(60)}}.exe","CommandLine":"C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Service{{random.Next(3000)}}","User":"CORP\\{{user}}","ParentImage":"C:\\Windows\\System32\\services.exe","Hashes":"SHA256={{hash}}{{hash}}","IntegrityLevel":"System","CurrentDirectory":"C:\\Windows\\system32\\","ParentProcessGuid":"{{hash}}","LogonId":"0x3e7","TerminalSessionId":0,"Company":"Contoso Corporation","Product":"Operating System","FileVersion":"10.0.19041.1"}{{mark}}""",
                _ => $$"""{"time":"{{time}}","event_type":"flow","src_ip":"{{ip}}","src_port":{{random.Next(65535)}},"dest_ip":"172.16.{{random.Next(255)}}.{{random.Next(255)}}","dest_port":{{(random.Next(2) == 0 ? 443 : 53)}},"proto":"TCP","flow_id":{{random.NextInt64()}},"host":"{{host}}","app":"tls","pkts":{{random.Next(900)}},"bytes":{{random.Next(900000)}},"community_id":"1:{{hash}}"}{{mark}}""",
            };
            var bytes = Encoding.UTF8.GetBytes(text);
            raw += bytes.Length;
            batch.Begin(new Record(position, at, Sent, bytes));
            batch.Current.TimeMs = at;
            Put(batch, Ecs.LogSourceId, $"syslog:{host}:{kind / 30}");
            Put(batch, Ecs.EventDataset, kind < 30 ? "system.auth" : kind < 60 ? "nginx.access" : kind < 84 ? "windows.sysmon" : "json.generic");
            Put(batch, Ecs.AndonParser, "bench/1");
            Put(batch, Ecs.HostName, host);
            Put(batch, Ecs.UserName, user);
            Put(batch, Ecs.RelatedUser, user);
            Put(batch, Ecs.RelatedHosts, host);
            if (kind is < 60 or >= 84)
            {
                Put(batch, Ecs.SourceIp, ip);
                Put(batch, Ecs.RelatedIp, ip);
            }
            else
            {
                Put(batch, Ecs.ProcessCommandLine, $"C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Service{random.Next(3000)}");
                Put(batch, Ecs.ProcessExecutable, $"C:\\Windows\\System32\\svchost{random.Next(60)}.exe");
                Put(batch, Ecs.FileHashSha256, hash + hash);
                Put(batch, Ecs.RelatedHash, hash + hash);
            }
            batch.Add(batch.NameOf("bench.one"u8), Encoding.UTF8.GetBytes(hash));
            batch.Add(batch.NameOf("bench.two"u8), Encoding.UTF8.GetBytes(host));
            batch.Add(batch.NameOf("bench.three"u8), "fixed"u8);
        }
        (batch.From, batch.To) = (first, first + (ulong)count);
        return batch.Seal();

        static void Put(EventBatch to, FieldId field, string value) => to.Add(field, Encoding.UTF8.GetBytes(value));
    }

    static readonly Origin Sent = new("file", "bench");

    static TimeSpan Cpu(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
