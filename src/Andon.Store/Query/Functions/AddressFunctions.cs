using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

/// <summary>Networks become ranges of IPv6 addresses (IPv4 mapped into them), so a column is compared, not printed and parsed.</summary>
internal static class AddressFunctions
{
    static readonly string[] PrivateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

    public static readonly Function[] All =
    [
        new("ipv4_is_in_range", 2, 2, "ipv4_is_in_range(address, 'network/bits') → bool", "Is it in that network? null where it is no address.", a => InRange(a, AddressFamily.InterNetwork)),
        new("ipv6_is_in_range", 2, 2, "ipv6_is_in_range(address, 'network/bits') → bool", "The same for IPv6.", a => InRange(a, null)),
        new("ipv4_is_in_any_range", 2, 65, "ipv4_is_in_any_range(address, 'network/bits', …) → bool", "Is it in one of those networks?", a => InRange(a, AddressFamily.InterNetwork)),
        new("ipv4_is_private", 1, 1, "ipv4_is_private(address) → bool", "Is it in 10/8, 172.16/12 or 192.168/16? null where it is no IPv4 address.", Private),
        new("ipv6_is_in_any_range", 2, 65, "ipv6_is_in_any_range(address, 'network/bits', …) → bool", "Is it in one of those networks?", a => InRange(a, null)),
    ];

    static (string Ip, bool Nullable) Address(Asked a) =>
        a.Of[0].Type.Kind == Kind.Ip ? (a.T(0), a.Of[0].Nullable) : (SqlText.IpOf($"arrayElement(splitByChar('/', {a.TextT(0)}), 1)"), true);

    public static Sql InRange(Asked a, AddressFamily? family)
    {
        var networks = new List<string>();
        for (var i = 1; i < a.Count; i++)
        {
            if (a.Of[i] is { IsConstant: true, Value: string[] many }) networks.AddRange(many);
            else if (a.ConstantText(i, "The network") is { } network) networks.Add(network);
            else return Sql.Unknown;
        }
        return Tests(a, networks, family);
    }

    static Sql Private(Asked a) => Tests(a, PrivateNetworks, AddressFamily.InterNetwork);

    static Sql Tests(Asked a, IReadOnlyCollection<string> networks, AddressFamily? family)
    {
        var (ip, nullable) = Address(a);
        var tests = new List<string>();
        foreach (var network in networks)
        {
            if (Range(network, family) is not { } range) return a.Fault(Math.Min(1, a.Count - 1), $"'{network}' is no network.", "Write '10.0.0.0/8'.");
            tests.Add($"({ip} >= toIPv6({a.Binder.Parameters.String(range.First)}) AND {ip} <= toIPv6({a.Binder.Parameters.String(range.Last)}))");
        }
        if (tests.Count == 0) return Sql.Bool(false);
        var any = string.Join(" OR ", tests);
        // What is no IPv4 address is neither inside nor outside.
        return family is null ? Asked.MakeBool(any, nullable, 2) : Asked.MakeBool($"if({ip} BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255'), {any}, NULL)", nullable: true, 2);
    }

    /// <summary>First and last address of a network in CIDR form, or of a single address.</summary>
    public static (string First, string Last)? Range(string network, AddressFamily? family = null)
    {
        var slash = network.IndexOf('/', StringComparison.Ordinal);
        if (Binder.Canonical(slash < 0 ? network : network[..slash]) is not { } canonical) return null;
        var address = IPAddress.Parse(canonical);
        var four = canonical.StartsWith("::ffff:", StringComparison.Ordinal) && canonical.Contains('.', StringComparison.Ordinal);
        if (family == AddressFamily.InterNetwork && !four) return null;
        var most = four ? 32 : 128;
        var bits = most;
        if (slash >= 0 && (!int.TryParse(network.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out bits) || bits > most)) return null;
        if (four) bits += 96;
        var first = address.GetAddressBytes();
        var last = address.GetAddressBytes();
        for (var i = bits; i < 128; i++)
        {
            var mask = (byte)(0x80 >> (i & 7));
            first[i >> 3] &= (byte)~mask;
            last[i >> 3] |= mask;
        }
        return (new IPAddress(first).ToString(), new IPAddress(last).ToString());
    }
}
