using System.Diagnostics;
using System.Globalization;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Bench;

/// <summary>
/// The record log beside its floor: the same bytes in the same batches, written plainly and flushed. One appender shows the price of
/// framing; many show what sharing the flush gives. Arguments: folder (on the disk to measure), records in thousands.
/// </summary>
static class RecordsBench
{
    const int RecordBytes = 300;

    public static async Task<int> Run(string[] args)
    {
        var root = args.Length > 0 ? args[0] : Path.GetTempPath();
        var thousands = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 400;
        var folder = Path.Combine(root, "andon-bench-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        try
        {
            Say($"{"case",-44}{"records/s",12}{"MB/s",9}{"bytes alloc/record",20}");
            foreach (var batch in new[] { 1, 100, 5000 })
            {
                var records = Math.Min(thousands * 1000, batch * 2000);
                Floor(folder, batch, records);
                await Append(folder, appenders: 1, batch, records);
                await Append(folder, appenders: 16, batch, records);
            }
            await Read(folder, thousands * 1000);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Floor(string folder, int batch, int records)
    {
        using var handle = File.OpenHandle(Path.Combine(folder, $"floor-{batch}"), FileMode.Create, FileAccess.Write);
        var bytes = new byte[batch * RecordBytes];
        Random.Shared.NextBytes(bytes);
        Measure($"floor: write + fsync, batches of {batch}", records, () =>
        {
            for (var at = 0; at < records; at += batch)
            {
                RandomAccess.Write(handle, bytes, (long)at * RecordBytes);
                RandomAccess.FlushToDisk(handle);
            }
            return Task.CompletedTask;
        }).GetAwaiter().GetResult();
    }

    static async Task Append(string folder, int appenders, int batch, int records)
    {
        await using var log = Open(folder, $"log-{appenders}-{batch}");
        var drafts = Drafts(batch);
        var each = records / batch / appenders;
        await Measure($"log: {appenders} appender(s), batches of {batch}", each * batch * appenders, () => Task.WhenAll(Enumerable.Range(0, appenders).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++) await log.Append(drafts, CancellationToken.None);
        }))));
    }

    static async Task Read(string folder, int records)
    {
        await using var log = Open(folder, "read");
        var drafts = Drafts(5000);
        for (var i = 0; i < records; i += drafts.Length) await log.Append(drafts, CancellationToken.None);
        var total = (int)(log.Next - 1);
        foreach (var dispose in new[] { true, false })
            await Measure($"read in pages of 2048{(dispose ? ", pages disposed" : ", pages left to the GC")}", total, async () =>
            {
                for (var from = 1ul; from < log.Next;)
                {
                    var page = await log.Read(from, 2048, 8 << 20, CancellationToken.None);
                    from = page[^1].Position + 1;
                    if (dispose) (page as IDisposable)?.Dispose();
                }
            });
    }

    static DiskRecordLog Open(string folder, string name) => DiskRecordLog.Open(Path.Combine(folder, name), new(), new FindingList(), TimeProvider.System);

    static RecordDraft[] Drafts(int count)
    {
        Origin[] origins = [new("syslog-tcp", "10.0.0.1"), new("bulk", "10.0.0.2", "logs")];
        var drafts = new RecordDraft[count];
        for (var i = 0; i < count; i++)
        {
            var raw = new byte[RecordBytes];
            Random.Shared.NextBytes(raw);
            drafts[i] = new(i, origins[i % origins.Length], raw);
        }
        return drafts;
    }

    static async Task Measure(string what, int records, Func<Task> work)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var began = Stopwatch.GetTimestamp();
        await work();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Say($"{what,-44}{records / seconds,12:N0}{(double)records * RecordBytes / seconds / 1e6,9:N1}{(double)allocated / records,20:N1}");
    }

    static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
