using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Store;

/// <summary>Parts of a table that cannot be read any more: the engine opens all the same, says so, and what was not flushed comes again.</summary>
public sealed class BrokenPartsTests
{
    const int Days = 150; // More than the hundred parts above which the engine by itself refuses a table.
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_opens_with_more_broken_parts_than_the_engine_would_allow_and_names_them_and_their_rows_come_again()
    {
        using var folder = new TempFolder();
        EngineHouse.Require();
        await using var log = new MemoryRecordLog();
        await log.Append([.. Enumerable.Range(0, Days).Select(i => EventMaker.Draft(EventMaker.Noon + i * EventLimits.DayMs))], Stop);
        await Fill(folder.Path, log, new FindingList());
        // A disk that lost the end of each file; one part is whole.
        var parts = Directory.GetFiles(Path.Combine(folder.Path, "engine", "store"), "data.bin", SearchOption.AllDirectories).Where(f => Path.GetFileName(Path.GetDirectoryName(f))!.StartsWith("20", StringComparison.Ordinal)).ToArray();
        Assert.True(parts.Length >= Days, $"{parts.Length} parts of events");
        foreach (var part in parts.Skip(1))
        {
            await using var file = File.OpenWrite(part);
            file.SetLength(file.Length / 2);
        }
        var findings = new FindingList();
        await Fill(folder.Path, log, findings);
        var finding = Assert.Single(findings.All, f => f.Code == "STO305");
        Assert.Contains($" {parts.Length - 1} parts of the table events ", finding.Message, StringComparison.Ordinal);
        Assert.EndsWith("detached", finding.Place, StringComparison.Ordinal);
        Assert.True(Directory.Exists(finding.Place), finding.Place);
    }

    // Starts an engine on the folder, feeds it the log, and ends it when every event stands there once.
    static async Task Fill(string folder, MemoryRecordLog log, FindingList findings)
    {
        var engine = await EngineHouse.Start(EngineHouse.Options(folder), findings);
        try
        {
            var store = new EventStore(engine, new(), TimeProvider.System);
            using var feed = new EventFeed(log, EventMaker.Normalise);
            using var reader = new EventStoreReader(feed, log, store, findings, TimeProvider.System, NullLogger<EventStoreReader>.Instance);
            await reader.StartAsync(Stop);
            await store.Ready(Stop).WaitAsync(TimeSpan.FromMinutes(2), Stop); // The engine refuses a table by never being ready.
            for (var i = 0; await store.Number("SELECT uniqExact(id) FROM events", Stop) < Days; i++)
            {
                Assert.True(i < 600, $"The events are not in the table: {reader.Stage}");
                await Task.Delay(50, Stop);
            }
            await reader.StopAsync(Stop);
            Assert.Equal((ulong)Days, await store.Number("SELECT count() FROM events", Stop));
        }
        finally
        {
            await engine.StopAsync(CancellationToken.None);
            engine.Dispose();
        }
    }
}
