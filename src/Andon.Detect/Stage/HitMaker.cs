using System.Globalization;
using System.Text;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Model;

namespace Andon.Detect.Stage;

/// <summary>Turns a match into the row that people and Triage read. Only here may the matcher allocate.</summary>
static class HitMaker
{
    static readonly FieldId[] Core =
    [
        Ecs.HostName, Ecs.UserName, Ecs.UserTargetName, Ecs.SourceIp, Ecs.DestinationIp, Ecs.DestinationPort, Ecs.ProcessName, Ecs.ProcessExecutable,
        Ecs.ProcessCommandLine, Ecs.ProcessParentExecutable, Ecs.FilePath, Ecs.RegistryPath, Ecs.DnsQuestionName, Ecs.UrlOriginal, Ecs.EventDataset, Ecs.EventCode, Ecs.EventAction, Ecs.EventOutcome,
    ];

    /// <summary>Event time; a sender's clock that runs far ahead is not believed, so that it cannot move the watermark.</summary>
    public static long TimeOf(in EventHead head) => head.TimeMs > head.ReceivedMs + Limits.FutureMs ? head.ReceivedMs : head.TimeMs;

    public static Hit Make(EventValues values, CompiledRule rule, RuleQueue queue, long nowMs)
    {
        var view = values.View;
        var header = rule.Document.Header;
        ref readonly var head = ref view.Head;
        var timeMs = TimeOf(head);
        var fields = new Dictionary<string, string>();
        // What correlations group by comes first: the bound below must not cut it off.
        foreach (var slot in rule.Grouped) Add(values, slot, fields, Limits.CorrelationMembersMax);
        foreach (var slot in rule.Shown) Add(values, slot, fields, 1);
        foreach (var id in Core)
            if (fields.Count < Limits.HitFieldsMax && view.TryGet(id, out var value) && value.Length > 0) fields.TryAdd(FieldNames.Text(id), Text(value));
        if (timeMs != head.TimeMs) fields["andon.time"] = $"sender's clock is ahead: {UnixMs.ToIso(head.TimeMs)}; taken at arrival";
        return new(head.Id, timeMs, nowMs, header.RuleId, header.Title, header.Author, header.Level, queue, header.Tags,
            view.Text(Ecs.LogSourceId) ?? "", Entities.Of(view), fields, []);
    }

    static void Add(EventValues values, FieldSlot slot, Dictionary<string, string> fields, int members)
    {
        var number = 0;
        for (var cell = values.First(slot); cell >= 0 && number < members; cell = values.Next(cell), number++)
        {
            if (fields.Count >= Limits.HitFieldsMax || values.Kind(cell) == ValueKind.Null) return;
            fields.TryAdd(number == 0 ? slot.Field : string.Create(CultureInfo.InvariantCulture, $"{slot.Field}[{number}]"), Text(values.Value(cell)));
        }
    }

    static string Text(ReadOnlySpan<byte> utf8)
    {
        var text = Encoding.UTF8.GetString(utf8.Length > Limits.HitFieldCharsMax * 4 ? utf8[..(Limits.HitFieldCharsMax * 4)] : utf8);
        return text.Length <= Limits.HitFieldCharsMax ? text : text[..(Limits.HitFieldCharsMax - 1)] + "…";
    }
}

/// <summary>The things an event is about, normalised: lower case, canonical addresses, no placeholders.</summary>
static class Entities
{
    // Values that name no one in particular; sharing them ties nothing together.
    static readonly HashSet<string> Nobody = ["", "-", "n/a", "null", "(null)", "unknown", "localhost", "0x0", "0x3e7", "0x3e4", "0x3e5", "{00000000-0000-0000-0000-000000000000}", "00000000-0000-0000-0000-000000000000"];

    public static IReadOnlyList<Entity> Of(EventView view)
    {
        var all = new List<Entity>();
        var host = view.Text(Ecs.HostName)?.ToLowerInvariant() ?? "";
        Each(view, Ecs.HostName, EntityKind.Host, EntityRole.Context, all);
        Each(view, Ecs.UserName, EntityKind.User, EntityRole.Actor, all);
        Each(view, Ecs.UserTargetName, EntityKind.User, EntityRole.Target, all);
        Each(view, Ecs.SourceIp, EntityKind.Ip, EntityRole.Actor, all);
        Each(view, Ecs.DestinationIp, EntityKind.Ip, EntityRole.Target, all);
        Each(view, Ecs.ProcessEntityId, EntityKind.Process, EntityRole.Tool, all);
        Each(view, Ecs.DnsQuestionName, EntityKind.Domain, EntityRole.Target, all);
        Each(view, Ecs.DestinationDomain, EntityKind.Domain, EntityRole.Target, all);
        Each(view, Ecs.UrlDomain, EntityKind.Domain, EntityRole.Target, all);
        Each(view, Ecs.FileHashSha256, EntityKind.Hash, EntityRole.Tool, all);
        Each(view, Ecs.RelatedHash, EntityKind.Hash, EntityRole.Tool, all);
        // A logon id is unique on its host only.
        if (host.Length > 0 && view.Text(Ecs.WinlogLogonId) is { } session && Normal(EntityKind.Session, session) is { } id)
            Put(all, new(EntityKind.Session, $"{id}@{host}"));
        return all;
    }

    static void Each(EventView view, FieldId field, EntityKind kind, EntityRole role, List<Entity> into)
    {
        for (var cell = view.Find(field); cell >= 0; cell = view.Find(field, cell + 1))
            if (Normal(kind, Encoding.UTF8.GetString(view.Value(view.Cells[cell]))) is { } value) Put(into, new(kind, value, role));
    }

    static void Put(List<Entity> into, Entity entity)
    {
        if (into.Count < Limits.HitEntitiesMax && !into.Exists(e => e.Kind == entity.Kind && e.Value == entity.Value)) into.Add(entity);
    }

    public static string? Normal(EntityKind kind, string value)
    {
        value = value.Trim().ToLowerInvariant();
        if (Nobody.Contains(value) || value.Length > 512) return null;
        switch (kind)
        {
            case EntityKind.Ip:
                if (!System.Net.IPAddress.TryParse(value, out var address)) return null;
                if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
                return System.Net.IPAddress.IsLoopback(address) || address.Equals(System.Net.IPAddress.Any) || address.Equals(System.Net.IPAddress.IPv6Any) ? null : address.ToString();
            case EntityKind.User:
                // DOMAIN\name and name are one person here; the domain is kept in the event.
                var name = value[(value.LastIndexOf('\\') + 1)..];
                return Nobody.Contains(name) ? null : name;
            case EntityKind.Domain:
                value = value.TrimEnd('.');
                return value.Length == 0 || System.Net.IPAddress.TryParse(value, out _) ? null : value;
            default:
                return value;
        }
    }
}
