using System.Globalization;
using System.IO.Compression;
using Andon.Intake.Collect.Evtx;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Bench;

/// <summary>How fast event logs become records, and events; beside a checksum over the same bytes in the same run.</summary>
static class EvtxBench
{
    const int Rounds = 5;

    /// <summary><c>evtx FOLDER [CONTENT]</c>: all .evtx in the folder and in its zips, held in memory.</summary>
    public static int Run(string[] args)
    {
        if (args.Length == 0)
        {
            Console.Error.WriteLine("Usage: ./bench evtx FOLDER [CONTENT]");
            return 2;
        }
        var files = Files(args[0]);
        var normaliser = new Normaliser(new(args.Length > 1 ? args[1] : "content"));
        var bytes = files.Sum(f => (long)f.Length);
        long records = 0, json = 0;
        foreach (var file in files)
            foreach (var record in EvtxFile.Read(new MemoryStream(file), _ => { }, recover: false))
            {
                records++;
                json += record.Length;
            }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{files.Count} files, {bytes / 1e6:F1} MB, {records} records, {json / 1e6:F1} MB as JSON; best of {Rounds} rounds"));
        uint sum = 0;
        var floor = Best(() =>
        {
            foreach (var file in files) sum ^= Crc32.Append(0, file);
        });
        Print("floor: CRC-32 of all bytes", records, bytes, floor.Seconds, floor.Allocated, floor.Seconds);
        var read = Best(() =>
        {
            foreach (var file in files)
                foreach (var record in EvtxFile.Read(new MemoryStream(file), _ => { }, recover: false)) sum += (uint)record.Length;
        });
        Print("read", records, bytes, read.Seconds, read.Allocated, floor.Seconds);
        var both = Best(() =>
        {
            var batch = new List<Record>(2048);
            ulong position = 0;
            var origin = new Origin("file", "bench");
            foreach (var file in files)
                foreach (var record in EvtxFile.Read(new MemoryStream(file), _ => { }, recover: false))
                {
                    batch.Add(new(++position, 1_772_438_400_000, origin, record));
                    if (batch.Count < 2048) continue;
                    normaliser.Normalise(batch).Dispose();
                    batch.Clear();
                }
            normaliser.Normalise(batch).Dispose();
        });
        Print("read and normalise", records, bytes, both.Seconds, both.Allocated, floor.Seconds);
        return sum == 1 ? 1 : 0;
    }

    static (double Seconds, long Allocated) Best(Action run)
    {
        run();
        var best = (Seconds: double.MaxValue, Allocated: 0L);
        for (var i = 0; i < Rounds; i++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var cpu = Environment.CpuUsage.TotalTime;
            run();
            var seconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
            if (seconds < best.Seconds) best = (seconds, GC.GetAllocatedBytesForCurrentThread() - allocated);
        }
        return best;
    }

    static void Print(string name, long records, long bytes, double seconds, long allocated, double floor) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {seconds:F3} CPU s, {records / seconds:F0} records/s, {bytes / 1e6 / seconds:F0} MB/s, {seconds / floor:F1} x floor, {(double)allocated / records:F0} bytes allocated a record"));

    static List<byte[]> Files(string folder)
    {
        var files = new List<byte[]>();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (path.EndsWith(".evtx", StringComparison.OrdinalIgnoreCase)) files.Add(File.ReadAllBytes(path));
            if (!path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) continue;
            using var zip = ZipFile.OpenRead(path);
            foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith(".evtx", StringComparison.OrdinalIgnoreCase)))
            {
                using var from = entry.Open();
                var bytes = new byte[entry.Length];
                from.ReadExactly(bytes);
                files.Add(bytes);
            }
        }
        return files;
    }
}
