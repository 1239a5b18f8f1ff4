using System.Diagnostics;
using System.Globalization;
using System.Text;
using Andon.Model;
using Andon.Store.Records;
using Andon.Tests.Power.Cut;

namespace Andon.Bench;

/// <summary>
/// Power cuts of a record log whose segments are so small that it turns them over, seals, packs and deletes them all the time. On each cut disk the log is
/// opened and held against what was promised: records behind the slowest reader, readers' places, seals that hold.
/// </summary>
static class PowerStoreBench
{
    const int CutsARound = 100;
    static readonly string[] Readers = ["a", "b"];

    static RecordLogOptions Options => new() { SegmentBytesMax = 12_000, KeepBytesMax = 60_000, FreeBytesMin = 0, Pack = true, Readers = Readers };

    public static async Task<int> Run(string[] args)
    {
        var cuts = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 300;
        var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Random.Shared.Next(1_000_000);
        var work = Directory.CreateTempSubdirectory("andon-power-").FullName;
        var (wrong, owed, torn, codes) = (new List<string>(), 0L, 0L, new SortedDictionary<string, int>(StringComparer.Ordinal));
        try
        {
            var (layer, why) = CutLayer.Make(work);
            if (layer is null)
            {
                Console.Error.WriteLine(why);
                return 2;
            }
            var dice = new Random(seed);
            var data = Path.Combine(work, "disk");
            Directory.CreateDirectory(data);
            for (var done = 0; done < cuts;)
            {
                var journal = Path.Combine(work, $"journal-{done}");
                var heard = await Hear(layer.Watch(data, journal, new Faults(Path.Combine(work, "faults"))), data, journal);
                var bytes = await File.ReadAllBytesAsync(journal);
                var changes = CutJournal.Changes(bytes, 0);
                var first = changes.FindIndex(c => c >= heard[0].At);
                for (var i = 0; i < CutsARound && done < cuts; i++, done++)
                {
                    var at = changes[dice.Next(first, changes.Count)];
                    var disk = new CutDisk(CutMode.Strict);
                    disk.Apply(CutJournal.Read(bytes.AsMemory(0, at)));
                    var folder = Path.Combine(work, "cut");
                    if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
                    disk.Cut(i == 0 ? null : new Random(dice.Next()), folder);
                    var findings = new FindingList();
                    foreach (var fault in await Check(Path.Combine(folder, "log"), heard.Where(h => h.At <= at).ToList(), findings)) wrong.Add($"seed {seed}, cut {done + 1} at {at}: {fault}");
                    owed += heard.Count(h => h.At <= at && h.Text.StartsWith("ack", StringComparison.Ordinal));
                    foreach (var finding in findings.All)
                    {
                        codes[finding.Code] = codes.GetValueOrDefault(finding.Code) + 1;
                        if (codes[finding.Code] == 1) Console.Error.WriteLine(finding);
                        if (finding.Code == "REC001") torn += long.Parse(finding.Message.Split(' ')[0], CultureInfo.InvariantCulture);
                    }
                }
                Directory.Delete(data, recursive: true);
                Directory.CreateDirectory(data);
                File.Delete(journal);
            }
        }
        finally
        {
            if (args.Contains("--keep", StringComparer.Ordinal)) Console.WriteLine($"kept in {work}");
            else Directory.Delete(work, recursive: true);
        }
        foreach (var line in wrong.Take(40)) Console.WriteLine(line);
        Console.WriteLine($"seed {seed}, {cuts} cuts of the record log: {owed} records acknowledged before them, {wrong.Count} wrong; {torn} bytes of torn tails set aside; findings {string.Join(' ', codes.Select(c => $"{c.Key}×{c.Value}"))}");
        return wrong.Count == 0 ? 0 : 1;
    }

