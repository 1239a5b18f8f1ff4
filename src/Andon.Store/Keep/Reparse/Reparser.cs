using System.Globalization;
using System.Threading.Channels;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using EventId = Andon.Model.EventId;

namespace Andon.Store.Keep.Reparse;

/// <summary>How far the reading anew is.</summary>
/// <param name="State">idle, waiting (for the engine, for its readers after a start, for a backup or its like), deleting, reading.</param>
public sealed record ReparseProgress(string ReparseId, string State, long FromRecord, long ToRecord, long AtRecord, long Events);

/// <summary>
/// Reads a range of records again with the parsers of now, in place: their old events go, the new ones come, under the same ids. The
/// raw records are the truth, so a death at any moment costs time only: the range is a fact before anything goes, where it stands is a
/// checkpoint beside the facts, and what the last batch may have stored is looked for by id before it is sent again.
/// </summary>
sealed partial class Reparser(
    KeepTurn turn, EventFeed feed, IRecordLog records, IFactLog facts, EventStore store, EngineDisk disk, IFindings findings, TimeProvider clock, ILogger<Reparser> logger) : BackgroundService, IFold
{
    const string Emptied = "reparse-emptied", Position = "reparse-position";
    const int BatchRecords = 20_000;
    static readonly QueryLimits Patient = new(RowsMax: int.MaxValue - 1, TimeMsMax: KeepLimits.StatementMsMax);
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    readonly Lock gate = new();
    readonly SemaphoreSlim begin = new(1, 1);
    readonly TaskCompletionSource attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Channel<bool> asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    (long Seq, ReparseStated Range)? open;
    ReparseProgress progress = new("", "idle", 0, 0, 0, 0);

    public ReparseProgress Progress { get { lock (gate) return progress; } }

    public void Apply(Fact fact)
    {
        if (fact.Body is not ReparseStated range) return;
        lock (gate) open = range.State == "begun" ? (fact.Seq, range) : null;
        if (range.State == "begun") asked.Writer.TryWrite(true);
    }

    /// <summary>Begins; null when one is under way.</summary>
    public async Task<ReparseProgress?> Begin(ulong from, ulong to, string actor, string why, CancellationToken stop)
    {
        await attached.Task.WaitAsync(stop); // An older one may be owed.
        await begin.WaitAsync(stop);
        string id;
        try
        {
            lock (gate) if (open is not null) return null;
            id = string.Create(CultureInfo.InvariantCulture, $"reparse-{facts.Last + 1}");
            await facts.Append(actor, why, new ReparseStated(id, (long)from, (long)to, "begun", 0, why), stop);
        }
        finally
        {
            begin.Release();
        }
        return Tell(id, "waiting", from, to, from, 0);
    }

    public override void Dispose()
    {
        begin.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await facts.Attach(this, stoppingToken);
        attached.TrySetResult();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await asked.Reader.ReadAsync(stoppingToken);
                while (Open() is { } run)
                {
                    try
                    {
                        await Run(run.Seq, run.Range, stoppingToken);
                    }
                    catch (Exception failed) when (failed is EngineException or IOException)
                    {
                        LogFailed(failed, failed.Message);
                        findings.Raise("reparse", new("KEP040", $"Reading records anew waits: {failed.Message}", "It goes on by itself. Until then some events of the range are not searchable; their records are kept.", run.Range.ReparseId, FindingLevel.Warning));
                        lock (gate) progress = progress with { State = "waiting" };
                        await Task.Delay(RetryAfter, clock, stoppingToken);
                    }
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { break; }
        }
    }

    (long Seq, ReparseStated Range)? Open() { lock (gate) return open; }

    internal async Task Run(long seq, ReparseStated range, CancellationToken stop)
    {
        var (from, to) = ((ulong)range.FromRecord, (ulong)range.ToRecord);
        Tell(range.ReparseId, "waiting", from, to, from, 0);
        using var held = await turn.Take("reading records anew", stop);
        using var pin = (records as DiskRecordLog)?.Pin();
        await store.Ready(stop);
        if (facts.Checkpoint(Emptied) != (ulong)seq)
        {
            Tell(range.ReparseId, "deleting", from, to, from, 0);
            // Only what can be read again may go.
            from = Math.Max(from, records.First);
            await store.Client.Execute("ALTER TABLE `events` DELETE WHERE id >= {from:UInt64} AND id < {to:UInt64} SETTINGS mutations_sync = 1", Range(from, to), stop);
            await Passed(stop, new(Emptied, (ulong)seq), new(Position, from));
        }
        var events = 0L;
        using var cut = new EventCut(store.Sampling);
        for (var at = facts.Checkpoint(Position); at < to;)
        {
            Tell(range.ReparseId, "reading", (ulong)range.FromRecord, to, at, events);
            at = await Store(cut, at, Math.Min(to, at + BatchRecords), seq, stop);
            events += cut.Rows;
            await Passed(stop, new Checkpoint(Position, at));
        }
        var stored = await store.Query("SELECT toInt64(count()) FROM events WHERE id >= {from:UInt64} AND id < {to:UInt64}", Range((ulong)range.FromRecord, to), Patient, stop);
        Tell("", "idle", (ulong)range.FromRecord, to, to, (long)stored.Rows[0][0]!);
        await facts.Append(Actors.Of(Room.Store), $"fact:{seq}", range with { State = "ended", Events = (long)stored.Rows[0][0]! }, stop);
    }

    // Nobody looks for rows behind the readers' checkpoints: what a power cut could still undo is not passed.
    async Task Passed(CancellationToken stop, params Checkpoint[] marks)
    {
        await disk.FlushTables(stop);
        await facts.Append([], marks, stop);
    }

    /// <summary>Stores the events of some records, each once; returns where to go on.</summary>
    async Task<ulong> Store(EventCut cut, ulong from, ulong to, long seq, CancellationToken stop)
    {
        var answer = await store.Query("SELECT id FROM events WHERE id >= {from:UInt64} AND id < {to:UInt64}", Range(from, to), Patient, stop);
        var there = answer.Rows.Select(r => (ulong)r[0]!).ToHashSet();
        cut.Begin(from);
        while (cut.To < to && !cut.Full && cut.Rows < EventLimits.BatchRowsMax && cut.Bytes < EventLimits.BatchBytesMax)
        {
            using var batch = await feed.ReadApart(cut.To, (int)Math.Min(EventFeed.BatchRecordsMax, to - cut.To), stop);
            if (batch is null || batch.From >= to)
            {
                if (cut.Rows == 0) return to; // The rest of the records there are lost to damage.
                break;
            }
            cut.Add(batch, to, there);
        }
        var address = await store.Client.Engine.Ready(stop);
        foreach (var (day, encoder) in cut.Days)
        {
            if (encoder.Rows == 0) continue;
            using var content = encoder.Block.AsContent();
            await store.Writing.WaitAsync(stop);
            try
            {
                await store.Client.Insert(address, EventTables.Events.InsertSql, string.Create(CultureInfo.InvariantCulture, $"r-{seq}-{from}-{cut.To}-{day}-{encoder.Rows}"), content, stop);
            }
            finally
            {
                store.Writing.Release();
            }
        }
        return cut.To;
    }

    ReparseProgress Tell(string id, string state, ulong from, ulong to, ulong at, long events)
    {
        lock (gate) return progress = new(id, state, (long)from, (long)to, (long)at, events);
    }

    static Dictionary<string, string> Range(ulong from, ulong to) => new()
    {
        ["from"] = EventId.At(from, 0).Value.ToString(CultureInfo.InvariantCulture),
        ["to"] = EventId.At(to, 0).Value.ToString(CultureInfo.InvariantCulture),
    };

    [LoggerMessage(1, LogLevel.Warning, "Reading records anew waits: {Message}")]
    partial void LogFailed(Exception failed, string message);
}
