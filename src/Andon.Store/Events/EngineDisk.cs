using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Records;
using Microsoft.Extensions.Hosting;

namespace Andon.Store.Events;

/// <summary>
/// How far the engine's tables are on disk. That an insert was answered does not say that its rows survive a power cut: names of new parts and
/// merged parts are flushed by nobody. So the volume is flushed every so often, and the places that both readers had reached before are kept as
/// checkpoints: retention lets no record go before, and a start looks from there on for what is missing.
/// </summary>
sealed class EngineDisk(EventStore store, IRecordLog log, HitLog hits, IFindings findings, TimeProvider clock) : BackgroundService
{
    /// <summary>Names of the checkpoints: in the record log and in the hit log.</summary>
    public const string Events = "event-store-disk", Alerts = "alerts-table-disk";

    readonly string? folder = store.Engine.Options.ServerUrl is null ? store.Engine.Options.DataFolder : null;
    bool failing;

    /// <summary>Flushes a volume; tests put one there that fails.</summary>
    internal Action<string> FlushVolume { get; init; } = DurableFiles.FlushVolume;

    /// <summary>
    /// Where a reader goes on after a start, and up to where rows may stand already. A log that never had the second checkpoint was
    /// filled by a version without it and is believed; one that nobody read yet has it from its first record on. What a server of its own answered stands there.
    /// </summary>
    public static async Task<(ulong From, ulong LookTo)> Resume(IRecordLog log, string reader, string disk, EngineSupervisor engine, CancellationToken stop)
    {
        var (reached, flushed) = (log.Checkpoint(reader), log.Checkpoint(disk));
        if (reached == 0) await log.SaveCheckpoint(disk, Math.Max(1, log.First), stop);
        return engine.Options.ServerUrl is null && flushed > 0 && flushed < reached ? (flushed, reached) : (reached, 0);
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before any reader moves.
        _ = await Resume(log, EventStoreReader.Checkpoint, Events, store.Engine, cancellationToken);
        _ = await Resume(hits.Log, AlertsReader.Checkpoint, Alerts, store.Engine, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(EventLimits.EngineFlushEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await Flush(stoppingToken);
        }
        catch (OperationCanceledException) { } // The last one is done when the readers have ended.
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Flush(CancellationToken.None);
    }

    /// <summary>What the engine answered stands on its disk afterwards. Throws <see cref="IOException"/> when it does not.</summary>
    public async Task FlushTables(CancellationToken stop)
    {
        if (folder is not null && Directory.Exists(folder)) await Task.Run(() => FlushVolume(folder), stop);
    }

    internal async Task Flush(CancellationToken stop)
    {
        // A reader that still looks for what a power cut took is behind its checkpoint: the next cut must not find that passed over.
        var events = Math.Min(log.Checkpoint(EventStoreReader.Checkpoint), store.EventsReach.Position);
        var alerts = Math.Min(hits.Log.Checkpoint(AlertsReader.Checkpoint), store.AlertsReach.Position);
        try
        {
            await FlushTables(stop);
            await log.SaveCheckpoint(Events, events, stop);
            await hits.Log.SaveCheckpoint(Alerts, alerts, stop);
            failing = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!failing) findings.Raise("engine", new("STO304", $"The volume of the event store cannot be flushed: {e.Message}", "Nothing is lost: the record log keeps what the tables hold until it can. Look at the disk.", folder ?? ""));
            failing = true;
        }
        catch (ObjectDisposedException) { } // The log was closed before us.
    }
}
