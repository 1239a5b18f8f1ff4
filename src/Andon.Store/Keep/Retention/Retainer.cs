using System.Globalization;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using EventId = Andon.Model.EventId;

namespace Andon.Store.Keep.Retention;

/// <summary>What is due to go: one class of one day.</summary>
/// <param name="HeldBack">Rows of that class and day that a hold keeps.</param>
public sealed record DueDeletion(string Table, string ClassId, string Day, long Events, long Bytes, long HeldBack);

/// <summary>
/// Lets events go whose class says so, day by day, and proves it: the plan is a fact before anything is deleted, the proof a fact when
/// it is gone. Held rows stay, row by row. A day that goes whole is dropped; of a day that goes in part the rest is written anew
/// (docs/decisions/0016-keeping.md says what that costs and why the class is not in the partition key).
/// </summary>
sealed class Retainer(RetentionBook book, KeepOptions options, EventStore store, IFactLog facts, EngineDisk disk, TimeProvider clock) : IDisposable
{
    const long DayMs = 24L * 3600 * 1000;
    static readonly QueryLimits Patient = new(RowsMax: 1_000_000, TimeMsMax: KeepLimits.StatementMsMax);
    static readonly string Actor = Actors.Of(Room.Store);

    sealed record Stats(long Events, long Bytes, ulong First, ulong Last, string Hash);

    /// <summary>Everything that is due now. Deletes it unless only asked to look.</summary>
    public async Task<IReadOnlyList<DueDeletion>> Run(bool onlyLook, CancellationToken stop)
    {
        var due = new List<DueDeletion>();
        var now = clock.NowMs();
        foreach (var table in EventTables.All)
        {
            var days = await Days(table, stop);
            foreach (var kept in book.Classes.Where(c => c.ClassId != RetentionBook.Records && (c.ClassId == RetentionBook.Alerts) == (table.Name == EventTables.Alerts.Name)))
            {
                if (kept.Terms.Days is { } number)
                {
                    var before = (now / DayMs - number) * DayMs;
                    foreach (var day in days.Where(d => d < DayOf(before))) await One(table, kept, day, before, onlyLook, due, stop);
                }
                if (kept.Terms.BytesMax is { } bytesMax) await OverSize(table, kept, bytesMax, days, onlyLook, due, stop);
            }
        }
        if (!onlyLook) await ProveWhatIsGone(stop);
        return due;
    }