    static async Task<List<(string Text, long At)>> Hear(IReadOnlyDictionary<string, string> watch, string data, string journal)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(PowerStoreBench).Assembly.Location, "powercut-log", Path.Combine(data, "log")]) { RedirectStandardOutput = true };
        foreach (var (name, value) in watch) start.Environment[name] = value;
        using var child = Process.Start(start)!;
        var heard = new List<(string, long)>();
        var time = Stopwatch.StartNew();
        while (time.Elapsed < TimeSpan.FromSeconds(4) && await child.StandardOutput.ReadLineAsync() is { } line) heard.Add((line, new FileInfo(journal).Length));
        child.Kill();
        await child.WaitForExitAsync();
        return heard;
    }

    /// <summary>In a process of its own: appends, reads behind and says what it was promised.</summary>
    public static async Task<int> Child(string folder)
    {
        await using var log = DiskRecordLog.Open(folder, Options, new FindingList(), TimeProvider.System);
        var (number, gate) = (0, new Lock());
        void Say(string text) { lock (gate) Console.WriteLine(text); }
        async Task Append(int seed)
        {
            var dice = new Random(seed);
            while (true)
            {
                var count = dice.Next(1, 20);
                var from = Interlocked.Add(ref number, count) - count;
                var first = await log.Append([.. Enumerable.Range(from, count).Select(n => new RecordDraft(1, new("test", $"peer{n % 5}"), Encoding.ASCII.GetBytes($"n={n};{new string('x', dice.Next(0, 300))}")))], CancellationToken.None);
                for (var i = 0; i < count; i++) Say($"ack {from + i} {first + (ulong)i}");
            }
        }
        async Task Follow(string reader, int seed)
        {
            var dice = new Random(seed);
            for (var at = 1ul; ;)
            {
                await log.WaitFor(at, CancellationToken.None);
                var page = await log.Read(at, dice.Next(1, 200), 1 << 20, CancellationToken.None);
                if (page.Count > 0) at = page[^1].Position + 1;
                await log.SaveCheckpoint(reader, at, CancellationToken.None);
                Say($"saved {reader} {at}");
                await Task.Delay(dice.Next(20));
            }
        }
        await Task.WhenAll(Task.Run(() => Append(1)), Task.Run(() => Append(2)), Task.Run(() => Follow("a", 3)), Task.Run(() => Follow("b", 4)));
        return 0;
    }

    static async Task<List<string>> Check(string folder, List<(string Text, long At)> heard, FindingList findings)
    {
        var wrong = new List<string>();
        var promised = heard.Select(h => h.Text.Split(' ')).Where(t => t is ["ack", _, _]).Select(t => (Number: int.Parse(t[1], CultureInfo.InvariantCulture), At: ulong.Parse(t[2], CultureInfo.InvariantCulture))).ToList();
        ulong next;
        await using (var log = DiskRecordLog.Open(folder, Options, findings, TimeProvider.System))
        {
            foreach (var place in heard.Select(h => h.Text.Split(' ')).Where(t => t is ["saved", ..]))
                if (log.Checkpoint(place[1]) < ulong.Parse(place[2], CultureInfo.InvariantCulture)) wrong.Add($"reader {place[1]} was at {place[2]} and is at {log.Checkpoint(place[1])}");
            var floor = Readers.Min(r => log.Checkpoint(r));
            var found = new Dictionary<int, ulong>();
            for (var at = log.First; at < log.Next;)
            {
                var page = await log.Read(at, 1000, 1 << 20, CancellationToken.None);
                if (page.Count == 0) break;
                foreach (var record in page)
                {
                    var text = Encoding.ASCII.GetString(record.Raw.Span);
                    if (!found.TryAdd(int.Parse(text[2..text.IndexOf(';', StringComparison.Ordinal)], CultureInfo.InvariantCulture), record.Position)) wrong.Add($"{text} is there twice");
                }
                at = page[^1].Position + 1;
            }
            var lost = promised.Where(p => p.At >= floor && (!found.TryGetValue(p.Number, out var at) || at != p.At)).ToList();
            if (lost.Count > 0) wrong.Add($"{lost.Count} records are gone, the first is {lost[0]}");
            for (var i = 0; i < 40; i++) await log.Append([new RecordDraft(1, new("test", "after"), Encoding.ASCII.GetBytes($"n={-1 - i};{new string('y', 1000)}"))], CancellationToken.None);
            next = log.Next;
            foreach (var reader in Readers) await log.SaveCheckpoint(reader, next, CancellationToken.None);
        }
        await using (var again = DiskRecordLog.Open(folder, Options, findings, TimeProvider.System))
            if (again.Next != next) wrong.Add($"it ended at {next} and ends at {again.Next}");
        var after = RecordLogCheck.Run("records", folder, null, CancellationToken.None).Findings.Where(f => f.Code != "VER004").ToList();
        wrong.AddRange(after.Select(f => $"{f.Code} {f.Message} {f.Place}"));
        wrong.AddRange(findings.All.Where(f => f.Code is "REC008").Select(f => $"{f.Code} {f.Message}"));
        return wrong;
    }
}
