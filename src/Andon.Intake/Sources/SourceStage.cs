using Andon.Intake.Collect;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.Extensions.Hosting;

namespace Andon.Intake.Sources;

/// <summary>Third reader of the event feed: counts sources and watches how they do. Its snapshot and its position are one file, so a crash neither loses nor doubles a count.</summary>
sealed partial class SourceStage(
    Catalogue catalogue, Quality.QualityDays days, IntakeOptions options, IRecordLog log, EventFeed feed, IFactLog facts, TimeProvider clock, IFindings findings,
    Microsoft.Extensions.Logging.ILogger<SourceStage> logger) : BackgroundService
{
    const string Reader = "sources";
    readonly string path = Path.Combine(options.DataFolder, "sources.snapshot");
    readonly SemaphoreSlim turn = new(1, 1);
    ulong from, saved;
    long savedMs, saveBytes;
    bool deaf = true;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await facts.Attach(catalogue, cancellationToken);
        try
        {
            if (File.Exists(path)) catalogue.Load(await File.ReadAllBytesAsync(path, cancellationToken));
        }
        catch (InvalidDataException e)
        {
            findings.Raise("intake", new("INT041", $"The snapshot of the source catalogue is broken: {e.Message}", "Counts begin anew from the oldest record kept.", path, FindingLevel.Warning));
        }
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A snapshot from beyond the log's end belongs to another log.
        from = saved = catalogue.Position > log.Next ? log.First : catalogue.Position;
        savedMs = clock.NowMs();
        try
        {
            await Task.WhenAll(Read(clock.NowMs(), stoppingToken), Watch(stoppingToken));
        }
        finally
        {
            await Save(CancellationToken.None);
        }
    }

    async Task Read(long startedMs, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                using var batch = await feed.Read(from, stop);
                await turn.WaitAsync(stop);
                try
                {
                    await Take(batch, startedMs, stop);
                }
                finally
                {
                    turn.Release();
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed(e, from);
                findings.Raise("intake", new("INT040", $"Counting sources failed: {e.Message}", "It is tried again; look at the log when it stays.", "sources"));
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stop);
            }
        }
    }

    async Task Take(EventBatch batch, long startedMs, CancellationToken stop)
    {
        var news = catalogue.Discover(batch);
        if (news.Count > 0) await facts.Append(news, stop);
        if (news.Exists(n => n.Body is SourceDiscovered { SourceId: Catalogue.Overflow })) SayFull();
        // While the program stood still nobody was silent.
        if (deaf && batch.Count > 0 && batch[0].Head.ReceivedMs >= startedMs) Hear(startedMs);
        catalogue.Take(batch);
        from = batch.To;
        await Report(catalogue.HeardMs, stop);
        if (clock.NowMs() - savedMs >= SaveEveryMs || log.Next <= from) await Save(stop);
    }

    // Who can choose names of hosts (UDP, a relay) can fill it, and then nobody hears that a new source is silent.
    void SayFull()
    {
        var (relay, held) = catalogue.Fullest();
        findings.Raise("intake", new("INT276", $"The catalogue holds {Limits.SourcesMax} sources and takes no more: further ones are counted together as '{Catalogue.Overflow}', and their silence is not told. {relay} sent {held} of them.",
            "Look whether that sender makes up names of hosts; give its listener allowed networks or a token, or let its parser name the source otherwise.", "sources"));
    }

    /// <summary>Looks at the clock also when nothing comes: that is when silence begins.</summary>
    async Task Watch(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Limits.LookEveryMs), clock);
        while (await timer.WaitForNextTickAsync(stop))
        {
            await turn.WaitAsync(stop);
            try
            {
                // Behind the log's end the clock says nothing of who is silent.
                if (from < log.Next) continue;
                var now = clock.NowMs();
                if (deaf) Hear(now);
                await Report(now, stop);
                if (now - savedMs >= Math.Max(SaveEveryMs, Limits.IdleSaveMs)) await Save(stop);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed(e, from);
                findings.Raise("intake", new("INT040", $"Looking at sources failed: {e.Message}", "It is tried again; look at the log when it stays.", "sources"));
            }
            finally
            {
                turn.Release();
            }
        }
    }

    void Hear(long nowMs)
    {
        deaf = false;
        if (catalogue.HeardMs > 0) catalogue.Deaf(catalogue.HeardMs, nowMs);
    }

    async Task Report(long nowMs, CancellationToken stop)
    {
        var drafts = catalogue.Report(nowMs);
        if (drafts.Count > 0) await facts.Append(drafts, stop);
        days.Take(catalogue, nowMs);
    }

    // A large catalogue is saved less often: at most about a hundredth of the time goes into it.
    long SaveEveryMs => Limits.SnapshotEveryMs * (1 + saveBytes / (2 << 20));

    async Task Save(CancellationToken stop)
    {
        if (saved == from && clock.NowMs() - savedMs < Limits.IdleSaveMs && stop.CanBeCanceled) return;
        var bytes = catalogue.Save();
        DurableFiles.Replace(path, bytes);
        (savedMs, saved, saveBytes) = (clock.NowMs(), from, bytes.Length);
        await log.SaveCheckpoint(Reader, catalogue.Position, stop);
    }

    public override void Dispose()
    {
        base.Dispose();
        turn.Dispose();
    }
}
