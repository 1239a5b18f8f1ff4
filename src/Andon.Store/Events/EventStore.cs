using System.Globalization;
using Andon.Store.Engine;

namespace Andon.Store.Events;

/// <summary>Which tables the store has, and in which database of the engine.</summary>
/// <param name="Database">Name of the database; letters, digits and underscores.</param>
public sealed record EventStoreOptions(string Database = "andon")
{
    /// <summary>Named only on a cluster: its ENGINE clause, with <c>{table}</c> for the table's name.</summary>
    public string? TableEngine { get; init; }

    /// <summary>
    /// Index every term of raw by row, in place of a filter by block: a rare word is found in a tenth of the time or less, for twice the disk.
    /// Parts written before it was asked for are scanned.
    /// </summary>
    public bool TextIndex { get; init; }

    /// <summary>File in which the event reader writes what it is about to send; null keeps it in memory only (tests, tools).</summary>
    public string? EventPlanFile { get; init; }
}

/// <summary>The events and alerts, asked by SQL that we made; a person's text never gets here except as a parameter's value.</summary>
public sealed class EventStore(EngineSupervisor engine, EventStoreOptions options, TimeProvider clock)
{
    internal ClickHouseClient Client { get; } = new(engine, options.Database, clock);
    internal EventStoreOptions Options => options;
    internal EngineSupervisor Engine => engine;

    /// <summary>Whoever adds rows or takes whole partitions away holds this meanwhile, so that one moment can be told from the next.</summary>
    internal SemaphoreSlim Writing { get; } = new(1, 1);

    /// <summary>How far the readers are that fill the tables in this process.</summary>
    internal TableReach EventsReach { get; } = new();
    internal TableReach AlertsReach { get; } = new();

    /// <summary>Which events get a row.</summary>
    public Sampling Sampling { get; } = new();

    /// <summary>How the engine is.</summary>
    public EngineState State => engine.State;

    /// <summary>Waits until the engine answers and the tables stand.</summary>
    public async Task Ready(CancellationToken stop)
    {
        await engine.Ready(stop);
        await EnsureSchema(stop);
    }

    /// <summary>Waits until the engine answers; the tables are left as they are.</summary>
    public Task Answering(CancellationToken stop) => engine.Ready(stop);

    /// <summary>Waits until the engine answers and makes the tables only where there are none: a check or a backup changes nothing.</summary>
    internal async Task Standing(CancellationToken stop)
    {
        await engine.Ready(stop);
        var there = await Client.Query("SELECT toInt64(count()) FROM system.tables WHERE database = {db:String}", new Dictionary<string, string> { ["db"] = options.Database }, QueryLimits.Standard, stop, inDatabase: false);
        if ((long)there.Rows[0][0]! < EventTables.All.Count) await EnsureSchema(stop);
    }

    /// <summary>Makes the database, the tables, the columns and the indexes that are not there yet. Never changes or drops one.</summary>
    public async Task EnsureSchema(CancellationToken stop)
    {
        await engine.Ready(stop);
        await Schema.WaitAsync(stop);
        try { await Bring(stop); }
        finally { Schema.Release(); }
    }

    /// <summary>One caller brings the schema up, the others find it there.</summary>
    SemaphoreSlim Schema { get; } = new(1, 1);

    async Task Bring(CancellationToken stop)
    {
        await Client.Execute($"CREATE DATABASE IF NOT EXISTS `{options.Database}`", stop, inDatabase: false);
        await StoreVersion.Bring(Client, options.TableEngine ?? "MergeTree", stop);
        foreach (var table in EventTables.All.Append(Andon.Store.Query.Known.FactTable.Model))
        {
            await Client.Execute(table.CreateSql((options.TableEngine ?? "MergeTree").Replace("{table}", table.Name, StringComparison.Ordinal), options.TextIndex), stop);
            var there = await Query("SELECT name FROM system.columns WHERE database = {db:String} AND table = {t:String}",
                new Dictionary<string, string> { ["db"] = options.Database, ["t"] = table.Name }, QueryLimits.Standard, stop);
            var names = there.Rows.Select(r => (string?)r[0]).ToHashSet();
            foreach (var column in table.Columns.Where(c => !names.Contains(c.Name))) await Client.Execute(table.AddColumnSql(column), stop);
            // A store of before; one whose owner chose another value keeps it.
            var made = await Query("SELECT create_table_query FROM system.tables WHERE database = {db:String} AND name = {t:String}",
                new Dictionary<string, string> { ["db"] = options.Database, ["t"] = table.Name }, QueryLimits.Standard, stop);
            foreach (var (name, value) in TableModel.Settings)
                if (made.Rows is [[string text]] && !text.Contains(name + " =", StringComparison.Ordinal)) await Client.Execute(table.SetSql(name, value), stop);
            var indexed = await Query("SELECT name FROM system.data_skipping_indices WHERE database = {db:String} AND table = {t:String}",
                new Dictionary<string, string> { ["db"] = options.Database, ["t"] = table.Name }, QueryLimits.Standard, stop);
            var indexes = indexed.Rows.Select(r => (string?)r[0]).ToHashSet();
            foreach (var index in table.IndexesFor(options.TextIndex).Where(i => !indexes.Contains(TableModel.IndexName(i))))
            {
                await Client.Execute(table.AddIndexSql(index), stop);
                // Parts of before get it in the background, one after the other; searches read them without it until then.
                await Client.Execute($"ALTER TABLE `{table.Name}` MATERIALIZE INDEX {TableModel.IndexName(index)} SETTINGS mutations_sync = 0", stop);
            }
        }
    }

    /// <summary>
    /// Runs a statement that only reads, on the store's database; the tables' names need no database in front. Parameters are named
    /// <c>{name:Type}</c> in it; their values are given unescaped (arrays by <see cref="QueryParameters"/>).
    /// Throws <see cref="EngineException"/>; see its codes.
    /// </summary>
    public async ValueTask<QueryAnswer> Query(string sql, IReadOnlyDictionary<string, string> parameters, QueryLimits limits, CancellationToken stop) =>
        await Client.Query(sql, parameters, limits, stop);

    /// <summary>A single number, for counts and checks.</summary>
    internal async Task<ulong> Number(string sql, CancellationToken stop)
    {
        var answer = await Query(sql, new Dictionary<string, string>(), QueryLimits.Standard, stop);
        return Convert.ToUInt64(answer.Rows[0][0], CultureInfo.InvariantCulture);
    }
}
