using System.Text.RegularExpressions;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Records;

namespace Andon.Store.Keep.Backup;

/// <summary>What a restore put back.</summary>
public sealed record RestoreReport(string Name, string Data, long Events, long Alerts, long RecordsTo, long FactsTo, int Files, long Bytes);

/// <summary>
/// Puts a backup into an empty folder. Until the end a file there says that it is not whole, and no program opens it. The tables are
/// made by the statements of their own time, get their parts and are counted; the program that opens them brings them to the tables of now.
/// </summary>
public static partial class BackupRestorer
{
    internal const string Parts = "events/parts/";

    /// <summary>Stands in a data folder whose restore has not ended.</summary>
    public const string Unfinished = "restore-unfinished";

    /// <summary>Refuses a data folder that was only half restored.</summary>
    public static void Refuse(string dataFolder)
    {
        if (File.Exists(Path.Combine(dataFolder, Unfinished)))
            throw new BackupRefusedException(new("BAK011", $"The restore into {dataFolder} was never finished.", "Remove the folder and restore again."));
    }

    /// <param name="startEngine">Starts an engine on the folder given and waits until it answers; it is stopped by disposing.</param>
    public static async Task<RestoreReport> Restore(string place, string? name, string dataFolder, Func<string, CancellationToken, Task<RestoreEngine>> startEngine, CancellationToken stop)
    {
        var manifest = BackupPlace.Choose(place, name);
        dataFolder = Path.GetFullPath(dataFolder);
        if (Directory.Exists(dataFolder) && Directory.EnumerateFileSystemEntries(dataFolder).Any())
            throw new BackupRefusedException(new("BAK012", $"{dataFolder} is not empty.", "A backup is restored into an empty folder only."));
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(dataFolder);
        else Directory.CreateDirectory(dataFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        DurableFiles.Replace(Path.Combine(dataFolder, Unfinished), []);
        foreach (var file in manifest.Files.Where(f => !f.Path.StartsWith(Parts, StringComparison.Ordinal)))
        {
            stop.ThrowIfCancellationRequested();
            var target = Path.GetFullPath(Path.Combine(dataFolder, file.Path));
            if (!target.StartsWith(dataFolder + Path.DirectorySeparatorChar, StringComparison.Ordinal)) throw new BackupRefusedException(new("BAK004", $"The manifest names {file.Path}, which lies outside of a data folder.", "Choose another one, or take a new backup."));
            BackupPlace.PutBack(place, file, target);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        await using (var engine = await startEngine(Path.Combine(dataFolder, "events"), stop)) await Tables(place, manifest, engine, stop);
        DurableFiles.FlushVolume(dataFolder);
        File.Delete(Path.Combine(dataFolder, Unfinished));
        DurableFiles.FlushFolder(dataFolder);
        long Rows(string table) => manifest.Tables.First(t => t.Name == table).Rows;
        return new(manifest.Name, dataFolder, Rows(EventTables.Events.Name), Rows(EventTables.Alerts.Name), manifest.Positions.RecordsNext, manifest.Positions.Facts, manifest.Files.Count, manifest.Files.Sum(f => f.Bytes));
    }

    static async Task Tables(string place, Manifest manifest, RestoreEngine engine, CancellationToken stop)
    {
        var store = engine.Store;
        var database = store.Options.Database;
        await store.Client.Execute($"CREATE DATABASE IF NOT EXISTS `{database}`", stop, inDatabase: false);
        foreach (var table in manifest.Tables)
        {
            await store.Client.Execute(CreateHead().Replace(table.Create, $"CREATE TABLE `{table.Name}` ", 1), stop);
            var folder = (await store.Query("SELECT data_paths[1] FROM system.tables WHERE database = {db:String} AND name = {t:String}",
                new Dictionary<string, string> { ["db"] = database, ["t"] = table.Name }, QueryLimits.Standard, stop)).Rows[0][0] as string ?? "";
            var prefix = $"{Parts}{table.Name}/";
            foreach (var file in manifest.Files.Where(f => f.Path.StartsWith(prefix, StringComparison.Ordinal)))
            {
                stop.ThrowIfCancellationRequested();
                BackupPlace.PutBack(place, file, Path.Combine(folder, "detached", file.Path[prefix.Length..]));
            }
            if (table.Parts > 0) await store.Client.Execute($"ALTER TABLE `{table.Name}` ATTACH PARTITION ALL", stop);
            var rows = await store.Number($"SELECT count() FROM `{table.Name}`", stop);
            if (rows != (ulong)table.Rows) throw new BackupRefusedException(new("BAK013", $"The table {table.Name} has {rows} rows after the restore; the backup has {table.Rows}.", $"The parts that the engine refused lie in {folder}detached."));
        }
    }

    [GeneratedRegex(@"^CREATE TABLE \S+ ", RegexOptions.CultureInvariant)]
    private static partial Regex CreateHead();
}

/// <summary>An engine that a restore has for itself.</summary>
public sealed class RestoreEngine(EventStore store, Func<Task> end) : IAsyncDisposable
{
    internal EventStore Store => store;
    public async ValueTask DisposeAsync() => await end();
}
