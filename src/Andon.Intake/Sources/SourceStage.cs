using System.Text.Json;
using Andon.Intake.Collect;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.Extensions.Hosting;

namespace Andon.Intake.Sources;

/// <summary>Third reader of the event feed: counts sources. Its snapshot and its position are one file, so a crash neither loses nor doubles a count.</summary>
sealed partial class SourceStage(
    Catalogue catalogue, IntakeOptions options, IRecordLog log, EventFeed feed, IFactLog facts, TimeProvider clock, IFindings findings,
    Microsoft.Extensions.Logging.ILogger<SourceStage> logger) : BackgroundService
{
    const string Reader = "sources";
    readonly string path = Path.Combine(options.DataFolder, "sources.json");

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await facts.Attach(catalogue, cancellationToken);
        try
        {
            if (File.Exists(path)) catalogue.Load(await File.ReadAllBytesAsync(path, cancellationToken));
        }
        catch (JsonException e)
        {
            findings.Raise("intake", new("INT041", $"The snapshot of the source catalogue is broken: {e.Message}", "Counts begin anew from the oldest record kept.", path, FindingLevel.Warning));
        }
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A snapshot from beyond the log's end belongs to another log.
        var from = catalogue.Position > log.Next ? log.First : catalogue.Position;
        var savedMs = clock.NowMs();
        var saved = from;
        try
        {
            while (true)
            {
                try
                {
                    using var batch = await feed.Read(from, stoppingToken);
                    var news = catalogue.Discover(batch);
                    if (news.Count > 0) await facts.Append(news, stoppingToken);
                    catalogue.Take(batch);
                    from = batch.To;
                    if (clock.NowMs() - savedMs < Limits.SnapshotEveryMs && log.Next > from) continue;
                    await Save(stoppingToken);
                    (savedMs, saved) = (clock.NowMs(), from);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    Failed(e, from);
                    findings.Raise("intake", new("INT040", $"Counting sources failed: {e.Message}", "It is tried again; look at the log when it stays.", "sources"));
                    await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken);
                }
            }
        }
        finally
        {
            if (saved != from) await Save(CancellationToken.None);
        }
    }

    async Task Save(CancellationToken stop)
    {
        Durable.Write(path, catalogue.Save());
        await log.SaveCheckpoint(Reader, catalogue.Position, stop);
    }
}
