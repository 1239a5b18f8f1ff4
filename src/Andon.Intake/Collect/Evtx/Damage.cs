using Andon.Model;

namespace Andon.Intake.Collect.Evtx;

enum Harm { NoHeader, HeaderSum, ChunkMagic, ChunkHeader, ChunkHeaderSum, ChunkDataSum, NoSum, CutChunk, Record, RecordTail, BinXml, Bounds, Value, Unreadable }

/// <summary>What is wrong in one event log: a finding per kind with how often and where first, given when the file ends.</summary>
sealed class Damage(Action<Finding> found)
{
    readonly long[] counts = new long[Enum.GetValues<Harm>().Length];
    readonly string[] places = new string[Enum.GetValues<Harm>().Length];

    /// <summary>Where reading stands: number of the chunk, from 0, and the record in it.</summary>
    public long Chunk { get; set; } = -1;
    public ulong Record { get; set; }
    /// <summary>Records behind a break that were not given.</summary>
    public long LeftOut { get; set; }

    public void Add(Harm harm, bool inRecord = false)
    {
        if (counts[(int)harm]++ > 0) return;
        places[(int)harm] = Chunk < 0 ? "file header" : inRecord ? $"chunk {Chunk}, record {Record}" : $"chunk {Chunk}";
    }

    public void Report()
    {
        for (var i = 0; i < counts.Length; i++)
            if (counts[i] > 0) found(Say((Harm)i, counts[i], places[i], LeftOut));
        Array.Clear(counts);
    }

    static Finding Say(Harm harm, long count, string place, long leftOut)
    {
        var times = count == 1 ? "once" : $"{count} times";
        (string Code, string Message, string Hint, FindingLevel Level) said = harm switch
        {
            Harm.NoHeader => ("INT070", "The file does not begin like an event log.", "Give a file that Windows wrote (.evtx); what could be read was read.", FindingLevel.Error),
            Harm.HeaderSum => ("INT071", "The checksum of the file header is wrong.", "The file was copied while open, or changed; export it again if you can.", FindingLevel.Warning),
            Harm.ChunkMagic => ("INT072", $"The mark at the beginning of a chunk is wrong ({times}).", "Records that stand whole were read all the same; the rest of such a chunk is lost.", FindingLevel.Warning),
            Harm.ChunkHeader => ("INT073", $"A chunk's header points outside the chunk ({times}).", "Its records were read one after another instead.", FindingLevel.Warning),
            Harm.ChunkHeaderSum => ("INT074", $"The checksum of a chunk's header is wrong ({times}).", "Its records were read; do not take them as proof.", FindingLevel.Warning),
            Harm.ChunkDataSum => ("INT075", $"The checksum of a chunk's records is wrong ({times}).", "Its records were read; do not take them as proof.", FindingLevel.Warning),
            Harm.NoSum => ("INT076", $"A chunk has no checksums ({times}).", "Nothing to do: whether it was changed cannot be told.", FindingLevel.Note),
            Harm.CutChunk => ("INT077", "The file ends in the middle of a chunk.", "Copy the file again if you can; what is there was read.", FindingLevel.Warning),
            Harm.Record => ("INT078", $"Where a record should be there is none ({times}); {leftOut} behind such places were left out.", "--recover reads on at the next bytes that look like a record; do not take those as proof.", FindingLevel.Warning),
            Harm.RecordTail => ("INT079", $"A record's two lengths differ ({times}).", "It was read by its first length; do not take it as proof.", FindingLevel.Warning),
            Harm.BinXml => ("INT080", $"A record's binary XML breaks off ({times}).", "What stands before the break was kept.", FindingLevel.Warning),
            Harm.Bounds => ("INT081", $"A record has more elements, depth or text than is read ({times}).", "The record was cut at the limit.", FindingLevel.Warning),
            Harm.Value => ("INT082", $"A value does not have the form of its type ({times}).", "It was read as well as it could be; truth values other than 0 count as true.", FindingLevel.Note),
            _ => ("INT083", "The file cannot be read to its end.", "What was read before stands; copy or pack the file again.", FindingLevel.Error),
        };
        return new(said.Code, said.Message, said.Hint, place, said.Level);
    }
}
