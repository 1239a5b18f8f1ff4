using System.Globalization;
using System.Net;
using System.Text.Json;
using Andon.Model;

namespace Andon.Store.Query;

/// <summary>The events behind a row: the newest, its time and source, and others.</summary>
internal sealed record RowEvents(EventId Newest, long TimeMs, string SourceId, IReadOnlyList<EventId> Others);

/// <summary>From a row of a scheduled search to an alert.</summary>
internal static class RowHits
{
    // Columns that name a thing when the schedule names none.
    static readonly Dictionary<string, (EntityKind Kind, EntityRole Role)> Known = new()
    {
        ["host.name"] = (EntityKind.Host, EntityRole.Context),
        ["user.name"] = (EntityKind.User, EntityRole.Actor),
        ["user.target.name"] = (EntityKind.User, EntityRole.Target),
        ["source.ip"] = (EntityKind.Ip, EntityRole.Actor),
        ["destination.ip"] = (EntityKind.Ip, EntityRole.Target),
        ["dns.question.name"] = (EntityKind.Domain, EntityRole.Target),
        ["file.hash.sha256"] = (EntityKind.Hash, EntityRole.Tool),
        ["process.entity_id"] = (EntityKind.Process, EntityRole.Tool),
    };
    static readonly HashSet<string> Nobody = ["", "-", "n/a", "null", "(null)", "unknown", "localhost"];

    public static Hit Make(SearchSchedule schedule, SearchVersion version, string owner, IReadOnlyList<SearchColumn> columns, object?[] row, RowEvents events, long nowMs)
    {
        var fields = new Dictionary<string, string>();
        for (var i = 0; i < columns.Count && fields.Count < ScheduleLimits.FieldsMax; i++)
        {
            var text = CsvText.Plain(row[i]);
            if (text.Length > 0) fields.TryAdd(columns[i].Name, text.Length <= ScheduleLimits.FieldCharsMax ? text : text[..(ScheduleLimits.FieldCharsMax - 1)] + "…");
        }
        fields["andon.search.version"] = version.Version.ToString(CultureInfo.InvariantCulture);
        var ask = schedule.Ask;
        return new(events.Newest, events.TimeMs, nowMs, ScheduleBook.RuleId(ask.SearchId), ask.Title, owner.Replace("user:", "", StringComparison.Ordinal), ask.Level, ask.Queue,
            [.. version.Tags], events.SourceId, Entities(ask.Entities, columns, row), fields, events.Others);
    }

    static IReadOnlyList<Entity> Entities(IReadOnlyList<ScheduledEntity> named, IReadOnlyList<SearchColumn> columns, object?[] row)
    {
        var all = new List<Entity>();
        for (var i = 0; i < columns.Count; i++)
        {
            var name = columns[i].Name;
            var (kind, role) = named.FirstOrDefault(e => e.Column == name) is { } entity ? (entity.Kind, entity.Role)
                : named.Count == 0 && Known.TryGetValue(name, out var known) ? known : ((EntityKind)(-1), default);
            if ((int)kind < 0) continue;
            foreach (var value in Each(row[i]))
                if (Normal(kind, value) is { } normal && all.Count < ScheduleLimits.EntitiesMax && !all.Exists(e => e.Kind == kind && e.Value == normal)) all.Add(new(kind, normal, role));
        }
        return all;
    }

    static IEnumerable<string> Each(object? cell) =>
        cell is JsonElement { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(v => CsvText.Plain(v)) : [CsvText.Plain(cell)];

    /// <summary>As the matcher writes them, so that the alert of a search and the alert of a rule meet in one case.</summary>
    public static string? Normal(EntityKind kind, string value)
    {
        value = value.Trim().ToLowerInvariant();
        if (Nobody.Contains(value) || value.Length > 512) return null;
        switch (kind)
        {
            case EntityKind.Ip:
                if (!IPAddress.TryParse(value, out var address)) return null;
                if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
                return IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? null : address.ToString();
            case EntityKind.User:
                var name = value[(value.LastIndexOf('\\') + 1)..];
                return Nobody.Contains(name) ? null : name;
            case EntityKind.Domain:
                return value.TrimEnd('.') is { Length: > 0 } domain && !IPAddress.TryParse(domain, out _) ? domain : null;
            default:
                return value;
        }
    }
}
