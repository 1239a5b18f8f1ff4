using Andon.Model;

namespace Andon.Triage.Signals;

/// <summary>The one entity that repeated hits of a rule fold on: where it happened, else who did it, else what it touched, else the source.</summary>
internal static class MainEntity
{
    static readonly EntityKind[] Order =
    [
        EntityKind.Host, EntityKind.Container, EntityKind.Principal, EntityKind.User, EntityKind.Message, EntityKind.Ip, EntityKind.Domain,
        EntityKind.Url, EntityKind.Hash, EntityKind.Vulnerability, EntityKind.Process, EntityKind.Session,
    ];

    public static string Key(Hit hit)
    {
        Entity? best = null;
        var rank = int.MaxValue;
        foreach (var entity in hit.Entities)
        {
            var r = Array.IndexOf(Order, entity.Kind);
            if (r < rank || (r == rank && best is not null && Prefer(entity, best))) (best, rank) = (entity, r);
        }
        return best is null ? "source:" + hit.SourceId : Keys.Of(best);
    }

    // Of two hosts the one acted upon, then by name: the order in which a rule lists them must not matter.
    static bool Prefer(Entity a, Entity b) =>
        a.Role != b.Role ? a.Role == EntityRole.Target || (b.Role != EntityRole.Target && a.Role < b.Role) : string.CompareOrdinal(a.Value, b.Value) < 0;
}

/// <summary>Entity keys without the cost of asking an enum for its name.</summary>
internal static class Keys
{
    static readonly string[] Prefix = [.. Enum.GetValues<EntityKind>().Select(k => k.ToString().ToLowerInvariant() + ":")];

    public static string Of(Entity entity) => Prefix[(int)entity.Kind] + entity.Value;
    public static string Of(EntityKind kind, string value) => Prefix[(int)kind] + value;
    public static string Value(string key) => key[(key.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
