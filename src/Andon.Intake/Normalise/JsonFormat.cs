using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>JSON objects: Windows events in their four usual shapes, and any other object.</summary>
sealed class JsonFormat
{
    readonly KnownPaths paths = new();
    readonly WindowsTables windows;
    readonly Const dataset, module, parser;

    public JsonFormat(WindowsTables windows, Constants constants)
    {
        this.windows = windows;
        windows.Register(paths);
        dataset = constants.Get("json.generic");
        module = constants.Get("json");
        parser = constants.Get("json@1");
        // nxlog and others write EventTime and TimeCreated in the machine's own zone; Sysmon's UtcTime says its zone.
        string[] times = ["@timestamp", "UtcTime", "winlog.event_data.UtcTime", "event_data.UtcTime", "TimeCreated", "EventTime", "Event.System.TimeCreated.#attributes.SystemTime", "timestamp", "time", "ts", "eventTime", "event_time"];
        for (var i = 0; i < times.Length; i++) paths.Get(times[i]).TimeRank = (byte)(i + 1);
        paths.Get("@timestamp").Dropped = true;
        paths.Get("host.name").Role = Role.HostName;
        paths.Get("host").Role = Role.Host;
        paths.Get("event.code").Role = Role.EventCode;
    }

    /// <summary>False when the text is no JSON at all; then nothing was added.</summary>
    public bool TryParse(Text text, EventDraft draft)
    {
        var leaves = draft.Leaves;
        if (!leaves.Read(text, draft)) return false;
        Span<int> roles = stackalloc int[(int)Role.Count];
        roles.Fill(-1);
        var bestTime = -1;
        for (var i = 0; i < leaves.Count; i++)
        {
            ref var leaf = ref leaves[i];
            leaf.Known = paths.Find(leaves.Path(leaf));
            if (leaf.Known is not { } known) continue;
            if (known.Role != Role.None && roles[(int)known.Role] < 0) roles[(int)known.Role] = i;
            if (known.TimeRank > 0 && (bestTime < 0 || Known(leaves[bestTime]).TimeRank > known.TimeRank) && leaf.Length > 0) bestTime = i;
        }
        var shape = ShapeOf(roles);
        if (bestTime >= 0) Time(draft, leaves, bestTime);
        for (var i = 0; i < leaves.Count; i++) Emit(draft, leaves, ref leaves[i], shape, roles, isTime: i == bestTime);
        if (shape == Shape.Generic) Generic(draft, leaves, roles);
        else windows.Finish(draft, leaves, shape, roles);
        return true;
    }

    static KnownPath Known(in Leaf leaf) => leaf.Known ?? throw new InvalidOperationException("Only known paths have a rank.");

    static Shape ShapeOf(ReadOnlySpan<int> roles)
    {
        if (roles[(int)Role.BeatChannel] >= 0) return Shape.Winlogbeat;
        if (roles[(int)Role.FlatCode] >= 0 && roles[(int)Role.FlatChannel] >= 0) return Shape.Flat;
        if (roles[(int)Role.OldCode] >= 0 && roles[(int)Role.OldChannel] >= 0) return Shape.OldWinlogbeat;
        return roles[(int)Role.EvtxCode] >= 0 && roles[(int)Role.EvtxChannel] >= 0 ? Shape.EvtxJson : Shape.Generic;
    }

    static void Time(EventDraft draft, JsonLeaves leaves, int index)
    {
        ref var leaf = ref leaves[index];
        if (Times.TryValue(draft.Batch.Slice(leaf.At, leaf.Length), out var ms, out var zoneKnown))
        {
            // Sysmon's UtcTime says its zone by its name.
            draft.Time(ms, zoneKnown || leaves.Path(leaf).EndsWith("UtcTime"u8));
            return;
        }
        draft.Flawed(Flaw.TimeBad);
    }

    void Emit(EventDraft draft, JsonLeaves leaves, ref Leaf leaf, Shape shape, ReadOnlySpan<int> roles, bool isTime)
    {
        if (isTime && leaf.Known is { Dropped: true } && draft.TimeKnown) return;
        var path = leaves.Path(leaf);
        leaf.Field = leaf.Known?.Field[(int)shape] ?? Name(path, shape, draft);
        if (shape != Shape.Generic) leaf.Field = windows.Special(draft, leaf, shape, roles, leaves);
        // Two names may mean one field; only the same name twice is a flaw.
        if (!leaf.InArray && draft.Has(leaf.Field) && leaves.Repeats(leaf)) draft.Flawed(Flaw.JsonDuplicate);
        draft.AddData(leaf.Field, leaf.At, leaf.Length, leaf.Kind);
    }

    FieldId Name(ReadOnlySpan<byte> path, Shape shape, EventDraft draft)
    {
        ReadOnlySpan<byte> data = "winlog.event_data."u8;
        switch (shape)
        {
            case Shape.Flat: return Prefixed(draft, data, path);
            case Shape.OldWinlogbeat when path.StartsWith("event_data."u8): return Prefixed(draft, data, path["event_data.".Length..]);
            case Shape.OldWinlogbeat when path.StartsWith("user_data."u8): return Prefixed(draft, "winlog."u8, path);
            case Shape.EvtxJson when path.StartsWith("Event.EventData."u8): return Prefixed(draft, data, path["Event.EventData.".Length..]);
            case Shape.EvtxJson when path.StartsWith("Event.UserData."u8): return Prefixed(draft, "winlog.user_data."u8, path["Event.UserData.".Length..]);
            default: return Guarded(draft, path);
        }
    }

    /// <summary>A sender's name, unless it is one of Andon's own: whoever writes the log line must not be able to write those.</summary>
    public static FieldId Guarded(EventDraft draft, ReadOnlySpan<byte> path)
    {
        if (path.Length > 0)
        {
            if (path[0] == 'a' && (path.StartsWith("andon."u8) || path.SequenceEqual("andon"u8)) || path.SequenceEqual("log.source.id"u8))
            {
                draft.Flawed(Flaw.HostileName);
                return Prefixed(draft, "hostile."u8, path);
            }
            if (path[0] == 'e' && (path.SequenceEqual("event.dataset"u8) || path.SequenceEqual("event.module"u8) || path.SequenceEqual("event.original"u8) || path.SequenceEqual("event.ingested"u8))
                || path.SequenceEqual("@timestamp"u8))
                return Prefixed(draft, "sender."u8, path);
        }
        return draft.Batch.NameOf(path);
    }

    public static FieldId Prefixed(EventDraft draft, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> name)
    {
        Span<byte> whole = stackalloc byte[32 + Limits.PathBytesMax];
        if (name.Length > Limits.PathBytesMax) name = name[..Limits.PathBytesMax];
        prefix.CopyTo(whole);
        name.CopyTo(whole[prefix.Length..]);
        return draft.Batch.NameOf(whole[..(prefix.Length + name.Length)]);
    }

    void Generic(EventDraft draft, JsonLeaves leaves, ReadOnlySpan<int> roles)
    {
        draft.Dataset = dataset;
        draft.Module = module;
        draft.Parser = parser;
        var host = roles[(int)Role.HostName] >= 0 ? roles[(int)Role.HostName] : roles[(int)Role.Host];
        if (host >= 0 && leaves[host].Length > 0 && leaves[host].Kind == ValueKind.Text) draft.HostIs(leaves[host].At, leaves[host].Length);
    }
}
