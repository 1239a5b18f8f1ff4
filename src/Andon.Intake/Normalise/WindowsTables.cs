using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Andon.Model;
using YamlDotNet.RepresentationModel;

namespace Andon.Intake.Normalise;

/// <summary>Windows events: content/parsers/windows.yml compiled to tables, and what is done with an event of each shape.</summary>
sealed class WindowsTables
{
    const int Any = -1;
    static readonly FieldId Keywords = FieldNames.Intern("winlog.keywords");
    static readonly FieldId EventTypeData = FieldNames.Intern("winlog.event_data.EventType");
    static readonly FieldId EventTypeHeader = FieldNames.Intern("winlog.event_type");
    static readonly FieldId AccountNameData = FieldNames.Intern("winlog.event_data.AccountName");
    static readonly FieldId AccountNameHeader = FieldNames.Intern("winlog.user.name");

    readonly Dictionary<string, string> flat = [], old = [], evtx = [];
    readonly HashSet<string> dataNames = [];
    readonly List<(byte[] Channel, Const Dataset, int Number)> channels = [];
    readonly Dictionary<(int Dataset, int Id), WindowsMap> maps = [];
    readonly List<string> datasets = [];
    readonly List<(WindowsMap Map, int Except)> envelope = [];
    readonly WindowsMap none = new();
    readonly HashSet<int> texts = [], labelled = [];
    readonly WindowsLabels labels = new();
    readonly Const module, parser, success, failure, egress, ingress, unknownDataset;

    /// <summary>Name and version that its events carry.</summary>
    public Const Parser => parser;

    public WindowsTables(string path, Constants constants)
    {
        var yaml = new Yaml("parsers/windows.yml");
        var root = yaml.Load(path);
        module = constants.Get("windows");
        parser = constants.Get("windows@" + (yaml.Child(root, "version") is { } version ? yaml.Text(version) : "0"));
        success = constants.Get("success");
        failure = constants.Get("failure");
        egress = constants.Get("egress");
        ingress = constants.Get("ingress");
        unknownDataset = constants.Get("windows.unknown");
        foreach (var (channel, name) in yaml.Entries(root, "channels"))
            channels.Add((Encoding.UTF8.GetBytes(channel), constants.Get("windows." + yaml.Text(name)), DatasetNumber(yaml.Text(name))));
        foreach (var (table, key) in new[] { (flat, "flat"), (old, "old"), (evtx, "evtx") })
            foreach (var (name, field) in yaml.Entries(root, key)) table[name] = yaml.Text(field);
        foreach (var name in yaml.Texts(yaml.Child(root, "names"))) dataNames.Add(name);
        foreach (var (key, node) in yaml.Entries(root, "events")) Event(yaml, constants, key, node);
        if (yaml.Child(root, "envelope") is YamlSequenceNode groups)
            foreach (var group in groups.OfType<YamlMappingNode>())
            {
                var made = new WindowsMap();
                foreach (var (name, field) in group.Children.Where(c => yaml.Text(c.Key) != "except"))
                    made.Targets[FieldNames.Intern(yaml.Text(name)).Value] = [.. yaml.Texts(field).Select(TargetOf).OfType<Target>()];
                envelope.Add((made, yaml.Child(group, "except") is { } except ? DatasetNumber(yaml.Text(except)) : Any));
            }
        foreach (var name in yaml.Texts(yaml.Child(root, "texts"))) texts.Add(DatasetNumber(name));
        foreach (var name in yaml.Texts(yaml.Child(root, "labelled"))) labelled.Add(DatasetNumber(name));
        foreach (var (section, node) in yaml.Entries(root, "labels"))
            if (node is YamlMappingNode names)
                foreach (var (label, data) in names.Children) labels.Add(section, yaml.Text(label), FieldNames.Intern("winlog.event_data." + yaml.Text(data)));
        yaml.ThrowIfWrong();
        foreach (var ((dataset, id), map) in maps)
            if (id != Any && maps.TryGetValue((dataset, Any), out var all)) Merge(map, all);
    }