    static uint DayOf(long ms) => uint.Parse(DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, ms)).ToString("yyyyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    async Task<IReadOnlyList<uint>> Days(TableModel table, CancellationToken stop)
    {
        var answer = await store.Query("SELECT DISTINCT toUInt32(partition) FROM system.parts WHERE database = {db:String} AND table = {t:String} AND active ORDER BY 1",
            new Dictionary<string, string> { ["db"] = store.Options.Database, ["t"] = table.Name }, Patient, stop);
        return [.. answer.Rows.Select(r => Convert.ToUInt32(r[0], CultureInfo.InvariantCulture))];
    }

    /// <summary>The oldest days of a class that is over its bytes, until it is not; never today.</summary>
    async Task OverSize(TableModel table, RetentionClass kept, long bytesMax, IReadOnlyList<uint> days, bool onlyLook, List<DueDeletion> due, CancellationToken stop)
    {
        var sql = new KeepSql();
        var where = sql.ClassRows(table, kept.ClassId, book.Classes, options.SourceClasses());
        var answer = await store.Query($"SELECT toYYYYMMDD(timestamp) AS day, toInt64(sum({SizeOf(table)})) FROM {table.Name} WHERE {where} GROUP BY day ORDER BY day", sql.Values, Patient, stop);
        var sums = answer.Rows.Select(r => (Day: Convert.ToUInt32(r[0], CultureInfo.InvariantCulture), Bytes: (long)r[1]!)).ToList();
        var left = sums.Sum(s => s.Bytes);
        var today = DayOf(clock.NowMs());
        foreach (var (day, bytes) in sums.Where(s => days.Contains(s.Day)))
        {
            if (left <= bytesMax || day >= today) break;
            // A bound of bytes holds also for what came in just now.
            await One(table, kept, day, clock.NowMs(), onlyLook, due, stop);
            left -= bytes;
        }
    }

    static string SizeOf(TableModel table) => table.Name == EventTables.Alerts.Name ? "length(title)" : "length(raw)";
    static string IdOf(TableModel table) => table.Name == EventTables.Alerts.Name ? "event_id" : "id";
    static string TextOf(TableModel table) => table.Name == EventTables.Alerts.Name ? "concat(toString(block), '.', toString(number), ' ', rule_id)" : "concat(toString(id), ' ', raw)";

    /// <summary>Held while one day of one class is looked at and deleted: a hold that is placed meanwhile stands for all that follow.</summary>
    public SemaphoreSlim OneDay { get; } = new(1, 1);

    public void Dispose() => OneDay.Dispose();

    async Task One(TableModel table, RetentionClass kept, uint day, long beforeMs, bool onlyLook, List<DueDeletion> due, CancellationToken stop)
    {
        await OneDay.WaitAsync(stop);
        try { await Delete(table, kept, day, beforeMs, onlyLook, due, stop); }
        finally { OneDay.Release(); }
    }

    async Task Delete(TableModel table, RetentionClass kept, uint day, long beforeMs, bool onlyLook, List<DueDeletion> due, CancellationToken stop)
    {
        var sql = new KeepSql();
        var ofClass = $"{sql.OfDay(day)} AND {sql.ClassRows(table, kept.ClassId, book.Classes, options.SourceClasses())} AND {sql.CameBefore(table, beforeMs)}";
        var holds = book.Holds;
        var held = sql.HeldRows(table, holds, await CaseScope.Of(holds, facts, stop));
        var counts = await store.Query($"SELECT toInt64(countIf(NOT {held})), toInt64(countIf({held})), toInt64(sumIf({SizeOf(table)}, NOT {held})) FROM {table.Name} WHERE {ofClass}", sql.Values, Patient, stop);
        var (events, heldBack, bytes) = ((long)counts.Rows[0][0]!, (long)counts.Rows[0][1]!, (long)counts.Rows[0][2]!);
        if (events == 0) return;
        due.Add(new(table.Name, kept.ClassId, RetentionBook.DayText(day), events, bytes, heldBack));
        if (onlyLook) return;

        var where = $"{ofClass} AND NOT {held}";
        var stats = await StatsOf(table, where, sql.Values, stop);
        var text = RetentionBook.DayText(day);
        // A plan whose deletion a death cut short goes on; its proof counts what is left at the end.
        var plan = book.Owed(table.Name, kept.ClassId, text) is { } owed && owed.Events >= stats.Events ? owed
            : new DeletionPlanned(string.Create(CultureInfo.InvariantCulture, $"{table.Name}/{kept.ClassId}/{text}/{facts.Last + 1}"), table.Name, kept.ClassId, text,
                stats.Events, stats.Bytes, new EventId(stats.First).ToString(), new EventId(stats.Last).ToString(), stats.Hash, kept.Terms.Contract, heldBack);
        if (book.Owed(table.Name, kept.ClassId, text)?.DeletionId != plan.DeletionId) await facts.Append(Actor, $"class {kept.ClassId}", plan, stop);

        var diskBefore = await DiskBytes(table, day, stop);
        if (!await DropWhole(table, day, stats.Events, where, sql.Values, stop))
            await store.Client.Execute($"ALTER TABLE `{table.Name}` DELETE IN PARTITION ID '{day.ToString(CultureInfo.InvariantCulture)}' WHERE {where} SETTINGS mutations_sync = 1", sql.Values, stop);
        // What is proven to be gone does not come back with the power.
        await disk.FlushTables(stop);
        var left = await store.Query($"SELECT toInt64(count()) FROM {table.Name} WHERE {where}", sql.Values, Patient, stop);
        await facts.Append(Actor, $"class {kept.ClassId}", new DeletionProven(plan.DeletionId, (long)left.Rows[0][0]!, Math.Max(0, diskBefore - await DiskBytes(table, day, stop))), stop);
    }

    /// <summary>Drops the day when all of it is due: nobody inserts between the count and the drop.</summary>
    async Task<bool> DropWhole(TableModel table, uint day, long events, string where, IReadOnlyDictionary<string, string> values, CancellationToken stop)
    {
        await store.Writing.WaitAsync(stop);
        try
        {
            var sql = new KeepSql();
            var all = await store.Query($"SELECT toInt64(count()) FROM {table.Name} WHERE {sql.OfDay(day)}", sql.Values, Patient, stop);
            if ((long)all.Rows[0][0]! != events) return false;
            var due = await store.Query($"SELECT toInt64(count()) FROM {table.Name} WHERE {where}", values, Patient, stop);
            if ((long)due.Rows[0][0]! != events) return false;
            await store.Client.Execute($"ALTER TABLE `{table.Name}` DROP PARTITION ID '{day.ToString(CultureInfo.InvariantCulture)}'", stop);
            return true;
        }
        finally
        {
            store.Writing.Release();
        }
    }

    async Task<Stats> StatsOf(TableModel table, string where, IReadOnlyDictionary<string, string> values, CancellationToken stop)
    {
        var answer = await store.Query(
            $"SELECT toInt64(count()), toInt64(sum({SizeOf(table)})), min({IdOf(table)}), max({IdOf(table)}), lower(hex(sumWithOverflow(reinterpretAsUInt256(SHA256({TextOf(table)}))))) FROM {table.Name} WHERE {where}",
            values, Patient, stop);
        var row = answer.Rows[0];
        return new((long)row[0]!, (long)row[1]!, (ulong)row[2]!, (ulong)row[3]!, (string)row[4]!);
    }

    async Task<long> DiskBytes(TableModel table, uint day, CancellationToken stop)
    {
        var answer = await store.Query("SELECT toInt64(sum(bytes_on_disk)) FROM system.parts WHERE database = {db:String} AND table = {t:String} AND active AND partition_id = {p:String}",
            new Dictionary<string, string> { ["db"] = store.Options.Database, ["t"] = table.Name, ["p"] = day.ToString(CultureInfo.InvariantCulture) }, Patient, stop);
        return (long)answer.Rows[0][0]!;
    }

    /// <summary>A deletion that was over before its proof was written: a death came in between, and nothing of it is due any more.</summary>
    async Task ProveWhatIsGone(CancellationToken stop)
    {
        foreach (var plan in book.AllOwed)
        {
            var table = EventTables.All.First(t => t.Name == plan.Table);
            var (_, first) = (EventId.TryParse(plan.FirstEvent, out var from), from);
            var (_, last) = (EventId.TryParse(plan.LastEvent, out var to), to);
            var sql = new KeepSql();
            var where = sql.OfDay(uint.Parse(plan.Day.Replace("-", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
            if (book.Find(plan.ClassId) is not null) where += $" AND {sql.ClassRows(table, plan.ClassId, book.Classes, options.SourceClasses())}";
            var left = await store.Query($"SELECT toInt64(count()) FROM {table.Name} WHERE {where} AND {IdOf(table)} BETWEEN {first.Value.ToString(CultureInfo.InvariantCulture)} AND {last.Value.ToString(CultureInfo.InvariantCulture)}", sql.Values, Patient, stop);
            await facts.Append(Actor, "looked at after a restart", new DeletionProven(plan.DeletionId, (long)left.Rows[0][0]!, 0), stop);
        }
    }
}
