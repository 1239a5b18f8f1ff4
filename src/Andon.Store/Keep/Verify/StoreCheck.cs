using System.Globalization;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using EventId = Andon.Model.EventId;

namespace Andon.Store.Keep.Verify;

/// <summary>One thing that was checked.</summary>
/// <param name="Name">records, hits, facts, seals, events, alerts, ids, sample.</param>
/// <param name="Detail">For people: how much was looked at.</param>
public sealed record CheckedPart(string Name, bool Ok, string Detail);

/// <summary>What a check found; the first finding of each part is the first broken place.</summary>
public sealed record CheckReport(bool Ok, IReadOnlyList<CheckedPart> Parts, IReadOnlyList<Finding> Findings);

/// <summary>
/// Is everything still what was written? Raw records and hits against their seals, seals against the facts that name them, the chain of
/// facts, the engine's own checksums, ids that stand twice, and rows against the records that they were made of.
/// </summary>
/// <param name="normalise">Tells whether a record of which there is no row makes any event at all.</param>
public sealed class StoreCheck(string dataFolder, IRecordLog records, HitLog hits, IFactLog facts, EventStore store, Func<IReadOnlyList<Record>, EventBatch> normalise)
{
    readonly List<CheckedPart> parts = [];
    readonly List<Finding> findings = [];

    public async Task<CheckReport> Run(CancellationToken stop)
    {
        Log("records", records, stop);
        Log("hits", hits.Log, stop);
        var (anchors, deletions) = await Facts(stop);
        Seals(anchors);
        await Engine(deletions, stop);
        return new(findings.Count == 0, parts, findings);
    }

    void Log(string name, IRecordLog log, CancellationToken stop)
    {
        if (log is not DiskRecordLog disk) return;
        var active = disk.Snapshot().Segments is [.., var last] ? (last.Segment.First, last.Length) : ((ulong, long)?)null;
        var (found, segments, bytes) = RecordLogCheck.Run(name, Path.Combine(dataFolder, name), active, stop);
        findings.AddRange(found);
        parts.Add(new(name, found.Count == 0, string.Create(CultureInfo.InvariantCulture, $"{segments} segments, {bytes} bytes, {disk.Seals.Count} seals")));
    }

    async Task<(List<SegmentSealed> Anchors, List<DeletionPlanned> Deletions)> Facts(CancellationToken stop)
    {
        var anchors = new List<SegmentSealed>();
        var deletions = new List<DeletionPlanned>();
        if (facts is SqliteFactLog chained)
        {
            var fault = await Task.Run(chained.Verify, stop);
            if (fault is not null) findings.Add(new("VER010", fault.Why, "The fact log was changed behind the program's back, or its disk failed. Put it back from a backup.", $"fact:{fault.Seq}"));
            parts.Add(new("facts", fault is null, string.Create(CultureInfo.InvariantCulture, $"{facts.Last} facts")));
        }
        for (var at = 0L; ;)
        {
            var page = await facts.Read(at, 1000, stop);
            if (page.Count == 0) break;
            at = page[^1].Seq;
            foreach (var fact in page)
            {
                if (fact.Body is SegmentSealed anchor) anchors.Add(anchor);
                else if (fact.Body is DeletionPlanned deletion) deletions.Add(deletion);
            }
        }
        return (anchors, deletions);
    }

    /// <summary>A log whose seals were all written anew fits itself, but not the facts.</summary>
    void Seals(List<SegmentSealed> anchors)
    {
        var before = findings.Count;
        foreach (var (name, log) in ((string, IRecordLog)[])[("records", records), ("hits", hits.Log)])
        {
            if (log is not DiskRecordLog disk) continue;
            var seals = disk.Seals.DistinctBy(s => s.First).ToDictionary(s => s.First);
            foreach (var anchor in anchors.Where(a => a.Log == name))
                if (!seals.TryGetValue((ulong)anchor.First, out var seal) || seal.Hash != anchor.Hash)
                {
                    findings.Add(new("VER005", $"The seal of the segment that begins at {anchor.First} in the log {name} is not the one in the fact log.", "The log was written anew, or comes from another time than the facts. Compare both with a backup.", $"{name}:{anchor.First}"));
                    break;
                }
        }
        parts.Add(new("seals", findings.Count == before, string.Create(CultureInfo.InvariantCulture, $"{anchors.Count} in facts")));
    }

    async Task Engine(List<DeletionPlanned> deletions, CancellationToken stop)
    {
        await store.Standing(stop);
        var limits = new QueryLimits(RowsMax: 1_000_000, TimeMsMax: KeepLimits.StatementMsMax);
        foreach (var table in EventTables.All)
        {
            var answer = await store.Query($"CHECK TABLE `{table.Name}` SETTINGS check_query_single_value_result = 0", new Dictionary<string, string>(), limits, stop);
            var broken = answer.Rows.FirstOrDefault(r => Convert.ToInt64(r[1], CultureInfo.InvariantCulture) == 0);
            if (broken is not null)
                findings.Add(new("VER020", $"The part {broken[0]} of the table {table.Name} is damaged: {broken[2]}", "Check the disk; put the data folder back from a backup, or read the records anew.", $"{table.Name}:{broken[0]}"));
            var rows = await store.Number($"SELECT count() FROM `{table.Name}`", stop);
            parts.Add(new(table.Name, broken is null, string.Create(CultureInfo.InvariantCulture, $"{answer.Rows.Count} parts, {rows} rows")));
        }
        try
        {
            await Ids(limits, stop);
            await Sample(deletions, limits, stop);
        }
        catch (EngineException failed) when (findings.Any(f => f.Code == "VER020"))
        {
            parts.Add(new("ids", false, $"not counted, for a part is damaged (code {failed.Code})"));
        }
    }

