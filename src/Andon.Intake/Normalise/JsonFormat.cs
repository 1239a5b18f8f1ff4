using Andon.Intake.Normalise.Language;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>JSON objects: Windows events in their four usual shapes, and any other object.</summary>
sealed class JsonFormat
{
    readonly KnownPaths paths = new();
    ParserBook? parsers;
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
        string[] times = ["@timestamp", "UtcTime", "winlog.event_data.UtcTime", "event_data.UtcTime", "TimeCreated", "EventTime", "Event.System.TimeCreated.#attributes.SystemTime", "timestamp", "time", "ts", "eventTime", "event_time", "TimeGenerated"];
        for (var i = 0; i < times.Length; i++) paths.Get(times[i]).TimeRank = (byte)(i + 2);
        // When Windows wrote the record says more than when its carrier passed it on.
        foreach (var path in WindowsTables.OwnTimes) paths.Get(path).TimeRank = 1;
        paths.Get("@timestamp").Dropped = true;
        paths.Get("host.name").Role = Role.HostName;
        paths.Get("host.hostname").Role = Role.Hostname;
        paths.Get("host").Role = Role.Host;
        paths.Get("event.code").Role = Role.EventCode;
        paths.Get("event.dataset").Role = Role.Dataset;
        paths.Get("data_stream.dataset").Role = Role.StreamDataset;
        paths.Get("message").Role = Role.Text;
        paths.Get("short_message").Role = Role.Text;
        paths.Get("event.original").Role = Role.Original;
        foreach (var name in new[] { "log", "full_message", "MESSAGE" }) paths.Get(name).Role = Role.Wrapped;
        // Fluent Bit gives the values without their names, and the text.
        paths.Get("StringInserts").Role = Role.Inserts;
    }

    public KnownPaths Paths => paths;

    /// <summary>Parsers of objects; set once, before the first record.</summary>
    public ParserBook Parsers { set => parsers = value; }

    /// <summary>False when the text is no JSON at all; then nothing was added.</summary>
    /// <param name="told">The parser that settings or the sender named.</param>
    public bool TryParse(Text text, EventDraft draft, Parser? told = null)
    {
        var leaves = draft.Leaves;
        if (!leaves.Read(text, this, draft)) return false;
        Span<int> roles = stackalloc int[(int)Role.Count];
        roles.Fill(-1);
        var rules = parsers?.Dispatch.Objects ?? 0;
        Span<uint> hits = rules <= 512 ? stackalloc uint[rules] : new uint[rules];
        var bestTime = -1;
        for (var i = 0; i < leaves.Count; i++)
        {
            ref var leaf = ref leaves[i];
            if (leaf.Node.Known is not { } known) continue;
            if (known.Asks.Count > 0)
            {
                JsonLeaves.Plain(ref leaf, draft);
                Dispatch.Asked(known.Asks, draft.Batch.Slice(leaf.At, leaf.Length), hits);
            }
            if (known.Role != Role.None && roles[(int)known.Role] < 0)
            {
                roles[(int)known.Role] = i;
                JsonLeaves.Plain(ref leaf, draft);
            }
            if (known.TimeRank > 0 && (bestTime < 0 || RankOf(leaves[bestTime]) > known.TimeRank) && leaf.Length > 0) bestTime = i;
        }
        var shape = WindowsTables.ShapeOf(roles);
        if (told is null && shape == Shape.Generic && draft.Origin.Trusted) told = Told(draft, leaves, roles);
        if ((told ?? (shape == Shape.Generic ? parsers?.Dispatch.OfObject(hits) : null)) is { } parser)
        {
            if (parser.Times.Length == 0 && bestTime >= 0) Time(draft, leaves, bestTime);
            var host = HostLeaf(leaves, roles); // A parser may read an object inside a value, over these leaves.
            parser.RunJson(text, draft, leaves);
            if (host is { } named) draft.HostIs(named.At, named.Length);
            return true;
        }
        if (bestTime >= 0) Time(draft, leaves, bestTime);
        if (shape != Shape.Generic) WindowsTables.Forwarded(draft, leaves, shape, roles);
        for (var i = 0; i < leaves.Count; i++) Emit(draft, leaves, i, shape, roles, isTime: i == bestTime);
        draft.Batch.Current.OwnCells = draft.Batch[draft.Batch.Count - 1].Cells.Length;
        if (shape == Shape.Generic)
        {
            Generic(draft, leaves, roles);
            parsers?.Common?.Overlay(draft, leaves);
        }
        else windows.Finish(draft, leaves, shape, roles);
        return true;
    }

    /// <summary>An object that another's object holds as its message: where a parser knows it, the event is its.</summary>
    public bool TryInner(Text text, EventDraft draft)
    {
        if (parsers is null || text.Length < 2 || text[0] != '{' || text[^1] != '}' || !IsWhole(text.Span) || !draft.Leaves.Read(text, this, draft)) return false;
        var leaves = draft.Leaves;
        var rules = parsers.Dispatch.Objects;
        Span<uint> hits = rules <= 512 ? stackalloc uint[rules] : new uint[rules];
        var bestTime = -1;
        for (var i = 0; i < leaves.Count; i++)
        {
            ref var leaf = ref leaves[i];
            if (leaf.Node.Known is not { } known) continue;
            if (known.Asks.Count > 0)
            {
                JsonLeaves.Plain(ref leaf, draft);
                Dispatch.Asked(known.Asks, draft.Batch.Slice(leaf.At, leaf.Length), hits);
            }
            if (known.TimeRank > 0 && (bestTime < 0 || RankOf(leaves[bestTime]) > known.TimeRank) && leaf.Length > 0) bestTime = i;
        }
        if (parsers.Dispatch.OfObject(hits) is not { } parser) return false;
        if (parser.Times.Length == 0 && bestTime >= 0) Time(draft, leaves, bestTime);
        var (at, length) = draft.HostAt; // Who sends is told by what is around it.
        parser.RunJson(text, draft, leaves);
        if (length > 0) draft.HostIs(at, length);
        return true;
    }

    // Words in braces are no object, and nothing is wrong with them.
    static bool IsWhole(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new System.Text.Json.Utf8JsonReader(text, new System.Text.Json.JsonReaderOptions { MaxDepth = Limits.JsonReaderDepthMax });
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    /// <summary>The parser of objects that a sender with a token names in its own dataset field.</summary>
    Parser? Told(EventDraft draft, JsonLeaves leaves, ReadOnlySpan<int> roles)
    {
        var at = roles[(int)Role.Dataset] >= 0 ? roles[(int)Role.Dataset] : roles[(int)Role.StreamDataset];
        if (at < 0 || leaves[at].Length == 0) return null;
        return parsers?.Dispatch.Told(draft.Batch.Slice(leaves[at].At, leaves[at].Length)) is { TakesJson: true, Name: not "common" } parser ? parser : null;
    }

    /// <summary>An object of names and values beside an event: they stand under its own name, and usual names mean what they usually do.</summary>
    public void Fields(Text text, EventDraft draft, Parser? beside)
    {
        if (beside is null || !draft.Leaves.Read(text, this, draft)) return;
        draft.Pieces.Begin(beside.Keys.Count);
        JsonStep.Emit(draft, beside, draft.Leaves);
        beside.Mean(draft);
    }

    public KnownPath? Known(ReadOnlySpan<byte> path) => paths.Find(path);

    /// <summary>Works out what a path that is being learned means, and whether its leaves are of any use in any shape.</summary>
    public void Judge(PathNode node, EventDraft draft)
    {
        node.Known = paths.Find(node.Path);
        if (draft.Projection.Whole) return;
        var use = LeafUse.None;
        for (var shape = Shape.Generic; shape < Shape.Count; shape++) use |= Use(node, shape, draft).Use;
        node.Used = node.Known is { Role: not Role.None } or { TimeRank: > 0 } or { Asks.Count: > 0 } || (use & OfUse) != 0 || UsedByParser(node, draft);
    }

    static readonly LeafUse OfParser = LeafUse.Keep | LeafUse.Stamp;

    bool UsedByParser(PathNode node, EventDraft draft)
    {
        if (parsers is null) return false;
        foreach (var parser in parsers.Parsers)
        {
            if (!parser.ReadsJson) continue;
            ref var field = ref node.Of(parser.Number);
            parser.Judge(ref field, node.Path, draft);
            if (field.Key >= 0 || (field.Use & OfParser) != 0) return true;
        }
        return false;
    }

    const LeafUse OfUse = LeafUse.Keep | LeafUse.Stamp | LeafUse.Source | LeafUse.Audit | LeafUse.Special;

    static int RankOf(in Leaf leaf) => leaf.Node.Known?.TimeRank ?? throw new InvalidOperationException("Only known paths have a rank.");

    static void Time(EventDraft draft, JsonLeaves leaves, int index)
    {
        ref var leaf = ref leaves[index];
        JsonLeaves.Plain(ref leaf, draft);
        if (Times.TryValue(draft.Batch.Slice(leaf.At, leaf.Length), out var ms, out var zoneKnown))
        {
            // Sysmon's UtcTime says its zone by its name.
            draft.Time(ms, zoneKnown || leaves.Path(leaf.Node).EndsWith("UtcTime"u8));
            return;
        }
        if (Language.TimeFormat.TryAny(draft.Batch.Slice(leaf.At, leaf.Length), draft.Batch.Current.ReceivedMs, out ms, out zoneKnown, out var yearKnown))
        {
            draft.Time(ms, zoneKnown, yearKnown);
            return;
        }
        draft.Flawed(Flaw.TimeBad);
    }

    void Emit(EventDraft draft, JsonLeaves leaves, int index, Shape shape, ReadOnlySpan<int> roles, bool isTime)
    {
        ref var leaf = ref leaves[index];
        if (isTime && leaf.Node.Known is { Dropped: true } && draft.TimeKnown) return;
        if (shape == Shape.EvtxJson && leaf.Node.Known is { Role: Role.DataName }) return; // It names the value beside it.
        ref var field = ref leaf.Node.In[(int)shape];
        if ((field.Use & LeafUse.Known) == 0) field = ref Use(leaf.Node, shape, draft);
        var use = field.Use;
        if ((use & OfUse) == 0)
        {
            // Usual names ask whether the event has a field already.
            if (shape == Shape.Generic && (use & LeafUse.Local) == 0 && parsers?.Common is { } usual && usual.Fills.Contains(field.Field)) draft.Stamp(field.Field);
            return;
        }
        JsonLeaves.Plain(ref leaf, draft);
        if ((use & LeafUse.Hostile) != 0) draft.Flawed(Flaw.HostileName);
        if ((use & LeafUse.Local) != 0 && field.Batch != draft.BatchNumber) NameIt(leaf.Node, ref field, shape, draft);
        leaf.Field = field.Field;
        if (shape == Shape.Wazuh) WazuhValues.Unslash(draft, ref leaf);
        if ((use & LeafUse.Special) != 0)
        {
            leaf.Field = windows.Special(draft, leaf, shape, roles, leaves);
            use = leaf.Field.Value >= 0 ? draft.Projection.Use(leaf.Field) : draft.Projection.KeepsOther(draft.Batch.NameUtf8(leaf.Field)) ? LeafUse.Keep : LeafUse.None;
        }
        leaf.Use = use;
        leaf.Meant = field.HasTwin ? field.Twin : leaf.Field;
        // Two names may mean one field; only the same name twice is a flaw.
        if (draft.Projection.Whole && !leaf.InArray && draft.Has(leaf.Field) && leaves.Repeats(index)) draft.Flawed(Flaw.JsonDuplicate);
        draft.AddData(leaf.Field, leaf.At, leaf.Length, leaf.Kind);
    }

    ref LeafField Use(PathNode node, Shape shape, EventDraft draft)
    {
        ref var field = ref node.In[(int)shape];
        if (node.Known?.Field[(int)shape] is { } known) (field.Field, field.Use) = (known, draft.Projection.Use(known));
        else
        {
            var name = NameIn(shape, draft.Leaves.Path(node), stackalloc byte[NameRoom], out var hostile);
            if (FieldNames.TryFind(name, out field.Field) && field.Field.Value < draft.Projection.KnownNames) field.Use = draft.Projection.Use(field.Field);
            else field.Use = LeafUse.Local | (draft.Projection.KeepsOther(name) ? LeafUse.Keep : LeafUse.None);
            if (hostile) field.Use |= LeafUse.Hostile;
            // A leaf of a provider's own element (UserData) means what event data of its bare name mean.
            if (name.StartsWith("winlog.user_data."u8) && FieldNames.TryFind(Joined("winlog.event_data."u8, Last(name), stackalloc byte[NameRoom]), out var twin) && twin.Value < draft.Projection.KnownNames)
            {
                (field.Twin, field.HasTwin) = (twin, true);
                field.Use |= draft.Projection.Use(twin) & LeafUse.Source;
            }
        }
        if (WindowsTables.IsSpecial(field.Field, shape)) field.Use |= LeafUse.Special;
        field.Use |= LeafUse.Known;
        return ref field;
    }

    static void NameIt(PathNode node, ref LeafField field, Shape shape, EventDraft draft)
    {
        field.Field = draft.Batch.NameOf(NameIn(shape, draft.Leaves.Path(node), stackalloc byte[NameRoom], out _));
        field.Batch = draft.BatchNumber;
    }

    const int NameRoom = 32 + Limits.PathBytesMax;

    /// <summary>The field's name of a path that no table names.</summary>
    static ReadOnlySpan<byte> NameIn(Shape shape, ReadOnlySpan<byte> path, Span<byte> room, out bool hostile)
    {
        var node = path;
        ReadOnlySpan<byte> data = "winlog.event_data."u8, user = "winlog.user_data."u8;
        hostile = false;
        switch (shape)
        {
            case Shape.Flat:
                // GELF puts an underline before every name that is not its own.
                if (path.Length > 1 && path[0] == '_') path = path[1..];
                return path.StartsWith("UserData."u8) ? Joined(user, path["UserData.".Length..], room) : Joined(data, path.StartsWith("EventData."u8) ? path["EventData.".Length..] : path, room);
            case Shape.OldWinlogbeat when path.StartsWith("event_data."u8): return Joined(data, path["event_data.".Length..], room);
            case Shape.OldWinlogbeat when path.StartsWith("user_data."u8): return Joined("winlog."u8, path, room);
            case Shape.EvtxJson:
                if (path.StartsWith("Event."u8)) path = path["Event.".Length..];
                if (path.StartsWith("EventData."u8)) return Joined(data, path["EventData.".Length..], room);
                if (path.StartsWith("UserData."u8)) return Joined(user, path["UserData.".Length..], room);
                return Guarded(node, room, out hostile);
            case Shape.Otel:
                if (path.StartsWith("body."u8)) path = path["body.".Length..];
                if (path.StartsWith("structured."u8)) path = path["structured.".Length..];
                if (path.StartsWith("event_data.data."u8)) return Joined(data, path["event_data.data.".Length..], room);
                if (path.StartsWith("event_data."u8)) return Joined(data, path["event_data.".Length..], room);
                if (path.StartsWith("user_data."u8)) return Joined("winlog."u8, path, room);
                return Guarded(node, room, out hostile);
            case Shape.Wazuh:
                if (path.StartsWith("data."u8)) path = path["data.".Length..];
                if (!path.StartsWith("win."u8) || path.StartsWith("win.system."u8)) return Guarded(node, room, out hostile);
                var named = Joined(data, Last(path), room);
                if (named.Length > data.Length && room[data.Length] is >= (byte)'a' and <= (byte)'z') room[data.Length] -= 0x20;
                return named;
            case Shape.EvtxEcmd: return Joined("evtxecmd."u8, path, room);
            default: return Guarded(path, room, out hostile);
        }
    }

    /// <summary>A sender's name, unless it is one of Andon's own: whoever writes the log line must not be able to write those.</summary>
    public static FieldId Guarded(EventDraft draft, ReadOnlySpan<byte> path)
    {
        var name = Guarded(path, stackalloc byte[NameRoom], out var hostile);
        if (hostile) draft.Flawed(Flaw.HostileName);
        return draft.Batch.NameOf(name);
    }

    internal static ReadOnlySpan<byte> Guarded(ReadOnlySpan<byte> path, Span<byte> room, out bool hostile)
    {
        hostile = false;
        if (path.IsEmpty) return path;
        if (path[0] == 'a' && (path.StartsWith("andon."u8) || path.SequenceEqual("andon"u8)) || path.SequenceEqual("log.source.id"u8))
        {
            hostile = true;
            return Joined("hostile."u8, path, room);
        }
        if (path[0] == 'e' && (path.SequenceEqual("event.dataset"u8) || path.SequenceEqual("event.module"u8) || path.SequenceEqual("event.original"u8) || path.SequenceEqual("event.ingested"u8))
            || path.SequenceEqual("@timestamp"u8))
            return Joined("sender."u8, path, room);
        return path;
    }

    static ReadOnlySpan<byte> Last(ReadOnlySpan<byte> path) => path[(path.LastIndexOf((byte)'.') + 1)..];

    static ReadOnlySpan<byte> Joined(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> name, Span<byte> room)
    {
        if (name.Length > Limits.PathBytesMax) name = name[..Limits.PathBytesMax];
        prefix.CopyTo(room);
        name.CopyTo(room[prefix.Length..]);
        return room[..(prefix.Length + name.Length)];
    }

    void Generic(EventDraft draft, JsonLeaves leaves, ReadOnlySpan<int> roles)
    {
        draft.Dataset = dataset;
        draft.Module = module;
        draft.Parser = parser;
        if (HostLeaf(leaves, roles) is { } host) draft.HostIs(host.At, host.Length);
        // A shipper may carry another's line as its message: that line is asked for too.
        var text = roles[(int)Role.Original] >= 0 ? roles[(int)Role.Original] : roles[(int)Role.Text];
        // What Docker, the journal and GELF wrap is asked for only where it is an object.
        if (roles[(int)Role.Wrapped] is >= 0 and var wrapped && leaves[wrapped] is { Kind: ValueKind.Text, Length: > 2 } leaf && draft.Batch.Slice(leaf.At, 1)[0] is (byte)'{') text = wrapped;
        if (roles[(int)Role.Xml] is >= 0 and var xml && leaves[xml].Kind == ValueKind.Text && WindowsXml.Is(draft.Batch.Slice(leaves[xml].At, leaves[xml].Length))) text = xml;
        if (text >= 0 && leaves[text].Kind == ValueKind.Text && !draft.Has(Ecs.EventAction) && !draft.Has(Ecs.EventCategory)) draft.Inner = (leaves[text].At, leaves[text].Length);
    }

    static (int At, int Length)? HostLeaf(JsonLeaves leaves, ReadOnlySpan<int> roles)
    {
        var host = roles[(int)Role.HostName] >= 0 ? roles[(int)Role.HostName] : roles[(int)Role.Hostname] >= 0 ? roles[(int)Role.Hostname] : roles[(int)Role.Host];
        return host >= 0 && leaves[host].Length > 0 && leaves[host].Kind == ValueKind.Text ? (leaves[host].At, leaves[host].Length) : null;
    }
}
