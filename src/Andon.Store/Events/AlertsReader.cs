using System.Globalization;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Andon.Store.Events;

/// <summary>Reads the hit log and puts its hits into the alerts table, each once: a hit is named by its block and its number in it.</summary>
public sealed partial class AlertsReader(HitLog hits, EventStore store, IFindings findings, TimeProvider clock, ILogger<AlertsReader> logger) : BackgroundService, IStage
{
    /// <summary>Name of its checkpoint in the hit log.</summary>
    public const string Checkpoint = "alerts-table";

    readonly SortedDictionary<long, AlertEncoder> days = [];
    ulong position;
    /// <summary>Up to here it was stored once and a power cut may have taken some.</summary>
    ulong lookTo;
    bool uncertain = true;
    volatile string state = "starting", note = "";

    public StageState Stage => new(Checkpoint, position, hits.Log.Next > position ? hits.Log.Next - Math.Max(position, hits.Log.First) : 0, state, note);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        (position, lookTo) = await EngineDisk.Resume(hits.Log, Checkpoint, EngineDisk.Alerts, store.Engine, stoppingToken);
        position = Math.Max(position, hits.Log.First);
        store.AlertsReach.Pass(position, lookTo);
        var delay = EventLimits.RetryDelayMin;
        var schema = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (store.State.Condition != EngineCondition.Ready) (state, note) = ("waiting", store.State.Note);
                var address = await store.Client.Engine.Ready(stoppingToken);
                if (!schema) await store.EnsureSchema(stoppingToken);
                schema = true;
                (state, note) = ("running", "");
                await hits.Log.WaitFor(position, stoppingToken);
                await store.Writing.WaitAsync(stoppingToken);
                try { await SendNext(address, stoppingToken); }
                finally { store.Writing.Release(); }
                store.AlertsReach.Pass(position, lookTo);
                delay = EventLimits.RetryDelayMin;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failed)
            {
                uncertain = true;
                var fault = failed as EngineException;
                (state, note) = ("waiting", fault?.AsFinding().Message ?? failed.Message);
                LogFailed(failed, position, fault?.Code ?? 0, failed.Message);
                if (fault is null)
                    findings.Raise(Checkpoint, new("EVS005", $"Storing alerts failed: {failed.GetType().Name}: {failed.Message}", "Is the data folder's disk full or not writable? Otherwise report it; the hits are safe in the hit log.", ""));
                else if (fault.Code is not (EngineException.NotReady or EngineException.Broken)) findings.Raise(Checkpoint, fault.AsFinding());
                await Task.Delay(delay, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 < EventLimits.RetryDelayMax ? delay * 2 : EventLimits.RetryDelayMax;
            }
        }
        (state, note) = ("stopped", "");
    }

    public override void Dispose()
    {
        foreach (var (_, encoder) in days) encoder.Dispose();
        base.Dispose();
    }

    async Task SendNext(EngineAddress address, CancellationToken stop)
    {
        var blocks = await hits.Read(position, EventLimits.AlertBlocksMax, stop);
        if (blocks.Count == 0) return;
        var to = blocks[^1].Position + 1;
        // A stretch that begins at the checkpoint holds all of the one that was in flight before, since it can only have grown.
        var stored = uncertain ? await Stored(position, to, stop) : [];

        foreach (var (_, encoder) in days) encoder.Dispose();
        days.Clear();
        foreach (var (at, block) in blocks)
        {
            for (var i = 0; i < block.Hits.Count; i++)
            {
                if (stored.Contains((at, (ulong)i))) continue;
                var day = EventCut.DayOf(block.Hits[i].TimeMs);
                if (!days.TryGetValue(day, out var encoder)) days[day] = encoder = new();
                encoder.Add(block.Hits[i], at, i);
            }
        }

        foreach (var (day, encoder) in days)
        {
            using var limit = new CancellationTokenSource(EventLimits.InsertMax, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
            using var content = encoder.Block.AsContent();
            try
            {
                await store.Client.Insert(address, EventTables.Alerts.InsertSql,
                    string.Create(CultureInfo.InvariantCulture, $"a-{position}-{to}-{day}-{encoder.Rows}-{stored.Count}"), content, either.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                throw new EngineException(EngineException.Broken, $"An insert was not answered within {EventLimits.InsertMax}.");
            }
        }
        await hits.Log.SaveCheckpoint(Checkpoint, to, stop);
        position = to;
        uncertain = position < lookTo;
    }

    async Task<HashSet<(ulong Block, ulong Number)>> Stored(ulong from, ulong to, CancellationToken stop)
    {
        var answer = await store.Query("SELECT block, number FROM alerts WHERE block >= {from:UInt64} AND block < {to:UInt64}",
            new Dictionary<string, string> { ["from"] = from.ToString(CultureInfo.InvariantCulture), ["to"] = to.ToString(CultureInfo.InvariantCulture) },
            new(RowsMax: int.MaxValue - 1, TimeMsMax: 300_000), stop);
        return [.. answer.Rows.Select(r => ((ulong)(r[0] ?? 0UL), (ulong)(r[1] ?? 0UL)))];
    }

    [LoggerMessage(1, LogLevel.Warning, "Storing alerts from block {Position} on failed with code {Code}: {Message}")]
    partial void LogFailed(Exception failed, ulong position, int code, string message);
}
