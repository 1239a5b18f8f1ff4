using System.Buffers;
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
    static readonly FieldId UnnamedData = FieldNames.Intern("winlog.event_data.Data");
    static readonly FieldId[] Numbered = FieldNames.InternAll([.. Enumerable.Range(1, 9).Select(i => $"winlog.event_data.param{i}")]);
    static readonly FieldId StatusData = FieldNames.Intern("winlog.event_data.Status");
    static readonly FieldId LevelHeader = FieldNames.Intern("winlog.level");
    static readonly FieldId ProviderHeader = FieldNames.Intern("winlog.provider_name");
    // As readers of event logs write an attribute: evtx, evtx with separate attributes, xmltodict, OpenWEC and Velociraptor.
    static readonly string[] Attributes = [".#attributes.", "_attributes.", ".@", "."];

    /// <summary>Paths that hold when Windows wrote the record, in shapes whose carrier has a time of its own.</summary>
    public static IEnumerable<string> OwnTimes => ["win.system.systemTime", "data.win.system.systemTime", "body.system_time", "body.structured.system_time"];

    readonly Dictionary<string, string> flat = [], old = [], evtx = [], wazuh = [], otel = [], ecmd = [];
    readonly HashSet<string> dataNames = [];
    readonly List<(byte[] Channel, Const Dataset, int Number)> channels = [];
    readonly Dictionary<(int Dataset, int Id), WindowsMap> maps = [];
    readonly List<string> datasets = [];
    readonly List<(WindowsMap Map, int Except)> envelope = [];
    readonly WindowsMap none = new();
    readonly HashSet<int> texts = [], unnamed = [];
    readonly Dictionary<int, WindowsLabels> labels = [];
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
        foreach (var (table, key) in new[] { (flat, "flat"), (old, "old"), (evtx, "evtx"), (wazuh, "wazuh"), (otel, "otel"), (ecmd, "ecmd") })
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
        foreach (var name in yaml.Texts(yaml.Child(root, "unnamed"))) unnamed.Add(DatasetNumber(name));
        foreach (var (dataset, sections) in yaml.Entries(root, "labels"))
        {
            var read = labels[DatasetNumber(dataset)] = new();
            if (sections is not YamlMappingNode map) continue;
            foreach (var (section, node) in map.Children)
                if (node is YamlMappingNode names)
                    foreach (var (label, data) in names.Children) read.Add(yaml.Text(section), yaml.Text(label), FieldNames.Intern("winlog.event_data." + yaml.Text(data)));
        }
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
        if (yaml.Child(map, "outcome") is { } told && yaml.Text(told) == "status") made.ByStatus = true;
        foreach (var text in yaml.Texts(yaml.Child(map, "category"))) made.Categories.Add(constants.Get(text));
        foreach (var text in yaml.Texts(yaml.Child(map, "type"))) made.Types.Add(constants.Get(text));
        if (yaml.Child(map, "action") is { } action) made.Action = constants.Get(yaml.Text(action));
        if (!made.ByStatus && yaml.Child(map, "outcome") is { } outcome) made.Outcome = constants.Get(yaml.Text(outcome));
        foreach (var (name, targets) in yaml.Entries(map, "fields"))
        {
            dataNames.Add(name);
            var list = new List<Target>();
            foreach (var text in yaml.Texts(targets))
                if (TargetOf(text) is { } target) list.Add(target);
                else yaml.Say("PAR012", $"{text} names no known change.", "Use base, dir, ext, domain, user, ip, port, pid, realm, named, hashes, egress, registry, answers or utc after the bar.", targets.Start.Line);
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
        Change? change = bar < 0 ? name is "user.id" or "user.target.id" or "group.id" ? Change.Sid : Change.Alias : text[(bar + 1)..] switch
        {
            "base" => Change.Base,
            "domain" => Change.Domain,
            "user" => Change.User,
            "ip" => Change.Ip,
            "port" or "pid" => Change.Number,
            "hashes" => Change.Hashes,
            "egress" => Change.Egress,
            "realm" => Change.Realm,
            "named" => Change.Named,
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
            foreach (var path in new[] { name, "_" + name }) paths.Get(path).Field[(int)Shape.Flat] ??= field;
            paths.Get("EventData." + name).Field[(int)Shape.Flat] = field;
            paths.Get("winlog.event_data." + name).Field[(int)Shape.Winlogbeat] = field;
            paths.Get("event_data." + name).Field[(int)Shape.OldWinlogbeat] = field;
            foreach (var before in new[] { "Event.EventData.", "EventData." }) paths.Get(before + name).Field[(int)Shape.EvtxJson] = field;
            // Wazuh writes the first letter small; where two names differ in it alone, the usual great one is meant.
            foreach (var before in new[] { "win.", "data.win." })
                if (char.IsUpper(name[0]) || !dataNames.Contains(char.ToUpperInvariant(name[0]) + name[1..])) paths.Get($"{before}eventdata.{char.ToLowerInvariant(name[0])}{name[1..]}").Field[(int)Shape.Wazuh] = field;
            foreach (var before in Bodies)
                foreach (var list in new[] { "event_data.", "event_data.data." }) paths.Get(before + list + name).Field[(int)Shape.Otel] = field;
        }
        foreach (var (name, field) in flat)
            foreach (var path in new[] { name, "_" + name }) paths.Get(path).Field[(int)Shape.Flat] = FieldNames.Intern(field);
        foreach (var (name, field) in old) paths.Get(name).Field[(int)Shape.OldWinlogbeat] = FieldNames.Intern(field);
        foreach (var (name, field) in ecmd) paths.Get(name).Field[(int)Shape.EvtxEcmd] = FieldNames.Intern(field);
        foreach (var (name, field) in wazuh)
            foreach (var before in new[] { "win.system.", "data.win.system." }) paths.Get(before + name).Field[(int)Shape.Wazuh] = FieldNames.Intern(field);
        foreach (var (name, field) in otel)
            foreach (var before in Bodies) paths.Get(before + name).Field[(int)Shape.Otel] = FieldNames.Intern(field);
        foreach (var (name, field) in evtx)
            foreach (var path in Variants(name))
            {
                var known = paths.Get(path);
                known.Field[(int)Shape.EvtxJson] = FieldNames.Intern(field);
                if (field == "winlog.time_created") known.TimeRank = 1;
            }
        foreach (var (role, names) in new (Role, IEnumerable<string>)[]
        {
            (Role.FlatCode, ["EventID", "_EventID", "EventCode"]), (Role.FlatChannel, ["Channel", "_Channel", "EventLog", "LogName"]), (Role.FlatComputer, ["Hostname", "Computer", "ComputerName", "_Hostname", "_Computer"]),
            (Role.FlatProvider, ["SourceName", "Provider_Name", "ProviderName", "EventSourceName", "_SourceName", "Provider"]), (Role.AzureSource, ["Source"]), (Role.EcmdCode, ["EventId"]),
            (Role.BeatCode, ["winlog.event_id"]), (Role.BeatChannel, ["winlog.channel"]), (Role.BeatComputer, ["winlog.computer_name"]), (Role.BeatProvider, ["winlog.provider_name"]),
            (Role.OldCode, ["event_id"]), (Role.OldChannel, ["log_name"]), (Role.OldComputer, ["computer_name"]), (Role.OldProvider, ["source_name"]),
            (Role.EvtxCode, evtx.Where(e => e.Value == "event.code").SelectMany(e => Variants(e.Key))), (Role.EvtxChannel, Variants("Event.System.Channel")),
            (Role.EvtxComputer, Variants("Event.System.Computer")), (Role.EvtxProvider, Variants("Event.System.Provider.#attributes.Name")),
            (Role.WazuhCode, ["win.system.eventID", "data.win.system.eventID"]), (Role.WazuhChannel, ["win.system.channel", "data.win.system.channel"]),
            (Role.WazuhComputer, ["win.system.computer", "data.win.system.computer"]), (Role.WazuhProvider, ["win.system.providerName", "data.win.system.providerName"]),
            (Role.OtelCode, Bodies.Select(b => b + "event_id.id").Append("body.event_id").Append("body.structured.event_id")), (Role.OtelChannel, Bodies.Select(b => b + "channel")),
            (Role.OtelComputer, Bodies.Select(b => b + "computer")), (Role.OtelProvider, Bodies.SelectMany(b => new[] { b + "provider.name", b + "provider_name" })),
            (Role.Data, ["EventData", "RawEventData"]), (Role.Payload, ["Payload"]), (Role.Xml, ["System", "properties.RawXml", "EventXml"]),
            (Role.DataName, new[] { "Event.EventData.Data", "EventData.Data" }.SelectMany(d => new[] { d + ".@Name", d + ".#attributes.Name" })),
        })
            foreach (var name in names) paths.Get(name).Role = role;
    }

    // Where a record of OpenTelemetry keeps what it tells: as OTLP is taken in, as its Elasticsearch exporter writes it, by itself.
    static readonly string[] Bodies = ["body.", "body.structured.", ""];

    static IEnumerable<string> Variants(string path) =>
        Attributes.Select(a => path.Replace(".#attributes.", a, StringComparison.Ordinal)).SelectMany(p => new[] { p, p["Event.".Length..] }).Distinct();

    /// <summary>Which kind of sender wrote the object, by what of the envelope stands in it.</summary>
    public static Shape ShapeOf(Span<int> roles)
    {
        if (roles[(int)Role.BeatChannel] >= 0) return Shape.Winlogbeat;
        if (roles[(int)Role.FlatChannel] >= 0)
        {
            if (roles[(int)Role.EcmdCode] >= 0 && roles[(int)Role.FlatCode] < 0)
            {
                if (roles[(int)Role.Payload] < 0) roles[(int)Role.FlatCode] = roles[(int)Role.EcmdCode];
                else
                {
                    for (var part = (int)Role.FlatChannel; part <= (int)Role.FlatProvider; part++) roles[part + (int)Role.EcmdCode - (int)Role.FlatCode] = roles[part];
                    return Shape.EvtxEcmd;
                }
            }
            if (roles[(int)Role.FlatCode] >= 0) return Shape.Flat;
        }
        if (roles[(int)Role.OldCode] >= 0 && roles[(int)Role.OldChannel] >= 0) return Shape.OldWinlogbeat;
        if (roles[(int)Role.EvtxCode] >= 0 && roles[(int)Role.EvtxChannel] >= 0) return Shape.EvtxJson;
        if (roles[(int)Role.WazuhCode] >= 0 && roles[(int)Role.WazuhChannel] >= 0) return Shape.Wazuh;
        if (roles[(int)Role.OtelChannel] < 0 || roles[(int)Role.OtelProvider] < 0) return Shape.Generic;
        if (roles[(int)Role.OtelCode] < 0) roles[(int)Role.OtelCode] = roles[(int)Role.OldCode];
        return roles[(int)Role.OtelCode] >= 0 ? Shape.Otel : Shape.Generic;
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
        if (needed[UnnamedData.Value])
            foreach (var field in Numbered.Append(Ecs.Message)) uses[field.Value] |= LeafUse.Source;
        if (all.Exists(t => needed[t.Target.Field.Value]) || all.Exists(t => needed[t.From]) || labels.Values.Any(l => l.Fields.Any(f => needed[f.Value]))) uses[Ecs.Message.Value] |= LeafUse.Source;
        foreach (var asked in new[] { Ecs.EventCode, Ecs.EventProvider, Ecs.HostName, Ecs.EventCategory, Ecs.EventType, Ecs.EventAction, Ecs.EventOutcome }) uses[asked.Value] |= LeafUse.Stamp;
        if (needed[Ecs.EventOutcome.Value])
            foreach (var audit in new[] { Keywords, EventTypeHeader, LevelHeader, StatusData }) uses[audit.Value] |= LeafUse.Audit;
    }

    /// <summary>May <see cref="Special"/> make another field of it?</summary>
    public static bool IsSpecial(FieldId field, Shape shape) =>
        shape == Shape.Flat ? field == EventTypeData || field == AccountNameHeader || field == SourceData : shape is Shape.Winlogbeat or Shape.Otel ? field == Ecs.HostName : shape == Shape.EvtxJson && field == UnnamedData;

    static readonly FieldId SourceData = FieldNames.Intern("winlog.event_data.Source");

    static int RoleIn(Shape shape, int which, ReadOnlySpan<int> roles) => roles[1 + ((int)shape - 1) * 4 + which];

    /// <summary>Names that mean one thing in the envelope and another in event data; decided by the value or by the event's number.</summary>
    public FieldId Special(EventDraft draft, in Leaf leaf, Shape shape, ReadOnlySpan<int> roles, JsonLeaves leaves)
    {
        if (shape == Shape.Flat && leaf.Field == EventTypeData && leaves.Path(leaf.Node) is var path && (path.SequenceEqual("EventType"u8) || path.SequenceEqual("_EventType"u8)))
        {
            var value = draft.Batch.Slice(leaf.At, leaf.Length);
            return AuditOf(value) is not null || value.SequenceEqual("INFO"u8) || value.SequenceEqual("WARNING"u8) || value.SequenceEqual("ERROR"u8) || value.SequenceEqual("VERBOSE"u8) || value.SequenceEqual("CRITICAL"u8)
                || value.SequenceEqual("Information"u8) || value.SequenceEqual("Warning"u8) || value.SequenceEqual("Error"u8) || value.SequenceEqual("Success"u8) ? EventTypeHeader : leaf.Field;
        }
        if (shape == Shape.Flat && leaf.Field == AccountNameHeader && Code(draft, leaves, shape, roles) == 7045) return AccountNameData;
        if (shape == Shape.Flat && leaf.Field == SourceData && IsAzureSource(leaves, roles)) return ProviderHeader;
        // A list of names and values: what stands in one element belongs together.
        if (shape == Shape.EvtxJson && leaf.Field == UnnamedData && leaf.Element > 0 && roles[(int)Role.DataName] >= 0)
            for (var i = 0; i < leaves.Count; i++)
                if (leaves[i].Element == leaf.Element && leaves[i].Node.Known?.Role == Role.DataName && leaves[i].Length > 0)
                {
                    JsonLeaves.Plain(ref leaves[i], draft);
                    return DataField(draft, draft.Batch.Slice(leaves[i].At, leaves[i].Length));
                }
        if (shape is Shape.Winlogbeat or Shape.Otel && leaf.Field == Ecs.HostName && RoleIn(shape, 2, roles) is >= 0 and var at)
        {
            // A forwarder's own name is not the host that the event is about.
            return IsHost(draft, leaves[at], draft.Batch.Slice(leaf.At, leaf.Length)) ? leaf.Field : Ecs.ObserverName;
        }
        return leaf.Field;
    }

    // The table Event of Azure names the log EventLog and the provider Source; elsewhere that is a field of some event's data.
    static bool IsAzureSource(JsonLeaves leaves, ReadOnlySpan<int> roles) =>
        roles[(int)Role.AzureSource] >= 0 && roles[(int)Role.FlatProvider] < 0 && leaves.Path(leaves[roles[(int)Role.FlatChannel]].Node).SequenceEqual("EventLog"u8);

    // The field of event data of that name; a name that no table knows is the batch's own.
    static FieldId DataField(EventDraft draft, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> prefix = "winlog.event_data."u8;
        Span<byte> room = stackalloc byte[prefix.Length + Limits.PathBytesMax];
        if (name.Length > Limits.PathBytesMax) name = name[..Limits.PathBytesMax];
        prefix.CopyTo(room);
        name.CopyTo(room[prefix.Length..]);
        return draft.Batch.NameOf(room[..(prefix.Length + name.Length)]);
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
        var provider = RoleIn(shape, 3, roles);
        if (shape == Shape.Flat && provider < 0 && IsAzureSource(leaves, roles)) provider = roles[(int)Role.AzureSource];
        if (provider >= 0 && !draft.Has(Ecs.EventProvider)) draft.AddAt(Ecs.EventProvider, leaves[provider].At, leaves[provider].Length, ValueKind.Text);

        var dataset = DatasetOf(draft, leaves[RoleIn(shape, 1, roles)]);
        var code = Code(draft, leaves, shape, roles);
        var map = maps.GetValueOrDefault((dataset, code)) ?? maps.GetValueOrDefault((dataset, Any)) ?? none;
        Const? audit = null, status = null;
        for (var i = 0; i < leaves.Count; i++)
        {
            ref var leaf = ref leaves[i];
            if ((leaf.Use & LeafUse.Source) != 0) map.Apply(draft, leaf, egress, ingress);
            if ((leaf.Use & LeafUse.Audit) == 0) continue;
            if (leaf.Field == StatusData) status ??= StatusOf(draft, leaf);
            // Azure's older agent tells of an audit by the level.
            else if (map.Audited && leaf.Field == LevelHeader) audit ??= draft.Batch.Slice(leaf.At, leaf.Length) switch { [(byte)'8'] => success, [(byte)'1', (byte)'6'] => failure, _ => audit };
            else if (map.Audited) audit ??= AuditOf(draft.Batch.Slice(leaf.At, leaf.Length));
        }
        // Only EvtxECmd's own objects: a script block's Payload is what its author wrote.
        var data = shape == Shape.EvtxEcmd ? roles[(int)Role.Payload] : shape == Shape.Flat ? roles[(int)Role.Data] : -1;
        if (data >= 0) Carried(draft, leaves[data], map, ref status);
        if (texts.Contains(dataset)) FromText(draft, leaves, map);
        else if ((draft.TextOnly || roles[(int)Role.Inserts] >= 0) && labels.TryGetValue(dataset, out var named)) FromLabels(draft, leaves, map, named, ref status);
        if (unnamed.Contains(dataset) && !draft.Has(UnnamedData)) Unnamed(draft, leaves);
        foreach (var (group, except) in envelope)
            if (except == Any || except != dataset) Envelope(draft, leaves, group);
        if (!draft.Has(Ecs.EventCategory)) foreach (var text in map.Categories) draft.Add(Ecs.EventCategory, text);
        if (!draft.Has(Ecs.EventType)) foreach (var text in map.Types) draft.Add(Ecs.EventType, text);
        if (map.Action is { } action && !draft.Has(Ecs.EventAction)) draft.Add(Ecs.EventAction, action);
        if ((map.Outcome ?? audit ?? (map.ByStatus ? status : null)) is { } outcome && !draft.Has(Ecs.EventOutcome)) draft.Add(Ecs.EventOutcome, outcome);
    }

    static void Unnamed(EventDraft draft, JsonLeaves leaves)
    {
        for (var i = 0; i < leaves.Count; i++)
            if ((leaves[i].Use & (LeafUse.Source | LeafUse.Keep)) != 0 && Array.IndexOf(Numbered, leaves[i].Field) >= 0) draft.AddAt(UnnamedData, leaves[i].At, leaves[i].Length, leaves[i].Kind);
        if (draft.Has(UnnamedData)) return;
        for (var i = 0; i < leaves.Count; i++)
            if ((leaves[i].Use & (LeafUse.Source | LeafUse.Keep)) != 0 && leaves[i].Field == Ecs.Message) draft.AddAt(UnnamedData, leaves[i].At, leaves[i].Length, leaves[i].Kind);
    }

    static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    Const? StatusOf(EventDraft draft, in Leaf leaf)
    {
        var value = draft.Batch.Slice(leaf.At, leaf.Length);
        if (value.StartsWith("0x"u8) || value.StartsWith("0X"u8)) value = value[2..];
        if (value.IsEmpty || value.ContainsAnyExcept(HexDigits)) return null;
        return value.IndexOfAnyExcept((byte)'0') < 0 ? success : failure;
    }

    /// <summary>Event data in a text of the object: XML of the event's data (Azure's table Event), or JSON of it (EvtxECmd's Payload).</summary>
    void Carried(EventDraft draft, in Leaf carrier, WindowsMap map, ref Const? status)
    {
        if (carrier.Kind != ValueKind.Text || carrier.Length < 4) return;
        var text = draft.TextAt(carrier.At, carrier.Length);
        var start = text.Span.TrimStart(" \r\n\t"u8);
        text = text.Slice(text.Length - start.Length);
        if (text.Length == 0 || text[0] is not ((byte)'{' or (byte)'<')) return;
        if (text[0] == '<') text = WindowsXml.ToJson(text, draft);
        var inner = draft.Inside;
        if (!inner.ReadAny(text, draft.Tables.Json, draft)) return;
        for (var i = 0; i < inner.Count; i++)
        {
            ref var leaf = ref inner[i];
            var path = inner.Path(leaf.Node);
            var begins = path.IndexOf("EventData."u8);
            var users = begins < 0 ? path.IndexOf("UserData."u8) : -1;
            if (begins < 0 && users < 0) continue;
            path = begins >= 0 ? path[(begins + "EventData.".Length)..] : path[(path.LastIndexOf((byte)'.') + 1)..];
            if (path.EndsWith("@Name"u8) || path.StartsWith("@"u8) || path.StartsWith("#"u8) || path.IndexOf("#attributes"u8) >= 0 || leaf.Kind == ValueKind.Null) continue;
            if (path.SequenceEqual("Data.#text"u8))
            {
                path = "Data"u8;
                for (var j = 0; j < inner.Count; j++)
                    if (inner[j].Element == leaf.Element && leaf.Element > 0 && inner.Path(inner[j].Node).EndsWith(".@Name"u8)) path = draft.Batch.Slice(inner[j].At, inner[j].Length);
            }
            leaf.Field = leaf.Meant = DataField(draft, path);
            if (draft.Has(leaf.Field) && !path.SequenceEqual("Data"u8)) continue;
            if (!draft.AddData(leaf.Field, leaf.At, leaf.Length, leaf.Kind)) return;
            map.Apply(draft, leaf, egress, ingress);
            if (leaf.Field == StatusData) status ??= StatusOf(draft, leaf);
        }
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
            if (colon > 0 && draft.TextOnly)
            {
                if (value[..colon].IndexOfAnyExceptInRange((byte)'A', (byte)'z') < 0 && DataField(draft, value[..colon]) is var own && !draft.Has(own)) FromLine(draft, map, own, at + colon + 2, value.Length - colon - 2);
            }
            else if (colon > 0)
                foreach (var (name, field) in map.Names)
                {
                    if (!value[..colon].SequenceEqual(name)) continue;
                    if (!Told(leaves, field)) FromLine(draft, map, field, at + colon + 2, value.Length - colon - 2);
                    break;
                }
            at = next;
        }
    }

    void FromLine(EventDraft draft, WindowsMap map, FieldId field, int at, int length)
    {
        draft.AddAt(field, at, length, ValueKind.Text);
        map.Apply(draft, new() { At = at, Length = length, Kind = ValueKind.Text, Field = field, Meant = field }, egress, ingress);
    }

    // Senders that give no event data at all give the text that people read.
    void FromLabels(EventDraft draft, JsonLeaves leaves, WindowsMap map, WindowsLabels named, ref Const? status)
    {
        var text = -1;
        for (var i = 0; i < leaves.Count && text < 0; i++)
            if (leaves[i].Field == Ecs.Message && (leaves[i].Use & (LeafUse.Source | LeafUse.Keep)) != 0 && !leaves[i].InArray) text = i;
        if (text < 0) return;
        Span<(FieldId Field, int At, int Length)> found = stackalloc (FieldId, int, int)[Limits.WindowsLabelsMax];
        named.Read(draft.Batch.Slice(leaves[text].At, leaves[text].Length), found, out var count);
        for (var i = 0; i < count; i++)
        {
            if (draft.Has(found[i].Field)) continue;
            // Some write the account's name where its number stands.
            if (FieldNames.Utf8(found[i].Field).EndsWith("Sid"u8) && !draft.Batch.Slice(leaves[text].At + found[i].At, found[i].Length).StartsWith("S-1-"u8)) continue;
            var leaf = new Leaf { At = leaves[text].At + found[i].At, Length = found[i].Length, Kind = ValueKind.Text, Field = found[i].Field, Meant = found[i].Field };
            draft.AddAt(leaf.Field, leaf.At, leaf.Length, ValueKind.Text);
            map.Apply(draft, leaf, egress, ingress);
            if (leaf.Field == StatusData) status ??= StatusOf(draft, leaf);
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

    // Words of several senders, without what parts them; or the keywords' number, of which two bits tell it.
    Const? AuditOf(ReadOnlySpan<byte> value)
    {
        const ulong Failed = 0x10_0000_0000_0000, Succeeded = 0x20_0000_0000_0000;
        if (value.Length is < 3 or > 24) return null;
        ulong bits = 0;
        if (value.StartsWith("0x"u8)) { if (!Utf8Parser.TryParse(value[2..], out bits, out var used, 'x') || used != value.Length - 2) return null; }
        else if (value[0] == '-') { if (!Utf8Parser.TryParse(value, out long signed, out var used) || used != value.Length) return null; bits = (ulong)signed; }
        else if (value[0] is >= (byte)'0' and <= (byte)'9') { if (!Utf8Parser.TryParse(value, out bits, out var used) || used != value.Length) return null; }
        else
        {
            Span<byte> word = stackalloc byte[24];
            var n = 0;
            foreach (var b in value)
                if (b is not ((byte)' ' or (byte)'_')) word[n++] = (byte)(b | 0x20);
            word = word[..n];
            return word.SequenceEqual("auditfailure"u8) || word.SequenceEqual("failureaudit"u8) ? failure : word.SequenceEqual("auditsuccess"u8) || word.SequenceEqual("successaudit"u8) ? success : null;
        }
        return (bits & Failed) != 0 ? failure : (bits & Succeeded) != 0 ? success : null;
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
