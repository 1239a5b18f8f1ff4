using System.Globalization;
using Andon.Model;
using Andon.Store.Engine;

namespace Andon.Store.Events;

/// <summary>Parts of a table that the engine could not read when it opened it: it moves them to the table's folder <c>detached</c> and goes on without their rows.</summary>
static class BrokenParts
{
    /// <summary>Raises a finding for each table that has such parts (STO305), until somebody takes them away.</summary>
    /// <exception cref="EngineException">The engine does not answer.</exception>
    public static async Task Tell(EventStore store, IFindings findings, CancellationToken stop)
    {
        var answer = await store.Query("""
            SELECT table, toInt64(count()), toInt64(sum(bytes_on_disk)), toString(max(modification_time)), any(path) FROM system.detached_parts
            WHERE database = {db:String} AND startsWith(ifNull(reason, ''), 'broken') GROUP BY table ORDER BY table
            """, new Dictionary<string, string> { ["db"] = store.Options.Database }, QueryLimits.Standard, stop);
        foreach (var row in answer.Rows)
            findings.Raise(EventStoreReader.Checkpoint, new("STO305",
                string.Create(CultureInfo.InvariantCulture, $"The engine could not read {row[1]} parts of the table {row[0]} ({row[2]} bytes, the last written at {row[3]} UTC) and set them aside."),
                "After a power cut nothing is to be done: their rows come again from the record log. Otherwise look at the disk; `andon verify` says what is missing, a re-parse or a backup brings it back. Delete the parts when you are done with them.",
                Path.GetDirectoryName((row[4] as string ?? "").TrimEnd('/')) ?? "", FindingLevel.Warning));
    }
}
