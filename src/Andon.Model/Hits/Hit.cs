namespace Andon.Model;

/// <summary>Sigma level; informational enriches only and never alerts.</summary>
public enum Level { Informational, Low, Medium, High, Critical }

/// <summary>Which queue the rule stood in when it matched.</summary>
public enum RuleQueue
{
    /// <summary>Makes signals and cases.</summary>
    Production,
    /// <summary>Counted and shown; makes no case, runs no playbook.</summary>
    Testing,
    /// <summary>Feeds a correlation only (Sigma <c>generate: false</c>).</summary>
    Input,
}

/// <summary>What an entity is; names as in ECS where ECS has one.</summary>
public enum EntityKind { Host, User, Process, Session, Hash, Ip, Domain, Url, Message, Principal, Container, Vulnerability }

public enum EntityRole { Actor, Target, Tool, Context }

/// <summary>A thing an alert is about. Values are normalised (lower case, canonical address) by the room that makes the hit.</summary>
public sealed record Entity(EntityKind Kind, string Value, EntityRole Role = EntityRole.Context)
{
    static readonly string[] Words = [.. Enum.GetNames<EntityKind>().Select(n => n.ToLowerInvariant())];

    public string Key => string.Concat(Words[(int)Kind], ":", Value);
}

/// <summary>
/// A rule matched: an alert. A row in the event store, however many there are; signals and cases are made from it by Triage.
/// </summary>
/// <param name="Event">The event that completed the match.</param>
/// <param name="TimeMs">Event time of that event, Unix milliseconds.</param>
/// <param name="DetectedMs">When the rule matched, Unix milliseconds.</param>
/// <param name="RuleId">Sigma id (or a foreign rule's id).</param>
/// <param name="Author">Shown with each alert (Detection Rule License 1.1).</param>
/// <param name="Tags">Sigma tags, for example <c>attack.t1110</c>, <c>attack.credential-access</c>.</param>
/// <param name="SourceId">Log source in the catalogue.</param>
/// <param name="Fields">Fields that the rule asks to show, and those it matched on.</param>
/// <param name="Contributing">Further events (correlations): first, last and up to 100.</param>
public sealed record Hit(
    EventId Event,
    long TimeMs,
    long DetectedMs,
    string RuleId,
    string Title,
    string Author,
    Level Level,
    RuleQueue Queue,
    IReadOnlyList<string> Tags,
    string SourceId,
    IReadOnlyList<Entity> Entities,
    IReadOnlyDictionary<string, string> Fields,
    IReadOnlyList<EventId> Contributing)
{
    /// <summary>Name of this hit: event and rule. A replay makes the same one.</summary>
    public string Key => $"{Event}/{RuleId}";
}

/// <summary>
/// What the matcher writes to the hit log in one append: the hits of the records from <paramref name="From"/> up to, not including,
/// <paramref name="To"/>. The last block's <c>To</c> is the matcher's checkpoint, so output and checkpoint cannot part.
/// </summary>
public sealed record HitBlock(ulong From, ulong To, IReadOnlyList<Hit> Hits)
{
    /// <summary>What DHCP servers said of addresses in these records, where it was news; null when they said none.</summary>
    public IReadOnlyList<Lease>? Leases { get; init; }
}
