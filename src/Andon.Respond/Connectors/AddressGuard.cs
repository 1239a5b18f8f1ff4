using System.Net;
using System.Net.Sockets;
using Andon.Respond.Conditions;

namespace Andon.Respond.Connectors;

/// <summary>
/// Where a connector may go. A host must be listed: by name, as an address or inside a network. Each address that its name resolves to
/// must be public, or lie in a listed network: so a name on the list cannot be turned inwards by whoever answers for it in DNS.
/// </summary>
sealed class AddressGuard
{
    readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
    readonly List<Network> networks = [];
    readonly bool allowLoopback;

    public AddressGuard(IEnumerable<string> allowed, bool allowLoopback)
    {
        this.allowLoopback = allowLoopback;
        foreach (var entry in allowed)
        {
            if (Network.Parse(entry.Trim('[', ']')) is { } network) networks.Add(network);
            else names.Add(entry.TrimEnd('.'));
        }
    }

    /// <summary>Why that URL may not be called; null when its host is listed.</summary>
    public string? Refuse(Uri url)
    {
        if (url.Scheme is not ("http" or "https")) return $"the scheme '{url.Scheme}' is not http or https";
        if (url.UserInfo.Length > 0) return "the URL holds a user name";
        var host = url.IdnHost.TrimEnd('.');
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address)) return Refuse(address);
        if (allowLoopback && host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return null;
        return names.Contains(host) ? null : $"the host '{host}' is not on the connector's list";
    }

    /// <summary>Why a resolved address may not be connected to; null when it may.</summary>
    public string? Refuse(IPAddress resolved, bool listedByName = false)
    {
        var address = Plain(resolved);
        if (IPAddress.IsLoopback(address)) return allowLoopback ? null : $"{resolved} is this machine itself";
        if (InListed(address)) return null;
        if (Special(address) is { } special) return $"{resolved} is {special}, and no listed network holds it";
        return listedByName ? null : $"{resolved} is not on the connector's list";
    }

    bool InListed(IPAddress address)
    {
        var one = new Network(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        return networks.Exists(one.IsIn);
    }

    // IPv4 inside IPv6 (mapped, NAT64, 6to4) is judged as the IPv4 address it stands for.
    static IPAddress Plain(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (bytes.AsSpan(0, 12).SequenceEqual(Nat64)) return new IPAddress(bytes.AsSpan(12));
        if (bytes[0] == 0x20 && bytes[1] == 0x02) return new IPAddress(bytes.AsSpan(2, 4));
        if (bytes.AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0 && !address.Equals(IPAddress.IPv6Loopback) && !address.Equals(IPAddress.IPv6Any)) return new IPAddress(bytes.AsSpan(12));
        return new IPAddress(bytes); // without its zone
    }

    static readonly byte[] Nat64 = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

    static string? Special(IPAddress address)
    {
        var one = new Network(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        foreach (var (network, what) in Ranges)
            if (one.IsIn(network)) return what;
        return null;
    }

    // IANA's special-purpose registries: everything that is not globally reachable.
    static readonly (Network Network, string What)[] Ranges =
    [
        .. new (string, string)[]
        {
            ("0.0.0.0/8", "no address of a host"), ("10.0.0.0/8", "private"), ("100.64.0.0/10", "shared carrier space"),
            ("169.254.0.0/16", "link-local (cloud metadata lives there)"), ("172.16.0.0/12", "private"), ("192.0.0.0/24", "reserved"),
            ("192.0.2.0/24", "for documentation"), ("192.88.99.0/24", "reserved"), ("192.168.0.0/16", "private"), ("198.18.0.0/15", "for benchmarks"),
            ("198.51.100.0/24", "for documentation"), ("203.0.113.0/24", "for documentation"), ("224.0.0.0/4", "multicast"),
            ("240.0.0.0/4", "reserved"), ("::/128", "no address of a host"), ("64:ff9b:1::/48", "local translation"), ("100::/64", "a black hole"),
            ("2001::/23", "reserved"), ("2001:db8::/32", "for documentation"), ("3fff::/20", "for documentation"), ("5f00::/16", "reserved"),
            ("fc00::/7", "private"), ("fe80::/10", "link-local"), ("fec0::/10", "site-local"), ("ff00::/8", "multicast"),
        }.Select(r => (Network.Parse(r.Item1) ?? throw new InvalidOperationException(r.Item1), r.Item2)),
    ];
}
