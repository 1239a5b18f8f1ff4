using System.Net;
using System.Net.Sockets;
using Andon.Model;
using Andon.Triage.Signals;

namespace Andon.Triage.Grouping;

/// <summary>How much it says when two alerts share an entity of a kind, and which entities say nothing at all.</summary>
internal sealed class Salience
{
    // Accounts and addresses that every machine has. Learned ones come on top; the console shows both.
    static readonly string[] Known =
    [
        "user:system", "user:local service", "user:network service", "user:root", "user:nobody", "user:daemon", "user:www-data", "user:apache", "user:nginx", "user:-", "user:", "user:anonymous logon",
        "user:s-1-5-18", "user:s-1-5-19", "user:s-1-5-20", "user:s-1-5-7", "user:s-1-0-0", "user:n/a", "user:unknown", "user:(null)", "user:null",
        "host:localhost", "host:-", "host:", "host:unknown", "ip:127.0.0.1", "ip:::1", "ip:0.0.0.0", "ip:::", "ip:-", "domain:localhost", "hash:", "hash:-",
        "hash:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "hash:d41d8cd98f00b204e9800998ecf8427e",
        "session:0x0", "session:0x3e7", "session:0x3e4", "session:0x3e5", "session:0", "session:-",
    ];

    /// <summary>An address of the house: who had it an hour ago may not have it now, so alone it ties for about an hour.</summary>
    const double Lease = 0.5;

    readonly HashSet<string> stops = new(Known, StringComparer.Ordinal);

    public static Salience Default { get; } = new([]);

    public Salience(IEnumerable<string> more)
    {
        foreach (var line in more)
            if (line.Trim() is { Length: > 0 } key && key[0] != '#') stops.Add(key.ToLowerInvariant());
    }

    /// <summary>The built-in list, and the lines of <c>content/triage/stop-entities.txt</c> where that file is.</summary>
    public static Salience From(string contentPath)
    {
        var path = Path.Combine(contentPath, "triage", "stop-entities.txt");
        return File.Exists(path) ? new(File.ReadAllLines(path)) : Default;
    }

    public IReadOnlyCollection<string> HardStops => stops;

    /// <summary>0 for an entity that must never link anything.</summary>
    public double TypeWeight(Entity entity)
    {
        if (stops.Contains(Keys.Of(entity))) return 0;
        // The matcher writes a session with its host; the system's own sessions are the same on all of them.
        if (entity.Kind == EntityKind.Session && entity.Value.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && stops.Contains(Keys.Of(EntityKind.Session, entity.Value[..at]))) return 0;
        return entity.Kind switch
        {
            EntityKind.Hash or EntityKind.Message => 1,
            EntityKind.Session => 1,
            // A program's name is no process; only a GUID names one.
            EntityKind.Process => IsGuid(entity.Value) ? 1 : 0,
            EntityKind.Host or EntityKind.Container or EntityKind.Principal => 0.7,
            EntityKind.User => IsWellKnown(entity.Value) ? 0 : 0.7,
            EntityKind.Ip => IsInternal(entity.Value) ? Lease : 0.6,
            EntityKind.Domain or EntityKind.Url => 0.6,
            _ => 0.1,
        };
    }

    /// <summary>
    /// What the role takes away. The hash of a program that ran is mostly that of an ordinary program: shown as related, but no tie by
    /// itself until prevalence is known.
    /// </summary>
    public static double RoleFactor(Entity entity) => entity.Role != EntityRole.Tool ? 1 : entity.Kind == EntityKind.Hash ? 0.3 : 0.8;

    /// <summary>A logon session is a number of one host; everything else is itself everywhere.</summary>
    public static string LinkKey(Entity entity, IReadOnlyList<Entity> beside)
    {
        if (entity.Kind != EntityKind.Session || entity.Value.AsSpan().ContainsAny('/', '@')) return Keys.Of(entity);
        foreach (var other in beside)
            if (other.Kind == EntityKind.Host) return Keys.Of(EntityKind.Session, other.Value + "/" + entity.Value);
        return Keys.Of(entity);
    }

    public static bool IsCausal(EntityKind kind) => kind is EntityKind.Process or EntityKind.Session or EntityKind.Message;

    /// <summary>Made by or for one activity, not a place or person that many share.</summary>
    public static bool IsOwn(Entity entity) => entity.Kind switch
    {
        EntityKind.Process or EntityKind.Session or EntityKind.Message or EntityKind.Hash or EntityKind.Domain or EntityKind.Url => true,
        EntityKind.Ip => !IsInternal(entity.Value),
        _ => false,
    };

    public static bool IsInternal(string address)
    {
        if (!IPAddress.TryParse(address, out var ip)) return true;
        if (ip.IsIPv4MappedToIPv6) ip = ip.MapToIPv4();
        if (ip.AddressFamily == AddressFamily.InterNetworkV6) return IPAddress.IsLoopback(ip) || ip.IsIPv6LinkLocal || ip.IsIPv6UniqueLocal || ip.IsIPv6Multicast;
        Span<byte> b = stackalloc byte[4];
        ip.TryWriteBytes(b, out _);
        return b[0] is 10 or 127 or 0 or >= 224 || (b[0] == 172 && b[1] is >= 16 and < 32) || (b[0] == 192 && b[1] == 168)
            || (b[0] == 169 && b[1] == 254) || (b[0] == 100 && b[1] is >= 64 and < 128);
    }

    // Machine accounts and the per-session accounts of Windows.
    static bool IsWellKnown(string user)
    {
        var name = user.AsSpan(user.LastIndexOf('\\') + 1);
        return name.EndsWith("$") || name.StartsWith("dwm-") || name.StartsWith("umfd-") || name is "system" or "local service" or "network service";
    }

    static bool IsGuid(string value) => value.Length >= 16 && (value[0] == '{' || Guid.TryParse(value, out _) || value.Count(char.IsAsciiHexDigit) >= 16);
}
