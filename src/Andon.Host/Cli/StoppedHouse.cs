using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Keep;
using Andon.Store.Keep.Verify;
using Andon.Store.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Host.Cli;

/// <summary>The data folder of an Andon that is not running, opened for a tool: its logs, its facts, its engine. Nothing reads or writes them meanwhile.</summary>
sealed class StoppedHouse : IAsyncDisposable
{
    static readonly TimeSpan EnginePatience = TimeSpan.FromSeconds(60);

    readonly string data;
    readonly DiskRecordLog records;
    readonly HitLog hits;
    readonly SqliteFactLog facts;
    readonly EngineSupervisor engine;
    readonly EventStore store;
    readonly KeepOptions options;
    readonly FindingList opening;

    StoppedHouse(string data, DiskRecordLog records, HitLog hits, SqliteFactLog facts, EngineSupervisor engine, KeepOptions options, FindingList opening)
    {
        (this.data, this.records, this.hits, this.facts, this.engine, this.options, this.opening) = (data, records, hits, facts, engine, options, opening);
        store = new(engine, new EventStoreOptions(), TimeProvider.System);
    }

    /// <summary>Opens it. Throws where another program has it, or there is nothing.</summary>
    public static async Task<StoppedHouse> Open(string data, CancellationToken stop)
    {
        data = Path.GetFullPath(data);
        if (!Directory.Exists(Path.Combine(data, "records"))) throw new DirectoryNotFoundException($"{data} holds no data of Andon.");
        Store.Keep.Backup.BackupRestorer.Refuse(data);
        var findings = new FindingList();
        var clock = TimeProvider.System;
        var options = new KeepOptions(data, new EngineOptions { DataFolder = Path.Combine(data, "events"), Command = EngineOptions.ThisProgram() });
        var records = DiskRecordLog.Open(Path.Combine(data, "records"), new RecordLogOptions(), findings, clock);
        HitLog? hits = null;
        SqliteFactLog? facts = null;
        try
        {
            hits = new(DiskRecordLog.Open(Path.Combine(data, "hits"), new RecordLogOptions(), findings, clock), clock);
            facts = SqliteFactLog.Open(data, findings, clock);
            var engine = await StartEngine(options.Engine, stop);
            return new(data, records, hits, facts, engine, options, findings);
        }
        catch
        {
            await records.DisposeAsync();
            if (hits is not null) await hits.DisposeAsync();
            if (facts is not null) await facts.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the engine's worker and waits until it answers; what keeps it from that is told in one sentence.</summary>
    public static async Task<EngineSupervisor> StartEngine(EngineOptions options, CancellationToken stop)
    {
        var findings = new FindingList();
        if (options.Refusal() is { } refusal) throw new IOException(refusal.ToString());
        var engine = new EngineSupervisor(options, findings, TimeProvider.System, NullLogger<EngineSupervisor>.Instance);
        await engine.StartAsync(stop);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(EnginePatience);
        try
        {
            await new EventStore(engine, new EventStoreOptions(), TimeProvider.System).Answering(patience.Token);
            return engine;
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            await engine.StopAsync(CancellationToken.None);
            engine.Dispose();
            throw new IOException($"The event engine does not open {options.DataFolder}. {string.Join(' ', findings.All.TakeLast(1))}", late);
        }
    }

    public async Task<CheckReport> Check(CancellationToken stop)
    {
        await facts.Attach(store.Sampling, stop);
        var report = await new StoreCheck(data, records, hits, facts, store, new Normaliser(Wiring.Content()).Normalise).Run(stop);
        // What opening found broken (readers ahead of the end, segments set aside) is broken.
        var more = opening.All.Where(f => f.Level == FindingLevel.Error).ToList();
        return more.Count == 0 ? report : report with { Ok = false, Findings = [.. report.Findings, .. more] };
    }

    public Task<Store.Keep.Backup.BackupReport> BackUp(string place, CancellationToken stop) =>
        KeepRoom.TakeBackup(options, place, records, hits, facts, store, TimeProvider.System, stop);

    public async ValueTask DisposeAsync()
    {
        await engine.StopAsync(CancellationToken.None);
        engine.Dispose();
        await facts.DisposeAsync();
        await hits.DisposeAsync();
        await records.DisposeAsync();
    }
}
