using System.Globalization;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;

namespace Andon.Store.Keep.Backup;

/// <summary>A finished backup.</summary>
/// <param name="BytesCopied">New bytes; the rest the place had from earlier backups.</param>
/// <param name="RecordsTo">Position of the first record that is not in it.</param>
public sealed record BackupReport(string Name, string Place, long Events, long Alerts, long RecordsTo, long FactsTo, int Files, long Bytes, long BytesCopied, string ManifestHash);

/// <summary>
/// Copies a living house. Downstream first: the tables with their readers' checkpoints at one moment, then other files, facts, hits,
/// records. So whatever a copy names is in the copies made after it, and what is missing downstream is read again at the next start,
/// just as after a crash. What the manifest says of a log is what was copied of it, never what it had become by then (0031).
/// </summary>
sealed class BackupTaker(KeepOptions options, KeepTurn turn, IRecordLog records, HitLog hits, IFactLog facts, EventStore store, TimeProvider clock)
{
    const string FrozenPrefix = "andon_backup_";

    /// <summary>What stands in the data folder and is copied in another way, or is no data.</summary>
    static readonly HashSet<string> Apart = new(StringComparer.Ordinal) { "records", "hits", "events", "events.library", "facts.db", "facts.db-wal", "facts.db-shm", "facts.lock", "event-plan.json", BackupRestorer.Unfinished };

    /// <summary>Called between the steps, by name of the one that ended, so that a test can make the house go on right there.</summary>
    internal Func<string, Task> Between { get; init; } = _ => Task.CompletedTask;

    /// <summary>How long it waits for a moment without a batch under way.</summary>
    internal TimeSpan Patience { get; init; } = KeepLimits.TurnMax;

    public async Task<BackupReport> Take(string place, string actor, CancellationToken stop)
    {
        if (records is not DiskRecordLog recordLog || hits.Log is not DiskRecordLog hitLog || facts is not SqliteFactLog factLog)
            throw new InvalidOperationException("Only logs on disk can be backed up.");
        if (options.Engine.ServerUrl is not null)
            throw new BackupRefusedException(new("BAK008", "The events lie on a ClickHouse server, and its files are not here.", "Back them up there (BACKUP DATABASE), and this data folder while Andon is stopped."));
        if (IsInside(place, options.DataFolder)) throw new BackupRefusedException(new("BAK009", $"{place} lies in the data folder itself.", "Name another folder, best on another disk."));

        using var held = await turn.Take("a backup", stop);
        using var pinRecords = recordLog.Pin();
        using var pinHits = hitLog.Pin();
        var kept = BackupPlace.Begin(Path.GetFullPath(place), clock);
        var frozen = FrozenPrefix + kept.Name.Replace('.', '_'); // The engine escapes other characters in the folder's name.
        ThawOld();
        var (tables, positions) = await Freeze(kept, frozen, stop);
        try
        {
            await Between("tables");
            var states = CopyOthers(kept, stop);
            await Between("files");
            var lastFact = CopyFacts(kept, factLog);
            await Between("facts");
            CopyNamed(kept, states, stop);
            CopyParts(kept, frozen, tables, stop);
            await Between("parts");
            var hitsNext = CopyLog(kept, "hits", hitLog, stop);
            await Between("hits");
            var recordsNext = CopyLog(kept, "records", recordLog, stop);
            await Between("records");
            positions = positions with { Facts = lastFact, HitsNext = (long)hitsNext, RecordsNext = (long)recordsNext };
        }
        finally
        {
            ThawOld();
        }
        stop.ThrowIfCancellationRequested();
        var manifest = new Manifest(Manifest.FormatNow, kept.Name, clock.NowMs(), store.Options.Database, positions, tables, kept.Files);
        var hash = kept.Finish(manifest);
        long Rows(string table) => tables.First(t => t.Name == table).Rows;
        var report = new BackupReport(kept.Name, Path.GetFullPath(place), Rows(EventTables.Events.Name), Rows(EventTables.Alerts.Name),
            positions.RecordsNext, positions.Facts, manifest.Files.Count, manifest.Files.Sum(f => f.Bytes), kept.BytesCopied, hash);
        await facts.Append(actor, "", new BackupTaken(report.Name, report.Place, report.Events, report.RecordsTo, report.FactsTo, report.Bytes, hash), stop);
        return report;
    }

