using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Detect.Stage;
using Andon.Intake.Collect;
using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Bench;

/// <summary>
/// <c>syslog [THOUSANDS] [--alone]</c>: a syslog line's way from a TCP socket to the store, stage by stage, in seconds of CPU: received and on disk (fsync), read
/// back and parsed, matched against all of SigmaHQ's rules, stored by the engine. Lines of about 160, 400 and 650 bytes. The floor is the same bytes
/// sent to a socket that only reads, which the first stage pays too, for its sender runs in this process. Alone: each kind into empty tables, so
/// that the merges are of its own rows; else they also take what the kind before left.
/// </summary>
static class SyslogBench
{
    const int BlockRecords = 2048, WarmUp = 60_000;

    public static async Task<int> Run(string[] args, string root)
    {
        var alone = args.Contains("--alone");
        args = [.. args.Where(a => a != "--alone")];
        var thousands = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100;
        var data = Path.Combine(root, "..", "shared", "data");
        var content = new ContentFolder(Path.Combine(AppContext.BaseDirectory, "content"));
        using var zip = File.OpenRead(Path.Combine(data, "sigma", "sigma-rules.zip"));
        var set = new RuleSet([.. RuleFiles.Zip(zip, "sigma-rules.zip", PlaceholderLists.None).Where(f => f.File.StartsWith("sigma-rules.zip/rules/", StringComparison.Ordinal))], Mappings.Load(content.Path));
        var folder = Directory.CreateTempSubdirectory("andon-bench-").FullName;
        var options = new EngineOptions { DataFolder = Path.Combine(folder, "engine"), Command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "andon.dll"), "engine"] };
        using var engine = new EngineSupervisor(options, new FindingList(), TimeProvider.System, NullLogger<EngineSupervisor>.Instance);
        try
        {
            await engine.StartAsync(default);
            await engine.Ready(default);
            var store = new EventStore(engine, new("bench"), TimeProvider.System);
            await store.EnsureSchema(default);
            Console.WriteLine($"rules {set.Rules.Count}; load {(await File.ReadAllTextAsync("/proc/loadavg")).Trim()}");
            ulong position = 1;
            // One for as long as the program runs, as the store's reader has it. The first round of each kind is not counted: code is compiled, buffers grow.
            using var cut = new EventCut();
            foreach (var (count, told) in new[] { (WarmUp, TextWriter.Null), (thousands * 1000, Console.Out) })
                foreach (var name in new[] { "sshd", "sudo", "firewall" })
                {
                    if (alone) foreach (var table in new[] { EventTables.Events.Name, EventTables.Alerts.Name }) await store.Client.Execute($"TRUNCATE TABLE `{table}`", default);
                    var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, count).Select(i => LineOf(name, i) + "\n")));
                    await One(name, bytes, count, Path.Combine(folder, $"{name}-{count}"), new Normaliser(content), set, engine, store, cut, position, alone, told);
                    position += (ulong)count;
                }
            return 0;
        }
        finally
        {
            await engine.StopAsync(default);
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task One(string name, byte[] bytes, int events, string folder, Normaliser normaliser, RuleSet set, EngineSupervisor engine, EventStore store, EventCut cut, ulong position, bool alone, TextWriter told)
    {
        told.WriteLine(Text($"{name}: {events} lines of {(double)bytes.Length / events:F0} bytes"));
        var floor = await Spend(() => Floor(bytes));
        await using var log = DiskRecordLog.Open(folder, new RecordLogOptions(), new FindingList(), TimeProvider.System);
        var received = await Spend(() => Receive(bytes, events, log));

        var matcher = new RuleMatcher(set);
        var hits = 0L;
        var rows = 0L;
        var share = new BatchShare(set.Rules.Count);
        using var alerts = new AlertEncoder();
        Spent parsed = default, matched = default, shown = default, encoded = default;
        using var worker = Process.GetProcessById(engine.WorkerId ?? throw new InvalidOperationException("no worker"));
        var address = await engine.Ready(default);
        var stored = Cpu(worker);
        var merged = await Merged();
        cut.Begin(0);
        for (var at = log.First; at < log.Next;)
        {
            var start = Spent.Now();
            var page = await log.Read(at, BlockRecords, 4 << 20, default);
            using var batch = normaliser.Normalise(page).Seal();
            var read = Spent.Now();
            share.Begin();
            List<Hit> made = [];
            for (var i = 0; i < batch.Count; i++)
                foreach (var rule in matcher.Match(batch, i))
                {
                    hits++;
                    if (share.May(rule.Index, batch[i])) made.Add(HitMaker.Make(matcher.Values, rule, RuleQueue.Production, 1_772_438_398_125));
                }
            var asked = Spent.Now();
            // As the hit log and the alerts table have them.
            if (made.Count > 0) JsonSerializer.Serialize(Stream.Null, new HitBlock(at, batch.To, made), FactTypes.Json);
            for (var i = 0; i < made.Count; i++) alerts.Add(made[i], at, i);
            rows += made.Count;
            var written = Spent.Now();
            if (cut.Rows == 0) cut.Begin(position + at);
            cut.Add(batch, ulong.MaxValue, without: null);
            at = page[^1].Position + 1;
            (page as IDisposable)?.Dispose();
            // As many rows an insert as the store's reader gathers when there is work to do.
            if (cut.Full || cut.Rows >= EventLimits.BatchRowsMax || cut.Bytes >= EventLimits.BatchBytesMax || at >= log.Next)
            {
                foreach (var (_, day) in cut.Days)
                {
                    using var block = day.Block.AsContent();
                    await store.Client.Insert(address, EventTables.Events.InsertSql, Text($"e-{cut.From}"), block, default);
                }
                if (alerts.Rows > 0)
                {
                    using var block = alerts.Block.AsContent();
                    await store.Client.Insert(address, EventTables.Alerts.InsertSql, Text($"a-{cut.From}"), block, default);
                }
                alerts.Clear();
                cut.Begin(position + at);
            }
            (parsed, matched, shown, encoded) = (parsed + (read - start), matched + (asked - read), shown + (written - asked), encoded + (Spent.Now() - written));
        }
        for (var quiet = 0; quiet < 6;)
        {
            await Task.Delay(250);
            quiet = await store.Number("SELECT count() FROM system.merges", default) == 0 ? quiet + 1 : 0;
        }
        var engineSpent = new Spent(Cpu(worker) - stored, 0);

        var ours = received + parsed + matched + shown + encoded;
        var all = ours + engineSpent;
        Print("floor: sent and read", floor);
        Print("received, on disk", received);
        Print("read back and parsed", parsed);
        Print("matched, hits made", matched);
        Print("hits written", shown);
        Print("encoded and sent to the engine", encoded);
        Print("all of ours", ours);
        Print("engine, with its merges", engineSpent);
        Print("all", all);
        told.WriteLine(Text($"  matches {hits}, hits {rows}, rules asked an event {matcher.Asked / (double)events:F1}, rows merged{(alone ? "" : ", also of before")}, {(double)(await Merged() - merged) / events:F1} an event"));

        async Task<ulong> Merged() => await store.Number("SELECT sum(value) FROM system.events WHERE event = 'MergedRows'", default);

        void Print(string stage, Spent spent) => told.WriteLine(Text(
            $"  {stage,-32}{spent.Cpu.TotalMicroseconds / events,8:F2} us an event {events / spent.Cpu.TotalSeconds,10:F0} events/CPU s {100 * spent.Cpu / all.Cpu,5:F0} % {(double)spent.Bytes / events,8:F0} bytes allocated an event"));
    }

    /// <summary>CPU time of this process and bytes it allocated.</summary>
    readonly record struct Spent(TimeSpan Cpu, long Bytes)
    {
        public static Spent Now() => new(Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
        public static Spent operator +(Spent a, Spent b) => new(a.Cpu + b.Cpu, a.Bytes + b.Bytes);
        public static Spent operator -(Spent a, Spent b) => new(a.Cpu - b.Cpu, a.Bytes - b.Bytes);
    }

    static async Task Receive(byte[] bytes, int events, DiskRecordLog log)
    {
        var listener = new Listener("syslog-tcp", log, TimeProvider.System);
        using var door = new TcpDoor(new(IPAddress.Loopback, 0), new SyslogWire(octetCounting: true, 1 << 20), TcpBudget.Default, null, listener, TimeProvider.System, new FindingList(), NullLogger<TcpDoor>.Instance);
        await door.StartAsync(default);
        while (listener.Address.Length == 0) await Task.Delay(5);
        await Task.Delay(50);
        await Send(IPEndPoint.Parse(listener.Address), bytes);
        await log.WaitFor((ulong)events, default);
        await door.StopAsync(default);
    }

    static async Task Floor(byte[] bytes)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        var sending = Send((IPEndPoint)socket.LocalEndPoint!, bytes);
        using var peer = await socket.AcceptAsync();
        var buffer = new byte[16 << 10];
        while (await peer.ReceiveAsync(buffer) > 0) { }
        await sending;
    }

    static async Task Send(IPEndPoint to, byte[] bytes)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(to);
        for (var at = 0; at < bytes.Length;) at += await socket.SendAsync(bytes.AsMemory(at, Math.Min(64 << 10, bytes.Length - at)));
        socket.Shutdown(SocketShutdown.Send);
    }

    static async Task<Spent> Spend(Func<Task> work)
    {
        var before = Spent.Now();
        await work();
        return Spent.Now() - before;
    }

    static TimeSpan Cpu(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    /// <summary>One of the three kinds of lines, the i-th.</summary>
    public static string LineOf(string kind, int i) => kind switch { "sshd" => Sshd(i), "sudo" => Sudo(i), "firewall" => Firewall(i), _ => throw new ArgumentException($"There are no {kind} lines.", nameof(kind)) };

    static string Sshd(int i) => Text($"<38>1 2026-03-02T07:{i / 60 % 60:D2}:{i % 60:D2}.125Z web{i % 40:D2}.frankfurt.prod.example.internal sshd {1000 + i % 5000} - - Failed password for invalid user user{i % 900} from 203.0.113.{i % 250} port {20000 + i % 40000} ssh2");

    static string Sudo(int i) => Text($"<85>1 2026-03-02T07:{i / 60 % 60:D2}:{i % 60:D2}.125Z build{i % 40:D2}.prod.example sudo {1000 + i % 5000} - -   deploy{i % 30} : TTY=pts/{i % 9} ; PWD=/srv/releases/2026-03-02/{i % 700} ; USER=root ; COMMAND=/usr/bin/rsync --archive --delete --exclude=node_modules --exclude=.git --rsh=/usr/bin/ssh -o StrictHostKeyChecking=yes /srv/releases/2026-03-02/{i % 700}/artifacts/ backup@storage{i % 12}.prod.example:/volume1/releases/{i}/artifacts/ --log-file=/var/log/rsync-{i % 99}.log");

    static string Firewall(int i) => Text($"<189>date=2026-03-02 time=07:{i / 60 % 60:D2}:{i % 60:D2} devname=\"fw{i % 4}\" devid=\"FG100E0000000{i % 4}\" eventtime=1772438398125000000 tz=\"+0000\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" srcip=10.1.{i % 250}.{i % 240} srcport={20000 + i % 40000} srcintf=\"port1\" srcintfrole=\"lan\" dstip=203.0.113.{i % 250} dstport=443 dstintf=\"wan1\" dstintfrole=\"wan\" srccountry=\"Reserved\" dstcountry=\"Germany\" sessionid={100000 + i} proto=6 action=\"close\" policyid={i % 60} policytype=\"policy\" poluuid=\"b2f1c7de-0c1a-51ee-9d25-{i % 90000:D12}\" service=\"HTTPS\" trandisp=\"snat\" transip=198.51.100.7 transport={20000 + i % 40000} duration={i % 600} sentbyte={i % 90000} rcvdbyte={i % 900000} sentpkt={i % 400} rcvdpkt={i % 800} appcat=\"unscanned\"");

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
