using System.Globalization;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Andon.Store.Query.Known;

/// <summary>
/// Follows the fact log by number and puts each fact into the table of facts, once. The table's greatest number is the checkpoint, so the
/// two cannot part: a batch is one insert of one partition, there or not there. What was in flight when the connection broke is sent again
/// as it was, under its token, unless it is there. A table that is not of this log is emptied and filled anew.
/// </summary>
public sealed partial class FactMirror(IFactLog facts, EventStore store, IFindings findings, TimeProvider clock, ILogger<FactMirror> logger) : BackgroundService, IStage
{
    const string Name = "facts-table";
    /// <summary>Facts of one insert.</summary>
    internal const int BatchMax = 20_000;
    /// <summary>Facts come one by one while people work; a second's worth goes in one insert, so that parts stay few.</summary>
    static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(250);

    readonly Lock gate = new();
    TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    IReadOnlyList<Fact>? inFlight;
    long position = -1;
    volatile string state = "starting", note = "";

    public StageState Stage => new(Name, (ulong)Math.Max(0, Position), (ulong)Math.Max(0, facts.Last - Math.Max(0, Position)), state, note);

    /// <summary>Number of the last fact in the table; -1 while that is not known.</summary>
    internal long Position { get { lock (gate) return position; } }

    /// <summary>Facts that are not in the table, after waiting a moment for those that are on their way.</summary>
    internal async ValueTask<long> Missing(TimeSpan patience, CancellationToken stop)
    {
        var wanted = facts.Last;
        using var enough = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, enough.Token);
        try
        {
            while (true)
            {
                Task wait;
                lock (gate)
                {
                    if (position >= wanted) return 0;
                    wait = moved.Task;
                }
                await wait.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return wanted - Math.Max(0, Position);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var delay = EventLimits.RetryDelayMin;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (store.State.Condition != EngineCondition.Ready) (state, note) = ("waiting", store.State.Note);
                var address = await store.Client.Engine.Ready(stoppingToken);
                if (Position < 0)
                {
                    await store.EnsureSchema(stoppingToken);
                    await Find(stoppingToken);
                }
                (state, note) = ("running", "");
                await facts.WaitAfter(Position, stoppingToken);
                await Step(address, stoppingToken);
                delay = EventLimits.RetryDelayMin;
                if (facts.Last - Position < BatchMax) await Task.Delay(Gather, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (ObjectDisposedException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failed)
            {
                var fault = failed as EngineException;
                (state, note) = ("waiting", fault?.AsFinding().Message ?? failed.Message);
                LogFailed(failed, Position, failed.Message);
                if (fault is null || fault.Code is not (EngineException.NotReady or EngineException.Broken))
                    findings.Raise(Name, new("KQL132", $"Facts are not put into the searchable tables: {failed.Message}", "Cases, Signals, Sources, Exposure and Facts in searches stay behind until then; nothing else does.", "", FindingLevel.Warning));
                Move(-1); // Whether the last insert took effect is asked, not guessed.
                await Task.Delay(delay, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 < EventLimits.RetryDelayMax ? delay * 2 : EventLimits.RetryDelayMax;
            }
        }
        (state, note) = ("stopped", "");
    }

    /// <summary>Empties the table; it is filled again from the first fact on.</summary>
    internal async Task Refill(CancellationToken stop)
    {
        await store.Client.Execute($"TRUNCATE TABLE `{FactTable.Name}`", stop);
        inFlight = null;
        Move(0);
    }

    /// <summary>Where the table ends, and whether its last fact is the log's fact of that number.</summary>
    internal async Task Find(CancellationToken stop)
    {
        var last = await store.Query($"SELECT toInt64(seq), type, actor, body, toUnixTimestamp64Milli(at) FROM `{FactTable.Name}` ORDER BY seq DESC LIMIT 1", new Dictionary<string, string>(), QueryLimits.Standard, stop);
        if (last.Rows is not [var row])
        {
            Move(0);
            return;
        }
        var seq = (long)row[0]!;
        // Each fact once: after a power cut the engine may have kept a later part and not an earlier one.
        var all = await store.Query($"SELECT toInt64(count()), toInt64(uniqExact(seq)) FROM `{FactTable.Name}`", new Dictionary<string, string>(), QueryLimits.Standard, stop);
        var whole = all.Rows is [[long rows, long numbers]] && rows == seq && numbers == seq;
        var mine = await facts.Find(seq, stop);
        if (whole && mine is not null && FactTypes.NameOf(mine.Body) == (string?)row[1] && mine.Actor == (string?)row[2] && mine.AtMs == (long)row[4]!)
        {
            Move(seq);
            return;
        }
        LogAnew(seq);
        await Refill(stop);
    }

    internal async Task Step(EngineAddress address, CancellationToken stop)
    {
        var batch = inFlight is { } before && before[0].Seq == Position + 1 ? before : await facts.Read(Position, BatchMax, stop);
        if (batch.Count == 0) return;
        inFlight = batch;
        using var limit = new CancellationTokenSource(EventLimits.InsertMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        using var block = FactTable.Encode(batch);
        using var content = block.AsContent();
        try
        {
            await store.Client.Insert(address, FactTable.Model.InsertSql, string.Create(CultureInfo.InvariantCulture, $"f-{batch[0].Seq}-{batch[^1].Seq}"), content, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new EngineException(EngineException.Broken, $"An insert was not answered within {EventLimits.InsertMax}.");
        }
        inFlight = null;
        Move(batch[^1].Seq);
    }

    void Move(long to)
    {
        TaskCompletionSource wake;
        lock (gate) (position, wake, moved) = (to, moved, new(TaskCreationOptions.RunContinuationsAsynchronously));
        wake.TrySetResult();
    }

    [LoggerMessage(1, LogLevel.Warning, "Putting the facts after {Position} into their table failed: {Message}")]
    partial void LogFailed(Exception failed, long position, string message);

    [LoggerMessage(2, LogLevel.Warning, "The table of facts ends at {Seq} with a fact that is not the log's: it is filled anew")]
    partial void LogAnew(long seq);
}