    /// <summary>The one moment: no reader is in the middle of a batch while the tables are frozen and the checkpoints read.</summary>
    async Task<(IReadOnlyList<KeptTable>, KeptPositions)> Freeze(BackupPlace kept, string name, CancellationToken stop)
    {
        await store.Standing(stop);
        if (!await store.Writing.WaitAsync(Patience, stop)) throw new BackupRefusedException(new("BAK010", "The readers of the event store did not come to a pause.", "Try again; see the house page for what they wait for."));
        try
        {
            var tables = new List<KeptTable>();
            foreach (var table in EventTables.All)
            {
                var create = await store.Query("SELECT create_table_query, (SELECT count() FROM system.parts WHERE database = {db:String} AND table = {t:String} AND active) FROM system.tables WHERE database = {db:String} AND name = {t:String}",
                    new Dictionary<string, string> { ["db"] = store.Options.Database, ["t"] = table.Name }, QueryLimits.Standard, stop);
                var rows = await store.Number($"SELECT count() FROM `{table.Name}`", stop);
                await store.Client.Execute($"ALTER TABLE `{table.Name}` FREEZE WITH NAME '{name}'", stop);
                tables.Add(new(table.Name, (string)create.Rows[0][0]!, (long)rows, Convert.ToInt32(create.Rows[0][1], CultureInfo.InvariantCulture)));
            }
            foreach (var log in (string[])["records", "hits"])
                foreach (var file in Directory.GetFiles(Path.Combine(options.DataFolder, log, "checkpoints")))
                    if (!file.EndsWith(".tmp", StringComparison.Ordinal)) kept.Add($"{log}/checkpoints/{Path.GetFileName(file)}", await File.ReadAllBytesAsync(file, stop));
            var plan = Path.Combine(options.DataFolder, "event-plan.json");
            if (File.Exists(plan)) kept.Add("event-plan.json", await File.ReadAllBytesAsync(plan, stop));
            return (tables, new(0, 0, 0, (long)records.Checkpoint(EventStoreReader.Checkpoint), (long)hits.Log.Checkpoint(AlertsReader.Checkpoint)));
        }
        finally
        {
            store.Writing.Release();
        }
    }

    string Shadow => Path.Combine(options.Engine.DataFolder, "shadow");

    /// <summary>What this or an earlier, killed backup froze: hard links only, but they keep the disk full.</summary>
    void ThawOld()
    {
        if (!Directory.Exists(Shadow)) return;
        foreach (var old in Directory.GetDirectories(Shadow, FrozenPrefix + "*")) Directory.Delete(old, recursive: true);
    }

    void CopyParts(BackupPlace kept, string name, IReadOnlyList<KeptTable> tables, CancellationToken stop)
    {
        // shadow/NAME/store/abc/abc…uuid/PART/file; which table a uuid is says its folder under data/.
        foreach (var table in tables)
        {
            if (table.Parts == 0) continue;
            var uuid = TableFolder(table.Name);
            var folder = Path.Combine(Shadow, name, uuid);
            // The engine writes a part's rows beside it: what is frozen is what was counted, or there is no backup.
            var rows = Directory.GetDirectories(folder).Sum(part => long.Parse(File.ReadAllText(Path.Combine(part, "count.txt")), CultureInfo.InvariantCulture));
            if (rows != table.Rows) throw new BackupRefusedException(new("BAK016", $"{rows} rows of the table {table.Name} were frozen, but it had {table.Rows}.", "Take the backup again; report it when it happens twice."));
            foreach (var part in Directory.GetDirectories(folder))
                foreach (var file in Directory.GetFiles(part, "*", SearchOption.AllDirectories))
                {
                    stop.ThrowIfCancellationRequested();
                    kept.Add($"{BackupRestorer.Parts}{table.Name}/{Path.GetRelativePath(folder, file).Replace('\\', '/')}", file, unchanging: true);
                }
        }
    }

