using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>Forms in which structured records come.</summary>
enum Shape { Generic, Flat, Winlogbeat, OldWinlogbeat, EvtxJson, Wazuh, Otel, EvtxEcmd, Count }

/// <summary>What a path of a record means before its field names do: parts of the envelope. After None four of each shape, in the shapes' order.</summary>
enum Role { None, FlatCode, FlatChannel, FlatComputer, FlatProvider, BeatCode, BeatChannel, BeatComputer, BeatProvider, OldCode, OldChannel, OldComputer, OldProvider, EvtxCode, EvtxChannel, EvtxComputer, EvtxProvider, WazuhCode, WazuhChannel, WazuhComputer, WazuhProvider, OtelCode, OtelChannel, OtelComputer, OtelProvider, EcmdCode, EcmdChannel, EcmdComputer, EcmdProvider, AzureSource, Data, DataName, Payload, Xml, EventCode, HostName, Hostname, Host, Dataset, StreamDataset, Text, Original, Wrapped, Inserts, Count }

/// <summary>A path that a parser or mapping names, with its field in each shape, so that the hot path asks one table once a leaf.</summary>
sealed class KnownPath
{
    public readonly FieldId?[] Field = new FieldId?[(int)Shape.Count];
    public Role Role;
    /// <summary>1 is asked first; 0 is no time.</summary>
    public byte TimeRank;
    /// <summary>In this shape the value is not kept as a field, because the event's head has it.</summary>
    public bool Dropped;
    /// <summary>Parsers that are told by this path.</summary>
    public readonly List<PathAsk> Asks = [];
}

/// <param name="Rule">Number of the rule that asks for the path.</param>
/// <param name="Bit">Which of its paths this is.</param>
/// <param name="Values">Values that it may have; null for any.</param>
readonly record struct PathAsk(int Rule, uint Bit, byte[][]? Values);

sealed class KnownPaths
{
    readonly Dictionary<byte[], KnownPath> paths = new(Utf8Names.Instance);

    public KnownPath Get(string path)
    {
        var key = System.Text.Encoding.UTF8.GetBytes(path);
        if (!paths.TryGetValue(key, out var known)) paths[key] = known = new();
        return known;
    }

    public KnownPath? Find(ReadOnlySpan<byte> path) =>
        paths.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(path, out var known) ? known : null;
}