    async Task Ids(QueryLimits limits, CancellationToken stop)
    {
        // Both counts come from one statement, which reads one state of the table: what is inserted meanwhile is in both or in none.
        var rows = await store.Number("SELECT count() FROM events", stop);
        var slices = rows / KeepLimits.IdsAtOnceMax + 1;
        var before = findings.Count;
        for (var slice = 0UL; slice < slices && findings.Count == before; slice++)
        {
            var answer = await store.Query("SELECT count(), uniqExact(id) FROM events WHERE cityHash64(id) % {n:UInt64} = {k:UInt64}", Values(("n", slices), ("k", slice)), limits with { MemoryBytesMax = 4L << 30 }, stop);
            if ((ulong)answer.Rows[0][0]! == (ulong)answer.Rows[0][1]!) continue;
            var first = await store.Query("SELECT id, count() FROM events WHERE cityHash64(id) % {n:UInt64} = {k:UInt64} GROUP BY id HAVING count() > 1 ORDER BY id LIMIT 1", Values(("n", slices), ("k", slice)), limits with { MemoryBytesMax = 4L << 30 }, stop);
            var id = new EventId((ulong)first.Rows[0][0]!);
            findings.Add(new("VER021", $"{(ulong)answer.Rows[0][0]! - (ulong)answer.Rows[0][1]!} rows of the event table stand twice; event {id} is the first.", "This is a fault of ours: report it with the log of the time.", $"event:{id}"));
        }
        parts.Add(new("ids", findings.Count == before, string.Create(CultureInfo.InvariantCulture, $"{rows} rows")));
    }

    /// <summary>Both ways: rows of which the record holds the raw bytes, and records of which there is a row.</summary>
    async Task Sample(List<DeletionPlanned> deletions, QueryLimits limits, CancellationToken stop)
    {
        var (first, end) = (records.First, Math.Min(records.Checkpoint(EventStoreReader.Checkpoint), records.Next));
        if (first >= end)
        {
            parts.Add(new("sample", true, "no records to compare with"));
            return;
        }
        var before = findings.Count;
        var rows = await store.Query("SELECT id, hex(raw) FROM events WHERE id >= {from:UInt64} AND id < {to:UInt64} ORDER BY cityHash64(id) LIMIT {n:UInt64}",
            Values(("from", EventId.At(first, 0).Value), ("to", EventId.At(end, 0).Value), ("n", KeepLimits.SampleMax)), limits, stop);
        var compared = 0;
        foreach (var row in rows.Rows)
        {
            var id = new EventId((ulong)row[0]!);
            if (await RecordOf(id.Position, stop) is not { } record) continue; // Damage there was named above.
            compared++;
            if (record.Raw.Span.IndexOf(Convert.FromHexString((string)row[1]!)) >= 0) continue;
            findings.Add(new("VER022", $"Event {id} does not hold the raw bytes of its record.", "The event table or the record log was changed. Compare both with a backup.", $"event:{id}"));
            break;
        }
        // Where no reader runs, the next start looks for what a power cut took behind the last flush.
        var flushed = records.Checkpoint(EngineDisk.Events);
        var sure = store.EventsReach.Position is > 0 and var reach ? Math.Min(end, reach) : flushed > 0 && store.Engine.Options.ServerUrl is null ? Math.Min(end, flushed) : end;
        var looked = 0;
        var step = Math.Max(1, (end - first) / (ulong)KeepLimits.SampleMax);
        for (var position = first; position < sure; position += step)
        {
            stop.ThrowIfCancellationRequested();
            if (await RecordOf(position, stop) is not { } record || Deleted(deletions, position) || (records as DiskRecordLog)?.Quarantine.Skips(EventStoreReader.Checkpoint, position) == true) continue;
            looked++;
            var found = await store.Query("SELECT count() FROM events WHERE id >= {from:UInt64} AND id < {to:UInt64}", Values(("from", EventId.At(position, 0).Value), ("to", EventId.At(position + 1, 0).Value)), limits, stop);
            if ((ulong)found.Rows[0][0]! > 0 || Events(record) == 0) continue;
            findings.Add(new("VER023", $"Record {position} was stored, its event is not in the table and no deletion covers it.", "Read the records anew from there on.", $"record:{position}"));
            break;
        }
        parts.Add(new("sample", findings.Count == before, string.Create(CultureInfo.InvariantCulture, $"{compared} rows compared with their records, {looked} records looked for")));
    }

    int Events(Record record)
    {
        using var batch = normalise([record]);
        var rows = 0;
        for (var i = 0; i < batch.Count; i++)
            if (store.Sampling.RateOf(batch[i], count: false) > 0) rows++;
        return rows;
    }

    static bool Deleted(List<DeletionPlanned> deletions, ulong position) => deletions.Any(d =>
        EventId.TryParse(d.FirstEvent, out var from) && EventId.TryParse(d.LastEvent, out var to) && from.Position <= position && position <= to.Position);

    async Task<Record?> RecordOf(ulong position, CancellationToken stop)
    {
        var page = await records.Read(position, 1, 1, stop);
        return page.Count == 1 && page[0].Position == position ? page[0] : null;
    }

    static Dictionary<string, string> Values(params (string Name, object Value)[] values) =>
        values.ToDictionary(v => v.Name, v => Convert.ToString(v.Value, CultureInfo.InvariantCulture) ?? "");
}
