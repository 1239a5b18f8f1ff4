using System.Globalization;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using EventId = Andon.Model.EventId;

namespace Andon.Store.Events;

/// <summary>
/// Reads the record log's events and puts them into the event table, each once. The order is: plan on disk, insert, checkpoint. What
/// may or may not have been stored (a death, a lost answer) is looked for by its ids before it is sent again.
/// </summary>
public sealed partial class EventStoreReader(
    EventFeed feed, IRecordLog log, EventStore store, IFindings findings, TimeProvider clock, ILogger<EventStoreReader> logger) : BackgroundService, IStage
{
    /// <summary>Name of its checkpoint in the record log.</summary>
    public const string Checkpoint = "event-store";

    /// <summary>Code of a failure that is not the engine's: a full disk, or a fault of ours in encoding.</summary>
    const int OurFault = -100;

    readonly EventPlanFile plans = new(store.Options.EventPlanFile);
    readonly EventCut cut = new(store.Sampling);
    ulong position, skipped;
    /// <summary>One past the last record that was taken in hand, also when it could not be encoded.</summary>
    ulong reach;
    /// <summary>Up to here the store may already hold events that are past the checkpoint.</summary>
    ulong uncertainTo;
    /// <summary>Up to here it was stored once and a power cut may have taken some: looked for on all days, since another parser may give other times.</summary>
    ulong lookTo;
    /// <summary>A stretch that failed is tried in smaller pieces; this is where the next piece ends.</summary>
    ulong? pieceTo;
    IReadOnlyList<long> plannedDays = [];
    int failures;
    TimeSpan delay = EventLimits.RetryDelayMin;
    volatile string state = "starting", note = "";

    public StageState Stage => new(Checkpoint, position, log.Next > position ? log.Next - Math.Max(position, log.First) : 0, state, note);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        (position, lookTo) = await EngineDisk.Resume(log, Checkpoint, EngineDisk.Events, store.Engine, stoppingToken);
        uncertainTo = lookTo;
        if (plans.Read() is { } plan && plan.To > Math.Max(position, uncertainTo)) (uncertainTo, plannedDays) = (plan.To, plan.Days);
        var before = uncertainTo;
        store.EventsReach.Pass(position, before);
        var schema = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            var engine = 0;
            try
            {
                if (store.State.Condition != EngineCondition.Ready) (state, note) = ("waiting", store.State.Note);
                var address = await store.Client.Engine.Ready(stoppingToken);
                engine = address.Number;
                if (!schema)
                {
                    await store.EnsureSchema(stoppingToken);
                    await BrokenParts.Tell(store, findings, stoppingToken);
                }
                schema = true;
                (state, note) = ("running", "");
                await Collect(stoppingToken);
                await store.Writing.WaitAsync(stoppingToken);
                try { await Send(address, stoppingToken); }
                finally { store.Writing.Release(); }
                store.EventsReach.Pass(position, before);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failed)
            {
                Failed(failed as EngineException ?? new EngineException(OurFault, $"{failed.GetType().Name}: {failed.Message}", failed), engine);
                await Task.Delay(delay, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 < EventLimits.RetryDelayMax ? delay * 2 : EventLimits.RetryDelayMax;
            }
        }
        (state, note) = ("stopped", "");
    }

    public override void Dispose()
    {
        cut.Dispose();
        base.Dispose();
    }

    /// <summary>Fills the cut: so many rows or bytes, or what came within a second; while things are uncertain, exactly the uncertain stretch.</summary>
    async Task Collect(CancellationToken stop)
    {
        cut.Begin(position);
        reach = position;
        var next = position;
        var before = ulong.MaxValue;
        if (uncertainTo > position) before = Math.Min(uncertainTo, pieceTo ?? uncertainTo);

        using var age = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, age.Token);
        while (next < before && !cut.Full && cut.Rows < EventLimits.BatchRowsMax && cut.Bytes < EventLimits.BatchBytesMax)
        {
            try
            {
                using var batch = await feed.Read(next, either.Token);
                if (next == position)
                {
                    position = Math.Max(position, batch.From);
                    cut.Begin(position);
                    age.CancelAfter(EventLimits.BatchAgeMax);
                }
                reach = Math.Min(batch.To, before);
                cut.Add(batch, before, without: null);
                next = cut.To;
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                break;
            }
        }
        if (cut.Clamped > 0)
            findings.Raise(Checkpoint, new("EVS001", $"{cut.Clamped} events have times outside of 1970 to 2104; they were moved to the edge.", "Mend the sender's clock or the parser's date format; each such event says so in andon.findings.", "", FindingLevel.Warning));
        if (cut.Days.Count > EventLimits.BatchDaysWanted)
            findings.Raise(Checkpoint, new("EVS003", $"{cut.Rows} events together touch {cut.Days.Count} days; more than {EventLimits.BatchDaysWanted} make storing slow.", "A sender's times are wrong or an archive is being read: see which source's times are spread.", "", FindingLevel.Warning));
    }

    async Task Send(EngineAddress address, CancellationToken stop)
    {
        if (cut.To > position || cut.Rows > 0)
        {
            var days = cut.Days.Keys.ToList();
            var again = cut.From < uncertainTo ? await Stored(days.Concat(plannedDays), stop) : null;
            if (again is null)
            {
                plans.Write(new(cut.From, cut.To, days, cut.Rows));
                (uncertainTo, plannedDays) = (cut.To, days);
            }
            else if (again.Count > 0)
            {
                await Without(again, stop);
            }

            foreach (var (day, encoder) in cut.Days)
            {
                if (encoder.Rows == 0) continue;
                using var limit = new CancellationTokenSource(EventLimits.InsertMax, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
                var token = string.Create(CultureInfo.InvariantCulture, $"e-{cut.From}-{cut.To}-{day}-{encoder.Rows}-{again?.Count ?? 0}");
                using var content = encoder.Block.AsContent();
                try
                {
                    await store.Client.Insert(address, EventTables.Events.InsertSql, token, content, either.Token);
                }
                catch (OperationCanceledException) when (!stop.IsCancellationRequested)
                {
                    throw new EngineException(EngineException.Broken, $"An insert was not answered within {EventLimits.InsertMax}.");
                }
            }
        }
        if (cut.To > position)
        {
            await log.SaveCheckpoint(Checkpoint, cut.To, stop);
            position = cut.To;
        }
        if (pieceTo <= position) pieceTo = null;
        failures = 0;
        delay = EventLimits.RetryDelayMin;
    }

    /// <summary>Ids of this stretch that the store has already.</summary>
    async Task<HashSet<ulong>> Stored(IEnumerable<long> days, CancellationToken stop)
    {
        List<long> all = cut.From < lookTo ? [0, EventLimits.TimeMsMax / EventLimits.DayMs] : [.. days.Distinct().Order()];
        var stored = new HashSet<ulong>();
        if (all.Count == 0) return stored;
        var answer = await store.Query(
            "SELECT id FROM events WHERE id >= {from:UInt64} AND id < {to:UInt64} AND toYYYYMMDD(timestamp) BETWEEN {first:UInt32} AND {last:UInt32}",
            new Dictionary<string, string>
            {
                ["from"] = EventId.At(cut.From, 0).Value.ToString(CultureInfo.InvariantCulture),
                ["to"] = EventId.At(cut.To, 0).Value.ToString(CultureInfo.InvariantCulture),
                ["first"] = Day(all[0]),
                ["last"] = Day(all[^1]),
            }, new(RowsMax: int.MaxValue - 1, TimeMsMax: 300_000), stop);
        foreach (var row in answer.Rows) stored.Add((ulong)(row[0] ?? 0UL));
        return stored;

        static string Day(long day) => DateTime.UnixEpoch.AddDays(day).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
    }

    /// <summary>Encodes the stretch again, without the events that are stored.</summary>
    async Task Without(HashSet<ulong> stored, CancellationToken stop)
    {
        var (from, to) = (cut.From, cut.To);
        cut.Begin(from);
        for (var next = from; next < to; next = cut.To)
        {
            using var batch = await feed.Read(next, stop);
            cut.Add(batch, to, stored);
        }
    }

    void Failed(EngineException fault, int engine)
    {
        (state, note) = ("waiting", fault.Code == OurFault ? fault.Message : fault.AsFinding().Message);
        LogFailed(fault.InnerException, fault.Code, position, reach, fault.Message);
        if (fault.Code == EngineException.NotReady) return;
        var died = store.Client.Engine.Now?.Number != engine;
        if (fault.Passing && !died && fault.Code != EngineException.Broken)
        {
            findings.Raise(Checkpoint, fault.AsFinding());
            return;
        }
        if (fault.Code == OurFault)
            findings.Raise(Checkpoint, new("EVS004", $"Storing events failed: {fault.Message}", "Is the data folder's disk full or not writable? Otherwise report it; what was collected is safe.", ""));
        if (!fault.Passing) delay = EventLimits.RetryDelayMin; // A plain refusal: waiting changes nothing.
        // A full disk is nobody's poison: nothing is set aside for it.
        if (reach <= position || (fault.Code == OurFault && fault.InnerException is IOException or UnauthorizedAccessException) || ++failures < EventLimits.DeathsMax) return;

        delay = EventLimits.RetryDelayMin;
        // The same stretch failed or killed the engine again and again: halve it until the one record is found.
        failures = 0;
        if (reach - position > 1)
        {
            pieceTo = position + (reach - position) / 2;
            uncertainTo = Math.Max(uncertainTo, reach);
            return;
        }
        findings.Raise(Checkpoint, new("EVS002", $"Record {position} stopped the event store {EventLimits.DeathsMax} times and was set aside: {fault.Message}",
            "It is still in the record log; report it with its bytes.", position.ToString(CultureInfo.InvariantCulture)));
        LogQuarantined(position);
        skipped = position;
        position = reach;
        pieceTo = null;
    }

    /// <summary>The record set aside last; 0 when there was none.</summary>
    internal ulong Quarantined => skipped;

    [LoggerMessage(1, LogLevel.Warning, "Storing records {From} to {To} failed with code {Code}: {Message}")]
    partial void LogFailed(Exception? inner, int code, ulong from, ulong to, string message);

    [LoggerMessage(2, LogLevel.Error, "Record {Position} was set aside")]
    partial void LogQuarantined(ulong position);
}
