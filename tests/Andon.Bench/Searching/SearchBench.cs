using System.Diagnostics;
using System.Globalization;
using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Query;
using Microsoft.Extensions.Logging.Abstractions;
using static Andon.Bench.Searching.PeerFiles;

namespace Andon.Bench.Searching;

/// <summary>
/// Searching, beside ripgrep, <c>zstdcat | rg</c> and an analytic engine on the same events in the same run:
/// <c>search [--events N] [--runs N] [--text] [--loaded | --just-loaded] [--keep FOLDER [--sql STATEMENT]]</c>. Queries go the whole way: KQL, compiler, worker, rows. The engine's cache of
/// conditions is off, as a repeated question would measure only that. Every peer has one thread a query, as Andon's worker gives.
/// </summary>
static class SearchBench
{
    const int BatchRows = 50_000;

    public static async Task<int> Run(string[] args, string root)
    {
        var events = int.Parse(Option(args, "--events", "1000000"), CultureInfo.InvariantCulture);
        var runs = int.Parse(Option(args, "--runs", "7"), CultureInfo.InvariantCulture);
        var kept = Option(args, "--keep", "");
        var folder = kept.Length > 0 ? Directory.CreateDirectory(kept).FullName : Directory.CreateTempSubdirectory("andon-bench-").FullName;
        var options = new EngineOptions { DataFolder = Path.Combine(folder, "engine"), Command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "andon.dll"), "engine"], ConditionCache = false };
        if (options.Refusal() is { } refusal)
        {
            Console.WriteLine(refusal);
            return 1;
        }
        using var engine = new EngineSupervisor(options, new FindingList(), TimeProvider.System, NullLogger<EngineSupervisor>.Instance);
        try
        {
            await engine.StartAsync(default);
            await engine.Ready(default);
            var store = new EventStore(engine, new("bench") { TextIndex = args.Contains("--text") }, TimeProvider.System);
            await store.EnsureSchema(default);
            if (Option(args, "--sql", "") is { Length: > 0 } sql)
            {
                var answer = await store.Query(sql, new Dictionary<string, string>(), QueryLimits.Standard, default);
                foreach (var row in answer.Rows) Console.WriteLine(string.Join(" | ", row));
                Console.WriteLine(Text($"{answer.Stats}"));
                return 0;
            }
            using var files = new PeerFiles(folder, Path.Exists(Path.Combine(folder, "raw.log.zst")));
            Console.WriteLine(Text($"{events} events, medians of {runs}, load {File.ReadAllText("/proc/loadavg").Trim()}"));
            if (!files.Made) await Fill(engine, store, files, events);
            await Sizes(store, files);
            var queries = new QueryEngine(store, TimeProvider.System);
            if (!args.Contains("--just-loaded"))
            {
                await Needles(queries, files, runs);
                await Nine(queries, files, folder, runs, root);
                await FirstPage(queries, folder, runs);
            }
            if (args.Contains("--loaded") || args.Contains("--just-loaded")) await LoadedBench.Run(store, queries, perSecond: 20_000, seconds: 20, users: 20);
            return 0;
        }
        finally
        {
            await engine.StopAsync(default);
            if (kept.Length == 0) Directory.Delete(folder, recursive: true);
        }
    }

    static async Task Fill(EngineSupervisor engine, EventStore store, PeerFiles files, int events)
    {
        var normaliser = new Normaliser(new(Path.Combine(AppContext.BaseDirectory, "content")));
        var address = await engine.Ready(default);
        var made = new MadeLogs(events);
        var records = new List<Record>(BatchRows);
        using var worker = Process.GetProcessById(engine.WorkerId ?? throw new InvalidOperationException("no worker"));
        using var self = Process.GetCurrentProcess();
        TimeSpan wall = default, ours = default;
        var theirs = Cpu(worker);
        using var cut = new EventCut();
        for (var done = 0; done < events;)
        {
            records.Clear();
            while (records.Count < BatchRows && done < events) records.Add(made.Next(done++));
            var (began, cpu) = (Stopwatch.GetTimestamp(), Cpu(self));
            using var batch = normaliser.Normalise(records);
            cut.Begin(records[0].Position);
            cut.Add(batch, ulong.MaxValue, without: null);
            foreach (var (_, day) in cut.Days)
            {
                using var content = day.Block.AsContent();
                await store.Client.Insert(address, EventTables.Events.InsertSql, "", content, default);
            }
            (wall, ours) = (wall + Stopwatch.GetElapsedTime(began), ours + Cpu(self) - cpu);
            for (var i = 0; i < batch.Count; i++) files.Add(batch[i]);
        }
        files.Close();
        await Settled(store);
        theirs = Cpu(worker) - theirs;
        Console.WriteLine(Text($"normalise + encode + insert {events / wall.TotalSeconds,8:0} events/s; CPU {(ours + theirs).TotalMicroseconds / events:0.0} us an event: {ours.TotalMicroseconds / events:0.0} ours, {theirs.TotalMicroseconds / events:0.0} worker with its merges"));
        Time($"zstd -q -f -3 {files.Raw} -o {files.Packed}");
    }

    /// <summary>Waits until the engine merges no more, two minutes at most.</summary>
    static async Task Settled(EventStore store)
    {
        for (var i = 0; i < 60; i++)
        {
            await Task.Delay(2000);
            if (await store.Number("SELECT count() FROM system.merges", default) == 0) return;
        }
    }

    static async Task Sizes(EventStore store, PeerFiles files)
    {
        var rows = await store.Number("SELECT count() FROM events", default);
        var disk = await store.Number("SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events'", default);
        var index = await store.Number("SELECT sum(secondary_indices_compressed_bytes) FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events'", default);
        var parts = await store.Number("SELECT count() FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events'", default);
        var (raw, packed) = (new FileInfo(files.Raw).Length, new FileInfo(files.Packed).Length);
        Console.WriteLine(Text($"disk                {(double)disk / rows:0.0} B/event of {(double)raw / rows:0.0} raw = {(double)disk / raw:0.000}; indexes {(double)index / rows:0.0} B; zstd -3 of raw {(double)packed / raw:0.000}; {parts} parts"));
    }

    static async Task Needles(QueryEngine queries, PeerFiles files, int runs)
    {
        await Beside("needle token, raw shown", $"Events | where event.original has '{MadeLogs.Needle}' | project timestamp, event.original", MadeLogs.Needle, "-w");
        await Beside("substring, raw shown", $"Events | where event.original contains '{MadeLogs.Substring}' | project timestamp, event.original", MadeLogs.Substring, "-i");
        await Beside("rare token, rows", $"Events | where event.original has '{MadeLogs.RareUnit}' | project timestamp, host.name, event.original", MadeLogs.RareUnit, "-w");

        async Task Beside(string name, string kql, string text, string how)
        {
            var (ours, rows) = await Median(queries, kql, runs);
            var (rg, lines) = Median(() => Time($"rg -j1 -F {how} {text} {files.Raw}"), runs);
            var (cat, _) = Median(() => Time($"zstdcat {files.Packed} | rg -F {how} {text}"), Math.Min(runs, 3));
            if (rows != lines) throw new InvalidOperationException($"{name}: {rows} rows, ripgrep has {lines} lines.");
            Console.WriteLine(Text($"{name,-28}{ours * 1000,9:0} ms; rg {rg * 1000,7:0} ms = {ours / rg:0.00} x; zstdcat | rg {cat * 1000,7:0} ms = {ours / cat:0.000} x; {rows} rows"));
        }
    }

    static async Task Nine(QueryEngine queries, PeerFiles files, string folder, int runs, string root)
    {
        DuckDb? peer = null;
        if (DuckDb.Find(root) is { } library)
        {
            DuckDb.LoadFrom(library);
            var file = Path.Combine(folder, "peer.duckdb");
            var there = File.Exists(file);
            peer = new(file, threads: 1);
            if (!there)
            {
                var names = string.Join(", ", Columns.Select(c => $"'{c.Name}': '{c.Type}'"));
                var began = Stopwatch.GetTimestamp();
                peer.Run($"CREATE TABLE events AS SELECT * FROM read_csv('{files.Table}', header = false, quote = '\"', escape = '\"', auto_detect = false, max_line_size = 8388608, parallel = false, columns = {{'ts': 'TIMESTAMP', {names}, 'raw': 'VARCHAR'}})");
                peer.Run("CHECKPOINT");
                Console.WriteLine(Text($"peer: loaded in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s, {new FileInfo(file).Length / 1e6:0} MB"));
            }
        }
        else Console.WriteLine("The analytic peer is not installed: npm --prefix tests/Andon.Bench/peers ci.");
        double total = 0, theirs = 0, worst = 0;
        foreach (var question in Question.Nine)
        {
            var (ours, rows) = await Median(queries, question.Kql, runs);
            total += ours;
            if (peer is null)
            {
                Console.WriteLine(Text($"{question.Group,-6}{question.Name,-28}{ours * 1000,9:0.0} ms; {rows} rows"));
                continue;
            }
            var (other, count) = Median(() => Timed(peer, question.Sql), runs);
            if (count != rows) Console.WriteLine(Text($"{question.Name}: {rows} rows, the peer has {count}."));
            theirs += other;
            worst = Math.Max(worst, ours / other);
            Console.WriteLine(Text($"{question.Group,-6}{question.Name,-28}{ours * 1000,9:0.0} ms; peer {other * 1000,7:0.0} ms = {ours / other:0.00} x; {rows} rows"));
        }
        if (peer is not null) Console.WriteLine(Text($"nine in all {total * 1000:0} ms; peer {theirs * 1000:0} ms = {total / theirs:0.00} x; worst {worst:0.00} x"));
        peer?.Dispose();
    }

    static (double, long) Timed(DuckDb peer, string sql)
    {
        var began = Stopwatch.GetTimestamp();
        var (rows, _) = peer.Run(sql);
        return (Stopwatch.GetElapsedTime(began).TotalSeconds, rows);
    }

    /// <summary>First pages of an hour's search, each of another hour and with the files thrown out of the page cache before.</summary>
    static async Task FirstPage(QueryEngine queries, string folder, int runs)
    {
        var times = new List<double>();
        for (var i = 0; i < runs * 5; i++)
        {
            Cold.Drop(Path.Combine(folder, "engine"));
            var from = MadeLogs.FromMs + (i * 13 % (MadeLogs.Days * 24)) * 3_600_000L;
            var began = Stopwatch.GetTimestamp();
            await queries.Search(new($"Events | where host.name startswith 'lnx' and event.original has 'user{i}' | top 100 by timestamp desc", from, from + 3_600_000), default);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        times.Sort();
        Console.WriteLine(Text($"first page of 1 h, cold      p50 {times[times.Count / 2]:0} ms, p95 {times[times.Count * 95 / 100]:0} ms of {times.Count}"));
    }

    static async Task<(double Seconds, long Rows)> Median(QueryEngine queries, string kql, int runs)
    {
        var times = new List<double>();
        long rows = 0;
        for (var i = 0; i <= runs; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var answer = await queries.Search(new(kql, Limit: 100_000), default);
            // The first run compiles our own code.
            if (i > 0) times.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            rows = answer.Rows.Count;
        }
        times.Sort();
        return (times[times.Count / 2], rows);
    }

    static (double, long) Median(Func<(double Seconds, long Rows)> run, int runs)
    {
        var times = Enumerable.Range(0, runs + 1).Select(_ => run()).Skip(1).OrderBy(t => t.Seconds).ToList();
        return times[times.Count / 2];
    }

    static TimeSpan Cpu(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    static string Option(string[] args, string name, string standard) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : standard;
}