    /// <summary>Where the engine keeps a table, under its own folder.</summary>
    string TableFolder(string table)
    {
        var answer = store.Query("SELECT data_paths[1] FROM system.tables WHERE database = {db:String} AND name = {t:String}",
            new Dictionary<string, string> { ["db"] = store.Options.Database, ["t"] = table }, QueryLimits.Standard, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return Path.GetRelativePath(options.Engine.DataFolder, (string)answer.Rows[0][0]!);
    }

    static long CopyFacts(BackupPlace kept, SqliteFactLog facts)
    {
        var temporary = Directory.CreateTempSubdirectory("andon-facts-").FullName;
        try
        {
            var copy = Path.Combine(temporary, "facts.db");
            var last = facts.CopyTo(copy);
            kept.Add("facts.db", copy, unchanging: false);
            return last;
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>Copies what is acknowledged of a log; returns the position of the first record that is not in the copy.</summary>
    static ulong CopyLog(BackupPlace kept, string name, DiskRecordLog log, CancellationToken stop)
    {
        // Seals before segments: a seal must not speak of more than the copy of its segment holds.
        var seals = Path.Combine(log.Folder, SegmentChain.FileName);
        if (File.Exists(seals)) kept.Add($"{name}/{SegmentChain.FileName}", seals, unchanging: false);
        var quarantine = Path.Combine(log.Folder, "quarantine");
        if (Directory.Exists(quarantine))
            foreach (var file in Directory.GetFiles(quarantine)) kept.Add($"{name}/quarantine/{Path.GetFileName(file)}", file, unchanging: false);
        var (segments, next) = log.Snapshot();
        for (var i = 0; i < segments.Count; i++)
        {
            stop.ThrowIfCancellationRequested();
            var (segment, length) = segments[i];
            kept.Add($"{name}/{segment.Name}", segment.Path, unchanging: i + 1 < segments.Count, segment.IsPacked ? null : length);
        }
        return next;
    }

    /// <summary>Everything that stands in the data folder beside logs and tables; returns what was there.</summary>
    HashSet<string> CopyOthers(BackupPlace kept, CancellationToken stop)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Others())
        {
            stop.ThrowIfCancellationRequested();
            if (CopyOther(kept, file)) seen.Add(file);
        }
        return seen;
    }

    /// <summary>
    /// Facts name files that were written before them and never change: texts of rules, evidence. One that came since the files were copied may be
    /// named by a fact that is in the copy. Those at the top of the folder are states, which themselves speak of facts, and stay as they were.
    /// </summary>
    void CopyNamed(BackupPlace kept, HashSet<string> seen, CancellationToken stop)
    {
        foreach (var file in Others())
        {
            stop.ThrowIfCancellationRequested();
            if (!seen.Contains(file) && Path.GetDirectoryName(file) != options.DataFolder.TrimEnd(Path.DirectorySeparatorChar)) CopyOther(kept, file);
        }
    }

    IEnumerable<string> Others() =>
        Directory.GetFileSystemEntries(options.DataFolder).Where(e => !Apart.Contains(Path.GetFileName(e)))
            .SelectMany(e => Directory.Exists(e) ? Directory.GetFiles(e, "*", SearchOption.AllDirectories) : [e])
            .Where(f => !f.EndsWith(".tmp", StringComparison.Ordinal) && !f.EndsWith(".sock", StringComparison.Ordinal));

    bool CopyOther(BackupPlace kept, string file)
    {
        try
        {
            kept.Add(Path.GetRelativePath(options.DataFolder, file).Replace('\\', '/'), file, unchanging: false);
            return true;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException) // Taken away in between.
        {
            return false;
        }
    }

    static bool IsInside(string path, string folder)
    {
        var relative = Path.GetRelativePath(Path.GetFullPath(folder), Path.GetFullPath(path));
        return relative == "." || (!relative.StartsWith("..", StringComparison.Ordinal) && !Path.IsPathRooted(relative));
    }
}
