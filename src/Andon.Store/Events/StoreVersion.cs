using System.Globalization;
using Andon.Store.Engine;

namespace Andon.Store.Events;

/// <summary>
/// Which form the event store has. Columns and indexes that are merely new are added without one; a number is for what an older program
/// would read or write wrongly. A store of a newer form is refused and left as it is; one of an older form is brought to this one.
/// </summary>
static class StoreVersion
{
    const string Name = "store_version";

    /// <summary>The form that this program writes. 1: before there was a number. 2: facts as a table.</summary>
    public const int Current = 2;

    /// <summary>What brings a store to a form from the one before. Each may be done twice: the number is written after it.</summary>
    static readonly (int To, string Sql)[] Steps =
    [
        (2, $"DROP TABLE IF EXISTS `{Query.Known.FactTable.Name}`"), // Made of the fact log; whatever had that name before is not.
    ];

    /// <exception cref="EngineException">The store is of a newer program.</exception>
    public static async Task Bring(ClickHouseClient client, string tableEngine, CancellationToken stop)
    {
        await client.Execute($"CREATE TABLE IF NOT EXISTS `{Name}` (`version` UInt32, `at` DateTime DEFAULT now()) ENGINE = {tableEngine.Replace("{table}", Name, StringComparison.Ordinal)} ORDER BY `version`", stop);
        var version = await Read(client, stop);
        if (version > Current)
            throw new EngineException(EngineException.Newer, string.Create(CultureInfo.InvariantCulture, $"The event store has form {version}; this program knows {Current}."));
        if (version == Current) return;
        foreach (var (to, sql) in Steps.Where(s => s.To > version)) await client.Execute(sql, stop);
        await client.Execute(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO `{Name}` (version) VALUES ({Current})"), stop);
    }

    public static async Task<int> Read(ClickHouseClient client, CancellationToken stop)
    {
        var answer = await client.Query($"SELECT toInt64(max(version)) FROM `{Name}`", new Dictionary<string, string>(), QueryLimits.Standard, stop);
        return Math.Max(1, (int)(long)answer.Rows[0][0]!);
    }
}