    int DatasetNumber(string name)
    {
        var at = datasets.IndexOf(name);
        if (at < 0) datasets.Add(name);
        return at < 0 ? datasets.Count - 1 : at;
    }

    void Event(Yaml yaml, Constants constants, string key, YamlNode node)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var id = Any;
        if (slash < 0 || (key[(slash + 1)..] != "all" && !int.TryParse(key.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out id)) || node is not YamlMappingNode map)
        {
            yaml.Say("PAR011", $"{key} is no event.", "Write dataset/number or dataset/all with a mapping under it.", node.Start.Line);
            return;
        }
        var made = new WindowsMap { Audited = yaml.Child(map, "audited") is { } audited && yaml.Text(audited) == "true" };
        foreach (var text in yaml.Texts(yaml.Child(map, "category"))) made.Categories.Add(constants.Get(text));
        foreach (var text in yaml.Texts(yaml.Child(map, "type"))) made.Types.Add(constants.Get(text));
        if (yaml.Child(map, "action") is { } action) made.Action = constants.Get(yaml.Text(action));
        if (yaml.Child(map, "outcome") is { } outcome) made.Outcome = constants.Get(yaml.Text(outcome));
        foreach (var (name, targets) in yaml.Entries(map, "fields"))
        {
            dataNames.Add(name);
            var list = new List<Target>();
            foreach (var text in yaml.Texts(targets))
                if (TargetOf(text) is { } target) list.Add(target);
                else yaml.Say("PAR012", $"{text} names no known change.", "Use base, dir, ext, domain, user, ip, port, pid, hashes, egress, registry, answers or utc after the bar.", targets.Start.Line);
            var field = FieldNames.Intern("winlog.event_data." + name);
            made.Targets[field.Value] = list;
            made.Names.Add((Encoding.UTF8.GetBytes(name), field));
        }
        maps[(DatasetNumber(key[..slash]), id)] = made;
    }

    static Target? TargetOf(string text)
    {
        var bar = text.IndexOf('|', StringComparison.Ordinal);
        var name = bar < 0 ? text : text[..bar];
        Change? change = bar < 0 ? Change.Alias : text[(bar + 1)..] switch
        {
            "base" => Change.Base,
            "domain" => Change.Domain,
            "user" => Change.User,
            "ip" => Change.Ip,
            "port" or "pid" => Change.Number,
            "hashes" => Change.Hashes,
            "egress" => Change.Egress,
            "dir" => Change.Dir,
            "ext" => Change.Ext,
            "registry" => Change.Registry,
            "answers" => Change.Answers,
            "utc" => Change.Utc,
            _ => null,
        };
        if (change is not { } known) return null;
        var domain = known == Change.Ip ? FieldNames.Intern(name[..^2] + "domain") : default;
        FieldId[] parts = known switch
        {
            Change.Hashes => FieldNames.InternAll([name + ".hash.sha256", name + ".hash.sha1", name + ".hash.md5", name + ".pe.imphash"]),
            Change.Registry => FieldNames.InternAll([name + ".hive", name + ".key", name + ".value"]),
            Change.Answers => FieldNames.InternAll([name + ".answers.data", name + ".answers.type", name + ".resolved_ip"]),
            _ => [],
        };
        return new(parts.Length > 0 ? parts[0] : FieldNames.Intern(name), known, domain, parts);
    }

    static void Merge(WindowsMap map, WindowsMap all)
    {
        map.Audited |= all.Audited;
        var named = map.Targets.Values.SelectMany(t => t).Select(t => t.Field).ToHashSet();
        map.Names.AddRange(all.Names.Where(n => !map.Names.Exists(own => own.Field == n.Field)));
        foreach (var (name, targets) in all.Targets)
        {
            var added = targets.Where(t => !named.Contains(t.Field)).ToList(); // What the event itself says holds.
            if (added.Count == 0) continue;
            if (map.Targets.TryGetValue(name, out var own)) own.AddRange(added);
            else map.Targets[name] = added;
        }
    }

    public void Register(KnownPaths paths)
    {
        FieldNames.InternAll([.. dataNames.Select(n => "winlog.event_data." + n)]);
        foreach (var name in dataNames)
        {
            var field = FieldNames.Intern("winlog.event_data." + name);
            paths.Get(name).Field[(int)Shape.Flat] ??= field;
            paths.Get("winlog.event_data." + name).Field[(int)Shape.Winlogbeat] = field;
            paths.Get("event_data." + name).Field[(int)Shape.OldWinlogbeat] = field;
            paths.Get("Event.EventData." + name).Field[(int)Shape.EvtxJson] = field;
        }
        foreach (var (shape, table) in new[] { (Shape.Flat, flat), (Shape.OldWinlogbeat, old), (Shape.EvtxJson, evtx) })
            foreach (var (name, field) in table) paths.Get(name).Field[(int)shape] = FieldNames.Intern(field);
        foreach (var (role, names) in new (Role, string[])[]
        {
            (Role.FlatCode, ["EventID"]), (Role.FlatChannel, ["Channel"]), (Role.FlatComputer, ["Hostname", "Computer"]), (Role.FlatProvider, ["SourceName", "Provider_Name"]),
            (Role.BeatCode, ["winlog.event_id"]), (Role.BeatChannel, ["winlog.channel"]), (Role.BeatComputer, ["winlog.computer_name"]), (Role.BeatProvider, ["winlog.provider_name"]),
            (Role.OldCode, ["event_id"]), (Role.OldChannel, ["log_name"]), (Role.OldComputer, ["computer_name"]), (Role.OldProvider, ["source_name"]),
            (Role.EvtxCode, ["Event.System.EventID", "Event.System.EventID.#text"]), (Role.EvtxChannel, ["Event.System.Channel"]),
            (Role.EvtxComputer, ["Event.System.Computer"]), (Role.EvtxProvider, ["Event.System.Provider.#attributes.Name"]),
        })
            foreach (var name in names) paths.Get(name).Role = role;
    }

    /// <summary>
    /// Adds to what is done with leaves of each field: which fields others are made of, which ones <see cref="Finish"/> asks for. Fields that
    /// decide whether a kept field is made are kept up too: an address becomes a name's field only where the address's field is free.
    /// </summary>
    public void Complete(Span<LeafUse> uses)
    {
        var needed = new bool[uses.Length];
        for (var id = 0; id < uses.Length; id++) needed[id] = (uses[id] & LeafUse.Keep) != 0;
        var all = maps.Values.Concat(envelope.Select(e => e.Map)).SelectMany(m => m.Targets).SelectMany(t => t.Value, (from, target) => (From: from.Key, Target: target)).ToList();
        for (var grew = true; grew;)
        {
            grew = false;
            // Whether a group of the envelope is taken hangs on all of its fields.
            foreach (var (group, _) in envelope)
            {
                var fields = group.Targets.Values.SelectMany(t => t).Select(t => t.Field.Value).ToList();
                if (!fields.Exists(f => needed[f]) || fields.TrueForAll(f => needed[f])) continue;
                foreach (var field in fields) needed[field] = true;
                grew = true;
            }
            foreach (var (_, target) in all)
            {
                if (target.Change != Change.Ip || !needed[target.Domain.Value] || needed[target.Field.Value]) continue;
                needed[target.Field.Value] = grew = true;
            }
        }
        foreach (var (from, target) in all)
        {
            if (target.Parts.Length == 0) uses[target.Field.Value] |= LeafUse.Stamp;
            foreach (var hash in target.Parts) uses[hash.Value] |= LeafUse.Stamp;
            if (needed[target.Field.Value] || target.Parts.Any(h => needed[h.Value]) || (target.Change == Change.Ip && needed[target.Domain.Value])) uses[from] |= LeafUse.Source;
        }
        if (all.Exists(t => needed[t.Target.Field.Value]) || all.Exists(t => needed[t.From]) || labels.Fields.Any(f => needed[f.Value])) uses[Ecs.Message.Value] |= LeafUse.Source;
        foreach (var asked in new[] { Ecs.EventCode, Ecs.EventProvider, Ecs.HostName, Ecs.EventCategory, Ecs.EventType, Ecs.EventAction, Ecs.EventOutcome }) uses[asked.Value] |= LeafUse.Stamp;
        if (needed[Ecs.EventOutcome.Value])
            foreach (var audit in new[] { Keywords, EventTypeHeader }) uses[audit.Value] |= LeafUse.Audit;
    }

    /// <summary>May <see cref="Special"/> make another field of it?</summary>
    public static bool IsSpecial(FieldId field, Shape shape) =>
        shape == Shape.Flat ? field == EventTypeData || field == AccountNameHeader : shape == Shape.Winlogbeat && field == Ecs.HostName;

    static int RoleIn(Shape shape, int which, ReadOnlySpan<int> roles) => roles[1 + ((int)shape - 1) * 4 + which];

    /// <summary>Names that mean one thing in the envelope and another in event data; decided by the value or by the event's number.</summary>
    public FieldId Special(EventDraft draft, in Leaf leaf, Shape shape, ReadOnlySpan<int> roles, JsonLeaves leaves)
    {
        if (shape == Shape.Flat && leaf.Field == EventTypeData && leaves.Path(leaf.Node).SequenceEqual("EventType"u8))
        {
            var value = draft.Batch.Slice(leaf.At, leaf.Length);
            return value.StartsWith("AUDIT_"u8) || value.SequenceEqual("INFO"u8) || value.SequenceEqual("WARNING"u8) || value.SequenceEqual("ERROR"u8) || value.SequenceEqual("VERBOSE"u8) || value.SequenceEqual("CRITICAL"u8)
                ? EventTypeHeader : leaf.Field;
        }
        if (shape == Shape.Flat && leaf.Field == AccountNameHeader && Code(draft, leaves, shape, roles) == 7045) return AccountNameData;
        if (shape == Shape.Winlogbeat && leaf.Field == Ecs.HostName && RoleIn(shape, 2, roles) is >= 0 and var at)
        {
            // A forwarder's own name is not the host that the event is about.
            return IsHost(draft, leaves[at], draft.Batch.Slice(leaf.At, leaf.Length)) ? leaf.Field : Ecs.ObserverName;
        }
        return leaf.Field;
    }

    static bool IsHost(EventDraft draft, in Leaf computer, ReadOnlySpan<byte> host)
    {
        var name = draft.Batch.Slice(computer.At, computer.Length);
        return name.Length >= host.Length && Ascii.EqualsIgnoreCase(name[..host.Length], host) && (name.Length == host.Length || name[host.Length] == '.');
    }

    /// <summary>What a syslog header says of its program, and of a host that is not the event's, it says of who passed the event on.</summary>
    public static void Forwarded(EventDraft draft, JsonLeaves leaves, Shape shape, ReadOnlySpan<int> roles)
    {
        // log.syslog.appname names the program besides.
        draft.TakeOut(Ecs.ProcessName);
        if (draft.TakeOut(Ecs.ProcessPid)) draft.AddAt(SyslogHeader.Procid, draft.Procid.At, draft.Procid.Length, ValueKind.Text);
        if (!draft.Has(Ecs.LogSyslogFacility) || !draft.Has(Ecs.HostName) || RoleIn(shape, 2, roles) is not (>= 0 and var computer)) return;
        var (at, length) = draft.HostAt;
        if (IsHost(draft, leaves[computer], draft.Batch.Slice(at, length))) return;
        draft.TakeOut(Ecs.HostName);
        draft.AddAt(SyslogHeader.Hostname, at, length, ValueKind.Text);
    }

    static int Code(EventDraft draft, JsonLeaves leaves, Shape shape, ReadOnlySpan<int> roles)
    {
        var at = RoleIn(shape, 0, roles);
        if (at < 0) at = roles[(int)Role.EventCode];
        return at >= 0 && Utf8Parser.TryParse(draft.Batch.Slice(leaves[at].At, leaves[at].Length), out int code, out _) ? code : Any;
    }

    public void Finish(EventDraft draft, JsonLeaves leaves, Shape shape, ReadOnlySpan<int> roles)
    {
        draft.Module = module;
        draft.Parser = parser;
        if (RoleIn(shape, 0, roles) is >= 0 and var codeAt && !draft.Has(Ecs.EventCode)) draft.AddAt(Ecs.EventCode, leaves[codeAt].At, leaves[codeAt].Length, leaves[codeAt].Kind);
        if (RoleIn(shape, 2, roles) is >= 0 and var computer) draft.Host(leaves[computer].At, leaves[computer].Length);
        if (RoleIn(shape, 3, roles) is >= 0 and var provider && !draft.Has(Ecs.EventProvider)) draft.AddAt(Ecs.EventProvider, leaves[provider].At, leaves[provider].Length, ValueKind.Text);

        var dataset = DatasetOf(draft, leaves[RoleIn(shape, 1, roles)]);
        var code = Code(draft, leaves, shape, roles);
        var map = maps.GetValueOrDefault((dataset, code)) ?? maps.GetValueOrDefault((dataset, Any)) ?? none;
        Const? audit = null;
        for (var i = 0; i < leaves.Count; i++)
        {
            ref var leaf = ref leaves[i];
            if ((leaf.Use & LeafUse.Source) != 0) map.Apply(draft, leaf, egress, ingress);
            if ((leaf.Use & LeafUse.Audit) != 0 && map.Audited) audit ??= AuditOf(draft.Batch.Slice(leaf.At, leaf.Length));
        }
        if (texts.Contains(dataset)) FromText(draft, leaves, map);
        else if ((draft.TextOnly || roles[(int)Role.Inserts] >= 0) && labelled.Contains(dataset)) FromLabels(draft, leaves, map);
        foreach (var (group, except) in envelope)
            if (except == Any || except != dataset) Envelope(draft, leaves, group);
        if (!draft.Has(Ecs.EventCategory)) foreach (var text in map.Categories) draft.Add(Ecs.EventCategory, text);
        if (!draft.Has(Ecs.EventType)) foreach (var text in map.Types) draft.Add(Ecs.EventType, text);
        if (map.Action is { } action && !draft.Has(Ecs.EventAction)) draft.Add(Ecs.EventAction, action);
        if ((map.Outcome ?? audit) is { } outcome && !draft.Has(Ecs.EventOutcome)) draft.Add(Ecs.EventOutcome, outcome);
    }

    // Event data that the sender left out stand in the text, a line each.
    void FromText(EventDraft draft, JsonLeaves leaves, WindowsMap map)
    {
        var text = -1;
        for (var i = 0; i < leaves.Count && text < 0; i++)
            if (leaves[i].Field == Ecs.Message && (leaves[i].Use & (LeafUse.Source | LeafUse.Keep)) != 0 && !leaves[i].InArray) text = i;
        if (text < 0) return;
        var (at, end) = (leaves[text].At, leaves[text].At + leaves[text].Length);
        while (at < end)
        {
            var rest = draft.Batch.Slice(at, end - at);
            var line = rest.IndexOf((byte)'\n');
            var next = at + (line < 0 ? rest.Length : line + 1);
            var value = (line < 0 ? rest : rest[..line]).TrimEnd((byte)'\r');
            var colon = value.IndexOf(": "u8);
            if (colon > 0)
                foreach (var (name, field) in map.Names)
                {
                    if (!value[..colon].SequenceEqual(name)) continue;
                    if (!Told(leaves, field))
                    {
                        var leaf = new Leaf { At = at + colon + 2, Length = value.Length - colon - 2, Kind = ValueKind.Text, Field = field };
                        draft.AddAt(field, leaf.At, leaf.Length, ValueKind.Text);
                        map.Apply(draft, leaf, egress, ingress);
                    }
                    break;
                }
            at = next;
        }
    }

    // Senders that give no event data at all give the text that people read.
    void FromLabels(EventDraft draft, JsonLeaves leaves, WindowsMap map)
    {
        var text = -1;
        for (var i = 0; i < leaves.Count && text < 0; i++)
            if (leaves[i].Field == Ecs.Message && (leaves[i].Use & (LeafUse.Source | LeafUse.Keep)) != 0 && !leaves[i].InArray) text = i;
        if (text < 0) return;
        Span<(FieldId Field, int At, int Length)> found = stackalloc (FieldId, int, int)[Limits.WindowsLabelsMax];
        labels.Read(draft.Batch.Slice(leaves[text].At, leaves[text].Length), found, out var count);
        for (var i = 0; i < count; i++)
        {
            if (draft.Has(found[i].Field)) continue;
            var leaf = new Leaf { At = leaves[text].At + found[i].At, Length = found[i].Length, Kind = ValueKind.Text, Field = found[i].Field };
            draft.AddAt(leaf.Field, leaf.At, leaf.Length, ValueKind.Text);
            map.Apply(draft, leaf, egress, ingress);
        }
    }

    static bool Told(JsonLeaves leaves, FieldId field)
    {
        for (var i = 0; i < leaves.Count; i++) if (leaves[i].Field == field) return true;
        return false;
    }

    // Who and which process wrote the record, where its own data says nothing of it: all of a group, so that two people are never mixed.
    void Envelope(EventDraft draft, JsonLeaves leaves, WindowsMap group)
    {
        foreach (var targets in group.Targets.Values)
            foreach (var target in targets)
                if (draft.Has(target.Field)) return;
        for (var i = 0; i < leaves.Count; i++)
            if ((leaves[i].Use & LeafUse.Source) != 0) group.Apply(draft, leaves[i], egress, ingress);
    }

    Const? AuditOf(ReadOnlySpan<byte> value)
    {
        if (value.SequenceEqual("Audit Failure"u8) || value.SequenceEqual("AUDIT_FAILURE"u8) || value.SequenceEqual("0x8010000000000000"u8) || value.SequenceEqual("-9218868437227405312"u8)) return failure;
        return value.SequenceEqual("Audit Success"u8) || value.SequenceEqual("AUDIT_SUCCESS"u8) || value.SequenceEqual("0x8020000000000000"u8) || value.SequenceEqual("-9214364837600034816"u8) ? success : null;
    }

    int DatasetOf(EventDraft draft, in Leaf leaf)
    {
        var channel = draft.Batch.Slice(leaf.At, leaf.Length);
        foreach (var (name, dataset, number) in channels)
        {
            if (!Ascii.EqualsIgnoreCase(name, channel)) continue;
            draft.Dataset = dataset;
            return number;
        }
        draft.Dataset = unknownDataset;
        if (channel.IsEmpty) return Any;
        Span<byte> slug = stackalloc byte[64];
        "windows."u8.CopyTo(slug);
        var n = 8;
        if (channel.Length > 18 && Ascii.EqualsIgnoreCase(channel[..18], "Microsoft-Windows-"u8)) channel = channel[18..];
        if (channel.Length > 12 && Ascii.EqualsIgnoreCase(channel[^12..], "/Operational"u8)) channel = channel[..^12];
        foreach (var b in channel)
        {
            if (n == slug.Length) break;
            var lower = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
            slug[n++] = lower is >= (byte)'a' and <= (byte)'z' or >= (byte)'0' and <= (byte)'9' ? lower : (byte)'-';
        }
        draft.OwnDataset = (draft.Batch.Put(slug[..n]), n);
        return Any;
    }
}
