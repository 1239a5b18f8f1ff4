using Andon.Store.Events;
using Andon.Store.Facts;

namespace Andon.Store.Query.Known;

/// <summary>
/// The facts as a table of the event store, so that they can be searched and joined. It is made of the fact log and of nothing else: it is
/// in no backup, retention does not touch it, and it may be emptied at any time (decision 0026).
/// </summary>
static class FactTable
{
    public const string Name = "facts";

    /// <summary>By type first: what a case, a signal, a source is now is read from the facts of a few types.</summary>
    public static TableModel Model { get; } = new(Name,
    [
        new("seq", "UInt64", "Number of the fact.") { Codec = "Delta(8), ZSTD(1)" },
        new("at", "DateTime64(3, 'UTC')", "When it was written.") { Codec = "Delta(8), ZSTD(1)" },
        new("type", "LowCardinality(String)", "Name of the fact."),
        new("actor", "LowCardinality(String)", "Who."),
        new("cause", "String", "What led to it.") { Codec = "ZSTD(1)" },
        new("subjects", "Array(String)", "Ids that it names; the first is its own.") { Codec = "ZSTD(1)" },
        new("body", "String", "Its own properties, JSON.") { Codec = "ZSTD(1)" },
    ])
    {
        OrderBy = "(`type`, `seq`)",
        Indexes = ["ix_seq `seq` TYPE minmax GRANULARITY 1", "ix_at `at` TYPE minmax GRANULARITY 1", "ix_subjects `subjects` TYPE bloom_filter GRANULARITY 1"],
    };

    public static NativeBlock Encode(IReadOnlyList<Model.Fact> facts)
    {
        var block = new NativeBlock(Model);
        foreach (var fact in facts)
        {
            var body = Andon.Model.FactTypes.Write(fact.Body);
            ((FixedColumn)block.Columns[0]).Add((ulong)fact.Seq);
            ((FixedColumn)block.Columns[1]).Add(Math.Clamp(fact.AtMs, EventLimits.TimeMsMin, EventLimits.TimeMsMax));
            ((TextColumn)block.Columns[2]).Add(Andon.Model.FactTypes.NameOf(fact.Body));
            ((TextColumn)block.Columns[3]).Add(fact.Actor);
            ((TextColumn)block.Columns[4]).Add(fact.Cause);
            var subjects = (TextArrayColumn)block.Columns[5];
            foreach (var subject in Subjects.Of(body)) subjects.Add(subject);
            subjects.EndRow();
            ((TextColumn)block.Columns[6]).Add(body);
            block.Rows++;
        }
        return block;
    }
}
